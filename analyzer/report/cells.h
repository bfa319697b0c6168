/* Cells of tables for people, shared by formats. */
#ifndef ULLAGE_ANALYZER_REPORT_CELLS_H
#define ULLAGE_ANALYZER_REPORT_CELLS_H

#include "core/size.h"
#include "core/strbuf.h"

#define SIGNED_TEXT_MAX (SIZE_TEXT_MAX + 2)

/* "+1.2MB", "-3kB", "0B". */
char *cell_signed_size(int64_t bytes, enum size_style style, char text[SIGNED_TEXT_MAX]);

/* "+7.5%" of `old_value`, "new" where that is 0, "" without change. */
char *cell_percent(int64_t old_value, int64_t new_value, char text[SIGNED_TEXT_MAX]);

/* A text escaped for a terminal and cut to so many columns, at least 10. */
void cell_add_cut(struct strbuf *out, const char *text, size_t columns);

/* How many of `count` rows a list shows: all where `top` is 0 or one row would be left over. */
size_t cell_rows(size_t count, int64_t top);

#endif
