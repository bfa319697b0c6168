#include "cli/engine_image.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "core/memory.h"
#include "runtime/client.h"

struct engine_image {
    struct client *client;
    struct strvec names;
    int output; /* where the engine writes to */
    pthread_t thread;
    int result;
    struct error err;
};

static const struct {
    const char *scheme;
    enum engine_kind kind;
} schemes[] = {
    {"docker://", ENGINE_DOCKER},
    {"podman://", ENGINE_PODMAN},
};

/* The reference behind the scheme, NULL if the operand has none. */
static const char *reference_of(const char *operand, enum engine_kind *ret_kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        size_t len = strlen(schemes[i].scheme);
        if (strncmp(operand, schemes[i].scheme, len) == 0) {
            *ret_kind = schemes[i].kind;
            return operand + len;
        }
    }
    return NULL;
}

static void *save(void *context)
{
    struct engine_image *image = context;
    const struct client_streams streams = {.out = {.kind = EXEC_TO_FD, .fd = image->output}};
    image->result = client_save(image->client, &image->names, &streams, &image->err);
    close(image->output);
    return NULL;
}

static int start(struct engine_image *image, enum engine_kind kind, const char *reference,
                 struct error *err)
{
    struct client_options options = {.kind = kind};
    int ends[2];
    strvec_add(&image->names, reference);
    if (interrupt_watch(&options.cancel, err) < 0 ||
        client_open(&image->client, &options, err) < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "cannot make a pipe");
    image->output = ends[1];
    if (dup2(ends[0], STDIN_FILENO) < 0 ||
        (errno = pthread_create(&image->thread, NULL, save, image)) != 0) {
        error_set_errno(err, ERROR_INTERNAL, errno, "cannot read from the engine");
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    close(ends[0]);
    return 0;
}

static void engine_image_free(struct engine_image *image)
{
    client_free(image->client);
    strvec_release(&image->names);
    error_release(&image->err);
    free(image);
}

int engine_image_begin(struct engine_image **ret_image, struct invocation *invocation,
                       struct error *err)
{
    static char from_engine[] = "-";
    struct engine_image *image = NULL;
    for (size_t i = 0; i < invocation->operand_count; i++) {
        enum engine_kind kind = ENGINE_DOCKER;
        const char *reference = reference_of(invocation->operands[i], &kind);
        if (!reference || strcmp(invocation->command->group, "Images") != 0)
            continue;
        if (image) {
            error_set(err, ERROR_USAGE, "two images of engines cannot be read at once");
            error_hint(err, "save one of them: docker save -o FILE %s", reference);
            return engine_image_end(image, -1, err);
        }
        image = memory_alloc_zero(1, sizeof *image);
        image->err = (struct error)ERROR_INIT;
        if (start(image, kind, reference, err) < 0) {
            engine_image_free(image);
            return -1;
        }
        invocation->operands[i] = from_engine;
    }
    *ret_image = image;
    return 0;
}

int engine_image_end(struct engine_image *image, int result, struct error *err)
{
    if (!image)
        return result;
    /* what nobody reads the engine shall not wait for */
    close(STDIN_FILENO);
    pthread_join(image->thread, NULL);
    bool failed = image->result < 0 && (result != 0 && result != 1);
    if (failed && err->code != ERROR_USAGE) {
        error_release(err);
        error_move(err, &image->err);
        result = -1;
    }
    engine_image_free(image);
    return result;
}
