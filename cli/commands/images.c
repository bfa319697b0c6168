#include <stdlib.h>
#include <string.h>

#include "cli/engine_options.h"
#include "core/date.h"
#include "core/json.h"
#include "core/size.h"

struct images_options {
    struct engine_arguments engine;
    struct strvec filters;
    bool all;
    bool binary;
    bool bytes;
};

static const struct option options[] = {
    {.name = "all",
     .letter = 'a',
     .type = OPTION_FLAG,
     OPTION_AT(struct images_options, all),
     .summary = "those between too",
     .group = "Images"},
    {.name = "filter",
     .type = OPTION_LIST,
     OPTION_AT(struct images_options, filters),
     .argument = "KEY=VALUE",
     .summary = "only those that the engine finds so, such as dangling=true",
     .group = "Images"},
    ENGINE_OPTIONS(struct images_options),
    {.name = "binary",
     .type = OPTION_FLAG,
     OPTION_AT(struct images_options, binary),
     .summary = "sizes in KiB, MiB, GiB",
     .group = "Output"},
    {.name = "bytes",
     .type = OPTION_FLAG,
     OPTION_AT(struct images_options, bytes),
     .summary = "sizes in bytes",
     .group = "Output"},
    OPTION_END,
};

static const char *short_id(const char *id)
{
    return strncmp(id, "sha256:", 7) == 0 ? id + 7 : id;
}

static void add_row(struct engine_table *table, const struct image_info *image,
                    enum size_style style)
{
    cleanup_strbuf struct strbuf id = STRBUF_INIT;
    char size[SIZE_TEXT_MAX] = "", created[DATE_TEXT_MAX] = "";
    strbuf_addf(&id, "%.12s", short_id(image->id));
    if (image->size != VALUE_UNKNOWN)
        size_format(image->size, style, size);
    if (image->created != VALUE_UNKNOWN && !date_format(image->created, created))
        created[0] = '\0';
    engine_table_add(table, image->repository);
    engine_table_add(table, image->tag);
    engine_table_add(table, id.buf);
    engine_table_add(table, created);
    engine_table_add(table, size);
}

static int print_table(const struct image_list *list, enum size_style style,
                       const struct sink *sink, struct error *err)
{
    static const char *const heads[] = {"REPOSITORY", "TAG", "ID", "CREATED", "SIZE"};
    struct engine_table table = {.columns = ARRAY_SIZE(heads)};
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
        engine_table_add(&table, heads[i]);
    for (size_t i = 0; i < list->count; i++)
        add_row(&table, &list->items[i], style);
    int result = engine_table_print(&table, sink, err);
    engine_table_release(&table);
    return result;
}

static void add_number(struct json_writer *writer, const char *key, int64_t number)
{
    if (number == VALUE_UNKNOWN)
        json_add_null(writer, key);
    else
        json_add_int(writer, key, number);
}

static int print_json(const struct image_list *list, const struct sink *sink,
                      struct error *err)
{
    struct json_writer writer;
    json_writer_start(&writer, *sink, false);
    json_open_array(&writer);
    for (size_t i = 0; i < list->count; i++) {
        const struct image_info *image = &list->items[i];
        json_open_object(&writer);
        json_add_text(&writer, "id", image->id);
        json_add_text(&writer, "repository", image->repository);
        json_add_text(&writer, "tag", image->tag);
        json_add_text(&writer, "digest", image->digest);
        add_number(&writer, "created", image->created);
        add_number(&writer, "size", image->size);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_newline(&writer);
    return json_writer_finish(&writer, err);
}

static int print(const struct images_options *given, const struct image_list *list,
                 const struct sink *sink, struct error *err)
{
    enum size_style style = given->bytes    ? SIZE_BYTES
                            : given->binary ? SIZE_BINARY
                                            : SIZE_DECIMAL;
    return given->engine.format == ENGINE_FORMAT_JSON ? print_json(list, sink, err)
                                                      : print_table(list, style, sink, err);
}

static int list_to(const struct invocation *invocation, const struct file_output *output,
                   struct error *err)
{
    const struct images_options *given = invocation->options;
    struct client *client;
    struct image_list list = {0};
    struct image_filter filter = {
        .all = given->all,
        .filters = given->filters, /* lent */
        .repository = invocation->operand_count ? invocation->operands[0] : NULL,
    };
    if (engine_open(&client, &given->engine, output, err) < 0)
        return -1;
    int result = client_list_images(client, &filter, &list, err);
    if (result == 0 && !client_is_dry(client))
        result = print(given, &list, &output->sink, err);
    image_list_release(&list);
    client_free(client);
    return result;
}

static int run(const struct invocation *invocation, struct error *err)
{
    struct file_output output;
    if (file_create(&output, "-", err) < 0)
        return -1;
    if (list_to(invocation, &output, err) < 0) {
        file_discard(&output);
        return -1;
    }
    return file_commit(&output, err);
}

static const struct example examples[] = {
    {"ullage images", "what the engine has"},
    {"ullage images example/shop --format json", "one repository's, for a program"},
    {NULL, NULL},
};

const struct command command_images = {
    .name = "images",
    .group = "Engine",
    .summary = "list images of docker, podman or nerdctl",
    .usage = "[REPOSITORY]",
    .description = "A row for each name of an image. Sizes and times are those that the "
                   "engine knows, not the rounded "
                   "ones that it prints. In JSON times are seconds since 1970, and what is "
                   "not known is null.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct images_options),
    .operands_max = 1,
    .run = run,
};
