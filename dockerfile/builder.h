/* A document while it is parsed. Private to the parser: scan.c takes the text apart into logical lines,
 * line.c a logical line into an instruction, check.c judges that as BuildKit would. */
#ifndef ULLAGE_DOCKERFILE_BUILDER_H
#define ULLAGE_DOCKERFILE_BUILDER_H

#include "core/strbuf.h"
#include "core/strvec.h"
#include "dockerfile/instruction.h"

/* Arrays that grow while parsing; handed to the arena at the end. */
struct builder {
    struct document *document;
    size_t lines, comments, directives, instructions; /* capacities */
    struct complaint *parser_errors, *check_errors;
    size_t parser_error_count, parser_error_capacity, check_error_count, check_error_capacity;
    size_t warnings;
    bool has_stage;
};

/* A logical line: continuations joined, and where its bytes stand. */
struct logical_line {
    struct span text;
    const struct piece *pieces;
    size_t piece_count;
};

void builder_parser_error(struct builder *builder, uint32_t line, uint32_t end_line, const char *text);
void builder_check_error(struct builder *builder, uint32_t line, uint32_t end_line, const char *text);

/* Takes one line apart. NULL if it is well-formed, else BuildKit's text; what can be read is read anyway. */
const char *line_parse(struct instruction *ret_instruction, const struct logical_line *line, char escape,
                       struct arena *arena);
/* Whether heredocs may follow the line. */
bool line_may_have_heredocs(const struct instruction *instruction);

/* Why BuildKit's checks refuse it; NULL if they do not. */
const char *instruction_check(const struct instruction *instruction, struct arena *arena);

const char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
