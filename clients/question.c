/* Arguments of a query, built one by one. */
#include "clients/question.h"

#include "proto/pack.h"

void
question_fini(struct question *question)
{
    buf_fini(&question->body);
    buf_fini(&question->map);
    question->count = 0;
}

void
question_key(struct question *question, const char *key)
{
    pack_cstr(&question->body, key);
    question->count++;
}

void
question_text(struct question *question, const char *key, const char *value)
{
    if (value != NULL) {
        question_key(question, key);
        pack_cstr(&question->body, value);
    }
}

void
question_uint(struct question *question, const char *key, uint64_t value)
{
    question_key(question, key);
    pack_uint(&question->body, value);
}

void
question_true(struct question *question, const char *key, bool on)
{
    if (on) {
        question_key(question, key);
        pack_bool(&question->body, true);
    }
}

struct slice
question_args(struct question *question)
{
    buf_clear(&question->map);
    pack_map(&question->map, question->count);
    buf_slice(&question->map, buf_slice_of(&question->body));
    return buf_slice_of(&question->map);
}
