/* What the run itself knows of the council's work because it made it up: identities, who was
 * called to which meeting, its keys, and what is in every secret ballot. The driver goes on from
 * it; the model is told of ballots and counts by it, and of nothing else. */
#ifndef SIM_BOOK_H
#define SIM_BOOK_H

#include "proto/ballot.h"

#define BOOK_NOMINATIONS_MAX 24
#define BOOK_MEETINGS_MAX 24
#define BOOK_TABLE_MAX 4
#define BOOK_MEMBERS_MAX 8
#define BOOK_BALLOTS_MAX 256
#define BOOK_OPENINGS_MAX 96

struct book_nomination {
    uint8_t id[16];
    uint32_t unit;         /* who proposes: load_council.c's number */
    struct slice document; /* its bytes; empty: it has none */
    uint64_t seen;         /* what the screen showed when something was last done about it */
    int64_t done_us;
};

struct book_meeting {
    uint8_t id[16];
    struct slice unit;
    uint32_t members[BOOK_MEMBERS_MAX]; /* submitters */
    uint32_t member_count;
    uint32_t teller;                /* a submitter */
    uint32_t table[BOOK_TABLE_MAX]; /* nominations of the book */
    uint32_t table_count;
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
};

struct book_ballot {
    uint8_t commitment[BALLOT_COMMITMENT_SIZE];
    enum choice choice;
};

/* What the teller added up: of these ballots, and no other. */
struct book_opening {
    uint8_t id[16]; /* of the record */
    uint8_t blinding[BALLOT_BLINDING_SIZE];
    uint8_t ballots[BOOK_MEMBERS_MAX][BALLOT_COMMITMENT_SIZE];
    uint32_t count;
};

struct book {
    struct book_nomination nominations[BOOK_NOMINATIONS_MAX];
    struct book_meeting meetings[BOOK_MEETINGS_MAX];
    struct book_ballot ballots[BOOK_BALLOTS_MAX];
    struct book_opening openings[BOOK_OPENINGS_MAX];
    uint32_t nomination_count, meeting_count, ballot_count, opening_count;
};

#endif
