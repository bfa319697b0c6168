/* IMG305-309: what instructions did, as the history tells it. Commands are read as a shell reads them. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "analyzer/checks.h"
#include "analyzer/redact.h"
#include "analyzer/shell.h"
#include "core/escape.h"
#include "core/memory.h"

/* Of an instruction in a message. */
#define SHOWN_MOST 120

/* What one RUN does. */
struct run_facts {
    bool apt_update, apt_uses, dist_upgrade, apk_cached, apk_cleans, sudo;
};

static void look_at_apt(struct run_facts *facts, const struct shell_command *command)
{
    static const char *const uses[] = {
        "install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download",
        "reinstall",
    };
    const char *verb = shell_operand(command);
    if (!verb)
        return;
    facts->apt_update = facts->apt_update || strcmp(verb, "update") == 0;
    facts->dist_upgrade = facts->dist_upgrade || strcmp(verb, "dist-upgrade") == 0 ||
                          strcmp(verb, "full-upgrade") == 0;
    for (size_t i = 0; i < ARRAY_SIZE(uses); i++)
        facts->apt_uses = facts->apt_uses || strcmp(verb, uses[i]) == 0;
}

static bool has_word_below(const struct shell_command *command, const char *folder)
{
    for (size_t i = 0; i < command->count; i++)
        if (strncmp(command->words[i], folder, strlen(folder)) == 0)
            return true;
    return false;
}

static void look_at(void *context, const struct shell_command *command)
{
    struct run_facts *facts = context;
    const char *verb = shell_operand(command);
    facts->sudo = facts->sudo || command->sudo;
    if (strcmp(command->name, "apt-get") == 0 || strcmp(command->name, "apt") == 0 ||
        strcmp(command->name, "aptitude") == 0)
        look_at_apt(facts, command);
    else if (strcmp(command->name, "apk") == 0 && verb && strcmp(verb, "add") == 0)
        facts->apk_cached = facts->apk_cached || !shell_has_word(command, "--no-cache");
    else if (strcmp(command->name, "rm") == 0)
        facts->apk_cleans = facts->apk_cleans || has_word_below(command, "/var/cache/apk");
    else if (strcmp(command->name, "apk") == 0 && shell_has_word(command, "clean"))
        facts->apk_cleans = true;
}

static void report_step(const struct check_run *run, enum finding_rule rule,
                        const struct history_step *step)
{
    cleanup_strbuf struct strbuf redacted = STRBUF_INIT, shown = STRBUF_INIT;
    redact_text(&redacted, step->instruction);
    size_t len = redacted.len;
    while (len > SHOWN_MOST && (redacted.buf[len - 1] != ' ' || len > SHOWN_MOST + 1))
        len--;
    escape_for_terminal(&shown, span_of(redacted.buf, len));
    if (len < redacted.len)
        strbuf_add_text(&shown, "...");
    check_report(run, rule, step->layer >= 0 ? (uint32_t)step->layer : NO_LAYER, NULL, -1, NULL,
                 shown.buf);
}

/* "--mount=type=cache,target=/var/cache/apk ..." stands before the command. Returns where that begins. */
static const char *skip_flags(struct run_facts *facts, const char *text)
{
    while (strncmp(text, "--", 2) == 0) {
        size_t len = strcspn(text, " ");
        facts->apk_cleans =
            facts->apk_cleans || memmem(text, len, "/var/cache/apk", strlen("/var/cache/apk"));
        text += len;
        text += strspn(text, " ");
    }
    return text;
}

static void check_run_step(const struct check_run *run, const struct history_step *step)
{
    struct run_facts facts = {.sudo = false};
    const char *script = skip_flags(&facts, step->instruction + strlen("RUN "));
    shell_commands(span_of_text(script), look_at, &facts);
    if (facts.apt_update && !facts.apt_uses)
        report_step(run, FINDING_APT_UPDATE_ALONE, step);
    if (facts.dist_upgrade)
        report_step(run, FINDING_DIST_UPGRADE, step);
    if (facts.apk_cached && !facts.apk_cleans)
        report_step(run, FINDING_APK_WITHOUT_NO_CACHE, step);
    if (facts.sudo)
        report_step(run, FINDING_SUDO_USED, step);
}

static bool is_archive(const char *name)
{
    static const char *const ends[] = {
        ".tar",     ".tar.gz", ".tgz",     ".tar.xz",  ".txz", ".tar.bz2", ".tbz", ".tbz2",
        ".tar.zst", ".tzst",   ".tar.lz4", ".tar.lzma", ".tar.Z",
    };
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (span_ends_with(span_of_text(name), ends[i]))
            return true;
    return false;
}

static bool is_remote(const char *name)
{
    return strstr(name, "://") || strncmp(name, "git@", 4) == 0;
}

/* The classic builder keeps no name: "ADD file:HASH in /x". A file that it unpacked made several entries. */
static bool was_unpacked(const struct check_run *run, const struct history_step *step)
{
    size_t files = 0;
    if (step->layer < 0 || (size_t)step->layer >= run->image->chosen->layer_count)
        return true;
    const struct layer *layer = run->image->chosen->layers[step->layer].layer;
    for (size_t i = 0; layer && i < layer->count; i++)
        files += layer->entries[i].kind != TAR_DIR;
    return !layer || files != 1;
}

/* Does ADD do here what COPY does: neither unpacks nor fetches? */
static bool add_only_copies(const struct check_run *run, const struct history_step *step,
                            const struct strvec *words)
{
    if (words->count < 2)
        return false;
    if (strncmp(words->items[0], "dir:", 4) == 0)
        return true;
    if (strncmp(words->items[0], "file:", 5) == 0 || strncmp(words->items[0], "multi:", 6) == 0)
        return !was_unpacked(run, step);
    for (size_t i = 0; i + 1 < words->count; i++)
        if (is_archive(words->items[i]) || is_remote(words->items[i]))
            return false;
    return true;
}

static void take_words(void *context, const struct shell_command *command)
{
    struct strvec *words = context;
    for (size_t i = 0; i < command->count; i++)
        if (strncmp(command->words[i], "--", 2) != 0)
            strvec_add(words, command->words[i]);
}

static void check_add_step(const struct check_run *run, const struct history_step *step)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    shell_commands(span_of_text(step->instruction), take_words, &words);
    if (add_only_copies(run, step, &words))
        report_step(run, FINDING_ADD_FOR_COPY, step);
}

static void run_history(const struct check_run *run)
{
    for (size_t i = 0; i < run->image->history.count; i++) {
        const struct history_step *step = &run->image->history.steps[i];
        if (!step->instruction)
            continue;
        if (strncmp(step->instruction, "RUN ", 4) == 0)
            check_run_step(run, step);
        else if (strncmp(step->instruction, "ADD ", 4) == 0)
            check_add_step(run, step);
    }
}

const struct check check_history = {.run = run_history};
