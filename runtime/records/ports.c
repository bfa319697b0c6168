#include "runtime/records/ports.h"

#include <string.h>

#include "core/strbuf.h"
#include "runtime/container_info.h"
#include "runtime/limits.h"
#include "runtime/records/fields.h"

struct collector {
    struct arena *arena;
    struct port_info *items;
    size_t count, capacity;
};

static void add(struct collector *collector, struct port_info port)
{
    if (collector->count == ENGINE_ITEMS_MAX)
        return;
    collector->items = memory_grow(collector->items, collector->count, &collector->capacity,
                                   sizeof *collector->items);
    collector->items[collector->count++] = port;
}

static struct ports finish(struct collector *collector)
{
    size_t bytes = collector->count * sizeof *collector->items;
    struct port_info *items = bytes ? arena_alloc(collector->arena, bytes) : NULL;
    if (bytes)
        memcpy(items, collector->items, bytes);
    free(collector->items);
    return (struct ports){.items = items, .count = collector->count};
}

static bool port_read(struct span text, uint16_t *ret_port)
{
    int64_t number;
    if (!text.len || text.ptr[0] == '-' || !integer_read(text, &number) ||
        number > UINT16_MAX)
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

/* "8000" or "8000-8002" */
static bool range_read(struct span text, uint16_t *ret_first, uint16_t *ret_count)
{
    uint16_t last;
    const char *dash = memchr(text.ptr, '-', text.len);
    size_t len = dash ? (size_t)(dash - text.ptr) : text.len;
    if (!port_read(span_of(text.ptr, len), ret_first))
        return false;
    *ret_count = 1;
    if (!dash)
        return true;
    if (!port_read(span_of(dash + 1, text.len - len - 1), &last) || last < *ret_first ||
        last - *ret_first == UINT16_MAX)
        return false;
    *ret_count = (uint16_t)(last - *ret_first + 1);
    return true;
}

static const char *protocol_of(struct arena *arena, struct span text)
{
    if (!text.len || span_equals_text(text, "tcp"))
        return "tcp";
    return span_equals_text(text, "udp") ? "udp" : arena_dup(arena, text.ptr, text.len);
}

/* "80/tcp" */
static bool container_side(struct arena *arena, struct span text, struct port_info *port)
{
    const char *slash = memchr(text.ptr, '/', text.len);
    size_t len = slash ? (size_t)(slash - text.ptr) : text.len;
    struct span protocol = slash ? span_of(slash + 1, text.len - len - 1) : span_of("", 0);
    if (!range_read(span_of(text.ptr, len), &port->container_port, &port->count))
        return false;
    port->protocol = protocol_of(arena, protocol);
    return true;
}

/* "127.0.0.1:8080", ":::8080" or "[::]:8080": the address ends at the last colon. */
static bool host_side(struct arena *arena, struct span text, struct port_info *port)
{
    uint16_t count;
    const char *colon = text.len ? memrchr(text.ptr, ':', text.len) : NULL;
    size_t len = colon ? (size_t)(colon - text.ptr) : 0;
    struct span ip = span_of(text.ptr, len);
    struct span number = colon ? span_of(colon + 1, text.len - len - 1) : text;
    if (!range_read(number, &port->host_port, &count) || count != port->count)
        return false;
    if (ip.len >= 2 && ip.ptr[0] == '[' && ip.ptr[ip.len - 1] == ']')
        ip = span_of(ip.ptr + 1, ip.len - 2);
    port->host_ip = arena_dup(arena, ip.ptr, ip.len);
    return true;
}

static void add_text(struct collector *collector, struct span text)
{
    struct port_info port = {.host_ip = ""};
    const char *arrow = memmem(text.ptr, text.len, "->", 2);
    size_t len = arrow ? (size_t)(arrow - text.ptr) : 0;
    struct span inside = arrow ? span_of(arrow + 2, text.len - len - 2) : text;
    if (!container_side(collector->arena, inside, &port))
        return;
    if (arrow && !host_side(collector->arena, span_of(text.ptr, len), &port))
        return;
    add(collector, port);
}

struct ports ports_of_text(struct arena *arena, struct span text)
{
    struct collector collector = {.arena = arena};
    while (text.len) {
        const char *comma = memchr(text.ptr, ',', text.len);
        size_t len = comma ? (size_t)(comma - text.ptr) : text.len;
        add_text(&collector, span_trimmed(span_of(text.ptr, len)));
        size_t used = len + (comma != NULL);
        text = span_of(text.ptr + used, text.len - used);
    }
    return finish(&collector);
}

static uint16_t port_of(int64_t number)
{
    return number < 0 || number > UINT16_MAX ? 0 : (uint16_t)number;
}

struct ports ports_of_array(struct arena *arena, const json_t *array)
{
    struct collector collector = {.arena = arena};
    size_t i;
    json_t *row;
    json_array_foreach(array, i, row)
    {
        uint16_t count = port_of(field_int(row, "range", 1));
        struct span protocol =
            span_of_text(field_text(arena, row, "protocol|Protocol|Type"));
        struct port_info port = {
            .host_ip = field_text(arena, row, "host_ip|HostIP|IP|URL"),
            .host_port =
                port_of(field_int(row, "host_port|HostPort|PublicPort|PublishedPort", 0)),
            .container_port = port_of(
                field_int(row, "container_port|ContainerPort|PrivatePort|TargetPort", 0)),
            .count = count ? count : 1,
            .protocol = protocol_of(arena, protocol),
        };
        if (port.container_port)
            add(&collector, port);
    }
    return finish(&collector);
}

struct ports ports_of_inspect(struct arena *arena, const json_t *object)
{
    struct collector collector = {.arena = arena};
    const char *key;
    json_t *bindings;
    json_object_foreach((json_t *)object, key, bindings)
    {
        struct port_info port = {.host_ip = ""};
        if (!container_side(arena, span_of_text(key), &port))
            continue;
        size_t i;
        json_t *binding;
        json_array_foreach(bindings, i, binding)
        {
            struct port_info published = port;
            published.host_ip = field_text(arena, binding, "HostIp|HostIP");
            published.host_port = port_of(field_int(binding, "HostPort", 0));
            add(&collector, published);
        }
        if (!json_array_size(bindings))
            add(&collector, port);
    }
    return finish(&collector);
}

static void add_range(struct strbuf *text, unsigned first, unsigned count)
{
    strbuf_addf(text, "%u", first);
    if (count > 1)
        strbuf_addf(text, "-%u", first + count - 1);
}

void ports_describe(const struct ports *ports, struct strbuf *text)
{
    for (size_t i = 0; i < ports->count; i++) {
        const struct port_info *port = &ports->items[i];
        if (i)
            strbuf_add_text(text, ", ");
        if (port->host_port) {
            if (strchr(port->host_ip, ':'))
                strbuf_addf(text, "[%s]:", port->host_ip);
            else
                strbuf_addf(text, "%s:", *port->host_ip ? port->host_ip : "0.0.0.0");
            add_range(text, port->host_port, port->count);
            strbuf_add_text(text, "->");
        }
        add_range(text, port->container_port, port->count);
        strbuf_addf(text, "/%s", port->protocol);
    }
}
