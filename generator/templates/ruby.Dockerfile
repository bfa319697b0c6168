%include head
# The version of Ruby stands here and nowhere else.
ARG RUBY_VERSION={{version}}

FROM {{image_build}} AS build
WORKDIR /app
%include build_packages
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/usr/local/bundle BUNDLE_WITHOUT=development:test
%if bundler_version
# The lock file was written by this bundler.
RUN gem install bundler -v {{bundler_version}}
%end
# Gems first: this layer stays until the lock file changes.
COPY {{gem_files}} ./
RUN bundle install \
    && rm -rf "$BUNDLE_PATH"/ruby/*/cache
%if assets_install
# Assets are built by Node.js, which stays in this stage.
COPY --from={{assets_image}} /usr/local/bin/ /usr/local/bin/
COPY --from={{assets_image}} /usr/local/lib/node_modules/ /usr/local/lib/node_modules/
COPY --from={{assets_image}} /opt/ /opt/
COPY {{assets_manifests}} ./
RUN --mount=type=cache,target=/root/.npm \
    {{assets_install|and}}
%end
COPY . .
%if build
RUN {{build|and}}
%end

FROM {{image_final}} AS final
%include labels
ENV BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/usr/local/bundle BUNDLE_WITHOUT=development:test
%for pair in environment
ENV {{pair}}
%end
WORKDIR /app
%include runtime_packages
COPY --link --from=build /usr/local/bundle /usr/local/bundle
COPY --link --from=build --chown={{user}}:{{user}} /app /app
USER {{user}}
%if port
EXPOSE {{port}}
HEALTHCHECK CMD ["ruby", "-rsocket", "-e", "TCPSocket.new('127.0.0.1', {{port}}).close"]
%end
CMD {{start|json}}
