/* The program: reads the command line, runs one command, and says once what went wrong. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/engine_image.h"
#include "cli/help.h"
#include "core/escape.h"

/* Descriptors for the members of a folder; the most layers are 1024. */
#define FILES_WANTED 4096

#define EXIT_USAGE 2
#define EXIT_PIPE 141 /* what a shell shows for SIGPIPE */

/* A word that begins like this is an image, whether or not a file has its name. */
static const char *const image_schemes[] = {
    "docker-archive:", "oci-archive:", "oci:", "dir:", "docker://", "podman://",
};

/* One command line, read. */
struct session {
    const struct command *command; /* NULL: nothing was asked for */
    struct option_scope own;       /* the command's options and their values */
    struct option_scope global;
    struct global_options values; /* of the global options */
    struct operands operands;
};

static bool word_is_image(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(image_schemes); i++)
        if (strncmp(word, image_schemes[i], strlen(image_schemes[i])) == 0)
            return true;
    return strcmp(word, "-") == 0 || access(word, F_OK) == 0;
}

/* Where the first operand stands. What an option means before the command is known is asked
 * from the global table, then from the default command, then from all: a name takes a value
 * everywhere or nowhere. */
static size_t find_first_operand(char **args, size_t count)
{
    size_t command_count = 0;
    while (commands[command_count])
        command_count++;
    cleanup_free struct option_scope *scopes =
        memory_alloc_zero(command_count + 2, sizeof *scopes);

    size_t scope_count = 0;
    scopes[scope_count++].rows = global_options;
    if (command_default())
        scopes[scope_count++].rows = command_default()->options;
    for (size_t i = 0; i < command_count; i++)
        scopes[scope_count++].rows = commands[i]->options;
    return options_first_operand(scopes, scope_count, args, count);
}

static int refuse_word(const char *word, struct error *err)
{
    if (!strchr(word, '/') && !strchr(word, '.'))
        return command_unknown(word, err);
    error_set(err, ERROR_USAGE, "'%s' is neither a command nor a file here", word);
    return error_hint(err, "'ullage help' lists the commands");
}

static void session_choose(struct session *session, const struct command *command)
{
    session->command = command;
    session->own.rows = command->options;
    session->own.values = memory_alloc_zero(1, command->options_size + 1);
    session->own.given =
        memory_alloc_zero(options_count(command->options) + 1, sizeof(bool));
    if (command->defaults)
        memcpy(session->own.values, command->defaults, command->options_size);
}

/* Options before the command belong to the program first, those behind to the command. */
static int session_parse(struct session *session, char **args, size_t count, size_t split,
                         struct error *err)
{
    const struct option_scope before[] = {session->global, session->own};
    const struct option_scope behind[] = {session->own, session->global};
    size_t limit = session->command ? session->command->operands_end_options : 0;

    if (options_parse(before, 2, args, split, 0, &session->operands, err) < 0)
        return -1;
    return options_parse(behind, 2, args + split, count - split, limit, &session->operands,
                         err);
}

static int session_read(struct session *session, char **args, size_t count,
                        struct error *err)
{
    size_t first = find_first_operand(args, count);
    const struct command *named = first < count ? command_by_name(args[first]) : NULL;
    if (named) {
        session_choose(session, named);
        memmove(args + first, args + first + 1, (count - first - 1) * sizeof *args);
        return session_parse(session, args, count - 1, first, err);
    }

    if (first < count && (!command_default() || !word_is_image(args[first])))
        return refuse_word(args[first], err);
    if (command_default())
        session_choose(session, command_default());
    if (session_parse(session, args, count, 0, err) < 0)
        return -1;
    if (session->operands.count == 0)
        session->command = NULL;
    else if (!session->command)
        return refuse_word(session->operands.items[0], err);
    return 0;
}

static void session_release(struct session *session)
{
    if (session->own.values)
        options_release(session->own.rows, session->own.values);
    free(session->own.values);
    free(session->own.given);
    free(session->global.given);
    operands_release(&session->operands);
}

/* What is done with it */

static void print_version(bool verbose)
{
    puts("ullage " ULLAGE_VERSION);
    if (verbose)
        puts("compiler: " __VERSION__);
}

static void print_help(const struct command *command, const struct terminal *terminal)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page = page_for(&text, terminal->output, terminal->width);
    if (command)
        help_command(&page, command);
    else
        help_overview(&page);
    fwrite(text.buf, 1, text.len, stdout);
}

static int show_way_in(const struct terminal *terminal)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page = page_for(&text, terminal->errors, terminal->width);
    help_short(&page);
    fwrite(text.buf, 1, text.len, stderr);
    return EXIT_USAGE;
}

static int check_operands(const struct session *session, struct error *err)
{
    const struct command *command = session->command;
    size_t count = session->operands.count;
    if (count >= command->operands_min && count <= command->operands_max)
        return 0;

    cleanup_strbuf struct strbuf usage = STRBUF_INIT;
    help_usage(&usage, command);
    if (count < command->operands_min)
        error_set(err, ERROR_USAGE, "'%s' needs %s", command->name, command->usage);
    else
        error_set(err, ERROR_USAGE, "'%s' does not take '%s'", command->name,
                  session->operands.items[command->operands_max]);
    return error_hint(err, "usage: %s", usage.buf);
}

static int run_command(const struct session *session, const struct terminal *terminal,
                       struct error *err)
{
    if (options_read_environment(&session->own, err) < 0 ||
        options_read_environment(&session->global, err) < 0 ||
        check_operands(session, err) < 0)
        return -1;
    struct invocation invocation = {
        .command = session->command,
        .options = session->own.values,
        .given = session->own.given,
        .global = session->values,
        .operands = session->operands.items,
        .operand_count = session->operands.count,
        .terminal = *terminal,
    };
    struct engine_image *image;
    if (engine_image_begin(&image, &invocation, err) < 0)
        return -1;
    return engine_image_end(image, session->command->run(&invocation, err), err);
}

static int session_run(const struct session *session, const struct terminal *terminal,
                       struct error *err)
{
    if (session->values.version) {
        print_version(session->values.verbose);
        return 0;
    }
    if (session->values.help) {
        print_help(session->command, terminal);
        return 0;
    }
    if (!session->command)
        return show_way_in(terminal);
    return run_command(session, terminal, err);
}

/* The surroundings */

/* A stream that the caller closed would give its number to the next file that is opened.
 * Its stand-in cannot be written to. */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            abort();
}

/* A folder layout holds each of its blobs open while it is read: a thousand layers are more files than a
 * shell allows at first. */
static void allow_more_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= FILES_WANTED)
        return;
    files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0) {
        /* then the limit stays, and an image that needs more says so */
    }
}

/* Makers of errors have escaped the names in them, so a backslash stands for itself. */
static void add_harmless(struct strbuf *out, const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        const char *backslash = memchr(text, '\\', (size_t)(end - text));
        const char *stop = backslash ? backslash : end;
        escape_for_terminal(out, span_of(text, (size_t)(stop - text)));
        if (backslash)
            strbuf_add_char(out, '\\');
        text = backslash ? backslash + 1 : end;
    }
}

static void report(const struct error *err, const struct style *style)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%sullage:%s ", style->red, style->reset);
    add_harmless(&text, err->text, strlen(err->text));
    strbuf_add_char(&text, '\n');
    for (const char *line = err->hint; line && *line;) {
        size_t len = strcspn(line, "\n");
        strbuf_add_text(&text, "  ");
        add_harmless(&text, line, len);
        strbuf_add_char(&text, '\n');
        line += len + (line[len] == '\n');
    }
    fwrite(text.buf, 1, text.len, stderr);
}

/* Output that did not arrive is a failure even where the work went well. */
static int finish_output(int status, const struct style *style)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    failed = fflush(stdout) != 0 || failed;
    if (!failed)
        return status;
    if (errno == EPIPE)
        return EXIT_PIPE;
    cleanup_error struct error err = ERROR_INIT;
    if (errno)
        error_set_errno(&err, ERROR_OUTPUT, errno, "standard output");
    else
        error_set(&err, ERROR_OUTPUT, "standard output could not be written");
    report(&err, style);
    return error_exit_status(ERROR_OUTPUT);
}

int main(int argc, char **argv)
{
    cleanup_error struct error err = ERROR_INIT;
    struct session session = {.command = NULL};
    session.global.rows = global_options;
    session.global.values = &session.values;
    session.global.given = memory_alloc_zero(options_count(global_options), sizeof(bool));
    size_t count = argc > 0 ? (size_t)argc - 1 : 0;

    occupy_standard_streams();
    allow_more_files();
    signal(SIGPIPE, SIG_DFL); /* whoever started us may have ignored it */
    int status = session_read(&session, argv + 1, count, &err);
    struct terminal terminal = terminal_detect(session.values.color);
    if (status == 0)
        status = session_run(&session, &terminal, &err);
    if (status < 0) {
        error_set(&err, ERROR_INTERNAL, "something failed and did not say why");
        report(&err, terminal.errors);
        status = error_exit_status(err.code);
    }
    status = finish_output(status, terminal.errors);
    session_release(&session);
    return status;
}
