%include head
# The version of {{runtime_title}} stands here and nowhere else.
ARG {{argument}}={{version}}

%if static_dir
# What is built here runs in browsers, so the platform of the builder is good enough.
FROM --platform=$BUILDPLATFORM {{image_build}} AS deps
%else
FROM {{image_build}} AS deps
%end
WORKDIR /app
%include build_packages
%if pm_install
# {{package_manager}} does not come with the image.
RUN {{pm_install}}
%end
%if install_needs_source
# Scripts of the installation need what they are about.
COPY . .
%end
%if install
# Dependencies first: this layer stays until the lock file changes.
%if install_needs_source
RUN --mount=type=cache,id={{package_manager}},target={{cache}} \
    {{install|and}}
%else
RUN --mount=type=cache,id={{package_manager}},target={{cache}}{{cache_sharing}} \
%for file in manifests
    --mount=type=bind,source={{file}},target={{file}} \
%end
    {{install|and}}
%end
%end

%if prune_alone
FROM deps AS prod-deps
RUN --mount=type=cache,id={{package_manager}},target={{cache}}{{cache_sharing}} \
%for file in manifests
    --mount=type=bind,source={{file}},target={{file}} \
%end
    {{prune}}

%end
%if build_stage
FROM deps AS build
COPY . .
%if prune_after_build
# What only the build needs goes before the final stage takes the rest.
%if build
RUN {{build|and}} \
    && {{prune}}
%else
RUN {{prune}}
%end
%else
%if build
RUN {{build|and}}
%end
%end

%end
%if static_dir
%include web
%else
FROM {{image_final}} AS final
%include labels
ENV NODE_ENV=production
%for pair in environment
ENV {{pair}}
%end
WORKDIR {{workdir}}
%include runtime_packages
%if workspace_out
COPY --link --from=build {{workspace_out}} ./
%else
%if prune_alone
COPY --link --from=prod-deps /app/node_modules ./node_modules
%end
%if parts
%for part in parts
COPY --link --from=build --chown={{user}}:{{user}} {{part}}
%end
%else
%if build_stage
COPY --link --from=build /app /app
%else
COPY . .
%end
%end
%end
USER {{user}}
%if port
EXPOSE {{port}}
HEALTHCHECK CMD ["{{runtime_command}}", "-e", "fetch('http://127.0.0.1:{{port}}/').then(r => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))"]
%end
CMD {{start|json}}
%end
