/* What engines report while things run: figures of containers, and events. */
#ifndef ULLAGE_RUNTIME_ACTIVITY_H
#define ULLAGE_RUNTIME_ACTIVITY_H

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "runtime/values.h"

struct container_stats {
    const char *id;
    const char *name;
    double cpu_percent; /* of one processor: 200 are two; -1: unknown, as the next */
    double memory_percent;
    int64_t memory_used; /* bytes, as those below; engines round them; VALUE_UNKNOWN if
                            unknown */
    int64_t memory_limit;
    int64_t network_received;
    int64_t network_sent;
    int64_t block_read;
    int64_t block_written;
    int64_t processes;
};

struct stats_list {
    struct arena arena;
    struct container_stats *items;
    size_t count;
    size_t capacity;
};

struct engine_event {
    const char *type;   /* container image network volume ... */
    const char *action; /* start die exec_create health_status ... */
    const char *detail; /* what docker puts behind the action: "healthy", a command */
    const char *id;
    const char *name;
    const char *image;
    int64_t time; /* seconds since 1970 */
    int64_t nanoseconds;
    int64_t exit_code; /* of die and exec_die, else VALUE_UNKNOWN */
    struct labels attributes;
};

/* Takes one event, lent for the call; -1 with an error ends the reading. */
typedef int event_visit(void *context, const struct engine_event *event, struct error *err);

struct event_reader;
struct event_reader *event_reader_new(event_visit *visit, void *context);
/* A piece of `events`, in whatever cuts it arrives. */
int event_reader_add(struct event_reader *reader, const void *bytes, size_t len,
                     struct error *err);
int event_reader_finish(struct event_reader *reader, struct error *err);
void event_reader_free(struct event_reader *reader);

/* Output of `stats --no-stream`. */
int stats_list_read(struct stats_list *list, struct span output, struct error *err);
void stats_list_release(struct stats_list *list);

#endif
