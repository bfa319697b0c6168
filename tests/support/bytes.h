/* A growing run of bytes for building test input. It is empty at BYTES_INIT; data is NULL
 * until the first byte. Out of memory ends the test. */
#ifndef TESTS_SUPPORT_BYTES_H
#define TESTS_SUPPORT_BYTES_H

#include <stddef.h>

struct bytes {
    unsigned char *data;
    size_t size;
    size_t capacity;
};

#define BYTES_INIT                                                                         \
    {                                                                                      \
        .data = NULL, .size = 0, .capacity = 0                                             \
    }

void bytes_release(struct bytes *b);
void bytes_add(struct bytes *b, const void *data, size_t size);
void bytes_add_str(struct bytes *b, const char *text);
void bytes_add_zeros(struct bytes *b, size_t count);
__attribute__((format(printf, 2, 3), nonnull(2))) void
bytes_printf(struct bytes *b, const char *format, ...);

/* The text as a JSON string, quotes included. Bytes from 0x80 are kept as they are. */
void bytes_add_json_string(struct bytes *b, const char *text);

/* Makes room for size bytes more and gives the first; the caller fills them all. */
unsigned char *bytes_extend(struct bytes *b, size_t size);

/* Writes the bytes to a new file: at the path, or under $TMPDIR or /tmp. The second gives
 * its path, to be freed by the caller. A file that cannot be written ends the test. */
void bytes_write_file(const struct bytes *b, const char *path);
char *bytes_write_temp(const struct bytes *b);

#endif
