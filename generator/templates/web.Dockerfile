# An unprivileged web server: it listens on 8080 as a user without a name.
FROM {{web_image}} AS final
%include labels
%if single_page
# A path that is no file is the application's own.
COPY --link <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 8080;
    root /usr/share/nginx/html;
    location / {
        try_files $uri $uri/ /index.html;
    }
}
EOF
%end
COPY --link --from=build {{static_source}} /usr/share/nginx/html
USER 101
EXPOSE 8080
HEALTHCHECK CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
CMD ["nginx", "-g", "daemon off;"]
