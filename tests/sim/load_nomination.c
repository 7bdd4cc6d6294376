/* Nominations and what is done upon them: mostly the next act by what the screen shows, now and
 * then any other, by anybody; records without what they need; the same once more. */
#include "common/check.h"
#include "common/period.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "tests/sim/book.h"
#include "tests/sim/screen.h"
#include "tests/sim/sim.h"

#include <sodium.h>

static const char *const UNITS[] = {"w0", "w1", "w2", "w3", "w4",  "w5",
                                    "w6", "w7", "d0", "d1", "city"};
#define UNIT_COUNT 11
#define AWAIT_US 4000000
static const char *const AWARDS[] = {"khen-xa", "khen-quan", "bang-khen", "thu-tuong",
                                     "huan-chuong"};

static struct slice
text_any(struct sim *s, const char *usual)
{
    int64_t kind = rng_between(&s->council_rng, 0, 59);
    return slice_text(kind == 0 ? "" : kind == 1 ? " " : usual);
}

static struct slice
date_any(struct sim *s)
{
    int64_t kind = rng_between(&s->council_rng, 0, 19);
    return slice_text(kind == 0 ? "" : kind == 1 ? "2021-02-30" : "2021-12-01");
}

static struct slice
unit_any(struct sim *s)
{
    bool known = !rng_chance(&s->council_rng, 1, 30);
    return slice_text(known ? UNITS[rng_between(&s->council_rng, 0, UNIT_COUNT - 1)] : "nowhere");
}

/* Of the council's records the envelope's unit decides nothing. */
static void
act_send(struct sim *s, uint32_t from, struct buf *body)
{
    struct slice unit = slice_text(rng_chance(&s->council_rng, 1, 2) ? "" : "w1");
    council_send(s, from, unit, buf_slice_of(body));
    buf_fini(body);
}

/* ---- proposing ---- */

static void
file_send(struct sim *s, const struct book_nomination *n)
{
    struct rng *r = &s->council_rng;
    struct buf body = BUF_EMPTY;
    uint8_t hash[32];
    crypto_generichash(hash, sizeof(hash), n->document.data, n->document.len, NULL, 0);
    struct record_file in = {.hash = slice_of(hash, 32),
                             .unit = slice_text(UNITS[n->unit]),
                             .size = n->document.len,
                             .bytes = n->document};
    if (rng_chance(r, 1, 8)) {
        hash[0] ^= 1; /* another document's */
    } else if (rng_chance(r, 1, 12)) {
        in.index = 1;
    }
    record_encode_file(&in, &body);
    act_send(s, council_actor(s), &body);
    sim_count(SENT_document);
}

static void
papers_pack(struct sim *s, const struct book_nomination *n, struct buf *documents,
            struct buf *evidence)
{
    struct rng *r = &s->council_rng;
    uint8_t hash[32];
    char period[PERIOD_TEXT];
    if (n->document.len > 0) {
        crypto_generichash(hash, sizeof(hash), n->document.data, n->document.len, NULL, 0);
        pack_array(documents, 1);
        pack_array(documents, 4);
        pack_bytes(documents, slice_of(hash, sizeof(hash)));
        pack_cstr(documents, "report");
        pack_cstr(documents, "Báo cáo thành tích");
        pack_uint(documents, n->document.len + rng_chance(r, 1, 20));
    }
    if (rng_chance(r, 1, 8)) {
        int32_t day = day_of_time(broker_wall_us(s), 7 * 60) - (int32_t)rng_between(r, 0, 20);
        period_format(period_of_day((enum granularity)rng_between(r, 1, 3), day), period);
        pack_array(evidence, 1);
        pack_array(evidence, 3);
        pack_text(evidence, unit_any(s));
        pack_cstr(evidence, rng_chance(r, 1, 20) ? "2021W60" : period);
        pack_cstr(evidence, rng_chance(r, 1, 20)  ? "height"
                            : rng_chance(r, 1, 3) ? "more"
                                                  : "doses");
    }
}

static void
nomination_send(struct sim *s, const struct book_nomination *n, const char *award)
{
    struct rng *r = &s->council_rng;
    struct buf documents = BUF_EMPTY, evidence = BUF_EMPTY, body = BUF_EMPTY;
    papers_pack(s, n, &documents, &evidence);
    struct record_nomination in = {
        .campaign = slice_text(rng_chance(r, 1, 2) ? "cv" : ""),
        .nomination = slice_of(n->id, 16),
        .unit = rng_chance(r, 1, 30) ? unit_any(s) : slice_text(UNITS[n->unit]),
        .award = slice_text(rng_chance(r, 1, 40) ? "medal" : award),
        .kind = (uint64_t)(rng_chance(r, 1, 20) ? rng_between(r, 0, 4) : 1),
        .subject = text_any(s, rng_chance(r, 1, 30) ? "Tổ\ndân phố" : "Tổ dân phố số 7"),
        .subject_unit = rng_chance(r, 1, 3) ? unit_any(s) : slice_text(""),
        .id = council_ulid(s),
        .theme = slice_text(rng_chance(r, 1, 30)  ? "none"
                            : rng_chance(r, 1, 2) ? "all"
                                                  : ""),
        .summary = text_any(s, "Vận động, chăm lo, tuyên truyền"),
        .evidence = buf_slice_of(&evidence),
        .documents = buf_slice_of(&documents),
        .simplified = rng_chance(r, 1, 3),
    };
    record_encode_nomination(&in, &body);
    act_send(s, rng_chance(r, 2, 3) ? 0 : council_actor(s), &body);
    sim_count(SENT_nomination);
    buf_fini(&documents);
    buf_fini(&evidence);
}

static const char *
award_any(struct sim *s)
{
    return AWARDS[rng_chance(&s->council_rng, 1, 4) ? 0 : rng_between(&s->council_rng, 0, 4)];
}

/* Where the book has room. */
static void
propose(struct sim *s)
{
    if (s->book->nomination_count == BOOK_NOMINATIONS_MAX) {
        return;
    }
    struct rng *r = &s->council_rng;
    struct book_nomination *n = &s->book->nominations[s->book->nomination_count++];
    memcpy(n->id, council_ulid(s).data, sizeof(n->id));
    /* Mostly of two communes and those above them, so that quotas fill. */
    for (int tries = 0; tries == 0 || (tries < 4 && !screen_knows(s, UNITS[n->unit])); tries++) {
        n->unit = (uint32_t)(rng_chance(r, 1, 3)   ? rng_between(r, 8, 10)
                             : rng_chance(r, 1, 2) ? rng_between(r, 0, 1)
                                                   : rng_between(r, 0, 7));
    }
    if (rng_chance(r, 1, 3)) {
        uint8_t *bytes = arena_alloc(s->arena, 24);
        for (int i = 0; i < 24; i++) {
            bytes[i] = (uint8_t)rng_next(r);
        }
        n->document = slice_of(bytes, (size_t)rng_between(r, 1, 24));
    }
    n->done_us = s->now_us;
    nomination_send(s, n, award_any(s));
    if (n->document.len > 0 && rng_chance(r, 1, 2)) {
        file_send(s, n);
    }
}

/* ---- acts ---- */

static void
review_send(struct sim *s, const struct book_nomination *n, enum review_act act, struct slice unit)
{
    struct buf body = BUF_EMPTY;
    struct record_review in = {
        .nomination = slice_of(n->id, 16),
        .unit = unit,
        .act = (uint64_t)act,
        .agrees = rng_chance(&s->council_rng, 1, 2),
        .reason = text_any(s, "thiếu minh chứng"),
        .id = council_ulid(s),
    };
    record_encode_review(&in, &body);
    act_send(s, council_actor(s), &body);
    sim_count(SENT_review);
}

static void
decision_send(struct sim *s, const struct book_nomination *n, enum decision_outcome outcome)
{
    struct buf body = BUF_EMPTY;
    struct record_decision in = {
        .nomination = slice_of(n->id, 16),
        .outcome = (uint64_t)outcome,
        .number = text_any(s, "123/QĐ-UBND"),
        .date = date_any(s),
        .signer = slice_text("Chủ tịch"),
        .id = council_ulid(s),
        .reason = text_any(s, "không đủ điều kiện"),
    };
    record_encode_decision(&in, &body);
    act_send(s, council_actor(s), &body);
    sim_count(SENT_decision);
}

static void
revocation_send(struct sim *s, const struct book_nomination *n)
{
    struct buf body = BUF_EMPTY;
    struct record_revocation in = {
        .nomination = slice_of(n->id, 16),
        .number = text_any(s, "9/QĐ-UBND"),
        .date = date_any(s),
        .reason = text_any(s, "khai man"),
        .id = council_ulid(s),
    };
    record_encode_revocation(&in, &body);
    act_send(s, council_actor(s), &body);
    sim_count(SENT_revocation);
}

static void
comment_send(struct sim *s, const struct book_nomination *n)
{
    struct buf body = BUF_EMPTY;
    struct record_comment in = {.nomination = slice_of(n->id, 16),
                                .text = text_any(s, "rất xứng đáng"),
                                .id = council_ulid(s)};
    record_encode_comment(&in, &body);
    act_send(s, council_actor(s), &body);
    sim_count(SENT_comment);
}

/* Whatever comes to mind, right or not, of this nomination or of one that nobody knows. */
static void
act_any(struct sim *s, const struct book_nomination *n)
{
    struct rng *r = &s->council_rng;
    struct book_nomination none = *n;
    if (rng_chance(r, 1, 20)) {
        none.id[0] ^= 0x55;
        n = &none;
    }
    switch (rng_between(r, 0, 9)) {
    case 0:
        nomination_send(s, n, award_any(s));
        break;
    case 1:
        comment_send(s, n);
        break;
    case 2:
        revocation_send(s, n);
        break;
    case 3:
    case 4:
        decision_send(s, n, (enum decision_outcome)rng_between(r, 1, 2 + rng_chance(r, 1, 9)));
        break;
    default:
        review_send(s, n, (enum review_act)rng_between(r, 1, 8 + rng_chance(r, 1, 9)), unit_any(s));
        break;
    }
}

static void
consulting_next(struct sim *s, const struct book_nomination *n, const struct nomination_row *row)
{
    struct rng *r = &s->council_rng;
    int64_t kind = rng_between(r, 0, 9);
    if (kind < 2 || row->asked_count == 0) {
        review_send(s, n, REVIEW_consult, unit_any(s));
    } else if (kind < 5) {
        review_send(s, n, REVIEW_conclude, slice_text(""));
    } else {
        uint32_t at = (uint32_t)rng_between(r, 0, row->asked_count - 1);
        review_send(s, n, REVIEW_opinion, row->asked[at]);
    }
}

static void
verified_next(struct sim *s, const struct book_nomination *n, const struct nomination_row *row)
{
    bool voted = !slice_is(row->award, "khen-xa") && !slice_is(row->award, "huan-chuong");
    switch (rng_between(&s->council_rng, 0, 15)) {
    case 0:
    case 5:
    case 6:
        review_send(s, n, REVIEW_consult, unit_any(s));
        break;
    case 1:
        review_send(s, n, REVIEW_send_back, slice_text(""));
        break;
    case 2:
    case 3:
        review_send(s, n, REVIEW_forward, slice_text(""));
        break;
    case 4:
        review_send(s, n, REVIEW_approve, slice_text(""));
        break;
    default:
        if (voted) {
            load_meeting_call(s, row);
        } else {
            review_send(s, n, REVIEW_approve, slice_text(""));
        }
        break;
    }
}

static void
approved_next(struct sim *s, const struct book_nomination *n)
{
    int64_t kind = rng_between(&s->council_rng, 0, 9);
    if (kind < 5) {
        decision_send(s, n, OUTCOME_DECIDED);
    } else if (kind < 9) {
        review_send(s, n, REVIEW_forward, slice_text(""));
    } else {
        review_send(s, n, REVIEW_refuse, slice_text(""));
    }
}

static void
submitted_next(struct sim *s, const struct book_nomination *n)
{
    int64_t kind = rng_between(&s->council_rng, 0, 15);
    if (n->document.len > 0 && kind < 8) {
        file_send(s, n);
    } else {
        review_send(s, n,
                    kind == 14   ? REVIEW_send_back
                    : kind == 15 ? REVIEW_refuse
                                 : REVIEW_verify,
                    slice_text(""));
    }
}

static void
act_next(struct sim *s, const struct book_nomination *n, const struct nomination_row *row)
{
    switch (row->state) {
    case STATE_submitted:
        submitted_next(s, n);
        break;
    case STATE_verified:
        verified_next(s, n, row);
        break;
    case STATE_consulting:
        consulting_next(s, n, row);
        break;
    case STATE_returned:
        nomination_send(s, n, award_any(s));
        break;
    case STATE_approved:
        approved_next(s, n);
        break;
    case STATE_forwarded:
        decision_send(s, n, rng_chance(&s->council_rng, 1, 4) ? OUTCOME_REFUSED : OUTCOME_DECIDED);
        break;
    case STATE_decided:
        rng_chance(&s->council_rng, 1, 2) ? revocation_send(s, n) : comment_send(s, n);
        break;
    default:
        act_any(s, n);
        break;
    }
}

bool
load_is_awaited(struct sim *s, struct book_nomination *n, uint64_t seen)
{
    int64_t await_us =
        seen == 0 ? 2 * AWAIT_US : AWAIT_US; /* nothing seen: it is still on its way */
    if (n->seen == seen && s->now_us - n->done_us < await_us &&
        !rng_chance(&s->council_rng, 1, 9)) {
        return true;
    }
    n->seen = seen;
    n->done_us = s->now_us;
    return false;
}

/* Whether something is still to be done about it. */
static bool
is_open(struct sim *s, const struct nomination_row *row)
{
    bool rests = row->state == STATE_decided && rng_chance(&s->council_rng, 1, 2);
    return row->state != STATE_refused && row->state != STATE_revoked && !rests;
}

/* Of a few that are looked at one that is in review, or at least one that is there and not done
 * with. */
static struct book_nomination *
nomination_pick(struct sim *s, struct nomination_row *row, bool *there)
{
    struct book_nomination *n = NULL;
    *there = false;
    for (int looks = 0; looks < 5; looks++) {
        if (*there && (row->state == STATE_in_review || (looks > 2 && is_open(s, row)))) {
            break;
        }
        n = &s->book->nominations[rng_between(&s->council_rng, 0, s->book->nomination_count - 1)];
        *there = screen_nomination(s, n->id, row);
    }
    return n;
}

void
load_nomination_act(struct sim *s)
{
    struct rng *r = &s->council_rng;
    struct nomination_row row;
    if (s->book->nomination_count < 3 || rng_chance(r, 1, 20)) {
        propose(s);
        return;
    }
    bool there;
    struct book_nomination *n = nomination_pick(s, &row, &there);
    uint64_t seen = there ? (uint64_t)row.state << 8 | row.asked_count : 0;
    if (rng_chance(r, 1, 9)) {
        act_any(s, n);
    } else if (there && row.state == STATE_in_review) {
        load_meeting_next(s, n, &row);
    } else if (load_is_awaited(s, n, seen)) {
        return;
    } else if (there) {
        act_next(s, n, &row);
    } else { /* nothing was heard of it */
        n->unit = rng_chance(r, 1, 6) ? (uint32_t)rng_between(r, 8, 10) : n->unit;
        nomination_send(s, n, award_any(s));
    }
}
