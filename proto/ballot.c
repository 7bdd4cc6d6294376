/* Pedersen commitments over ristretto255: see ballot.h. */
#include "proto/ballot.h"

#include <sodium.h>
#include <string.h>

_Static_assert(BALLOT_COMMITMENT_SIZE == crypto_core_ristretto255_BYTES, "a point");
_Static_assert(BALLOT_BLINDING_SIZE == crypto_core_ristretto255_SCALARBYTES, "a scalar");
_Static_assert(BALLOT_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a sealed box's key");
_Static_assert(BALLOT_SEALED_SIZE == crypto_box_SEALBYTES + 2 + BALLOT_BLINDING_SIZE, "a box");

/* What a sealed box holds. */
struct content {
    uint8_t yes, no;
    uint8_t blinding[BALLOT_BLINDING_SIZE];
};
_Static_assert(sizeof(struct content) == 2 + BALLOT_BLINDING_SIZE, "no padding");

/* A point of which nobody knows the logarithm to any other: hashed from a fixed word. */
static void
point_of_word(const char *word, uint8_t point[crypto_core_ristretto255_BYTES])
{
    uint8_t hash[crypto_core_ristretto255_HASHBYTES];
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)word, strlen(word), NULL, 0);
    crypto_core_ristretto255_from_hash(point, hash);
}

/* sum += times·point; times is a count of ballots. */
static void
add_times(uint8_t *sum, uint64_t times, const uint8_t *point)
{
    uint8_t scalar[crypto_core_ristretto255_SCALARBYTES] = {0};
    uint8_t product[crypto_core_ristretto255_BYTES];
    if (times == 0) {
        return; /* libsodium refuses a product that is the identity */
    }
    for (size_t i = 0; i < sizeof(times); i++) {
        scalar[i] = (uint8_t)(times >> (8 * i));
    }
    if (crypto_scalarmult_ristretto255(product, scalar, point) == 0) {
        crypto_core_ristretto255_add(sum, sum, product);
    }
}

/* yes·Y + no·N + r·B. False: r is zero, so that the commitment would hide nothing. */
static bool
commit(uint64_t yes, uint64_t no, const uint8_t *blinding, uint8_t *out)
{
    uint8_t point[crypto_core_ristretto255_BYTES];
    uint8_t sum[crypto_core_ristretto255_BYTES];
    if (crypto_scalarmult_ristretto255_base(sum, blinding) != 0) {
        return false;
    }
    point_of_word("thidua ballot: yes", point);
    add_times(sum, yes, point);
    point_of_word("thidua ballot: no", point);
    add_times(sum, no, point);
    memcpy(out, sum, sizeof(sum));
    return true;
}

/* A scalar in its only form: below the group's order, as reducing it leaves it. */
static bool
scalar_is_canonical(const uint8_t *scalar)
{
    uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES] = {0};
    uint8_t reduced[crypto_core_ristretto255_SCALARBYTES];
    memcpy(wide, scalar, sizeof(reduced));
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    return memcmp(reduced, scalar, sizeof(reduced)) == 0;
}

void
ballot_key_new(uint8_t public_key[BALLOT_KEY_SIZE], uint8_t secret_key[BALLOT_KEY_SIZE])
{
    crypto_box_keypair(public_key, secret_key);
}

bool
ballot_make(enum choice choice, const uint8_t public_key[BALLOT_KEY_SIZE], struct ballot *out)
{
    struct content content = {.yes = choice == CHOICE_YES, .no = choice == CHOICE_NO};
    crypto_core_ristretto255_scalar_random(content.blinding); /* never zero */
    bool ok =
        commit(content.yes, content.no, content.blinding, out->commitment) &&
        crypto_box_seal(out->sealed, (const uint8_t *)&content, sizeof(content), public_key) == 0;
    sodium_memzero(&content, sizeof(content));
    return ok;
}

void
ballot_count_begin(struct ballot_count *count)
{
    *count = (struct ballot_count){0};
}

/* What the box holds, where that is a ballot and the commitment's. */
static bool
content_check(const struct content *content, const uint8_t *commitment)
{
    uint8_t again[BALLOT_COMMITMENT_SIZE];
    return content->yes <= 1 && content->no <= 1 && content->yes + content->no <= 1 &&
           scalar_is_canonical(content->blinding) &&
           commit(content->yes, content->no, content->blinding, again) &&
           memcmp(again, commitment, sizeof(again)) == 0;
}

bool
ballot_open(const uint8_t *commitment, const uint8_t *sealed, uint32_t sealed_len,
            const uint8_t public_key[BALLOT_KEY_SIZE], const uint8_t secret_key[BALLOT_KEY_SIZE],
            struct ballot_count *count)
{
    struct content content;
    if (sealed_len != BALLOT_SEALED_SIZE ||
        crypto_box_seal_open((uint8_t *)&content, sealed, sealed_len, public_key, secret_key) !=
            0 ||
        !content_check(&content, commitment)) {
        count->spoilt++;
        return false;
    }
    count->yes += content.yes;
    count->no += content.no;
    count->abstain += content.yes + content.no == 0;
    crypto_core_ristretto255_scalar_add(count->blinding, count->blinding, content.blinding);
    sodium_memzero(&content, sizeof(content));
    return true;
}

bool
ballot_is_point(const uint8_t *commitment)
{
    return crypto_core_ristretto255_is_valid_point(commitment) == 1;
}

bool
ballot_sum(uint8_t sum[BALLOT_COMMITMENT_SIZE], const uint8_t *commitment)
{
    return ballot_is_point(commitment) && crypto_core_ristretto255_add(sum, sum, commitment) == 0;
}

bool
ballot_check(const uint8_t sum[BALLOT_COMMITMENT_SIZE], uint64_t yes, uint64_t no,
             const uint8_t blinding[BALLOT_BLINDING_SIZE])
{
    uint8_t told[BALLOT_COMMITMENT_SIZE] = {0};
    if (!scalar_is_canonical(blinding)) {
        return false;
    }
    if (!sodium_is_zero(blinding, BALLOT_BLINDING_SIZE)) {
        return commit(yes, no, blinding, told) && memcmp(told, sum, sizeof(told)) == 0;
    }
    /* Nobody voted, or the blindings cancelled out: the sum must be that of the counts alone. */
    uint8_t point[BALLOT_COMMITMENT_SIZE];
    point_of_word("thidua ballot: yes", point);
    add_times(told, yes, point);
    point_of_word("thidua ballot: no", point);
    add_times(told, no, point);
    return memcmp(told, sum, sizeof(told)) == 0;
}
