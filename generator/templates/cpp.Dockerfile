%include head
FROM {{image_build}} AS build
WORKDIR /src
%include build_packages
COPY . .
RUN {{build|and}}

# The same Debian as the builder's, so that its libraries fit.
FROM {{image_final}} AS final
%include labels
%include runtime_packages
COPY --link --from=build /out/ /
USER {{user}}
%if port
EXPOSE {{port}}
%end
CMD {{start|json}}
