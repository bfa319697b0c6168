/* What is a secret and what is none. Secrets are drawn when the test runs (support/secretmaker.h); each row
 * of the tables says why it stands there. In a row's text %1, %2 are words that were drawn, of 12 and 20
 * characters, %T a GitHub token, %K a private key. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/credentials.h"
#include "analyzer/private_key.h"
#include "analyzer/redact.h"
#include "analyzer/secrets.h"
#include "analyzer/shell.h"
#include "core/memory.h"
#include "tests/support/secretmaker.h"
#include "tests/support/check.h"

#define FOUND_MAX 64

struct found {
    struct secret items[FOUND_MAX];
    size_t count;
};

static struct secret_scanner scanner;

static int start(void **state)
{
    (void)state;
    secret_scanner_start(&scanner);
    return 0;
}

static void keep(void *context, const struct secret *secret)
{
    struct found *found = context;
    assert_true(found->count < FOUND_MAX);
    found->items[found->count++] = *secret;
}

static struct found scan(const char *text, size_t len, enum secret_place place)
{
    struct found found = {.count = 0};
    secrets_in_text(&scanner, span_of(text, len), place, keep, &found);
    return found;
}

static struct found scan_text(const char *text)
{
    return scan(text, strlen(text), PLACE_FILE);
}

/* The row's text with what was drawn in place of %1, %2, %T, %K. */
static char *fill(const char *template)
{
    struct bytes out = BYTES_INIT;
    for (const char *p = template; *p; p++) {
        cleanup_free char *drawn = NULL;
        if (p[0] == '%' && p[1] == '1')
            drawn = secret_word(12, 1);
        else if (p[0] == '%' && p[1] == '2')
            drawn = secret_word(20, 2);
        else if (p[0] == '%' && p[1] == 'T')
            drawn = secret_token("#ghp_<a36>", 3);
        else if (p[0] == '%' && p[1] == 'K')
            drawn = secret_key(KEY_RSA, 4);
        bytes_add(&out, drawn ? drawn : p, drawn ? strlen(drawn) : 1);
        p += drawn != NULL;
    }
    bytes_add(&out, "", 1);
    return (char *)out.data;
}

static const char *const shapes[] = {
#define TOKEN(what, shape) shape,
#include "analyzer/tokens.def"
#undef TOKEN
};

static const char *const names[] = {
#define TOKEN(what, shape) what,
#include "analyzer/tokens.def"
#undef TOKEN
};

static void every_shape_is_found_with_its_place_and_its_fingerprint(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        cleanup_free char *token = secret_token(shapes[i], (unsigned)i);
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "first\nvalue: \"%s\"\n", token);

        struct found found = scan_text(text.buf);

        if (found.count != 1)
            fail_msg("%s is found %zu times", shapes[i], found.count);
        char fingerprint[FINGERPRINT_TEXT_MAX];
        const struct secret *secret = &found.items[0];
        assert_string_equal(secret->what, names[i]);
        assert_int_equal(secret->kind, SECRET_TOKEN);
        assert_int_equal(secret->line, 2);
        secret_fingerprint(fingerprint, span_of(text.buf + secret->offset, secret->len));
        assert_string_equal(secret->fingerprint, fingerprint);
    }
}

static void shape_with_one_character_less_is_no_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        cleanup_free char *token = secret_token(shapes[i], (unsigned)i);
        token[strlen(token) - 1] = '\0';
        if (scan_text(token).count)
            fail_msg("%s is found though it is too short", shapes[i]);
    }
}

static void shape_within_a_longer_word_is_no_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        cleanup_free char *token = secret_token(shapes[i], (unsigned)i);
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        bool named = strchr(shapes[i], '!') != NULL;
        strbuf_addf(&text, "a%s", token);
        if (!named && scan_text(text.buf).count)
            fail_msg("%s is found behind a letter", shapes[i]);
    }
}

static void shape_filled_with_one_letter_is_a_stand_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        cleanup_free char *token = secret_token(shapes[i], (unsigned)i);
        size_t anchor = strcspn(shapes[i] + (shapes[i][0] == '#'), "<!");
        const char *s = strstr(shapes[i], "<s");
        for (size_t k = anchor + (s != NULL); token[k]; k++)
            if (isalnum((unsigned char)token[k]))
                token[k] = 'x';
        if (scan_text(token).count)
            fail_msg("%s is found though it says nothing", shapes[i]);
    }
}

static void every_kind_of_private_key_is_found(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KEY_KINDS; kind++) {
        cleanup_free char *key = secret_key((enum made_key)kind, kind);
        bool encrypted = kind == KEY_RSA_ENCRYPTED || kind == KEY_PKCS8_ENCRYPTED ||
                         kind == KEY_OPENSSH_ENCRYPTED || kind == KEY_PGP_ENCRYPTED ||
                         kind == KEY_PUTTY_ENCRYPTED;

        struct found found = scan_text(key);

        if (found.count != 1)
            fail_msg("key %u is found %zu times", kind, found.count);
        assert_int_equal(found.items[0].kind,
                         encrypted ? SECRET_ENCRYPTED_KEY : SECRET_PRIVATE_KEY);
    }
}

static void key_without_its_end_is_none(void **state)
{
    (void)state;
    static const enum made_key kinds[] = {KEY_RSA, KEY_PKCS8, KEY_EC, KEY_DSA,
                                          KEY_PKCS8_ENCRYPTED};
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        cleanup_free char *key = secret_key(kinds[i], 1);
        char *line = strchr(strchr(key, '\n') + 1, '\n');
        strcpy(line + 1, "...\n-----END PRIVATE KEY-----\n");
        assert_int_equal(scan_text(key).count, 0);
    }
}

static void key_written_within_a_string_has_the_same_fingerprint(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_PKCS8, 5);
    cleanup_strbuf struct strbuf json = STRBUF_INIT, windows = STRBUF_INIT, yaml = STRBUF_INIT;
    strbuf_add_text(&json, "{\"private_key\": \"");
    strbuf_add_text(&yaml, "key: |\n  ");
    for (const char *p = key; *p; p++) {
        strbuf_add_text(&json, *p == '\n' ? "\\n" : (char[]){*p, '\0'});
        strbuf_add_text(&windows, *p == '\n' ? "\r\n" : (char[]){*p, '\0'});
        strbuf_add_text(&yaml, *p == '\n' ? "\n  " : (char[]){*p, '\0'});
    }
    strbuf_add_text(&json, "\"}");

    struct found plain = scan_text(key), in_json = scan_text(json.buf),
                 in_windows = scan_text(windows.buf), in_yaml = scan_text(yaml.buf);

    assert_int_equal(plain.count + in_json.count + in_windows.count + in_yaml.count, 4);
    assert_string_equal(plain.items[0].fingerprint, in_json.items[0].fingerprint);
    assert_string_equal(plain.items[0].fingerprint, in_windows.items[0].fingerprint);
    assert_string_equal(plain.items[0].fingerprint, in_yaml.items[0].fingerprint);
}

static void certificate_is_met_and_is_no_secret(void **state)
{
    (void)state;
    cleanup_free char *certificate = secret_certificate(1);

    struct found found = scan_text(certificate);

    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, SECRET_CERTIFICATE);
}

/* What a scan of any file finds. */
struct row {
    const char *reason;
    const char *text;
    size_t count;
};

static const struct row rows[] = {
    {"a token in a sentence", "use %T, please", 1},
    {"two tokens of a line", "%T %T", 2},
    {"a token whose checksum is wrong", "ghp_" "012345678901234567890123456789012345", 0},
    {"a header alone, as programs have it", "if line == \"-----BEGIN RSA PRIVATE KEY-----\":", 0},
    {"a header and words", "-----BEGIN PRIVATE KEY-----\nyour key here\n-----END PRIVATE KEY-----", 0},
    {"dots for a body", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", 0},
    {"a body that is base 64 of nothing known",
     "-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY3ODkw\n"
     "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY3ODkw\n-----END PRIVATE KEY-----", 0},
    {"a public key", "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n", 0},
    {"a key behind text", "# my key\n%K", 1},
    {"a URL with a password a machine drew", "index-url = https://ci:%1@packages.corp.net/simple", 1},
    {"the manual's URL", "https://user:password@example.com/", 0},
    {"a URL with a placeholder", "https://user:${PASSWORD}@packages.corp.net/", 0},
    {"a URL to an example host", "https://user:%1@www.example.com/", 0},
    {"a URL with a user alone", "ssh://git@host.corp.net:22/x", 0},
    {"a port and an at-sign in the path", "http://host:8080/@scope/name", 0},
    {"an e-mail address behind a port", "see http://h.net:80, me@h.net", 0},
    {"a short password in prose", "ftp://bob:cat7@h.net/", 0},
    {"an AWS id of the documentation", "AKIA" "IOSFODNN7EXAMPLE", 0},
    {"a list of the alphabet", "ghp_" "abcdefghijklmnopqrstuvwxyz0123456789", 0},
    {"a name that holds an anchor", "npm_config_registry=https://r.corp.net", 0},
    {"a word that ends in an anchor", "task-ant-api03-x desk-proj-y risk_live_z", 0},
};

static void rows_of_files_are_judged_as_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_free char *text = fill(rows[i].text);
        struct found found = scan_text(text);
        if (found.count != rows[i].count)
            fail_msg("%s: found %zu times", rows[i].reason, found.count);
    }
}

static void what_is_found_does_not_depend_on_blocks(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 511, 4096, 65536, 98304};
    cleanup_free char *key = secret_key(KEY_OPENSSH, 1), *token = fill("%T\n");
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    while (text.len < 300000) {
        strbuf_add_repeat(&text, 'x', 30000 + text.len % 977);
        strbuf_add_char(&text, '\n');
        strbuf_add_text(&text, text.len % 2 ? key : token);
    }
    struct found whole = scan(text.buf, text.len, PLACE_FILE);

    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct found found = {.count = 0};
        struct secret_scan parts;
        secret_scan_start(&parts, &scanner, PLACE_FILE, keep, &found);
        for (size_t at = 0; at < text.len; at += steps[i])
            secret_scan_add(&parts, text.buf + at,
                            text.len - at < steps[i] ? text.len - at : steps[i]);
        secret_scan_finish(&parts);
        secret_scan_release(&parts);
        assert_int_equal(found.count, whole.count);
        for (size_t k = 0; k < found.count; k++) {
            assert_int_equal(found.items[k].offset, whole.items[k].offset);
            assert_int_equal(found.items[k].line, whole.items[k].line);
            assert_string_equal(found.items[k].fingerprint, whole.items[k].fingerprint);
        }
    }
    assert_true(whole.count >= 9);
}

static void binary_file_is_searched_for_keys_alone(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_RSA, 1), *token = fill("%T");
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add(&text, "\177ELF\0\0", 6);
    strbuf_add_repeat(&text, '-', 200003);
    strbuf_add_text(&text, token);
    strbuf_add_char(&text, '\0');
    strbuf_add_text(&text, key);

    struct found found = scan(text.buf, text.len, PLACE_FILE);

    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, SECRET_PRIVATE_KEY);
    assert_int_equal(found.items[0].line, 0);
}

/* Files where tools keep credentials. */
static const struct {
    const char *reason;
    const char *path;
    const char *text;
    size_t count;
} stores[] = {
    {"netrc on one line", "/root/.netrc", "machine a login b password %1", 1},
    {"netrc on several", "/root/.netrc", "machine a\n login b\n password %1\n", 1},
    {"netrc without a password", "/root/.netrc", "machine a login password-manager\n", 0},
    {"npm's token", "/root/.npmrc", "//r.net/:_authToken=%1", 1},
    {"npm's token from the environment", "/root/.npmrc", "//r.net/:_authToken=${NPM_TOKEN}", 0},
    {"npm's login", "/root/.npmrc", "_auth=%2", 1},
    {"PyPI's password", "/root/.pypirc", "[pypi]\nusername = me\npassword = %1\n", 1},
    {"a docker login", "/root/.docker/config.json", "{\"auths\":{\"r\":{\"auth\":\"bWU6cTF3MmUzcjQ=\"}}}", 1},
    {"a docker login with a helper", "/root/.docker/config.json",
     "{\"auths\":{\"r\":{}},\"credsStore\":\"desktop\"}", 0},
    {"a docker login without a password", "/root/.docker/config.json", "{\"auths\":{\"r\":{\"auth\":\"bWU6\"}}}", 0},
    {"postgres", "/root/.pgpass", "h:5432:db:me:%1\n", 1},
    {"postgres, a comment", "/root/.pgpass", "#h:5432:db:me:%1\n", 0},
    {"postgres, a quoted colon", "/root/.pgpass", "h\\:x:1:db:me:%1\n", 1},
    {"a client key of Kubernetes", "/root/.kube/config", "    client-key-data: %2\n", 1},
    {"its certificate", "/root/.kube/config", "    client-certificate-data: %2\n", 0},
    {"an .env file", "/app/.env", "DB_PASSWORD=%1\nexport API_KEY='%2'\n", 2},
    {"an .env file of a stage", "/app/.env.production", "SECRET_KEY=%1\n", 1},
    {"an .env file to copy", "/app/.env.example", "SECRET_KEY=%1\n", 0},
    {"stand-ins", "/app/.env", "A_TOKEN=changeme\nB_TOKEN=\nC_TOKEN=${X}\nD_TOKEN=<token>\nE_TOKEN=xxxxxxxx\n"
     "F_TOKEN=your-token\nG_PASSWORD=password\n", 0},
    {"names about secrets", "/app/.env", "PASSWORD_FILE=%1\nTOKEN_URL=%1\nSECRET_NAME=%1\nTOKEN_TTL=3600s\n", 0},
    {"names that only sound so", "/app/.env", "KEYBOARD_LAYOUT=%1\nBYPASS=%1\nTOKENIZERS_PARALLELISM=%1\n"
     "COMPASS=%1\nGPG_KEY=%1\nPWD=%1\nMONKEY=%1\n", 0},
    {"names without underscores", "/app/.env", "dbPassword=%1\nmysqlpassword=%1\nclientSecret=%1\n", 3},
    {"YAML", "/app/secrets.yml", "db:\n  password: %1\n  port: 5432\n", 1},
    {"JSON", "/app/credentials.json", "{\"client_secret\": \"%1\", \"client_id\": \"%2\"}", 1},
    {"XML", "/root/.m2/settings.xml", "<server><password>%1</password></server>", 1},
    {"XML, encrypted by maven", "/root/.m2/settings.xml", "<password>{%2}</password>", 0},
    {"NuGet", "/root/NuGet.Config", "<add key=\"ClearTextPassword\" value=\"%1\" />", 1},
    {"PHP", "/srv/wp-config.php", "define( 'DB_PASSWORD', '%1' );", 1},
    {"PHP from the environment", "/srv/wp-config.php", "define('DB_PASSWORD', getenv('DB_PASSWORD'));", 0},
    {"Python", "/app/settings.py", "SECRET_KEY = '%2'\n", 1},
    {"Python from the environment", "/app/settings.py", "SECRET_KEY = os.environ['SECRET_KEY']\nPASSWORD = load()\n", 0},
    {"a comparison", "/app/settings.py", "if password == '%1':\n", 0},
    {"vault", "/root/.vault-token", "%2\n", 1},
    {"a file of another name", "/app/notes.txt", "DB_PASSWORD=%1\n", 0},
};

static void rows_of_stores_are_judged_as_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
        cleanup_free char *text = fill(stores[i].text);
        struct found found = {.count = 0};
        credentials_in_text(credential_store_of(stores[i].path), span_of_text(text), keep, &found);
        if (found.count != stores[i].count)
            fail_msg("%s: found %zu times", stores[i].reason, found.count);
    }
}

/* Texts of the configuration: what of them may not be shown. */
static const struct {
    const char *reason;
    const char *text;
    const char *hidden;
} lines[] = {
    {"a variable", "ENV DB_PASSWORD=%1 A=b", "%1"},
    {"a variable in quotes", "RUN X_PASSWORD=\"%1 %2\" run", "%1"},
    {"a value that is quoted in part", "RUN X_PASSWORD=a'%1' run", "%1"},
    {"kaniko's ENV without =", "ENV DB_PASSWORD %1", "%1"},
    {"a build argument with blanks", "|2 A=b NPM_TOKEN=some %1 /bin/sh -c npm ci", "%1"},
    {"an option with =", "RUN login --password=%1", "%1"},
    {"an option and its word", "RUN login --password %1 -u me", "%1"},
    {"an option and its word in a list", "CMD [\"login\", \"--token\", \"%1\"]", "%1"},
    {"a header", "RUN curl -H \"Authorization: Bearer %1\" https://x", "%1"},
    {"a URL", "RUN pip install --index-url https://me:%1@h.net/simple", "%1"},
    {"a token", "RUN git clone https://%T@h.net/x", "%T"},
    {"a password with a dollar", "ENV DB_PASSWORD=$e%1", "%1"},
    {"a pair in quotes", "RUN run -e \"DB_PASSWORD=%1 %2\"", "%2"},
    {"a key", "RUN echo '%K' > key", "%K"},
};

static void lines_of_the_history_are_shown_without_their_secrets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        cleanup_free char *text = fill(lines[i].text), *hidden = fill(lines[i].hidden);
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        redact_text(&out, text);
        if (strstr(out.buf, hidden))
            fail_msg("%s is shown: %s", lines[i].reason, lines[i].text);
        if (!strstr(out.buf, "<redacted:"))
            fail_msg("%s: nothing says that something is hidden", lines[i].reason);
    }
}

static void lines_without_secrets_are_shown_as_they_are(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "ENV KEYBOARD_LAYOUT=de BYPASS=1 TOKENIZERS_PARALLELISM=true GPG_KEY=0123ABCD",
        "RUN apt-get install -y libkeyutils1=1.6",
        "RUN echo x | docker login --password-stdin h.net",
        "ENV DB_PASSWORD=$OTHER TOKEN=${FROM_ELSEWHERE}",
        "ENV DB_PASSWORD=<redacted:0123456789ab>",
        "WORKDIR /app",
    };
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        redact_text(&out, plain[i]);
        assert_string_equal(out.buf, plain[i]);
    }
}

static void fingerprint_is_of_the_value_without_its_quotes(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf bare = STRBUF_INIT, quoted = STRBUF_INIT;
    char fingerprint[FINGERPRINT_TEXT_MAX];
    redact_text(&bare, "A_TOKEN=abcd1234");
    redact_text(&quoted, "A_TOKEN='abcd1234'");
    secret_fingerprint(fingerprint, span_of_text("abcd1234"));
    assert_non_null(strstr(bare.buf, fingerprint));
    assert_non_null(strstr(quoted.buf, fingerprint));
}

/* Scripts and the commands that run in them, "sudo" where it leads there. */
static void add_command(void *context, const struct shell_command *command)
{
    strbuf_addf(context, "%s%s", command->sudo ? "sudo " : "", command->name);
    for (size_t i = 0; i < command->count; i++)
        strbuf_addf(context, " %s", command->words[i]);
    strbuf_add_char(context, '|');
}

static void scripts_are_read_as_a_shell_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *script, *commands;
    } scripts[] = {
        {"a; b && c || d | e & f\ng", "a|b|c|d|e|f|g|"},
        {"echo 'a; b' \"c && d\" e\\;f", "echo a; b c && d e;f|"},
        {"A=b C='d e' make all", "make all|"},
        {"if true; then a; else b; fi", "true|a|b|"},
        {"(a; b) && { c; }", "a|b|c|"},
        {"sudo -u bob apt-get update", "sudo apt-get update|"},
        {"env X=1 /usr/bin/apt-get -y update", "apt-get -y update|"},
        {"sh -c 'a; b'", "sh -c a; b|a|b|"},
        {"bash -exc \"a && b\"", "bash -exc a && b|a|b|"},
        {"cat <<EOF > f\nsudo x; y\nEOF\nb", "cat|b|"},
        {"bash <<'EOF'\na; b\nEOF\nc", "bash|a|b|c|"},
        {"<<EOF\na\nb\nEOF", "a|b|"},
        {"a # sudo b\nc", "a|c|"},
        {"a >/dev/null 2>&1 </x b", "a b|"},
        {"a \\\n  b", "a b|"},
        {"x=$(sudo a)", "sudo a|"},
        {"", ""},
        {"'unclosed", "unclosed|"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        shell_commands(span_of_text(scripts[i].script), add_command, &out);
        assert_string_equal(out.buf, scripts[i].commands);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_found_with_its_place_and_its_fingerprint),
        cmocka_unit_test(shape_with_one_character_less_is_no_token),
        cmocka_unit_test(shape_within_a_longer_word_is_no_token),
        cmocka_unit_test(shape_filled_with_one_letter_is_a_stand_in),
        cmocka_unit_test(every_kind_of_private_key_is_found),
        cmocka_unit_test(key_without_its_end_is_none),
        cmocka_unit_test(key_written_within_a_string_has_the_same_fingerprint),
        cmocka_unit_test(certificate_is_met_and_is_no_secret),
        cmocka_unit_test(rows_of_files_are_judged_as_they_say),
        cmocka_unit_test(what_is_found_does_not_depend_on_blocks),
        cmocka_unit_test(binary_file_is_searched_for_keys_alone),
        cmocka_unit_test(rows_of_stores_are_judged_as_they_say),
        cmocka_unit_test(lines_of_the_history_are_shown_without_their_secrets),
        cmocka_unit_test(lines_without_secrets_are_shown_as_they_are),
        cmocka_unit_test(fingerprint_is_of_the_value_without_its_quotes),
        cmocka_unit_test(scripts_are_read_as_a_shell_reads_them),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
