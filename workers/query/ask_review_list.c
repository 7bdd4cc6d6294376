/* `review.list`: the review queue, the nearest deadline first, then the nomination that was made first.
 *
 * QUEUE is one run of rows a holder and state, each in that order. One walk over it keeps the best rows
 * of the page in a heap; as soon as a run's next row is worse than all of them, the rest of the run is
 * skipped. What QUEUE does not have (the name) is asked of SUBJECT first. Nothing is kept between two
 * questions: a walk over all of 100,000 rows costs less than the page's own rows. */
#include "common/collate.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/find.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

struct place {
    int32_t deadline;
    uint8_t id[ULID_SIZE];
};

struct list_ask {
    struct ask *ask;
    struct query *query;
    const struct registry_campaign *campaign; /* NULL: every one */
    enum review_state state;                  /* none: every one in hand */
    bool done;                                /* those that are finished as well */
    enum authority level;                     /* 0: every one */
    struct slice award;
    int32_t deadline; /* at the latest */
    bool mine;
    bool in_unit;
    struct unit_set own, beneath;
    uint8_t (*named)[ULID_SIZE]; /* those whose subject has the name, sorted */
    uint32_t named_count;
    bool by_name;
    struct place start;
    struct place *heap; /* the worst on top */
    uint32_t count, limit;
};

static int
place_compare(const struct place *a, const struct place *b)
{
    return a->deadline != b->deadline ? (a->deadline > b->deadline) - (a->deadline < b->deadline)
                                      : memcmp(a->id, b->id, ULID_SIZE);
}

static int
place_order(const void *a, const void *b)
{
    return place_compare(a, b);
}

static int
id_order(const void *a, const void *b)
{
    return memcmp(a, b, ULID_SIZE);
}

/* ---- the heap ---- */

static void
heap_down(struct place *heap, uint32_t count, uint32_t at)
{
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && place_compare(&heap[child + 1], &heap[child]) > 0;
        if (place_compare(&heap[at], &heap[child]) >= 0) {
            return;
        }
        struct place keep = heap[at];
        heap[at] = heap[child];
        heap[child] = keep;
        at = child;
    }
}

static void
heap_up(struct place *heap, uint32_t at)
{
    for (; at > 0 && place_compare(&heap[at], &heap[(at - 1) / 2]) > 0; at = (at - 1) / 2) {
        struct place keep = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = keep;
    }
}

/* One more than the page holds, so that it is known where the next one begins. */
static bool
heap_is_full(const struct list_ask *l)
{
    return l->count == l->limit + 1;
}

static void
heap_take(struct list_ask *l, const struct place *place)
{
    if (!heap_is_full(l)) {
        l->heap[l->count] = *place;
        heap_up(l->heap, l->count++);
    } else {
        l->heap[0] = *place;
        heap_down(l->heap, l->count, 0);
    }
}

/* ---- the walk ---- */

static bool
state_wanted(const struct list_ask *l, enum review_state state)
{
    if (l->state != STATE_none) {
        return state == l->state;
    }
    return l->done || (state != STATE_refused && state != STATE_decided && state != STATE_revoked);
}

/* Who was asked stands in the nomination alone; only one that is being consulted has any. */
static bool
is_asked(struct list_ask *l, struct slice id)
{
    struct nomination_row row;
    bool asked = false;
    arena_reset(l->query->scratch);
    review_get(l->query, id, l->query->scratch, &row);
    for (uint32_t i = 0; i < row.asked_count && !asked; i++) {
        asked = unit_set_has(&l->own, registry_find(&l->query->registry, row.asked[i]));
    }
    return asked;
}

/* Whether the next step is the asker's. What waits for a meeting waits for nobody's hand. */
static bool
is_mine(struct list_ask *l, enum review_state state, uint32_t holder, const struct queue_row *row,
        struct slice id)
{
    bool secretary = review_asker_is(l->ask, ACCESS_SECRETARY);
    switch (state) {
    case STATE_returned:
        return (secretary || review_asker_is(l->ask, ACCESS_SUBMITTER)) &&
               unit_set_has(&l->own, row->proposer);
    case STATE_submitted:
    case STATE_verified:
    case STATE_approved:
    case STATE_forwarded:
        return secretary && unit_set_has(&l->own, holder);
    case STATE_consulting:
        return secretary && (unit_set_has(&l->own, holder) || is_asked(l, id));
    default:
        return false;
    }
}

static bool
level_is(const struct list_ask *l, const struct queue_row *row)
{
    const struct award *award = review_award(review_campaign(l->query, row->campaign), row->award);
    return award != NULL && (enum authority)award->level == l->level;
}

static bool
is_named(const struct list_ask *l, struct slice id)
{
    return !l->by_name || (l->named_count > 0 &&
                           bsearch(id.data, l->named, l->named_count, ULID_SIZE, id_order) != NULL);
}

static bool
is_own(struct list_ask *l, uint32_t holder, const struct queue_row *row)
{
    return l->ask->all || unit_set_has(&l->own, row->proposer) || unit_set_has(&l->own, holder) ||
           unit_set_has(&l->own, row->subject_unit);
}

/* The dearest questions last: a name is looked for among many, who was asked in another table. */
static bool
row_wanted(struct list_ask *l, enum review_state state, uint32_t holder, struct slice id,
           struct slice value)
{
    struct queue_row row;
    snapshot_need(queue_decode(value, &row), "queue");
    if ((l->campaign != NULL && row.campaign != l->campaign->id) ||
        (l->award.len > 0 && !slice_equal(l->award, row.award)) ||
        (l->level != 0 && !level_is(l, &row))) {
        return false;
    }
    if (l->in_unit && !unit_set_has(&l->beneath, row.proposer) &&
        !unit_set_has(&l->beneath, holder) && !unit_set_has(&l->beneath, row.subject_unit)) {
        return false;
    }
    bool own = is_own(l, holder, &row);
    if ((!own && state != STATE_consulting) || !is_named(l, id) || (!own && !is_asked(l, id))) {
        return false;
    }
    return !l->mine || is_mine(l, state, holder, &row, id);
}

/* Where the walk goes on after this row; false: with the row behind it. */
static bool
walk_row(struct list_ask *l, const struct state_row *row, struct buf *seek)
{
    static const uint8_t LOWEST[ULID_SIZE] = {0};
    const struct slice lowest = slice_of(LOWEST, ULID_SIZE);
    uint32_t holder;
    enum review_state state;
    struct place at;
    struct slice id;
    snapshot_need(queue_key_decode(row->key, &holder, &state, &at.deadline, &id), "queue");
    memcpy(at.id, id.data, ULID_SIZE);
    if (!state_wanted(l, state) || at.deadline > l->deadline ||
        (heap_is_full(l) && place_compare(&at, &l->heap[0]) >= 0)) {
        key_queue(seek, holder, state + 1, INT32_MIN, lowest); /* the run behind this one */
        return true;
    }
    if (place_compare(&at, &l->start) < 0) {
        key_queue(seek, holder, state, l->start.deadline, slice_of(l->start.id, ULID_SIZE));
        return true;
    }
    if (row_wanted(l, state, holder, id, row->value)) {
        heap_take(l, &at);
    }
    return false;
}

static void
walk(struct list_ask *l)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct buf seek = BUF_EMPTY;
    snapshot_need(state_cursor_open(l->query->states[0], TABLE_QUEUE, &cursor), "queue");
    enum err err = cursor_next(cursor, &row);
    while (snapshot_found(err, "queue")) {
        err = walk_row(l, &row, &seek) ? cursor_seek(cursor, buf_slice_of(&seek), &row)
                                       : cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    buf_fini(&seek);
    qsort(l->heap, l->count, sizeof *l->heap, place_order);
}

/* ---- names ---- */

/* A key of SUBJECT is the folded name, a zero, and the id. */
static bool
name_has(struct slice key, struct slice part)
{
    size_t name = key.len - ULID_SIZE - 1;
    return key.len > ULID_SIZE && memmem(key.data, name, part.data, part.len) != NULL;
}

static void
names_find(struct list_ask *l, struct slice part)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct buf *ids = &l->query->extra;
    snapshot_need(state_cursor_open(l->query->states[0], TABLE_SUBJECT, &cursor), "subject");
    enum err err = cursor_next(cursor, &row);
    for (; snapshot_found(err, "subject"); err = cursor_next(cursor, &row)) {
        if (name_has(row.key, part)) {
            buf_put(ids, row.key.data + row.key.len - ULID_SIZE, ULID_SIZE);
        }
    }
    cursor_close(cursor);
    l->by_name = true;
    l->named = (uint8_t(*)[ULID_SIZE])ids->data;
    l->named_count = (uint32_t)(ids->len / ULID_SIZE);
    if (l->named_count > 0) {
        qsort(l->named, l->named_count, ULID_SIZE, id_order);
    }
}

/* ---- arguments ---- */

static bool
invalid(const struct list_ask *l, const char *name, struct slice value)
{
    return complain(l->ask->why, CODE_QUERY_INVALID, slice_text(name), "%.*s", SLICE_ARG(value));
}

static bool
read_start(struct list_ask *l, struct slice start)
{
    struct slice day, id;
    uint8_t last[ULID_SIZE];
    l->start = (struct place){.deadline = INT32_MIN};
    if (start.len == 0) {
        return true;
    }
    if (!start_split(start, &day, &id) || id.len != ULID_TEXT - 1 ||
        !ulid_range(id, l->start.id, last)) {
        return invalid(l, "start", start);
    }
    l->start.deadline = INT32_MAX;
    return slice_is(day, "none") || date_parse(day, &l->start.deadline) == ERR_OK ||
           invalid(l, "start", start);
}

static bool
read_words(struct list_ask *l, struct slice state, struct slice level, struct slice deadline)
{
    l->deadline = INT32_MAX;
    if (state.len > 0 && !review_state_parse(state, &l->state)) {
        return invalid(l, "state", state);
    }
    if (level.len > 0 && !authority_parse(level, &l->level)) {
        return invalid(l, "level", level);
    }
    return deadline.len == 0 || date_parse(deadline, &l->deadline) == ERR_OK ||
           invalid(l, "deadline", deadline);
}

static bool
read_unit(struct list_ask *l, struct slice unit)
{
    if (unit.len == 0) {
        return true;
    }
    uint32_t top = registry_find(&l->query->registry, unit);
    l->in_unit = true;
    unit_set_beneath(&l->beneath, l->ask, top);
    return top != UNIT_NONE ||
           complain(l->ask->why, CODE_UNIT_UNKNOWN, unit, "%.*s", SLICE_ARG(unit));
}

static bool
read_find(struct list_ask *l, struct slice find)
{
    struct buf folded = BUF_EMPTY;
    if (find.len == 0) {
        return true;
    }
    collate_fold(find, &folded);
    struct slice part = arena_copy(l->query->arena, buf_slice_of(&folded));
    buf_fini(&folded);
    if (part.len == 0) {
        return invalid(l, "find", find);
    }
    names_find(l, part);
    return true;
}

/* ---- the page ---- */

static void
put_next(struct list_ask *l, uint32_t shown, struct buf *b)
{
    char day[DATE_TEXT] = "none", id[ULID_TEXT], next[DATE_TEXT + ULID_TEXT + 1];
    const struct place *place = &l->heap[shown];
    if (place->deadline != INT32_MAX) {
        date_format(place->deadline, day);
    }
    ulid_format(place->id, id);
    snprintf(next, sizeof next, "%s:%s", day, id);
    answer_next(b, next);
}

static void
put_page(struct list_ask *l, struct buf *b)
{
    struct buf *page = &l->query->page;
    uint32_t shown = 0;
    for (; shown < l->count && shown < l->limit && !page_full(page->len); shown++) {
        struct nomination_row row;
        arena_reset(l->query->scratch);
        review_get(l->query, slice_of(l->heap[shown].id, ULID_SIZE), l->query->scratch, &row);
        pack_map(page, REVIEW_ITEM_KEYS);
        review_put_item(page, l->ask, &l->own, l->heap[shown].id, &row);
    }
    pack_map(b, shown < l->count ? 3 : 2);
    answer_key_date(b, "day", snapshot_day(l->query, NULL));
    answer_key_list(b, "items", page, shown);
    if (shown < l->count) {
        put_next(l, shown, b);
    }
}

bool
ask_review_list(struct ask *ask)
{
    struct list_ask l = {.ask = ask, .query = ask->query, .limit = REVIEW_PAGE_DEFAULT};
    struct slice campaign = {0}, state = {0}, level = {0}, unit = {0}, deadline = {0}, find = {0},
                 start = {0};
    uint64_t limit = REVIEW_PAGE_DEFAULT;
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign}, {"state", ARG_TEXT, false, &state},
        {"level", ARG_TEXT, false, &level},       {"unit", ARG_TEXT, false, &unit},
        {"award", ARG_TEXT, false, &l.award},     {"deadline", ARG_TEXT, false, &deadline},
        {"find", ARG_TEXT, false, &find},         {"mine", ARG_BOOL, false, &l.mine},
        {"done", ARG_BOOL, false, &l.done},       {"limit", ARG_UINT, false, &limit},
        {"start", ARG_TEXT, false, &start},
    };
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        (campaign.len > 0 && !find_campaign(ask, campaign, &l.campaign)) ||
        !read_words(&l, state, level, deadline) || !read_unit(&l, unit) || !read_find(&l, find) ||
        !read_start(&l, start)) {
        return false;
    }
    l.limit = limit == 0 || limit > REVIEW_PAGE_MAX ? REVIEW_PAGE_MAX : (uint32_t)limit;
    l.heap = ARENA_ARRAY(ask->query->arena, struct place, (size_t)l.limit + 1);
    unit_set_own(&l.own, ask);
    walk(&l);
    put_page(&l, ask->body);
    return true;
}
