#include "analyzer/lint/base.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/image/image.h"
#include "core/json.h"
#include "core/memory.h"

static int read_environment(struct lint_base *base, const json_t *config, struct error *err)
{
    json_t *list, *item;
    size_t index;
    if (json_get_typed(&list, config, "Env", JSON_ARRAY, err) < 0)
        return -1;
    json_array_foreach(list, index, item)
    {
        if (!json_string_value(item))
            return error_set(err, ERROR_INPUT, "Env is no list of texts");
        strvec_add(&base->env, json_string_value(item));
    }
    return 0;
}

static bool is_healthcheck(const json_t *healthcheck)
{
    const json_t *test = json_object_get(healthcheck, "Test");
    const char *first = json_string_value(json_array_get(test, 0));
    return first && strcmp(first, "NONE") != 0;
}

/* `config` is the member of that name. */
static int read_config(struct lint_base *base, struct arena *arena, const json_t *config,
                       struct error *err)
{
    const char *user, *workdir;
    json_t *shell, *healthcheck;
    if (json_get_text(&user, config, "User", err) < 0 ||
        json_get_text(&workdir, config, "WorkingDir", err) < 0 ||
        json_get_typed(&shell, config, "Shell", JSON_ARRAY, err) < 0 ||
        json_get_typed(&healthcheck, config, "Healthcheck", JSON_OBJECT, err) < 0 ||
        read_environment(base, config, err) < 0)
        return -1;
    base->user = arena_dup_text(arena, user ? user : "");
    base->workdir = arena_dup_text(arena, workdir ? workdir : "");
    base->has_shell = json_array_size(shell) > 0;
    base->has_healthcheck = is_healthcheck(healthcheck);
    return 0;
}

static int read_image(struct lint_base *base, struct arena *arena, const struct image *image,
                      struct error *err)
{
    const struct candidate *chosen = image->chosen;
    json_t *config = NULL;
    if (!chosen->config)
        return error_set(err, ERROR_INPUT, "the image has no configuration");
    if (json_get_typed(&config, chosen->config, "config", JSON_OBJECT, err) < 0)
        return -1;
    base->platform = arena_dup_text(arena, chosen->platform);
    base->user = base->workdir = "";
    return config ? read_config(base, arena, config, err) : 0;
}

int lint_bases_add(struct lint_bases *bases, const char *reference, const char *archive,
                   const char *platform, const struct limits *limits, struct error *err)
{
    const struct image_options options = {
        .limits = limits, .platform = platform, .threads = 1, .only_documents = true};
    struct lint_base base = {.env = STRVEC_INIT};
    struct image *image;
    if (image_open(&image, archive, &options, err) < 0)
        return -1;
    base.reference = arena_dup_text(&bases->arena, reference);
    int result = read_image(&base, &bases->arena, image, err);
    image_free(image);
    if (result < 0) {
        strvec_release(&base.env);
        return error_prefix(err, "%s", archive);
    }
    bases->items =
        memory_grow(bases->items, bases->count, &bases->capacity, sizeof *bases->items);
    bases->items[bases->count++] = base;
    return 0;
}

void lint_bases_release(struct lint_bases *bases)
{
    for (size_t i = 0; i < bases->count; i++)
        strvec_release(&bases->items[i].env);
    free(bases->items);
    arena_release(&bases->arena);
    *bases = (struct lint_bases){0};
}
