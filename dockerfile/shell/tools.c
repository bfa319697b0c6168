#include "dockerfile/shell/tools.h"

#include "core/memory.h"

#define TOOL(names, style, runs, options) {names, options, style, runs, ROW_TOOL},
#define SUBCOMMAND(names, runs, options) {names, options, 0, runs, ROW_SUBCOMMAND},
#define SUBCOMMANDS(names, runs, options) {names, options, 0, runs, ROW_SUBCOMMANDS},
static const struct tool tools[] = {
#include "dockerfile/shell/tools.def"
};
#undef TOOL
#undef SUBCOMMAND
#undef SUBCOMMANDS

bool name_in_list(struct span list, struct span name, char separator)
{
    const char *at = list.ptr, *end = list.ptr + list.len;
    while (at < end) {
        const char *stop = memchr(at, separator, (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        if (len == name.len && memcmp(at, name.ptr, len) == 0)
            return len > 0;
        at += len + 1;
    }
    return false;
}

struct span first_in_list(const char *list)
{
    return span_of(list, strcspn(list, " "));
}

const struct tool *tool_find(struct span name)
{
    if (!name.len)
        return NULL;
    for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
        if (tools[i].row == ROW_TOOL &&
            name_in_list(span_of_text(tools[i].names), name, ' '))
            return &tools[i];
    return NULL;
}

static const struct tool *next_subcommand(const struct tool *row)
{
    row++;
    return row < tools + ARRAY_SIZE(tools) && row->row != ROW_TOOL ? row : NULL;
}

bool tool_has_subcommands(const struct tool *tool)
{
    return tool->style & STYLE_SUBCOMMANDS || next_subcommand(tool);
}

/* In rows of two words a dot stands for the blank: "cache.clean". */
static bool is_pair(struct span name, struct span first, struct span second)
{
    return name.len == first.len + 1 + second.len && name.ptr[first.len] == '.' &&
           memcmp(name.ptr, first.ptr, first.len) == 0 &&
           memcmp(name.ptr + first.len + 1, second.ptr, second.len) == 0;
}

struct span tool_pair_name(const struct tool *row, struct span first, struct span second)
{
    const char *names = row->names;
    while (*names) {
        struct span name = first_in_list(names);
        if (is_pair(name, first, second))
            return name;
        names += name.len + (names[name.len] == ' ');
    }
    return span_of("", 0);
}

const struct tool *tool_find_subcommand(const struct tool *tool, struct span first,
                                        struct span second, size_t *ret_words)
{
    const struct tool *single = NULL;
    for (const struct tool *row = next_subcommand(tool); row; row = next_subcommand(row)) {
        if (first.len && second.len && tool_pair_name(row, first, second).len) {
            *ret_words = 2;
            return row;
        }
        if (!single && name_in_list(span_of_text(row->names), first, ' '))
            single = row;
    }
    *ret_words = 1;
    return single;
}

/* A group is "y,yes,assume-yes": with = it takes a value, with =? one that is attached or none. */
static bool group_has(struct span group, struct span name, bool single_dash)
{
    const char *at = group.ptr, *end = group.ptr + group.len;
    while (at < end) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        struct span known = span_of(at, (size_t)((stop ? stop : end) - at));
        at += known.len + 1;
        if (single_dash && known.len > 1) {
            if (known.ptr[0] != '-')
                continue;
            known = span_of(known.ptr + 1, known.len - 1);
        } else if (!single_dash && known.len == 1) {
            continue;
        }
        if (span_equal(known, name))
            return true;
    }
    return false;
}

bool tool_find_option(const char *options, struct span name, bool single_dash,
                      struct tool_option *ret_option)
{
    while (*options) {
        struct span group = first_in_list(options), names = group;
        if (span_ends_with(names, "=?"))
            names.len -= 2;
        else if (span_ends_with(names, "="))
            names.len -= 1;
        if (group_has(names, name, single_dash)) {
            ret_option->names = names;
            ret_option->takes = group.len == names.len       ? OPTION_PLAIN
                                : group.len == names.len + 1 ? OPTION_VALUE
                                                             : OPTION_VALUE_ATTACHED;
            return true;
        }
        options += group.len + (options[group.len] == ' ');
    }
    return false;
}
