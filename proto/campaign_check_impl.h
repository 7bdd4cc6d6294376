/* What the files of campaign_check share: where a mistake is, and the checks of what all items
 * have. */
#ifndef PROTO_CAMPAIGN_CHECK_IMPL_H
#define PROTO_CAMPAIGN_CHECK_IMPL_H

#include "proto/campaign.h"
#include "proto/limits.h"
#include "proto/mistakes.h"

struct checking {
    const struct campaign *campaign;
    struct mistakes mistakes;
};

/* Where a mistake is: an item's code and its key. */
struct place {
    char bytes[CODE_MAX + 40];
};

struct slice place_of(struct place *place, struct slice code, const char *key);
void title_check(struct checking *c, uint32_t line, struct slice code, const struct title *title);
/* A list that is there says something: it is not empty, not too long, each code once. */
void list_check(struct checking *c, uint32_t line, struct slice subject, const struct slice *codes,
                uint32_t count, uint32_t limit);
/* The codes of one of the campaign's arrays: there are some, not too many, each once. `size` and
 * `line` are the item's; it begins with its code. */
void items_check(struct checking *c, const char *name, const void *items, size_t size, size_t line,
                 uint32_t count, uint32_t limit);

void scores_check(struct checking *c);
void awards_check(struct checking *c);

#endif
