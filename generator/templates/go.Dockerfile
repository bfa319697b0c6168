%include head
# The version of Go stands here and nowhere else.
ARG GO_VERSION={{version}}

%if cgo
# C code has to be compiled on the platform that it runs on.
FROM {{image_build}} AS build
%else
# Go compiles for every platform, so the builder's own is the fast one.
FROM --platform=$BUILDPLATFORM {{image_build}} AS build
%end
WORKDIR /src
%include build_packages
%if private_modules
# Private modules: docker build --secret id=netrc,src=$HOME/.netrc
ENV GOPRIVATE={{private_modules}}
%end
%if !vendored
%if manifests
# Modules first: this layer stays until go.sum changes.
RUN --mount=type=cache,target=/go/pkg/mod \
%if private_modules
    --mount=type=secret,id=netrc,target=/root/.netrc \
%end
%for file in manifests
    --mount=type=bind,source={{file}},target={{file}} \
%end
    {{install|and}}
%end
%end
COPY . .
%if !cgo
ARG TARGETOS TARGETARCH
%end
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    {{build|and}}

%if cgo
# The C library is linked, so the image has one.
%else
# Certificates, time zones and a user without rights; no shell.
%end
FROM {{image_final}} AS final
%include labels
COPY --link --from=build /out/app /app
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
