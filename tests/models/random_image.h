/* A small image out of a number: the same on every machine. Names are few and contents
 * fewer, so that layers collide in every way the formats allow. Flags switch off what the
 * other side of a comparison refuses. */
#ifndef TESTS_MODELS_RANDOM_IMAGE_H
#define TESTS_MODELS_RANDOM_IMAGE_H

#include "model_image.h"

enum random_flags {
    RANDOM_NO_DUPLICATES = 1 << 0, /* a path twice in one layer */
    RANDOM_NO_HARDLINKS = 1 << 1,
    RANDOM_NO_LOWER_HARDLINKS = 1 << 2, /* to what is no earlier file of the layer */
    RANDOM_NO_SYMLINKS = 1 << 3,
    RANDOM_NO_SYMLINK_PARENTS = 1 << 4, /* anything below what is anywhere a symlink */
    RANDOM_NO_FILE_PARENTS = 1 << 5,    /* anything below the layer's own non-directories */
    RANDOM_NO_SPARSE = 1 << 6,
    RANDOM_NO_AUFS = 1 << 7,
    RANDOM_NO_BARE_WHITEOUT = 1 << 8, /* ".wh." */
    RANDOM_NO_WHITEOUTS = 1 << 9,
    RANDOM_NO_WHITEOUT_AND_SAME = 1 << 10, /* with that path or one below in the layer */
    RANDOM_NO_OPAQUE = 1 << 11,
    RANDOM_NO_WHITEOUT_SIZES = 1 << 12, /* whiteouts with content, or as directories */
    RANDOM_NO_ODD_NAMES = 1 << 13,      /* "./", "//", "/", ".." in names */
    RANDOM_NO_DEVICES = 1 << 14,
    RANDOM_NO_REPEATED_LAYERS = 1 << 15,
    RANDOM_NO_ROOT_ENTRIES = 1 << 16,
    RANDOM_HARDLINK_SIZES = 1 << 17, /* adds: hard links that claim bytes */
    RANDOM_MARKERS_FIRST = 1 << 18,  /* opaque markers, then whiteouts, then the rest */

    /* What umoci mostly takes; it applies markers where they stand in the tar. */
    RANDOM_FOR_UMOCI = RANDOM_NO_LOWER_HARDLINKS | RANDOM_NO_FILE_PARENTS |
                       RANDOM_NO_SPARSE | RANDOM_NO_AUFS | RANDOM_NO_BARE_WHITEOUT |
                       RANDOM_MARKERS_FIRST,
};

/* ret_image is taken as uninitialised. */
void random_image(uint64_t seed, unsigned flags, struct model_image *ret_image);

#endif
