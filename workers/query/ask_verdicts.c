/* `verdicts`: what became of the records whose receipts are asked for, in ranges of blocks'
 * indices. Only exceptions are stored, in the shard that owns the record: the rest of a range was
 * accepted, once every shard has passed its block; so that a receipt of somebody else's is refused where
 * it has something to say, and of the others nothing is said but that. The counts are of all ranges on every page;
 * `start` is "range:index", the range by its place in the question. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/snapshot.h"

#include "proto/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct range {
    uint64_t block, first, count;
};

struct found {
    uint32_t index;
    struct verdict_row row;
};

struct verdicts_ask {
    struct ask *ask;
    struct query *query;
    struct range *ranges;
    uint32_t range_count;
    uint64_t records; /* in all ranges */
    bool all;         /* show what is not plain accepted; else what has no effect */
    uint64_t start_range, start_index;
    struct state_cursor **cursors; /* by shard */
    struct found *found;           /* of one range, room for the longest */
    uint32_t found_count;
    uint64_t verdicts[VERDICT_QUARANTINED + 1];
    uint64_t flags[FLAG_WARNED + 1];
    uint32_t count; /* in the page */
    char next[32];
};

static bool
read_range(struct verdicts_ask *v, struct cursor *c, struct range *range)
{
    const struct query *q = v->query;
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK || n != 3 || cursor_uint(c, &range->block) != ERR_OK ||
        cursor_uint(c, &range->first) != ERR_OK || cursor_uint(c, &range->count) != ERR_OK ||
        range->first > BLOCK_RECORDS_MAX || range->count > BLOCK_RECORDS_MAX - range->first) {
        return complain(v->ask->why, CODE_QUERY_INVALID, slice_text("ranges"),
                        "[[block, first, count]...]");
    }
    if (range->block > q->positions[q->lowest].block) {
        return complain(v->ask->why, CODE_QUERY_TIMEOUT, slice_text("ranges"), "%" PRIu64,
                        range->block);
    }
    return true;
}

static bool
read_ranges(struct verdicts_ask *v, struct slice ranges)
{
    struct cursor c = cursor_of(ranges);
    uint64_t longest = 0;
    if (cursor_array(&c, &v->range_count) != ERR_OK) {
        v->range_count = 0;
    }
    v->ranges = ARENA_ARRAY(v->query->arena, struct range, v->range_count);
    for (uint32_t i = 0; i < v->range_count; i++) {
        if (!read_range(v, &c, &v->ranges[i])) {
            return false;
        }
        v->records += v->ranges[i].count;
        longest = v->ranges[i].count > longest ? v->ranges[i].count : longest;
    }
    if (v->records > VERDICT_RANGES_RECORDS_MAX) {
        return complain(v->ask->why, CODE_TOO_LARGE, slice_text("ranges"), "%" PRIu64 " > %u",
                        v->records, VERDICT_RANGES_RECORDS_MAX);
    }
    v->found = ARENA_ARRAY(v->query->arena, struct found, longest);
    return true;
}

static bool
number_read(struct slice text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c < '0' || c > '9' || *number > UINT32_MAX) {
            return false;
        }
        *number = *number * 10 + (c - '0');
    }
    return text.len > 0;
}

static bool
resume(struct verdicts_ask *v, struct slice start)
{
    struct slice range, index;
    if (start.len == 0 ||
        (start_split(start, &range, &index) && number_read(range, &v->start_range) &&
         number_read(index, &v->start_index))) {
        return true;
    }
    return complain(v->ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s", SLICE_ARG(start));
}

static void
find_in_shard(struct verdicts_ask *v, uint32_t shard, const struct range *range)
{
    struct buf from = BUF_EMPTY;
    struct state_row row;
    struct receipt receipt = {range->block, (uint32_t)range->first};
    key_receipt(&from, receipt);
    enum err err = cursor_seek(v->cursors[shard], buf_slice_of(&from), &row);
    buf_fini(&from);
    while (snapshot_found(err, "verdict")) {
        snapshot_need(receipt_key_decode(row.key, &receipt), "verdict");
        if (receipt.block != range->block || receipt.index >= range->first + range->count ||
            v->found_count == range->count) {
            break;
        }
        struct found *f = &v->found[v->found_count++];
        f->index = receipt.index;
        snapshot_need(verdict_decode(row.value, &f->row), "verdict");
        err = cursor_next(v->cursors[shard], &row);
    }
}

static int
by_index(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static void
show(struct verdicts_ask *v, uint32_t range, const struct found *f)
{
    bool shown =
        v->all || f->row.verdict == VERDICT_REJECTED || f->row.verdict == VERDICT_QUARANTINED;
    bool before = range < v->start_range || (range == v->start_range && f->index < v->start_index);
    if (!shown || before || v->next[0] != '\0') {
        return;
    }
    if (page_full(v->query->page.len)) {
        (void)snprintf(v->next, sizeof v->next, "%u:%u", range, f->index);
        return;
    }
    answer_verdict(&v->query->page, (struct receipt){v->ranges[range].block, f->index}, &f->row);
    v->count++;
}

/* False: there is a record in the range that is not the asker's to see. */
static bool
look_at_range(struct verdicts_ask *v, uint32_t range)
{
    v->found_count = 0;
    for (uint32_t shard = 0; shard < v->query->shards; shard++) {
        find_in_shard(v, shard, &v->ranges[range]);
    }
    qsort(v->found, v->found_count, sizeof *v->found, by_index);
    for (uint32_t i = 0; i < v->found_count; i++) {
        const struct found *f = &v->found[i];
        if (!asker_sees_record(v->ask, &f->row)) {
            char text[RECEIPT_TEXT];
            receipt_format((struct receipt){v->ranges[range].block, f->index}, text);
            return asker_refuse(v->ask, slice_text(text));
        }
        v->verdicts[f->row.verdict]++;
        for (unsigned flag = FLAG_LATE; flag <= FLAG_WARNED; flag <<= 1) {
            v->flags[flag] += (f->row.flags & flag) != 0;
        }
        show(v, range, f);
    }
    return true;
}

static void
put_answer(struct verdicts_ask *v, struct buf *b)
{
    uint64_t others = 0;
    for (unsigned i = VERDICT_CORRECTED; i <= VERDICT_QUARANTINED; i++) {
        others += v->verdicts[i];
    }
    v->verdicts[VERDICT_ACCEPTED] = v->records - others;
    pack_map(b, v->next[0] == '\0' ? 2 : 3);
    pack_cstr(b, "counts");
    pack_map(b, 10);
    for (unsigned i = VERDICT_ACCEPTED; i <= VERDICT_QUARANTINED; i++) {
        pack_key_uint(b, verdict_name(i), v->verdicts[i]);
    }
    for (unsigned flag = FLAG_LATE; flag <= FLAG_WARNED; flag <<= 1) {
        pack_key_uint(b, flag_name(flag), v->flags[flag]);
    }
    answer_key_list(b, "records", &v->query->page, v->count);
    answer_next(b, v->next);
}

bool
ask_verdicts(struct ask *ask)
{
    struct slice ranges = {0}, start = {0};
    struct verdicts_ask v = {.ask = ask, .query = ask->query};
    const struct arg args[] = {
        {"ranges", ARG_ARRAY, true, &ranges},
        {"all", ARG_BOOL, false, &v.all},
        {"start", ARG_TEXT, false, &start},
    };
    struct query *q = ask->query;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) || !read_ranges(&v, ranges) ||
        !resume(&v, start)) {
        return false;
    }
    v.cursors = ARENA_ARRAY(q->arena, struct state_cursor *, q->shards);
    for (uint32_t i = 0; i < q->shards; i++) {
        snapshot_need(state_cursor_open(q->states[i], TABLE_VERDICT, &v.cursors[i]), "verdict");
    }
    bool ok = true;
    for (uint32_t i = 0; ok && i < v.range_count; i++) {
        ok = look_at_range(&v, i);
    }
    for (uint32_t i = 0; i < q->shards; i++) {
        cursor_close(v.cursors[i]);
    }
    if (ok) {
        put_answer(&v, ask->body);
    }
    return ok;
}
