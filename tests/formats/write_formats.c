/* Writes every report format of a few images for the programs that read them:
 *     write_formats FOLDER      FOLDER/CASE.FORMAT, and FOLDER/CASE.live with live_bytes */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/support/bytes.h"
#include "tests/support/report_case.h"

static void write_text(const char *folder, const char *name, const char *format,
                       const struct strbuf *text)
{
    char path[4096];
    struct bytes bytes = BYTES_INIT;
    bytes_add(&bytes, text->buf, text->len);
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, format);
    bytes_write_file(&bytes, path);
    bytes_release(&bytes);
}

static void write_case(const char *folder, const char *name,
                       struct report_case *report_case)
{
    struct strbuf live = STRBUF_INIT;
    for (size_t i = 0; report_formats[i]; i++) {
        struct strbuf text = STRBUF_INIT;
        report_case_write(&text, report_case, report_formats[i]->name);
        write_text(folder, name, report_formats[i]->name, &text);
        strbuf_release(&text);
    }
    strbuf_addf(&live, "%" PRId64 "\n", report_case->analysis->sizes.live_bytes);
    write_text(folder, name, "live", &live);
    strbuf_release(&live);
    report_case_release(report_case);
}

int main(int argc, char **argv)
{
    struct report_case report_case;
    if (argc != 2)
        return 2;
    mkdir(argv[1], 0755);
    report_case_hostile(&report_case);
    write_case(argv[1], "hostile", &report_case);
    report_case_plain(&report_case);
    write_case(argv[1], "plain", &report_case);
    report_case_many(&report_case, 2500);
    write_case(argv[1], "many", &report_case);
    return 0;
}
