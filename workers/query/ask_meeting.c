/* `meetings`: every meeting of a council, the newest first. `meeting`: one of them: members, who is
 * present, and for each nomination on the table the rule, the votes, the opening and the sums.
 *
 * Who voted is told to whoever may ask; what they voted only where the vote is open. A secret ballot is
 * told as it stands in the journal, commitment and sealed box, so that everybody can check its opening
 * and only the teller can read it.
 *
 * What is named `recorded` is what the close of the meeting wrote; `sums` are made here, from the votes
 * and by today's rule, so that the one can be held against the other. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/meeting_sums.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD_KEYS 10 /* what `meetings` tells of each, and `meeting` begins with */

static uint32_t
count_present(const struct meeting_row *m)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->member_count; i++) {
        count += m->present[i];
    }
    return count;
}

static void
put_head(struct buf *b, const struct ask *ask, const uint8_t *id, const struct meeting_row *m)
{
    const struct campaign *campaign = review_campaign(ask->query, m->campaign);
    review_put_id(b, "meeting", id);
    pack_key_text(b, "campaign", campaign == NULL ? slice_text("") : campaign->code);
    review_put_unit(b, ask, "unit", "name", m->unit);
    pack_key_text(b, "title", m->title);
    pack_key_text(b, "date", m->date);
    pack_key_bool(b, "closed", m->closed);
    pack_key_uint(b, "member_count", m->member_count);
    pack_key_uint(b, "present_count", count_present(m));
    pack_key_uint(b, "nomination_count", m->nomination_count);
}

/* ---- meetings ---- */

/* The newest first: a meeting's identity begins with its time. */
static enum err
list_first(struct state_cursor *cursor, const uint8_t *start, struct state_row *row)
{
    if (start == NULL) {
        return cursor_prev(cursor, row);
    }
    enum err err = cursor_seek(cursor, slice_of(start, ULID_SIZE), row);
    bool exact = err == ERR_OK && slice_equal(row->key, slice_of(start, ULID_SIZE));
    return exact ? ERR_OK : cursor_prev(cursor, row);
}

static uint32_t
list_fill(struct ask *ask, const uint8_t *start, char next[ULID_TEXT])
{
    struct query *q = ask->query;
    struct state_cursor *cursor;
    struct state_row row;
    uint32_t count = 0;
    snapshot_need(state_cursor_open(q->states[0], TABLE_MEETING, &cursor), "meeting");
    enum err err = list_first(cursor, start, &row);
    for (; snapshot_found(err, "meeting"); err = cursor_prev(cursor, &row)) {
        struct meeting_row m;
        if (page_full(q->page.len)) {
            ulid_format(row.key.data, next);
            break;
        }
        arena_reset(q->scratch);
        snapshot_need(row.key.len == ULID_SIZE ? ERR_OK : ERR_CORRUPT, "meeting");
        snapshot_need(meeting_decode(row.value, q->scratch, &m), "meeting");
        pack_map(&q->page, HEAD_KEYS);
        put_head(&q->page, ask, row.key.data, &m);
        count++;
    }
    cursor_close(cursor);
    return count;
}

bool
ask_meetings(struct ask *ask)
{
    struct slice start = {0};
    uint8_t first[ULID_SIZE], last[ULID_SIZE];
    char next[ULID_TEXT] = "";
    const struct arg args[] = {{"start", ARG_TEXT, false, &start}};
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    if (start.len > 0 && !ulid_range(start, first, last)) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    uint32_t count = list_fill(ask, start.len > 0 ? last : NULL, next);
    pack_map(ask->body, next[0] == '\0' ? 1 : 2);
    answer_key_list(ask->body, "meetings", &ask->query->page, count);
    answer_next(ask->body, next);
    return true;
}

/* ---- meeting ---- */

struct sitting {
    struct ask *ask;
    struct query *query;
    uint8_t id[ULID_SIZE];
    struct meeting_row row;
};

/* How many begin so: 0, 1, or 2 for more; the first in `id`. */
static unsigned
range_look(struct query *query, const uint8_t *first, const uint8_t *last, uint8_t id[ULID_SIZE])
{
    struct state_cursor *cursor;
    struct state_row row;
    unsigned count = 0;
    snapshot_need(state_cursor_open(query->states[0], TABLE_MEETING, &cursor), "meeting");
    enum err err = cursor_seek(cursor, slice_of(first, ULID_SIZE), &row);
    while (count < 2 && snapshot_found(err, "meeting") && row.key.len == ULID_SIZE &&
           memcmp(row.key.data, last, ULID_SIZE) <= 0) {
        if (count++ == 0) {
            memcpy(id, row.key.data, ULID_SIZE);
        }
        err = cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    return count;
}

static bool
meeting_find(struct sitting *s, struct slice text)
{
    struct ask *ask = s->ask;
    uint8_t first[ULID_SIZE], last[ULID_SIZE];
    struct slice value;
    if (!ulid_range(text, first, last)) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("meeting"), "%.*s",
                        SLICE_ARG(text));
    }
    unsigned count = range_look(s->query, first, last, s->id);
    if (count == 0) {
        return complain(ask->why, CODE_MEETING_UNKNOWN, text, "%.*s", SLICE_ARG(text));
    }
    if (count > 1) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("meeting"), "%.*s…: > 1",
                        SLICE_ARG(text));
    }
    snapshot_need(state_get(s->query->states[0], TABLE_MEETING, slice_of(s->id, ULID_SIZE), &value),
                  "meeting");
    snapshot_need(meeting_decode(value, s->query->arena, &s->row), "meeting");
    return true;
}

/* The principal's of today: how minutes name it. */
static struct slice
title_of(const struct query *query, struct slice principal)
{
    const struct access_entry *entry = access_table_find(query->principals, principal);
    return entry == NULL ? slice_text("") : entry->title;
}

static void
put_members(struct buf *b, const struct query *query, const struct meeting_row *m)
{
    pack_cstr(b, "members");
    pack_array(b, m->member_count);
    for (uint32_t i = 0; i < m->member_count; i++) {
        pack_map(b, 3);
        pack_key_text(b, "principal", m->members[i]);
        pack_key_text(b, "title", title_of(query, m->members[i]));
        pack_key_bool(b, "present", m->present[i]);
    }
}

/* The award's rule today; nil where a revision of the campaign has left it out. */
static void
put_rule(struct buf *b, const struct award *award)
{
    pack_cstr(b, "rule");
    if (award == NULL) {
        pack_nil(b);
        return;
    }
    struct vote_rule rule = vote_rule_of(award);
    pack_map(b, 5);
    pack_key_uint(b, "percent", rule.percent);
    pack_key_text(b, "of", slice_text(rule.base == BASE_PRESENT ? "present" : "total"));
    pack_key_uint(b, "quorum", rule.quorum);
    pack_key_bool(b, "secret", award->secret);
    pack_key_bool(b, "written", award->written);
}

static void
put_opening(struct buf *b, const struct meeting_sums *sums, const struct opening_row *opening)
{
    pack_cstr(b, "opening");
    if (!sums->opened) {
        pack_nil(b);
        return;
    }
    pack_map(b, 6);
    pack_key_uint(b, "yes", opening->yes);
    pack_key_uint(b, "no", opening->no);
    pack_key_uint(b, "abstain", opening->abstain);
    answer_key_receipt(b, "receipt", opening->receipt);
    pack_cstr(b, "blinding");
    pack_bytes(b, opening->blinding);
    pack_cstr(b, "spoilt");
    pack_array(b, opening->spoilt_count);
    for (uint32_t i = 0; i < opening->spoilt_count; i++) {
        pack_text(b, opening->spoilt[i]);
    }
}

static void
put_counts(struct buf *b, uint32_t yes, uint32_t no, uint32_t abstain, uint32_t spoilt,
           uint32_t base)
{
    pack_key_uint(b, "yes", yes);
    pack_key_uint(b, "no", no);
    pack_key_uint(b, "abstain", abstain);
    pack_key_uint(b, "spoilt", spoilt);
    pack_key_uint(b, "base", base);
}

static void
put_sums(struct buf *b, const struct meeting_sums *sums, const struct award *award)
{
    const struct vote_sums *v = &sums->sums;
    struct vote_rule rule = award == NULL ? (struct vote_rule){0} : vote_rule_of(award);
    bool counted = sums->sealed == 0 || sums->opened;
    pack_cstr(b, "sums");
    pack_map(b, 9);
    put_counts(b, v->yes, v->no, v->abstain, v->spoilt, vote_base_of(&rule, v));
    pack_key_uint(b, "taking_part", v->taking_part);
    pack_key_bool(b, "counted", counted);
    pack_key_bool(b, "quorum", award != NULL && vote_has_quorum(&rule, v));
    pack_key_bool(b, "carried", award != NULL && counted && vote_is_carried(&rule, v));
}

/* Of this meeting's vote; nil where it has not been closed, or closed without one. */
static void
put_recorded(struct buf *b, const struct sitting *s, const struct nomination_row *row)
{
    pack_cstr(b, "recorded");
    if (!s->row.closed || !slice_equal(row->meeting, slice_of(s->id, ULID_SIZE))) {
        pack_nil(b);
        return;
    }
    pack_map(b, 5);
    put_counts(b, row->yes, row->no, row->abstain, row->spoilt, row->base);
}

static void
put_item(struct sitting *s, struct slice nomination)
{
    struct query *q = s->query;
    struct buf *b = &q->page;
    struct nomination_row row;
    struct meeting_sums sums;
    struct opening_row opening;
    arena_reset(q->scratch);
    review_get(q, nomination, q->scratch, &row);
    const struct campaign *campaign = review_campaign(q, row.campaign);
    const struct award *award = campaign == NULL ? NULL : review_award(campaign, row.award);
    buf_clear(&q->item);
    uint32_t votes = meeting_votes(q, slice_of(s->id, ULID_SIZE), &s->row, nomination, &q->item,
                                   &sums, &opening);
    pack_map(b, 12 + REVIEW_AWARD_KEYS);
    review_put_id(b, "nomination", nomination.data);
    review_put_award(b, campaign, row.award);
    pack_key_text(b, "kind", slice_text(subject_kind_name(row.kind)));
    pack_key_text(b, "subject", row.subject);
    review_put_unit(b, s->ask, "unit", "name", row.proposer);
    pack_key_text(b, "state", slice_text(review_state_name(row.state)));
    pack_key_text(b, "outcome",
                  slice_text(review_act_name(meeting_outcome(q, nomination, s->row.receipt))));
    put_rule(b, award);
    answer_key_list(b, "votes", &q->item, votes);
    put_opening(b, &sums, &opening);
    put_sums(b, &sums, award);
    put_recorded(b, s, &row);
}

/* `start` is a place on the table, from 0. */
static bool
start_read(struct ask *ask, struct slice text, uint32_t count, uint32_t *start)
{
    char digits[8] = "", *end = digits;
    if (text.len < sizeof digits) {
        memcpy(digits, text.data, text.len);
    }
    unsigned long place = strtoul(digits, &end, 10);
    if (digits[0] < '0' || digits[0] > '9' || *end != '\0' || place >= count) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s", SLICE_ARG(text));
    }
    *start = (uint32_t)place;
    return true;
}

static void
answer(struct sitting *s, uint32_t start)
{
    struct buf *b = s->ask->body;
    char next[12] = "";
    uint32_t at = start;
    for (; at < s->row.nomination_count && !page_full(s->query->page.len); at++) {
        put_item(s, s->row.nominations[at]);
    }
    if (at < s->row.nomination_count) {
        snprintf(next, sizeof next, "%u", at);
    }
    pack_map(b, HEAD_KEYS + (next[0] == '\0' ? 7 : 8));
    put_head(b, s->ask, s->id, &s->row);
    pack_key_int(b, "time_us", s->row.time_us);
    answer_key_receipt(b, "receipt", s->row.receipt);
    pack_key_text(b, "teller", s->row.teller);
    pack_key_text(b, "teller_title", title_of(s->query, s->row.teller));
    pack_cstr(b, "ballot_key");
    pack_bytes(b, s->row.ballot_key);
    put_members(b, s->query, &s->row);
    answer_key_list(b, "table", &s->query->page, at - start);
    answer_next(b, next);
}

bool
ask_meeting(struct ask *ask)
{
    struct slice meeting = {0}, start = {0};
    struct sitting s = {.ask = ask, .query = ask->query};
    uint32_t from = 0;
    const struct arg args[] = {
        {"meeting", ARG_TEXT, true, &meeting},
        {"start", ARG_TEXT, false, &start},
    };
    if (!args_read(ask, args, sizeof args / sizeof args[0]) || !meeting_find(&s, meeting) ||
        (start.len > 0 && !start_read(ask, start, s.row.nomination_count, &from))) {
        return false;
    }
    answer(&s, from);
    return true;
}
