#include "tests/support/report_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"

const char *const hostile_names[] = {
    "semi;colon 12",
    "new\nline",
    "return\r::error::injected",
    "::error file=x::injected",
    "%0A::warning::injected",
    "##[error]injected",
    "tab\there",
    "escape\033[31mred\033]0;title\a",
    "bad\xff\xfeutf8",
    "pipe|cell | more |",
    "`tick ``two``` three`",
    "<script>alert(1)</script>",
    "</failure></testcase>",
    "<!-- comment -->",
    "]]>",
    "&amp;&lt;&#x41;",
    "@everyone @here",
    "#1 closes #2",
    "[link](http://example.invalid)",
    "http://example.invalid/x",
    "\"double\" 'single'",
    "back\\slash\\",
    "\\l\\n\\x1b",
    "{\"json\":1}",
    "=1+1",
    " leading and trailing ",
    "rtl\xe2\x80\xae"
    "txt.exe",
    "nonchar\xef\xbf\xbe\xef\xbf\xbf",
    "nul-like\x01\x1f\x7f",
    "c1\xc2\x85\xc2\x9b",
    "emoji :smile: \xf0\x9f\x98\x80",
    "*bold* _under_ ~strike~",
    "${VAR} $(cmd) %s %n",
    "-dash",
    "..three",
    NULL,
};

static void stop(const char *what, const struct error *error)
{
    fprintf(stderr, "report case: %s: %s\n", what, error->text ? error->text : "");
    abort();
}

static bool try_analyze(struct report_case *ret_case, const struct image_spec *spec,
                        struct error *error)
{
    struct bytes archive = BYTES_INIT;
    struct limits limits = limits_default();
    const struct analysis_options options = {.limits = &limits, .threads = 1, .top = 20};
    image_make(spec, IMAGE_DOCKER_LEGACY, &archive);
    char *path = bytes_write_temp(&archive);
    *ret_case = (struct report_case){0};
    int result = analysis_run(&ret_case->analysis, path, &options, error);
    unlink(path);
    free(path);
    bytes_release(&archive);
    if (result < 0)
        return false;
    /* no path of this machine, and the same in every run */
    free(ret_case->analysis->input);
    ret_case->analysis->input = memory_dup_text("build/app.tar");
    ret_case->report.analysis = ret_case->analysis;
    return true;
}

static void analyze(struct report_case *ret_case, const struct image_spec *spec)
{
    struct error error = ERROR_INIT;
    if (!try_analyze(ret_case, spec, &error))
        stop("analysis", &error);
}

static void add_hostile_names(struct tarmaker *tar, const char *folder, const char *text,
                              const char *more)
{
    for (size_t i = 0; hostile_names[i] || more; i++) {
        struct strbuf path = STRBUF_INIT, content = STRBUF_INIT;
        const char *name = hostile_names[i] ? hostile_names[i] : more;
        strbuf_addf(&path, "%s/%s", folder, name);
        /* those that Markdown knows are the largest, so that its short lists have them */
        strbuf_add_text(&content, text);
        strbuf_add_text(&content, strpbrk(name, "|`@<#") ? ", and more of it" : "");
        tarmaker_file_str(tar, path.buf, content.buf);
        tarmaker_file_str(tar, path.buf, content.buf); /* again, which is a finding */
        strbuf_release(&content);
        strbuf_release(&path);
        if (!hostile_names[i])
            break;
    }
}

static struct amount bytes_of(int64_t number)
{
    return (struct amount){.known = true, .number = number};
}

/* One budget of each verdict and unit. */
static void make_gate(struct gate *gate)
{
    static const struct budget_result results[] = {
        {.id = "download-size",
         .measure = "download_bytes",
         .scope = "image",
         .verdict = VERDICT_PASS,
         .unit = UNIT_BYTES},
        {.id = "growth|`<@me> #1",
         .measure = "blob_bytes",
         .scope = "image",
         .verdict = VERDICT_FAIL,
         .unit = UNIT_BYTES,
         .limit_text = "5% and 3 MB",
         .say = "clean up\n::error::in the same `RUN`",
         .fix = "add \".git\" to .dockerignore",
         .file = ".ullage.yaml",
         .line = 12},
        {.id = "layers",
         .measure = "layers",
         .scope = "image",
         .verdict = VERDICT_WARN,
         .unit = UNIT_COUNT,
         .file = "../conf/.ullage.yaml",
         .line = 3},
        {.id = "efficiency",
         .measure = "efficiency",
         .scope = "image",
         .verdict = VERDICT_FAILING_ALREADY,
         .unit = UNIT_RATIO,
         .at_least = true},
        {.id = "python-deps",
         .measure = "content_bytes",
         .scope = "/usr/lib/**/<x>|`y`",
         .verdict = VERDICT_WAIVED,
         .unit = UNIT_BYTES,
         .reason = "torch wheel, until 2027-03-31",
         .limit_text = "120 MB"},
        {.id = "against-base",
         .measure = "content_bytes",
         .scope = "above-base",
         .verdict = VERDICT_SKIPPED,
         .unit = UNIT_BYTES,
         .reason = "the base is unknown"},
    };
    gate->results = arena_alloc(&gate->arena, sizeof results);
    memcpy(gate->results, results, sizeof results);
    gate->count = ARRAY_SIZE(results);
    gate->rules = ".ullage.yaml";
    gate->baseline = "sizes/app.json";
}

static void fill_gate(struct gate *gate, const char *path)
{
    struct budget_result *growth = &gate->results[1], *layers = &gate->results[2];
    struct budget_result *efficiency = &gate->results[3], *waived = &gate->results[4];
    gate->results[0].value = bytes_of(201000000);
    gate->results[0].limit = bytes_of(220000000);
    growth->value = bytes_of(214000000);
    growth->baseline = bytes_of(201000000);
    growth->limit = bytes_of(211050000);
    growth->over = bytes_of(2950000);
    growth->contributors[0] =
        (struct contributor){.path = path,
                             .layer = 6,
                             .bytes = 9800000,
                             .instruction = "RUN pip install `|<@x>` -r requirements.txt"};
    growth->contributors[1] = (struct contributor){.layer = 7,
                                                   .bytes = 1100000,
                                                   .instruction = "COPY . /app",
                                                   .file = "docker/Dockerfile",
                                                   .line = 17};
    growth->contributor_count = 2;
    layers->value = bytes_of(12);
    layers->limit = bytes_of(10);
    layers->over = bytes_of(2);
    layers->contributors[0] = (struct contributor){
        .layer = 3, .bytes = 10, .file = "./docker/Dockerfile", .line = 14};
    layers->contributor_count = 1;
    efficiency->value = (struct amount){.known = true, .ratio = 0.7391};
    efficiency->limit = (struct amount){.known = true, .ratio = 0.95};
    efficiency->over = (struct amount){.known = true, .ratio = 0.2109};
    waived->value = bytes_of(130000000);
    waived->limit = bytes_of(120000000);
    waived->over = bytes_of(10000000);
}

static bool make_hostile(struct report_case *ret_case, const char *more,
                         struct error *error)
{
    static const char *const tags[] = {"registry.invalid:5000/team/<b>&\"|`@me#1;:v1",
                                       NULL};
    static const struct image_history history[] = {
        {.created_by = "RUN echo `|<@all> #1 \"q\" ]]> \\l\n::error::x"},
        {.created_by = "RUN TOKEN=%s\x01\x7f true"},
    };
    struct tarmaker lower = TARMAKER_INIT, upper = TARMAKER_INIT;
    add_hostile_names(&lower, "names", "content", more);
    tarmaker_file_str(&lower, "linked", "12345");
    tarmaker_file_str(&lower, "::error::at the top", "12345");
    tarmaker_hardlink(&lower, "names/link", "linked");
    tarmaker_symlink(&lower, "to", "names");
    tarmaker_finish(&lower);
    add_hostile_names(&upper, "names", "other content", more);
    tarmaker_finish(&upper);
    const struct layer_spec layers[] = {
        {.tar = lower.out.data, .tar_size = lower.out.size},
        {.tar = upper.out.data, .tar_size = upper.out.size}};
    const struct image_spec spec = {.layers = layers,
                                    .layer_count = 2,
                                    .history = history,
                                    .history_count = 2,
                                    .tags = tags,
                                    .architecture = "amd<64>\"\\"};
    bool analyzed = try_analyze(ret_case, &spec, error);
    tarmaker_release(&lower);
    tarmaker_release(&upper);
    if (!analyzed)
        return false;
    make_gate(&ret_case->gate);
    fill_gate(&ret_case->gate, more ? more : "/names/pipe|cell `x` <b> @me #1");
    ret_case->report.gate = &ret_case->gate;
    return true;
}

void report_case_hostile(struct report_case *ret_case)
{
    struct error error = ERROR_INIT;
    if (!make_hostile(ret_case, NULL, &error))
        stop("analysis", &error);
}

bool report_case_named(struct report_case *ret_case, const char *name)
{
    struct error error = ERROR_INIT;
    bool made = make_hostile(ret_case, name, &error);
    error_release(&error);
    return made;
}

void report_case_many(struct report_case *ret_case, size_t count)
{
    struct tarmaker tar = TARMAKER_INIT;
    /* each name is absolute, seen twice, and climbs: three rules, of each of which 1,000
     * are kept */
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "/many/file-%06zu", i);
        tarmaker_file_str(&tar, name, "x");
    }
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "../many/file-%06zu", i);
        tarmaker_file_str(&tar, name, "x");
    }
    tarmaker_finish(&tar);
    const struct layer_spec layers[] = {{.tar = tar.out.data, .tar_size = tar.out.size}};
    const struct image_spec spec = {.layers = layers, .layer_count = 1};
    analyze(ret_case, &spec);
    tarmaker_release(&tar);
}

void report_case_plain(struct report_case *ret_case)
{
    struct tarmaker tar = TARMAKER_INIT;
    tarmaker_file_str(&tar, "etc/motd", "hello\n");
    tarmaker_finish(&tar);
    const struct layer_spec layers[] = {{.tar = tar.out.data, .tar_size = tar.out.size}};
    const struct image_spec spec = {.layers = layers, .layer_count = 1};
    analyze(ret_case, &spec);
    tarmaker_release(&tar);
}

void report_case_release(struct report_case *report_case)
{
    analysis_free(report_case->analysis);
    arena_release(&report_case->gate.arena);
    *report_case = (struct report_case){0};
}

void report_case_write(struct strbuf *out, const struct report_case *report_case,
                       const char *name)
{
    struct error error = ERROR_INIT;
    struct sink sink = sink_to_strbuf(out);
    const struct report_options options = {.style = {"", "", "", "", "", ""}, .width = 80};
    const struct report_format *format = report_find(name, &error);
    if (!format || format->write(&report_case->report, &options, &sink, &error) < 0)
        stop(name, &error);
}
