/* One name of an image on an engine, as `docker images` lists them: an image with two tags
 * is two of them, one without a name has repository and tag "<none>". A list owns what its
 * records point to. */
#ifndef ULLAGE_RUNTIME_IMAGE_INFO_H
#define ULLAGE_RUNTIME_IMAGE_INFO_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "runtime/values.h"

#define IMAGE_UNNAMED "<none>"

struct image_info {
    const char *id; /* sha256:... where the engine gives all of it */
    const char *repository;
    const char *tag;
    const char *digest; /* of the manifest in a registry; "" if unknown */
    int64_t created;    /* seconds since 1970, or VALUE_UNKNOWN */
    int64_t size;       /* bytes, or VALUE_UNKNOWN */
    bool size_rounded;  /* read from a text such as "1.98MB" */
};

struct image_list {
    struct arena arena;
    struct image_info *items;
    size_t count;
    size_t capacity;
};

/* What `inspect` says of an image. */
struct image_details {
    const char *id;
    struct words tags;
    struct words digests;
    int64_t created;
    int64_t size;
    const char *architecture;
    const char *variant;
    const char *os;
    const char *author;
    const char *user;
    const char *working_dir;
    const char *stop_signal;
    struct words environment; /* NAME=value */
    struct words entrypoint;
    struct words command;
    struct words exposed_ports;
    struct words volumes;
    struct words layers; /* diff ids */
    struct labels labels;
};

struct image_details_list {
    struct arena arena;
    struct image_details *items;
    size_t count;
    size_t capacity;
};

/* "repository:tag", or the id of one without a name. */
void image_info_full_name(const struct image_info *image, struct strbuf *name);

/* Output of `images`, of docker and nerdctl (a row a name) or podman (an image a row).
 * Lists begin zeroed and keep what was read before an error. */
int image_list_read(struct image_list *list, struct span output, struct error *err);
/* Output of `image inspect`. */
int image_details_read(struct image_details_list *list, struct span output,
                       struct error *err);
/* Sets created and size from details of the same id. */
void image_list_refine(struct image_list *list, const struct image_details_list *details);

void image_list_release(struct image_list *list);
void image_details_list_release(struct image_details_list *list);

#endif
