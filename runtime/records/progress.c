#include "runtime/progress.h"

#include <string.h>

#include "core/arena.h"
#include "core/table.h"
#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"

struct known_step {
    struct build_step step;
    const char *key;    /* how the builder calls it: a digest, "#3" */
    struct strbuf rest; /* of a log, until its line ends */
};

struct progress {
    enum progress_dialect dialect;
    build_visit *visit;
    void *context;
    struct arena arena;
    struct known_step *steps;
    size_t count, capacity;
    struct table by_key;
    size_t running; /* of the classic builder: the step that its lines belong to; SIZE_MAX:
                       none */
    size_t failed;  /* the last that failed, SIZE_MAX: none */
    struct strbuf line;
    struct strbuf object; /* rawjson that goes over lines */
    size_t depth;
};

struct progress *progress_new(enum progress_dialect dialect, build_visit *visit,
                              void *context)
{
    struct progress *progress = memory_alloc_zero(1, sizeof *progress);
    *progress = (struct progress){
        .dialect = dialect,
        .visit = visit,
        .context = context,
        .running = SIZE_MAX,
        .failed = SIZE_MAX,
        .line = STRBUF_INIT,
        .object = STRBUF_INIT,
    };
    return progress;
}

void progress_free(struct progress *progress)
{
    if (!progress)
        return;
    for (size_t i = 0; i < progress->count; i++)
        strbuf_release(&progress->steps[i].rest);
    free(progress->steps);
    table_release(&progress->by_key);
    arena_release(&progress->arena);
    strbuf_release(&progress->line);
    strbuf_release(&progress->object);
    free(progress);
}

size_t progress_step_count(const struct progress *progress)
{
    return progress->count;
}

const struct build_step *progress_step(const struct progress *progress, size_t index)
{
    return index < progress->count ? &progress->steps[index].step : NULL;
}

static int tell(struct progress *progress, enum build_event_kind kind, size_t step,
                struct span text, struct error *err)
{
    struct build_event event = {
        .kind = kind,
        .step = progress_step(progress, step),
        .text = text,
        .current = VALUE_UNKNOWN,
        .total = VALUE_UNKNOWN,
    };
    return progress->visit(progress->context, &event, err);
}

/* -- names of steps -- */

static bool take_unsigned(struct span *rest, unsigned *ret_number)
{
    unsigned number = 0;
    size_t i = 0;
    for (; i < rest->len && i < 9 && rest->ptr[i] >= '0' && rest->ptr[i] <= '9'; i++)
        number = number * 10 + (unsigned)(rest->ptr[i] - '0');
    *rest = span_of(rest->ptr + i, rest->len - i);
    *ret_number = number;
    return i > 0;
}

static bool take_char(struct span *rest, char c)
{
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = span_of(rest->ptr + 1, rest->len - 1);
    return true;
}

static bool take_fraction(struct span *rest, struct build_step *step)
{
    unsigned number, total;
    if (!take_unsigned(rest, &number) || !take_char(rest, '/') ||
        !take_unsigned(rest, &total))
        return false;
    step->number = number;
    step->total = total;
    return true;
}

/* "[app 2/3] RUN make", "[2/3] RUN make", "[linux/amd64 app 2/3] RUN make"; "[internal]
 * ..." is no step of the Dockerfile. */
static void read_name(struct progress *progress, struct build_step *step)
{
    struct span name = span_of_text(step->name);
    const char *end = memchr(name.ptr, ']', name.len);
    step->stage = step->instruction = "";
    if (!end || name.ptr[0] != '[')
        return;
    struct span head = span_of(name.ptr + 1, (size_t)(end - name.ptr) - 1);
    const char *space = head.len ? memrchr(head.ptr, ' ', head.len) : NULL;
    size_t before = space ? (size_t)(space - head.ptr) : 0;
    struct span fraction = space ? span_of(space + 1, head.len - before - 1) : head;
    if (!take_fraction(&fraction, step) || fraction.len) {
        step->number = step->total = 0;
        return;
    }
    struct span stage = span_of(head.ptr, before);
    const char *platform_end = stage.len ? memrchr(stage.ptr, ' ', stage.len) : NULL;
    if (platform_end)
        stage = span_of(platform_end + 1, before - (size_t)(platform_end - stage.ptr) - 1);
    step->stage = arena_dup(&progress->arena, stage.ptr, stage.len);
    struct span instruction =
        span_trimmed(span_of(end + 1, name.len - (size_t)(end - name.ptr) - 1));
    step->instruction = arena_dup(&progress->arena, instruction.ptr, instruction.len);
}

static bool same_key(const void *context, uint32_t number, const void *key)
{
    const struct progress *progress = context;
    return span_equals_text(*(const struct span *)key, progress->steps[number].key);
}

static int find_step(struct progress *progress, struct span key, size_t *ret_index)
{
    uint32_t found = table_find(&progress->by_key, table_hash(key.ptr, key.len, 0),
                                same_key, progress, &key);
    *ret_index = found == TABLE_NONE ? SIZE_MAX : found;
    return found == TABLE_NONE ? -1 : 0;
}

static int add_step(struct progress *progress, struct span key, struct span name,
                    size_t *ret_index, struct error *err)
{
    if (progress->count == BUILD_STEPS_MAX)
        return error_set(err, ERROR_LIMIT, "the build has more than %zu steps",
                         BUILD_STEPS_MAX);
    progress->steps = memory_grow(progress->steps, progress->count, &progress->capacity,
                                  sizeof *progress->steps);
    size_t index = progress->count++;
    struct known_step *known = &progress->steps[index];
    *known = (struct known_step){.rest = STRBUF_INIT};
    known->key = arena_dup(&progress->arena, key.ptr, key.len);
    known->step.index = index;
    known->step.name = arena_dup(&progress->arena, name.ptr, name.len);
    read_name(progress, &known->step);
    table_add(&progress->by_key, table_hash(key.ptr, key.len, 0), (uint32_t)index);
    *ret_index = index;
    return 0;
}

static int start_step(struct progress *progress, size_t index, struct error *err)
{
    struct build_step *step = &progress->steps[index].step;
    if (step->started)
        return 0;
    step->started = true;
    return tell(progress, BUILD_STEP_STARTED, index, span_of_text(""), err);
}

static int end_step(struct progress *progress, size_t index, enum build_event_kind how,
                    struct span why, struct error *err)
{
    struct known_step *known = &progress->steps[index];
    if (known->step.finished)
        return 0;
    if (start_step(progress, index, err) < 0)
        return -1;
    if (known->rest.len) {
        struct span rest = span_of(known->rest.buf, known->rest.len);
        int result = tell(progress, BUILD_LOG, index, rest, err);
        strbuf_reset(&known->rest);
        if (result < 0)
            return -1;
    }
    known->step.finished = true;
    known->step.cached = how == BUILD_STEP_CACHED;
    known->step.failed = how == BUILD_STEP_FAILED;
    if (known->step.failed)
        progress->failed = index;
    return tell(progress, how, index, why, err);
}

/* -- rawjson -- */

static int read_vertex(struct progress *progress, const json_t *vertex, struct error *err)
{
    struct arena scratch = {0};
    size_t index;
    struct span key = span_of_text(field_text(&scratch, vertex, "digest"));
    struct span name = span_of_text(field_text(&scratch, vertex, "name"));
    struct span why = span_of_text(field_text(&scratch, vertex, "error"));
    bool completed = field_find(vertex, "completed") != NULL;
    int result = 0;
    if (find_step(progress, key, &index) < 0)
        result = add_step(progress, key, name, &index, err);
    if (result == 0 && (field_find(vertex, "started") || completed))
        result = start_step(progress, index, err);
    if (result == 0 && why.len)
        result =
            end_step(progress, index,
                     memmem(why.ptr, why.len, "context canceled", 16) ? BUILD_STEP_CANCELLED
                                                                      : BUILD_STEP_FAILED,
                     why, err);
    else if (result == 0 && completed)
        result =
            end_step(progress, index,
                     field_bool(vertex, "cached") ? BUILD_STEP_CACHED : BUILD_STEP_DONE,
                     span_of_text(""), err);
    arena_release(&scratch);
    return result;
}

static int read_status(struct progress *progress, const json_t *status, struct error *err)
{
    struct arena scratch = {0};
    size_t index;
    struct build_event event = {
        .kind = BUILD_STEP_TRANSFER,
        .text = span_of_text(field_text(&scratch, status, "id")),
        .current = field_int(status, "current", VALUE_UNKNOWN),
        .total = field_int(status, "total", VALUE_UNKNOWN),
    };
    int result = 0;
    if (find_step(progress, span_of_text(field_text(&scratch, status, "vertex")), &index) ==
        0) {
        event.step = progress_step(progress, index);
        result = progress->visit(progress->context, &event, err);
    }
    arena_release(&scratch);
    return result;
}

static int base64_digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* What is no base64 ends it. */
static void base64_decode(struct strbuf *out, struct span text)
{
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = base64_digit(text.ptr[i]);
        if (digit < 0)
            return;
        bits = (bits << 6 | (unsigned)digit) & 0xffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            strbuf_add_char(out, (char)(bits >> have & 0xff));
        }
    }
}

/* Whole lines go to the visitor, the rest waits for more; a line that grows too long goes
 * in parts. */
static int add_log(struct progress *progress, size_t index, struct span text,
                   struct error *err)
{
    while (text.len) {
        struct strbuf *rest = &progress->steps[index].rest;
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        size_t room = BUILD_LINE_MAX - rest->len;
        bool full = len > room;
        strbuf_add(rest, text.ptr, full ? room : len);
        size_t used = full ? room : len + (end != NULL);
        text = span_of(text.ptr + used, text.len - used);
        if (!full && !end)
            return 0;
        if (rest->len && rest->buf[rest->len - 1] == '\r')
            strbuf_truncate(rest, rest->len - 1);
        int result = tell(progress, BUILD_LOG, index, span_of(rest->buf, rest->len), err);
        strbuf_reset(rest);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int read_log(struct progress *progress, const json_t *log, struct error *err)
{
    size_t index;
    struct arena scratch = {0};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct span key = span_of_text(field_text(&scratch, log, "vertex"));
    base64_decode(&text, span_of_text(field_text(&scratch, log, "data")));
    int result = 0;
    if (find_step(progress, key, &index) == 0)
        result = add_log(progress, index, span_of(text.buf, text.len), err);
    arena_release(&scratch);
    return result;
}

static int read_warning(struct progress *progress, const json_t *warning, struct error *err)
{
    struct arena scratch = {0};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const char *encoded = field_text(&scratch, warning, "short");
    base64_decode(&text, span_of_text(encoded));
    int result =
        text.len ? tell(progress, BUILD_MESSAGE, SIZE_MAX, span_of(text.buf, text.len), err)
                 : 0;
    arena_release(&scratch);
    return result;
}

static int each(struct progress *progress, const json_t *object, const char *key,
                int (*read)(struct progress *progress, const json_t *row,
                            struct error *err),
                struct error *err)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(object, key), i, row)
    {
        if (read(progress, row, err) < 0)
            return -1;
    }
    return 0;
}

static int read_object(void *context, const json_t *object, struct error *err)
{
    struct progress *progress = context;
    return each(progress, object, "vertexes", read_vertex, err) < 0 ||
                   each(progress, object, "statuses", read_status, err) < 0 ||
                   each(progress, object, "logs", read_log, err) < 0 ||
                   each(progress, object, "warnings", read_warning, err) < 0
               ? -1
               : 0;
}

/* -- text -- */

/* "Dockerfile:2", behind the steps, says where the failure was. */
static void note_line(struct progress *progress, struct span line)
{
    unsigned number;
    const char *colon = line.len ? memrchr(line.ptr, ':', line.len) : NULL;
    if (!colon || progress->failed == SIZE_MAX || memchr(line.ptr, ' ', line.len))
        return;
    struct span rest = span_of(colon + 1, line.len - (size_t)(colon - line.ptr) - 1);
    if (take_unsigned(&rest, &number) && !rest.len &&
        !progress->steps[progress->failed].step.line)
        progress->steps[progress->failed].step.line = number;
}

static int message(struct progress *progress, struct span line, struct error *err)
{
    note_line(progress, line);
    return line.len ? tell(progress, BUILD_MESSAGE, SIZE_MAX, line, err) : 0;
}

static int raw_json_line(struct progress *progress, struct span line, struct error *err)
{
    bool opens = !progress->depth && line.len && line.ptr[0] == '{';
    if (!opens && !progress->depth)
        return message(progress, line, err);
    bool in_string = false;
    for (size_t i = 0; i < line.len;
         i++) { /* a string ends in its line: JSON escapes line ends */
        char c = line.ptr[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            progress->depth++;
        else if (!in_string && (c == '}' || c == ']') && progress->depth)
            progress->depth--;
    }
    if (line.len + 1 > ENGINE_RECORD_BYTES_MAX - progress->object.len)
        return error_set(err, ERROR_LIMIT,
                         "a record of the build's progress is larger than %zu bytes",
                         ENGINE_RECORD_BYTES_MAX);
    strbuf_add(&progress->object, line.ptr, line.len);
    strbuf_add_char(&progress->object, '\n');
    if (progress->depth)
        return 0;
    struct span text = span_of(progress->object.buf, progress->object.len);
    int result = documents_read(text, "progress", read_object, progress, err);
    strbuf_reset(&progress->object);
    return result;
}

/* "0.123 hi": the time since the step began. */
static struct span without_time(struct span line)
{
    size_t i = 0;
    while (i < line.len &&
           ((line.ptr[i] >= '0' && line.ptr[i] <= '9') || line.ptr[i] == '.'))
        i++;
    bool is_time = i > 2 && i < line.len && line.ptr[i] == ' ' && memchr(line.ptr, '.', i);
    return is_time ? span_of(line.ptr + i + 1, line.len - i - 1) : line;
}

static bool is_timed(struct span line)
{
    return without_time(line).ptr != line.ptr;
}

/* What stands behind "#3 ". The first line names the step. */
static int plain_step(struct progress *progress, struct span key, struct span text,
                      struct error *err)
{
    size_t index;
    if (find_step(progress, key, &index) < 0) {
        if (add_step(progress, key, text, &index, err) < 0)
            return -1;
        return start_step(progress, index, err);
    }
    if (span_equals_text(text, "CACHED"))
        return end_step(progress, index, BUILD_STEP_CACHED, span_of_text(""), err);
    if (span_starts_with(text, "DONE "))
        return end_step(progress, index, BUILD_STEP_DONE, span_of_text(""), err);
    if (span_starts_with(text, "CANCELED"))
        return end_step(progress, index, BUILD_STEP_CANCELLED, span_of_text(""), err);
    if (span_starts_with(text, "ERROR: "))
        return end_step(progress, index, BUILD_STEP_FAILED,
                        span_of(text.ptr + 7, text.len - 7), err);
    bool repeats = span_equals_text(text, "...") ||
                   span_equals_text(text, progress->steps[index].step.name);
    if (repeats)
        return 0;
    if (is_timed(text))
        return tell(progress, BUILD_LOG, index, without_time(text), err);
    return tell(progress, BUILD_STEP_TRANSFER, index, text, err);
}

static int plain_line(struct progress *progress, struct span line, struct error *err)
{
    struct span rest = line;
    unsigned number;
    if (!take_char(&rest, '#') || !take_unsigned(&rest, &number) ||
        (rest.len && rest.ptr[0] != ' '))
        return message(progress, line, err);
    struct span key = span_of(line.ptr, line.len - rest.len);
    if (number == 0) /* of the builder itself */
        return message(progress, span_trimmed(rest), err);
    return plain_step(progress, key, span_trimmed(rest), err);
}

/* The step that runs has ended well, since another begins or the build is done. */
static int end_running(struct progress *progress, enum build_event_kind how,
                       struct span why, struct error *err)
{
    size_t index = progress->running;
    progress->running = SIZE_MAX;
    return index == SIZE_MAX ? 0 : end_step(progress, index, how, why, err);
}

/* "Step 2/3 : RUN make", "STEP 2/3: RUN make", "[1/2] STEP 2/3: RUN make"; false for other
 * lines. */
static bool begins_step(struct span line, struct build_step *step,
                        struct span *ret_instruction, struct span *ret_stage)
{
    struct span rest = line;
    *ret_stage = span_of("", 0);
    if (rest.len && rest.ptr[0] == '[') {
        const char *end = memchr(rest.ptr, ']', rest.len);
        if (!end)
            return false;
        *ret_stage = span_of(rest.ptr + 1, (size_t)(end - rest.ptr) - 1);
        rest = span_trimmed(span_of(end + 1, rest.len - (size_t)(end - rest.ptr) - 1));
    }
    if (!span_starts_with(rest, "Step ") && !span_starts_with(rest, "STEP "))
        return false;
    rest = span_of(rest.ptr + 5, rest.len - 5);
    if (!take_fraction(&rest, step))
        return false;
    rest = span_trimmed(rest);
    if (!take_char(&rest, ':'))
        return false;
    *ret_instruction = span_trimmed(rest);
    return true;
}

static int begin_classic(struct progress *progress, const struct build_step *read,
                         struct span line, struct span instruction, struct span stage,
                         struct error *err)
{
    size_t index;
    if (end_running(progress, BUILD_STEP_DONE, span_of_text(""), err) < 0 ||
        add_step(progress, line, line, &index, err) < 0)
        return -1;
    struct build_step *step = &progress->steps[index].step;
    step->number = read->number;
    step->total = read->total;
    step->stage = arena_dup(&progress->arena, stage.ptr, stage.len);
    step->instruction = arena_dup(&progress->arena, instruction.ptr, instruction.len);
    progress->running = index;
    return start_step(progress, index, err);
}

static bool tells_failure(struct span line)
{
    return (span_starts_with(line, "The command '") &&
            memmem(line.ptr, line.len, "returned a non-zero code", 24)) ||
           span_starts_with(line, "Error: ") ||
           span_starts_with(line, "error building at STEP");
}

static bool ends_build(struct span line)
{
    return span_starts_with(line, "Successfully built ") ||
           span_starts_with(line, "Successfully tagged ") ||
           span_starts_with(line, "COMMIT ") ||
           (line.len && line.ptr[0] == '[' && memmem(line.ptr, line.len, "] COMMIT ", 9));
}

static int legacy_line(struct progress *progress, struct span line, struct error *err)
{
    struct build_step read = {0};
    struct span instruction, stage;
    if (begins_step(line, &read, &instruction, &stage))
        return begin_classic(progress, &read, line, instruction, stage, err);
    if (span_equals_text(line, " ---> Using cache") ||
        span_starts_with(line, "--> Using cache"))
        return end_running(progress, BUILD_STEP_CACHED, span_of_text(""), err);
    if (tells_failure(line))
        return end_running(progress, BUILD_STEP_FAILED, line, err) < 0
                   ? -1
                   : message(progress, line, err);
    if (ends_build(line))
        return end_running(progress, BUILD_STEP_DONE, span_of_text(""), err) < 0
                   ? -1
                   : message(progress, line, err);
    if (span_starts_with(line, " ---> ") || span_starts_with(line, "--> ") ||
        span_starts_with(line, "Removing intermediate container "))
        return 0;
    if (progress->running != SIZE_MAX && line.len)
        return tell(progress, BUILD_LOG, progress->running, line, err);
    return message(progress, line, err);
}

static int take_line(struct progress *progress, struct error *err)
{
    struct span line = span_of(progress->line.buf, progress->line.len);
    while (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    switch (progress->dialect) {
    case PROGRESS_RAWJSON:
        return raw_json_line(progress, line, err);
    case PROGRESS_PLAIN:
        return plain_line(progress, line, err);
    case PROGRESS_LEGACY:
    default:
        return legacy_line(progress, line, err);
    }
}

/* One line of rawjson is a record, of text it is cut. */
static int keep(struct progress *progress, struct span piece, struct error *err)
{
    bool raw = progress->dialect == PROGRESS_RAWJSON;
    size_t room = (raw ? ENGINE_RECORD_BYTES_MAX : BUILD_LINE_MAX) - progress->line.len;
    if (raw && piece.len > room)
        return error_set(err, ERROR_LIMIT,
                         "a record of the build's progress is larger than %zu bytes",
                         ENGINE_RECORD_BYTES_MAX);
    strbuf_add(&progress->line, piece.ptr, piece.len < room ? piece.len : room);
    return 0;
}

int progress_add(struct progress *progress, const void *bytes, size_t len,
                 struct error *err)
{
    struct span rest = span_of(bytes, len);
    while (rest.len) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t piece = end ? (size_t)(end - rest.ptr) : rest.len;
        if (keep(progress, span_of(rest.ptr, piece), err) < 0)
            return -1;
        size_t used = piece + (end != NULL);
        rest = span_of(rest.ptr + used, rest.len - used);
        if (!end)
            return 0;
        int result = take_line(progress, err);
        strbuf_reset(&progress->line);
        if (result < 0)
            return -1;
    }
    return 0;
}

int progress_fail(struct progress *progress, struct span why, struct error *err)
{
    return end_running(progress, BUILD_STEP_FAILED, why, err);
}

int progress_finish(struct progress *progress, struct error *err)
{
    if (progress->line.len && take_line(progress, err) < 0)
        return -1;
    strbuf_reset(&progress->line);
    if (progress->depth)
        return error_set(err, ERROR_ENGINE, "the build's progress is cut within a record");
    return 0;
}
