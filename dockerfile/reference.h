/* Names of images (distribution/reference) and of the other things that a Dockerfile refers to: ports,
 * durations, git repositories, devices. Errors are ERROR_INPUT in the words of the source. Everything that a
 * ret_ struct holds is its own, until x_release. */
#ifndef ULLAGE_DOCKERFILE_REFERENCE_H
#define ULLAGE_DOCKERFILE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "core/strvec.h"

#define REFERENCE_NAME_MAX 255 /* of the path; distribution/reference */
#define REFERENCE_TAG_MAX 128
#define EXPOSE_PORTS_MAX 65536

/* [domain/]path[:tag][@digest]; what is absent is NULL. */
struct reference {
    char *domain, *path, *tag, *digest;
};

/* As it is written: nothing is added. */
int reference_parse(struct reference *ret_reference, const char *text, struct error *err);
/* As docker reads it: `docker.io` and `library/` added where they are meant. */
int reference_parse_normalized(struct reference *ret_reference, const char *text, struct error *err);
/* The same with the tag `latest` where neither tag nor digest is given, and no tag beside a digest. */
int reference_parse_docker(struct reference *ret_reference, const char *text, struct error *err);
void reference_format(const struct reference *reference, struct strbuf *out);
/* As a user would write it: without `docker.io/` and `library/`. */
void reference_format_familiar(const struct reference *reference, struct strbuf *out);
/* Whether a glob of Go's path.Match matches its familiar name, with or without the tag. */
bool reference_matches(const struct reference *reference, const char *pattern);
void reference_release(struct reference *reference);
#define cleanup_reference __attribute__((cleanup(reference_release)))

bool reference_is_domain(struct span text);
bool reference_is_identifier(struct span text); /* 64 hexadecimal digits */
bool reference_is_tag(struct span text);
bool reference_is_digest(struct span text);

/* The ports of one word of EXPOSE, "80/tcp" each: `[[ip:]host:]port[-port][/proto]`. */
int ports_parse(struct strvec *ret_ports, const char *text, struct error *err);

/* Go's time.ParseDuration, in nanoseconds. */
int duration_parse(int64_t *ret_nanoseconds, const char *text, struct error *err);

struct git_reference {
    char *remote, *short_name, *ref, *subdir, *mtime, *checksum; /* NULL if not given */
    bool fetch_by_commit, unencrypted_tcp, indistinguishable_from_local;
};

/* Whether text is a git repository to BuildKit: 1, 0 if not, -1 if it is one with a fault. */
int git_reference_parse(struct git_reference *ret_reference, const char *text, struct error *err);
/* remote[#ref], or remote[#ref:subdir]. */
void git_reference_format(const struct git_reference *reference, bool with_subdir, struct strbuf *out);
void git_reference_release(struct git_reference *reference);
#define cleanup_git_reference __attribute__((cleanup(git_reference_release)))

struct device {
    char *name;
    bool required;
};

/* The value of RUN --device. */
int device_parse(struct device *ret_device, const char *text, struct error *err);
void device_release(struct device *device);
#define cleanup_device __attribute__((cleanup(device_release)))

#endif
