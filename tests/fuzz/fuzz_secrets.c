/* The scanner for secrets and what reads beside it: files whole and in pieces give the same secrets, all of
 * them within the text; credentials of each store, commands of a shell, accounts and redaction read whatever
 * they are given. The first byte chooses the size of the pieces. */
#include "analyzer/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/accounts.h"
#include "analyzer/credentials.h"
#include "analyzer/redact.h"
#include "analyzer/shell.h"
#include "core/memory.h"
#include "tests/fuzz/fuzz.h"

struct heard {
    size_t len;
    uint64_t count;
    uint64_t sum;
};

static void hear(void *context, const struct secret *secret)
{
    struct heard *heard = context;
    if (secret->offset < 0 || (uint64_t)secret->offset + secret->len > heard->len ||
        strlen(secret->fingerprint) != FINGERPRINT_TEXT_MAX - 1)
        abort();
    heard->count++;
    heard->sum = heard->sum * 31 + (uint64_t)secret->offset * 7 + secret->line;
}

static struct heard scan(const struct secret_scanner *scanner, const char *text, size_t len,
                         size_t step, enum secret_place place)
{
    struct heard heard = {.len = len};
    struct secret_scan scan;
    secret_scan_start(&scan, scanner, place, hear, &heard);
    for (size_t at = 0; at < len; at += step)
        secret_scan_add(&scan, text + at, len - at < step ? len - at : step);
    secret_scan_finish(&scan);
    secret_scan_release(&scan);
    return heard;
}

static void count_command(void *context, const struct shell_command *command)
{
    size_t *count = context;
    *count += command->count + (shell_operand(command) != NULL);
}

static void redact(const char *text)
{
    cleanup_strbuf struct strbuf once = STRBUF_INIT;
    redact_text(&once, text);
    if (strlen(text) && !once.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret_scanner scanner;
    if (!size)
        return 0;
    size_t step = 1 + data[0] * (size_t)37, len = size - 1, commands = 0;
    cleanup_free char *text = memory_dup_bytes(data + 1, len);
    secret_scanner_start(&scanner);
    for (enum secret_place place = PLACE_FILE; place <= PLACE_STORE; place++) {
        struct heard whole = scan(&scanner, text, len, len ? len : 1, place);
        struct heard parts = scan(&scanner, text, len, step, place);
        if (whole.count != parts.count || whole.sum != parts.sum)
            abort();
    }
    for (enum credential_store store = STORE_NONE; store <= STORE_WHOLE; store++) {
        struct heard heard = {.len = len};
        credentials_in_text(store, span_of(text, len), hear, &heard);
    }
    shell_commands(span_of(text, len), count_command, &commands);
    redact(text);
    struct account account;
    size_t position = 0;
    uint32_t line = 0;
    while (account_next(&account, span_of(text, len), &position, &line, 1))
        commands += account.count;
    return 0;
}
