/* Points in time as text. */
#ifndef ULLAGE_CORE_DATE_H
#define ULLAGE_CORE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define DATE_TEXT_MAX 24

/* "2024-01-02T03:04:05Z", RFC 3339 in UTC, of seconds since 1970. False beyond the years 0 to 9999,
 * which that format cannot say. */
bool date_format(int64_t seconds, char text[DATE_TEXT_MAX]);

/* A day as YYYY-MM-DD that exists. */
bool date_is_valid(const char *text);

#endif
