#include "generator/stages.h"

#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "generator/template.h"

static int refuse(const struct manifest *document, const struct node *node, struct error *err,
                  const char *message)
{
    return manifest_refuse(document, node ? node->line : 1, node ? node->column : 1, err, "%s",
                           message);
}

/* A text of one line: what would become a second line of the Dockerfile is refused. */
static int take_text(const char **ret_text, const struct manifest *document,
                     const struct node *node, struct error *err)
{
    if (!node || node->kind == NODE_NULL)
        return 0;
    if (node->kind == NODE_LIST || node->kind == NODE_MAP)
        return refuse(document, node, err, "one text is wanted here");
    for (const char *at = node->text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return refuse(document, node, err, "a control character in a text");
    *ret_text = node->text;
    return 0;
}

static int take_member(const char **ret_text, const struct manifest *document,
                       const struct node *map, const char *key, struct error *err)
{
    return take_text(ret_text, document, node_get(document, map, key), err);
}

/* A list of texts, or one alone. */
static int take_list(struct strvec *list, const struct manifest *document, const struct node *node,
                     struct error *err)
{
    const char *text = NULL;
    if (!node || node->kind == NODE_NULL)
        return 0;
    if (node->kind == NODE_MAP)
        return refuse(document, node, err, "a list of texts is wanted here");
    if (node->kind != NODE_LIST) {
        if (take_text(&text, document, node, err) < 0)
            return -1;
        strvec_add(list, text);
        return 0;
    }
    for (const struct node *item = node->first; item; item = item->next) {
        if (take_text(&text, document, item, err) < 0)
            return -1;
        strvec_add(list, text ? text : "");
    }
    return 0;
}

static bool is_name(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    return *text && strspn(text, letters) == strlen(text);
}

/* NAME=VALUE of a map, the value quoted for ENV and LABEL. */
static int take_pairs(struct strvec *list, const struct manifest *document, const struct node *map,
                      struct error *err)
{
    if (!map || map->kind == NODE_NULL)
        return 0;
    if (map->kind != NODE_MAP)
        return refuse(document, map, err, "a map of names to values is wanted here");
    for (const struct node *item = map->first; item; item = item->next) {
        const char *text = "";
        cleanup_strbuf struct strbuf pair = STRBUF_INIT;
        if (take_text(&text, document, item, err) < 0)
            return -1;
        if (!is_name(item->key))
            return refuse(document, item, err, "a name has letters, digits and ._-/ alone");
        strbuf_addf(&pair, "%s=", item->key);
        quote_for_label(&pair, text);
        strvec_add(list, pair.buf);
    }
    return 0;
}

static int read_step(struct build_step *step, const struct manifest *document,
                     const struct node *node, struct error *err)
{
    if (node->kind != NODE_MAP)
        return refuse(document, node, err, "a step is a map with 'run' or 'copy'");
    const struct node *copy = node_get(document, node, "copy");
    if (take_member(&step->run, document, node, "run", err) < 0 ||
        take_list(&step->sources, document, copy, err) < 0 ||
        take_member(&step->from, document, node, "from", err) < 0 ||
        take_member(&step->target, document, node, "to", err) < 0 ||
        take_member(&step->owner, document, node, "owner", err) < 0)
        return -1;
    if ((step->run != NULL) == (copy != NULL))
        return refuse(document, node, err, "a step has either 'run' or 'copy'");
    if (copy && (!step->target || !step->sources.count))
        return refuse(document, node, err, "'copy' needs sources and 'to'");
    if (step->run && !*step->run)
        return refuse(document, node, err, "'run' is empty");
    return 0;
}

static int read_steps(struct build_stage *stage, const struct manifest *document,
                      const struct node *list, struct error *err)
{
    if (list && list->kind != NODE_LIST)
        return refuse(document, list, err, "'steps' is a list");
    for (const struct node *item = list ? list->first : NULL; item; item = item->next) {
        stage->steps = memory_grow(stage->steps, stage->step_count, &stage->step_capacity,
                                   sizeof *stage->steps);
        struct build_step *step = &stage->steps[stage->step_count++];
        *step = (struct build_step){.sources = STRVEC_INIT};
        if (read_step(step, document, item, err) < 0)
            return -1;
    }
    return 0;
}

static int read_stage(struct build_stage *stage, const struct manifest *document,
                      const struct node *node, struct error *err)
{
    if (node->kind != NODE_MAP)
        return refuse(document, node, err, "a stage is a map");
    if (take_member(&stage->name, document, node, "name", err) < 0 ||
        take_member(&stage->base, document, node, "from", err) < 0 ||
        take_member(&stage->platform, document, node, "platform", err) < 0 ||
        take_member(&stage->working_directory, document, node, "working_dir", err) < 0 ||
        take_member(&stage->user, document, node, "user", err) < 0 ||
        take_list(&stage->arguments, document, node_get(document, node, "args"), err) < 0 ||
        take_pairs(&stage->environment, document, node_get(document, node, "env"), err) < 0 ||
        take_pairs(&stage->labels, document, node_get(document, node, "labels"), err) < 0 ||
        read_steps(stage, document, node_get(document, node, "steps"), err) < 0 ||
        take_list(&stage->ports, document, node_get(document, node, "expose"), err) < 0 ||
        take_list(&stage->entrypoint, document, node_get(document, node, "entrypoint"), err) < 0 ||
        take_list(&stage->command, document, node_get(document, node, "cmd"), err) < 0)
        return -1;
    if (!stage->base || !*stage->base || strpbrk(stage->base, " \t"))
        return refuse(document, node, err,
                      "a stage needs 'from', the name of an image or of a stage");
    return 0;
}

int multi_stage_build_read(struct multi_stage_build *ret_build, const struct manifest *document,
                           struct error *err)
{
    struct multi_stage_build build = {.arguments = STRVEC_INIT};
    const struct node *stages = node_path(document, "stages");
    int result = take_list(&build.arguments, document, node_path(document, "args"), err);
    if (result == 0 && (!stages || stages->kind != NODE_LIST || !stages->first))
        result = refuse(document, stages ? stages : document->root, err,
                        "'stages' is a list of at least one");
    for (const struct node *item = result == 0 ? stages->first : NULL; item && result == 0;
         item = item->next) {
        build.stages =
            memory_grow(build.stages, build.count, &build.capacity, sizeof *build.stages);
        struct build_stage *stage = &build.stages[build.count++];
        *stage = (struct build_stage){.arguments = STRVEC_INIT};
        result = read_stage(stage, document, item, err);
    }
    if (result < 0)
        multi_stage_build_release(&build);
    else
        *ret_build = build;
    return result;
}

static void print_list(struct strbuf *out, const char *instruction, const struct strvec *list)
{
    for (size_t i = 0; i < list->count; i++)
        strbuf_addf(out, "%s %s\n", instruction, list->items[i]);
}

static void print_json(struct strbuf *out, const char *instruction, const struct strvec *list)
{
    if (!list->count)
        return;
    strbuf_addf(out, "%s [", instruction);
    for (size_t i = 0; i < list->count; i++) {
        strbuf_add_text(out, i ? ", " : "");
        quote_for_json(out, list->items[i]);
    }
    strbuf_add_text(out, "]\n");
}

static void print_step(struct strbuf *out, const struct build_step *step)
{
    if (step->run) {
        strbuf_addf(out, "RUN %s\n", step->run);
        return;
    }
    strbuf_add_text(out, "COPY");
    if (step->from)
        strbuf_addf(out, " --from=%s", step->from);
    if (step->owner)
        strbuf_addf(out, " --chown=%s", step->owner);
    strbuf_add_text(out, " [");
    for (size_t i = 0; i < step->sources.count; i++) {
        quote_for_json(out, step->sources.items[i]);
        strbuf_add_text(out, ", ");
    }
    quote_for_json(out, step->target);
    strbuf_add_text(out, "]\n");
}

static void print_stage(struct strbuf *out, const struct build_stage *stage)
{
    strbuf_add_text(out, "\nFROM ");
    if (stage->platform)
        strbuf_addf(out, "--platform=%s ", stage->platform);
    strbuf_addf(out, "%s%s%s\n", stage->base, stage->name ? " AS " : "",
                stage->name ? stage->name : "");
    print_list(out, "ARG", &stage->arguments);
    print_list(out, "LABEL", &stage->labels);
    print_list(out, "ENV", &stage->environment);
    if (stage->working_directory)
        strbuf_addf(out, "WORKDIR %s\n", stage->working_directory);
    for (size_t i = 0; i < stage->step_count; i++)
        print_step(out, &stage->steps[i]);
    if (stage->user)
        strbuf_addf(out, "USER %s\n", stage->user);
    print_list(out, "EXPOSE", &stage->ports);
    print_json(out, "ENTRYPOINT", &stage->entrypoint);
    print_json(out, "CMD", &stage->command);
}

void multi_stage_build_print(struct strbuf *out, const struct multi_stage_build *build)
{
    strbuf_add_text(out, "# syntax=docker/dockerfile:1\n# check=error=true\n");
    if (build->arguments.count)
        strbuf_add_char(out, '\n');
    print_list(out, "ARG", &build->arguments);
    for (size_t i = 0; i < build->count; i++)
        print_stage(out, &build->stages[i]);
}

static void release_stage(struct build_stage *stage)
{
    struct strvec *const lists[] = {&stage->arguments, &stage->environment, &stage->labels,
                                    &stage->ports,     &stage->entrypoint,  &stage->command};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        strvec_release(lists[i]);
    for (size_t i = 0; i < stage->step_count; i++)
        strvec_release(&stage->steps[i].sources);
    free(stage->steps);
}

void multi_stage_build_release(struct multi_stage_build *build)
{
    strvec_release(&build->arguments);
    for (size_t i = 0; i < build->count; i++)
        release_stage(&build->stages[i]);
    free(build->stages);
    *build = (struct multi_stage_build){.count = 0};
}

int build_script_read(struct build_script *ret_script, const struct manifest *document,
                      const char *name, struct error *err)
{
    struct build_script script = {.image = name};
    const struct node *node = node_path(document, "script");
    int result = 0;
    if (node &&
        (take_member(&script.image, document, node, "image", err) < 0 ||
         take_member(&script.registry, document, node, "registry", err) < 0 ||
         take_list(&script.tags, document, node_get(document, node, "tags"), err) < 0 ||
         take_list(&script.arguments, document, node_get(document, node, "build_args"), err) < 0))
        result = -1;
    script.push = node && node_is_true(node_get(document, node, "push"));
    if (!script.tags.count)
        strvec_add(&script.tags, "latest");
    if (result < 0)
        build_script_release(&script);
    else
        *ret_script = script;
    return result;
}

static void add_reference(struct strbuf *out, const struct build_script *script, const char *tag)
{
    cleanup_strbuf struct strbuf reference = STRBUF_INIT;
    strbuf_addf(&reference, "%s%s%s:%s", script->registry ? script->registry : "",
                script->registry ? "/" : "", script->image, tag);
    quote_for_shell(out, reference.buf);
}

void build_script_print(struct strbuf *out, const struct build_script *script)
{
    strbuf_add_text(out, "#!/bin/sh\nset -eu\ncd \"$(dirname \"$0\")\"\ndocker build --pull");
    for (size_t i = 0; i < script->arguments.count; i++) {
        strbuf_add_text(out, " --build-arg ");
        quote_for_shell(out, script->arguments.items[i]);
    }
    for (size_t i = 0; i < script->tags.count; i++) {
        strbuf_add_text(out, " --tag ");
        add_reference(out, script, script->tags.items[i]);
    }
    strbuf_add_text(out, " .\n");
    for (size_t i = 0; script->push && i < script->tags.count; i++) {
        strbuf_add_text(out, "docker push ");
        add_reference(out, script, script->tags.items[i]);
        strbuf_add_char(out, '\n');
    }
}

void build_script_release(struct build_script *script)
{
    strvec_release(&script->tags);
    strvec_release(&script->arguments);
}
