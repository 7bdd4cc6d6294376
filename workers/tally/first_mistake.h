/* Of all the mistakes that a check finds, the first: what a rejection tells. */
#ifndef TALLY_FIRST_MISTAKE_H
#define TALLY_FIRST_MISTAKE_H

#include "proto/codes.h"

struct first_mistake {
    struct complaints complaints; /* to be given to the check; first, so that it is also this */
    struct complaint *why;
    bool found;
};

static inline void
first_mistake_add(struct complaints *self, const struct complaint *why)
{
    struct first_mistake *mistake = (struct first_mistake *)self;
    if (!mistake->found) {
        mistake->found = true;
        *mistake->why = *why;
    }
}

static inline struct first_mistake
first_mistake_into(struct complaint *why)
{
    return (struct first_mistake){.complaints = {first_mistake_add}, .why = why};
}

#endif
