/* An image that an engine has, where a command takes a saved one: docker://REF and podman://REF are saved by
 * their engine into our standard input, while the command reads it. No file is made. */
#ifndef ULLAGE_CLI_ENGINE_IMAGE_H
#define ULLAGE_CLI_ENGINE_IMAGE_H

#include "cli/command.h"

struct engine_image;

/* If an operand of a command about images names one, starts to save it and makes the operand "-". NULL where
 * none does. ERROR_USAGE for a second one. */
int engine_image_begin(struct engine_image **ret_image, struct invocation *invocation,
                       struct error *err);
/* Waits for the engine. `result` is what the command gave; where the engine failed, its reason is the
 * error. */
int engine_image_end(struct engine_image *image, int result, struct error *err);

#endif
