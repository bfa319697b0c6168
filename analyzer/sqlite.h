/* Reads the rows of one table from a database file of SQLite in memory (www.sqlite.org/fileformat2.html):
 * tables with rowids only, no index, no journal. Each page is read at most once, so that reading takes time
 * linear in the file, whatever its pages refer to. */
#ifndef ULLAGE_ANALYZER_SQLITE_H
#define ULLAGE_ANALYZER_SQLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/span.h"

enum sqlite_type { SQLITE_NULL, SQLITE_INTEGER, SQLITE_REAL, SQLITE_TEXT, SQLITE_BLOB };

struct sqlite_value {
    enum sqlite_type type;
    int64_t integer;
    struct span bytes; /* of texts and blobs; lent for the time of the call */
};

#define SQLITE_COLUMNS_MOST 16 /* further columns of a row are passed over */

typedef void sqlite_row(void *context, const struct sqlite_value *values, size_t count);

/* Calls `row` for each row that can be read. ERROR_INPUT if the file is no database, the table is not
 * there, or something in it was damaged; rows before that were told. */
int sqlite_read_table(struct span file, const char *table, sqlite_row *row, void *context,
                      struct error *err);

#endif
