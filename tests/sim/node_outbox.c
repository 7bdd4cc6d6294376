/* An office with an outbox: a clerk who puts reports in, a process that sends them (the product's own
 * outbox and sender), and a disk that keeps what was committed. The clerk remembers what was
 * acknowledged: all of it must arrive, in that order. */
#include "clients/outbox_sender.h"
#include "common/check.h"
#include "tests/sim/sim.h"

#include <inttypes.h>

#define RESTART_MOST_US 20000000
#define RECORDS_MOST 5 /* put at once */
#define PAUSE_MOST_US 8000000
#define WITHOUT_CAMPAIGN_US 100000

static void
outbox_node_end(struct sim *s, struct outbox_node *o)
{
    s->current = &o->node;
    o->node.muted = true;
    outbox_sender_free(&o->sender);
    client_free(&o->client);
    outbox_free(&o->outbox);
    o->node.alive = false;
    o->node.wake_us = INT64_MAX;
    o->node.start_us = s->now_us + rng_between(&s->outbox_rng, 1000, RESTART_MOST_US);
}

void
outbox_node_kill(struct sim *s, struct outbox_node *o)
{
    sim_trace("%s is killed", o->node.name);
    outbox_node_end(s, o);
}

void
outbox_node_start(struct sim *s, struct outbox_node *o)
{
    char why[160];
    s->current = &o->node;
    o->node.alive = true;
    o->node.muted = false;
    o->node.wake_us = s->now_us;
    if (outbox_open(outbox_mem_open(o->mem), &o->outbox, why) != ERR_OK) {
        /* The first commit of a new outbox may be the one that fails. */
        outbox_node_end(s, o);
        return;
    }
    struct outbox_sender_options options = {.outbox = o->outbox, .clock = &o->clock};
    o->sender = outbox_sender_new(&options);
    sim_trace("%s starts", o->node.name);
}

void
outbox_node_init(struct sim *s, struct outbox_node *o, uint32_t index)
{
    o->index = index;
    o->left = (uint32_t)rng_between(&s->outbox_rng, 5, SIM_OUTBOX_RECORDS_MAX);
    o->mem = outbox_mem_new();
    o->clock = clock_fake(s->now_us);
    snprintf(o->node.name, sizeof(o->node.name), "o%u", index);
    outbox_node_start(s, o);
}

void
outbox_node_fini(struct sim *s, struct outbox_node *o)
{
    if (o->mem != NULL) {
        outbox_node_end(s, o);
        outbox_mem_free(&o->mem);
    }
}

/* ---- the clerk ---- */

static void
acknowledged(struct sim *s, struct outbox_node *o, const struct outbox_record *record,
             uint64_t number)
{
    CHECK(number < SIM_OUTBOX_NUMBERS_MAX && s->sent_count < SIM_RECORDS_MAX);
    o->sent_of[number] = s->sent_count + 1;
    s->sent[s->sent_count++] = (struct sent){
        .unit = record->unit, .body = record->body, .submitter = SIM_SUBMITTERS_MAX + o->index};
}

/* False: the disk said no, and the process ends. Whether that put is there nobody knows; the clerk makes
 * new ones. */
static bool
clerk_puts(struct sim *s, struct outbox_node *o)
{
    struct outbox_record records[RECORDS_MOST];
    uint64_t first;
    uint32_t count = (uint32_t)rng_between(&s->outbox_rng, 1, RECORDS_MOST);
    count = count < o->left ? count : o->left;
    for (uint32_t i = 0; i < count; i++) {
        load_outbox(s, 100 + 2 * (uint64_t)o->made++ + o->index, &records[i].unit,
                    &records[i].body);
    }
    if (outbox_put(o->outbox, records, count, clock_wall_us(&o->clock), &first) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        acknowledged(s, o, &records[i], first + i);
    }
    s->stats->counts[SENT_outbox] += count;
    o->left -= count;
    outbox_sender_wake(o->sender);
    return true;
}

static bool
clerk_turn(struct sim *s, struct outbox_node *o)
{
    if (o->left == 0) {
        o->next_us = INT64_MAX;
    }
    if (s->now_us < o->next_us) {
        return true;
    }
    if (s->sent_count < load_first(s)) {
        o->next_us = s->now_us + WITHOUT_CAMPAIGN_US;
        return true;
    }
    o->next_us = s->now_us + rng_between(&s->outbox_rng, 10000, PAUSE_MOST_US);
    return clerk_puts(s, o);
}

/* ---- the sender's process ---- */

static void
line_close(struct outbox_node *o)
{
    outbox_sender_client(o->sender, NULL);
    client_free(&o->client);
}

static void
line_open(struct sim *s, struct outbox_node *o)
{
    char why[256];
    struct client_options options = {
        .brokers = s->settings.listen, .name = o->node.name, .give_up_ms = 900000};
    if (o->client == NULL) {
        o->client = client_new_on(&options, &o->clock, why);
        CHECK(o->client != NULL);
        outbox_sender_client(o->sender, o->client);
    }
}

static void
need_meet(struct sim *s, struct outbox_node *o)
{
    int64_t until_ms = 0;
    o->node.wake_us = INT64_MAX;
    switch (outbox_sender_need(o->sender, &until_ms)) {
    case NEED_LINE:
        line_open(s, o);
        client_step(o->client, 1000); /* zmq_poll says when to come again */
        if (o->node.wake_us == INT64_MAX) {
            o->node.wake_us = s->now_us + 1000;
        }
        break;
    case NEED_PAUSE:
        line_close(o);
        o->node.wake_us = until_ms * 1000;
        break;
    case NEED_NOTHING:
        line_close(o);
        break;
    }
    if (o->next_us < o->node.wake_us) {
        o->node.wake_us = o->next_us;
    }
}

void
outbox_node_turn(struct sim *s, struct outbox_node *o)
{
    s->current = &o->node;
    o->clock.now_us = s->now_us;
    if (!clerk_turn(s, o) || outbox_sender_turn(o->sender) != ERR_OK) {
        sim_trace("%s: the disk failed", o->node.name);
        outbox_node_end(s, o);
        return;
    }
    need_meet(s, o);
}

/* ---- the end ---- */

bool
outbox_node_is_done(struct outbox_node *o)
{
    struct outbox_totals totals;
    if (!o->node.alive || o->left > 0) {
        return false;
    }
    /* The disk's word: a sender that has just started has not looked yet. */
    CHECK(outbox_totals(o->outbox, &totals) == ERR_OK);
    return totals.counts[OUTBOX_PENDING] == 0;
}

static bool
fate_take(void *context, const struct outbox_entry *entry)
{
    struct outbox_node *o = context;
    struct sim *s = the_sim;
    uint32_t sent = o->sent_of[entry->number];
    if (sent != 0) {
        s->sent[sent - 1].result =
            entry->fate.state == OUTBOX_RECEIPTED ? SENT_RECEIPT : SENT_REFUSED;
        s->sent[sent - 1].receipt = entry->fate.receipt;
    }
    return true;
}

/* Where in the journal the record stands first; 0: nowhere. */
static uint64_t
place_of(struct sim *s, const struct sent *sent)
{
    struct journal_head head;
    journal_head(s->broker.journal, &head);
    for (uint64_t n = 1; n <= head.number; n++) {
        struct slice bytes;
        struct block block;
        struct block_record record;
        CHECK(journal_read(s->broker.journal, n, &bytes) == ERR_OK);
        CHECK(block_open(bytes, &block) == ERR_OK);
        for (struct block_records it = block_records(&block); block_next(&it, &record);) {
            if (slice_equal(record.body, sent->body) && slice_equal(record.unit, sent->unit)) {
                return n << 16 | record.index;
            }
        }
    }
    return 0;
}

/* What was acknowledged is all there, and came in the order in which it was put. */
void
outbox_node_check(struct sim *s, struct outbox_node *o)
{
    uint64_t before = 0;
    s->current = &o->node;
    CHECK(outbox_read(o->outbox, 0, 0, fate_take, o) == ERR_OK);
    for (uint64_t number = 1; number < SIM_OUTBOX_NUMBERS_MAX && !s->failed; number++) {
        if (o->sent_of[number] == 0) {
            continue;
        }
        uint64_t place = place_of(s, &s->sent[o->sent_of[number] - 1]);
        if (place == 0) {
            sim_violation("%s was acknowledged its entry %" PRIu64 ", which never arrived",
                          o->node.name, number);
        } else if (place < before) {
            sim_violation("%s: entry %" PRIu64 " arrived before one that was put earlier",
                          o->node.name, number);
        }
        before = place;
    }
}
