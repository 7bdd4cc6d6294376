/* The council's records on the bench of apply_rig.h: a city with its districts, wards and a department,
 * awards of every level, a principal for each role of each unit ("secretary-d1"), and records that a
 * test writes in a line. Nominations are named by a number.
 *
 *   units    hn (city)  d1, d2 (district)  w1, w2 (commune, under d1)  w3 (under d2)  dep (department)
 *   awards   commune, district, city, prime-minister, president, each of that level, no vote
 *            voted      city, by vote            quick      city, by vote or the simplified way
 *            few        district, quota 2        people     commune, individuals and households only
 *   themes   all */
#ifndef TESTS_LIB_COUNCIL_RIG_H
#define TESTS_LIB_COUNCIL_RIG_H

#include "tests/lib/apply_rig.h"
#include "workers/state/rows_council.h"

/* Units, campaign and principals applied in block 1, on 2021-09-01. */
void council_rig_open(struct rig *rig, uint32_t shards);
/* The campaign with awards, to be changed (its stages) and sent again. */
struct campaign *council_campaign_new(struct rig *rig);

/* The identity that a number stands for; in the rig's arena. */
struct slice council_id(struct rig *rig, unsigned number);
/* A ULID that was not given before. */
struct slice council_ulid(struct rig *rig);

/* A collective "Tổ n" of the unit, with a summary; to be changed and sent. */
struct record_nomination council_nomination(struct rig *rig, unsigned number, const char *unit,
                                            const char *award);
/* Each adds a record with a new ULID, unless it has one, and gives its index in the block. */
uint32_t council_nominate(struct rig *rig, struct record_nomination in);
uint32_t council_review(struct rig *rig, struct record_review in);
uint32_t council_decide(struct rig *rig, struct record_decision in);
uint32_t council_revoke(struct rig *rig, struct record_revocation in);
uint32_t council_comment(struct rig *rig, unsigned number, const char *text);
uint32_t council_file(struct rig *rig, const struct record_file *in);
/* An act by its name ("verify", "return", "consult", "opinion", ..., "submit", "decide", "reject":
 * a decision that refuses, "revoke") with all that it may need: a reason, a number, a date; `unit` is
 * whom it names or who proposes. */
uint32_t council_act(struct rig *rig, unsigned number, const char *act, const char *unit,
                     const char *award);
/* By "local" in one go: "w1 city: submit verify forward". */
void council_walk(struct rig *rig, unsigned number, const char *award, const char *acts);

/* "submitted w1": state and holder; "" where there is no such nomination. */
const char *council_state(struct rig *rig, unsigned number);
/* Into the arena of the rig; false where there is none. */
bool council_row(struct rig *rig, unsigned number, struct nomination_row *row);
/* Over everything that a rejected record must leave as it is: all but verdicts and the position. */
void council_hash(struct rig *rig, uint8_t hash[32]);
/* Over the council's own tables alone: for a block in which something else was taken. */
void council_hash_own(struct rig *rig, uint8_t hash[32]);
/* Fails the test where QUEUE, SUBJECT or ACT are not what NOMINATION says. */
void council_consistent(struct rig *rig);

#endif
