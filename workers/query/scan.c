#include "workers/query/scan.h"

#include "workers/query/snapshot.h"

void
scan_open(struct scan *s, struct query *q, uint16_t campaign, uint16_t form)
{
    *s = (struct scan){.query = q, .campaign = campaign, .form = form, .shard = q->shards};
    s->cursors = ARENA_ARRAY(q->arena, struct state_cursor *, q->shards);
    for (uint32_t i = 0; i < q->shards; i++) {
        snapshot_need(state_cursor_open(q->states[i], TABLE_TALLY, &s->cursors[i]), "tally");
    }
}

void
scan_start(struct scan *s, struct period period)
{
    const struct tally_key key = {
        .campaign = s->campaign, .form = s->form, .gran = period.gran, .period = period.ordinal};
    key_tally(&s->prefix, &key);
    s->shard = 0;
    s->inside = false;
}

static bool
row_in_period(const struct scan *s, const struct state_row *row)
{
    return row->key.len > TALLY_PREFIX_SIZE &&
           memcmp(row->key.data, s->prefix.data, TALLY_PREFIX_SIZE) == 0;
}

bool
scan_next(struct scan *s, uint32_t *unit, struct slice *value)
{
    while (s->shard < s->query->shards) {
        struct state_cursor *c = s->cursors[s->shard];
        struct state_row row;
        struct tally_key key;
        enum err err =
            s->inside ? cursor_next(c, &row) : cursor_seek(c, buf_slice_of(&s->prefix), &row);
        s->inside = snapshot_found(err, "tally") && row_in_period(s, &row);
        if (!s->inside) {
            s->shard++;
            continue;
        }
        snapshot_need(tally_key_decode(row.key, &key), "tally");
        if (key.unit < s->query->registry.unit_count) {
            *unit = key.unit;
            *value = row.value;
            return true;
        }
    }
    return false;
}

void
scan_close(struct scan *s)
{
    for (uint32_t i = 0; i < s->query->shards; i++) {
        cursor_close(s->cursors[i]);
    }
    buf_fini(&s->prefix);
}
