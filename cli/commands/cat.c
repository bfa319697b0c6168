#include "cli/image_options.h"
#include "cli/listing.h"

struct cat_options {
    struct image_arguments image;
    const char *output;
    int64_t layer;
};

static const struct cat_options defaults = {.output = "-", .layer = -1};

static const struct option options[] = {
    {.name = "layer",
     .type = OPTION_INT,
     OPTION_AT(struct cat_options, layer),
     .argument = "N",
     .min = 0,
     .max = UINT16_MAX,
     .summary = "the file as layer N ships it, whatever became of it later"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct cat_options, output),
     .argument = "FILE",
     .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE},
    IMAGE_OPTIONS(struct cat_options),
    OPTION_END,
};

static int copy_all(const struct browse *browse, const struct invocation *invocation,
                    const struct sink *sink, struct error *err)
{
    const struct cat_options *given = invocation->options;
    uint32_t layer = given->layer < 0 ? NO_LAYER : (uint32_t)given->layer;
    for (size_t i = 1; i < invocation->operand_count; i++) {
        struct place place;
        if (browse_find_payload(browse, invocation->operands[i], layer, &place, err) < 0 ||
            browse_copy(browse, place, sink, err) < 0)
            return -1;
    }
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct cat_options *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct file_output output;
    if (browse_refuse_stream(invocation->operands[0], err) < 0 ||
        browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    int status = -1;
    if (browse_check_readable(browse, err) == 0 && file_create(&output, given->output, err) == 0) {
        if (copy_all(browse, invocation, &output.sink, err) < 0)
            file_discard(&output);
        else
            status = file_commit(&output, err) < 0 ? -1 : image_status(browse->image);
    }
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage cat app.tar /etc/os-release", "a file as a container sees it"},
    {"ullage cat app.tar --layer 2 /etc/passwd -o passwd.2", "as layer 2 shipped it"},
    {NULL, NULL},
};

const struct command command_cat = {
    .name = "cat",
    .group = "Images",
    .summary = "print a file of an image",
    .usage = "IMAGE PATH...",
    .description =
        "Prints the contents of regular files one after another, as they are. Symlinks are "
        "followed inside the image. The archive must be a file or folder: standard input has "
        "passed before the path is known.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct cat_options),
    .defaults = &defaults,
    .operands_min = 2,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
