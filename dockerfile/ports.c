#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/reference.h"
#include "dockerfile/unicode.h"

#define PORT_MAX 65535

static int refuse(const char *text, const char *why, struct error *err)
{
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    quote_go(&quoted, span_of_text(text));
    return error_set(err, ERROR_INPUT, "invalid port: %s: %s", quoted.buf, why);
}

static bool take_port(const char **p, unsigned *ret_port)
{
    unsigned port = 0;
    const char *start = *p;
    for (; isdigit((unsigned char)**p) && port <= PORT_MAX; ++*p)
        port = port * 10 + (unsigned)(**p - '0');
    *ret_port = port;
    return *p > start && port <= PORT_MAX;
}

static bool take_range(const char *text, unsigned *ret_first, unsigned *ret_last)
{
    if (!take_port(&text, ret_first))
        return false;
    *ret_last = *ret_first;
    if (*text == '-') {
        text++;
        if (!take_port(&text, ret_last))
            return false;
    }
    return !*text && *ret_last >= *ret_first;
}

int ports_parse(struct strvec *ret_ports, const char *text, struct error *err)
{
    const char *slash = strchr(text, '/');
    cleanup_free char *left = memory_dup_bytes(text, slash ? (size_t)(slash - text) : strlen(text));
    cleanup_free char *protocol = memory_dup_text(slash && slash[1] ? slash + 1 : "tcp");
    for (char *p = protocol; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    char *colon = strrchr(left, ':');
    const char *container = colon ? colon + 1 : left;
    unsigned first, last, host_first, host_last;
    if (!*container)
        return refuse(text, "no port specified", err);
    if (!take_range(container, &first, &last))
        return refuse(text, "invalid container port", err);
    if (strcmp(protocol, "tcp") != 0 && strcmp(protocol, "udp") != 0 && strcmp(protocol, "sctp") != 0)
        return refuse(text, "invalid proto", err);
    if (colon) {
        *colon = '\0';
        char *before = strrchr(left, ':');
        const char *host = before ? before + 1 : left;
        if (*host && !take_range(host, &host_first, &host_last))
            return refuse(text, "invalid host port", err);
        if (*host && host_last - host_first != last - first && last != first)
            return refuse(text, "invalid ranges specified for container and host ports", err);
    }
    for (unsigned port = first; port <= last; port++)
        strvec_addf(ret_ports, "%u/%s", port, protocol);
    return 0;
}
