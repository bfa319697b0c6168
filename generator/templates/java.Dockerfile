%include head
# The version of Java stands here and nowhere else.
ARG JAVA_VERSION={{version}}

FROM {{image_build}} AS build
WORKDIR /src
COPY . .
%if layered
# Dependencies change less often than the program: each part becomes a layer of its own.
RUN --mount=type=cache,target={{cache}} \
    {{build|and}} \
    && cp {{artifact}} app.jar \
    && java -Djarmode={{jarmode}} -jar app.jar extract {{extract_options}}
%else
RUN --mount=type=cache,target={{cache}} \
    {{build|and}}
%end

FROM {{image_final}} AS final
%include labels
%for pair in environment
ENV {{pair}}
%end
# Memory follows the container's limit.
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75
WORKDIR /app
%if layered
COPY --link --from=build /src/extracted/dependencies/ ./
COPY --link --from=build /src/extracted/spring-boot-loader/ ./
COPY --link --from=build /src/extracted/snapshot-dependencies/ ./
COPY --link --from=build /src/extracted/application/ ./
%else
%for part in parts
COPY --link --from=build {{part}}
%end
%end
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
