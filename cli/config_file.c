#include "cli/config_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/yaml.h"

#define UPWARDS_MAX 64 /* folders from the working directory to the root */

enum form { FORM_NONE, FORM_OURS, FORM_DIVE };

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

bool config_file_find_upwards(struct strbuf *path)
{
    cleanup_strbuf struct strbuf up = STRBUF_INIT, mark = STRBUF_INIT;
    struct stat here, above;
    for (unsigned i = 0; i < UPWARDS_MAX; i++) {
        strbuf_reset(path);
        strbuf_addf(path, "%s" CONFIG_NAME, up.buf);
        if (is_file(path->buf))
            return true;
        strbuf_reset(&mark);
        strbuf_addf(&mark, "%s.git", up.buf);
        if (is_there(mark.buf) || stat(up.len ? up.buf : ".", &here) < 0)
            return false;
        strbuf_add_text(&up, "../");
        if (stat(up.buf, &above) < 0 ||
            (here.st_ino == above.st_ino && here.st_dev == above.st_dev))
            return false;
    }
    return false;
}

static bool find_of_user(struct strbuf *path)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    strbuf_reset(path);
    if (config && *config == '/')
        strbuf_addf(path, "%s/ullage/config.yaml", config);
    else if (home && *home == '/')
        strbuf_addf(path, "%s/.config/ullage/config.yaml", home);
    return path->len && is_file(path->buf);
}

static enum form find(struct strbuf *path, const struct config_arguments *arguments)
{
    if (arguments->dive_ci) {
        strbuf_add_text(path, arguments->dive_ci);
        return FORM_DIVE;
    }
    if (arguments->config && *arguments->config) {
        strbuf_add_text(path, arguments->config);
        return strcmp(arguments->config, "none") == 0 ? FORM_NONE : FORM_OURS;
    }
    if (config_file_find_upwards(path))
        return FORM_OURS;
    strbuf_reset(path);
    strbuf_add_text(path, DIVE_CI_NAME);
    if (is_file(path->buf))
        return FORM_DIVE;
    if (find_of_user(path))
        return FORM_OURS;
    strbuf_reset(path);
    strbuf_add_text(path, "/etc/ullage/config.yaml");
    return is_file(path->buf) ? FORM_OURS : FORM_NONE;
}

int config_file_read(struct gate_config *ret_config, const struct config_arguments *arguments,
                     struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
    cleanup_error struct error reason = ERROR_INIT;
    struct gate_config config = {0};
    enum form form = find(&path, arguments);
    *ret_config = config;
    if (form == FORM_NONE)
        return 0;
    if (file_read(&text, path.buf, YAML_BYTES_MAX, &reason) < 0)
        return error_set(err, ERROR_USAGE, "configuration: %s", reason.text);
    struct span content = span_of(text.buf, text.len);
    int result = form == FORM_DIVE ? gate_config_read_dive(&config, path.buf, content, err)
                                   : gate_config_read(&config, path.buf, content, err);
    if (result < 0)
        gate_config_release(&config);
    else
        *ret_config = config;
    return result;
}
