/* What people write on a command line for ports, mounts, sizes and durations, read as
 * docker reads it. */
#ifndef ULLAGE_RUNTIME_SPELLINGS_H
#define ULLAGE_RUNTIME_SPELLINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strbuf.h"

/* A published port, or a range of them: `count` on both sides. */
struct port_config {
    char *host_ip;      /* NULL: all addresses */
    uint16_t host_port; /* 0: the engine chooses */
    uint16_t container_port;
    uint16_t count;
    char *protocol; /* NULL: tcp */
};

enum mount_type { MOUNT_BIND, MOUNT_VOLUME, MOUNT_TMPFS, MOUNT_IMAGE };

struct mount_config {
    enum mount_type type;
    char *source; /* a path of the host, a volume's or an image's name; NULL: an anonymous
                     volume */
    char *target; /* an absolute path */
    bool read_only;
    char relabel;       /* 'z' or 'Z' of SELinux, 0 for none */
    char *propagation;  /* of a bind: rprivate shared ... */
    char *subpath;      /* of a volume or an image */
    bool no_copy;       /* of a volume: not filled from the image */
    int64_t tmpfs_size; /* bytes, 0: no limit */
    int tmpfs_mode;     /* 0: the engine's */
};

enum restart_kind {
    RESTART_UNSET,
    RESTART_NO,
    RESTART_ALWAYS,
    RESTART_UNLESS_STOPPED,
    RESTART_ON_FAILURE
};

struct restart_policy {
    enum restart_kind kind;
    unsigned most; /* of on-failure, 0: no limit */
};

struct ulimit_config {
    char *name;
    int64_t soft, hard; /* -1: unlimited */
};

/* "80", "8080:80", "127.0.0.1:8080:80/udp", "127.0.0.1::80", "[::1]:80:80",
 * "8000-8002:9000-9002". */
int port_config_parse(struct port_config *ret_port, const char *text, struct error *err);
void port_config_describe(const struct port_config *port, struct strbuf *text);

/* --mount: "type=bind,source=/a,target=/b,readonly", fields quoted as CSV quotes them. */
int mount_config_parse(struct mount_config *ret_mount, const char *text, struct error *err);
/* --volume: "/host:/in:ro", "name:/in", "/in". */
int volume_config_parse(struct mount_config *ret_mount, const char *text,
                        struct error *err);
/* The value of --mount, each field quoted that needs it. */
void mount_config_describe(const struct mount_config *mount, struct strbuf *text);

int restart_policy_parse(struct restart_policy *ret_policy, const char *text,
                         struct error *err);
void restart_policy_describe(const struct restart_policy *policy, struct strbuf *text);

/* "nofile=1024:2048", "core=-1". */
int ulimit_config_parse(struct ulimit_config *ret_ulimit, const char *text,
                        struct error *err);

/* Memory in docker's units: b, k, m, g, t are powers of 1024, and so are kb and KiB. */
int memory_size_parse(int64_t *ret_bytes, const char *text, struct error *err);
/* "1m30s", "500ms", "1.5h"; a number alone are seconds. */
int timespan_parse(int64_t *ret_milliseconds, const char *text, struct error *err);
void timespan_describe(int64_t milliseconds, struct strbuf *text); /* "1500ms" */

void port_config_release(struct port_config *port);
void mount_config_release(struct mount_config *mount);
void ulimit_config_release(struct ulimit_config *ulimit);

#endif
