/* What to think of the image and what to do: budgets and suggestions. */
#include "analyzer/report/html/sections.h"

#include <inttypes.h>

#include "analyzer/report/html/markup.h"

static void put_amount_cell(struct html *html, enum unit unit, const struct amount *amount)
{
    if (!amount->known) {
        html_put(html, "<td class=\"number\"></td>");
    } else if (unit == UNIT_BYTES) {
        html_put_size_cell(html, amount->number);
    } else if (unit == UNIT_COUNT) {
        html_put_count_cell(html, amount->number);
    } else {
        html_put(html, "<td class=\"number\">");
        markup_percent(&html->out, (int64_t)(amount->ratio * 100000 + 0.5));
        html_put(html, "</td>");
    }
}

static void put_contributors(struct html *html, const struct budget_result *result)
{
    if (!result->contributor_count)
        return;
    html_put(html, "<ul>");
    for (size_t i = 0; i < result->contributor_count; i++) {
        const struct contributor *item = &result->contributors[i];
        html_put(html, "<li>");
        if (result->unit != UNIT_COUNT)
            html_put_size(html, item->bytes);
        else
            strbuf_addf(&html->out, "%" PRId64, item->bytes);
        if (item->path) {
            html_put(html, " ");
            html_put_path(html, item->path);
        }
        if (item->layer != NO_LAYER)
            strbuf_addf(&html->out, " <a href=\"#layer-%" PRIu32 "\">layer %" PRIu32 "</a>",
                        item->layer, item->layer);
        if (item->instruction) {
            html_put(html, " <code>");
            markup_name(&html->out, item->instruction);
            html_put(html, "</code>");
        }
        if (item->file) {
            html_put(html, " <span class=\"quiet\">");
            markup_name(&html->out, item->file);
            if (item->line)
                strbuf_addf(&html->out, ":%" PRId64, item->line);
            html_put(html, "</span>");
        }
        html_put(html, "</li>");
    }
    html_put(html, "</ul>");
}

static const char *verdict_class(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_SKIPPED:
    case VERDICT_WAIVED:
        return "plain";
    default:
        return "warn";
    }
}

static void write_budget(struct html *html, const struct budget_result *result)
{
    strbuf_addf(&html->out,
                "<tr><td><span class=\"badge %s\">%s</span></td><th scope=\"row\">",
                verdict_class(result->verdict), verdict_name(result->verdict));
    markup_name(&html->out, result->id);
    html_put(html, "<p class=\"quiet\">");
    markup_name(&html->out, result->measure);
    html_put(html, ", ");
    markup_name(&html->out, result->scope);
    if (result->file) {
        html_put(html, ", ");
        markup_name(&html->out, result->file);
        if (result->line)
            strbuf_addf(&html->out, ":%" PRId64, result->line);
    }
    html_put(html, "</p></th>");
    put_amount_cell(html, result->unit, &result->value);
    put_amount_cell(html, result->unit, &result->baseline);
    strbuf_addf(&html->out, "<td class=\"number\">%s ",
                result->at_least ? "at least" : "at most");
    markup_name(&html->out, result->limit_text ? result->limit_text : "");
    html_put(html, "</td>");
    put_amount_cell(html, result->unit, &result->over);
    html_put(html, "<td class=\"long\">");
    html_put_line(html, "say", result->say);
    html_put_line(html, "quiet", result->reason);
    html_put_line(html, "fix", result->fix);
    put_contributors(html, result);
    html_put(html, "</td></tr>\n");
}

void html_write_budgets(struct html *html)
{
    const struct gate *gate = html->report->gate;
    if (!gate)
        return;
    html_open_section(html, "budgets", "Budgets", NULL);
    html_put(html, "<p class=\"meaning\">Ruled by ");
    markup_name(&html->out, gate->rules ? gate->rules : "command line");
    if (gate->baseline) {
        html_put(html, ", against the baseline ");
        markup_name(&html->out, gate->baseline);
    }
    html_put(html, ".</p>\n");
    html_open_table(html, "Budgets and verdicts",
                    "Verdict|Budget|#Value|#Baseline|#Limit|#Over|What it is made of");
    for (size_t i = 0; i < gate->count; i++)
        write_budget(html, &gate->results[i]);
    html_close_table(html);
    html_close_section(html);
}

void html_write_suggestions(struct html *html)
{
    const struct advice *advice = &html->analysis->advice;
    html_open_section(html, "suggestions", "Suggestions",
                      "Each byte counts in one of them at most, so they may be added.");
    if (!advice->count) {
        html_put(html, "<p>Nothing to save was found.</p>\n");
        html_close_section(html);
        return;
    }
    html_open_table(html, "Suggestions", "#Saves|Effort|#Files|Layers|What and how");
    for (size_t i = 0; i < advice->count; i++) {
        const struct suggestion *item = &advice->items[i];
        html_put(html, "<tr>");
        html_put_size_cell(html, item->bytes);
        strbuf_addf(&html->out, "<td>%s</td>", effort_name(item->effort));
        html_put_count_cell(html, item->files);
        html_put(html, "<td>");
        for (size_t l = 0; l < item->layer_count; l++)
            strbuf_addf(&html->out, "%s<a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                        l ? ", " : "", item->layers[l], item->layers[l]);
        html_put(html, "</td><td class=\"long\"><strong>");
        markup_name(&html->out, item->title);
        html_put(html, "</strong>");
        html_put_line(html, "fix", item->fix);
        html_put(html, "</td></tr>\n");
    }
    html_close_table(html);
    html_close_section(html);
}
