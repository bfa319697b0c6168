/* Commands, pipelines and lists, by recursive descent. A list ends at what closes the construct around it
 * or one farther out; whatever else could only close something is an error and passed over, so that
 * reading always goes on. */
#include <string.h>

#include "core/memory.h"
#include "dockerfile/shell/parser.h"

/* What can end a list, as a set. */
enum closer {
    CLOSE_NOTHING = 0,
    CLOSE_PARENTHESIS = 1,
    CLOSE_BRACE = 2,
    CLOSE_THEN = 4,
    CLOSE_DO = 8,
    CLOSE_DONE = 16,
    CLOSE_FI = 32,
    CLOSE_ELIF = 64,
    CLOSE_ELSE = 128,
    CLOSE_ESAC = 256,
    CLOSE_ARM = 512, /* ;; ;& ;;& */
};

static struct script_list *parse_list(struct parser *p, unsigned closers);
static struct script_command *parse_command(struct parser *p, unsigned closers);

static void *make(struct parser *p, size_t size)
{
    return arena_alloc_zero(&p->script->arena, size);
}

static void skip_comment(struct parser *p)
{
    size_t start = p->at;
    const char *newline = memchr(p->text + p->at, '\n', p->len - p->at);
    p->at = newline ? (size_t)(newline - p->text) : p->len;
    struct script_comment *comment = make(p, sizeof *comment);
    comment->range = parser_range(p, start, p->at);
    comment->next = p->script->comments;
    p->script->comments = comment;
}

static void skip_blanks(struct parser *p)
{
    int c;
    while (is_blank(c = peek(p)))
        p->at++;
    if (c == '#')
        skip_comment(p);
}

static void skip_newlines(struct parser *p)
{
    for (;;) {
        skip_blanks(p);
        if (peek(p) != '\n')
            return;
        newline_take(p);
    }
}

/* The body of a here-document that begins here: up to the line that is its delimiter. */
static void read_body(struct parser *p, struct script_redirection *redirection)
{
    struct span delimiter = redirection->target->value;
    bool strip = redirection->operator.len == 3;
    size_t at = p->at, end = p->len, next = p->len;
    bool found = false;
    while (at < p->len && !found) {
        const char *newline = memchr(p->text + at, '\n', p->len - at);
        size_t line_end = newline ? (size_t)(newline - p->text) : p->len;
        size_t begin = at;
        while (strip && begin < line_end && p->text[begin] == '\t')
            begin++;
        found = span_equal(span_of(p->text + begin, line_end - begin), delimiter);
        if (found) {
            end = at;
            next = newline ? line_end + 1 : line_end;
        }
        at = newline ? line_end + 1 : line_end;
    }
    if (!found)
        parser_error(p, p->at, "a here-document lacks the line that ends it");
    redirection->body = word_parse_body(p, end, redirection->literal, strip);
    p->at = p->last = next;
}

void newline_take(struct parser *p)
{
    take(p);
    while (p->pending) {
        struct pending *pending = p->pending;
        p->pending = pending->next;
        if (!p->pending)
            p->pending_end = &p->pending;
        read_body(p, pending->redirection);
    }
}

/* The length of the word at hand if it is nothing but letters and signs of a reserved word. */
static size_t plain_word(struct parser *p)
{
    size_t at = (peek(p), p->at);
    while (at < p->len && at - p->at < 10 && !is_delimiter((unsigned char)p->text[at]))
        at++;
    bool ended = at >= p->len || is_delimiter((unsigned char)p->text[at]);
    return ended ? at - p->at : 0;
}

static bool at_word(struct parser *p, const char *word)
{
    size_t len = strlen(word);
    return plain_word(p) == len && memcmp(p->text + p->at, word, len) == 0;
}

static void take_word(struct parser *p, const char *word)
{
    p->last = p->at += strlen(word);
}

static const struct {
    const char *word;
    enum closer closer;
} closing_words[] = {
    {"}", CLOSE_BRACE}, {"then", CLOSE_THEN}, {"do", CLOSE_DO},     {"done", CLOSE_DONE},
    {"fi", CLOSE_FI},   {"elif", CLOSE_ELIF}, {"else", CLOSE_ELSE}, {"esac", CLOSE_ESAC},
};

static unsigned closer_here(struct parser *p)
{
    int c = peek(p);
    if (c == ')')
        return CLOSE_PARENTHESIS;
    if (c == ';') {
        int second = peek_second(p);
        return second == ';' || second == '&' ? CLOSE_ARM : CLOSE_NOTHING;
    }
    if (c != '}' && c != 't' && c != 'd' && c != 'f' && c != 'e')
        return CLOSE_NOTHING;
    size_t len = plain_word(p);
    for (size_t i = 0; i < ARRAY_SIZE(closing_words); i++)
        if (strlen(closing_words[i].word) == len &&
            memcmp(closing_words[i].word, p->text + p->at, len) == 0)
            return closing_words[i].closer;
    return CLOSE_NOTHING;
}

static void take_closer(struct parser *p, unsigned closer)
{
    if (closer == CLOSE_PARENTHESIS) {
        take(p);
    } else if (closer == CLOSE_ARM) {
        take(p);
        if (peek(p) == ';')
            take(p);
        if (peek(p) == '&')
            take(p);
    } else {
        for (size_t i = 0; i < ARRAY_SIZE(closing_words); i++)
            if (closing_words[i].closer == closer)
                take_word(p, closing_words[i].word);
    }
}

/* Takes what has to stand here; else tells what is missing. */
static bool expect(struct parser *p, enum closer closer, size_t opened, const char *missing)
{
    skip_newlines(p);
    if (closer_here(p) == closer) {
        take_closer(p, closer);
        return true;
    }
    parser_error(p, opened, missing);
    return false;
}

/* The operator of a redirection at hand, "" if it is none. */
static struct span redirection_operator(struct parser *p)
{
    static const char *const operators[] = {"&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<",
                                            ">>",  ">&", ">|",  ">"};
    peek(p);
    size_t left = p->len - p->at;
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        size_t len = strlen(operators[i]);
        bool ours = speaks_bash(p) ||
                    (operators[i][0] != '&' && strcmp(operators[i], "<<<") != 0);
        if (ours && len <= left && memcmp(p->text + p->at, operators[i], len) == 0)
            return span_of(operators[i], len);
    }
    return span_of("", 0);
}

/* Digits or {name} that stand directly before < or >; their length, 0 if it is none. */
static size_t descriptor_length(struct parser *p)
{
    size_t at = (peek(p), p->at);
    bool braces = speaks_bash(p) && at < p->len && p->text[at] == '{';
    if (braces) {
        at++;
        while (at < p->len && is_name_char((unsigned char)p->text[at]) && at - p->at < 256)
            at++;
        if (at >= p->len || p->text[at] != '}' || at == p->at + 1)
            return 0;
        at++;
    } else {
        while (at < p->len && p->text[at] >= '0' && p->text[at] <= '9' && at - p->at < 10)
            at++;
    }
    bool followed = at < p->len && (p->text[at] == '<' || p->text[at] == '>');
    return followed ? at - p->at : 0;
}

static bool at_redirection(struct parser *p)
{
    int c = peek(p);
    if ((c >= '0' && c <= '9') || c == '{')
        return descriptor_length(p) > 0;
    if ((c == '<' || c == '>') && speaks_bash(p) && peek_second(p) == '(')
        return false; /* a process substitution is a word */
    return (c == '<' || c == '>' || c == '&') && redirection_operator(p).len > 0;
}

static void await_body(struct parser *p, struct script_redirection *redirection)
{
    struct pending *pending = make(p, sizeof *pending);
    pending->redirection = redirection;
    *p->pending_end = pending;
    p->pending_end = &pending->next;
}

static struct script_redirection *parse_redirection(struct parser *p)
{
    struct script_redirection *redirection = make(p, sizeof *redirection);
    size_t start = p->at, descriptor = descriptor_length(p);
    redirection->fd = -1;
    if (descriptor && p->text[p->at] != '{') {
        redirection->fd = 0;
        for (size_t i = 0; i < descriptor && redirection->fd < 1000000; i++)
            redirection->fd = redirection->fd * 10 + (p->text[p->at + i] - '0');
    }
    p->last = p->at += descriptor;
    redirection->operator = redirection_operator(p);
    p->last = p->at += redirection->operator.len;
    while (is_blank(peek(p)))
        p->at++;
    struct script_word *target = word_parse(p);
    if (target->range.start == target->range.end) {
        parser_error(p, start, "a redirection lacks its file");
    } else {
        redirection->target = target;
        if (span_equals_text(redirection->operator, "<<") ||
            span_equals_text(redirection->operator, "<<-")) {
            redirection->literal = target->flags & WORD_QUOTED;
            await_body(p, redirection);
        }
    }
    redirection->range = parser_range(p, start, p->last);
    return redirection;
}

static void parse_redirections(struct parser *p, struct script_command *command)
{
    struct script_redirection **end = &command->redirections;
    while (*end)
        end = &(*end)->next;
    for (;;) {
        skip_blanks(p);
        if (!at_redirection(p))
            return;
        *end = parse_redirection(p);
        end = &(*end)->next;
    }
}

static struct script_command *new_command(struct parser *p, enum script_form form)
{
    struct script_command *command = make(p, sizeof *command);
    command->form = form;
    return command;
}

static struct script_clause *add_clause(struct parser *p, struct script_command *command)
{
    struct script_clause **end = &command->clauses, *clause = make(p, sizeof *clause);
    while (*end)
        end = &(*end)->next;
    return *end = clause;
}

static struct script_word *parse_word_list(struct parser *p, size_t *ret_count)
{
    struct script_word *first = NULL, **end = &first;
    for (;;) {
        skip_blanks(p);
        struct script_word *word = word_parse(p);
        if (word->range.start == word->range.end)
            return first;
        *end = word;
        end = &word->next;
        ++*ret_count;
    }
}

static struct script_command *parse_if(struct parser *p, unsigned closers)
{
    static const unsigned branches = CLOSE_ELIF | CLOSE_ELSE | CLOSE_FI;
    struct script_command *command = new_command(p, COMMAND_IF);
    struct script_clause **end = &command->clauses;
    size_t start = p->at;
    take_word(p, "if");
    for (;;) {
        struct script_clause *clause = *end = make(p, sizeof *clause);
        end = &clause->next;
        clause->test = parse_list(p, closers | CLOSE_THEN | branches);
        if (!clause->test->count)
            parser_error(p, start, "'if' lacks its test");
        expect(p, CLOSE_THEN, start, "'if' lacks its 'then'");
        clause->body = parse_list(p, closers | branches);
        if (closer_here(p) != CLOSE_ELIF)
            break;
        take_closer(p, CLOSE_ELIF);
    }
    if (closer_here(p) == CLOSE_ELSE) {
        take_closer(p, CLOSE_ELSE);
        *end = make(p, sizeof **end);
        (*end)->body = parse_list(p, closers | CLOSE_FI);
    }
    expect(p, CLOSE_FI, start, "'if' lacks its 'fi'");
    return command;
}

/* `do ... done`, or the braces that bash takes instead. */
static void parse_loop_body(struct parser *p, struct script_clause *clause, unsigned closers,
                            size_t start)
{
    skip_newlines(p);
    if (peek(p) == '{' && at_word(p, "{")) {
        take_word(p, "{");
        clause->body = parse_list(p, closers | CLOSE_BRACE);
        expect(p, CLOSE_BRACE, start, "a loop lacks its '}'");
        return;
    }
    expect(p, CLOSE_DO, start, "a loop lacks its 'do'");
    clause->body = parse_list(p, closers | CLOSE_DONE);
    expect(p, CLOSE_DONE, start, "a loop lacks its 'done'");
}

static struct script_command *parse_while(struct parser *p, unsigned closers)
{
    bool until = at_word(p, "until");
    struct script_command *command = new_command(p, until ? COMMAND_UNTIL : COMMAND_WHILE);
    struct script_clause *clause = add_clause(p, command);
    size_t start = p->at;
    take_word(p, until ? "until" : "while");
    clause->test = parse_list(p, closers | CLOSE_DO | CLOSE_DONE);
    if (!clause->test->count)
        parser_error(p, start, "a loop lacks its test");
    parse_loop_body(p, clause, closers, start);
    return command;
}

static struct script_command *parse_for(struct parser *p, unsigned closers)
{
    bool select = at_word(p, "select");
    struct script_command *command = new_command(p, select ? COMMAND_SELECT : COMMAND_FOR);
    struct script_clause *clause = add_clause(p, command);
    size_t start = p->at;
    take_word(p, select ? "select" : "for");
    skip_blanks(p);
    if (peek(p) == '(' && peek_second(p) == '(') {
        take(p);
        peek(p);
        take(p);
        command->words = word_parse_arithmetic(p);
        command->word_count = 1;
    } else {
        command->name = word_parse(p);
        if (command->name->range.start == command->name->range.end)
            parser_error(p, start, "a loop lacks its variable");
        skip_newlines(p);
        if (at_word(p, "in")) {
            take_word(p, "in");
            command->words = parse_word_list(p, &command->word_count);
        }
    }
    skip_blanks(p);
    if (peek(p) == ';' && closer_here(p) == CLOSE_NOTHING)
        take(p);
    parse_loop_body(p, clause, closers, start);
    return command;
}

static struct script_word *parse_patterns(struct parser *p)
{
    struct script_word *first = NULL, **end = &first;
    skip_newlines(p);
    if (peek(p) == '(')
        take(p);
    for (;;) {
        skip_blanks(p);
        struct script_word *word = word_parse(p);
        if (word->range.start != word->range.end) {
            *end = word;
            end = &word->next;
        }
        skip_blanks(p);
        if (peek(p) != '|')
            return first;
        take(p);
    }
}

static struct script_command *parse_case(struct parser *p, unsigned closers)
{
    struct script_command *command = new_command(p, COMMAND_CASE);
    struct script_clause **end = &command->clauses;
    size_t start = p->at;
    take_word(p, "case");
    skip_blanks(p);
    command->words = word_parse(p);
    command->word_count = 1;
    skip_newlines(p);
    if (at_word(p, "in"))
        take_word(p, "in");
    else
        parser_error(p, start, "'case' lacks its 'in'");
    for (;;) {
        skip_newlines(p);
        int c = peek(p);
        if (c == END_OF_TEXT || closer_here(p) == CLOSE_ESAC)
            break;
        size_t before = p->at;
        struct script_clause *clause = *end = make(p, sizeof *clause);
        end = &clause->next;
        clause->patterns = parse_patterns(p);
        if (peek(p) == ')')
            take(p);
        else
            parser_error(p, before, "a pattern of 'case' lacks its ')'");
        clause->body = parse_list(p, closers | CLOSE_ARM | CLOSE_ESAC);
        if (closer_here(p) == CLOSE_ARM)
            take_closer(p, CLOSE_ARM);
        else if (closer_here(p) != CLOSE_ESAC || p->at == before)
            break; /* it closes something farther out */
    }
    expect(p, CLOSE_ESAC, start, "'case' lacks its 'esac'");
    return command;
}

/* One operator of [[ that is no word elsewhere: its length. */
static size_t test_operator(struct parser *p)
{
    int c = peek(p), second = peek_second(p);
    if ((c == '&' && second == '&') || (c == '|' && second == '|'))
        return 2;
    return c == '(' || c == ')' || c == '<' || c == '>' || c == '&' || c == '|' || c == ';';
}

static struct script_command *parse_test(struct parser *p)
{
    struct script_command *command = new_command(p, COMMAND_TEST);
    struct script_word **end = &command->words;
    size_t start = p->at;
    bool regex = false;
    take_word(p, "[[");
    for (;;) {
        skip_newlines(p);
        if (peek(p) == END_OF_TEXT) {
            parser_error(p, start, "'[[' lacks its ']]'");
            return command;
        }
        if (at_word(p, "]]")) {
            take_word(p, "]]");
            return command;
        }
        size_t len = regex ? 0 : test_operator(p);
        struct script_word *word;
        if (len) {
            word = make(p, sizeof *word);
            word->range = parser_range(p, p->at, p->at + len);
            word->value = span_of(p->text + p->at, len);
            if (peek(p) == ';')
                parser_error(p, p->at, "';' within '[['");
            p->last = p->at += len;
        } else {
            size_t before = p->at;
            word = regex ? word_parse_regex(p) : word_parse(p);
            if (p->at == before)
                take(p); /* nothing that a word begins with */
        }
        regex = span_equals_text(word->value, "=~");
        *end = word;
        end = &word->next;
        command->word_count++;
    }
}

static struct script_command *parse_group(struct parser *p, unsigned closers)
{
    struct script_command *command = new_command(p, COMMAND_GROUP);
    size_t start = p->at;
    take_word(p, "{");
    add_clause(p, command)->body = parse_list(p, closers | CLOSE_BRACE);
    expect(p, CLOSE_BRACE, start, "'{' lacks its '}'");
    return command;
}

static struct script_command *parse_parenthesis(struct parser *p)
{
    size_t start = p->at;
    struct parser ahead = *p;
    take(&ahead);
    bool twice = peek(&ahead) == '(';
    take(&ahead);
    if (twice && word_is_arithmetic(&ahead)) {
        struct script_command *command = new_command(p, COMMAND_ARITHMETIC);
        p->at = ahead.at;
        p->last = ahead.last;
        command->words = word_parse_arithmetic(p);
        command->word_count = 1;
        return command;
    }
    struct script_command *command = new_command(p, COMMAND_SUBSHELL);
    take(p);
    add_clause(p, command)->body = list_parse_parenthesis(p, start);
    return command;
}

/* Nothing begins here: the end, or a sign that has to stand behind a command. */
static bool lacks_command(struct parser *p)
{
    int c = peek(p);
    return c == END_OF_TEXT || c == ')' || c == ';' || c == '|' || c == '\n' ||
           (c == '&' && !at_redirection(p));
}

static struct script_command *parse_function(struct parser *p, struct script_word *name,
                                             size_t start, unsigned closers)
{
    struct script_command *command = new_command(p, COMMAND_FUNCTION);
    command->name = name;
    skip_newlines(p);
    struct script_pipeline *pipeline = make(p, sizeof *pipeline);
    struct script_list *list = make(p, sizeof *list);
    size_t begin = p->at;
    if (lacks_command(p) || closer_here(p)) {
        parser_error(p, start, "a function lacks its body");
        begin = p->last;
    } else {
        pipeline->commands = parse_command(p, closers);
        pipeline->command_count = 1;
        pipeline->range = pipeline->commands->range;
        list->first = pipeline;
        list->count = 1;
    }
    list->range = parser_range(p, begin, p->last > begin ? p->last : begin);
    add_clause(p, command)->body = list;
    return command;
}

static struct script_command *parse_function_word(struct parser *p, unsigned closers)
{
    size_t start = p->at;
    take_word(p, "function");
    skip_blanks(p);
    struct script_word *name = word_parse(p);
    skip_blanks(p);
    if (peek(p) == '(' && peek_second(p) == ')') {
        take(p);
        peek(p);
        take(p);
    }
    return parse_function(p, name, start, closers);
}

static struct script_command *parse_simple(struct parser *p, unsigned closers)
{
    struct script_command *command = new_command(p, COMMAND_SIMPLE);
    struct script_word **words = &command->words, **assignments = &command->assignments;
    struct script_redirection **redirections = &command->redirections;
    size_t start = p->at;
    for (;;) {
        skip_blanks(p);
        if (at_redirection(p)) {
            *redirections = parse_redirection(p);
            redirections = &(*redirections)->next;
            continue;
        }
        struct script_word *word = word_parse(p);
        if (word->range.start == word->range.end)
            break;
        if (!command->words && (word->flags & WORD_ASSIGNS)) {
            *assignments = word;
            assignments = &word->next;
            continue;
        }
        *words = word;
        words = &word->next;
        command->word_count++;
        if (command->word_count == 1 && !command->assignments && !word->parts) {
            skip_blanks(p);
            struct parser ahead = *p;
            if (peek(&ahead) == '(') {
                take(&ahead);
                while (is_blank(peek(&ahead)))
                    ahead.at++;
                if (peek(&ahead) == ')') {
                    take(&ahead);
                    p->at = ahead.at;
                    p->last = ahead.last;
                    return parse_function(p, word, start, closers);
                }
            }
        }
    }
    return command;
}

static bool begins_compound(struct parser *p, const char *word)
{
    return (unsigned char)word[0] == peek(p) && at_word(p, word);
}

static struct script_command *parse_form(struct parser *p, unsigned closers)
{
    if (peek(p) == '(')
        return parse_parenthesis(p);
    if (begins_compound(p, "{"))
        return parse_group(p, closers);
    if (begins_compound(p, "if"))
        return parse_if(p, closers);
    if (begins_compound(p, "while") || begins_compound(p, "until"))
        return parse_while(p, closers);
    if (begins_compound(p, "for") || (speaks_bash(p) && begins_compound(p, "select")))
        return parse_for(p, closers);
    if (begins_compound(p, "case"))
        return parse_case(p, closers);
    if (begins_compound(p, "[["))
        return parse_test(p);
    if (speaks_bash(p) && begins_compound(p, "function"))
        return parse_function_word(p, closers);
    return parse_simple(p, closers);
}

static struct script_command *parse_command(struct parser *p, unsigned closers)
{
    size_t start = (peek(p), p->at);
    if (!parser_enter(p)) {
        struct script_command *unread = new_command(p, COMMAND_SIMPLE);
        unread->range = parser_range(p, start, p->last);
        return unread;
    }
    struct script_command *command = parse_form(p, closers);
    if (command->form != COMMAND_SIMPLE)
        parse_redirections(p, command);
    size_t end = p->last > start ? p->last : start;
    command->range = parser_range(p, start, end);
    parser_leave(p);
    return command;
}

static bool at_pipe(struct parser *p)
{
    return peek(p) == '|' && peek_second(p) != '|';
}

/* `!` and, in bash, `time` with its -p. */
static void parse_prefixes(struct parser *p, struct script_pipeline *pipeline)
{
    for (;;) {
        skip_blanks(p);
        if (peek(p) == '!' && at_word(p, "!")) {
            take_word(p, "!");
            pipeline->negated = !pipeline->negated;
        } else if (peek(p) == 't' && speaks_bash(p) && at_word(p, "time")) {
            take_word(p, "time");
            pipeline->timed = true;
            skip_blanks(p);
            if (at_word(p, "-p"))
                take_word(p, "-p");
        } else {
            return;
        }
    }
}

static struct script_pipeline *parse_pipeline(struct parser *p, unsigned closers)
{
    struct script_pipeline *pipeline = make(p, sizeof *pipeline);
    struct script_command **end = &pipeline->commands;
    size_t start = p->at;
    parse_prefixes(p, pipeline);
    for (;;) {
        if (lacks_command(p) || closer_here(p)) {
            if (pipeline->commands || !pipeline->timed)
                parser_error(p, start, pipeline->commands ? "a command is missing behind '|'"
                                                          : "a command is missing");
            break;
        }
        struct script_command *command = *end = parse_command(p, closers);
        end = &command->next;
        pipeline->command_count++;
        skip_blanks(p);
        if (!at_pipe(p))
            break;
        size_t at = p->at;
        take(p);
        if (speaks_bash(p) && peek(p) == '&') {
            take(p);
            command->pipe_stderr = true;
        }
        command->pipe = parser_range(p, at, p->last);
        skip_newlines(p);
        if (peek(p) == '!' && at_word(p, "!"))
            parser_error(p, p->at, "'!' is for a whole pipeline and stands before it");
    }
    size_t last = p->last > start ? p->last : start;
    pipeline->range = parser_range(p, start, last);
    return pipeline;
}

struct joint {
    enum script_joint kind;
    size_t start, end;
};

static bool at_twice(struct parser *p, int c)
{
    return peek(p) == c && peek_second(p) == c;
}

/* What stands between this pipeline and the next. False at what is no operator of a list. */
static bool take_joint(struct parser *p, struct script_pipeline *pipeline, struct joint *ret_joint)
{
    enum script_joint kind = JOINT_THEN;
    skip_blanks(p);
    size_t start = p->at;
    int c = peek(p);
    if (at_twice(p, '&') || at_twice(p, '|')) {
        kind = c == '&' ? JOINT_AND : JOINT_OR;
        take(p);
        peek(p);
        take(p);
    } else if (c == '&') {
        take(p);
        pipeline->background = true;
    } else if (c == ';' && !closer_here(p)) {
        take(p);
    } else if (c == '\n') {
        newline_take(p);
        *ret_joint = (struct joint){kind, start, start + 1};
        return true;
    } else {
        return false;
    }
    *ret_joint = (struct joint){kind, start, p->last};
    return true;
}

/* Passes over a sign that begins nothing and closes nothing here. */
static void pass_over(struct parser *p)
{
    size_t start = p->at;
    unsigned closer = closer_here(p);
    if (closer)
        take_closer(p, closer);
    else
        take(p);
    parser_error(p, start, "nothing is open that this would close, or it lacks a command before it");
}

static struct script_list *parse_list(struct parser *p, unsigned closers)
{
    struct script_list *list = make(p, sizeof *list);
    struct script_pipeline **end = &list->first;
    struct joint joint = {.kind = JOINT_FIRST};
    size_t start = p->at, last = p->at;
    for (;;) {
        skip_newlines(p);
        unsigned closer = closer_here(p);
        if (peek(p) == END_OF_TEXT || (closer & closers)) {
            if (joint.kind == JOINT_AND || joint.kind == JOINT_OR)
                parser_error(p, joint.start, "a command is missing behind the operator");
            break;
        }
        if (closer || (lacks_command(p) && peek(p) != '\n')) {
            pass_over(p);
            continue;
        }
        if (!list->count)
            start = p->at;
        struct script_pipeline *pipeline = *end = parse_pipeline(p, closers);
        end = &pipeline->next;
        list->count++;
        pipeline->joint = list->count == 1 ? JOINT_FIRST : joint.kind;
        pipeline->joint_range = list->count == 1
                                    ? (struct script_range){pipeline->range.start, pipeline->range.start}
                                    : parser_range(p, joint.start, joint.end);
        last = p->last;
        if (!take_joint(p, pipeline, &joint)) {
            joint = (struct joint){JOINT_THEN, p->at, p->at};
            if (peek(p) != END_OF_TEXT && !closer_here(p))
                parser_error(p, p->at, "a separator is missing here");
        }
    }
    list->range = parser_range(p, start, last > start ? last : start);
    return list;
}

/* Here-documents whose line never ended. */
static void end_pending(struct parser *p)
{
    while (p->pending) {
        struct pending *pending = p->pending;
        p->pending = pending->next;
        read_body(p, pending->redirection);
    }
    p->pending_end = &p->pending;
}

struct script_list *list_parse_parenthesis(struct parser *p, size_t opened)
{
    if (!parser_enter(p))
        return make(p, sizeof(struct script_list));
    struct script_list *list = parse_list(p, CLOSE_PARENTHESIS);
    if (peek(p) == ')')
        take(p);
    else
        parser_error(p, opened, "a parenthesis is not closed");
    parser_leave(p);
    return list;
}

struct script_list *list_parse_all(struct parser *p)
{
    struct script_list *list = parse_list(p, CLOSE_NOTHING);
    end_pending(p);
    return list;
}
