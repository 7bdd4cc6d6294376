/* The replies of one turn. Handlers can only append; broker_flush sends them once the commit is on
 * disk. Bytes live in the turn's arena. */
#ifndef BROKER_REPLIES_H
#define BROKER_REPLIES_H

#include "common/arena.h"
#include "common/buf.h"

struct reply {
    struct slice identity;
    const struct slice *parts; /* the header, then the blocks */
    uint32_t count;
};

struct replies {
    struct arena *arena; /* borrowed */
    struct buf scratch;  /* the header being encoded */
    struct reply *items;
    uint32_t count, cap;
    size_t bytes; /* of all parts: what the turn holds in memory */
};

void replies_init(struct replies *r, struct arena *arena);
void replies_fini(struct replies *r);

/* Encode a message into what replies_open gives, then close: its bytes are copied. */
struct buf *replies_open(struct replies *r);
void replies_close(struct replies *r, struct slice identity);
/* As replies_close, with `count` parts behind the header; their bytes must be in the arena. */
void replies_close_with(struct replies *r, struct slice identity, const struct slice *parts,
                        uint32_t count);
void replies_clear(struct replies *r);

#endif
