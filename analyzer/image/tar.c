#include "analyzer/image/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/image/tap.h"
#include "core/escape.h"
#include "core/memory.h"

#define STARGZ_INDEX "stargz.index.json"

struct tar {
    locale_t plain_locale; /* names are bytes: no conversion to the caller's locale */
    struct stream *stream;
    struct archive *archive;
    struct archive_entry *entry;
    struct tap tap;
    const struct limits *limits;
    struct error failure; /* of the stream below, met inside libarchive */
    int64_t entries;
    bool stream_ended;
    struct strbuf warning;
    struct strbuf patched; /* a copy of a block whose headers had to be changed */
};

/* Libarchive guesses whether a hard link that claims a size has a payload. Engines know that it has none,
 * so it is shown headers that claim none. A header across two blocks stays as it is: should the guess be
 * wrong then, the two readings disagree and that is an error. */
static const void *patch_headers(struct tar *tar, const void *block, size_t len)
{
    int64_t start = tar->tap.position - (int64_t)len;
    if (!tar->tap.bodiless_count)
        return block;
    strbuf_reset(&tar->patched);
    strbuf_add(&tar->patched, block, len);
    for (size_t i = 0; i < tar->tap.bodiless_count; i++)
        if (tar->tap.bodiless[i] >= start)
            tap_clear_size((unsigned char *)tar->patched.buf + (tar->tap.bodiless[i] - start));
    return tar->patched.buf;
}

static ssize_t feed_archive(struct archive *archive, void *context, const void **ret_block)
{
    struct tar *tar = context;
    ssize_t got = stream_read(tar->stream, ret_block, &tar->failure);
    if (got > 0 && tap_feed(&tar->tap, *ret_block, (size_t)got, &tar->failure) < 0)
        got = -1;
    if (got > 0)
        *ret_block = patch_headers(tar, *ret_block, (size_t)got);
    if (got == 0)
        tar->stream_ended = true;
    if (got < 0)
        archive_set_error(archive, EIO, "%s", tar->failure.text);
    return got < 0 ? ARCHIVE_FATAL : got;
}

static int64_t skip_archive(struct archive *archive, void *context, int64_t len)
{
    struct tar *tar = context;
    (void)archive;
    if (!tar->stream->type->skip || tar->tap.in_block || tar->tap.body_left || tar->tap.ended)
        return 0;
    if (len > tar->tap.skip)
        len = tar->tap.skip;
    int64_t passed = stream_skip(tar->stream, len);
    tap_skip(&tar->tap, passed);
    return passed;
}

int tar_open(struct tar **ret_tar, struct stream *stream, const struct limits *limits,
             struct error *err)
{
    struct tar *tar = memory_alloc_zero(1, sizeof *tar);
    tar->stream = stream;
    tar->limits = limits;
    tar->failure = (struct error)ERROR_INIT;
    tar->warning = (struct strbuf)STRBUF_INIT;
    tar->patched = (struct strbuf)STRBUF_INIT;
    tap_start(&tar->tap, limits);
    tar->plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    tar->archive = archive_read_new();
    tar->entry = archive_entry_new();
    if (!tar->archive || !tar->entry)
        memory_exhausted(0);
    archive_read_support_format_tar(tar->archive);
    /* an empty stream is a layer without entries */
    archive_read_support_format_empty(tar->archive);
    archive_read_set_option(tar->archive, "tar", "hdrcharset", "BINARY");
    archive_read_set_read_callback(tar->archive, feed_archive);
    archive_read_set_skip_callback(tar->archive, skip_archive);
    archive_read_set_callback_data(tar->archive, tar);
    if (archive_read_open1(tar->archive) < ARCHIVE_WARN) {
        if (tar->failure.code != ERROR_NONE)
            error_move(err, &tar->failure);
        else
            error_set(err, ERROR_INPUT, "not a tar");
        tar_close(tar);
        return -1;
    }
    *ret_tar = tar;
    return 0;
}

/* Libarchive's own words, made printable. */
static int refuse(struct tar *tar, struct error *err)
{
    if (tar->failure.code != ERROR_NONE) {
        error_move(err, &tar->failure);
        return -1;
    }
    const char *reason = archive_error_string(tar->archive);
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(reason ? reason : "damaged"));
    int64_t at = archive_read_header_position(tar->archive);
    if (tar->stream_ended) {
        error_set(err, ERROR_INPUT,
                  "tar ends early, at its byte %" PRId64 ", in the entry at byte %" PRId64,
                  tar->tap.position, at);
        return error_hint(err, "the archive is incomplete: copy it again");
    }
    return error_set(err, ERROR_INPUT, "entry at byte %" PRId64 ": %s", at, shown.buf);
}

static enum tar_kind kind_of(struct archive_entry *raw)
{
    if (archive_entry_hardlink(raw))
        return TAR_HARDLINK;
    switch (archive_entry_filetype(raw)) {
    case AE_IFDIR:
        return TAR_DIR;
    case AE_IFLNK:
        return TAR_SYMLINK;
    case AE_IFCHR:
        return TAR_CHAR;
    case AE_IFBLK:
        return TAR_BLOCKDEV;
    case AE_IFIFO:
        return TAR_FIFO;
    default:
        return TAR_FILE;
    }
}

static int sparse_content(struct tar *tar, struct tar_entry *entry, struct error *err)
{
    int64_t offset, len, sum = 0;
    int count = archive_entry_sparse_reset(tar->entry);
    if (limits_check(tar->limits, LIMIT_SPARSE_SEGMENTS, count, "sparse segments", err) < 0)
        return -1;
    entry->sparse = count > 0;
    if (!entry->sparse)
        return 0;
    while (archive_entry_sparse_next(tar->entry, &offset, &len) == ARCHIVE_OK)
        if (len < 0 || __builtin_add_overflow(sum, len, &sum))
            return error_set(err, ERROR_INPUT, "sparse map does not add up");
    entry->content = sum;
    return 0;
}

static int fill_entry(struct tar *tar, struct tar_entry *entry, struct error *err)
{
    struct archive_entry *raw = tar->entry;
    entry->raw = raw;
    entry->kind = kind_of(raw);
    entry->name = archive_entry_pathname(raw);
    if (!entry->name)
        entry->name = "";
    entry->link = entry->kind == TAR_HARDLINK  ? archive_entry_hardlink(raw)
                  : entry->kind == TAR_SYMLINK ? archive_entry_symlink(raw)
                                               : NULL;
    if (entry->kind == TAR_SYMLINK && !entry->link)
        entry->link = "";
    entry->mode = archive_entry_mode(raw) & 07777;
    entry->uid = archive_entry_uid(raw);
    entry->gid = archive_entry_gid(raw);
    entry->mtime = archive_entry_mtime(raw);
    entry->mtime_nsec = (uint32_t)archive_entry_mtime_nsec(raw);
    if (entry->kind == TAR_CHAR || entry->kind == TAR_BLOCKDEV) {
        entry->dev_major = (uint32_t)archive_entry_rdevmajor(raw);
        entry->dev_minor = (uint32_t)archive_entry_rdevminor(raw);
    }
    if (entry->kind == TAR_FILE) {
        entry->size = archive_entry_size(raw);
        entry->content = entry->size;
        if (entry->size < 0)
            return error_set(err, ERROR_INPUT, "negative size");
        if (sparse_content(tar, entry, err) < 0)
            return -1;
        if (entry->sparse)
            entry->claimed = entry->size;
    }
    int64_t longest = (int64_t)strlen(entry->name);
    if (entry->link && (int64_t)strlen(entry->link) > longest)
        longest = (int64_t)strlen(entry->link);
    return limits_check(tar->limits, LIMIT_PATH_BYTES, longest, "path", err);
}

static int next_header(struct tar *tar)
{
    locale_t before = tar->plain_locale ? uselocale(tar->plain_locale) : (locale_t)0;
    int result = archive_read_next_header2(tar->archive, tar->entry);
    if (before)
        uselocale(before);
    return result;
}

/* In the plain locale libarchive warns of every name that is not ASCII, and keeps its bytes: what we want
 * is no warning. */
static bool is_about_locale(const char *warning)
{
    return warning && span_ends_with(span_of_text(warning), "to current locale.");
}

int tar_next(struct tar *tar, struct tar_entry *ret_entry, struct error *err)
{
    int result = next_header(tar);
    if (result == ARCHIVE_EOF) {
        if (tar->failure.code != ERROR_NONE || tar->tap.in_block || tar->tap.skip ||
            tar->tap.in_member)
            return refuse(tar, err);
        return 0;
    }
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        return refuse(tar, err);
    if (limits_check(tar->limits, LIMIT_ENTRIES, ++tar->entries, "entries", err) < 0)
        return -1;

    struct tap_entry seen;
    struct tar_entry entry = {0};
    int64_t at = archive_read_header_position(tar->archive);
    if (!tap_take(&tar->tap, at, &seen))
        return error_set(err, ERROR_INPUT,
                         "entry at byte %" PRId64 ": two readings of its size disagree", at);
    entry.oddities = seen.oddities;
    entry.claimed = seen.claimed;
    entry.payload = seen.payload;
    const char *reason = archive_error_string(tar->archive);
    if (result == ARCHIVE_WARN && !is_about_locale(reason)) {
        strbuf_reset(&tar->warning);
        escape_for_terminal(&tar->warning, span_of_text(reason ? reason : "odd header"));
        entry.warning = tar->warning.buf;
    }
    if (fill_entry(tar, &entry, err) < 0) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        size_t len = strlen(entry.name);
        escape_for_terminal(&name, span_of(entry.name, len < 200 ? len : 200));
        return error_prefix(err, "entry '%s' at byte %" PRId64, name.buf, at);
    }
    *ret_entry = entry;
    return 1;
}

ssize_t tar_read(struct tar *tar, const void **ret_block, int64_t *ret_offset,
                 struct error *err)
{
    size_t len;
    int result;
    do {
        result = archive_read_data_block(tar->archive, ret_block, &len, ret_offset);
    } while (result == ARCHIVE_OK && len == 0);
    if (result == ARCHIVE_EOF)
        return 0;
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        return refuse(tar, err);
    return (ssize_t)len;
}

int tar_finish(struct tar *tar, struct error *err)
{
    if (tar->failure.code != ERROR_NONE) {
        error_move(err, &tar->failure);
        return -1;
    }
    while (!tar->stream_ended) {
        const void *block;
        ssize_t got = stream_read(tar->stream, &block, err);
        if (got < 0 || (got > 0 && tap_feed(&tar->tap, block, (size_t)got, err) < 0))
            return -1;
        tar->stream_ended = got == 0;
    }
    return 0;
}

struct tar_ending tar_ending(const struct tar *tar)
{
    return (struct tar_ending){
        .bytes = tar->tap.position,
        .behind_end = tar->tap.behind_end,
        .garbage = tar->tap.garbage,
        .stargz = tar->tap.trailer_len == sizeof tar->tap.trailer &&
                  strncmp(tar->tap.trailer, STARGZ_INDEX, sizeof tar->tap.trailer) == 0,
        .no_marker = !tar->tap.ended,
    };
}

void tar_close(struct tar *tar)
{
    if (!tar)
        return;
    if (tar->plain_locale)
        freelocale(tar->plain_locale);
    archive_entry_free(tar->entry);
    archive_read_free(tar->archive);
    tap_release(&tar->tap);
    error_release(&tar->failure);
    strbuf_release(&tar->warning);
    strbuf_release(&tar->patched);
    free(tar);
}

bool tar_probe(const void *bytes, size_t len)
{
    const unsigned char *block = bytes;
    if (len < TAR_BLOCK)
        return false;
    unsigned sum = 0, stored = 0;
    bool zero = true;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        sum += i >= 148 && i < 156 ? ' ' : block[i];
        zero = zero && !block[i];
    }
    if (zero)
        return true;
    size_t i = 148;
    while (i < 156 && block[i] == ' ')
        i++;
    for (; i < 156 && block[i] >= '0' && block[i] <= '7'; i++)
        stored = stored * 8 + (unsigned)(block[i] - '0');
    return sum == stored;
}
