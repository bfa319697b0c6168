#include "analyzer/likeness.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/image/history.h"
#include "core/memory.h"
#include "core/strbuf.h"

#define DIGEST_DIGITS 64
#define PORTS_MAX 1000 /* of one range: others are compared as they are written */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct span trim(struct span text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static struct span skip(struct span text, size_t len)
{
    return trim(span_of(text.ptr + len, text.len - len));
}

/* Runs of blanks become one; characters of `dropped` go. */
static char *collapse(struct arena *arena, struct span text, const char *dropped, const char *parting)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!c || (*dropped && strchr(dropped, c)))
            continue;
        if (is_blank(c) || (*parting && strchr(parting, c))) {
            gap = out.len > 0;
            continue;
        }
        if (gap)
            strbuf_add_char(&out, ' ');
        gap = false;
        strbuf_add_char(&out, c);
    }
    return arena_dup(arena, out.buf ? out.buf : "", out.len);
}

static char *command_words(struct arena *arena, struct span text)
{
    return collapse(arena, text, "", "");
}

/* Lists and quotes as each builder prints them come to the same words. */
static char *plain_words(struct arena *arena, struct span text)
{
    return collapse(arena, text, "\"'\\", "[],");
}

static bool take_number(struct span *text, unsigned *ret_number)
{
    size_t len = 0;
    *ret_number = 0;
    while (len < text->len && len < 6 && text->ptr[len] >= '0' && text->ptr[len] <= '9')
        *ret_number = *ret_number * 10 + (unsigned)(text->ptr[len++] - '0');
    *text = span_of(text->ptr + len, text->len - len);
    return len > 0 && *ret_number <= 65535;
}

/* "80", "53/UDP", "8000-8002/tcp": the history has each port of a range. */
static void add_ports(struct strvec *ports, struct span text)
{
    cleanup_strbuf struct strbuf protocol = STRBUF_INIT;
    struct span rest = text;
    unsigned first, last;
    bool known = take_number(&rest, &first);
    last = first;
    if (known && rest.len && *rest.ptr == '-') {
        rest = span_of(rest.ptr + 1, rest.len - 1);
        known = take_number(&rest, &last) && first <= last && last - first < PORTS_MAX;
    }
    if (!known || (rest.len && *rest.ptr != '/')) {
        strvec_add_bytes(ports, text.ptr, text.len);
        return;
    }
    for (size_t i = 1; i < rest.len; i++)
        strbuf_add_char(&protocol, (char)(rest.ptr[i] >= 'A' && rest.ptr[i] <= 'Z' ? rest.ptr[i] + 32
                                                                                  : rest.ptr[i]));
    for (unsigned port = first; port <= last; port++)
        strvec_addf(ports, "%u/%s", port, protocol.len ? protocol.buf : "tcp");
}

/* Ports, sorted, each with its protocol. */
static char *port_words(struct arena *arena, struct span text)
{
    cleanup_strvec struct strvec ports = STRVEC_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    for (text = trim(text); text.len; text = trim(text)) {
        size_t len = 0;
        while (len < text.len && !is_blank(text.ptr[len]))
            len++;
        add_ports(&ports, span_of(text.ptr, len));
        text = span_of(text.ptr + len, text.len - len);
    }
    strvec_sort(&ports);
    for (size_t i = 0; i < ports.count; i++)
        strbuf_addf(&out, "%s%s", i ? " " : "", ports.items[i]);
    return arena_dup(arena, out.buf ? out.buf : "", out.len);
}

/* What the history tells */

/* "file:HEX in ", "dir:", "multi:"; returns what stands behind, ptr NULL if there is none. */
static struct span behind_digest(struct span text)
{
    static const char *const words[] = {"file:", "dir:", "multi:"};
    for (size_t at = 0; at < text.len; at++) {
        struct span rest = span_of(text.ptr + at, text.len - at);
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
            size_t len = strlen(words[i]), digits = 0;
            if (!span_starts_with(rest, words[i]))
                continue;
            while (len + digits < rest.len &&
                   strchr("0123456789abcdef", rest.ptr[len + digits]) && rest.ptr[len + digits])
                digits++;
            struct span behind = span_of(rest.ptr + len + digits, rest.len - len - digits);
            if (digits == DIGEST_DIGITS && span_starts_with(behind, " in "))
                return skip(behind, strlen(" in "));
        }
    }
    return span_of(NULL, 0);
}

static struct span skip_flags(struct span text)
{
    while (span_starts_with(text, "--")) {
        size_t len = 0;
        while (len < text.len && !is_blank(text.ptr[len]))
            len++;
        text = skip(text, len);
    }
    return text;
}

static void tell_copy(struct told_step *told, struct arena *arena, struct span rest)
{
    struct span target = behind_digest(rest);
    told->by_digest = target.ptr != NULL;
    told->words = plain_words(arena, told->by_digest ? target : skip_flags(rest));
}

static void tell_rest(struct told_step *told, struct arena *arena, struct span rest)
{
    switch (told->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        tell_copy(told, arena, rest);
        break;
    case INSTRUCTION_EXPOSE:
        told->words = port_words(arena, rest);
        break;
    default:
        told->words = plain_words(arena, rest);
        break;
    }
}

/* The command as the builder ran it. */
static struct span command_of(const struct history_step *step)
{
    struct span text = trim(span_of_text(step->created_by));
    if (span_ends_with(text, "# buildkit"))
        text = trim(span_of(text.ptr, text.len - strlen("# buildkit")));
    if (span_starts_with(text, "RUN "))
        text = skip(text, strlen("RUN "));
    return text;
}

void likeness_tell(struct told_step *ret_step, struct arena *arena, const struct history_step *step)
{
    struct span text = trim(span_of_text(step->instruction));
    size_t len = 0;
    while (len < text.len && !is_blank(text.ptr[len]))
        len++;
    *ret_step = (struct told_step){.kind = instruction_kind_of(span_of(text.ptr, len)), .words = ""};
    if (!text.len)
        ret_step->kind = INSTRUCTION_UNKNOWN;
    /* a command with a shell other than the usual one has no keyword */
    bool bare = !text.len && *step->created_by && !strstr(step->created_by, "#(nop)");
    if (bare)
        ret_step->kind = INSTRUCTION_RUN;
    if (ret_step->kind == INSTRUCTION_RUN)
        ret_step->command = command_words(arena, skip_flags(command_of(step)));
    else
        tell_rest(ret_step, arena, skip(text, len));
}

void likeness_build_args(struct strvec *ret_pairs, const struct history_step *step)
{
    struct span text = command_of(step);
    size_t count = 0, before = ret_pairs->count;
    if (!text.len || text.ptr[0] != '|')
        return;
    text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9' && count < 1000) {
        count = count * 10 + (size_t)(text.ptr[0] - '0');
        text = span_of(text.ptr + 1, text.len - 1);
    }
    for (text = trim(text); count && text.len; count--) {
        size_t len = 0;
        while (len < text.len && !is_blank(text.ptr[len]))
            len++;
        if (!memchr(text.ptr, '=', len) || text.ptr[0] == '/')
            break;
        strvec_add_bytes(ret_pairs, text.ptr, len);
        text = skip(text, len);
    }
    while (count && ret_pairs->count > before)
        free(ret_pairs->items[--ret_pairs->count]);
}

/* What the Dockerfile says */

static char *join(const struct strvec *args, size_t first)
{
    struct strbuf out = STRBUF_INIT;
    for (size_t i = first; i < args->count; i++)
        strbuf_addf(&out, "%s%s", i > first ? " " : "", args->items[i]);
    return out.buf ? strbuf_detach(&out, NULL) : memory_dup_text("");
}

/* Three arguments each: name, value, "=" or "". */
static char *join_pairs(const struct strvec *args)
{
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i + 1 < args->count; i += 3)
        strbuf_addf(&out, "%s%s=%s", i ? " " : "", args->items[i], args->items[i + 1]);
    return out.buf ? strbuf_detach(&out, NULL) : memory_dup_text("");
}

/* A script in a heredoc as BuildKit hands it to the shell: alone as it is, else behind the line. */
static char *run_text(const struct instruction *instruction, const struct strvec *args)
{
    cleanup_free char *line = join(args, 0);
    struct strbuf out = STRBUF_INIT;
    const struct heredoc *first = instruction->heredocs;
    if (!instruction->heredoc_count)
        return memory_dup_text(line);
    bool is_alone = instruction->heredoc_count == 1 && strspn(line, "<-'\"") >= 2 &&
                    !strpbrk(line, " \t|;&>");
    if (is_alone && span_starts_with(first->content, "#!"))
        strbuf_addf(&out, "/dev/pipes/%.*s", (int)first->name.len, first->name.ptr);
    else if (is_alone)
        strbuf_add(&out, first->content.ptr, first->content.len);
    else
        strbuf_add_text(&out, line);
    for (size_t i = 0; !is_alone && i < instruction->heredoc_count; i++) {
        const struct heredoc *heredoc = &instruction->heredocs[i];
        strbuf_addf(&out, "\n%.*s%.*s", (int)heredoc->content.len, heredoc->content.ptr,
                    (int)heredoc->name.len, heredoc->name.ptr);
    }
    return out.buf ? strbuf_detach(&out, NULL) : memory_dup_text("");
}

static void want_run(struct wanted_step *wanted, struct arena *arena,
                     const struct instruction *instruction, const struct strvec *args,
                     const struct strvec *shells)
{
    cleanup_free char *text = run_text(instruction, args);
    strvec_add(&wanted->commands, command_words(arena, span_of_text(text)));
    for (size_t i = 0; instruction->form != FORM_EXEC && i < shells->count; i++) {
        cleanup_strbuf struct strbuf command = STRBUF_INIT;
        strbuf_addf(&command, "%s %s", shells->items[i], text);
        strvec_add(&wanted->commands, command_words(arena, span_of(command.buf, command.len)));
    }
}

static char *first_name(struct arena *arena, const struct strvec *args)
{
    const char *text = args->count ? args->items[0] : "";
    return arena_dup(arena, text, strcspn(text, "="));
}

void likeness_want(struct wanted_step *ret_step, struct arena *arena,
                   const struct instruction *instruction, const struct strvec *args, bool open,
                   const struct strvec *shells)
{
    bool pairs = instruction->form == FORM_PAIRS;
    cleanup_free char *joined = pairs ? join_pairs(args) : join(args, 0);
    struct wanted_step wanted = {.kind = instruction->kind, .commands = STRVEC_INIT, .open = open};
    struct span text = span_of_text(joined);
    wanted.words = instruction->kind == INSTRUCTION_EXPOSE ? port_words(arena, text)
                                                           : plain_words(arena, text);
    wanted.name = first_name(arena, args);
    wanted.target = plain_words(arena, span_of_text(args->count ? args->items[args->count - 1] : ""));
    if (instruction->kind == INSTRUCTION_RUN)
        want_run(&wanted, arena, instruction, args, shells);
    bool starts = instruction->kind == INSTRUCTION_CMD || instruction->kind == INSTRUCTION_ENTRYPOINT;
    if (starts && instruction->form == FORM_SHELL && shells->count) {
        cleanup_strbuf struct strbuf shelled = STRBUF_INIT;
        strbuf_addf(&shelled, "%s %s", shells->items[0], joined);
        wanted.shelled = plain_words(arena, span_of(shelled.buf, shelled.len));
    }
    *ret_step = wanted;
}

void wanted_step_release(struct wanted_step *step)
{
    strvec_release(&step->commands);
}

/* Comparing */

/* Build arguments may stand in front of the command. */
static bool is_command(const char *told, const char *wanted)
{
    size_t told_len = strlen(told), len = strlen(wanted);
    if (strcmp(told, wanted) == 0)
        return true;
    return told[0] == '|' && wanted[0] == '/' && told_len > len && told[told_len - len - 1] == ' ' &&
           strcmp(told + told_len - len, wanted) == 0;
}

static enum likeness compare_run(const struct wanted_step *wanted, const struct told_step *told)
{
    for (size_t i = 0; i < wanted->commands.count; i++)
        if (is_command(told->command, wanted->commands.items[i]))
            return SAME;
    return UNLIKE;
}

/* Slashes at the end aside; a relative folder may have been resolved. */
static bool is_folder(const char *told, const char *wanted)
{
    size_t told_len = strlen(told), len = strlen(wanted);
    while (told_len > 1 && told[told_len - 1] == '/')
        told_len--;
    while (len > 1 && wanted[len - 1] == '/')
        len--;
    return told_len == len && memcmp(told, wanted, len) == 0;
}

static enum likeness compare_copy(const struct wanted_step *wanted, const struct told_step *told)
{
    if (told->by_digest)
        return !wanted->open && is_folder(told->words, wanted->target) ? ALIKE : UNLIKE;
    return strcmp(told->words, wanted->words) == 0 ? SAME : UNLIKE;
}

static bool begins_with_name(const struct wanted_step *wanted, const struct told_step *told)
{
    size_t len = strlen(wanted->name);
    return strncmp(told->words, wanted->name, len) == 0 &&
           (told->words[len] == '=' || told->words[len] == ' ' || !told->words[len]);
}

static enum likeness compare_folder(const struct wanted_step *wanted, const struct told_step *told)
{
    size_t told_len = strlen(told->words), len = strlen(wanted->words);
    if (is_folder(told->words, wanted->words))
        return SAME;
    bool relative = len && wanted->words[0] != '/' && told_len > len &&
                    told->words[told_len - len - 1] == '/';
    return relative && strcmp(told->words + told_len - len, wanted->words) == 0 ? ALIKE : UNLIKE;
}

enum likeness likeness_of(const struct wanted_step *wanted, const struct told_step *told)
{
    if (wanted->kind != told->kind || told->kind == INSTRUCTION_UNKNOWN)
        return UNLIKE;
    switch (wanted->kind) {
    case INSTRUCTION_RUN:
        return compare_run(wanted, told);
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        return compare_copy(wanted, told);
    case INSTRUCTION_HEALTHCHECK:
        return ALIKE;
    case INSTRUCTION_ARG:
        return begins_with_name(wanted, told) ? SAME : UNLIKE;
    case INSTRUCTION_WORKDIR:
        return compare_folder(wanted, told);
    default:
        break;
    }
    if (strcmp(told->words, wanted->words) == 0 ||
        (wanted->shelled && strcmp(told->words, wanted->shelled) == 0))
        return SAME;
    bool pairs = wanted->kind == INSTRUCTION_ENV || wanted->kind == INSTRUCTION_LABEL;
    return pairs && wanted->open && begins_with_name(wanted, told) ? ALIKE : UNLIKE;
}
