/* `history`: all that a subject was nominated for, over all campaigns, in the order in which it was
 * proposed. By name, without its marks and capitals: whether two of a name are one person is for
 * people to say. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"

struct history {
    struct ask *ask;
    struct query *query;
    struct unit_set own;
    uint8_t start[ULID_SIZE];
    uint8_t next[ULID_SIZE];
    bool more;
    uint32_t count;
};

static void
put_one(struct history *h, const uint8_t *id)
{
    struct nomination_row row;
    struct buf *page = &h->query->page;
    arena_reset(h->query->scratch);
    review_get(h->query, slice_of(id, ULID_SIZE), h->query->scratch, &row);
    if (!review_sees(h->ask, &h->own, &row)) {
        return;
    }
    pack_map(page, REVIEW_ITEM_KEYS + REVIEW_DECISION_KEYS);
    review_put_item(page, h->ask, &h->own, id, &row);
    review_put_decision(page, &row);
    h->count++;
}

static void
gather(struct history *h, struct slice subject)
{
    struct buf folded = BUF_EMPTY;
    struct subject_walk walk = {0};
    uint8_t id[ULID_SIZE];
    subject_fold(subject, &folded);
    walk.folded = buf_slice_of(&folded);
    while (subject_next(h->query, &walk, id)) {
        if (h->more || memcmp(id, h->start, ULID_SIZE) < 0) {
            continue;
        }
        if (page_full(h->query->page.len)) {
            h->more = true;
            memcpy(h->next, id, ULID_SIZE);
        } else {
            put_one(h, id);
        }
    }
    buf_fini(&folded);
}

bool
ask_history(struct ask *ask)
{
    struct history h = {.ask = ask, .query = ask->query};
    struct slice subject = {0}, start = {0};
    uint8_t last[ULID_SIZE];
    const struct arg args[] = {
        {"subject", ARG_TEXT, true, &subject},
        {"start", ARG_TEXT, false, &start},
    };
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    if (start.len > 0 && !ulid_range(start, h.start, last)) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    unit_set_own(&h.own, ask);
    gather(&h, subject);
    pack_map(ask->body, h.more ? 3 : 2);
    pack_key_text(ask->body, "subject", subject);
    answer_key_list(ask->body, "items", &ask->query->page, h.count);
    if (h.more) {
        review_put_id(ask->body, "next", h.next);
    }
    return true;
}
