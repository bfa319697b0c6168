/* An image as a list of layers of entries, in the order of the tar, with nothing of the tar
 * format about it: what the models of accounting and of dive work on, and what the random
 * generator makes. It can be rendered as tars and as an archive, so that the program can be
 * asked about the same image.
 *
 *     struct model_image image = MODEL_IMAGE_INIT;
 *     model_image_add_layer(&image);
 *     model_image_add_file(&image, "etc/motd", "hello\n");
 *     ...
 *     model_image_release(&image);
 */
#ifndef TESTS_MODELS_MODEL_IMAGE_H
#define TESTS_MODELS_MODEL_IMAGE_H

#include "../support/imagemaker.h"
#include "../support/tarmaker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MODEL_NONE ((size_t)-1)

enum model_type {
    MODEL_FILE,
    MODEL_DIR,
    MODEL_SYMLINK,
    MODEL_HARDLINK,
    MODEL_FIFO,
    MODEL_CHARDEV,
};

/* One entry. A sparse file has segments: content holds their bytes one after the other, and
 * the file reads as logical_size bytes. Whiteouts are files (or directories) by the name
 * they have. */
struct model_entry {
    const char *path; /* as in the tar */
    enum model_type type;
    const char *link;
    const unsigned char *content;
    size_t content_size;
    const struct tar_segment *segments;
    size_t segment_count;
    uint64_t logical_size; /* of a sparse file */
    enum tar_sparse sparse;
    uint64_t header_size; /* of what is no file: the size its header claims, without data
                             behind it */
    unsigned mode;
    uint64_t uid;
    uint64_t gid;
    int64_t mtime;
    unsigned devmajor;
    unsigned devminor;
};

struct model_layer {
    struct model_entry *entries;
    size_t entry_count;
};

struct model_image {
    struct model_layer *layers;
    size_t layer_count;
};

#define MODEL_IMAGE_INIT                                                                   \
    {                                                                                      \
        .layers = NULL, .layer_count = 0                                                   \
    }

void model_image_release(struct model_image *image);
void model_image_add_layer(struct model_image *image);

/* Adds to the newest layer. Everything the entry points to is copied; mode 0 stands for
 * 0644, 0755 or 0777 by the type. */
void model_image_add(struct model_image *image, const struct model_entry *entry);

void model_image_add_file(struct model_image *image, const char *path, const char *text);
void model_image_add_zeros(struct model_image *image, const char *path, size_t size);
void model_image_add_dir(struct model_image *image, const char *path);
void model_image_add_symlink(struct model_image *image, const char *path,
                             const char *target);
void model_image_add_hardlink(struct model_image *image, const char *path,
                              const char *target);

/* The bytes the file reads as, holes as zeros; to be released by the caller. */
void model_entry_logical(const struct model_entry *entry, struct bytes *ret_content);
uint64_t model_entry_logical_size(const struct model_entry *entry);
bool model_entry_same_content(const struct model_entry *a, const struct model_entry *b);

/* "/a/b" for "./a//x/../b/", "/" for the root; "..", clamped at the root, takes the
 * component before it away. To be freed. */
char *model_path_normalise(const char *path);

/* Layer i as a tar; the image as an archive, every layer compressed alike. */
void model_image_layer_tar(const struct model_image *image, size_t i,
                           struct bytes *ret_tar);
void model_image_archive(const struct model_image *image, enum image_form form,
                         enum layer_compression compression, unsigned image_flags,
                         struct bytes *ret_archive);

/* One line an entry, for the message of a failed test. */
void model_image_print(const struct model_image *image, FILE *out);

#endif
