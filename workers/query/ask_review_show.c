/* `review.show`: one nomination whole: what it is, what it rests on, what was done with it, what the
 * same subject was nominated for besides, and what may be done next. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/review_documents.h"
#include "workers/query/review_evidence.h"
#include "workers/query/snapshot.h"

struct show {
    struct ask *ask;
    struct query *query;
    struct unit_set own;
    uint8_t id[ULID_SIZE];
    struct nomination_row row;
};

/* ---- the vote ---- */

static void
put_vote(const struct show *s, struct buf *b)
{
    const struct nomination_row *row = &s->row;
    const struct award *award = review_award(review_campaign(s->query, row->campaign), row->award);
    pack_cstr(b, "vote");
    if (row->meeting.len != ULID_SIZE || award == NULL) {
        pack_nil(b);
        return;
    }
    pack_map(b, 10);
    review_put_id(b, "meeting", row->meeting.data);
    pack_key_bool(b, "counted", row->state != STATE_in_review);
    pack_key_uint(b, "yes", row->yes);
    pack_key_uint(b, "no", row->no);
    pack_key_uint(b, "abstain", row->abstain);
    pack_key_uint(b, "spoilt", row->spoilt);
    pack_key_uint(b, "base", row->base);
    pack_key_text(b, "of", slice_text(award->base == BASE_PRESENT ? "present" : "total"));
    pack_key_uint(b, "percent", award->percent);
    pack_key_bool(b, "secret", award->secret);
}

/* ---- the acts ---- */

static void
put_act(const struct show *s, const struct act_row *act, struct receipt receipt, struct buf *b)
{
    pack_map(b, 13);
    pack_key_text(b, "act", slice_text(act->act == 0 ? "comment" : review_act_name(act->act)));
    pack_key_text(b, "from", slice_text(review_state_name(act->from)));
    pack_key_text(b, "to", slice_text(review_state_name(act->to)));
    review_put_unit(b, s->ask, "holder", "holder_name", act->holder);
    pack_key_int(b, "time_us", act->time_us);
    answer_key_receipt(b, "receipt", receipt);
    pack_key_text(b, "principal", act->principal);
    pack_key_text(b, "unit", act->unit);
    pack_cstr(b, "agrees");
    if (act->act == REVIEW_opinion || act->act == REVIEW_opinion_last) {
        pack_bool(b, act->agrees);
    } else {
        pack_nil(b);
    }
    pack_key_text(b, "text", act->text);
    pack_key_text(b, "number", act->number);
    pack_key_text(b, "date", act->date);
}

/* A key of ACT is the nomination and a receipt. Whoever comments without end fills a page, no more. */
static uint32_t
gather_acts(const struct show *s, struct buf *page)
{
    const struct slice id = slice_of(s->id, ULID_SIZE);
    struct state_cursor *cursor;
    struct state_row row;
    struct buf from = BUF_EMPTY;
    uint32_t count = 0;
    key_act(&from, id, (struct receipt){0});
    snapshot_need(state_cursor_open(s->query->states[0], TABLE_ACT, &cursor), "act");
    enum err err = cursor_seek(cursor, buf_slice_of(&from), &row);
    while (!page_full(page->len) && snapshot_found(err, "act") && row.key.len > ULID_SIZE &&
           memcmp(row.key.data, s->id, ULID_SIZE) == 0) {
        struct act_row act;
        struct receipt receipt;
        snapshot_need(act_decode(row.value, &act), "act");
        snapshot_need(receipt_key_decode(
                          slice_of(row.key.data + ULID_SIZE, row.key.len - ULID_SIZE), &receipt),
                      "act");
        put_act(s, &act, receipt, page);
        count++;
        err = cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    buf_fini(&from);
    return count;
}

/* ---- the same subject ---- */

static void
put_other(struct show *s, const uint8_t *id, const struct nomination_row *row, struct buf *b)
{
    const struct campaign *campaign = review_campaign(s->query, row->campaign);
    pack_map(b, 5 + REVIEW_AWARD_KEYS);
    review_put_id(b, "nomination", id);
    pack_key_text(b, "campaign", campaign == NULL ? slice_text("") : campaign->code);
    review_put_award(b, campaign, row->award);
    review_put_unit(b, s->ask, "unit", "name", row->proposer);
    pack_key_text(b, "state", slice_text(review_state_name(row->state)));
}

/* Those of the same name that the asker may see: a hint, for names are not keys. */
static uint32_t
gather_others(struct show *s, struct buf *page)
{
    struct buf folded = BUF_EMPTY;
    struct subject_walk walk = {0};
    uint8_t id[ULID_SIZE];
    uint32_t count = 0;
    subject_fold(s->row.subject, &folded);
    walk.folded = buf_slice_of(&folded);
    while (subject_next(s->query, &walk, id)) {
        struct nomination_row row;
        arena_reset(s->query->scratch);
        review_get(s->query, slice_of(id, ULID_SIZE), s->query->scratch, &row);
        if (!page_full(page->len) && memcmp(id, s->id, ULID_SIZE) != 0 &&
            review_sees(s->ask, &s->own, &row)) {
            put_other(s, id, &row, page);
            count++;
        }
    }
    buf_fini(&folded);
    return count;
}

/* ---- the answer ---- */

static void
put_asked(const struct show *s, struct buf *b)
{
    pack_cstr(b, "asked");
    pack_array(b, s->row.asked_count);
    for (uint32_t i = 0; i < s->row.asked_count; i++) {
        pack_map(b, 2);
        review_put_unit(b, s->ask, "unit", "name",
                        registry_find(&s->query->registry, s->row.asked[i]));
    }
}

bool
ask_review_show(struct ask *ask)
{
    struct show s = {.ask = ask, .query = ask->query};
    struct slice text = {0};
    const struct arg args[] = {{"nomination", ARG_TEXT, true, &text}};
    struct buf *b = ask->body;
    if (!args_read(ask, args, 1) || !review_find(ask, text, s.id, &s.row)) {
        return false;
    }
    unit_set_own(&s.own, ask);
    pack_map(b, REVIEW_ITEM_KEYS + REVIEW_DECISION_KEYS + 7);
    review_put_item(b, ask, &s.own, s.id, &s.row);
    review_put_decision(b, &s.row);
    pack_key_text(b, "summary", s.row.summary);
    put_asked(&s, b);
    put_vote(&s, b);
    if (!review_put_evidence(ask, &s.row, b)) {
        return false;
    }
    review_put_documents(s.query, &s.row, b);
    uint32_t acts = gather_acts(&s, &s.query->page);
    answer_key_list(b, "acts", &s.query->page, acts);
    uint32_t others = gather_others(&s, &s.query->extra);
    answer_key_list(b, "others", &s.query->extra, others);
    return true;
}
