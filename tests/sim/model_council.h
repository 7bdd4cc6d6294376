/* The council's part of the model: nominations, documents, meetings, ballots. Written from
 * docs/DESIGN.md, section 6, proto/PROTOCOL.md, "The council's work", and proto/review.def, whose
 * moves are the contract; whether a move's need holds, and what a vote comes to, is worked out
 * here.
 *
 * Secret ballots are not opened here: the book (book.h) knows what is in each, because the run
 * made it. So a count is checked by adding up choices, and not by the arithmetic that the
 * product checks it with. */
#ifndef SIM_MODEL_COUNCIL_H
#define SIM_MODEL_COUNCIL_H

#include "common/arena.h"
#include "proto/block.h"
#include "proto/campaign.h"
#include "proto/records.h"
#include "proto/review.h"
#include "tests/sim/book.h"

#define MODEL_NOMINATIONS_MAX 64
#define MODEL_ACTS_MAX 2048
#define MODEL_ASKED_MAX 16 /* fewer units than there are in a run */
#define MODEL_DOCUMENTS_MAX 2
#define MODEL_FILES_MAX 128
#define MODEL_MEETINGS_MAX 64
#define MODEL_MEMBERS_MAX 8
#define MODEL_TABLE_MAX 8
#define MODEL_VOTES_MAX 1024
#define MODEL_OPENINGS_MAX 128

struct model;

struct model_nomination {
    uint8_t id[16];
    enum review_state state;
    uint32_t proposer, holder;     /* units */
    struct record_nomination form; /* in force; its slices in the model's arena */
    uint32_t subject_unit;
    struct receipt receipt; /* of the form */
    int64_t submitted_us;
    int32_t since, deadline; /* INT32_MAX: none */
    uint32_t asked[MODEL_ASKED_MAX], asked_count;
    struct slice meeting; /* while in review, and of the vote */
    uint32_t yes, no, abstain, spoilt, base;
    struct slice number, date, signer; /* of the decision */
};

struct model_act {
    uint32_t nomination;
    enum review_act act; /* 0: a comment */
    enum review_state from, to;
    uint32_t holder; /* before it */
    struct receipt receipt;
};

struct model_file {
    uint8_t hash[32];
    uint64_t size;
};

struct model_meeting {
    struct slice id, teller;
    uint32_t unit;
    bool closed;
    struct slice members[MODEL_MEMBERS_MAX];
    bool present[MODEL_MEMBERS_MAX];
    uint32_t member_count;
    uint32_t table[MODEL_TABLE_MAX], table_count; /* nominations */
};

struct model_vote {
    uint32_t meeting, nomination;
    struct slice voter, commitment; /* of an open one: empty */
    enum choice choice;             /* of a secret one: what the book says is in it */
    bool written;
};

struct model_opening {
    uint32_t meeting, nomination;
    uint32_t yes, no, abstain, spoilt;
};

struct model_council {
    const struct book *book;
    struct model_nomination nominations[MODEL_NOMINATIONS_MAX];
    struct model_act acts[MODEL_ACTS_MAX];
    struct model_file files[MODEL_FILES_MAX];
    struct model_meeting meetings[MODEL_MEETINGS_MAX];
    struct model_vote votes[MODEL_VOTES_MAX];
    struct model_opening openings[MODEL_OPENINGS_MAX];
    uint32_t nomination_count, act_count, file_count, meeting_count, vote_count, opening_count;
};

/* One record of the council's on its way. */
struct council_turn {
    struct slice principal;
    struct receipt receipt;
    int64_t time_us;
    int32_t today;
    bool unchanged;
    bool secret; /* a meeting to be opened has something to be voted on secretly */
};

/* Any of the types that are the council's, but approvals. */
enum verdict model_council(struct model *m, const struct block *block,
                           const struct block_record *record, uint64_t type);

/* ---- model_council.c, for the files below ---- */
/* The number of it; UINT32_MAX, refused, where there is none. */
uint32_t model_nomination_find(struct model *m, struct slice id);
/* What an act needs to say for a move's need. */
struct act_says {
    struct slice reason, number, date;
    struct slice unit;
};
/* The move of review.def that the act is now; NULL: refused. */
const struct review_move *model_move_find(struct model *m, const struct council_turn *t,
                                          const struct model_nomination *n, enum review_act act,
                                          const struct act_says *says);
void model_move(struct model *m, const struct council_turn *t, struct model_nomination *n,
                const struct review_move *move);
void model_act_keep(struct model *m, const struct council_turn *t, const struct model_nomination *n,
                    const struct review_move *move);
const struct award *model_award(const struct model *m, struct slice code); /* NULL */
/* Secretaries of the unit. */
bool model_may_run(struct model *m, const struct council_turn *t, uint32_t unit);
/* ---- one record each; false: refused ---- */
typedef bool council_act(struct model *m, struct council_turn *t, const void *in);
council_act model_nominate, model_review, model_comment, model_decide, model_revoke;
council_act model_meet, model_vote, model_open;
bool model_file(struct model *m, struct council_turn *t, const struct record_file *in);

/* What the votes on one nomination come to. */
struct model_count {
    uint32_t members, taking_part, yes, no, abstain, spoilt, sealed;
    bool opened;
};
/* model_vote.c */
struct model_count model_count(const struct model *m, uint32_t meeting, uint32_t nomination);
uint32_t model_meeting_find(struct model *m, struct slice id); /* UINT32_MAX, refused */
uint32_t model_member(const struct model_meeting *meeting, struct slice person); /* UINT32_MAX */

#endif
