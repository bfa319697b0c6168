#include "runtime/spellings.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/escape.h"
#include "core/span.h"
#include "core/strvec.h"
#include "runtime/limits.h"
#include "runtime/records/fields.h"

static int refuse(const char *what, const char *text, const char *advice, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, 200);
    error_set(err, ERROR_USAGE, "'%s' is not %s", shown.buf, what);
    return error_hint(err, "%s", advice);
}

/* -- ports -- */

static int refuse_port(const char *text, struct error *err)
{
    return refuse("a port", text,
                  "write PORT, HOST:PORT or IP:HOST:PORT, such as 127.0.0.1:8080:80/tcp",
                  err);
}

static bool port_number(struct span text, uint16_t *ret_port)
{
    int64_t number;
    if (!text.len || text.ptr[0] == '-' || !integer_read(text, &number) ||
        number > UINT16_MAX)
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

/* "80" or "80-82" */
static bool port_range(struct span text, uint16_t *ret_first, uint16_t *ret_count)
{
    uint16_t last;
    const char *dash = memchr(text.ptr, '-', text.len);
    size_t len = dash ? (size_t)(dash - text.ptr) : text.len;
    *ret_count = 1;
    if (!port_number(span_of(text.ptr, len), ret_first) || *ret_first == 0)
        return false;
    if (!dash)
        return true;
    if (!port_number(span_of(dash + 1, text.len - len - 1), &last) || last < *ret_first)
        return false;
    *ret_count = (uint16_t)(last - *ret_first + 1);
    return true;
}

/* Cuts what stands behind the last colon; false if there is none. */
static bool cut_last(struct span *rest, struct span *ret_part)
{
    const char *colon = rest->len ? memrchr(rest->ptr, ':', rest->len) : NULL;
    if (!colon)
        return false;
    size_t len = (size_t)(colon - rest->ptr);
    *ret_part = span_of(colon + 1, rest->len - len - 1);
    rest->len = len;
    return true;
}

static bool protocol_is_known(struct span text)
{
    return span_equals_text(text, "tcp") || span_equals_text(text, "udp") ||
           span_equals_text(text, "sctp");
}

static bool host_ip_is_plausible(struct span ip)
{
    for (size_t i = 0; i < ip.len; i++)
        if (!strchr("0123456789abcdefABCDEF.:%", ip.ptr[i]) || !ip.ptr[i])
            return false;
    return ip.len > 0;
}

int port_config_parse(struct port_config *ret_port, const char *text, struct error *err)
{
    struct port_config port = {0};
    struct span rest = span_of_text(text), inside, host = {0}, protocol = {0};
    const char *slash = strchr(text, '/');
    if (slash) {
        protocol = span_of_text(slash + 1);
        rest.len = (size_t)(slash - text);
        if (!protocol_is_known(protocol))
            return refuse_port(text, err);
    }
    bool published = cut_last(&rest, &inside);
    if (!published)
        inside = rest;
    if (!port_range(inside, &port.container_port, &port.count))
        return refuse_port(text, err);
    struct span ip = {0};
    if (published) {
        bool has_ip = cut_last(&rest, &host);
        if (!has_ip)
            host = rest;
        else
            ip = rest;
        if (ip.len >= 2 && ip.ptr[0] == '[' && ip.ptr[ip.len - 1] == ']')
            ip = span_of(ip.ptr + 1, ip.len - 2);
        else if (ip.len && memchr(ip.ptr, ':', ip.len))
            return refuse_port(text, err);
        if (has_ip && !host_ip_is_plausible(ip))
            return refuse_port(text, err);
    }
    uint16_t host_count = port.count;
    if (host.len && !port_range(host, &port.host_port, &host_count))
        return refuse_port(text, err);
    if (host_count != port.count)
        return refuse("a port: its ranges differ in length", text,
                      "write as many ports on both sides", err);
    port.host_ip = ip.len ? memory_dup_bytes(ip.ptr, ip.len) : NULL;
    port.protocol = protocol.len ? memory_dup_bytes(protocol.ptr, protocol.len) : NULL;
    *ret_port = port;
    return 0;
}

static void describe_range(struct strbuf *text, unsigned first, unsigned count)
{
    strbuf_addf(text, "%u", first);
    if (count > 1)
        strbuf_addf(text, "-%u", first + count - 1);
}

void port_config_describe(const struct port_config *port, struct strbuf *text)
{
    if (port->host_ip)
        strbuf_addf(text, strchr(port->host_ip, ':') ? "[%s]:" : "%s:", port->host_ip);
    if (port->host_port)
        describe_range(text, port->host_port, port->count);
    if (port->host_ip || port->host_port)
        strbuf_add_char(text, ':');
    describe_range(text, port->container_port, port->count);
    if (port->protocol)
        strbuf_addf(text, "/%s", port->protocol);
}

/* -- mounts -- */

static const char *const mount_names[] = {
    [MOUNT_BIND] = "bind",
    [MOUNT_VOLUME] = "volume",
    [MOUNT_TMPFS] = "tmpfs",
    [MOUNT_IMAGE] = "image",
};
static_assert(ARRAY_SIZE(mount_names) == MOUNT_IMAGE + 1, "each type of mount has a name");

/* The fields of one line of CSV; false for a quote that is not closed, or that stands
 * within a field. */
static bool csv_fields(struct strvec *fields, const char *text)
{
    cleanup_strbuf struct strbuf field = STRBUF_INIT;
    const char *p = text;
    for (;;) {
        bool quoted = *p == '"';
        strbuf_reset(&field);
        if (quoted)
            for (p++; *p != '"' || *++p == '"'; p++) {
                if (!*p)
                    return false;
                strbuf_add_char(&field, *p);
            }
        else
            for (; *p && *p != ','; p++) {
                if (*p == '"')
                    return false;
                strbuf_add_char(&field, *p);
            }
        strvec_add(fields, field.buf);
        if (!*p)
            return true;
        if (*p++ != ',')
            return false;
    }
}

static bool truth(const char *value, bool *ret_truth)
{
    if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
        *ret_truth = true;
    else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
        *ret_truth = false;
    else
        return false;
    return true;
}

static bool octal(const char *text, int *ret_mode)
{
    int mode = 0;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '7' || mode > 07777)
            return false;
        mode = mode * 8 + (*p - '0');
    }
    *ret_mode = mode;
    return *text && mode <= 07777;
}

static void replace(char **text, const char *value)
{
    free(*text);
    *text = memory_dup_text(value);
}

static bool mount_type_by_name(const char *name, enum mount_type *ret_type)
{
    for (size_t i = 0; i < ARRAY_SIZE(mount_names); i++)
        if (strcmp(name, mount_names[i]) == 0) {
            *ret_type = (enum mount_type)i;
            return true;
        }
    return false;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

static bool set_mount_field(struct mount_config *mount, const char *key, const char *value)
{
    static const char *const sources[] = {"source", "src", NULL};
    static const char *const targets[] = {"target", "dst", "destination", NULL};
    static const char *const subpaths[] = {"volume-subpath", "image-subpath", "subpath",
                                           NULL};
    if (strcmp(key, "readonly") == 0 || strcmp(key, "ro") == 0)
        return truth(value, &mount->read_only);
    if (strcmp(key, "volume-nocopy") == 0)
        return truth(value, &mount->no_copy);
    if (!value)
        return false;
    if (strcmp(key, "type") == 0)
        return mount_type_by_name(value, &mount->type);
    if (is_one_of(key, sources))
        replace(&mount->source, value);
    else if (is_one_of(key, targets))
        replace(&mount->target, value);
    else if (is_one_of(key, subpaths))
        replace(&mount->subpath, value);
    else if (strcmp(key, "bind-propagation") == 0)
        replace(&mount->propagation, value);
    else if (strcmp(key, "tmpfs-mode") == 0)
        return octal(value, &mount->tmpfs_mode);
    else if (strcmp(key, "tmpfs-size") == 0) {
        struct error ignored = ERROR_INIT;
        int result = memory_size_parse(&mount->tmpfs_size, value, &ignored);
        error_release(&ignored);
        return result == 0;
    } else {
        return false;
    }
    return true;
}

int mount_config_parse(struct mount_config *ret_mount, const char *text, struct error *err)
{
    static const char advice[] =
        "write type=bind,source=/host,target=/in,readonly, or type=volume "
        "or type=tmpfs; a field with a comma in double quotes";
    struct mount_config mount = {.type = MOUNT_VOLUME};
    cleanup_strvec struct strvec fields = STRVEC_INIT;
    bool good = csv_fields(&fields, text);
    for (size_t i = 0; good && i < fields.count; i++) {
        char *equals = strchr(fields.items[i], '=');
        if (equals)
            *equals = '\0';
        good = set_mount_field(&mount, fields.items[i], equals ? equals + 1 : NULL);
    }
    if (!good || !mount.target) {
        mount_config_release(&mount);
        return refuse("a mount", text, advice, err);
    }
    *ret_mount = mount;
    return 0;
}

static bool set_volume_option(struct mount_config *mount, struct span option)
{
    static const char *const propagations[] = {"private", "rprivate", "shared", "rshared",
                                               "slave",   "rslave",   NULL};
    cleanup_free char *word = memory_dup_bytes(option.ptr, option.len);
    if (strcmp(word, "ro") == 0)
        mount->read_only = true;
    else if (strcmp(word, "z") == 0 || strcmp(word, "Z") == 0)
        mount->relabel = word[0];
    else if (strcmp(word, "nocopy") == 0)
        mount->no_copy = true;
    else if (is_one_of(word, propagations))
        replace(&mount->propagation, word);
    else
        return strcmp(word, "rw") == 0;
    return true;
}

static bool set_volume_options(struct mount_config *mount, struct span options)
{
    while (options.len) {
        const char *comma = memchr(options.ptr, ',', options.len);
        size_t len = comma ? (size_t)(comma - options.ptr) : options.len;
        if (!set_volume_option(mount, span_of(options.ptr, len)))
            return false;
        size_t used = len + (comma != NULL);
        options = span_of(options.ptr + used, options.len - used);
    }
    return true;
}

int volume_config_parse(struct mount_config *ret_mount, const char *text, struct error *err)
{
    struct mount_config mount = {.type = MOUNT_VOLUME};
    const char *colon = strchr(text, ':');
    if (!colon) {
        mount.target = memory_dup_text(text);
    } else {
        const char *target = colon + 1, *second = strchr(target, ':');
        size_t len = second ? (size_t)(second - target) : strlen(target);
        mount.source = memory_dup_bytes(text, (size_t)(colon - text));
        mount.target = memory_dup_bytes(target, len);
        mount.type = strchr("/.~", text[0]) ? MOUNT_BIND : MOUNT_VOLUME;
        if (colon == text || !len ||
            (second && !set_volume_options(&mount, span_of_text(second + 1)))) {
            mount_config_release(&mount);
            return refuse("a volume", text,
                          "write SOURCE:TARGET, and :ro behind it for reading alone; "
                          "a path with a colon needs --mount",
                          err);
        }
    }
    *ret_mount = mount;
    return 0;
}

static void describe_field(struct strbuf *text, const char *key, const char *value)
{
    cleanup_strbuf struct strbuf field = STRBUF_INIT;
    strbuf_addf(&field, value ? "%s=%s" : "%s", key, value);
    if (text->len)
        strbuf_add_char(text, ',');
    if (!strpbrk(field.buf, ",\"\r\n")) {
        strbuf_add_text(text, field.buf);
        return;
    }
    strbuf_add_char(text, '"');
    for (const char *p = field.buf; *p; p++) {
        if (*p == '"')
            strbuf_add_char(text, '"');
        strbuf_add_char(text, *p);
    }
    strbuf_add_char(text, '"');
}

void mount_config_describe(const struct mount_config *mount, struct strbuf *text)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT, number = STRBUF_INIT;
    describe_field(&out, "type", mount_names[mount->type]);
    if (mount->source)
        describe_field(&out, "source", mount->source);
    describe_field(&out, "target", mount->target);
    if (mount->read_only)
        describe_field(&out, "readonly", NULL);
    if (mount->propagation)
        describe_field(&out, "bind-propagation", mount->propagation);
    if (mount->subpath)
        describe_field(&out,
                       mount->type == MOUNT_IMAGE ? "image-subpath" : "volume-subpath",
                       mount->subpath);
    if (mount->no_copy)
        describe_field(&out, "volume-nocopy", NULL);
    if (mount->tmpfs_size) {
        strbuf_addf(&number, "%" PRId64, mount->tmpfs_size);
        describe_field(&out, "tmpfs-size", number.buf);
    }
    if (mount->tmpfs_mode) {
        strbuf_reset(&number);
        strbuf_addf(&number, "%o", (unsigned)mount->tmpfs_mode);
        describe_field(&out, "tmpfs-mode", number.buf);
    }
    strbuf_add(text, out.buf, out.len);
}

/* -- the rest -- */

static const char *const restart_names[] = {
    [RESTART_UNSET] = "",
    [RESTART_NO] = "no",
    [RESTART_ALWAYS] = "always",
    [RESTART_UNLESS_STOPPED] = "unless-stopped",
    [RESTART_ON_FAILURE] = "on-failure",
};
static_assert(ARRAY_SIZE(restart_names) == RESTART_ON_FAILURE + 1,
              "each policy has a name");

int restart_policy_parse(struct restart_policy *ret_policy, const char *text,
                         struct error *err)
{
    struct restart_policy policy = {0};
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : strlen(text);
    for (size_t i = RESTART_NO; i < ARRAY_SIZE(restart_names); i++)
        if (span_equals_text(span_of(text, len), restart_names[i]))
            policy.kind = (enum restart_kind)i;
    int64_t most = 0;
    bool counted = !colon || (policy.kind == RESTART_ON_FAILURE &&
                              integer_read(span_of_text(colon + 1), &most) && most >= 0 &&
                              most <= INT32_MAX);
    if (policy.kind == RESTART_UNSET || !counted)
        return refuse("a restart policy", text,
                      "write no, always, unless-stopped, on-failure or on-failure:N", err);
    policy.most = (unsigned)most;
    *ret_policy = policy;
    return 0;
}

void restart_policy_describe(const struct restart_policy *policy, struct strbuf *text)
{
    strbuf_add_text(text, restart_names[policy->kind]);
    if (policy->most)
        strbuf_addf(text, ":%u", policy->most);
}

int ulimit_config_parse(struct ulimit_config *ret_ulimit, const char *text,
                        struct error *err)
{
    struct ulimit_config ulimit = {0};
    size_t name = strcspn(text, "=");
    const char *value = text[name] ? text + name + 1 : "";
    size_t soft = strcspn(value, ":");
    bool good = name && integer_read(span_of(value, soft), &ulimit.soft);
    ulimit.hard = ulimit.soft;
    if (good && value[soft])
        good = integer_read(span_of_text(value + soft + 1), &ulimit.hard);
    if (!good || ulimit.soft < -1 || ulimit.hard < -1 ||
        (ulimit.hard != -1 && (ulimit.soft > ulimit.hard || ulimit.soft == -1)))
        return refuse("a ulimit", text,
                      "write NAME=SOFT or NAME=SOFT:HARD, the soft one no higher", err);
    ulimit.name = memory_dup_bytes(text, name);
    *ret_ulimit = ulimit;
    return 0;
}

/* A decimal number at the start of `*text`, which moves behind it. */
static bool take_decimal(const char **text, double *ret_number)
{
    size_t len = strspn(*text, "0123456789.");
    if (!len || len > 30 || !number_read(span_of(*text, len), ret_number))
        return false;
    *text += len;
    return true;
}

int memory_size_parse(int64_t *ret_bytes, const char *text, struct error *err)
{
    static const char units[] = "bkmgtp";
    const char *rest = text;
    double number, factor = 1;
    bool good = take_decimal(&rest, &number);
    if (*rest == ' ')
        rest++;
    if (good && *rest) {
        const char *unit = strchr(units, *rest | 0x20);
        good = unit && (!rest[1] || (unit != units && (strcasecmp(rest + 1, "b") == 0 ||
                                                       strcasecmp(rest + 1, "ib") == 0)));
        factor = unit ? ldexp(1, 10 * (int)(unit - units)) : 1;
    }
    if (!good || number * factor >= 9.2e18)
        return refuse("a size of memory", text,
                      "write a number and b, k, m or g, such as 512m", err);
    *ret_bytes = (int64_t)(number * factor);
    return 0;
}

int timespan_parse(int64_t *ret_milliseconds, const char *text, struct error *err)
{
    static const struct {
        const char *unit;
        double milliseconds;
    } rows[] = {{"ms", 1}, {"us", 0.001}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
    const char *rest = text;
    double number, sum = 0;
    bool good = *text != '\0';
    while (good && *rest) {
        good = take_decimal(&rest, &number);
        if (good && !*rest && rest == text + strspn(text, "0123456789.")) {
            sum = number * 1000;
            break;
        }
        size_t i = 0;
        while (good && i < ARRAY_SIZE(rows) &&
               strncmp(rest, rows[i].unit, strlen(rows[i].unit)) != 0)
            i++;
        good = good && i < ARRAY_SIZE(rows);
        if (good) {
            sum += number * rows[i].milliseconds;
            rest += strlen(rows[i].unit);
        }
    }
    if (!good || sum > 9e15)
        return refuse("a duration", text, "write a number and ms, s, m or h, such as 1m30s",
                      err);
    *ret_milliseconds = (int64_t)(sum + 0.5);
    return 0;
}

void timespan_describe(int64_t milliseconds, struct strbuf *text)
{
    strbuf_addf(text, "%" PRId64 "ms", milliseconds);
}

void port_config_release(struct port_config *port)
{
    free(port->host_ip);
    free(port->protocol);
    *port = (struct port_config){0};
}

void mount_config_release(struct mount_config *mount)
{
    free(mount->source);
    free(mount->target);
    free(mount->propagation);
    free(mount->subpath);
    *mount = (struct mount_config){0};
}

void ulimit_config_release(struct ulimit_config *ulimit)
{
    free(ulimit->name);
    *ulimit = (struct ulimit_config){0};
}
