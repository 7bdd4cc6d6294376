/* What may be done with a nomination next, by review.def: the moves from its state whose standing needs
 * hold (whose level it is, how long it has waited). What a record alone can give, a reason, a number,
 * a unit, is not asked here; the tally worker is the one that decides. */
#include "proto/vote_rule.h"
#include "workers/query/answer.h"
#include "workers/query/review_item.h"
#include "workers/query/snapshot.h"

struct moves {
    const struct ask *ask;
    struct unit_set *own;
    const struct nomination_row *row;
    const struct award *award;
    enum authority holder;
    bool above; /* there is a unit above the holder */
    int32_t today;
    uint32_t count;
};

bool
review_asker_is(const struct ask *ask, enum access_role role)
{
    return ask->entry == NULL || (ask->entry->roles & ACCESS_BIT(role)) != 0;
}

static bool
need_holds(const struct moves *m, enum review_need need)
{
    enum authority level = (enum authority)m->award->level;
    switch (need) {
    case NEED_DEADLINE:
        return m->row->deadline == INT32_MAX || m->row->deadline < m->today;
    case NEED_SIMPLIFIED:
        return !vote_is_asked(m->award) || (m->award->simplified && m->row->simplified);
    case NEED_LOWER:
        return level > m->holder && m->above;
    case NEED_ABOVE:
        return level >= AUTHORITY_PRIME_MINISTER && m->holder == AUTHORITY_CITY;
    case NEED_AUTHORITY:
        return level <= m->holder;
    default:
        return true;
    }
}

static void
put_move(struct moves *m, const struct review_move *move, uint32_t unit)
{
    struct buf *b = &m->ask->query->item;
    m->count++;
    pack_map(b, 6);
    pack_key_text(b, "act", slice_text(review_act_name(move->act)));
    pack_key_text(b, "to", slice_text(review_state_name(move->to)));
    pack_key_text(b, "role", slice_text(access_role_name((enum access_role)move->role)));
    review_put_unit(b, m->ask, "unit", "name", unit);
    pack_key_bool(b, "may",
                  review_asker_is(m->ask, (enum access_role)move->role) &&
                      unit_set_has(m->own, unit));
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

/* The last opinion is sent as any other: it is the first as far as its sender is concerned. A meeting
 * takes up only what is voted on. */
static bool
is_told(const struct moves *m, const struct review_move *move)
{
    return move->act != REVIEW_opinion_last &&
           (move->act != REVIEW_table || vote_is_asked(m->award)) && need_holds(m, move->need);
}

static void
put_all(struct moves *m)
{
    const struct review_move *move;
    for (enum review_act act = REVIEW_verify; act <= REVIEW_revoke; act++) {
        for (uint32_t nth = 0; (move = review_move(act, m->row->state, nth)) != NULL; nth++) {
            if (is_told(m, move)) {
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
    struct moves m = {.ask = ask, .own = own, .row = row, .holder = AUTHORITY_COMMUNE};
    m.today = snapshot_day(ask->query, campaign);
    const struct registry_version *v = review_unit(&ask->query->registry, row->holder, m.today);
    m.award = review_award(campaign, row->award);
    buf_clear(&ask->query->item);
    if (v != NULL && m.award != NULL) {
        m.holder = authority_of_level(v->level);
        m.above = v->parent != UNIT_NONE;
        put_all(&m);
    }
    answer_key_list(b, "moves", &ask->query->item, m.count);
}
