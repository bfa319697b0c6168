#include "analyzer/report/subject.h"

#include <string.h>

void subject_name(struct strbuf *out, const struct analysis *analysis)
{
    const struct strvec *references = &analysis->image->chosen->references;
    if (references->count && *references->items[0])
        strbuf_add_text(out, references->items[0]);
    else
        subject_relative(out, analysis->input);
}

void subject_series(struct strbuf *out, const struct analysis *analysis)
{
    size_t start = out->len;
    subject_name(out, analysis);
    if (!analysis->image->chosen->references.count)
        return;
    char *name = out->buf + start;
    const char *digest = strchr(name, '@');
    if (digest && digest > name)
        strbuf_truncate(out, (size_t)(digest - out->buf));
    const char *slash = strrchr(name, '/');
    const char *tag = strchr(slash ? slash : name, ':'); /* one before is a port */
    if (tag && tag > name)
        strbuf_truncate(out, (size_t)(tag - out->buf));
}

const char *subject_platform(const struct analysis *analysis)
{
    const char *platform = analysis->image->chosen->platform;
    return platform && *platform ? platform : "unknown";
}

void subject_relative(struct strbuf *out, const char *path)
{
    size_t start = out->len;
    const struct source *source = NULL;
    path = image_scheme(path, &source);
    bool elsewhere = *path == '/';
    if (strcmp(path, "-") == 0)
        path = "stdin";
    while (*path) {
        size_t len = strcspn(path, "/");
        bool up = len == 2 && memcmp(path, "..", 2) == 0;
        bool here = len == 0 || (len == 1 && *path == '.');
        elsewhere = elsewhere || up;
        if (!here && !up) {
            if (elsewhere) /* only what comes last is told */
                strbuf_truncate(out, start);
            else if (out->len > start)
                strbuf_add_char(out, '/');
            strbuf_add(out, path, len);
        }
        path += len;
        path += *path == '/';
    }
    if (out->len == start)
        strbuf_add_text(out, "image");
}
