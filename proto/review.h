/* The council's review: words and numbers that records, state and screens share; the moves
 * themselves are review.def. */
#ifndef PROTO_REVIEW_H
#define PROTO_REVIEW_H

#include "common/slice.h"
#include "proto/access.h"

#include <stdbool.h>

/* The numbers are stored and sent: never change one. */
enum subject_kind { SUBJECT_COLLECTIVE = 1, SUBJECT_INDIVIDUAL, SUBJECT_HOUSEHOLD };
enum choice { CHOICE_YES = 1, CHOICE_NO, CHOICE_ABSTAIN };
enum meeting_act { MEETING_OPEN = 1, MEETING_ATTEND, MEETING_CLOSE, MEETING_CANCEL };
enum decision_outcome { OUTCOME_DECIDED = 1, OUTCOME_REFUSED };

/* An act is what a record asks for. The first row comes in `review` records; the others follow from
 * nominations, meetings, decisions and revocations. opinion_last is an opinion after which none is
 * missing. */
enum review_act {
    REVIEW_verify = 1,
    REVIEW_send_back,
    REVIEW_consult,
    REVIEW_opinion,
    REVIEW_conclude,
    REVIEW_approve,
    REVIEW_forward,
    REVIEW_refuse,
    REVIEW_submit = 32,
    REVIEW_opinion_last,
    REVIEW_table,
    REVIEW_carry,
    REVIEW_fail,
    REVIEW_untable,
    REVIEW_decide,
    REVIEW_revoke,
};

enum review_state {
    STATE_none = 0,
#define STATE(name, number, vi, en) STATE_##name = number,
#define MOVE(act, from, to, role, place, needs)
#include "proto/review.def"
#undef STATE
#undef MOVE
};
#define REVIEW_STATE_MAX 10

enum review_place { PLACE_PROPOSER = 1, PLACE_HOLDER, PLACE_ASKED, PLACE_MEETING };

/* What a move needs beside state, role and place. */
enum review_need {
    NEED_NOTHING,
    NEED_DOCUMENTS,  /* every document that the nomination names is there, whole */
    NEED_REASON,     /* the record gives one */
    NEED_UNIT,       /* the record names a unit that was there on the block's day */
    NEED_DEADLINE,   /* the state's deadline (campaign's stages) has passed, or there is none */
    NEED_SIMPLIFIED, /* award and nomination both allow the simplified procedure, or the award knows
                        no vote */
    NEED_VOTE,       /* counted when the meeting closes */
    NEED_LOWER,      /* the award's level is above the holder's, and there is a unit above it */
    NEED_ABOVE,      /* the award is the Prime Minister's or the President's, the holder the city */
    NEED_AUTHORITY,  /* the award's level is not above the holder's; number and date; the quota of
                        the campaign, counted by holder and award, has room */
    NEED_NUMBER,     /* number and date of the decision */
};

struct review_move {
    enum review_act act;
    enum review_state from, to;
    int role; /* enum access_role; -1: nobody's */
    enum review_place place;
    enum review_need need;
};

/* Walks the moves of one act from one state, NULL at the end: more than one where needs differ. */
const struct review_move *review_move(enum review_act act, enum review_state from, uint32_t nth);
const char *review_state_name(enum review_state state); /* "in_review"; stable, for programs */
void review_state_words(enum review_state state, const char **vi, const char **en);
bool review_state_parse(struct slice name, enum review_state *state);
const char *review_act_name(enum review_act act); /* "return"; of no act: "" */

/* Who may decide (thẩm quyền): an award's own, and that of a unit, by its level's word. */
enum authority {
    AUTHORITY_COMMUNE = 1,
    AUTHORITY_DISTRICT, /* and departments and organisations of the city */
    AUTHORITY_CITY,
    AUTHORITY_PRIME_MINISTER,
    AUTHORITY_PRESIDENT,
};
enum authority authority_of_level(struct slice level);

/* The words of records as files and screens write them: "collective", "prime-minister". The
 * name is empty for a number that is none. */
const char *subject_kind_name(enum subject_kind kind);
bool subject_kind_parse(struct slice name, enum subject_kind *kind);
const char *authority_name(enum authority authority);
bool authority_parse(struct slice name, enum authority *authority);

#endif
