/* The state machine's frame: blocks in, one transaction out, each record to the handler of its type
 * where it is this shard's to apply. The rules of who applies what are here and nowhere else:
 *
 *   skipped for ever       apply_quarantine; marked in QUARANTINE by who would have applied it;
 *                          told by the shard of the envelope's unit, by shard 0 where it names
 *                          none; the body is not looked at
 *   report, withdrawal     applied and told by the shard of the envelope's unit
 *   units, campaign,       applied by every shard, told by shard 0
 *   access, approval,
 *   quarantine
 *   nomination, review,    applied and told by shard 0, whatever the envelope's unit: the council's
 *   comment, meeting,      work has one order
 *   vote, opening,
 *   decision, revocation,
 *   file
 *   unreadable, unknown    told by shard 0 */
#include "workers/tally/apply_impl.h"

#include "common/check.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/state/state_cache.h"
#include "workers/tally/ahead.h"
#include "workers/tally/ledger.h"
#include "workers/tally/lock.h"
#include "workers/tally/recent.h"
#include "workers/tally/speakers.h"
#include "workers/tally/verdicts.h"

#include <stdlib.h>

enum scope { SCOPE_NONE, SCOPE_UNIT, SCOPE_ALL, SCOPE_COUNCIL };

static const struct handler {
    enum scope scope;
    apply_fn *apply;
} HANDLERS[] = {
    [RECORD_report] = {SCOPE_UNIT, apply_report},
    [RECORD_withdrawal] = {SCOPE_UNIT, apply_withdrawal},
    [RECORD_units] = {SCOPE_ALL, apply_units},
    [RECORD_campaign] = {SCOPE_ALL, apply_campaign},
    [RECORD_quarantine] = {SCOPE_ALL, apply_quarantine_record},
    [RECORD_access] = {SCOPE_ALL, apply_access},
    [RECORD_approval] = {SCOPE_ALL, apply_approval},
    [RECORD_nomination] = {SCOPE_COUNCIL, apply_nomination},
    [RECORD_review] = {SCOPE_COUNCIL, apply_review},
    [RECORD_comment] = {SCOPE_COUNCIL, apply_comment},
    [RECORD_meeting] = {SCOPE_COUNCIL, apply_meeting},
    [RECORD_vote] = {SCOPE_COUNCIL, apply_vote},
    [RECORD_opening] = {SCOPE_COUNCIL, apply_opening},
    [RECORD_decision] = {SCOPE_COUNCIL, apply_decision},
    [RECORD_revocation] = {SCOPE_COUNCIL, apply_revocation},
    [RECORD_file] = {SCOPE_COUNCIL, apply_file},
};

#define HANDLER_COUNT (sizeof(HANDLERS) / sizeof(HANDLERS[0]))

int32_t
local_day(int64_t time_us, int32_t utc_offset_minutes)
{
    int32_t day = day_of_time(time_us, utc_offset_minutes);
    return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : day;
}

enum err
outcome_reject(struct outcome *outcome)
{
    CHECK(outcome->why.code != CODE_NONE);
    outcome->verdict = VERDICT_REJECTED;
    outcome->flags = 0;
    return ERR_OK;
}

bool
record_decode(const struct record *record, enum record_type type, void *out,
              struct outcome *outcome)
{
    return layout_decode(record_layout(type), record->body, out, &outcome->why);
}

/* ---- one record ---- */

static bool
envelope_is_own(const struct apply *a, const struct record *record)
{
    return shard_of_unit(record->unit, a->shards) == a->shard;
}

static enum err
registry_refresh(struct apply *a)
{
    if (!a->registry_stale) {
        return ERR_OK;
    }
    enum err err = registry_load(&a->registry, a->state);
    if (err == ERR_OK) {
        plans_make(&a->plans, &a->registry);
        recents_forget(a->recents);
        a->registry_stale = false;
    }
    return err;
}

static bool
tells_skipped(const struct apply *a, struct slice unit)
{
    return unit.len != 0 ? shard_of_unit(unit, a->shards) == a->shard : a->shard == 0;
}

bool
record_concerns(const struct apply *a, struct slice unit, uint64_t type)
{
    enum scope scope = type < HANDLER_COUNT ? HANDLERS[type].scope : SCOPE_NONE;
    bool applies = scope == SCOPE_ALL ||
                   ((scope == SCOPE_NONE || scope == SCOPE_COUNCIL) && a->shard == 0) ||
                   (scope == SCOPE_UNIT && shard_of_unit(unit, a->shards) == a->shard);
    return applies || tells_skipped(a, unit);
}

static enum err
record_skip(struct apply *a, const struct record *record, uint64_t type)
{
    struct outcome outcome = {.verdict = VERDICT_QUARANTINED};
    if (record_concerns(a, record->unit, type)) {
        enum err err = skipped_mark(a->state, record->receipt, MARK_SKIPPED, &a->key);
        if (err != ERR_OK) {
            return err;
        }
    }
    return tells_skipped(a, record->unit) ? verdict_tell(a, record, 0, &outcome) : ERR_OK;
}

static enum err
record_unreadable(struct apply *a, const struct record *record, bool peeked, uint64_t type)
{
    if (a->shard != 0) {
        return ERR_OK;
    }
    struct outcome outcome = {.verdict = VERDICT_REJECTED};
    if (peeked) {
        complain(&outcome.why, CODE_TYPE_UNKNOWN, slice_text("record"), "%llu",
                 (unsigned long long)type);
    } else {
        complain(&outcome.why, CODE_MALFORMED, slice_text("record"), "no map with a type");
    }
    return verdict_tell(a, record, 0, &outcome);
}

static void
watch_tell(const struct apply *a, struct receipt receipt, struct slice unit)
{
    if (a->watch != NULL) {
        a->watch(a->watch_context, receipt, unit);
    }
}

static enum err
record_apply(struct apply *a, struct record *record)
{
    uint64_t type = 0;
    if (skipped_find(&a->skipped, record->receipt, &type)) {
        return record_skip(a, record, type);
    }
    watch_tell(a, record->receipt, record->unit);
    bool peeked = layout_peek(record->body, &type);
    if (!peeked || type >= HANDLER_COUNT || HANDLERS[type].scope == SCOPE_NONE) {
        return record_unreadable(a, record, peeked, type);
    }
    const struct handler *handler = &HANDLERS[type];
    bool own = handler->scope == SCOPE_UNIT ? envelope_is_own(a, record) : a->shard == 0;
    if (!own && handler->scope != SCOPE_ALL) {
        return ERR_OK;
    }
    enum err err = registry_refresh(a);
    err = err == ERR_OK ? speakers_refresh(a->speakers, a->state) : err;
    err = err == ERR_OK ? locks_refresh(a->locks, a->state, &a->registry) : err;
    if (err != ERR_OK) {
        return err;
    }
    record->type = type;
    struct outcome outcome = {.verdict = VERDICT_ACCEPTED};
    err = handler->apply(a, record, &outcome);
    if (err != ERR_OK || !own) {
        return err;
    }
    return verdict_tell(a, record, (uint8_t)type, &outcome);
}

/* ---- blocks ---- */

static enum err
records_apply(struct apply *a, const struct block *block)
{
    struct block_records it = block_records(block);
    struct block_record in;
    struct ahead ahead = ahead_begin(block);
    while (block_next(&it, &in)) {
        ahead_step(a, &ahead);
        struct record record = {.principal = in.principal,
                                .unit = in.unit,
                                .body = in.body,
                                .receipt = {block->number, in.index},
                                .time_us = block->time_us};
        enum err err = record_apply(a, &record);
        arena_reset(a->arena);
        if (err != ERR_OK) {
            return err;
        }
    }
    watch_tell(a, (struct receipt){0}, slice_text(""));
    return ERR_OK;
}

/* The state's rows are ours: one that does not parse is the disk's lie, not a block that does not
 * follow, and must end the process. */
static enum err
own_fault(const struct apply *a, enum err err)
{
    if (err == ERR_OK || err == ERR_FULL) {
        return err;
    }
    log_error("state_failed", "shard=%u block=%llu err=%s", a->shard,
              (unsigned long long)a->position.block, err_name(err));
    return ERR_IO;
}

static enum err
block_apply(struct apply *a, struct slice bytes)
{
    struct block block;
    enum err err = block_open(bytes, &block);
    if (err == ERR_OK) {
        err = block_follows(&block, a->position.block, a->position.time_us, a->position.chain);
    }
    if (err != ERR_OK) {
        return ERR_CORRUPT;
    }
    err = records_apply(a, &block);
    verdicts_close_block(a);
    a->position.block = block.number;
    a->position.time_us = block.time_us;
    memcpy(a->position.chain, block.chain, BLOCK_CHAIN_SIZE);
    return own_fault(a, err);
}

/* The position that the state holds: all zero where it holds none. */
static enum err
position_read(struct state *state, struct position *position)
{
    struct slice value;
    *position = (struct position){0};
    enum err err = state_get(state, TABLE_META, META_POSITION, &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    return position_decode(value, position);
}

static enum err
position_is_ours(struct apply *a)
{
    struct position stored;
    enum err err = position_read(a->state, &stored);
    if (err != ERR_OK) {
        return own_fault(a, err);
    }
    bool same = stored.block == a->committed.block &&
                memcmp(stored.chain, a->committed.chain, BLOCK_CHAIN_SIZE) == 0;
    return same ? ERR_OK : ERR_CONFLICT;
}

static enum err
position_write(struct apply *a)
{
    buf_clear(&a->value);
    position_encode(&a->position, &a->value);
    return own_fault(a, state_put(a->state, TABLE_META, META_POSITION, buf_slice_of(&a->value)));
}

static enum err
blocks_apply(struct apply *a, const struct slice *blocks, uint32_t count)
{
    enum err err = position_is_ours(a);
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        err = block_apply(a, blocks[i]);
    }
    err = err == ERR_OK ? own_fault(a, ledger_flush(a->ledger, a->state)) : err;
    return err == ERR_OK ? position_write(a) : err;
}

enum err
apply_blocks(struct apply *a, const struct slice *blocks, uint32_t count)
{
    enum err err = state_begin(a->state, true);
    if (err != ERR_OK) {
        return err;
    }
    err = blocks_apply(a, blocks, count);
    if (err == ERR_OK) {
        err = state_commit(a->state);
    } else {
        state_abort(a->state);
    }
    if (err != ERR_OK) {
        /* What is kept in memory may be what the abort took back. */
        a->registry_stale = true;
        recents_forget(a->recents);
        speakers_forget(a->speakers);
        locks_forget(a->locks);
        ledger_forget(a->ledger);
        a->position = a->committed;
        return err;
    }
    ledger_settle(a->ledger);
    a->committed = a->position;
    return ERR_OK;
}

/* ---- a whole machine ---- */

static enum err
shape_settle(struct apply *a)
{
    struct slice value;
    enum err err = state_get(a->state, TABLE_META, META_SHAPE, &value);
    if (err == ERR_NOT_FOUND) {
        struct shape shape = {STATE_VERSION, a->shard, a->shards};
        buf_clear(&a->value);
        shape_encode(&shape, &a->value);
        return state_put(a->state, TABLE_META, META_SHAPE, buf_slice_of(&a->value));
    }
    struct shape shape;
    err = err == ERR_OK ? shape_decode(value, &shape) : err;
    if (err != ERR_OK) {
        return err;
    }
    if (shape.version != STATE_VERSION) {
        return ERR_VERSION;
    }
    return shape.shard == a->shard && shape.shards == a->shards ? ERR_OK : ERR_CONFLICT;
}

static enum err
state_settle(struct apply *a)
{
    enum err err = state_begin(a->state, true);
    if (err != ERR_OK) {
        return err;
    }
    err = shape_settle(a);
    err = err == ERR_OK ? position_read(a->state, &a->committed) : err;
    err = err == ERR_OK ? skipped_stale(a->state, &a->stale) : err;
    if (err != ERR_OK) {
        state_abort(a->state);
        return err;
    }
    return state_commit(a->state);
}

enum err
apply_new(struct state *state, uint32_t shard, uint32_t shards, struct apply **apply)
{
    CHECK(shard < shards);
    struct apply *a = mem_alloc(sizeof(*a));
    *a = (struct apply){.state = state_cache_new(state),
                        .shard = shard,
                        .shards = shards,
                        .registry_stale = true,
                        .recents = recents_new(),
                        .speakers = speakers_new(),
                        .locks = locks_new(),
                        .ledger = ledger_new(),
                        .arena = arena_new()};
    enum err err = state_settle(a);
    if (err != ERR_OK) {
        apply_free(&a);
        return err;
    }
    a->position = a->committed;
    *apply = a;
    return ERR_OK;
}

void
apply_free(struct apply **apply)
{
    struct apply *a = *apply;
    if (a == NULL) {
        return;
    }
    state_free(&a->state); /* the cache; the state behind it is the caller's */
    registry_fini(&a->registry);
    plans_fini(&a->plans);
    recents_free(&a->recents);
    speakers_free(&a->speakers);
    locks_free(&a->locks);
    ledger_free(&a->ledger);
    arena_free(&a->arena);
    buf_fini(&a->key);
    buf_fini(&a->value);
    buf_fini(&a->told);
    skipped_fini(&a->skipped);
    free(a);
    *apply = NULL;
}

void
apply_quarantine(struct apply *apply, struct receipt receipt, uint64_t type)
{
    skipped_add(&apply->skipped, receipt, type);
}

const uint64_t *
apply_rejected(const struct apply *apply)
{
    return apply->rejected;
}

bool
apply_is_stale(const struct apply *apply)
{
    return apply->stale;
}

void
apply_watch(struct apply *apply, apply_watch_fn *watch, void *context)
{
    apply->watch = watch;
    apply->watch_context = context;
}

const struct position *
apply_position(const struct apply *apply)
{
    return &apply->committed;
}
