/* The council's tables: what their keys and values look like inside. As rows.h: decoders never
 * trust, a row that does not parse is ERR_CORRUPT. Ids of people's making (ULIDs) are 16 bytes.
 *
 *   APPROVAL   campaign u16 ‖ unit u32 ‖ granularity u8 ‖ period u32 -> approval_row   (every shard)
 *   NOMINATION nomination 16                  -> nomination_row                    (shard 0, as all below)
 *   ACT        nomination 16 ‖ block u64 ‖ index u32 -> act_row: all that was done, in order
 *   QUEUE      holder u32 ‖ state u8 ‖ deadline u32 ‖ nomination 16 -> queue_row: the review queue, in
 *              the order in which a holder works it off; made from NOMINATION, moved with it; every
 *              nomination has one row, in the states that end it too
 *   SUBJECT    subject_fold ‖ 0 ‖ nomination 16 -> nothing: the same subject, found again
 *   MEETING    meeting 16                     -> meeting_row
 *   VOTE       meeting 16 ‖ nomination 16 ‖ principal -> vote_row
 *   FILE       hash 32 ‖ chunk u16            -> the chunk's bytes, of a document that was whole and fitted
 *              its hash. One still on its way stands under file_stage: nobody finds it as a document
 */
#ifndef STATE_ROWS_COUNCIL_H
#define STATE_ROWS_COUNCIL_H

#include "proto/ballot.h"
#include "proto/review.h"
#include "workers/state/rows.h"

struct approval_row {
    bool approved; /* false: opened again */
    struct receipt receipt;
    int64_t time_us;
    struct slice principal, reason;
};

struct nomination_row {
    uint16_t campaign;
    uint32_t proposer, holder; /* unit ids; the holder has it in hand */
    enum review_state state;
    int32_t since, deadline; /* days; deadline INT32_MAX: none */
    int64_t submitted_us;    /* block time of the first submission */
    struct receipt receipt;  /* of the nomination record in force */
    struct slice
        meeting; /* 16 bytes while in review, and of the vote that carried it; else empty */
    uint32_t yes, no, abstain, spoilt, base; /* of that vote */
    struct slice decision_number, decision_date, decision_signer;
    struct slice award;     /* code */
    enum subject_kind kind; /* with what follows: from the record in force */
    struct slice subject;
    uint32_t subject_unit;
    struct slice theme, summary;      /* theme: code */
    struct slice evidence, documents; /* msgpack, as the record has them */
    bool simplified;
    struct slice *asked; /* codes of the units consulted and not yet heard; in the arena */
    uint32_t asked_count;
};

struct act_row {
    enum review_act act;
    enum review_state from, to;
    uint32_t holder; /* before the act */
    int64_t time_us;
    struct slice principal;
    struct slice unit;   /* consult, opinion: the code */
    bool agrees;         /* opinion */
    struct slice text;   /* reason, remark, comment */
    struct slice number; /* decision, revocation */
    struct slice date;
};
/* act 0: a comment */

struct queue_row {
    uint16_t campaign;
    enum subject_kind kind;
    uint32_t proposer, subject_unit; /* who else sees it: a list need not read NOMINATION */
    struct slice award;
};

struct meeting_row {
    uint16_t campaign;
    uint32_t unit;
    bool closed;
    int64_t time_us;
    struct receipt receipt;
    struct slice title, date, teller, ballot_key;
    struct slice *members; /* principals, as called; in the arena */
    bool *present;         /* by member */
    uint32_t member_count;
    struct slice *nominations; /* 16 bytes each */
    uint32_t nomination_count;
};

struct vote_row {
    enum choice choice; /* 0: secret */
    bool written;
    int64_t time_us;
    struct receipt receipt;
    struct slice commitment, sealed;
};
/* Under the principal "" stands the opening of a secret vote. */
struct opening_row {
    uint32_t yes, no, abstain;
    struct receipt receipt;
    struct slice blinding;
    struct slice *spoilt; /* principals; in the arena */
    uint32_t spoilt_count;
};

void key_approval(struct buf *out, uint16_t campaign, uint32_t unit, struct period period);
enum err approval_key_decode(struct slice key, uint16_t *campaign, uint32_t *unit,
                             struct period *period) MUST_CHECK;
void key_nomination(struct buf *out, struct slice nomination);
void key_act(struct buf *out, struct slice nomination, struct receipt receipt);
void key_queue(struct buf *out, uint32_t holder, enum review_state state, int32_t deadline,
               struct slice nomination);
enum err queue_key_decode(struct slice key, uint32_t *holder, enum review_state *state,
                          int32_t *deadline, struct slice *nomination) MUST_CHECK;
void key_subject(struct buf *out, struct slice subject, struct slice nomination);
/* The name as SUBJECT has it (collate_fold), cut so that it fits a key. Appends. */
#define SUBJECT_FOLD_MAX 256
void subject_fold(struct slice subject, struct buf *out);
void key_meeting(struct buf *out, struct slice meeting);
void key_vote(struct buf *out, struct slice meeting, struct slice nomination,
              struct slice principal);
void key_file(struct buf *out, struct slice hash, uint16_t chunk);
/* Where chunks wait until the last has come: a hash over whose document it is, its size and the unit
 * that sends it, so that nobody's wrong chunk spoils another's document. */
void file_stage(struct slice hash, uint64_t size, struct slice unit, uint8_t stage[32]);

void approval_encode(const struct approval_row *a, struct buf *out);
enum err approval_decode(struct slice value, struct approval_row *a) MUST_CHECK;
void nomination_encode(const struct nomination_row *n, struct buf *out);
enum err nomination_decode(struct slice value, struct arena *arena,
                           struct nomination_row *n) MUST_CHECK;
void act_encode(const struct act_row *a, struct buf *out);
enum err act_decode(struct slice value, struct act_row *a) MUST_CHECK;
void queue_encode(const struct queue_row *q, struct buf *out);
enum err queue_decode(struct slice value, struct queue_row *q) MUST_CHECK;
void meeting_encode(const struct meeting_row *m, struct buf *out);
enum err meeting_decode(struct slice value, struct arena *arena, struct meeting_row *m) MUST_CHECK;
void vote_encode(const struct vote_row *v, struct buf *out);
enum err vote_decode(struct slice value, struct vote_row *v) MUST_CHECK;
void opening_encode(const struct opening_row *o, struct buf *out);
enum err opening_decode(struct slice value, struct arena *arena, struct opening_row *o) MUST_CHECK;

#endif
