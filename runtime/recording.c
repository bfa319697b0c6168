#include "runtime/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "runtime/exec.h"

#define RECORDING_SCHEMA "ullage.recording/1"
#define KEY_BYTES 8
#define KEY_TEXT (2 * KEY_BYTES + 1)
#define SAME_MAX 9999 /* recordings of the same command in one folder */
#define RECORDING_FILE_MAX                                                                 \
    ((size_t)256 << 20) /* two streams of 16 MiB, six bytes for each of theirs */

/* How many recordings of a command were given back. */
struct position {
    char key[KEY_TEXT];
    unsigned given;
};

struct recording {
    enum recording_mode mode;
    char *folder;
    pthread_mutex_t lock;
    struct position *positions;
    size_t count;
    size_t capacity;
};

int recording_open(struct recording **ret_recording, const char *folder,
                   enum recording_mode mode, struct error *err)
{
    if (mode == RECORDING_ADD && mkdir(folder, 0700) < 0 && errno != EEXIST)
        return error_set_errno(err, ERROR_OUTPUT, errno, "cannot make the folder '%s'",
                               folder);
    struct stat status;
    if (stat(folder, &status) < 0)
        return error_set_errno(err, ERROR_USAGE, errno, "cannot use recordings in '%s'",
                               folder);
    if (!S_ISDIR(status.st_mode))
        return error_set(err, ERROR_USAGE, "recordings need a folder, which '%s' is not",
                         folder);
    struct recording *recording = memory_alloc_zero(1, sizeof *recording);
    recording->mode = mode;
    recording->folder = memory_dup_text(folder);
    pthread_mutex_init(&recording->lock, NULL);
    *ret_recording = recording;
    return 0;
}

int recording_from_environment(struct recording **ret_recording, struct error *err)
{
    const char *replay = secure_getenv("ULLAGE_REPLAY");
    const char *record = secure_getenv("ULLAGE_RECORD");
    *ret_recording = NULL;
    if (replay && replay[0] && record && record[0])
        return error_set(err, ERROR_USAGE, "ULLAGE_RECORD and ULLAGE_REPLAY are both set");
    if (replay && replay[0])
        return recording_open(ret_recording, replay, RECORDING_REPLAY, err);
    if (record && record[0])
        return recording_open(ret_recording, record, RECORDING_ADD, err);
    return 0;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    pthread_mutex_destroy(&recording->lock);
    free(recording->positions);
    free(recording->folder);
    free(recording);
}

bool recording_replays(const struct recording *recording)
{
    return recording && recording->mode == RECORDING_REPLAY;
}

/* The same engine may stand elsewhere on another machine: the last part of the name
 * decides. */
static void make_key(char key[KEY_TEXT], const struct exec_request *request)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const char *slash = strrchr(request->program, '/');
    strbuf_add_text(&text, slash ? slash + 1 : request->program);
    for (size_t i = 0; request->arguments && i < request->arguments->count; i++) {
        strbuf_add_char(&text, '\0');
        arguments_show(&text, request->arguments, i);
    }
    struct digest digest;
    digest_of(&digest, text.buf, text.len);
    for (size_t i = 0; i < KEY_BYTES; i++) {
        key[2 * i] = "0123456789abcdef"[digest.bytes[i] >> 4];
        key[2 * i + 1] = "0123456789abcdef"[digest.bytes[i] & 15];
    }
    key[KEY_TEXT - 1] = '\0';
}

static void make_path(struct strbuf *path, const struct recording *recording,
                      const char *key, unsigned number)
{
    strbuf_reset(path);
    strbuf_addf(path, "%s/%s-%04u.json", recording->folder, key, number);
}

/* A stream as text, so that people can read and write recordings, or in base64 if it is
 * none. */
static void write_stream(struct json_writer *writer, const char *name,
                         const struct strbuf *stream)
{
    struct span bytes = span_of(stream->buf, stream->len);
    if (utf8_is_valid(bytes) && !memchr(stream->buf, '\0', stream->len)) {
        json_key(writer, name);
        json_text_span(writer, bytes);
        return;
    }
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&key, "%s_b64", name);
    escape_base64(&text, bytes);
    json_add_text(writer, key.buf, text.buf);
}

static int write_recording(struct strbuf *text, const struct exec_request *request,
                           const struct exec_result *result,
                           const struct recorded_streams *streams, struct error *err)
{
    struct json_writer writer;
    json_writer_start(&writer, sink_to_strbuf(text), false);
    json_open_object(&writer);
    json_add_text(&writer, "schema", RECORDING_SCHEMA);
    json_key(&writer, "request");
    exec_write_json(&writer, request);
    json_add_int(&writer, "input_bytes", (int64_t)result->input_bytes);
    json_add_text(&writer, "outcome", exec_outcome_name(result->outcome));
    json_add_int(&writer, "timeout", (int64_t)result->timeout);
    json_add_int(&writer, "exit_code", result->exit_code);
    json_add_int(&writer, "term_signal", result->term_signal);
    json_add_int(&writer, "wall_ms", result->wall_ms);
    write_stream(&writer, "stdout", &streams->out);
    write_stream(&writer, "stderr", &streams->err);
    json_add_bool(&writer, "cut", streams->cut);
    json_close_object(&writer);
    json_newline(&writer);
    return json_writer_finish(&writer, err);
}

/* The first free number is ours; another process may be recording into the same folder. */
static int create_next(struct strbuf *path, const struct recording *recording,
                       const char *key, struct error *err)
{
    for (unsigned number = 1; number <= SAME_MAX; number++) {
        make_path(path, recording, key, number);
        int fd = open(path->buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            return error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'",
                                   path->buf);
    }
    return error_set(err, ERROR_OUTPUT, "'%s' has %d recordings of one command",
                     recording->folder, SAME_MAX);
}

int recording_add(struct recording *recording, const struct exec_request *request,
                  const struct exec_result *result, const struct recorded_streams *streams,
                  struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (write_recording(&text, request, result, streams, err) < 0)
        return -1;
    char key[KEY_TEXT];
    make_key(key, request);
    pthread_mutex_lock(&recording->lock);
    cleanup_fd int fd = create_next(&path, recording, key, err);
    pthread_mutex_unlock(&recording->lock);
    if (fd < 0)
        return -1;
    struct sink sink = sink_to_fd(&fd);
    if (sink_write(&sink, text.buf, text.len, err) < 0) {
        unlink(path.buf); /* half of one would be replayed as all */
        return error_prefix(err, "cannot write '%s'", path.buf);
    }
    return 0;
}

static unsigned *given_of(struct recording *recording, const char *key)
{
    for (size_t i = 0; i < recording->count; i++)
        if (strcmp(recording->positions[i].key, key) == 0)
            return &recording->positions[i].given;
    recording->positions = memory_grow(recording->positions, recording->count,
                                       &recording->capacity, sizeof *recording->positions);
    struct position *position = &recording->positions[recording->count++];
    memcpy(position->key, key, KEY_TEXT);
    position->given = 0;
    return &position->given;
}

/* The path of the next one, or of the last if there are no more; false if there is none at
 * all. */
static bool choose_next(struct strbuf *path, struct recording *recording, const char *key)
{
    pthread_mutex_lock(&recording->lock);
    unsigned *given = given_of(recording, key);
    make_path(path, recording, key, *given + 1);
    if (access(path->buf, F_OK) == 0)
        ++*given;
    else
        make_path(path, recording, key, *given);
    bool found = *given > 0;
    pthread_mutex_unlock(&recording->lock);
    return found;
}

static int base64_digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static int decode_base64(struct strbuf *out, const char *text, struct error *err)
{
    unsigned bits = 0;
    unsigned held = 0;
    for (; *text && *text != '='; text++) {
        int digit = base64_digit(*text);
        if (digit < 0)
            return error_set(err, ERROR_INPUT, "bad base64");
        bits = (bits << 6 | (unsigned)digit) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            strbuf_add_char(out, (char)(bits >> held & 0xff));
        }
    }
    return 0;
}

static int read_stream(struct strbuf *out, const json_t *document, const char *name,
                       struct error *err)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s_b64", name);
    const char *encoded;
    json_t *text;
    if (json_get_text(&encoded, document, key.buf, err) < 0 ||
        json_get_typed(&text, document, name, JSON_STRING, err) < 0)
        return -1;
    if (encoded)
        return decode_base64(out, encoded, err);
    if (text)
        strbuf_add(out, json_string_value(text), json_string_length(text));
    return 0;
}

static int read_number(int *ret_number, const json_t *document, const char *key, int lowest,
                       int highest, struct error *err)
{
    json_t *value;
    if (json_get_typed(&value, document, key, JSON_INTEGER, err) < 0)
        return -1;
    if (!value)
        return 0;
    json_int_t number = json_integer_value(value);
    if (number < lowest || number > highest)
        return error_set(err, ERROR_INPUT, "'%s' is out of range", key);
    *ret_number = (int)number;
    return 0;
}

static int read_outcome(struct exec_result *result, const json_t *document,
                        struct error *err)
{
    const char *name;
    int timeout = EXEC_TIMEOUT_NONE;
    if (json_get_text(&name, document, "outcome", err) < 0 ||
        read_number(&timeout, document, "timeout", 0, EXEC_TIMEOUT_START, err) < 0 ||
        read_number(&result->exit_code, document, "exit_code", -1, 255, err) < 0 ||
        read_number(&result->term_signal, document, "term_signal", 0, 64, err) < 0)
        return -1;
    result->timeout = (enum exec_timeout)timeout;
    for (int i = EXEC_EXITED; i <= EXEC_LOST; i++)
        if (name && strcmp(name, exec_outcome_name((enum exec_outcome)i)) == 0) {
            result->outcome = (enum exec_outcome)i;
            return 0;
        }
    return error_set(err, ERROR_INPUT, "no outcome");
}

static int read_recording(const char *path, struct exec_result *result,
                          struct recorded_streams *streams, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_json json_t *document = NULL;
    if (file_read(&text, path, RECORDING_FILE_MAX, err) < 0)
        return -1;
    if (json_parse(&document, span_of(text.buf, text.len), err) < 0 ||
        json_expect(document, JSON_OBJECT, "a recording", err) < 0 ||
        read_outcome(result, document, err) < 0 ||
        read_stream(&streams->out, document, "stdout", err) < 0 ||
        read_stream(&streams->err, document, "stderr", err) < 0)
        return error_prefix(err, "%s", path);
    return 0;
}

int recording_next(struct recording *recording, const struct exec_request *request,
                   struct exec_result *result, struct recorded_streams *ret_streams,
                   struct error *err)
{
    char key[KEY_TEXT];
    make_key(key, request);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (!choose_next(&path, recording, key)) {
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        exec_print(&line, request);
        error_set(err, ERROR_ENGINE, "'%s' has no recording of: %s", recording->folder,
                  line.buf);
        return error_hint(err, "record one with ULLAGE_RECORD; it would be '%s-0001.json'",
                          key);
    }
    struct recorded_streams streams = {STRBUF_INIT, STRBUF_INIT, false};
    if (read_recording(path.buf, result, &streams, err) < 0) {
        strbuf_release(&streams.out);
        strbuf_release(&streams.err);
        return -1;
    }
    *ret_streams = streams;
    return 0;
}
