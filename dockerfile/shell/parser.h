/* What the files that read a script share: where reading stands, and the characters there. A backslash
 * before a newline is nothing at all outside of single quotes, so that `peek` passes over it and no caller
 * ever sees one. */
#ifndef ULLAGE_DOCKERFILE_SHELL_PARSER_H
#define ULLAGE_DOCKERFILE_SHELL_PARSER_H

#include "dockerfile/shell.h"

#define END_OF_TEXT (-1)

/* A here-document whose body begins on the next line. */
struct pending {
    struct script_redirection *redirection;
    struct pending *next;
};

/* What a parser has in common with those of the texts within. */
struct shared {
    struct strbuf values; /* of the words that are being read, the innermost last */
    size_t ahead;         /* bytes that may still be read ahead: see word_is_arithmetic */
};

struct parser {
    struct script *script;
    struct shared *shared;
    enum script_dialect dialect;
    const char *text; /* lives as long as the script */
    size_t len;
    size_t at;
    size_t last; /* behind the last character that was taken */
    const struct script_segment *map; /* of a decoded text: to the script's; NULL: it is the script's */
    size_t map_count;
    unsigned depth;
    struct strbuf *values; /* the shared ones */
    struct pending *pending;
    struct pending **pending_end;
};

void parser_start(struct parser *parser, struct script *script, enum script_dialect dialect,
                  struct span text, struct shared *shared);

static inline int peek(struct parser *p)
{
    while (p->at + 1 < p->len && p->text[p->at] == '\\' && p->text[p->at + 1] == '\n')
        p->at += 2;
    return p->at < p->len ? (unsigned char)p->text[p->at] : END_OF_TEXT;
}

/* The character behind the one that peek shows. */
static inline int peek_second(struct parser *p)
{
    if (peek(p) == END_OF_TEXT)
        return END_OF_TEXT;
    size_t at = p->at + 1;
    while (at + 1 < p->len && p->text[at] == '\\' && p->text[at + 1] == '\n')
        at += 2;
    return at < p->len ? (unsigned char)p->text[at] : END_OF_TEXT;
}

static inline void take(struct parser *p)
{
    if (p->at < p->len)
        p->last = ++p->at;
}

static inline bool speaks_bash(const struct parser *p)
{
    return p->dialect != SCRIPT_POSIX;
}

static inline bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

/* What ends a word that is not quoted. */
static inline bool is_delimiter(int c)
{
    return c == END_OF_TEXT || is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' ||
           c == '<' || c == '>' || c == '(' || c == ')';
}

static inline bool is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool is_name_char(int c)
{
    return is_name_start(c) || (c >= '0' && c <= '9');
}

struct script_range parser_range(const struct parser *p, size_t start, size_t end);
void parser_error(struct parser *p, size_t start, const char *text);

/* One construct deeper; false at the limit, where reading ends. Each true has its parser_leave. */
bool parser_enter(struct parser *p);
void parser_leave(struct parser *p);

/* The word at hand; never NULL, but empty where a delimiter stands. */
struct script_word *word_parse(struct parser *p);
/* The same on the right of =~, where ( ) | are its own. */
struct script_word *word_parse_regex(struct parser *p);
/* (( ... )) from behind the opening ones up to and with the closing ones. */
struct script_word *word_parse_arithmetic(struct parser *p);
/* Whether the (( behind which p stands is closed by )), and so is arithmetic. The look ahead is rationed,
 * since a text can be made in which each one goes to the end; beyond the ration it is no arithmetic. */
bool word_is_arithmetic(struct parser *p);
/* The text up to `end` as the body of a here-document. */
struct script_word *word_parse_body(struct parser *p, size_t end, bool literal, bool strip_tabs);
/* A list up to a closing parenthesis, which is taken, or the end of the text. */
struct script_list *list_parse_parenthesis(struct parser *p, size_t opened);
struct script_list *list_parse_all(struct parser *p);

/* Takes a newline and the here-documents that wait for it. */
void newline_take(struct parser *p);

#endif
