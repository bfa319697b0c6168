#include <stdlib.h>
#include <time.h>

#include "cli/engine_options.h"
#include "core/json.h"

struct ps_options {
    struct engine_arguments engine;
    struct strvec filters;
    bool all;
};

static const struct option options[] = {
    {.name = "all",
     .letter = 'a',
     .type = OPTION_FLAG,
     OPTION_AT(struct ps_options, all),
     .summary = "those that do not run too",
     .group = "Containers"},
    {.name = "filter",
     .type = OPTION_LIST,
     OPTION_AT(struct ps_options, filters),
     .argument = "KEY=VALUE",
     .summary = "only those that the engine finds so, such as label=role=web",
     .group = "Containers"},
    ENGINE_OPTIONS(struct ps_options),
    OPTION_END,
};

static void add_row(struct engine_table *table, const struct container_info *container,
                    int64_t now)
{
    cleanup_strbuf struct strbuf status = STRBUF_INIT, ports = STRBUF_INIT,
                                 id = STRBUF_INIT;
    strbuf_addf(&id, "%.12s", container->id);
    container_status_describe(container, now, &status);
    ports_describe(&container->ports, &ports);
    engine_table_add(table, id.buf);
    engine_table_add(table, container->name);
    engine_table_add(table, container->image);
    engine_table_add(table, status.buf);
    engine_table_add(table, ports.buf);
}

static int print_table(const struct container_list *list, const struct sink *sink,
                       struct error *err)
{
    static const char *const heads[] = {"ID", "NAME", "IMAGE", "STATUS", "PORTS"};
    struct engine_table table = {.columns = ARRAY_SIZE(heads)};
    int64_t now = (int64_t)time(NULL);
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
        engine_table_add(&table, heads[i]);
    for (size_t i = 0; i < list->count; i++)
        add_row(&table, &list->items[i], now);
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

static void write_ports(struct json_writer *writer, const struct ports *ports)
{
    json_key(writer, "ports");
    json_open_array(writer);
    for (size_t i = 0; i < ports->count; i++) {
        const struct port_info *port = &ports->items[i];
        json_open_object(writer);
        json_add_text(writer, "host_ip", port->host_ip);
        json_add_int(writer, "host_port", port->host_port);
        json_add_int(writer, "container_port", port->container_port);
        json_add_int(writer, "count", port->count);
        json_add_text(writer, "protocol", port->protocol);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_labels(struct json_writer *writer, const struct labels *labels)
{
    json_key(writer, "labels");
    json_open_object(writer);
    for (size_t i = 0; i < labels->count; i++)
        json_add_text(writer, labels->items[i].key, labels->items[i].value);
    json_close_object(writer);
}

static void write_container(struct json_writer *writer,
                            const struct container_info *container)
{
    json_open_object(writer);
    json_add_text(writer, "id", container->id);
    json_add_text(writer, "name", container->name);
    json_add_text(writer, "image", container->image);
    json_add_text(writer, "image_id", container->image_id);
    json_add_text(writer, "state", container_state_name(container->state));
    json_add_text(writer, "health", container_health_name(container->health));
    add_number(writer, "exit_code", container->exit_code);
    json_add_bool(writer, "out_of_memory", container->out_of_memory);
    json_add_text(writer, "error", container->error);
    add_number(writer, "created", container->created);
    add_number(writer, "started", container->started);
    add_number(writer, "finished", container->finished);
    write_ports(writer, &container->ports);
    write_labels(writer, &container->labels);
    json_close_object(writer);
}

static int print_json(const struct container_list *list, const struct sink *sink,
                      struct error *err)
{
    struct json_writer writer;
    json_writer_start(&writer, *sink, false);
    json_open_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        write_container(&writer, &list->items[i]);
    json_close_array(&writer);
    json_newline(&writer);
    return json_writer_finish(&writer, err);
}

static int list_to(const struct ps_options *given, const struct file_output *output,
                   struct error *err)
{
    struct client *client;
    struct container_list list = {0};
    struct container_filter filter = {.all = given->all,
                                      .filters = given->filters}; /* lent */
    if (engine_open(&client, &given->engine, output, err) < 0)
        return -1;
    int result = client_list_containers(client, &filter, &list, err);
    if (result == 0 && !client_is_dry(client))
        result = given->engine.format == ENGINE_FORMAT_JSON
                     ? print_json(&list, &output->sink, err)
                     : print_table(&list, &output->sink, err);
    container_list_release(&list);
    client_free(client);
    return result;
}

static int run(const struct invocation *invocation, struct error *err)
{
    struct file_output output;
    if (file_create(&output, "-", err) < 0)
        return -1;
    if (list_to(invocation->options, &output, err) < 0) {
        file_discard(&output);
        return -1;
    }
    return file_commit(&output, err);
}

static const struct example examples[] = {
    {"ullage ps", "what runs"},
    {"ullage ps --all --filter status=exited --format json",
     "what has ended, for a program"},
    {NULL, NULL},
};

const struct command command_ps = {
    .name = "ps",
    .group = "Engine",
    .summary = "list containers of docker, podman or nerdctl",
    .description = "Asks for the ids and then once for all that is known of them, so that "
                   "labels, ports and times are "
                   "exact whatever the engine. In JSON times are seconds since 1970, and "
                   "what is not known is null.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct ps_options),
    .run = run,
};
