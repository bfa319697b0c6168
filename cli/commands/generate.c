#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "core/size.h"
#include "generator/discover.h"
#include "generator/merge.h"
#include "generator/plan.h"
#include "generator/releases.h"

enum generate_format { GENERATE_TEXT, GENERATE_JSON };

struct generate_options {
    enum generate_format format;
    const char *ecosystem, *service, *runtime_version, *start, *as_of, *template_folder, *from;
    int64_t port;
    struct strvec base_images;
    bool standard_output, diff, check, explain, no_comments, build_script, force;
};

static const struct generate_options defaults = {.format = GENERATE_TEXT};

static const char *const formats[] = {"text", "json", NULL};

static const struct option options[] = {
    {.name = "stdout",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, standard_output),
     .summary = "print the files and write none",
     .group = "Output"},
    {.name = "format",
     .type = OPTION_CHOICE,
     OPTION_AT(struct generate_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .summary = "json prints the plan and writes no file",
     .fallback = "text",
     .group = "Output"},
    {.name = "diff",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, diff),
     .summary = "show what would change and write nothing",
     .group = "Output"},
    {.name = "check",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, check),
     .summary = "write nothing; status 1 if the files no longer match the project",
     .group = "Output"},
    {.name = "explain",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, explain),
     .summary = "say for each line which file and field it comes from",
     .group = "Output"},
    {.name = "force",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, force),
     .summary = "replace files that are not ours, and edits that conflict",
     .group = "Output"},
    {.name = "no-comments",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, no_comments),
     .summary = "leave the comments out",
     .group = "Output"},
    {.name = "build-script",
     .type = OPTION_FLAG,
     OPTION_AT(struct generate_options, build_script),
     .summary = "also a build.sh that builds, tags and pushes",
     .group = "Output"},
    {.name = "ecosystem",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, ecosystem),
     .argument = "NAME",
     .summary = "what the project is, where files say several things",
     .group = "Facts"},
    {.name = "service",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, service),
     .argument = "FOLDER",
     .summary = "the one folder of several that is meant",
     .complete = COMPLETE_DIRECTORY,
     .group = "Facts"},
    {.name = "runtime-version",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, runtime_version),
     .argument = "VERSION",
     .summary = "of the runtime, whatever files say",
     .group = "Facts"},
    {.name = "start",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, start),
     .argument = "COMMAND",
     .summary = "what a container starts",
     .group = "Facts"},
    {.name = "port",
     .type = OPTION_INT,
     OPTION_AT(struct generate_options, port),
     .argument = "PORT",
     .min = 1,
     .max = 65535,
     .summary = "what it listens on",
     .group = "Facts"},
    {.name = "as-of",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, as_of),
     .argument = "DATE",
     .summary = "choose versions as of that day",
     .group = "Facts"},
    {.name = "from",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, from),
     .argument = "FILE",
     .summary = "a build given as data, or an earlier plan, in place of the project",
     .complete = COMPLETE_FILE,
     .group = "Yours"},
    {.name = "template",
     .type = OPTION_TEXT,
     OPTION_AT(struct generate_options, template_folder),
     .argument = "DIR",
     .summary = "templates that go before those built in",
     .complete = COMPLETE_DIRECTORY,
     .group = "Yours"},
    {.name = "base-image",
     .type = OPTION_LIST,
     OPTION_AT(struct generate_options, base_images),
     .argument = "FROM=TO",
     .summary = "another repository in place of a base image's",
     .group = "Yours"},
    OPTION_END,
};

static void print_diagnostics(const struct plan *plan)
{
    static const char *const words[] = {"error", "warning", "note"};
    for (size_t i = 0; i < plan->diagnostic_count; i++) {
        const struct diagnostic *diagnostic = &plan->diagnostics[i];
        fprintf(stderr, "%s: %s\n", words[diagnostic->severity], diagnostic->message);
        if (diagnostic->fix)
            fprintf(stderr, "    %s\n", diagnostic->fix);
    }
}

static void print_lines(const struct output_file *file, bool explain)
{
    size_t line = 0;
    for (const char *at = file->content.buf; *at; line++) {
        size_t len = strcspn(at, "\n");
        const struct line_origin *origin = line < file->origin_count ? &file->origins[line] : NULL;
        if (!explain || !origin || !len) {
            printf("%.*s\n", (int)len, at);
        } else if (origin->evidence.file) {
            printf("%-60.*s  <- %s", (int)len, at, origin->evidence.file);
            if (origin->evidence.line)
                printf(":%u", (unsigned)origin->evidence.line);
            printf("%s%s\n", origin->evidence.field ? " " : "",
                   origin->evidence.field ? origin->evidence.field : "");
        } else {
            printf("%-60.*s  <- template %s\n", (int)len, at, origin->template);
        }
        at += len + (at[len] == '\n');
    }
}

static int print_files(const struct plan *plan, bool explain)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        printf("%s==> %s <==\n", i ? "\n" : "", plan->files[i].path);
        print_lines(&plan->files[i], explain);
    }
    return 0;
}

static int print_json(const struct plan *plan, struct error *err)
{
    struct json_writer writer;
    int fd = STDOUT_FILENO;
    json_writer_start(&writer, sink_to_fd(&fd), false);
    plan_write_json(&writer, plan);
    return json_writer_finish(&writer, err);
}

/* One file against what stands on disk. */
struct target {
    char *path;
    struct strbuf disk, merged;
    bool exists;
    enum merge_outcome outcome;
};

static int look_at_target(struct target *target, const struct plan *plan,
                          const struct output_file *file, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, now = STRBUF_INIT;
    struct stat st;
    strbuf_addf(&path, "%s/%s", plan->project->root, file->path);
    *target = (struct target){.disk = STRBUF_INIT, .merged = STRBUF_INIT};
    target->path = strbuf_detach(&path, NULL);
    strbuf_add(&now, file->content.buf, file->content.len);
    merge_stamp(&now);
    target->exists = lstat(target->path, &st) == 0;
    if (!target->exists) {
        strbuf_add(&target->merged, now.buf, now.len);
        target->outcome = MERGE_CHANGED;
        return 0;
    }
    if (!S_ISREG(st.st_mode)) {
        target->outcome = MERGE_FOREIGN;
        return 0;
    }
    if (file_read(&target->disk, target->path, (size_t)4 << 20, err) < 0)
        return -1;
    target->outcome = merge_files(&target->merged, span_of(target->disk.buf, target->disk.len),
                                  span_of(now.buf, now.len));
    return 0;
}

static void release_target(struct target *target)
{
    free(target->path);
    strbuf_release(&target->disk);
    strbuf_release(&target->merged);
}

static int refuse_target(const struct target *target, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(target->path));
    if (target->outcome == MERGE_FOREIGN) {
        error_set(err, ERROR_USAGE, "'%s' is there and was not generated", shown.buf);
        return error_hint(err, "--force replaces it, --stdout prints what would be written");
    }
    fprintf(stderr, "%s", target->merged.buf);
    error_set(err, ERROR_FAILED,
              "'%s': your edits and the project's changes meet in the same lines", shown.buf);
    return error_hint(
        err, "nothing was written; mend the lines shown between the marks, or give --force");
}

static int write_target(const struct target *target, const struct output_file *file,
                        struct error *err)
{
    const struct strbuf *text = &target->merged;
    if (file_write(target->path, span_of(text->buf, text->len), err) < 0)
        return -1;
    if (file->executable && chmod(target->path, 0755) < 0)
        return error_set(err, ERROR_OUTPUT, "'%s' cannot be made executable", file->path);
    return 0;
}

/* With --force what is generated now stands, whatever was there. */
static void force_target(struct target *target, const struct output_file *file)
{
    strbuf_reset(&target->merged);
    strbuf_add(&target->merged, file->content.buf, file->content.len);
    merge_stamp(&target->merged);
    target->outcome = MERGE_CHANGED;
}

static int settle_target(struct target *target, const struct output_file *file,
                         const struct invocation *invocation, bool *ret_differs, struct error *err)
{
    const struct generate_options *given = invocation->options;
    bool blocked = target->outcome == MERGE_FOREIGN || target->outcome == MERGE_CONFLICT;
    if (blocked && given->force)
        force_target(target, file);
    else if (target->outcome == MERGE_FOREIGN && file->yields)
        target->outcome = MERGE_UNCHANGED;
    *ret_differs |= target->outcome != MERGE_UNCHANGED;
    if (given->diff && target->outcome != MERGE_UNCHANGED) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        const struct strbuf *after =
            target->outcome == MERGE_FOREIGN ? &file->content : &target->merged;
        merge_diff(&text, file->path, span_of(target->disk.buf, target->disk.len),
                   span_of(after->buf, after->len));
        fputs(text.buf, stdout);
    }
    if (given->check && target->outcome != MERGE_UNCHANGED && !invocation->global.quiet)
        fprintf(stderr, "%s %s\n", file->path,
                target->exists ? "no longer matches the project" : "is missing");
    if (given->diff || given->check)
        return 0;
    if (target->outcome == MERGE_FOREIGN || target->outcome == MERGE_CONFLICT)
        return refuse_target(target, err);
    return 0;
}

/* All files are looked at before the first is written, so that a refusal leaves all as they were.
 */
static int write_files(const struct plan *plan, const struct invocation *invocation,
                       struct error *err)
{
    const struct generate_options *given = invocation->options;
    struct target *targets = memory_alloc_zero(plan->file_count + 1, sizeof *targets);
    bool differs = false;
    int result = 0;
    size_t count = 0;
    for (; count < plan->file_count && result == 0; count++) {
        result = look_at_target(&targets[count], plan, &plan->files[count], err);
        if (result == 0)
            result = settle_target(&targets[count], &plan->files[count], invocation, &differs, err);
    }
    bool writes = !given->diff && !given->check;
    for (size_t i = 0; writes && i < count && result == 0; i++) {
        if (targets[i].outcome != MERGE_UNCHANGED)
            result = write_target(&targets[i], &plan->files[i], err);
        if (result == 0 && !invocation->global.quiet)
            fprintf(stderr, "%s %s\n", targets[i].outcome == MERGE_UNCHANGED ? "kept " : "wrote",
                    plan->files[i].path);
    }
    for (size_t i = 0; i < count; i++)
        release_target(&targets[i]);
    free(targets);
    return result < 0 ? -1 : given->check && differs;
}

static int finish(const struct plan *plan, const struct invocation *invocation, struct error *err)
{
    const struct generate_options *given = invocation->options;
    if (given->format == GENERATE_JSON) {
        if (print_json(plan, err) < 0)
            return -1;
        return plan_is_incomplete(plan) ? 3 : 0;
    }
    if (!invocation->global.quiet || plan_is_incomplete(plan))
        print_diagnostics(plan);
    if (plan_is_incomplete(plan))
        return 3;
    if (given->standard_output || given->explain)
        return print_files(plan, given->explain);
    return write_files(plan, invocation, err);
}

static int check_options(const struct generate_options *given, struct error *err)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    if (given->as_of && !releases_date_is_valid(given->as_of))
        return error_set(err, ERROR_USAGE, "--as-of '%s' is no date of the form 2026-01-31",
                         given->as_of);
    if (given->ecosystem && !language_by_name(given->ecosystem)) {
        language_names(&names);
        error_set(err, ERROR_USAGE, "there is no ecosystem '%s'", given->ecosystem);
        return error_hint(err, "there are: %s", names.buf);
    }
    for (size_t i = 0; i < given->base_images.count; i++)
        if (!strchr(given->base_images.items[i], '='))
            return error_set(err, ERROR_USAGE, "--base-image '%s' has no '='",
                             given->base_images.items[i]);
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct generate_options *given = invocation->options;
    const char *folder = invocation->operand_count ? invocation->operands[0] : ".";
    cleanup_strbuf struct strbuf map = STRBUF_INIT;
    struct project project;
    struct plan plan;
    if (check_options(given, err) < 0 || project_open(&project, folder, err) < 0)
        return -1;
    for (size_t i = 0; i < given->base_images.count; i++)
        strbuf_addf(&map, "%s\n", given->base_images.items[i]);
    struct plan_options wanted = {
        .ecosystem = given->ecosystem,
        .service = given->service,
        .runtime_version = given->runtime_version,
        .start = given->start,
        .port = given->port,
        .as_of = given->as_of,
        .template_folder = given->template_folder,
        .comments = !given->no_comments,
        .build_script = given->build_script,
        .image_map = map.len ? map.buf : NULL,
    };
    int status = -1;
    cleanup_strbuf struct strbuf build = STRBUF_INIT;
    if (given->from && file_read(&build, given->from, MANIFEST_BYTES_MAX, err) < 0) {
        project_close(&project);
        return -1;
    }
    int made = given->from ? plan_from(&plan, &project, given->from, span_of(build.buf, build.len),
                                       &wanted, err)
                           : plan_make(&plan, &project, &wanted, err);
    if (made == 0) {
        status = finish(&plan, invocation, err);
        plan_release(&plan);
    }
    project_close(&project);
    return status;
}

static const struct example examples[] = {
    {"ullage generate --stdout", "what would be written for the project here"},
    {"ullage generate . --diff", "what would change"},
    {"ullage generate --check", "in CI: do the files still match the project?"},
    {NULL, NULL},
};

const struct command command_generate = {
    .name = "generate",
    .group = "Dockerfiles",
    .summary = "write the Dockerfile of a project",
    .usage = "[DIR]",
    .description = "Reads what a project says of itself, its manifests and lock files, and writes "
                   "a Dockerfile, "
                   ".dockerignore and compose.yaml into it. Nothing of the project is executed and "
                   "no network is used; "
                   "what no file says is asked for, not guessed: exit status 3, with the option "
                   "that supplies it.\n\n"
                   "A file that was generated before keeps your edits: they are merged with what "
                   "has changed in the "
                   "project. A file that was not generated stays as it is.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct generate_options),
    .defaults = &defaults,
    .operands_min = 0,
    .operands_max = 1,
    .complete = COMPLETE_DIRECTORY,
    .run = run,
};
