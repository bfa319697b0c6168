#include "cli/topics.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/limits.h"

static const struct term measures[] = {
    {"blob_bytes",
     "Bytes of the layers as they are stored and transferred: compressed where the "
     "layer is. A layer that the image lists twice counts twice; the configuration "
     "and the manifest do not count."},
    {"tar_bytes",
     "Length of the uncompressed layer streams, which is what a diff_id covers: "
     "headers, padding and whatever follows the end marker included."},
    {"content_bytes",
     "Payload of the regular files in all layers. A hard link adds nothing, a "
     "sparse file only the segments that hold data."},
    {"live_bytes",
     "Content that can be reached in the final filesystem. An inode counts once, "
     "however many names it has."},
    {"dead_bytes",
     "content_bytes - live_bytes, exactly: shipped with the image, reachable by "
     "nobody."},
    {"duplicate_bytes",
     "Live content that repeats in other live inodes, beyond the first of "
     "each. Empty files do not count. Never part of dead_bytes."},
    {"efficiency",
     "live_bytes / content_bytes, from 0 to 1; 1 for an image without content."},
    {"download_bytes",
     "What a pull transfers: blob_bytes where layers are compressed, otherwise "
     "an estimate from a sample of at most 4 MiB, marked as one and within 15 "
     "percent."},
    {"shipped",
     "Gate: bytes of the files in all layers that match the patterns, deleted by a later layer or "
     "not."},
    {"files", "Gate: names of regular files that a container sees."},
    {"entries", "Gate: entries of all layers, folders, links and whiteouts included."},
    {"layers", "Gate: layers of the image."},
    {"dive.*",
     "Gate: dive.sizeBytes, dive.wastedBytes, dive.userWastedPercent and dive.efficiencyScore, as "
     "dive computes them."},
    {NULL, NULL},
};

static const char measures_causes[] =
    "Dead bytes have one cause each, the event that took the last name of the file:\n"
    "\n"
    "  rewritten     a later layer has other content at this path\n"
    "  reemitted     a later layer has the same content: chmod, chown, touch\n"
    "  deleted       a later layer removes the path or a directory above it\n"
    "  opaque        a later layer replaces the whole directory\n"
    "  type_changed  a file became a directory, a link, or the reverse\n"
    "  shadowed      the same layer has the path again\n"
    "\n"
    "The causes sum to dead_bytes, and the rows of the layers to the totals. The block "
    "'dive' of "
    "a report holds dive's own figures, computed as dive does, to compare with and to move "
    "a "
    "gate over.";

static const struct term exit_codes[] = {
    {"0", "Done, and every limit holds. Warnings are allowed unless --strict is given."},
    {"1",
     "A limit, rule or comparison failed. The only code that judges your image or file."},
    {"2", "The command line or a configuration is wrong."},
    {"3", "The input is unreadable, damaged, unsupported or no image, a digest does not "
          "match, or "
          "there is not enough evidence to answer."},
    {"4", "A baseline is required and missing, or does not compare; the base that was named is none "
          "of this image."},
    {"5", "The output could not be written."},
    {"6", "A safety limit stopped the work; what was read so far is reported as partial."},
    {"70", "An internal error: please report it."},
    {NULL, NULL},
};

static const struct term formats[] = {
    {"text",
     "For people: tables that fit the terminal, with sizes in decimal units as 'docker "
     "images' prints them. It may change; do not parse it."},
    {"json",
     "One document. Bytes are integers, ratios go from 0 to 1 or are null, times are RFC "
     "3339, lists are never null. Its first key names the schema and its version; "
     "additions keep the version."},
    {"ndjson",
     "One JSON object a line as the work goes on: a header, an object for each entry, "
     "a summary. For images with millions of entries."},
    {"csv",
     "A header and a row for each layer, quoted as in RFC 4180. Cells that a spreadsheet "
     "would take for a formula are defused."},
    {"markdown",
     "A comment for a pull request, or the summary of a CI step: at most 65,000 bytes, with a "
     "marker in its first line by which a bot finds it again."},
    {"sarif",
     "SARIF 2.1.0 for code scanning: findings and budgets that warn or fail, at most the worst "
     "5,000. An alert is known again by rule, budget and path, not by a size."},
    {"junit",
     "JUnit's XML: a test case for each budget and each finding. A finding of severity error is "
     "a failure."},
    {"gitlab", "GitLab's code quality report of the same findings."},
    {"codeclimate", "The same in Code Climate's engine format: each issue ends with a NUL."},
    {"checkstyle", "The same as Checkstyle's XML, for Jenkins, reviewdog and editors."},
    {"gnu", "The same as lines, FILE:LINE:COLUMN: SEVERITY: MESSAGE [RULE]."},
    {"sonarqube", "The same as SonarQube's generic issues, with their rules."},
    {"github",
     "The same as workflow commands of GitHub: the worst nine of each kind, as it shows no more "
     "than ten."},
    {"openmetrics",
     "Sizes, findings by severity and budgets, by image and platform: for GitLab's metrics "
     "report, a push gateway or the textfile collector of node_exporter."},
    {"github-benchmark",
     "Sizes for github-action-benchmark, as customSmallerIsBetter."},
    {"ncdu",
     "The file system that a container sees, for 'ncdu -f'; its total is live_bytes."},
    {"collapsed",
     "The same as DIR;SUB;FILE BYTES, a line for each file, for flame graphs."},
    {"dot", "Layers and which of them kills what of which, for Graphviz."},
    {"badge", "A small SVG with the size of the download, in the colour of the gate's verdict."},
    {"dive-json",
     "The document of dive's --json, with dive's own figures, for what reads that."},
    {"html",
     "One page for a browser, complete in itself: it asks nothing of any server and can be "
     "read, printed and mailed without its script. The script adds a treemap to walk in, a "
     "table of all paths, search, and the state after each layer."},
    {NULL, NULL},
};

static const char formats_closing[] =
    "A command lists all formats it has under --format. -o FILE writes to a file, which is "
    "replaced only when the output is complete; '-' is the standard output. Commands with "
    "--report FORMAT=FILE write further outputs from the same run.\n"
    "\n"
    "Paths begin with '/'. In text, characters that could drive a terminal are escaped; in "
    "JSON "
    "a name that is not UTF-8 is accompanied by its bytes in base64.";

static const struct term configuration[] = {
    {"version", "1, first."},
    {"budgets", "What is held: a list of mappings with the keys below."},
    {"  id", "Its name in reports, waivers and baselines; required."},
    {"  measure", "What is measured: 'ullage help measures'. Without it, paths mean shipped."},
    {"  paths",
     "Patterns of files: * within a name, ** across folders; one that begins with ! takes away. In "
     "quotes."},
    {"  scope", "image, above-base, base (both need --base) or 'layer N'."},
    {"  for-each", "layer: each holds by itself. platform: each image of the archive is gated."},
    {"  against", "baseline or anchor: the limits speak of growth."},
    {"  warn, fail",
     "The limits: 220 MB, 20, 0.95; with 'against' also 5%, or {more-than: 5%, and-at-least: 3 MB}, "
     "where both must hold. At least one of the two."},
    {"  say", "What a failure shows beside its reasons."},
    {"waivers", "A list of {budget, until, because}; past its last day the budget fails again."},
    {"ratchet", "{slack: 1%, write: FILE}: limits that --ratchet makes tighter and never looser."},
    {"images",
     "For images of a name, or a pattern of names: {budgets: ...}, which stand in place of those "
     "with the same id."},
    {NULL, NULL},
};

static void print_limits(struct page *page)
{
    struct limits limits = limits_default();
    for (int i = 0; i < LIMIT_COUNT; i++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT;
        strbuf_addf(&term, "%s=%" PRId64, limit_name((enum limit)i),
                    limits_get(&limits, (enum limit)i));
        page_row(page, term.buf, limit_reason((enum limit)i), 30);
    }
}

const struct topic topics[] = {
    {.name = "measures",
     .summary = "what the numbers mean",
     .text = "Every number of a report is one of these, defined once for all commands:\n\n",
     .terms = measures,
     .closing = measures_causes},
    {.name = "formats",
     .summary = "the forms of output",
     .text = "--format chooses how a result is written:\n\n",
     .terms = formats,
     .closing = formats_closing},
    {.name = "exit-codes",
     .summary = "what the exit status says",
     .text = "The exit status is the same for every command:\n\n",
     .terms = exit_codes},
    {.name = "configuration",
     .summary = "what .ullage.yaml may say",
     .text = "One file rules: --config FILE (or none), $ULLAGE_CONFIG, the nearest .ullage.yaml from "
             "here up to the root of the repository, .dive-ci here, then "
             "$XDG_CONFIG_HOME/ullage/config.yaml and /etc/ullage/config.yaml. Its keys:\n\n",
     .terms = configuration,
     .closing = "Anything else is an error that shows the line. 'ullage init' writes a "
                "configuration to begin with."},
    {.name = "limits",
     .summary = "how much of an input is read before the work stops",
     .text = "An image may be hostile. Work stops with exit status 6 at the first of these "
             "limits that it passes:\n\n",
     .print = print_limits},
    {.name = NULL},
};

const struct topic *topic_find(const char *name)
{
    for (const struct topic *topic = topics; topic->name; topic++)
        if (strcmp(topic->name, name) == 0)
            return topic;
    return NULL;
}

static size_t term_column(const struct term *terms)
{
    size_t longest = 0;
    for (const struct term *term = terms; term->name; term++)
        if (strlen(term->name) > longest)
            longest = strlen(term->name);
    return 2 + longest + 2;
}

void topic_print(const struct topic *topic, struct page *page)
{
    if (topic->text)
        page_text(page, 0, topic->text);
    size_t column = topic->terms ? term_column(topic->terms) : 0;
    for (const struct term *term = topic->terms; term && term->name; term++)
        page_row(page, term->name, term->meaning, column);
    if (topic->print)
        topic->print(page);
    if (topic->closing) {
        strbuf_add_char(page->out, '\n');
        page_text(page, 0, topic->closing);
    }
}
