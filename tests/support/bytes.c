#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noreturn)) static void die(const char *what, const char *name)
{
    fprintf(stderr, "test support: %s: ", what);
    perror(name);
    abort();
}

void bytes_release(struct bytes *b)
{
    free(b->data);
    *b = (struct bytes)BYTES_INIT;
}

unsigned char *bytes_extend(struct bytes *b, size_t size)
{
    if (b->capacity - b->size < size || b->data == NULL) {
        size_t capacity = (b->size + size) * 2 + 64;
        unsigned char *data = realloc(b->data, capacity);

        if (data == NULL)
            die("out of memory", "realloc");
        b->data = data;
        b->capacity = capacity;
    }
    unsigned char *place = b->data + b->size;
    b->size += size;
    return place;
}

void bytes_add(struct bytes *b, const void *data, size_t size)
{
    if (size > 0)
        memcpy(bytes_extend(b, size), data, size);
}

void bytes_add_str(struct bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

void bytes_add_zeros(struct bytes *b, size_t count)
{
    if (count > 0)
        memset(bytes_extend(b, count), 0, count);
}

void bytes_printf(struct bytes *b, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        die("format", format);

    unsigned char *place = bytes_extend(b, (size_t)length + 1);
    vsnprintf((char *)place, (size_t)length + 1, format, again);
    va_end(again);
    b->size--;
}

void bytes_add_json_string(struct bytes *b, const char *text)
{
    bytes_add_str(b, "\"");
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            bytes_printf(b, "\\%c", *p);
        else if ((unsigned char)*p < 0x20)
            bytes_printf(b, "\\u%04x", (unsigned)(unsigned char)*p);
        else
            bytes_add(b, p, 1);
    }
    bytes_add_str(b, "\"");
}

static void write_all(const struct bytes *b, int fd, const char *path)
{
    for (size_t done = 0; done < b->size;) {
        ssize_t n = write(fd, b->data + done, b->size - done);

        if (n < 0)
            die("write", path);
        done += (size_t)n;
    }
    if (close(fd) < 0)
        die("close", path);
}

void bytes_write_file(const struct bytes *b, const char *path)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL)
        die("open", path);
    if (b->size > 0 && fwrite(b->data, 1, b->size, f) != b->size)
        die("write", path);
    if (fclose(f) != 0)
        die("close", path);
}

char *bytes_write_temp(const struct bytes *b)
{
    struct bytes path = BYTES_INIT;
    const char *folder = getenv("TMPDIR");

    bytes_printf(&path, "%s/ullage-test-XXXXXX%c", folder != NULL ? folder : "/tmp", '\0');
    int fd = mkstemp((char *)path.data);
    if (fd < 0)
        die("mkstemp", (char *)path.data);
    write_all(b, fd, (char *)path.data);
    return (char *)path.data;
}
