#include "analyzer/accounts.h"

#include <string.h>

static struct span take_line(struct span text, size_t *position)
{
    const char *start = text.ptr + *position;
    const char *end = memchr(start, '\n', text.len - *position);
    size_t len = end ? (size_t)(end - start) : text.len - *position;
    *position += len + (end != NULL);
    if (len && start[len - 1] == '\r')
        len--;
    return span_of(start, len);
}

static size_t split(struct span line, struct span *fields)
{
    size_t count = 0;
    for (;;) {
        const char *colon = count + 1 < ACCOUNT_FIELDS ? memchr(line.ptr, ':', line.len) : NULL;
        size_t len = colon ? (size_t)(colon - line.ptr) : line.len;
        fields[count++] = span_of(line.ptr, len);
        if (!colon)
            return count;
        line = span_of(colon + 1, line.len - len - 1);
    }
}

bool account_next(struct account *ret_account, struct span text, size_t *position, uint32_t *line,
                  size_t fields_least)
{
    while (*position < text.len) {
        struct span row = take_line(text, position);
        ++*line;
        if (!row.len || row.ptr[0] == '#')
            continue;
        ret_account->count = split(row, ret_account->fields);
        ret_account->line = *line;
        if (ret_account->count >= fields_least && ret_account->fields[0].len)
            return true;
    }
    return false;
}

bool account_number(struct span text, int64_t *ret_number)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || number > UINT32_MAX)
            return false;
        number = number * 10 + (text.ptr[i] - '0');
    }
    *ret_number = number;
    return text.len != 0;
}
