/* Words and their expansion: no word is too odd, an error has a text, and a word without variables, quotes
 * and escapes is itself. */
#include <stdlib.h>
#include <string.h>

#include "dockerfile/expand.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    cleanup_variables struct variables variables = VARIABLES_INIT;
    struct expand_options options = {
        .escape = data[0] & 1 ? '`' : '\\',
        .raw_quotes = data[0] & 2,
        .raw_escapes = data[0] & 4,
        .skip_quotes = data[0] & 8,
        .skip_unset = data[0] & 16,
    };
    cleanup_free char *word = memory_dup_bytes(data + 1, size - 1);
    variables_set(&variables, "A", "abab");
    variables_set(&variables, "B", "");
    variables_set(&variables, "C", word);
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error err = ERROR_INIT;
    if (expand_word(&expansion, span_of(word, size - 1), &variables, &options, &err) < 0 && !*err.text)
        abort();
    return 0;
}
