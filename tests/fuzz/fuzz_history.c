/* History: one created_by and its comment behind a NUL, and the whole as a configuration.
 */
#include "analyzer/image/history.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct error error = ERROR_INIT;
    struct history history;
    json_t *config;
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    size_t len = strlen(text);
    free(history_instruction(text, len < size ? text + len + 1 : NULL));
    if (json_parse(&config, span_of(text, size), &error) == 0) {
        if (json_is_object(config) && history_read(&history, config, 3, &error) == 0) {
            for (size_t i = 0; i < 4; i++)
                history_of_layer(&history, i);
            history_release(&history);
        }
        json_decref(config);
    }
    error_release(&error);
    free(text);
    return 0;
}
