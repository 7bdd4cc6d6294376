/* The report that a key holds: see stored.h. */
#include "workers/tally/stored.h"

#include "workers/tally/recent.h"
#include "workers/tally/tally.h"

enum err
stored_get(struct apply *a, const struct report_key *key, struct stored *stored)
{
    struct slice value;
    *stored = (struct stored){0};
    if (recent_lacks(a, key)) {
        return ERR_OK; /* a new day's report: the usual one */
    }
    key_report(&a->key, key);
    enum err err = state_get(a->state, TABLE_REPORT, buf_slice_of(&a->key), &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    stored->there = true;
    stored->bytes = arena_copy(a->arena, value);
    return report_decode(stored->bytes, a->arena, &stored->row);
}

static enum err
report_put(struct apply *a, const struct report_key *key, const struct report_row *row)
{
    key_report(&a->key, key);
    buf_clear(&a->value);
    report_encode(row, &a->value);
    return state_put(a->state, TABLE_REPORT, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
history_put(struct apply *a, const struct report_key *key, const struct stored *old)
{
    if (!old->there) {
        return ERR_OK;
    }
    key_history(&a->key, key, old->row.receipt);
    return state_put(a->state, TABLE_HISTORY, buf_slice_of(&a->key), old->bytes);
}

enum err
stored_replace(struct apply *a, const struct place *place, const struct stored *old,
               const struct report_row *row, struct outcome *outcome)
{
    struct complaint overflow = {0};
    struct tally_move move;
    enum err err = tally_prepare(a, place, row, &move, &overflow);
    if (err != ERR_OK) {
        return err;
    }
    if (overflow.code != CODE_NONE) {
        outcome->why = overflow;
        return outcome_reject(outcome);
    }
    err = history_put(a, &place->key, old);
    err = err == ERR_OK ? report_put(a, &place->key, row) : err;
    if (err != ERR_OK) {
        return err;
    }
    recent_put(a, place, row);
    tally_write(a, &move);
    return ERR_OK;
}

enum err
stored_touch(struct apply *a, const struct place *place, const struct stored *old,
             const struct report_row *row)
{
    if (row->revision <= old->row.revision) {
        return ERR_OK;
    }
    struct report_row moved = old->row;
    moved.revision = row->revision;
    moved.receipt = row->receipt;
    moved.time_us = row->time_us;
    return report_put(a, &place->key, &moved);
}

bool
stored_conflict(const struct place *place, uint64_t revision, struct complaint *why)
{
    return complain(why, CODE_REVISION_CONFLICT, place->form->form->code, "%llu",
                    (unsigned long long)revision);
}
