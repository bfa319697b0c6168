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

void subject_series_of(struct strbuf *out, const char *reference, const char *input)
{
    if (!reference || !*reference) {
        subject_relative(out, input);
        return;
    }
    const char *slash = strrchr(reference, '/');
    const char *name =
        slash ? slash + 1 : reference; /* a colon before it is that of a port */
    size_t len = strcspn(name, ":@");
    /* what has no name but a tag is told whole */
    strbuf_add(out, reference, len ? (size_t)(name - reference) + len : strlen(reference));
}

void subject_series(struct strbuf *out, const struct analysis *analysis)
{
    const struct strvec *references = &analysis->image->chosen->references;
    subject_series_of(out, references->count ? references->items[0] : NULL,
                      analysis->input);
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
