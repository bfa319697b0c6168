/* What stands behind the handles of <ullage/runtime.h>, and how what callers give becomes ours. */
#ifndef ULLAGE_LIBRARY_RUNTIME_H
#define ULLAGE_LIBRARY_RUNTIME_H

#include <ullage/runtime.h>

#include "runtime/client.h"
#include "runtime/compose.h"

struct ullage_cancel {
    struct cancel cancel;
};

struct ullage_client {
    struct client *client;
    ullage_output *dry_run;
    void *dry_run_context;
};

struct ullage_compose {
    struct compose *compose;
    const struct ullage_client *client;
};

/* Copies options of the size that the caller knows over defaults of ours; members that the caller knows and
 * we do not must be zero. */
int options_take(void *options, size_t size, const void *given, struct error *err);

/* Arrays that end with NULL; NULL is empty. */
void strings_take(struct strvec *list, const char *const *given);
void settings_take(struct settings *settings, const struct ullage_setting *given);

struct ullage_strings *strings_make(const char *const *items, size_t count);

int config_take(struct container_config *config, const struct ullage_container_config *given,
                struct error *err);

/* Take over what the lists hold. */
struct ullage_container_list *containers_make(struct container_list *list);
struct ullage_image_list *images_make(struct image_list *list);

/* Gives the outcome to the caller if he wants it, and releases it. */
void outcome_give(struct outcome *outcome, struct ullage_outcome **ret_outcome);

/* Output that goes to a caller's function. `relay` must live as long as the streams. */
struct relay {
    ullage_output *output;
    void *context;
};
void relay_streams(struct client_streams *streams, struct relay *relay);

#endif
