#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 20 /* narrower is a wrong answer, not a screen */
#define WIDTH_MAX 1000

const struct style style_plain = {
    .bold = "", .dim = "", .red = "", .yellow = "", .green = "", .reset = ""};

const struct style style_color = {
    .bold = "\033[1m",
    .dim = "\033[2m",
    .red = "\033[31m",
    .yellow = "\033[33m",
    .green = "\033[32m",
    .reset = "\033[0m",
};

static bool variable_is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool color_is_forced(void)
{
    return variable_is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0;
}

static bool terminal_is_dumb(void)
{
    const char *name = getenv("TERM");
    return !name || !*name || strcmp(name, "dumb") == 0;
}

static const struct style *choose_style(enum color color, bool is_terminal)
{
    if (color == COLOR_ALWAYS)
        return &style_color;
    if (color == COLOR_NEVER || variable_is_set("NO_COLOR"))
        return &style_plain;
    if (color_is_forced())
        return &style_color;
    return is_terminal && !terminal_is_dumb() ? &style_color : &style_plain;
}

static bool width_is_sane(long width)
{
    return width >= WIDTH_MIN && width <= WIDTH_MAX;
}

static size_t find_width(void)
{
    const char *columns = getenv("COLUMNS");
    if (columns && width_is_sane(strtol(columns, NULL, 10)))
        return (size_t)strtol(columns, NULL, 10);

    static const int streams[] = {STDOUT_FILENO, STDERR_FILENO};
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        struct winsize size;
        if (ioctl(streams[i], TIOCGWINSZ, &size) == 0 && width_is_sane(size.ws_col))
            return size.ws_col;
    }
    return WIDTH_DEFAULT;
}

struct terminal terminal_detect(enum color color)
{
    bool output = isatty(STDOUT_FILENO) == 1;
    bool errors = isatty(STDERR_FILENO) == 1;
    return (struct terminal){
        .output_is_terminal = output,
        .errors_is_terminal = errors,
        .width = find_width(),
        .output = choose_style(color, output),
        .errors = choose_style(color, errors),
    };
}
