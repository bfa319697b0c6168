#include "analyzer/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/image_options.h"
#include "cli/listing.h"

struct extract_arguments {
    struct image_arguments image;
    const char *folder;
    int64_t layer;
    bool force;
    bool devices;
    bool same_owner;
    bool keep_setuid;
    bool xattrs;
};

static const struct extract_arguments defaults = {.layer = -1};

static const struct option options[] = {
    {.name = "directory",
     .letter = 'C',
     .type = OPTION_TEXT,
     OPTION_AT(struct extract_arguments, folder),
     .argument = "DIR",
     .summary = "the folder to write into, made if it is not there; needed",
     .complete = COMPLETE_DIRECTORY},
    {.name = "layer",
     .type = OPTION_INT,
     OPTION_AT(struct extract_arguments, layer),
     .argument = "N",
     .min = 0,
     .max = UINT16_MAX,
     .summary = "what layer N ships, without its whiteouts"},
    {.name = "force",
     .type = OPTION_FLAG,
     OPTION_AT(struct extract_arguments, force),
     .summary = "replace files that stand in the way"},
    {.name = "devices",
     .type = OPTION_FLAG,
     OPTION_AT(struct extract_arguments, devices),
     .summary = "make device nodes too",
     .group = "Attributes"},
    {.name = "same-owner",
     .type = OPTION_FLAG,
     OPTION_AT(struct extract_arguments, same_owner),
     .summary = "give files their owner and group",
     .group = "Attributes"},
    {.name = "keep-setuid",
     .type = OPTION_FLAG,
     OPTION_AT(struct extract_arguments, keep_setuid),
     .summary = "keep setuid and setgid bits",
     .group = "Attributes"},
    {.name = "xattrs",
     .type = OPTION_FLAG,
     OPTION_AT(struct extract_arguments, xattrs),
     .summary = "write extended attributes",
     .group = "Attributes"},
    IMAGE_OPTIONS(struct extract_arguments),
    OPTION_END,
};

static int open_folder(const char *path, struct error *err)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return error_set_errno(err, ERROR_OUTPUT, errno, "cannot make the folder '%s'", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? error_set_errno(err, ERROR_OUTPUT, errno, "cannot open '%s'", path) : fd;
}

static void tell(int64_t count, const char *what)
{
    if (count)
        fprintf(stderr, "  %" PRId64 " %s\n", count, what);
}

static void print_counts(const struct extract_counts *counts)
{
    char size[SIZE_TEXT_MAX];
    int64_t links = counts->symlinks + counts->hardlinks;
    fprintf(stderr, "%" PRId64 " %s of %s, %" PRId64 " %s, %" PRId64 " %s\n", counts->files,
            counts->files == 1 ? "file" : "files",
            size_format(counts->bytes, SIZE_DECIMAL, size), counts->folders,
            counts->folders == 1 ? "folder" : "folders", links, links == 1 ? "link" : "links");
    tell(counts->nodes, "device nodes and pipes");
    tell(counts->devices_skipped, "device nodes left out; --devices makes them");
    tell(counts->bits_dropped, "files lost a setuid or setgid bit; --keep-setuid keeps it");
    tell(counts->xattrs_skipped, "extended attributes left out; --xattrs writes them");
    tell(counts->links_skipped, "hard links left out: what they name is not extracted");
    tell(counts->markers_skipped, "whiteouts left out");
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct extract_arguments *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct extract_counts counts;
    if (!given->folder) {
        error_set(err, ERROR_USAGE, "extract needs a folder to write into");
        return error_hint(err, "name it: ullage extract app.tar -C app");
    }
    if (browse_refuse_stream(invocation->operands[0], err) < 0 ||
        browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    struct extract_options extract_options = {
        .layer = given->layer < 0 ? NO_LAYER : (uint32_t)given->layer,
        .force = given->force,
        .devices = given->devices,
        .same_owner = given->same_owner,
        .keep_setuid = given->keep_setuid,
        .xattrs = given->xattrs,
    };
    int status = -1;
    cleanup_fd int folder =
        browse_check_readable(browse, err) < 0 ? -1 : open_folder(given->folder, err);
    if (folder >= 0 &&
        extract_run(browse, invocation->operands + 1, invocation->operand_count - 1, folder,
                    &extract_options, &counts, err) == 0) {
        if (!invocation->global.quiet)
            print_counts(&counts);
        status = image_status(browse->image);
    }
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage extract app.tar -C rootfs", "the whole file system"},
    {"ullage extract app.tar -C etc /etc /usr/share/zoneinfo", "parts of it"},
    {"ullage extract app.tar -C layer4 --layer 4", "what one layer ships"},
    {NULL, NULL},
};

const struct command command_extract = {
    .name = "extract",
    .group = "Images",
    .summary = "write files of an image to disk",
    .usage = "IMAGE -C DIR [PATH...]",
    .description =
        "Writes what is at the paths and below them, or everything, into DIR under its path in the "
        "image. Nothing is written outside DIR, whatever the image holds: no symlink is followed. "
        "Files get their mode and time; owners, setuid bits, devices and extended attributes only "
        "on request, and what is left out is counted.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct extract_arguments),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
