#include "generator/images.h"

#include <ctype.h>
#include <string.h>

#include "core/memory.h"

static const struct image {
    const char *id, *repository, *tag, *user;
} images[] = {
#define IMAGE(id, repository, tag, user) {#id, repository, tag, user},
#define OLDER(id, from, tag)
#include "generator/images.def"
#undef OLDER
#undef IMAGE
};

static const struct older {
    const char *id, *from, *tag;
} olders[] = {
#define IMAGE(id, repository, tag, user)
#define OLDER(id, from, tag) {#id, from, tag},
#include "generator/images.def"
#undef OLDER
#undef IMAGE
};

/* The tag of an image for a line of its runtime. */
static const char *tag_for(const struct image *image, const char *version)
{
    struct version wanted, from;
    for (size_t i = 0; version && i < ARRAY_SIZE(olders); i++)
        if (strcmp(olders[i].id, image->id) == 0 && version_read(&wanted, version) &&
            version_read(&from, olders[i].from) && version_order(&wanted, &from) < 0)
            return olders[i].tag;
    return image->tag;
}

static const struct image *find(const char *id)
{
    for (size_t i = 0; i < ARRAY_SIZE(images); i++)
        if (strcmp(images[i].id, id) == 0)
            return &images[i];
    return NULL;
}

/* What the map puts in a repository's place: lines "FROM=TO". */
static const char *map(struct planning *planning, const char *repository)
{
    size_t len = strlen(repository);
    const char *at = planning->options->image_map;
    while (at && *at) {
        const char *end = strchr(at, '\n');
        if (strncmp(at, repository, len) == 0 && at[len] == '=')
            return plan_text(planning->plan, "%.*s", (int)strcspn(at + len + 1, "\n"),
                             at + len + 1);
        at = end ? end + 1 : NULL;
    }
    return repository;
}

/* `line` chooses the tag, `version` goes into it. */
static const char *fill(struct planning *planning, const struct image *image, const char *line,
                        const char *version)
{
    const char *tag = tag_for(image, line);
    const char *hole = strstr(tag, "{version}");
    const char *repository = map(planning, image->repository);
    if (!hole)
        return plan_text(planning->plan, "%s:%s", repository, tag);
    return plan_text(planning->plan, "%s:%.*s%s%s", repository, (int)(hole - tag), tag, version,
                     hole + strlen("{version}"));
}

const char *images_name(struct planning *planning, const char *id, const char *version)
{
    return fill(planning, find(id), version, version);
}

static const char *argument_of(struct planning *planning, const struct service *service)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    for (const char *at = service->runtime.name ? service->runtime.name : "base"; *at; at++)
        strbuf_add_char(&name, (char)toupper((unsigned char)*at));
    return plan_text(planning->plan, "${%s_VERSION}", name.buf);
}

void images_use(struct planning *planning, struct service *service, enum image_part part,
                const char *id)
{
    const struct image *image = id ? find(id) : NULL;
    const char *version = service->runtime.version ? service->runtime.version : "latest";
    const char *name = image ? fill(planning, image, version, version) : "scratch";
    const char *value =
        image ? fill(planning, image, version, argument_of(planning, service)) : "scratch";
    bool build = part == IMAGE_BUILD;
    if (build)
        service->image_build = name;
    else
        service->image_final = name;
    values_set(&service->values, build ? "image_build" : "image_final", value, evidence_none);
    if (!build && image && *image->user && !service->user)
        service->user = image->user;
}
