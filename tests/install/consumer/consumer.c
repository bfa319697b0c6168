/* A program of somebody else, built against the installed library: analyzes the image it is
 * given, holds the library to what its headers promise, and prints what it found. Ends with
 * the number of broken promises. */
#include <ullage/ullage.h>

#include <inttypes.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int broken;

static void expect(bool holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    broken++;
}

static void expect_sums(const struct ullage_analysis *analysis)
{
    const struct ullage_sizes *sizes = ullage_analysis_sizes(analysis);
    int64_t dead = 0, blobs = 0, shipped_dead = 0;
    for (int cause = 0; cause < ULLAGE_CAUSES; cause++) {
        dead += ullage_analysis_dead_by_cause(analysis, (enum ullage_cause)cause);
        expect(ullage_cause_name((enum ullage_cause)cause) != NULL,
               "every cause has a name");
    }
    for (size_t i = 0; i < ullage_analysis_layer_count(analysis); i++) {
        blobs += ullage_analysis_layer(analysis, i)->blob_bytes;
        shipped_dead += ullage_analysis_layer(analysis, i)->dead_bytes;
    }
    expect(sizes->live_bytes + sizes->dead_bytes == sizes->content_bytes,
           "live + dead = content");
    expect(dead == sizes->dead_bytes, "causes sum to dead");
    expect(blobs == sizes->blob_bytes, "layers sum to the image");
    expect(shipped_dead == sizes->dead_bytes, "layers' dead bytes sum to the image's");
}

static void expect_rows(const struct ullage_analysis *analysis)
{
    const struct ullage_waste *waste = ullage_analysis_waste(analysis, 0);
    const struct ullage_duplicate *duplicate = ullage_analysis_duplicate(analysis, 0);
    const struct ullage_suggestion *suggestion = ullage_analysis_suggestion(analysis, 0);
    expect(waste && waste->path[0] == '/' && waste->copy_count,
           "waste has path and copies");
    expect(ullage_analysis_waste_count(analysis) == 5, "as many rows as were asked for");
    expect(ullage_analysis_waste_total(analysis) > 5, "the total counts them all");
    expect(!ullage_analysis_waste(analysis, 5), "NULL behind the last row");
    expect(duplicate && duplicate->path_count > 1 &&
               !strncmp(duplicate->digest, "sha256:", 7),
           "duplicates have paths and a digest");
    expect(suggestion && suggestion->fix && suggestion->layer_count,
           "suggestions tell the fix");
    expect(ullage_analysis_largest_file(analysis, 0)->bytes > 0, "there is a largest file");
    expect(ullage_analysis_largest_directory(analysis, 0)->files > 0,
           "and a largest folder");
    expect(!strcmp(ullage_analysis_image(analysis)->references[0], "example/shop:1.4.0"),
           "the image tells its name");
    expect(ullage_analysis_dive(analysis)->has_percent, "dive has figures for it");
    expect(!ullage_analysis_damage(analysis), "it is whole");
    expect(ullage_analysis_own(analysis) && ullage_analysis_base_layers(analysis) == 1,
           "the base is one layer");
}

struct text {
    char *bytes;
    size_t length;
};

static int append(void *user, const void *bytes, size_t length)
{
    struct text *text = user;
    text->bytes = realloc(text->bytes, text->length + length + 1);
    if (!text->bytes)
        return -1;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return 0;
}

static int refuse(void *user, const void *bytes, size_t length)
{
    (void)user, (void)bytes, (void)length;
    return -1;
}

/* Formats of findings, of which a sound image has none. */
static int may_be_short(const char *format)
{
    static const char *const names[] = {"gitlab", "codeclimate", "checkstyle", "gnu", "sonarqube", "github"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(names[i], format))
            return 1;
    return 0;
}

static void expect_reports(const struct ullage_analysis *analysis)
{
    struct ullage_error *error = NULL;
    for (size_t i = 0; ullage_report_format(i); i++) {
        struct text text = {NULL, 0};
        const char *format = ullage_report_format(i);
        expect(ullage_analysis_write(analysis, format, append, &text, &error) == 0, format);
        expect(text.length > 100 || may_be_short(format), "a report has bytes");
        if (!strcmp(format, "json")) {
            expect(strstr(text.bytes, "\"schema\": \"ullage.report/1\"") != NULL,
                   "the schema is told");
            expect(strstr(text.bytes, "\"efficiency\": 0.") != NULL,
                   "numbers have a point");
        }
        free(text.bytes);
    }
    expect(ullage_analysis_write(analysis, "json", refuse, NULL, &error) < 0 &&
               error->code == ULLAGE_CODE_OUTPUT,
           "a writer that refuses is an output error");
    ullage_error_free(error);
    expect(ullage_analysis_write(analysis, "tablets", append, NULL, NULL) < 0,
           "nobody has to take the error");
}

static void expect_budgets(const struct ullage_analysis *analysis)
{
    struct ullage_verdict verdict;
    struct ullage_error *error = NULL;
    expect(ullage_budget_check(analysis, "blob_bytes=220MB", &verdict, &error) == 0 &&
               verdict.pass && verdict.limit == 220000000,
           "a budget that holds");
    expect(ullage_budget_check(analysis, "dead_bytes=1kB", &verdict, &error) == 0 &&
               !verdict.pass,
           "a budget that does not");
    expect(ullage_budget_check(analysis, "efficiency=0.5", &verdict, &error) == 0 &&
               verdict.is_ratio && verdict.limit_ratio == 0.5,
           "a ratio");
    expect(ullage_budget_check(analysis, "beauty=1", &verdict, &error) < 0 &&
               error->code == ULLAGE_CODE_USAGE && error->hint,
           "a measure that does not exist");
    ullage_error_free(error);
}

static void expect_refusals(const char *path)
{
    struct ullage_analysis *analysis = NULL;
    struct ullage_error *error = NULL;
    expect(ullage_analyze("nowhere.tar", NULL, &analysis, &error) < 0 && !analysis &&
               error->code == ULLAGE_CODE_INPUT && error->text,
           "a file that is not there");
    expect(!strcmp(ullage_code_name(error->code), "input"), "codes have names");
    ullage_error_free(error);

    struct {
        struct ullage_analyze_options known;
        int64_t of_a_later_version;
    } options = {ULLAGE_ANALYZE_OPTIONS_INIT, 0};
    options.known.size = sizeof options;
    expect(ullage_analyze(path, &options.known, &analysis, NULL) == 0,
           "later options that ask for nothing");
    ullage_analysis_free(analysis);
    options.of_a_later_version = 1;
    expect(ullage_analyze(path, &options.known, &analysis, NULL) < 0,
           "later options that do");

    struct ullage_limit limits[] = {{"entries", 10}};
    options.known = (struct ullage_analyze_options)ULLAGE_ANALYZE_OPTIONS_INIT;
    options.known.limits = limits;
    options.known.limit_count = 1;
    expect(ullage_analyze(path, &options.known, &analysis, NULL) == 0 &&
               ullage_analysis_damage(analysis)->code == ULLAGE_CODE_LIMIT,
           "a limit that is hit makes the result partial");
    ullage_analysis_free(analysis);
    limits[0].name = "patience";
    expect(ullage_analyze(path, &options.known, &analysis, NULL) < 0,
           "a limit that does not exist");
}

static bool is_in(const struct ullage_strings *strings, const char *text)
{
    for (size_t i = 0; i < strings->count; i++)
        if (strcmp(strings->items[i], text) == 0)
            return true;
    return false;
}

static void expect_arguments(void)
{
    static const char *const ports[] = {"8080:80", NULL}, *const command[] = {"serve", "--now", NULL};
    static const char *const bad_ports[] = {"eighty", NULL};
    static const struct ullage_setting environment[] = {
        {"COLOUR", "blue", false}, {"PHRASE", "open sesame", true}, {NULL, NULL, false}};
    struct ullage_container_config config;
    struct ullage_strings *args = NULL, *secrets = NULL;
    struct ullage_error *error = NULL;
    ullage_container_config_init(&config, sizeof config);
    config.image = "example/shop:1.4.0";
    config.name = "shop";
    config.ports = ports;
    config.command = command;
    config.environment = environment;
    config.memory_bytes = 64 << 20;
    expect(ullage_container_config_to_run_args(&config, &args, &secrets, NULL) == 0,
           "a configuration becomes arguments");
    expect(is_in(args, "--name=shop") && is_in(args, "--env=COLOUR=blue") &&
               !strcmp(args->items[args->count - 1], "--now") &&
               !strcmp(args->items[args->count - 3], "example/shop:1.4.0"),
           "options, image, command");
    expect(is_in(args, "--env=PHRASE") && is_in(secrets, "PHRASE=open sesame"),
           "a secret is no argument");
    ullage_strings_free(args);
    ullage_strings_free(secrets);
    config.ports = bad_ports;
    expect(ullage_container_config_to_run_args(&config, &args, NULL, &error) < 0 &&
               error->code == ULLAGE_CODE_USAGE && strstr(error->text, "eighty"),
           "a port that is none");
    ullage_error_free(error);
}

static int keep_line(void *context, bool is_error, const char *bytes, size_t len)
{
    return is_error ? -1 : append(context, bytes, len);
}

/* Without an engine: what would be run. */
static void expect_a_client(void)
{
    static const char *const names[] = {"web", NULL};
    struct ullage_client_options options;
    struct ullage_client *client = NULL;
    struct ullage_container_list *list = NULL;
    struct ullage_cancel *cancel = NULL;
    struct text said = {NULL, 0};
    ullage_client_options_init(&options, sizeof options);
    options.engine = ULLAGE_ENGINE_PODMAN;
    options.dry_run = keep_line;
    options.dry_run_context = &said;
    expect(ullage_cancel_new(&cancel, NULL) == 0, "a token");
    options.cancel = cancel;
    expect(ullage_client_open(&options, &client, NULL) == 0 &&
               !strcmp(ullage_client_engine(client), "podman"),
           "a client of an engine");
    expect(ullage_client_remove(client, names, true, false, NULL) == 0 &&
               strstr(said.bytes, "podman") && strstr(said.bytes, "web"),
           "a dry run says what it would do");
    expect(ullage_client_list_containers(client, true, NULL, &list, NULL) == 0 &&
               ullage_container_list_count(list) == 0 && !ullage_container_list_at(list, 0),
           "and lists nothing");
    ullage_container_list_free(list);
    ullage_client_free(client);
    ullage_cancel_free(cancel);
    free(said.bytes);
}

static void expect_names(void)
{
    const struct ullage_image_info image = {"sha256:aa", "example/shop", "1.4.0", "", 0, 0};
    struct ullage_container_info container = {0};
    char *name = ullage_image_info_full_name(&image);
    expect(!strcmp(name, "example/shop:1.4.0"), "an image has a full name");
    free(name);
    container.state = "running";
    expect(ullage_container_info_is_running(&container), "a container that runs");
    container.state = "exited";
    expect(!ullage_container_info_is_running(&container) && !ullage_container_info_is_running(NULL),
           "and those that do not");
}

static void interrupted(int number)
{
    (void)number;
}

int main(int count, char **arguments)
{
    struct ullage_analysis *analysis = NULL;
    struct ullage_error *error = NULL;
    struct ullage_analyze_options options = ULLAGE_ANALYZE_OPTIONS_INIT;
    char folder[4096] = "", after[4096] = "";
    if (count != 2)
        return 100;

    signal(SIGPIPE, interrupted);
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        setlocale(LC_ALL, "");
    char *locale = strdup(setlocale(LC_ALL, NULL));
    expect(getcwd(folder, sizeof folder) != NULL, "there is a folder");

    options.top = 5;
    options.base = "1";
    options.verify = true;
    if (ullage_analyze(arguments[1], &options, &analysis, &error) < 0) {
        fprintf(stderr, "%s\n", error->text);
        ullage_error_free(error);
        return 101;
    }
    expect_sums(analysis);
    expect_rows(analysis);
    expect_reports(analysis);
    expect_budgets(analysis);
    expect_refusals(arguments[1]);
    expect_arguments();
    expect_a_client();
    expect_names();

    expect(signal(SIGPIPE, SIG_DFL) == interrupted, "signal dispositions stay");
    expect(!strcmp(locale, setlocale(LC_ALL, NULL)), "the locale stays");
    expect(getcwd(after, sizeof after) && !strcmp(folder, after),
           "the working directory stays");
    free(locale);
    expect(!strncmp(ullage_version(), "0.1.", 4) && ULLAGE_VERSION_MINOR == 1,
           "versions agree");

    const struct ullage_sizes *sizes = ullage_analysis_sizes(analysis);
    printf("ullage %s: %" PRId64 " of %" PRId64 " bytes are dead in %zu layers\n",
           ullage_version(), sizes->dead_bytes, sizes->content_bytes,
           ullage_analysis_layer_count(analysis));
    ullage_analysis_free(analysis);
    return broken;
}
