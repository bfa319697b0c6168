%include head
# The version of PHP stands here and nowhere else.
ARG PHP_VERSION={{version}}
%if assets_install

FROM --platform=$BUILDPLATFORM {{assets_image}} AS assets
WORKDIR /app
%for file in assets_manifests
COPY {{file}} {{file}}
%end
RUN --mount=type=cache,target=/root/.npm \
    {{assets_install|and}}
COPY . .
RUN {{assets_build}}
%end

FROM {{composer_image}} AS composer

FROM {{image_final}} AS final
%include labels
%if document_root
ENV SERVER_NAME=:8080 SERVER_ROOT={{document_root}}
%end
%for pair in environment
ENV {{pair}}
%end
WORKDIR /app
RUN cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
%if extensions
COPY --from=composer /usr/bin/composer /usr/local/bin/composer
# {{extension_reason}}
RUN install-php-extensions {{extensions}}
%else
COPY --from=composer /usr/bin/composer /usr/local/bin/composer
%end
%if install
COPY {{composer_files}} ./
RUN --mount=type=cache,target=/root/.composer/cache \
    {{install|and}}
%end
COPY . .
%if assets_install
COPY --from=assets /app/public ./public
%end
%if build
RUN {{build|and}}
%end
USER {{user}}
EXPOSE 8080
HEALTHCHECK CMD ["php", "-r", "exit(@fsockopen('127.0.0.1', 8080) ? 0 : 1);"]
CMD {{start|json}}
