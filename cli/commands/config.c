#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/config_file.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/nearest.h"
#include "core/yaml.h"

struct config_options {
    struct config_arguments config;
    const char *output;
    bool origin;
};

static const struct config_options defaults = {.output = "-"};

static const struct option options[] = {
    {.name = "origin",
     .type = OPTION_FLAG,
     OPTION_AT(struct config_options, origin),
     .summary = "show: the file and line that set each value"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct config_options, output),
     .argument = "FILE",
     .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE},
    CONFIG_OPTIONS(struct config_options),
    OPTION_END,
};

static void add_setting(struct strbuf *out, const struct setting *setting, bool origin)
{
    escape_for_terminal(out, span_of_text(setting->key));
    strbuf_add_text(out, " = ");
    escape_for_terminal(out, span_of_text(setting->value));
    if (origin && setting->file) {
        strbuf_add_text(out, "  # ");
        escape_for_terminal(out, span_of_text(setting->file));
        strbuf_addf(out, ":%" PRId64, setting->line);
    } else if (origin) {
        strbuf_add_text(out, "  # dive's default");
    }
    strbuf_add_char(out, '\n');
}

static int show(const struct config_options *given, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct gate_config config;
    if (config_file_read(&config, &given->config, err) < 0)
        return -1;
    strbuf_add_text(&text, "rules: ");
    escape_for_terminal(&text, span_of_text(config.file ? config.file : "none"));
    strbuf_add_char(&text, '\n');
    for (size_t i = 0; i < config.notes.count; i++) {
        strbuf_add_text(&text, "# ");
        escape_for_terminal(&text, span_of_text(config.notes.items[i]));
        strbuf_add_char(&text, '\n');
    }
    for (size_t i = 0; i < config.setting_count; i++)
        add_setting(&text, &config.settings[i], given->origin);
    int result = file_write(given->output, span_of(text.buf, text.len), err);
    gate_config_release(&config);
    return result;
}

static int import(const struct config_options *given, const char *file, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
    if (file_read(&text, file, YAML_BYTES_MAX, err) < 0 ||
        gate_config_import(&out, file, span_of(text.buf, text.len), err) < 0)
        return -1;
    return file_write(given->output, span_of(out.buf, out.len), err);
}

static const char *const actions[] = {"show", "import", NULL};

static int refuse_action(const char *word, struct error *err)
{
    struct nearest near = nearest_to(word);
    for (size_t i = 0; actions[i]; i++)
        nearest_offer(&near, actions[i]);
    error_set(err, ERROR_USAGE, "'config' does not know '%s'", word);
    if (near.best)
        return error_hint(err, "did you mean '%s'?", near.best);
    return error_hint(err, "there are: show, import FILE");
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct config_options *given = invocation->options;
    const char *action = invocation->operands[0];
    bool has_file = invocation->operand_count > 1;
    if (strcmp(action, "show") == 0 && !has_file)
        return show(given, err);
    if (strcmp(action, "show") == 0)
        return error_set(err, ERROR_USAGE, "'show' takes no file; name one with --config");
    if (strcmp(action, "import") != 0)
        return refuse_action(action, err);
    if (!has_file)
        return error_set(err, ERROR_USAGE, "'import' needs a file: .dive-ci or .layerx.yaml");
    return import(given, invocation->operands[1], err);
}

static const struct example examples[] = {
    {"ullage config show --origin", "which file rules, and what line set each value"},
    {"ullage config import .dive-ci -o .ullage.yaml", "move a gate here"},
    {NULL, NULL},
};

const struct command command_config = {
    .name = "config",
    .group = "Images",
    .summary = "show the configuration that rules, or import another tool's",
    .usage = "show | import FILE",
    .description =
        "show prints the values of the configuration that the gate would use here. import "
        "turns a .dive-ci or a .layerx.yaml into a configuration of ours.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct config_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 2,
    .operand_choices = actions,
    .complete = COMPLETE_FILE,
    .run = run,
};
