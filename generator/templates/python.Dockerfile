%include head
# The version of Python stands here and nowhere else.
ARG PYTHON_VERSION={{version}}

FROM {{image_build}} AS build
WORKDIR /app
%include build_packages
%if package_manager = uv
COPY --from={{uv_image}} /uv /usr/local/bin/
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=0
%else
# The environment is copied to the final stage, which has Python at the same place.
ENV VIRTUAL_ENV=/app/.venv PATH=/app/.venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1
%end
%if copy_before_install
COPY . .
%end
%if install
%if !copy_before_install
# Dependencies first: this layer stays until what declares them changes.
%end
RUN --mount=type=cache,target={{cache}} \
%for file in manifests
    --mount=type=bind,source={{file}},target={{file}} \
%end
    {{install|and}}
%end
%if !copy_before_install
COPY . .
%end
%if build
RUN --mount=type=cache,target={{cache}} \
    {{build|and}}
%end

FROM {{image_final}} AS final
%include labels
ENV PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1 PYTHONDONTWRITEBYTECODE=1 PATH=/app/.venv/bin:$PATH
%if source_folder
ENV PYTHONPATH={{source_folder}}
%end
%for pair in environment
ENV {{pair}}
%end
WORKDIR /app
%include runtime_packages
COPY --link --from=build /app /app
USER {{user}}
%if port
EXPOSE {{port}}
HEALTHCHECK CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', {{port}}), 3).close()"]
%end
CMD {{start|json}}
