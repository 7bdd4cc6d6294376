/* `state`: where each shard stands and what it has counted so far. */
#include "workers/query/answer.h"
#include "workers/query/args.h"

#include <sodium.h>

static void
put_shard(struct buf *b, uint32_t shard, const struct position *p)
{
    char chain[2 * sizeof p->verdict_chain + 1];
    sodium_bin2hex(chain, sizeof chain, p->verdict_chain, sizeof p->verdict_chain);
    pack_map(b, 10);
    pack_key_uint(b, "shard", shard);
    pack_key_uint(b, "block", p->block);
    pack_key_int(b, "time_us", p->time_us);
    pack_key_uint(b, "accepted", p->accepted);
    pack_key_uint(b, "corrected", p->corrected);
    pack_key_uint(b, "unchanged", p->unchanged);
    pack_key_uint(b, "superseded", p->superseded);
    pack_key_uint(b, "rejected", p->rejected);
    pack_key_uint(b, "quarantined", p->quarantined);
    pack_key_text(b, "verdict_chain", slice_text(chain));
}

bool
ask_state(struct ask *ask)
{
    const struct query *q = ask->query;
    if (!args_read(ask, NULL, 0)) {
        return false;
    }
    pack_map(ask->body, 1);
    pack_cstr(ask->body, "shards");
    pack_array(ask->body, q->shards);
    for (uint32_t i = 0; i < q->shards; i++) {
        put_shard(ask->body, i, &q->positions[i]);
    }
    return true;
}
