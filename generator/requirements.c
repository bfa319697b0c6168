#include "generator/requirements.h"

#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"

#define FILES_MAX 32 /* that include one another */

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || strchr("-_.", c);
}

bool requirement_name(const char *text, size_t len, struct strbuf *ret_name, const char **ret_rest)
{
    size_t at = 0;
    strbuf_reset(ret_name);
    while (at < len && strchr(" \t", text[at]))
        at++;
    for (; at < len && text[at] && is_name(text[at]); at++) {
        char c = text[at];
        if (!strchr("-_.", c))
            strbuf_add_char(ret_name, (char)tolower((unsigned char)c));
        else if (ret_name->len && ret_name->buf[ret_name->len - 1] != '-')
            strbuf_add_char(ret_name, '-');
    }
    if (!ret_name->len || !isalnum((unsigned char)ret_name->buf[0]))
        return false;
    while (at < len && strchr(" \t", text[at]))
        at++;
    *ret_rest = text + at;
    return at == len || strchr("[=<>!~;@,(#", text[at]) != NULL;
}

bool requirements_have(const struct requirements *list, const char *name)
{
    return strvec_contains(&list->names, name);
}

void requirements_add(struct requirements *list, const char *text, const char *file, uint32_t line)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    const char *rest;
    size_t len = strlen(text);
    if (strstr(text, "git+"))
        list->needs_git = true;
    if (!requirement_name(text, len, &name, &rest))
        return;
    strvec_add(&list->names, name.buf);
    strvec_addf(&list->places, "%s:%u", file, (unsigned)line);
    size_t extra = *rest == '[' ? strcspn(rest, "]") + 1 : 0;
    strvec_addf(&list->extras, "%s%.*s", name.buf, (int)extra, rest);
}

static void read_file(struct requirements *list, struct project *project, const char *path);

/* What "-r other.txt" names, which stands relative to the file that includes it. */
static void include(struct requirements *list, struct project *project, const char *path,
                    const char *name)
{
    const char *slash = strrchr(path, '/');
    cleanup_strbuf struct strbuf target = STRBUF_INIT;
    if (slash)
        strbuf_add(&target, path, (size_t)(slash - path) + 1);
    strbuf_add(&target, name, strcspn(name, " \t\r\n#"));
    read_file(list, project, target.buf);
}

static void read_line(struct requirements *list, struct project *project, const char *path,
                      const char *text, uint32_t line)
{
    static const char *const includes[] = {"-r ", "--requirement ", "--requirement=", "-r"};
    if (strstr(text, "--hash="))
        list->has_hashes = true;
    for (size_t i = 0; i < ARRAY_SIZE(includes); i++)
        if (strncmp(text, includes[i], strlen(includes[i])) == 0) {
            const char *name = text + strlen(includes[i]);
            include(list, project, path, name + strspn(name, " \t"));
            return;
        }
    if (strncmp(text, "-e", 2) == 0 || strncmp(text, "--editable", 10) == 0 || *text == '.')
        list->is_local = true;
    if (*text != '-')
        requirements_add(list, text, path, line);
}

/* Whether all before a '#' is a requirement: a fragment of an address is no comment. */
static size_t comment_at(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '#' && (i == 0 || strchr(" \t", text[i - 1])))
            return i;
    return len;
}

static void read_file(struct requirements *list, struct project *project, const char *path)
{
    struct span text;
    if (list->files.count >= FILES_MAX || strvec_contains(&list->files, path) ||
        !project_text(project, path, &text))
        return;
    strvec_add(&list->files, path);
    if (text.len >= 2 &&
        (memcmp(text.ptr, "\xff\xfe", 2) == 0 || memcmp(text.ptr, "\xfe\xff", 2) == 0)) {
        strvec_addf(&project->problems, "'%s' is UTF-16, which pip alone reads; save it as UTF-8",
                    path);
        return;
    }
    uint32_t line = 1;
    for (size_t at = 0; at < text.len; line++) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len, next = stop + 1;
        while (at < stop && strchr(" \t", text.ptr[at]))
            at++;
        stop = at + comment_at(text.ptr + at, stop - at);
        while (stop > at && strchr(" \t\r\\", text.ptr[stop - 1]))
            stop--;
        cleanup_free char *copy = memory_dup_bytes(text.ptr + at, stop > at ? stop - at : 0);
        if (*copy)
            read_line(list, project, path, copy, line);
        at = next;
    }
}

void requirements_read(struct requirements *ret_list, struct project *project, const char *path)
{
    *ret_list = (struct requirements){.names = STRVEC_INIT};
    read_file(ret_list, project, path);
}

void requirements_release(struct requirements *list)
{
    strvec_release(&list->names);
    strvec_release(&list->places);
    strvec_release(&list->extras);
    strvec_release(&list->files);
}
