/* Dockerfiles: whatever the bytes are, printing them gives them back, every range lies within the text, in
 * order, and an error says something. Stages and expansion go through all of it. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "dockerfile/ignore.h"
#include "dockerfile/reference.h"
#include "dockerfile/stage.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_extent(const struct document *document, struct extent extent)
{
    require(extent.start <= extent.end && extent.end <= document->text.len);
}

static void check_instruction(const struct document *document, const struct instruction *instruction)
{
    check_extent(document, instruction->extent);
    require(instruction->line >= 1 && instruction->line <= instruction->end_line);
    require(instruction->end_line <= document->line_count);
    for (size_t i = 0; i < instruction->arg_count; i++)
        check_extent(document, instruction->args[i].extent);
    for (size_t i = 0; i < instruction->flag_count; i++)
        check_extent(document, instruction->flags[i].extent);
    for (size_t i = 0; i < instruction->heredoc_count; i++)
        check_extent(document, instruction->heredocs[i].body);
}

static void count_args(void *context, const struct expanded *expanded)
{
    size_t *count = context;
    *count += expanded->args.count;
}

static void check_document(struct span text)
{
    cleanup_document struct document *document = NULL;
    cleanup_strbuf struct strbuf printed = STRBUF_INIT, dump = STRBUF_INIT;
    cleanup_stages struct stages stages;
    size_t args = 0, end = 0;
    require(document_parse(&document, text, NULL) == 0);
    document_print(document, &printed);
    require(span_equal(span_of(printed.buf, printed.len), text));
    for (size_t i = 0; i < document->instruction_count; i++) {
        const struct instruction *instruction = &document->instructions[i];
        require(instruction->extent.start >= end);
        end = instruction->extent.end;
        check_instruction(document, instruction);
    }
    for (size_t i = 0; i < document->error_count; i++)
        require(*document->errors[i].text && document->errors[i].line <= document->errors[i].end_line);
    document_dump(document, &dump);
    stages_find(&stages, document, NULL);
    stages_expand(&stages, NULL, count_args, &args);
}

static void check_names(const char *text)
{
    cleanup_reference struct reference reference = {.path = NULL};
    cleanup_git_reference struct git_reference git = {.remote = NULL};
    cleanup_device struct device device = {.name = NULL};
    cleanup_strvec struct strvec ports = STRVEC_INIT;
    cleanup_ignore struct ignore ignore = IGNORE_INIT;
    int64_t duration;
    reference_parse_docker(&reference, text, NULL);
    git_reference_parse(&git, text, NULL);
    device_parse(&device, text, NULL);
    ports_parse(&ports, text, NULL);
    duration_parse(&duration, text, NULL);
    if (ignore_parse(&ignore, span_of_text(text), NULL) == 0)
        ignore_matches(&ignore, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = memory_dup_bytes(data, size);
    check_document(span_of(text, size));
    text[size < 200 ? size : 200] = '\0';
    check_names(text);
    return 0;
}
