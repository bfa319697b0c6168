%include head
%if argument
# The version stands here and nowhere else.
ARG {{argument}}={{version}}

%end
FROM {{image_final}} AS final
%include labels
WORKDIR /app
%include build_packages
%if manifests
# What declares dependencies first: this layer stays until it changes.
COPY {{manifests}} ./
RUN {{install|and}}
%end
COPY . .
%if build
RUN {{build|and}}
%end
%for pair in environment
ENV {{pair}}
%end
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
