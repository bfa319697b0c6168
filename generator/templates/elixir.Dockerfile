%include head
# The version of Elixir stands here and nowhere else.
ARG ELIXIR_VERSION={{version}}

FROM {{image_build}} AS build
WORKDIR /app
%include build_packages
ENV MIX_ENV=prod
# Dependencies first: this layer stays until mix.lock changes.
COPY {{mix_files}} ./
%if configuration
COPY config config
%end
RUN {{install|and}}
COPY . .
RUN {{build|and}}

# The same Debian as the builder's: a release links to its libraries.
FROM {{image_final}} AS final
%include labels
%include runtime_packages
ENV LANG=C.UTF-8
%for pair in environment
ENV {{pair}}
%end
WORKDIR /app
COPY --link --from=build --chown={{user}}:{{user}} /app/_build/prod/rel/{{application}} ./
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
