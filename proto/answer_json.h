/* Answers of the broker (msgpack) as JSON values. Texts that are no UTF-8 cannot come from our own processes
 * and become null; numbers above INT64_MAX, which JSON readers would round, become text; bytes become
 * hexadecimal text. */
#ifndef PROTO_ANSWER_JSON_H
#define PROTO_ANSWER_JSON_H

#include "common/err.h"
#include "common/slice.h"

#include <jansson.h>

/* A new reference; NULL where `body` is not one well-formed object. */
json_t *answer_json(struct slice body);

/* Members as C values, with a default where they are absent or of another type. The text lives as long
 * as its object. */
const char *json_text(const json_t *object, const char *key); /* "" */
int64_t json_number(const json_t *object, const char *key);   /* 0 */
bool json_true_at(const json_t *object, const char *key);

#endif
