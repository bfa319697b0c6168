/* Payloads read again, after the image was: what cat shows, extract writes and some findings look into.
 * Where the layer lies plain in a file, a payload is read where it lies; else the layer is decoded once
 * more, up to the last entry that is asked for. A stream has passed and cannot be read again. */
#ifndef ULLAGE_ANALYZER_IMAGE_PAYLOAD_H
#define ULLAGE_ANALYZER_IMAGE_PAYLOAD_H

#include "analyzer/image/image.h"

/* Each function returns 0, or -1 with an error that ends the reading; begin and end may be NULL. */
struct payload_reader {
    void *context;
    int (*begin)(void *context, uint32_t entry, struct error *err);
    /* Holes of a sparse file are passed over: the file is entry_size() long, and zero between blocks. */
    int (*block)(void *context, const void *bytes, size_t len, int64_t offset,
                 struct error *err);
    int (*end)(void *context, uint32_t entry, struct error *err);
};

/* Can payloads of the image be read again? Else the error says why. */
int payloads_are_there(const struct image *image, struct error *err);

/* Where the bytes of a payload lie plain in a file that stays open; false if they have to be decoded or
 * looked up first. */
bool payload_lies_plain(const struct image *image, uint32_t layer, uint32_t entry, int *ret_fd,
                        int64_t *ret_offset);

/* Reads the payloads of regular files of one layer. `entries` are indexes into its entries, rising. */
int payloads_read(const struct image *image, uint32_t layer, const uint32_t *entries,
                  size_t count, const struct payload_reader *reader, struct error *err);

#endif
