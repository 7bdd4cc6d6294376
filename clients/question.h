/* Arguments of a query, built one by one: a map with text keys (proto/QUERIES.md). */
#ifndef CLIENTS_QUESTION_H
#define CLIENTS_QUESTION_H

#include "common/buf.h"

struct question {
    struct buf body; /* the pairs */
    struct buf map;  /* header and pairs, made by question_args */
    uint32_t count;
};

/* Start as {0}; release with question_fini. */
void question_fini(struct question *question);
void question_text(struct question *question, const char *key,
                   const char *value); /* nothing where value is NULL */
void question_uint(struct question *question, const char *key, uint64_t value);
void question_true(struct question *question, const char *key,
                   bool on); /* nothing where it is off */
/* A key whose value the caller packs into question->body next. */
void question_key(struct question *question, const char *key);
struct slice question_args(struct question *question); /* valid until the next call */

#endif
