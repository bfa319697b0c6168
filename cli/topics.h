/* What `ullage help TOPIC` explains: things that several commands share. A topic is an
 * introduction, rows of terms with their meanings, and perhaps a function that prints what
 * only the program knows. */
#ifndef ULLAGE_CLI_TOPICS_H
#define ULLAGE_CLI_TOPICS_H

#include "cli/page.h"

struct term {
    const char *name;
    const char *meaning;
};

struct topic {
    const char *name;
    const char *summary;
    const char *text;         /* see page_text; may be NULL */
    const struct term *terms; /* ends with a NULL name; may be NULL */
    const char *closing;      /* text behind the terms; may be NULL */
    void (*print)(struct page *page);
};

extern const struct topic topics[]; /* ends with a NULL name */

const struct topic *topic_find(const char *name);
void topic_print(const struct topic *topic, struct page *page);

#endif
