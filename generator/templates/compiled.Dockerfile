%include head
%if argument
# The version stands here and nowhere else.
ARG {{argument}}={{version}}

%end
FROM {{image_build}} AS build
WORKDIR /src
%include build_packages
%if manifests
# What declares dependencies first: this layer stays until it changes.
COPY {{manifests}} ./
RUN {{install|and}}
%end
COPY . .
RUN {{build|and}}

FROM {{image_final}} AS final
%include labels
%include runtime_packages
%for pair in environment
ENV {{pair}}
%end
WORKDIR /app
COPY --link --from=build /out/ ./
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
