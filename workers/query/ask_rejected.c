/* `rejected`: records that had no effect, oldest first, with their reasons: of one unit (as its
 * envelope named it, known or not) from the index REJECTED, else of all from VERDICT. A shard's
 * rows are in the order of their receipts: the shards' are merged. A page may end before it is
 * full, or be empty, when it has looked at enough rows: `start` is the receipt to go on from. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/snapshot.h"

#include "common/text.h"

/* One shard's rows, the one in hand decoded as far as its receipt. */
struct stream {
    struct state_cursor *cursor;
    struct receipt receipt;
    struct slice value;
    bool live;
};

struct rejected_ask {
    const struct ask *ask;
    struct query *query;
    struct slice unit; /* empty: all */
    struct stream *streams;
    uint32_t looked, count;
    char next[RECEIPT_TEXT];
};

/* A key of REJECTED is the unit's code, a zero, and the receipt as VERDICT's keys have it. */
static bool
read_row(const struct rejected_ask *r, struct stream *s, const struct state_row *row)
{
    struct slice key = row->key;
    size_t prefix = r->unit.len + 1;
    if (r->unit.len > 0) {
        if (key.len <= prefix || memcmp(key.data, r->unit.data, r->unit.len) != 0 ||
            key.data[r->unit.len] != 0) {
            return false;
        }
        key = slice_of(key.data + prefix, key.len - prefix);
    }
    snapshot_need(receipt_key_decode(key, &s->receipt), "rejected");
    s->value = row->value;
    return true;
}

static void
open_streams(struct rejected_ask *r, struct receipt start)
{
    struct query *q = r->query;
    struct buf from = BUF_EMPTY;
    if (r->unit.len > 0) {
        key_rejected(&from, r->unit, start);
    } else {
        key_receipt(&from, start);
    }
    r->streams = ARENA_ARRAY(q->arena, struct stream, q->shards);
    for (uint32_t i = 0; i < q->shards; i++) {
        struct stream *s = &r->streams[i];
        struct state_row row;
        enum table table = r->unit.len > 0 ? TABLE_REJECTED : TABLE_VERDICT;
        snapshot_need(state_cursor_open(q->states[i], table, &s->cursor), "rejected");
        s->live = snapshot_found(cursor_seek(s->cursor, buf_slice_of(&from), &row), "rejected") &&
                  read_row(r, s, &row);
    }
    buf_fini(&from);
}

static bool
earlier(struct receipt a, struct receipt b)
{
    return a.block < b.block || (a.block == b.block && a.index < b.index);
}

/* The shard whose row is the oldest; the number of shards where none has any. */
static uint32_t
oldest(const struct rejected_ask *r)
{
    uint32_t best = r->query->shards;
    for (uint32_t i = 0; i < r->query->shards; i++) {
        const struct stream *s = &r->streams[i];
        if (s->live &&
            (best == r->query->shards || earlier(s->receipt, r->streams[best].receipt))) {
            best = i;
        }
    }
    return best;
}

static void
take(struct rejected_ask *r, uint32_t shard)
{
    struct stream *s = &r->streams[shard];
    struct slice value = s->value;
    struct verdict_row verdict;
    if (r->unit.len > 0) {
        struct buf key = BUF_EMPTY;
        key_receipt(&key, s->receipt);
        snapshot_need(state_get(r->query->states[shard], TABLE_VERDICT, buf_slice_of(&key), &value),
                      "verdict");
        buf_fini(&key);
    }
    snapshot_need(verdict_decode(value, &verdict), "verdict");
    bool refused = verdict.verdict == VERDICT_REJECTED || verdict.verdict == VERDICT_QUARANTINED;
    if (refused && asker_sees_record(r->ask, &verdict)) {
        answer_verdict(&r->query->page, s->receipt, &verdict);
        r->count++;
    }
}

static void
put_page(struct rejected_ask *r)
{
    for (uint32_t i = oldest(r); i < r->query->shards; i = oldest(r)) {
        struct stream *s = &r->streams[i];
        struct state_row row;
        if (page_full(r->query->page.len) || r->looked == REJECTED_ROWS_MAX) {
            receipt_format(s->receipt, r->next);
            return;
        }
        take(r, i);
        r->looked++;
        s->live = snapshot_found(cursor_next(s->cursor, &row), "rejected") && read_row(r, s, &row);
    }
}

bool
ask_rejected(struct ask *ask)
{
    struct slice start = {0};
    struct rejected_ask r = {.ask = ask, .query = ask->query};
    const struct arg args[] = {
        {"unit", ARG_TEXT, false, &r.unit},
        {"start", ARG_TEXT, false, &start},
    };
    struct receipt from = {0};
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    /* a code is all that fits the key; a text that is none was never anybody's */
    if (r.unit.len > 0 && !code_is_valid(r.unit)) {
        return complain(ask->why, CODE_CODE_INVALID, slice_text("unit"), "%.*s", SLICE_ARG(r.unit));
    }
    if (r.unit.len > 0 && !asker_sees_code(ask, r.unit)) {
        return asker_refuse(ask, r.unit);
    }
    if (start.len > 0 && receipt_parse(start, &from) != ERR_OK) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    open_streams(&r, from);
    put_page(&r);
    for (uint32_t i = 0; i < r.query->shards; i++) {
        cursor_close(r.streams[i].cursor);
    }
    pack_map(ask->body, r.next[0] == '\0' ? 1 : 2);
    answer_key_list(ask->body, "rejected", &ask->query->page, r.count);
    answer_next(ask->body, r.next);
    return true;
}
