/* Secret ballots that anyone can count and nobody can read.
 *
 * A ballot is (yes, no), two numbers of which at most one is 1 (neither: abstained), and a random
 * scalar r. Into the journal go, under the voter's name,
 *     commitment  C = yes·Y + no·N + r·B       (Pedersen: says nothing about yes and no)
 *     sealed      crypto_box_seal(yes ‖ no ‖ r ‖ place) to the meeting's ballot key
 * where B is the group's base point, and Y and N are points hashed from fixed words, so that nobody
 * knows a logarithm between the three: who voted is known, and what is not. The teller opens the
 * boxes and publishes sums only: of yes, of no, and of r. Commitments add up:
 *     ΣC = (Σyes)·Y + (Σno)·N + (Σr)·B
 * so that everybody checks the count without a single ballot opened, and the state machine refuses
 * a wrong one. A box that does not fit its commitment, or holds no ballot, is spoilt: the teller
 * names its voter, it counts as cast and for nothing, and its commitment is left out of the sum.
 *
 * `place` is a hash of meeting, nomination and voter. Without it whoever copies another's commitment
 * and box to a nomination on which few vote would read that one's choice in the count. A copied box
 * is spoilt wherever it is opened, whatever it says; and a commitment that stands already on the
 * nomination is refused before that.
 *
 * What a dishonest voter can do: spoil its own ballot (numbers other than 0 and 1, a box of another
 * key, a box that does not fit); show its r to somebody and so prove how it voted (nothing here
 * keeps a vote from being sold). What it cannot: count twice, count for more than one, vote as
 * another did without knowing how, change a ballot that was cast.
 * What a dishonest teller can do: read every ballot and tell (the ballot key is the trust in it);
 * refuse to count (the meeting is then cancelled, in the open); call a good ballot spoilt (its voter
 * sees it, and so does everybody: it is named); let a ballot pass whose numbers are not 0 and 1 (it
 * and that voter are in it together; the counts still may not exceed the ballots). What it cannot:
 * change, add or drop a ballot, or tell other sums than those of the ballots cast.
 * What any count tells: where all voted alike, everybody's vote; where all but one tell theirs, that
 * one's.
 *
 * T. P. Pedersen, "Non-interactive and information-theoretic secure verifiable secret sharing"
 * (CRYPTO '91); ristretto255: RFC 9496; both by libsodium. Deterministic where a replay asks:
 * ballot_check draws no random number. */
#ifndef PROTO_BALLOT_H
#define PROTO_BALLOT_H

#include "proto/review.h"

#include <stdint.h>

#define BALLOT_COMMITMENT_SIZE 32
#define BALLOT_BLINDING_SIZE 32
#define BALLOT_KEY_SIZE 32
#define BALLOT_PLACE_SIZE 32
/* 48: crypto_box_SEALBYTES */
#define BALLOT_SEALED_SIZE (48 + 2 + BALLOT_BLINDING_SIZE + BALLOT_PLACE_SIZE)

struct ballot {
    uint8_t commitment[BALLOT_COMMITMENT_SIZE];
    uint8_t sealed[BALLOT_SEALED_SIZE];
};

/* For a meeting: the public half goes into its record, the secret one to the teller. */
void ballot_key_new(uint8_t public_key[BALLOT_KEY_SIZE], uint8_t secret_key[BALLOT_KEY_SIZE]);
/* Whether it is a key that a box can be sealed to and only its holder opens: no point of small
 * order, to which anybody could. */
bool ballot_key_is_good(const uint8_t public_key[BALLOT_KEY_SIZE]);
/* The public half of a secret key. */
void ballot_key_public(const uint8_t secret_key[BALLOT_KEY_SIZE],
                       uint8_t public_key[BALLOT_KEY_SIZE]);

/* Where a ballot belongs. `meeting` and `nomination` are 16 bytes each. */
void ballot_place(struct slice meeting, struct slice nomination, struct slice voter,
                  uint8_t place[BALLOT_PLACE_SIZE]);
/* False: the key is no point that can be sealed to. */
bool ballot_make(enum choice choice, const uint8_t place[BALLOT_PLACE_SIZE],
                 const uint8_t public_key[BALLOT_KEY_SIZE], struct ballot *out);

/* What the teller adds up. */
struct ballot_count {
    uint32_t yes, no, abstain, spoilt;
    uint8_t blinding[BALLOT_BLINDING_SIZE]; /* Σr of those not spoilt */
};
void ballot_count_begin(struct ballot_count *count);
/* One vote as it stands in the journal. */
struct ballot_cast {
    struct slice commitment, sealed;
    uint8_t place[BALLOT_PLACE_SIZE];
};
/* False: spoilt; counted as such, its commitment must be left out. */
bool ballot_open(const struct ballot_cast *cast, const uint8_t public_key[BALLOT_KEY_SIZE],
                 const uint8_t secret_key[BALLOT_KEY_SIZE], struct ballot_count *count);

/* A point in its only form, and not the identity, which would hide nothing. */
bool ballot_is_point(const uint8_t *commitment);
/* Adds one commitment to a sum (all zero at first, the identity). False: no such point. */
bool ballot_sum(uint8_t sum[BALLOT_COMMITMENT_SIZE], const uint8_t *commitment);
/* Whether yes, no and the blinding are what the sum of commitments says. */
bool ballot_check(const uint8_t sum[BALLOT_COMMITMENT_SIZE], uint64_t yes, uint64_t no,
                  const uint8_t blinding[BALLOT_BLINDING_SIZE]);

#endif
