/* NOMINATION, ACT and QUEUE, and APPROVAL, which is as small: rows of the review. */
#include "workers/state/rows_council.h"
#include "workers/state/rows_impl.h"

enum nomination_bit { NOMINATION_SIMPLIFIED = 1 };

/* A day, or INT32_MAX for none; signed, since a block's day may lie before 1970. */
static int32_t
get_day(struct reader *r)
{
    int64_t day = reader_zigzag(r);
    if (day < INT32_MIN || day > INT32_MAX) {
        r->bad = true;
        return 0;
    }
    return (int32_t)day;
}

void
approval_encode(const struct approval_row *a, struct buf *out)
{
    buf_byte(out, a->approved ? 1 : 0);
    row_put_receipt(out, a->receipt);
    buf_zigzag(out, a->time_us);
    row_put_text(out, a->principal);
    row_put_text(out, a->reason);
}

enum err
approval_decode(struct slice value, struct approval_row *a)
{
    struct reader r = reader_of(value);
    a->approved = row_choice(&r, 0, 1) == 1;
    a->receipt = row_receipt(&r);
    a->time_us = reader_zigzag(&r);
    a->principal = row_text(&r);
    a->reason = row_text(&r);
    return row_end(&r);
}

static void
put_vote(const struct nomination_row *n, struct buf *out)
{
    row_put_text(out, n->meeting);
    buf_varint(out, n->yes);
    buf_varint(out, n->no);
    buf_varint(out, n->abstain);
    buf_varint(out, n->spoilt);
    buf_varint(out, n->base);
}

static void
get_vote(struct reader *r, struct nomination_row *n)
{
    n->meeting = row_text(r);
    n->yes = (uint32_t)row_uint(r, UINT32_MAX);
    n->no = (uint32_t)row_uint(r, UINT32_MAX);
    n->abstain = (uint32_t)row_uint(r, UINT32_MAX);
    n->spoilt = (uint32_t)row_uint(r, UINT32_MAX);
    n->base = (uint32_t)row_uint(r, UINT32_MAX);
}

static void
put_matter(const struct nomination_row *n, struct buf *out)
{
    row_put_text(out, n->award);
    buf_byte(out, (uint8_t)n->kind);
    row_put_text(out, n->subject);
    buf_varint(out, n->subject_unit);
    row_put_text(out, n->theme);
    row_put_text(out, n->summary);
    row_put_text(out, n->evidence);
    row_put_text(out, n->documents);
    buf_byte(out, n->simplified ? NOMINATION_SIMPLIFIED : 0);
}

static void
get_matter(struct reader *r, struct nomination_row *n)
{
    n->award = row_text(r);
    n->kind = (enum subject_kind)row_choice(r, SUBJECT_COLLECTIVE, SUBJECT_HOUSEHOLD);
    n->subject = row_text(r);
    n->subject_unit = (uint32_t)row_uint(r, UINT32_MAX);
    n->theme = row_text(r);
    n->summary = row_text(r);
    n->evidence = row_text(r);
    n->documents = row_text(r);
    n->simplified = row_choice(r, 0, NOMINATION_SIMPLIFIED) != 0;
}

static void
get_asked(struct reader *r, struct arena *arena, struct nomination_row *n)
{
    n->asked_count = row_count(r, 1);
    n->asked = n->asked_count == 0 ? NULL : ARENA_ARRAY(arena, struct slice, n->asked_count);
    for (uint32_t i = 0; i < n->asked_count; i++) {
        n->asked[i] = row_text(r);
    }
}

void
nomination_encode(const struct nomination_row *n, struct buf *out)
{
    buf_varint(out, n->campaign);
    buf_varint(out, n->proposer);
    buf_varint(out, n->holder);
    buf_byte(out, (uint8_t)n->state);
    buf_zigzag(out, n->since);
    buf_zigzag(out, n->deadline);
    buf_zigzag(out, n->submitted_us);
    row_put_receipt(out, n->receipt);
    put_vote(n, out);
    row_put_text(out, n->decision_number);
    row_put_text(out, n->decision_date);
    row_put_text(out, n->decision_signer);
    put_matter(n, out);
    buf_varint(out, n->asked_count);
    for (uint32_t i = 0; i < n->asked_count; i++) {
        row_put_text(out, n->asked[i]);
    }
}

enum err
nomination_decode(struct slice value, struct arena *arena, struct nomination_row *n)
{
    struct reader r = reader_of(value);
    memset(n, 0, sizeof(*n));
    n->campaign = (uint16_t)row_uint(&r, UINT16_MAX);
    n->proposer = (uint32_t)row_uint(&r, UINT32_MAX);
    n->holder = (uint32_t)row_uint(&r, UINT32_MAX);
    n->state = (enum review_state)row_choice(&r, STATE_none + 1, REVIEW_STATE_MAX);
    n->since = get_day(&r);
    n->deadline = get_day(&r);
    n->submitted_us = reader_zigzag(&r);
    n->receipt = row_receipt(&r);
    get_vote(&r, n);
    n->decision_number = row_text(&r);
    n->decision_date = row_text(&r);
    n->decision_signer = row_text(&r);
    get_matter(&r, n);
    get_asked(&r, arena, n);
    return row_end(&r);
}

void
act_encode(const struct act_row *a, struct buf *out)
{
    buf_byte(out, (uint8_t)a->act);
    buf_byte(out, (uint8_t)a->from);
    buf_byte(out, (uint8_t)a->to);
    buf_varint(out, a->holder);
    buf_zigzag(out, a->time_us);
    row_put_text(out, a->principal);
    row_put_text(out, a->unit);
    buf_byte(out, a->agrees ? 1 : 0);
    row_put_text(out, a->text);
    row_put_text(out, a->number);
    row_put_text(out, a->date);
}

enum err
act_decode(struct slice value, struct act_row *a)
{
    struct reader r = reader_of(value);
    a->act = (enum review_act)row_choice(&r, 0, REVIEW_revoke);
    a->from = (enum review_state)row_choice(&r, 0, REVIEW_STATE_MAX);
    a->to = (enum review_state)row_choice(&r, 0, REVIEW_STATE_MAX);
    a->holder = (uint32_t)row_uint(&r, UINT32_MAX);
    a->time_us = reader_zigzag(&r);
    a->principal = row_text(&r);
    a->unit = row_text(&r);
    a->agrees = row_choice(&r, 0, 1) == 1;
    a->text = row_text(&r);
    a->number = row_text(&r);
    a->date = row_text(&r);
    return row_end(&r);
}

void
queue_encode(const struct queue_row *q, struct buf *out)
{
    buf_varint(out, q->campaign);
    buf_byte(out, (uint8_t)q->kind);
    buf_varint(out, q->proposer);
    buf_varint(out, q->subject_unit);
    row_put_text(out, q->award);
}

enum err
queue_decode(struct slice value, struct queue_row *q)
{
    struct reader r = reader_of(value);
    q->campaign = (uint16_t)row_uint(&r, UINT16_MAX);
    q->kind = (enum subject_kind)row_choice(&r, SUBJECT_COLLECTIVE, SUBJECT_HOUSEHOLD);
    q->proposer = (uint32_t)row_uint(&r, UINT32_MAX);
    q->subject_unit = (uint32_t)row_uint(&r, UINT32_MAX);
    q->award = row_text(&r);
    return row_end(&r);
}
