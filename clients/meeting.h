/* What the verbs about meetings, votes and their count share: one meeting as the question `meeting`
 * tells it, and the ballots that stand in it as bytes again. Functions that give an int give 0 or the
 * exit code, after the reason was told. */
#ifndef CLIENTS_MEETING_H
#define CLIENTS_MEETING_H

#include "clients/contact.h"
#include "proto/ballot.h"
#include "proto/ulid.h"

/* The meeting that `text` begins, whole; a new reference. Its identity into `id`. */
int meeting_fetch(struct contact *contact, const char *text, uint8_t id[ULID_SIZE],
                  json_t **meeting);
/* The nomination of its table that `text` begins; EX_DATAERR where none or several do. The item is the
 * meeting's. */
int meeting_item(const json_t *meeting, const char *text, uint8_t id[ULID_SIZE], json_t **item);

/* A whole identity. */
bool ulid_take(const char *text, uint8_t id[ULID_SIZE]);
/* Hexadecimal text of just so many bytes. */
bool hex_take(const char *text, uint8_t *out, size_t len);
/* The public half of the meeting's ballot key; false where it has none. */
bool meeting_ballot_key(const json_t *meeting, uint8_t key[BALLOT_KEY_SIZE]);

/* One secret ballot of an item's `votes`. */
struct meeting_ballot {
    const char *voter; /* the vote's */
    struct ballot bytes;
    struct ballot_cast cast; /* of `bytes` */
};
/* False: the vote is open, or is not of this form. */
bool meeting_ballot_take(const json_t *vote, const uint8_t meeting[ULID_SIZE],
                         const uint8_t nomination[ULID_SIZE], struct meeting_ballot *ballot);

#endif
