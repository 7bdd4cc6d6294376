/* `honours`: what was decided in a campaign and not revoked, for everybody: the highest level first, then
 * the campaign's own order of awards, collectives before people, and names as Vietnamese sorts them.
 * Neither who voted nor what was thought of it is told here. */
#include "common/collate.h"
#include "common/mem.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"

#include <stdlib.h>

/* Keys compare as the list sorts; each ends in its nomination's id. */
struct honour {
    struct slice key;
};

struct honours_ask {
    struct ask *ask;
    struct query *query;
    const struct registry_campaign *campaign;
    struct slice theme, award;
    bool in_unit;
    struct unit_set beneath;
    struct honour *list;
    uint32_t count, cap;
    struct buf key; /* in the making */
};

static int
honour_order(const void *a, const void *b)
{
    const struct honour *x = a, *y = b;
    return slice_compare(x->key, y->key);
}

/* Zero ends the name: no byte of a collation key is one's prefix by it. */
static struct slice
key_make(struct honours_ask *h, const uint8_t *id, const struct nomination_row *row)
{
    const struct award *award = review_award(&h->campaign->campaign, row->award);
    uint16_t place = award == NULL ? INDEX_NONE : (uint16_t)(award - h->campaign->campaign.awards);
    buf_clear(&h->key);
    buf_byte(&h->key, (uint8_t)(UINT8_MAX - (award == NULL ? 0 : award->level)));
    buf_be16(&h->key, place);
    buf_byte(&h->key, (uint8_t)row->kind);
    collate_key(row->subject, &h->key);
    buf_byte(&h->key, 0);
    buf_put(&h->key, id, ULID_SIZE);
    return buf_slice_of(&h->key);
}

static const uint8_t *
honour_id(const struct honour *honour)
{
    return honour->key.data + honour->key.len - ULID_SIZE;
}

static void
honour_add(struct honours_ask *h, const uint8_t *id, const struct nomination_row *row)
{
    if (h->count == h->cap) {
        h->cap = h->cap == 0 ? 256 : h->cap * 2;
        h->list = mem_resize(h->list, h->cap * sizeof *h->list);
    }
    h->list[h->count++].key = arena_copy(h->query->arena, key_make(h, id, row));
}

static bool
row_wanted(struct honours_ask *h, const struct nomination_row *row)
{
    return row->campaign == h->campaign->id &&
           (h->award.len == 0 || slice_equal(h->award, row->award)) &&
           (h->theme.len == 0 || slice_equal(h->theme, row->theme)) &&
           (!h->in_unit || unit_set_has(&h->beneath, row->proposer) ||
            unit_set_has(&h->beneath, row->subject_unit));
}

/* ---- the walk ---- */

/* QUEUE has a run of rows a holder and state: from one holder's decided to the next one's. */
static void
take_row(struct honours_ask *h, const struct state_row *row, struct buf *seek, bool *jump)
{
    static const uint8_t LOWEST[ULID_SIZE] = {0};
    const struct slice lowest = slice_of(LOWEST, ULID_SIZE);
    struct nomination_row nomination;
    uint32_t holder;
    enum review_state state;
    int32_t deadline;
    struct slice id;
    snapshot_need(queue_key_decode(row->key, &holder, &state, &deadline, &id), "queue");
    *jump = state != STATE_decided;
    if (state < STATE_decided) {
        key_queue(seek, holder, STATE_decided, INT32_MIN, lowest);
        return;
    }
    if (state > STATE_decided) {
        key_queue(seek, holder, UINT8_MAX, INT32_MAX, lowest);
        return;
    }
    arena_reset(h->query->scratch);
    review_get(h->query, id, h->query->scratch, &nomination);
    if (row_wanted(h, &nomination)) {
        honour_add(h, id.data, &nomination);
    }
}

static bool
gather(struct honours_ask *h)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct buf seek = BUF_EMPTY;
    bool jump;
    snapshot_need(state_cursor_open(h->query->states[0], TABLE_QUEUE, &cursor), "queue");
    enum err err = cursor_next(cursor, &row);
    while (h->count <= HONOURS_MAX && snapshot_found(err, "queue")) {
        take_row(h, &row, &seek, &jump);
        err = jump ? cursor_seek(cursor, buf_slice_of(&seek), &row) : cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    buf_fini(&seek);
    if (h->count > 0) {
        qsort(h->list, h->count, sizeof *h->list, honour_order);
    }
    return h->count <= HONOURS_MAX ||
           complain(h->ask->why, CODE_TOO_LARGE, slice_text("honours"), "> %u", HONOURS_MAX);
}

/* ---- the page ---- */

/* The row that a page begins with may have been revoked since: its place in the order is still known. */
static bool
find_start(struct honours_ask *h, struct slice text, uint32_t *first)
{
    uint8_t id[ULID_SIZE], last[ULID_SIZE];
    struct nomination_row row;
    struct slice value;
    *first = 0;
    if (text.len == 0) {
        return true;
    }
    if (text.len != ULID_TEXT - 1 || !ulid_range(text, id, last) ||
        !snapshot_found(
            state_get(h->query->states[0], TABLE_NOMINATION, slice_of(id, ULID_SIZE), &value),
            "nomination")) {
        return complain(h->ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(text));
    }
    review_get(h->query, slice_of(id, ULID_SIZE), h->query->arena, &row);
    const struct honour start = {key_make(h, id, &row)};
    while (*first < h->count && honour_order(&h->list[*first], &start) < 0) {
        ++*first;
    }
    return true;
}

static void
put_honour(struct honours_ask *h, const uint8_t *id, struct buf *b)
{
    struct nomination_row row;
    arena_reset(h->query->scratch);
    review_get(h->query, slice_of(id, ULID_SIZE), h->query->scratch, &row);
    pack_map(b, 13 + REVIEW_AWARD_KEYS + REVIEW_DECISION_KEYS);
    review_put_id(b, "nomination", id);
    review_put_award(b, &h->campaign->campaign, row.award);
    pack_key_text(b, "kind", slice_text(subject_kind_name(row.kind)));
    pack_key_text(b, "subject", row.subject);
    review_put_unit(b, h->ask, "subject_unit", "subject_unit_name", row.subject_unit);
    review_put_unit(b, h->ask, "unit", "name", row.proposer);
    review_put_unit(b, h->ask, "holder", "holder_name", row.holder);
    review_put_theme(b, &h->campaign->campaign, row.theme);
    pack_key_text(b, "summary", row.summary);
    review_put_decision(b, &row);
}

static void
put_page(struct honours_ask *h, uint32_t first, struct buf *b)
{
    struct buf *page = &h->query->page;
    const struct campaign *campaign = &h->campaign->campaign;
    uint32_t end = first;
    for (; end < h->count && !page_full(page->len); end++) {
        put_honour(h, honour_id(&h->list[end]), page);
    }
    pack_map(b, end < h->count ? 6 : 5);
    pack_key_text(b, "campaign", campaign->code);
    answer_titles(b, &campaign->title);
    pack_key_uint(b, "count", h->count);
    answer_key_list(b, "honours", page, end - first);
    if (end < h->count) {
        review_put_id(b, "next", honour_id(&h->list[end]));
    }
}

static bool
read_unit(struct honours_ask *h, struct slice unit)
{
    if (unit.len == 0) {
        return true;
    }
    uint32_t top = registry_find(&h->query->registry, unit);
    h->in_unit = true;
    unit_set_beneath(&h->beneath, h->ask, top);
    return top != UNIT_NONE ||
           complain(h->ask->why, CODE_UNIT_UNKNOWN, unit, "%.*s", SLICE_ARG(unit));
}

bool
ask_honours(struct ask *ask)
{
    struct honours_ask h = {.ask = ask, .query = ask->query};
    struct slice campaign = {0}, unit = {0}, start = {0};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign}, {"theme", ARG_TEXT, false, &h.theme},
        {"unit", ARG_TEXT, false, &unit},         {"award", ARG_TEXT, false, &h.award},
        {"start", ARG_TEXT, false, &start},
    };
    uint32_t first;
    bool ok = args_read(ask, args, sizeof args / sizeof args[0]) &&
              find_campaign(ask, campaign, &h.campaign) && read_unit(&h, unit) && gather(&h) &&
              find_start(&h, start, &first);
    if (ok) {
        put_page(&h, first, ask->body);
    }
    buf_fini(&h.key);
    free(h.list);
    return ok;
}
