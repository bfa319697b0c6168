%include head
# The version of Rust stands here and nowhere else.
ARG RUST_VERSION={{version}}

FROM {{image_build}} AS build
WORKDIR /src
%include build_packages
%if offline_queries
# Queries were checked before and are kept in .sqlx.
ENV SQLX_OFFLINE=true
%end
COPY . .
# The target folder is a cache, so the program is taken out of it in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git/db \
    --mount=type=cache,id=target-$TARGETPLATFORM,target=/src/target \
    {{build|and}}

# The same Debian as the builder's, so that the C library is not older.
FROM {{image_final}} AS final
%include labels
%for pair in environment
ENV {{pair}}
%end
%if make_user
%include runtime_packages
%end
COPY --link --from=build /out/app /app
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
