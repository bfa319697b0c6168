/* Ports in the spellings of engines. */
#ifndef ULLAGE_RUNTIME_RECORDS_PORTS_H
#define ULLAGE_RUNTIME_RECORDS_PORTS_H

#include "core/arena.h"
#include "core/json.h"
#include "core/span.h"
#include "runtime/values.h"

/* docker ps: "127.0.0.1:18131->81/udp, [::]:18130->80/tcp, 6379/tcp". What cannot be read
 * is left out. */
struct ports ports_of_text(struct arena *arena, struct span text);
/* podman ps: [{"host_ip", "container_port", "host_port", "range", "protocol"}]. */
struct ports ports_of_array(struct arena *arena, const json_t *array);
/* inspect: {"80/tcp": [{"HostIp", "HostPort"}], "81/tcp": null}. */
struct ports ports_of_inspect(struct arena *arena, const json_t *object);

#endif
