/* The JSON values of an engine's output, one after another, while it arrives. Engines print
 * one array, an object a line, or objects over several lines: all are the same here. Empty
 * output is an empty list, as is null. What is not JSON between values is noise: whole
 * lines, counted, the beginning kept. Sequences that clear a terminal (docker stats) are
 * passed over. An output that was cut ends in an error, after every value that was
 * complete. */
#ifndef ULLAGE_RUNTIME_RECORDS_DOCUMENTS_H
#define ULLAGE_RUNTIME_RECORDS_DOCUMENTS_H

#include <stdbool.h>

#include "core/json.h"

/* Takes one object, lent for the call. -1 with an error ends the reading. */
typedef int document_visit(void *context, const json_t *object, struct error *err);

enum documents_state {
    DOCUMENTS_BETWEEN, /* values, or noise, may begin */
    DOCUMENTS_NOISE,   /* until the line ends */
    DOCUMENTS_ESCAPE,  /* after ESC */
    DOCUMENTS_CONTROL, /* within ESC [ ... */
    DOCUMENTS_NESTED,  /* in an object or array */
    DOCUMENTS_TEXT,    /* in a string */
    DOCUMENTS_WORD,    /* in a number, true, false, null */
};

struct documents {
    document_visit *visit;
    void *context;
    enum documents_state state;
    bool in_array; /* the outermost: its elements are the values */
    bool escaped;  /* the next character of a string stands for itself */
    size_t depth;  /* within the value */
    size_t count;  /* objects that were visited */
    size_t odd;    /* values that are no objects */
    size_t noise_lines;
    struct strbuf value; /* what there is of it */
    struct strbuf noise;
};

void documents_start(struct documents *documents, document_visit *visit, void *context);
int documents_add(struct documents *documents, const void *bytes, size_t len,
                  struct error *err);
/* Refuses a cut value, and noise where there was nothing else. */
int documents_finish(struct documents *documents, struct error *err);
void documents_release(struct documents *documents);

/* All of it, with `what` for errors: "containers". */
int documents_read(struct span output, const char *what, document_visit *visit,
                   void *context, struct error *err);

#endif
