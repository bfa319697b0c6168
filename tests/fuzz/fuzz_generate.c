/* A project of one file by a stranger: the first byte says which file it is. Whatever it holds, a
 * plan is made or refused with a reason; what is written for it our own parser takes, and a merge
 * with itself changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "dockerfile/document.h"
#include "generator/merge.h"
#include "generator/plan.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = {
    "package.json",  "pyproject.toml", "requirements.txt", "go.mod",        "Cargo.toml",
    "pom.xml",       "build.gradle",   "app.csproj",       "composer.json", "Gemfile",
    "mix.exs",       "pubspec.yaml",   "shard.yml",        "Package.swift", "CMakeLists.txt",
    "meson.build",   "deno.json",      "gleam.toml",       "main.py",       "server.js",
    "stack.yaml",    "cpanfile",       "Gemfile.lock",     "start.sh",      "app.cabal",
    "package.json5",
};

static void broken(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_file(const struct output_file *file)
{
    struct span text = span_of(file->content.buf, file->content.len);
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf stamped = STRBUF_INIT, merged = STRBUF_INIT;
    strbuf_add(&stamped, text.ptr, text.len);
    merge_stamp(&stamped);
    struct span now = span_of(stamped.buf, stamped.len);
    if (merge_files(&merged, now, now) != MERGE_UNCHANGED)
        broken("a merge with itself changes something");
    if (strcmp(file->path, "Dockerfile") != 0)
        return;
    struct document *document;
    if (document_parse(&document, text, &error) < 0)
        broken(error.text);
    if (!document_is_accepted(document)) {
        fprintf(stderr, "%s\n", file->content.buf);
        broken("a Dockerfile that is refused");
    }
    document_free(document);
}

static void plan_it(const char *folder)
{
    struct plan_options options = {.comments = true};
    struct project project;
    struct plan plan;
    struct error error = ERROR_INIT;
    if (project_open(&project, folder, &error) < 0)
        broken(error.text);
    if (plan_make(&plan, &project, &options, &error) == 0) {
        for (size_t i = 0; i < plan.file_count; i++)
            check_file(&plan.files[i]);
        plan_release(&plan);
    } else if (!error.text || !*error.text) {
        broken("an error without text");
    }
    error_release(&error);
    project_close(&project);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/tmp/ullage-fuzz-XXXXXX", path[128];
    struct error error = ERROR_INIT;
    if (!size || !mkdtemp(folder))
        return 0;
    snprintf(path, sizeof path, "%s/%s", folder, names[data[0] % (sizeof names / sizeof *names)]);
    if (file_write(path, span_of(data + 1, size - 1), &error) == 0)
        plan_it(folder);
    error_release(&error);
    unlink(path);
    rmdir(folder);
    return 0;
}
