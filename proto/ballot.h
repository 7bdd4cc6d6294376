/* Secret ballots that anyone can count and nobody can read.
 *
 * A ballot is (yes, no), two numbers of which at most one is 1 (neither: abstained), and a random
 * scalar r. Into the journal go, under the voter's name,
 *     commitment  C = yes·Y + no·N + r·B       (Pedersen: says nothing about yes and no)
 *     sealed      crypto_box_seal(yes ‖ no ‖ r) to the meeting's ballot key
 * where B is the group's base point, and Y and N are points hashed from fixed words, so that nobody
 * knows a logarithm between the three: who voted is known, and what is not. The teller opens the
 * boxes and publishes sums only: of yes, of no, and of r. Commitments add up:
 *     ΣC = (Σyes)·Y + (Σno)·N + (Σr)·B
 * so that everybody checks the count without a single ballot opened, and the state machine refuses
 * a wrong one. A box that does not fit its commitment, or holds no ballot, is spoilt: the teller
 * names its voter, it counts as cast and for nothing, and its commitment is left out of the sum.
 *
 * What rests on trust: the teller can read every ballot (and tell); can call a good ballot spoilt
 * (its voter sees it, and so does everybody: it is named); can let a box pass whose numbers are not
 * 0 and 1 (then he and its voter are in it together). A voter who copies another's commitment and
 * box would vote as that one did: the same commitment twice on one nomination is refused.
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
#define BALLOT_SEALED_SIZE (48 + 2 + BALLOT_BLINDING_SIZE) /* 48: crypto_box_SEALBYTES */

struct ballot {
    uint8_t commitment[BALLOT_COMMITMENT_SIZE];
    uint8_t sealed[BALLOT_SEALED_SIZE];
};

/* For a meeting: the public half goes into its record, the secret one to the teller. */
void ballot_key_new(uint8_t public_key[BALLOT_KEY_SIZE], uint8_t secret_key[BALLOT_KEY_SIZE]);
/* False: the key is no point that can be sealed to. */
bool ballot_make(enum choice choice, const uint8_t public_key[BALLOT_KEY_SIZE], struct ballot *out);

/* What the teller adds up. */
struct ballot_count {
    uint32_t yes, no, abstain, spoilt;
    uint8_t blinding[BALLOT_BLINDING_SIZE]; /* Σr of those not spoilt */
};
void ballot_count_begin(struct ballot_count *count);
/* False: spoilt; counted as such, its commitment must be left out. */
bool ballot_open(const uint8_t *commitment, const uint8_t *sealed, uint32_t sealed_len,
                 const uint8_t public_key[BALLOT_KEY_SIZE],
                 const uint8_t secret_key[BALLOT_KEY_SIZE], struct ballot_count *count);

bool ballot_is_point(const uint8_t *commitment);
/* Adds one commitment to a sum (all zero at first, the identity). False: no point. */
bool ballot_sum(uint8_t sum[BALLOT_COMMITMENT_SIZE], const uint8_t *commitment);
/* Whether yes, no and the blinding are what the sum of commitments says. */
bool ballot_check(const uint8_t sum[BALLOT_COMMITMENT_SIZE], uint64_t yes, uint64_t no,
                  const uint8_t blinding[BALLOT_BLINDING_SIZE]);

#endif
