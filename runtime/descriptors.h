/* Descriptors of a child's streams. All of ours are close-on-exec and above the three
 * standard numbers, where the child's are put: whoever was started with closed standard
 * streams gets their numbers from open(). */
#ifndef ULLAGE_RUNTIME_DESCRIPTORS_H
#define ULLAGE_RUNTIME_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All give a descriptor, or -1 with errno. This one takes `fd` over, also when it fails. */
int descriptor_raise(int fd);
int descriptor_open_nothing(void); /* /dev/null */
/* A copy of one of our standard streams, of nothing where it is closed. */
int descriptor_open_inherited(int stream);
/* A pipe; our end is non-blocking, which the child's is not. 0 or -1. */
int descriptor_open_pipe(int *ret_ours, int *ret_childs, bool childs_is_input);

/* As write, but without the SIGPIPE that would end a process whose child does not read. */
ssize_t descriptor_write_quietly(int fd, const char *bytes, size_t len);

#endif
