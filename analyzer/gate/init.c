/* The configuration to begin with. */
#include <inttypes.h>

#include "analyzer/gate/config.h"
#include "core/size.h"

#define HEADROOM 25 /* percent above today's size */

/* Up to two digits that count: 814 kB for 651 kB with headroom becomes 820 kB. */
static void add_limit(struct strbuf *out, const char *key, int64_t today, int percent)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double wanted = (double)today * (100 + percent) / 100;
    double step = 1;
    size_t unit = 0;
    while (wanted / step >= 100)
        step *= 10;
    int64_t limit = (int64_t)(wanted / step);
    if ((double)limit * step < wanted)
        limit++;
    double shown = (double)limit * step;
    while (shown >= 1000 && unit < 4) {
        shown /= 1000;
        unit++;
    }
    strbuf_addf(out, "    %s: %g %s\n", key, shown, units[unit]);
}

static void add_size(struct strbuf *out, const char *id, const char *measure, const char *meaning,
                     int64_t today, const struct analysis *analysis)
{
    char text[SIZE_TEXT_MAX];
    strbuf_addf(out, "  - id: %s # %s\n    measure: %s\n", id, meaning, measure);
    if (!analysis) {
        strbuf_add_text(out, "    warn: 200 MB\n    fail: 250 MB\n");
        return;
    }
    strbuf_addf(out, "    # today: %s\n", size_format(today, SIZE_DECIMAL, text));
    add_limit(out, "warn", today, HEADROOM / 2);
    add_limit(out, "fail", today, HEADROOM);
}

void gate_config_init(struct strbuf *out, const struct analysis *analysis)
{
    const struct sizes none = {0};
    const struct sizes *sizes = analysis ? &analysis->sizes : &none;
    strbuf_add_text(
        out, "# What this image may be: 'ullage gate IMAGE' holds it. Sizes need a unit (kB, MB, "
             "GB are\n"
             "# 1000s, KiB, MiB, GiB 1024s). 'ullage help measures' says what each number means.\n"
             "version: 1\nbudgets:\n");
    add_size(out, "size", "blob_bytes", "the layers as they are stored and pulled",
             sizes->blob_bytes, analysis);
    add_size(out, "waste", "dead_bytes", "shipped, and no container sees it", sizes->dead_bytes,
             analysis);
    strbuf_add_text(out,
                    "  - id: growth # needs --baseline: a report or a summary of the last state\n"
                    "    measure: blob_bytes\n"
                    "    against: baseline\n"
                    "    fail: { more-than: 5%, and-at-least: 3 MB } # both must hold: no noise on "
                    "small images\n"
                    "  - id: never-ship # in any layer, also if a later one deletes it\n"
                    "    measure: shipped\n"
                    "    paths: [\"/root/.cache/**\", \"/var/lib/apt/lists/**\", \"**/.git/**\", "
                    "\"**/.npm/_cacache/**\"]\n");
    strbuf_add_text(out,
                    analysis ? "    warn: 0 # 'fail' once the gate is green\n" : "    fail: 0\n");
    strbuf_add_text(
        out,
        "    say: \"Clean up in the same RUN, or use RUN --mount=type=cache.\"\n"
        "#  - id: one-layer\n"
        "#    measure: content_bytes\n"
        "#    for-each: layer\n"
        "#    fail: 300 MB\n"
        "#  - id: ours-only # needs --base\n"
        "#    measure: live_bytes\n"
        "#    scope: above-base\n"
        "#    fail: 90 MB\n"
        "# A limit that may be passed for a while, with a day and a reason:\n"
        "#waivers:\n"
        "#  - { budget: size, until: 2027-03-31, because: \"ticket 812\" }\n"
        "# 'ullage gate --ratchet' makes limits tighter as the image shrinks, and never looser:\n"
        "#ratchet: { slack: 1%, write: sizes/app.json }\n");
}
