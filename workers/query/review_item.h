/* What the questions about nominations share: finding one, who sees it, what may be done with it next,
 * and how it looks as a row. All of it is read from shard 0, which alone has the council's work. */
#ifndef QUERY_REVIEW_ITEM_H
#define QUERY_REVIEW_ITEM_H

#include "proto/ulid.h"
#include "workers/query/ask.h"
#include "workers/state/rows_council.h"

/* Where the unit counts among the asker's own, or beneath a unit, is asked of every row: remembered by
 * unit. */
struct unit_set {
    const struct ask *ask;
    uint32_t top; /* beneath this one; UNIT_NONE: the asker's own */
    int32_t day;
    uint8_t *known; /* by unit: 0 not asked yet, else in or out */
};
void unit_set_own(struct unit_set *set, const struct ask *ask);
void unit_set_beneath(struct unit_set *set, const struct ask *ask, uint32_t top);
bool unit_set_has(struct unit_set *set, uint32_t unit);

/* By its text or the beginning of it, in the query's arena. False: nomination-unknown, query-invalid
 * (no ULID, or several begin so), not-allowed. */
bool review_find(struct ask *ask, struct slice text, uint8_t id[ULID_SIZE],
                 struct nomination_row *row);
/* By its id, which a row of another table named. Decoded into `arena`. */
void review_get(struct query *query, struct slice id, struct arena *arena,
                struct nomination_row *row);
/* Whether the asker may see it; without a reach over all: as a unit's that proposed it, has it in hand,
 * was asked about it, or whose subject it is. */
bool review_sees(const struct ask *ask, struct unit_set *own, const struct nomination_row *row);

const struct award *review_award(const struct campaign *campaign, struct slice code); /* NULL */
const struct campaign *review_campaign(const struct query *query, uint16_t id);       /* NULL */
/* As it is named on the day; as it was last named where it has ended. */
const struct registry_version *review_unit(const struct registry *r, uint32_t unit, int32_t day);

/* "nomination": its text. */
void review_put_id(struct buf *b, const char *key, const uint8_t *id);
/* Code under `key`, name under `name_key`. */
void review_put_unit(struct buf *b, const struct ask *ask, const char *key, const char *name_key,
                     uint32_t unit);
#define REVIEW_ITEM_KEYS 25
/* So many pairs of a map: what it is, where it stands, and what may be done next. */
void review_put_item(struct buf *b, const struct ask *ask, struct unit_set *own, const uint8_t *id,
                     const struct nomination_row *row);
/* "title_vi" and "title_en" are the award's. */
void review_put_award(struct buf *b, const struct campaign *campaign, struct slice code);
#define REVIEW_AWARD_KEYS 4
/* theme, theme_title_vi, theme_title_en */
void review_put_theme(struct buf *b, const struct campaign *campaign, struct slice code);
#define REVIEW_DECISION_KEYS 3
void review_put_decision(struct buf *b, const struct nomination_row *row);

/* Walks the nominations of one subject, by subject_fold of its name: false at the end. Begin with
 * {0}; the name in `folded`. */
struct subject_walk {
    struct state_cursor *cursor; /* closed at the end, or by whoever stops earlier */
    struct slice folded;
};
bool subject_next(struct query *query, struct subject_walk *walk, uint8_t id[ULID_SIZE]);

/* "moves": what review.def lets be done now, by whom, and whether the asker is one of them. */
void review_put_moves(struct buf *b, const struct ask *ask, struct unit_set *own,
                      const struct nomination_row *row);
bool review_asker_is(const struct ask *ask, enum access_role role);

#endif
