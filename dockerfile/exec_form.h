/* The JSON array of an exec form, read as Go's encoding/json reads it. */
#ifndef ULLAGE_DOCKERFILE_EXEC_FORM_H
#define ULLAGE_DOCKERFILE_EXEC_FORM_H

#include "core/arena.h"
#include "core/span.h"
#include "dockerfile/instruction.h"

enum exec_form {
    EXEC_FORM_NO,      /* no JSON array: the words are taken as they are */
    EXEC_FORM_YES,     /* an array of strings */
    EXEC_FORM_FOREIGN, /* an array, but not of strings alone */
};

/* Words get extents within `text`, quotes included. */
enum exec_form exec_form_parse(struct span text, struct arena *arena, struct word **ret_words,
                               size_t *ret_count);

#endif
