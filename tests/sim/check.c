/* The promises, looked at one after the other: receipts, the journal, positions, the replay. What the
 * records came to is check_model.c's. */
#include "tests/sim/check.h"

#include "common/check.h"
#include "workers/tally/apply.h"

#include <inttypes.h>

#define REPLAY_MOST 40 /* blocks in one transaction of the replay */

/* The quarantined, from the whole journal: a replay has their list before its first block. */
typedef void skip_fn(void *context, struct receipt receipt, uint64_t type);

static void
skips_find(struct sim *s, skip_fn *skip, void *context)
{
    struct journal_head head;
    struct slice bytes;
    struct block block;
    struct block_record record;
    journal_head(s->broker.journal, &head);
    for (uint64_t n = 1; n <= head.number && s->operator.ever; n++) {
        CHECK(journal_read(s->broker.journal, n, &bytes) == ERR_OK);
        CHECK(block_open(bytes, &block) == ERR_OK);
        for (struct block_records it = block_records(&block); block_next(&it, &record);) {
            struct record_quarantine in;
            struct complaint why;
            if (slice_is(record.principal, PRINCIPAL_BROKER) &&
                layout_decode(record_layout(RECORD_quarantine), record.body, &in, &why)) {
                skip(context, (struct receipt){in.block, (uint32_t)in.index}, in.record);
            }
        }
    }
}

static void
skip_model(void *context, struct receipt receipt, uint64_t type)
{
    (void)type;
    model_skip(context, receipt);
}

static void
skip_replay(void *context, struct receipt receipt, uint64_t type)
{
    apply_quarantine(context, receipt, type);
}

/* Every receipt names the bytes that were sent, under the name of who sent them. */
static void
check_receipts(struct sim *s)
{
    for (uint32_t i = 0; i < s->sent_count && !s->failed; i++) {
        const struct sent *sent = &s->sent[i];
        struct slice bytes;
        struct block block;
        struct block_record record = {0};
        if (sent->result == SENT_WAITS) {
            sim_violation("record %" PRIu32 " of s%" PRIu32 " has neither a receipt nor a refusal",
                          i, sent->submitter);
        }
        if (sent->result != SENT_RECEIPT) {
            continue;
        }
        bool there = journal_read(s->broker.journal, sent->receipt.block, &bytes) == ERR_OK &&
                     block_open(bytes, &block) == ERR_OK && sent->receipt.index < block.count;
        if (there) {
            struct block_records it = block_records(&block);
            while (block_next(&it, &record) && record.index < sent->receipt.index) {
            }
        }
        bool outbox = sent->submitter >= SIM_SUBMITTERS_MAX;
        struct slice speaker =
            slice_text(outbox ? PRINCIPAL_LOCAL : s->submitters[sent->submitter].principal);
        bool its = s->keys_mixed || slice_equal(record.principal, speaker);
        if (!there || !its || !slice_equal(record.body, sent->body) ||
            !slice_equal(record.unit, sent->unit)) {
            sim_violation("s%" PRIu32 " holds the receipt %" PRIu64 ".%" PRIu32
                          ", and the journal does not hold its record there",
                          sent->submitter, sent->receipt.block, sent->receipt.index);
        }
    }
}

/* Numbers, times and chain; each record to the model. */
static uint64_t
check_journal(struct sim *s, struct model *m)
{
    struct journal_head head;
    uint8_t chain[BLOCK_CHAIN_SIZE] = {0};
    int64_t time_us = 0;
    uint64_t records = 0;
    journal_head(s->broker.journal, &head);
    for (uint64_t n = 1; n <= head.number && !s->failed; n++) {
        struct slice bytes;
        struct block block;
        if (journal_read(s->broker.journal, n, &bytes) != ERR_OK ||
            block_open(bytes, &block) != ERR_OK || block.number != n) {
            sim_violation("block %" PRIu64 " of the journal cannot be read", n);
            break;
        }
        if (block.time_us < time_us) {
            sim_violation("block %" PRIu64 " is earlier than the one before it", n);
        } else if (block_follows(&block, n - 1, time_us, chain) != ERR_OK) {
            sim_violation("block %" PRIu64 " does not follow from the one before it", n);
        }
        time_us = block.time_us;
        memcpy(chain, block.chain, sizeof(chain));
        records += block.count;
        check_verdicts(s, m, &block);
    }
    s->stats->blocks += head.number;
    s->stats->records += records;
    return records;
}

static void
position_of(struct disk *d, struct position *position)
{
    struct slice value;
    *position = (struct position){0};
    CHECK(state_begin(d->base, false) == ERR_OK);
    if (state_get(d->base, TABLE_META, META_POSITION, &value) == ERR_OK) {
        CHECK(position_decode(value, position) == ERR_OK);
    }
    state_abort(d->base);
}

/* One verdict a record, and as many of each kind as the model has. */
static void
check_counts(struct sim *s, const struct model *m, uint64_t records)
{
    uint64_t told[VERDICT_QUARANTINED + 1] = {0}, all = 0;
    struct journal_head head;
    journal_head(s->broker.journal, &head);
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        struct position p;
        position_of(&s->disks[i], &p);
        if (p.block != head.number) {
            sim_violation("shard %" PRIu32 " stands at block %" PRIu64 " of %" PRIu64, i, p.block,
                          head.number);
        }
        told[VERDICT_ACCEPTED] += p.accepted;
        told[VERDICT_CORRECTED] += p.corrected;
        told[VERDICT_UNCHANGED] += p.unchanged;
        told[VERDICT_SUPERSEDED] += p.superseded;
        told[VERDICT_REJECTED] += p.rejected;
        told[VERDICT_QUARANTINED] += p.quarantined;
    }
    for (int v = VERDICT_ACCEPTED; v <= VERDICT_QUARANTINED; v++) {
        all += told[v];
        if (told[v] != m->verdicts[v]) {
            sim_violation("%" PRIu64 " records were %s, and by the model %" PRIu64, told[v],
                          verdict_name((enum verdict)v), m->verdicts[v]);
        }
    }
    if (all != records) {
        sim_violation("%" PRIu64 " verdicts for %" PRIu64 " records", all, records);
    }
}

/* ---- the replay ---- */

static enum err
replay_blocks(struct sim *s, struct apply *apply, uint64_t head)
{
    enum err err = ERR_OK;
    uint64_t next = 1;
    while (err == ERR_OK && next <= head) {
        struct slice blocks[REPLAY_MOST];
        uint32_t count = 0;
        uint32_t most = (uint32_t)rng_between(&s->node_rng, 1, REPLAY_MOST);
        while (count < most && next <= head) {
            /* journal_mem's slices stay: it moves no block */
            CHECK(journal_read(s->broker.journal, next++, &blocks[count++]) == ERR_OK);
        }
        err = apply_blocks(apply, blocks, count);
    }
    return err;
}

static void
check_replay(struct sim *s, uint32_t shard)
{
    struct journal_head head;
    struct apply *apply = NULL;
    struct state *copy = state_mem_new();
    char difference[256] = "";
    journal_head(s->broker.journal, &head);
    enum err err = apply_new(copy, shard, (uint32_t)s->settings.shards, &apply);
    if (err == ERR_OK) {
        skips_find(s, skip_replay, apply);
    }
    err = err == ERR_OK ? replay_blocks(s, apply, head.number) : err;
    if (err != ERR_OK) {
        sim_violation("shard %" PRIu32 " cannot be replayed: %s", shard, err_name(err));
    } else {
        CHECK(state_begin(copy, false) == ERR_OK);
        CHECK(state_begin(s->disks[shard].base, false) == ERR_OK);
        if (state_compare(s->disks[shard].base, copy, difference) != ERR_OK) {
            sim_violation("shard %" PRIu32 " differs from its replay: %s", shard, difference);
        }
        state_abort(s->disks[shard].base);
        state_abort(copy);
    }
    apply_free(&apply);
    state_free(&copy);
}

void
check_all(struct sim *s)
{
    struct model *m = model_new(s->book);
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        outbox_node_check(s, &s->outboxes[i]);
    }
    check_receipts(s);
    skips_find(s, skip_model, m);
    uint64_t records = s->failed ? 0 : check_journal(s, m);
    if (!s->failed) {
        check_counts(s, m, records);
        check_rows(s, m);
        check_council(s, m);
    }
    if (!s->failed && s->has_council) {
        check_queries(s, m);
    }
    for (uint32_t i = 0; i < s->settings.shards && !s->failed; i++) {
        check_replay(s, i);
    }
    model_free(&m);
}
