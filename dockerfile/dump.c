#include <ctype.h>

#include "core/strbuf.h"
#include "dockerfile/instruction.h"
#include "dockerfile/unicode.h"

static void dump_flags(const struct instruction *instruction, struct strbuf *out)
{
    for (size_t i = 0; i < instruction->flag_count; i++) {
        strbuf_add_text(out, i ? " " : " [");
        quote_go(out, instruction->flags[i].text);
    }
    if (instruction->flag_count)
        strbuf_add_char(out, ']');
}

/* ONBUILD holds its trigger in brackets, which close at the end. */
static void dump_instruction(const struct instruction *instruction, struct strbuf *out)
{
    size_t open = 0;
    for (; instruction; instruction = instruction->trigger, open++) {
        strbuf_add_text(out, open ? " (" : "(");
        for (size_t i = 0; i < instruction->keyword.text.len; i++)
            strbuf_add_char(out, (char)tolower((unsigned char)instruction->keyword.text.ptr[i]));
        dump_flags(instruction, out);
        for (size_t i = 0; i < instruction->arg_count; i++) {
            strbuf_add_char(out, ' ');
            quote_go(out, instruction->args[i].text);
        }
        if (instruction->kind == INSTRUCTION_UNKNOWN)
            strbuf_add_text(out, " \"\"");
    }
    strbuf_add_repeat(out, ')', open);
    strbuf_add_char(out, '\n');
}

void document_dump(const struct document *document, struct strbuf *out)
{
    for (size_t i = 0; i < document->instruction_count; i++)
        dump_instruction(&document->instructions[i], out);
}
