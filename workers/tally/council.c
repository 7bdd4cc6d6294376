/* One function moves: council_move. See council.h for what it keeps in step; council_needs.c for what
 * must hold before. */
#include "workers/tally/council.h"

#include "proto/ulid.h"
#include "workers/state/standing.h"
#include "workers/tally/once.h"

/* No unit has such a code: the ULIDs of merges and of what every shard applies are others. */
#define ONCE_UNIT ":council"

enum err
council_once(struct apply *a, const struct record *record, struct slice id, const void *in,
             council_fn *act, struct outcome *outcome)
{
    struct once once = {record->principal, id, slice_text(ONCE_UNIT)};
    if (!once_check(id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    enum err err = once_seen(a, &once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    err = act(a, record, in, outcome);
    if (err != ERR_OK || outcome->verdict == VERDICT_REJECTED) {
        return err;
    }
    outcome->why = (struct complaint){0}; /* of a check that another one made good */
    return once_keep(a, &once, record->receipt);
}

bool
council_identity(struct slice id, const char *field, struct complaint *why)
{
    if (id.len != ULID_SIZE) {
        return complain(why, CODE_MISSING_FIELD, slice_text(field), "%zu bytes", id.len);
    }
    return true;
}

/* ---- one nomination ---- */

enum err
council_find(struct apply *a, const struct record *record, struct slice id, struct matter *m)
{
    struct slice value;
    *m = (struct matter){.id = id};
    key_nomination(&a->key, id);
    enum err err = state_get(a->state, TABLE_NOMINATION, buf_slice_of(&a->key), &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    /* A slice of the state ends with the next write. */
    err = nomination_decode(arena_copy(a->arena, value), a->arena, &m->was);
    if (err != ERR_OK) {
        return err;
    }
    if (m->was.campaign >= a->registry.campaign_count || m->was.holder >= a->registry.unit_count ||
        m->was.proposer >= a->registry.unit_count) {
        return ERR_CORRUPT;
    }
    m->there = true;
    m->row = m->was;
    m->campaign = &a->registry.campaigns[m->was.campaign];
    m->today = local_day(record->time_us, m->campaign->campaign.utc_offset_minutes);
    return ERR_OK;
}

enum err
council_known(struct apply *a, const struct record *record, struct slice id, struct matter *m,
              bool *known, struct complaint *why)
{
    *known = false;
    if (!council_identity(id, "nomination", why)) {
        return ERR_OK;
    }
    enum err err = council_find(a, record, id, m);
    if (err != ERR_OK || m->there) {
        *known = m->there;
        return err;
    }
    char text[ULID_TEXT];
    ulid_format(id.data, text);
    complain(why, CODE_NOMINATION_UNKNOWN, slice_text("nomination"), "%s", text);
    return ERR_OK;
}

/* ---- writing ---- */

static uint32_t
stage_days(const struct stages *stages, enum review_state state)
{
    const uint32_t days[REVIEW_STATE_MAX + 1] = {
        [STATE_submitted] = stages->submitted,   [STATE_verified] = stages->verified,
        [STATE_consulting] = stages->consulting, [STATE_returned] = stages->returned,
        [STATE_in_review] = stages->in_review,   [STATE_approved] = stages->approved,
        [STATE_forwarded] = stages->forwarded,
    };
    return days[state];
}

/* An opinion leaves the clock of those who have not answered yet as it is. */
static void
clock_set(struct matter *m, enum review_act act)
{
    if (act == REVIEW_opinion) {
        return;
    }
    uint32_t days = stage_days(&m->campaign->campaign.stages, m->row.state);
    m->row.since = m->today;
    m->row.deadline = days == 0 ? INT32_MAX : m->today + (int32_t)days;
}

/* A vote is of the state that it was taken in and of what came of it, no longer once the review begins
 * again; whom one waits for, of the consultation. */
static void
ended_forget(struct nomination_row *row)
{
    if (row->state < STATE_in_review) {
        row->meeting = (struct slice){0};
        row->yes = row->no = row->abstain = row->spoilt = row->base = 0;
    }
    if (row->state != STATE_consulting) {
        row->asked = NULL;
        row->asked_count = 0;
    }
}

static enum err
subject_write(struct apply *a, const struct matter *m)
{
    struct buf fold = BUF_EMPTY;
    enum err err = ERR_OK;
    if (m->there) {
        subject_fold(m->was.subject, &fold);
        key_subject(&a->key, buf_slice_of(&fold), m->id);
        err = state_del(a->state, TABLE_SUBJECT, buf_slice_of(&a->key));
    }
    if (err == ERR_OK) {
        buf_clear(&fold);
        subject_fold(m->row.subject, &fold);
        key_subject(&a->key, buf_slice_of(&fold), m->id);
        err = state_put(a->state, TABLE_SUBJECT, buf_slice_of(&a->key), slice_text(""));
    }
    buf_fini(&fold);
    return err;
}

static enum err
queue_write(struct apply *a, const struct matter *m)
{
    const struct nomination_row *row = &m->row;
    if (m->there) {
        key_queue(&a->key, m->was.holder, m->was.state, m->was.deadline, m->id);
        enum err err = state_del(a->state, TABLE_QUEUE, buf_slice_of(&a->key));
        if (err != ERR_OK) {
            return err;
        }
    }
    const struct queue_row queue = {.campaign = row->campaign,
                                    .kind = row->kind,
                                    .proposer = row->proposer,
                                    .subject_unit = row->subject_unit,
                                    .award = row->award};
    key_queue(&a->key, row->holder, row->state, row->deadline, m->id);
    buf_clear(&a->value);
    queue_encode(&queue, &a->value);
    return state_put(a->state, TABLE_QUEUE, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
row_write(struct apply *a, const struct matter *m)
{
    key_nomination(&a->key, m->id);
    buf_clear(&a->value);
    nomination_encode(&m->row, &a->value);
    return state_put(a->state, TABLE_NOMINATION, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
act_write(struct apply *a, const struct record *record, const struct matter *m,
          struct act_row *with)
{
    with->time_us = record->time_us;
    with->principal = record->principal;
    key_act(&a->key, m->id, record->receipt);
    buf_clear(&a->value);
    act_encode(with, &a->value);
    return state_put(a->state, TABLE_ACT, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

enum err
council_move(struct apply *a, const struct record *record, struct matter *m,
             const struct review_move *move, struct act_row *with)
{
    with->act = move->act;
    with->from = move->from;
    with->to = move->to;
    with->holder = m->row.holder;
    if (move->need == NEED_LOWER) {
        m->row.holder = standing_above(&a->registry, m->row.holder, m->today);
    }
    m->row.state = move->to;
    clock_set(m, move->act);
    ended_forget(&m->row);
    enum err err = row_write(a, m);
    err = err == ERR_OK ? queue_write(a, m) : err;
    err = err == ERR_OK && move->act == REVIEW_submit ? subject_write(a, m) : err;
    return err == ERR_OK ? act_write(a, record, m, with) : err;
}

enum err
council_note(struct apply *a, const struct record *record, const struct matter *m,
             struct act_row *with)
{
    with->from = with->to = m->row.state;
    with->holder = m->row.holder;
    return act_write(a, record, m, with);
}
