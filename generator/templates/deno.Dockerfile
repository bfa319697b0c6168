%include head
# The version of Deno stands here and nowhere else.
ARG DENO_VERSION={{version}}

FROM {{image_final}} AS final
%include labels
WORKDIR /app
ENV DENO_DIR=/app/.deno
COPY --chown={{user}}:{{user}} . .
USER {{user}}
%if install
RUN {{install|and}}
%end
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
