#include "model_image.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void *copy_of(const void *data, size_t size)
{
    if (data == NULL)
        return NULL;
    void *copy = must(malloc(size + 1));
    if (size > 0)
        memcpy(copy, data, size);
    ((char *)copy)[size] = '\0';
    return copy;
}

static void forget(const void *memory)
{
    free((void *)(uintptr_t)memory);
}

void model_image_release(struct model_image *image)
{
    for (size_t i = 0; i < image->layer_count; i++) {
        struct model_layer *layer = &image->layers[i];

        for (size_t j = 0; j < layer->entry_count; j++) {
            forget(layer->entries[j].path);
            forget(layer->entries[j].link);
            forget(layer->entries[j].content);
            forget(layer->entries[j].segments);
        }
        free(layer->entries);
    }
    free(image->layers);
    *image = (struct model_image)MODEL_IMAGE_INIT;
}

void model_image_add_layer(struct model_image *image)
{
    image->layers =
        must(realloc(image->layers, (image->layer_count + 1) * sizeof(*image->layers)));
    image->layers[image->layer_count++] = (struct model_layer){NULL, 0};
}

static unsigned default_mode(enum model_type type)
{
    if (type == MODEL_DIR)
        return 0755;
    return type == MODEL_SYMLINK ? 0777 : 0644;
}

void model_image_add(struct model_image *image, const struct model_entry *entry)
{
    struct model_layer *layer = &image->layers[image->layer_count - 1];
    struct model_entry copy = *entry;

    copy.path = copy_of(entry->path, strlen(entry->path));
    copy.link = copy_of(entry->link, entry->link == NULL ? 0 : strlen(entry->link));
    copy.content = copy_of(entry->content, entry->content_size);
    copy.segments =
        copy_of(entry->segments, entry->segment_count * sizeof(*entry->segments));
    if (copy.mode == 0)
        copy.mode = default_mode(copy.type);

    layer->entries =
        must(realloc(layer->entries, (layer->entry_count + 1) * sizeof(*layer->entries)));
    layer->entries[layer->entry_count++] = copy;
}

void model_image_add_file(struct model_image *image, const char *path, const char *text)
{
    model_image_add(image, &(struct model_entry){.path = path,
                                                 .content = (const unsigned char *)text,
                                                 .content_size = strlen(text)});
}

void model_image_add_zeros(struct model_image *image, const char *path, size_t size)
{
    unsigned char *zeros = must(calloc(size + 1, 1));

    model_image_add(
        image, &(struct model_entry){.path = path, .content = zeros, .content_size = size});
    free(zeros);
}

void model_image_add_dir(struct model_image *image, const char *path)
{
    model_image_add(image, &(struct model_entry){.path = path, .type = MODEL_DIR});
}

void model_image_add_symlink(struct model_image *image, const char *path,
                             const char *target)
{
    model_image_add(
        image, &(struct model_entry){.path = path, .type = MODEL_SYMLINK, .link = target});
}

void model_image_add_hardlink(struct model_image *image, const char *path,
                              const char *target)
{
    model_image_add(
        image, &(struct model_entry){.path = path, .type = MODEL_HARDLINK, .link = target});
}

uint64_t model_entry_logical_size(const struct model_entry *entry)
{
    return entry->sparse != TAR_SPARSE_NONE ? entry->logical_size : entry->content_size;
}

void model_entry_logical(const struct model_entry *entry, struct bytes *ret_content)
{
    size_t done = 0;

    if (entry->sparse == TAR_SPARSE_NONE) {
        bytes_add(ret_content, entry->content, entry->content_size);
        return;
    }
    bytes_add_zeros(ret_content, (size_t)entry->logical_size);
    for (size_t i = 0; i < entry->segment_count; i++) {
        const struct tar_segment *segment = &entry->segments[i];

        if (segment->size > 0)
            memcpy(ret_content->data + segment->offset, entry->content + done,
                   (size_t)segment->size);
        done += (size_t)segment->size;
    }
}

bool model_entry_same_content(const struct model_entry *a, const struct model_entry *b)
{
    struct bytes left = BYTES_INIT, right = BYTES_INIT;

    model_entry_logical(a, &left);
    model_entry_logical(b, &right);
    bool same = left.size == right.size &&
                (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
    bytes_release(&left);
    bytes_release(&right);
    return same;
}

static void cut_last_component(struct bytes *path)
{
    while (path->size > 0 && path->data[--path->size] != '/')
        continue;
}

char *model_path_normalise(const char *path)
{
    struct bytes out = BYTES_INIT;

    for (const char *p = path; *p != '\0';) {
        size_t length = strcspn(p, "/");

        if (length == 2 && memcmp(p, "..", 2) == 0)
            cut_last_component(&out);
        else if (length > 0 && !(length == 1 && *p == '.'))
            bytes_printf(&out, "/%.*s", (int)length, p);
        p += length;
        p += *p == '/';
    }
    if (out.size == 0)
        bytes_add_str(&out, "/");
    bytes_add_zeros(&out, 1);
    return (char *)out.data;
}

/* GNU tar wants an empty segment where a file ends in a hole; the others bear it. */
static size_t close_segments(const struct model_entry *entry, struct tar_segment *segments)
{
    size_t count = entry->segment_count;
    uint64_t end = 0;

    for (size_t i = 0; i < count; i++) {
        segments[i] = entry->segments[i];
        end = segments[i].offset + segments[i].size;
    }
    if (end < entry->logical_size)
        segments[count++] = (struct tar_segment){.offset = entry->logical_size};
    return count;
}

static void add_to_tar(const struct model_entry *entry, struct tarmaker *tar)
{
    static const char typeflags[] = {
        [MODEL_FILE] = '0',     [MODEL_DIR] = '5',  [MODEL_SYMLINK] = '2',
        [MODEL_HARDLINK] = '1', [MODEL_FIFO] = '6', [MODEL_CHARDEV] = '3',
    };
    struct tar_segment *segments =
        must(calloc(entry->segment_count + 1, sizeof(*segments)));
    struct tar_member member = {
        .name = entry->path,
        .typeflag = typeflags[entry->type],
        .mode = entry->mode,
        .uid = entry->uid,
        .gid = entry->gid,
        .mtime = entry->mtime,
        .linkname = entry->link,
        .devmajor = entry->devmajor,
        .devminor = entry->devminor,
    };

    if (entry->type == MODEL_FILE) {
        member.data = entry->content;
        member.data_size = entry->content_size;
    } else if (entry->header_size > 0) {
        member.header_size = entry->header_size;
        member.flags = TAR_HEADER_SIZE;
    }
    if (entry->sparse != TAR_SPARSE_NONE) {
        member.sparse = entry->sparse;
        member.segments = segments;
        member.segment_count = close_segments(entry, segments);
        member.logical_size = entry->logical_size;
    }
    tarmaker_add(tar, &member);
    free(segments);
}

void model_image_layer_tar(const struct model_image *image, size_t i, struct bytes *ret_tar)
{
    const struct model_layer *layer = &image->layers[i];
    struct tarmaker tar = TARMAKER_INIT;

    for (size_t j = 0; j < layer->entry_count; j++)
        add_to_tar(&layer->entries[j], &tar);
    tarmaker_finish(&tar);
    *ret_tar = tar.out;
}

void model_image_archive(const struct model_image *image, enum image_form form,
                         enum layer_compression compression, unsigned image_flags,
                         struct bytes *ret_archive)
{
    struct layer_spec *layers = must(calloc(image->layer_count + 1, sizeof(*layers)));
    struct bytes *tars = must(calloc(image->layer_count + 1, sizeof(*tars)));

    for (size_t i = 0; i < image->layer_count; i++) {
        model_image_layer_tar(image, i, &tars[i]);
        layers[i].tar = tars[i].data;
        layers[i].tar_size = tars[i].size;
        layers[i].compression = compression;
    }
    struct image_spec spec = {
        .layers = layers, .layer_count = image->layer_count, .flags = image_flags};
    image_make(&spec, form, ret_archive);

    for (size_t i = 0; i < image->layer_count; i++)
        bytes_release(&tars[i]);
    free(tars);
    free(layers);
}

static void print_entry(const struct model_entry *entry, FILE *out)
{
    static const char *const types[] = {
        [MODEL_FILE] = "file",         [MODEL_DIR] = "dir",   [MODEL_SYMLINK] = "symlink",
        [MODEL_HARDLINK] = "hardlink", [MODEL_FIFO] = "fifo", [MODEL_CHARDEV] = "chardev",
    };

    fprintf(out, "    %-8s '%s'", types[entry->type], entry->path);
    if (entry->link != NULL)
        fprintf(out, " -> '%s'", entry->link);
    if (entry->type == MODEL_FILE)
        fprintf(out, " %zu bytes '%.6s'", entry->content_size,
                entry->content_size > 0 ? (const char *)entry->content : "");
    if (entry->sparse != TAR_SPARSE_NONE)
        fprintf(out, " sparse %llu", (unsigned long long)entry->logical_size);
    fprintf(out, " %04o %llu:%llu %lld\n", entry->mode, (unsigned long long)entry->uid,
            (unsigned long long)entry->gid, (long long)entry->mtime);
}

void model_image_print(const struct model_image *image, FILE *out)
{
    for (size_t i = 0; i < image->layer_count; i++) {
        fprintf(out, "layer %zu\n", i);
        for (size_t j = 0; j < image->layers[i].entry_count; j++)
            print_entry(&image->layers[i].entries[j], out);
    }
}
