/* Pedersen commitments over ristretto255: see ballot.h. */
#include "proto/ballot.h"

#include "proto/limits.h"

#include <sodium.h>
#include <string.h>

_Static_assert(BALLOT_COMMITMENT_SIZE == crypto_core_ristretto255_BYTES, "a point");
_Static_assert(BALLOT_BLINDING_SIZE == crypto_core_ristretto255_SCALARBYTES, "a scalar");
_Static_assert(BALLOT_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a sealed box's key");
_Static_assert(BALLOT_SEALED_SIZE ==
                   crypto_box_SEALBYTES + 2 + BALLOT_BLINDING_SIZE + BALLOT_PLACE_SIZE,
               "a box");
_Static_assert(BALLOT_SEALED_SIZE <= BALLOT_SEALED_MAX, "it fits its record");

/* What a sealed box holds. */
struct content {
    uint8_t yes, no;
    uint8_t blinding[BALLOT_BLINDING_SIZE];
    uint8_t place[BALLOT_PLACE_SIZE];
};
_Static_assert(sizeof(struct content) == 2 + BALLOT_BLINDING_SIZE + BALLOT_PLACE_SIZE,
               "no padding");

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
ballot_key_is_good(const uint8_t public_key[BALLOT_KEY_SIZE])
{
    /* Any scalar will do, and a fixed one draws no random number: the product of a point of small
     * order is refused for all of them, since X25519 makes each a multiple of eight. */
    static const uint8_t scalar[crypto_scalarmult_SCALARBYTES] = {1};
    uint8_t product[crypto_scalarmult_BYTES];
    return crypto_scalarmult(product, scalar, public_key) == 0;
}

void
ballot_key_public(const uint8_t secret_key[BALLOT_KEY_SIZE], uint8_t public_key[BALLOT_KEY_SIZE])
{
    crypto_scalarmult_base(public_key, secret_key);
}

/* Lengths first: no two places give the same bytes. */
static void
hash_part(crypto_generichash_state *hash, struct slice part)
{
    uint8_t len = (uint8_t)part.len; /* an id's 16, a principal's PRINCIPAL_MAX at most */
    crypto_generichash_update(hash, &len, 1);
    if (part.len > 0) {
        crypto_generichash_update(hash, part.data, part.len);
    }
}

void
ballot_place(struct slice meeting, struct slice nomination, struct slice voter,
             uint8_t place[BALLOT_PLACE_SIZE])
{
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, BALLOT_PLACE_SIZE);
    hash_part(&hash, slice_text("thidua ballot: place"));
    hash_part(&hash, meeting);
    hash_part(&hash, nomination);
    hash_part(&hash, voter);
    crypto_generichash_final(&hash, place, BALLOT_PLACE_SIZE);
}

bool
ballot_make(enum choice choice, const uint8_t place[BALLOT_PLACE_SIZE],
            const uint8_t public_key[BALLOT_KEY_SIZE], struct ballot *out)
{
    struct content content = {.yes = choice == CHOICE_YES, .no = choice == CHOICE_NO};
    memcpy(content.place, place, sizeof(content.place));
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

/* Whether what the box holds is a ballot, the commitment's, and cast where it was made for. */
static bool
content_check(const struct content *content, const struct ballot_cast *cast)
{
    uint8_t again[BALLOT_COMMITMENT_SIZE];
    return content->yes <= 1 && content->no <= 1 && content->yes + content->no <= 1 &&
           memcmp(content->place, cast->place, sizeof(content->place)) == 0 &&
           scalar_is_canonical(content->blinding) &&
           commit(content->yes, content->no, content->blinding, again) &&
           memcmp(again, cast->commitment.data, sizeof(again)) == 0;
}

static bool
box_open(const struct ballot_cast *cast, const uint8_t *public_key, const uint8_t *secret_key,
         struct content *content)
{
    return cast->commitment.len == BALLOT_COMMITMENT_SIZE &&
           cast->sealed.len == BALLOT_SEALED_SIZE &&
           crypto_box_seal_open((uint8_t *)content, cast->sealed.data, cast->sealed.len, public_key,
                                secret_key) == 0 &&
           content_check(content, cast);
}

bool
ballot_open(const struct ballot_cast *cast, const uint8_t public_key[BALLOT_KEY_SIZE],
            const uint8_t secret_key[BALLOT_KEY_SIZE], struct ballot_count *count)
{
    struct content content = {0};
    bool good = box_open(cast, public_key, secret_key, &content);
    if (good) {
        count->yes += content.yes;
        count->no += content.no;
        count->abstain += content.yes + content.no == 0;
        crypto_core_ristretto255_scalar_add(count->blinding, count->blinding, content.blinding);
    } else {
        count->spoilt++;
    }
    sodium_memzero(&content, sizeof(content));
    return good;
}

bool
ballot_is_point(const uint8_t *commitment)
{
    return crypto_core_ristretto255_is_valid_point(commitment) == 1 &&
           !sodium_is_zero(commitment, BALLOT_COMMITMENT_SIZE);
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
