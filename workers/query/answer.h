/* The shapes that several answers share: values, names, flags, verdicts and pages. */
#ifndef QUERY_ANSWER_H
#define QUERY_ANSWER_H

#include "common/decimal.h"
#include "proto/pack.h"
#include "workers/query/ask.h"

/* An integer where the indicator has no decimals and it fits 64 bits, else exact text. */
void answer_value(struct buf *b, const struct indicator *indicator, wide value);
void answer_key_period(struct buf *b, const char *key, struct period period);
void answer_key_date(struct buf *b, const char *key, int32_t day);
void answer_key_receipt(struct buf *b, const char *key, struct receipt receipt);
void answer_key_flags(struct buf *b, uint8_t flags);
/* title_vi and title_en. */
void answer_titles(struct buf *b, const struct title *title);
/* "unit", "name", "level". */
void answer_unit(struct buf *b, const struct registry *r, uint32_t unit,
                 const struct registry_version *version);
/* A whole map. */
void answer_verdict(struct buf *b, struct receipt receipt, const struct verdict_row *v);

/* The words of campaign.yaml. */
const char *indicator_type_name(enum indicator_type type);
const char *over_name(enum over over);

/* `key`: the array whose `count` objects are in `items`. */
void answer_key_list(struct buf *b, const char *key, const struct buf *items, uint32_t count);
/* Whether a page that holds so many bytes is full. */
bool page_full(size_t bytes);
/* `next`, where there is one: the map's header must have counted it. */
void answer_next(struct buf *b, const char *next);

/* False, too-large, when the body passed what one answer may be: so that a long list stops early.
 */
bool answer_fits(const struct ask *ask);

#endif
