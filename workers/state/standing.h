/* What a move of review.def needs beside state, role and place, as far as it stands in the state and no
 * record can give it: for the worker that decides and the one that shows what may be done. In a
 * transaction of shard 0. A function that gives an err gives only what the state did to us. */
#ifndef STATE_STANDING_H
#define STATE_STANDING_H

#include "workers/state/registry.h"
#include "workers/state/rows_council.h"

struct standing {
    struct state *state;
    const struct registry *registry;
    const struct campaign *campaign; /* the nomination's, newest revision; NULL: none such */
    const struct nomination_row *row;
    int32_t today;
};

/* NULL: a later revision of the campaign has left it out. */
const struct award *standing_award(const struct standing *s);
/* Of a unit as it stands on the day; one that has ended, as it stood on its last. */
enum authority standing_authority(const struct registry *registry, uint32_t unit, int32_t day);
uint32_t standing_above(const struct registry *registry, uint32_t unit,
                        int32_t day); /* UNIT_NONE */

/* The state's deadline has passed. Where the campaign gives none, there is nothing to wait for. */
bool standing_is_past(const struct standing *s);
/* The award knows no vote, or it and the nomination allow the simplified procedure. */
bool standing_is_simple(const struct standing *s);
/* The award is voted on. */
bool standing_is_voted(const struct standing *s);
/* The award's level is above the holder's, and there is a unit above it. */
bool standing_is_lower(const struct standing *s);
/* The award is the Prime Minister's or the President's, the holder the city. */
bool standing_is_above(const struct standing *s);
/* The award's level is not above the holder's. */
bool standing_is_own(const struct standing *s);
/* One more unit may be consulted. */
bool standing_may_ask(const struct standing *s);
/* The quota of the award has room, counted in this campaign by holder. */
enum err standing_has_room(const struct standing *s, bool *room) MUST_CHECK;
/* A document is there, whole, with just so many bytes: more than 0, and no more than FILE_BYTES_MAX.
 * Only one that was whole and fitted its hash stands under it in FILE, so that the length of its last
 * chunk is enough. */
enum err standing_document(struct state *state, struct slice hash, uint64_t bytes,
                           bool *whole) MUST_CHECK;

#endif
