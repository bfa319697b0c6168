%include head
# The versions of the SDK and of the runtime stand here and nowhere else.
ARG SDK_VERSION={{sdk_version}}
ARG DOTNET_VERSION={{version}}

# The SDK builds for every platform, so the builder's own is the fast one.
FROM --platform=$BUILDPLATFORM {{sdk_image}} AS build
ARG TARGETARCH
WORKDIR /src
# Project files first: this layer stays until a package changes.
%for file in manifests
COPY [{{file|json}}, {{file|json}}]
%end
RUN --mount=type=cache,target=/root/.nuget/packages \
    {{install|and}}
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    {{build|and}}

FROM {{image_final}} AS final
%include labels
WORKDIR /app
COPY --link --from=build /out ./
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
