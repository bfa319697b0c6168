/* Members of an engine's records. Engines and their versions name one thing differently and
 * give it other types: a getter takes all names, "ID|Id", each of them perhaps a way,
 * "State.Status", and makes of what it finds what was asked for. What is absent or makes no
 * sense is the empty value, never an error: one odd field must not cost the record. Texts
 * live in the arena and are never NULL. */
#ifndef ULLAGE_RUNTIME_RECORDS_FIELDS_H
#define ULLAGE_RUNTIME_RECORDS_FIELDS_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/json.h"
#include "runtime/values.h"

/* The first member that is there and not null; else NULL. */
const json_t *field_find(const json_t *record, const char *names);

/* A number or boolean in its spelling; of an array the first element. */
const char *field_text(struct arena *arena, const json_t *record, const char *names);
int64_t field_int(const json_t *record, const char *names, int64_t absent);
bool field_bool(const json_t *record, const char *names);
/* Bytes: a number, or a text such as "1.98MB"; VALUE_UNKNOWN if there is none ("N/A"). */
int64_t field_size(const json_t *record, const char *names);
/* Seconds since 1970: a number, or a text that time_read takes; else VALUE_UNKNOWN. */
int64_t field_time(const json_t *record, const char *names);
/* "0.15%" or a number, in percent; -1 if there is none. */
double field_percent(const json_t *record, const char *names);
/* An array of texts, or one text as a list of one; "" and null are none. */
struct words field_words(struct arena *arena, const json_t *record, const char *names);
/* An object of texts; of docker's lossy "a=b,c=d" what can be told apart. */
struct labels field_labels(struct arena *arena, const json_t *record, const char *names);

/* Texts of engines. "2026-11-23T16:47:08.123Z", "2026-11-23 16:44:48 +0000 UTC", "-0500
 * EST"; false for others and for Go's zero time. */
bool time_read(struct span text, int64_t *ret_seconds);
/* "1.98MB", "980KiB", "0B (virtual 1.98MB)" gives 0. */
bool size_read(struct span text, int64_t *ret_bytes);
/* "A / B", as docker stats writes pairs of sizes; VALUE_UNKNOWN where there is none. */
void size_pair_read(struct span text, int64_t *ret_first, int64_t *ret_second);
/* A decimal fraction, whatever the locale. */
bool number_read(struct span text, double *ret_number);
bool integer_read(struct span text, int64_t *ret_number);
struct span span_trimmed(struct span text);

#endif
