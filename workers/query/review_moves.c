/* What may be done with a nomination next, by review.def: the moves from its state whose standing needs
 * hold (workers/state/standing.h: the tally worker asks the same). What a record alone can give, a
 * reason, a number, a unit, is not asked here. A test tries every move that is offered, and every
 * one that is not. */
#include "proto/rights.h"
#include "proto/records.h"
#include "workers/query/answer.h"
#include "workers/query/review_documents.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"
#include "workers/state/standing.h"

struct moves {
    const struct ask *ask;
    struct unit_set *own;
    const struct nomination_row *row;
    struct standing standing;
    uint32_t count;
};

bool
review_asker_is(const struct ask *ask, enum access_role role)
{
    return ask->entry == NULL || (ask->entry->roles & ACCESS_BIT(role)) != 0;
}

/* ---- needs ---- */

static bool
documents_are_whole(const struct moves *m)
{
    struct review_document list[DOCUMENTS_MAX];
    uint32_t count = review_documents(m->row, list), i = 0;
    while (i < count && review_document_there(m->ask->query, &list[i])) {
        i++;
    }
    return i == count;
}

/* Counting what was decided takes a walk, and a page has many rows of one holder and award: each pair's
 * answer is kept with the answer in hand. */
static bool
quota_has_room(const struct moves *m)
{
    struct query *q = m->ask->query;
    const struct nomination_row *row = m->row;
    const struct award *award = standing_award(&m->standing);
    struct review_room *room = q->rooms;
    if (award == NULL || award->quota == 0) {
        return true;
    }
    while (room != NULL && (room->award != award || room->holder != row->holder)) {
        room = room->next;
    }
    if (room == NULL) {
        room = ARENA_ARRAY(q->arena, struct review_room, 1);
        *room = (struct review_room){.next = q->rooms, .award = award, .holder = row->holder};
        snapshot_need(standing_has_room(&m->standing, &room->room), "queue");
        q->rooms = room;
    }
    return room->room;
}

static bool
need_holds(const struct moves *m, enum review_need need)
{
    const struct standing *s = &m->standing;
    switch (need) {
    case NEED_DOCUMENTS:
        return documents_are_whole(m);
    case NEED_UNIT:
        return standing_may_ask(s);
    case NEED_DEADLINE:
        return standing_is_past(s);
    case NEED_SIMPLIFIED:
        return standing_is_simple(s);
    case NEED_LOWER:
        return standing_is_lower(s);
    case NEED_ABOVE:
        return standing_is_above(s);
    case NEED_AUTHORITY:
        return standing_is_own(s) && quota_has_room(m);
    default:
        return true;
    }
}

/* What is asked beside the move's need: the record that brings it about asks it of every nomination. */
static bool
record_holds(const struct moves *m, enum review_act act)
{
    bool last = m->row->asked_count == 1;
    switch (act) {
    case REVIEW_submit:
        return registry_on(m->standing.registry, m->row->proposer, m->standing.today) != NULL;
    case REVIEW_table:
        return standing_is_voted(&m->standing);
    case REVIEW_opinion:
        return !last;
    case REVIEW_opinion_last:
        return last;
    default:
        return true;
    }
}

/* ---- who ---- */

static uint64_t
record_of(enum review_act act)
{
    return act == REVIEW_submit   ? RECORD_nomination
           : act == REVIEW_table  ? RECORD_meeting
           : act == REVIEW_decide ? RECORD_decision
           : act == REVIEW_revoke ? RECORD_revocation
                                  : RECORD_review;
}

static bool
asker_may(const struct moves *m, const struct review_move *move, uint32_t unit)
{
    const struct access_entry *entry = m->ask->entry;
    return entry == NULL || (rights_record(entry->roles, record_of(move->act)) != REACH_NONE &&
                             unit_set_has(m->own, unit));
}

/* ---- moves ---- */

static void
put_move(struct moves *m, const struct review_move *move, uint32_t unit)
{
    struct buf *b = &m->ask->query->item;
    /* Who is asked gives an opinion; that it is the last one is not theirs to say. */
    enum review_act act = move->act == REVIEW_opinion_last ? REVIEW_opinion : move->act;
    m->count++;
    pack_map(b, 6);
    pack_key_text(b, "act", slice_text(review_act_name(act)));
    pack_key_text(b, "to", slice_text(review_state_name(move->to)));
    pack_key_text(b, "role", slice_text(access_role_name((enum access_role)move->role)));
    review_put_unit(b, m->ask, "unit", "name", unit);
    pack_key_bool(b, "may", asker_may(m, move, unit));
}

static void
put_place(struct moves *m, const struct review_move *move)
{
    switch (move->place) {
    case PLACE_PROPOSER:
        put_move(m, move, m->row->proposer);
        return;
    case PLACE_HOLDER:
        put_move(m, move, m->row->holder);
        return;
    case PLACE_ASKED:
        for (uint32_t i = 0; i < m->row->asked_count; i++) {
            put_move(m, move, registry_find(&m->ask->query->registry, m->row->asked[i]));
        }
        return;
    case PLACE_MEETING:
        return;
    }
}

static void
put_all(struct moves *m)
{
    const struct review_move *move;
    for (enum review_act act = REVIEW_verify; act <= REVIEW_revoke; act++) {
        for (uint32_t nth = 0; (move = review_move(act, m->row->state, nth)) != NULL; nth++) {
            if (need_holds(m, move->need) && record_holds(m, act)) {
                put_place(m, move);
            }
        }
    }
}

void
review_put_moves(struct buf *b, const struct ask *ask, struct unit_set *own,
                 const struct nomination_row *row)
{
    const struct campaign *campaign = review_campaign(ask->query, row->campaign);
    struct moves m = {.ask = ask, .own = own, .row = row};
    m.standing = (struct standing){.state = ask->query->states[0],
                                   .registry = &ask->query->registry,
                                   .campaign = campaign,
                                   .row = row,
                                   .today = snapshot_day(ask->query, campaign)};
    buf_clear(&ask->query->item);
    put_all(&m);
    answer_key_list(b, "moves", &ask->query->item, m.count);
}
