/* Versions and sets of versions. A set is what a constraint permits, in whatever grammar it was
 * written: a list of intervals in order, each from a version up to but without another. With sets,
 * constraints of different files meet: what all of them permit is the intersection.
 *
 * A version has up to four numbers and a stage: before the release itself (alpha, beta, rc), the
 * release, or behind it, so that "<2.0" leaves 2.0.0-rc1 out and ">1.0.0" begins right
 * behind 1.0.0. */
#ifndef ULLAGE_GENERATOR_VERSION_H
#define ULLAGE_GENERATOR_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strbuf.h"

#define VERSION_PARTS 4
#define VERSION_NUMBER_MAX 1000000000u /* 20231014 is a version somewhere */
#define VERSION_INTERVALS_MAX 32

enum version_stage { STAGE_BEFORE, STAGE_RELEASE, STAGE_BEHIND };

struct version {
    uint32_t parts[VERSION_PARTS];
    uint32_t stage;
};

struct version_interval {
    struct version from, to; /* without `to` */
};

struct version_set {
    struct version_interval items[VERSION_INTERVALS_MAX];
    size_t count;
};

enum version_grammar {
    GRAMMAR_PREFIX,   /* "3.12" is every 3.12.x, "v20.1.0" itself */
    GRAMMAR_MINIMUM,  /* "1.22" and everything above */
    GRAMMAR_NPM,      /* ^1.2 ~1.2 1.x >=1 <2 1 - 2 || 3 */
    GRAMMAR_PEP440,   /* >=3.9,<4,!=3.10.*,~=3.11 */
    GRAMMAR_POETRY,   /* ^3.9 ~3.9 and PEP 440 */
    GRAMMAR_CARGO,    /* 1.2 is ^1.2 */
    GRAMMAR_COMPOSER, /* ^8.1 ~8.1 || 8.* >=7.4 <9 */
    GRAMMAR_GEM,      /* ~> 3.2, >= 3 */
    GRAMMAR_ELIXIR,   /* ~> 1.14 or >= 1.16 and < 2.0.0 */
    GRAMMAR_MAVEN,    /* [1.8,12) (,17] [21] */
};

/* Reads a constraint; ERROR_INPUT says what is wrong with it. */
int version_set_parse(struct version_set *ret_set, enum version_grammar grammar, const char *text,
                      struct error *err);
/* Reads "1.2.3", "v1.2", "1.2.3-rc1"; the count of numbers, 0 if it is no version. */
size_t version_read(struct version *ret_version, const char *text);

int version_order(const struct version *a, const struct version *b);
struct version_set version_set_all(void);
struct version_set version_set_intersect(const struct version_set *a, const struct version_set *b);
struct version_set version_set_unite(const struct version_set *a, const struct version_set *b);
struct version_set version_set_complement(const struct version_set *set);
bool version_set_contains(const struct version_set *set, const struct version *version);
bool version_set_equal(const struct version_set *a, const struct version_set *b);
/* All versions that begin with those numbers. */
struct version_set version_set_prefix(const struct version *version, size_t count);

static inline bool version_set_is_empty(const struct version_set *set)
{
    return set->count == 0;
}

/* The shortest name of the newest versions that the set permits within `line`, which is a prefix
 * itself: "22" where nothing bounds it, "22.4" for <22.5, "22.3.1" for exactly that. Empty if there
 * are none. */
void version_set_newest(struct strbuf *out, const struct version_set *set, const char *line);

#endif
