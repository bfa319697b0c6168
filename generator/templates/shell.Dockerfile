%include head
FROM {{image_final}} AS final
%include labels
WORKDIR /app
COPY --link . .
USER {{user}}
CMD {{start|json}}
