/* Small programs and rpm databases made byte by byte, for tests and seeds of packages. Two packages are in
 * the databases: bash 1:5.2-3.fc40 with /usr/bin/bash, and glibc 2.39-1.fc40 with /usr/lib/libc.so. */
#ifndef TESTS_SUPPORT_PROGRAMMAKER_H
#define TESTS_SUPPORT_PROGRAMMAKER_H

#include "bytes.h"

/* An ELF file of 64 bits with one section of that name and content. */
void make_program(struct bytes *out, const char *section, const void *content, size_t size);

/* With a .go.buildinfo of go1.22.1 that says those lines. */
void make_go_program(struct bytes *out, const char *modules);
/* With a .dep-v0 of that document. */
void make_rust_program(struct bytes *out, const char *json);

void make_rpm_sqlite(struct bytes *out);
void make_rpm_ndb(struct bytes *out);

#endif
