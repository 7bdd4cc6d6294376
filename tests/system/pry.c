/* Somebody who has every file of a site, and wants to know who voted what.
 *
 *     pry MEETING FOLDER...        MEETING: what `thidua meeting show M --json` printed
 *     pry --plant MEETING KEY-FILE OUT   the blinding of the first ballot, opened with the teller's key, as raw
 *                                  bytes into OUT and as digits into OUT.hex
 *
 * A ballot's choice follows from any one of: the teller's secret key, the one-time key that its box was
 * sealed with, its blinding. So every 32 bytes that follow each other in any file, and every 64 hexadecimal
 * digits, are tried as each of them: as a key, whether its public half is the meeting's or a box's; as a
 * blinding, whether with yes, no or neither it gives a ballot's commitment. And the place that a box names
 * inside is looked for, which would stand in an opened box.
 *
 * Left out are bytes that no such secret has but once in 10^9: fewer than 20 different ones of 32. What
 * it does not prove: that the mathematics hold; that the secret is not there in another form (cut in
 * two, turned round, encrypted with something else that is there).
 *
 * Prints how much was tried, and how many of the commitments were seen, which do stand there. Exits with 1
 * where anything was found, which is printed. */
#include "clients/answers.h"
#include "clients/meeting.h"
#include "common/check.h"
#include "common/file.h"
#include "common/mem.h"
#include "proto/curve.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 32
#define DIFFERENT_LEAST 20
#define BALLOTS_MAX 64
#define TRIED_SLOTS (1u << 22)
#define FILE_LIMIT (1u << 30)

/* One ballot and what would give it away. */
struct target {
    char name[80];
    uint8_t box_key[SIZE]; /* public half of the box's one-time key */
    uint8_t place[SIZE];
    uint8_t by_choice[3][SIZE]; /* commitment less yes, no, nothing: the blinding's own point */
    bool seen;                  /* the commitment itself, which is no secret */
};

static struct {
    struct target targets[BALLOTS_MAX];
    size_t count;
    uint8_t ballot_key[SIZE];
    uint64_t tried[TRIED_SLOTS]; /* fingerprints; 0: free */
    uint64_t tried_count, files, bytes, found;
    const char *path;
} pry;

/* ---- the ballots ---- */

static void
word_point(const char *word, uint8_t point[SIZE])
{
    uint8_t hash[crypto_core_ristretto255_HASHBYTES];
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)word, strlen(word), NULL, 0);
    crypto_core_ristretto255_from_hash(point, hash);
}

static void
target_add(const struct meeting_ballot *ballot, const char *nomination)
{
    struct target *t = &pry.targets[pry.count++];
    uint8_t yes[SIZE], no[SIZE];
    CHECK(pry.count <= BALLOTS_MAX);
    snprintf(t->name, sizeof(t->name), "%s on %s", ballot->voter, nomination);
    memcpy(t->box_key, ballot->bytes.sealed, SIZE);
    memcpy(t->place, ballot->cast.place, SIZE);
    word_point("thidua ballot: yes", yes);
    word_point("thidua ballot: no", no);
    CHECK(crypto_core_ristretto255_sub(t->by_choice[0], ballot->bytes.commitment, yes) == 0);
    CHECK(crypto_core_ristretto255_sub(t->by_choice[1], ballot->bytes.commitment, no) == 0);
    memcpy(t->by_choice[2], ballot->bytes.commitment, SIZE);
}

typedef void ballot_fn(const struct meeting_ballot *ballot, const char *nomination);

static void
ballots_each(const json_t *meeting, ballot_fn *call)
{
    uint8_t id[ULID_SIZE], nomination[ULID_SIZE];
    size_t i, j;
    json_t *item, *vote;
    CHECK(ulid_take(json_text(meeting, "meeting"), id));
    json_array_foreach(json_object_get(meeting, "table"), i, item)
    {
        CHECK(ulid_take(json_text(item, "nomination"), nomination));
        json_array_foreach(json_object_get(item, "votes"), j, vote)
        {
            struct meeting_ballot ballot;
            if (meeting_ballot_take(vote, id, nomination, &ballot)) {
                call(&ballot, json_text(item, "nomination"));
            }
        }
    }
}

/* ---- trying ---- */

static void
found(const char *what, const char *whose)
{
    printf("%s of %s in %s\n", what, whose, pry.path);
    pry.found++;
}

/* Whether it is new. */
static bool
remember(const uint8_t *window)
{
    static const uint8_t key[crypto_shorthash_KEYBYTES] = {0};
    uint64_t print;
    crypto_shorthash((uint8_t *)&print, window, SIZE, key);
    print += print == 0;
    for (uint64_t at = print;; at++) {
        uint64_t *slot = &pry.tried[at % TRIED_SLOTS];
        if (*slot == print) {
            return false;
        }
        if (*slot == 0) {
            *slot = print;
            CHECK(++pry.tried_count < TRIED_SLOTS / 4 * 3);
            return true;
        }
    }
}

static void
key_try(const uint8_t *window)
{
    uint8_t public_key[SIZE];
    crypto_scalarmult_base(public_key, window);
    if (memcmp(public_key, pry.ballot_key, SIZE) == 0) {
        found("the ballot key", "the teller");
    }
    for (size_t i = 0; i < pry.count; i++) {
        if (memcmp(public_key, pry.targets[i].box_key, SIZE) == 0) {
            found("the box's key", pry.targets[i].name);
        }
    }
}

static void
blinding_try(const uint8_t *window)
{
    static const char *const choices[] = {"yes", "no", "abstain"};
    uint8_t point[SIZE];
    if (window[SIZE - 1] > 0x10 || crypto_scalarmult_ristretto255_base(point, window) != 0) {
        return; /* no scalar of the group is as large */
    }
    for (size_t i = 0; i < pry.count; i++) {
        for (size_t choice = 0; choice < 3; choice++) {
            if (memcmp(point, pry.targets[i].by_choice[choice], SIZE) == 0) {
                found(choices[choice], pry.targets[i].name);
            }
        }
    }
}

static void
window_try(const uint8_t *window)
{
    if (!remember(window)) {
        return;
    }
    for (size_t i = 0; i < pry.count; i++) {
        if (memcmp(window, pry.targets[i].place, SIZE) == 0) {
            found("the place", pry.targets[i].name);
        }
        pry.targets[i].seen |= memcmp(window, pry.targets[i].by_choice[2], SIZE) == 0;
    }
    key_try(window);
    blinding_try(window);
}

/* Slides over the bytes; `different` counts how many there are in the window. */
static void
bytes_try(const uint8_t *bytes, size_t len)
{
    unsigned seen[256] = {0}, different = 0;
    for (size_t i = 0; i < len; i++) {
        different += seen[bytes[i]]++ == 0;
        if (i >= SIZE) {
            different -= --seen[bytes[i - SIZE]] == 0;
        }
        if (i + 1 >= SIZE && different >= DIFFERENT_LEAST) {
            window_try(bytes + i + 1 - SIZE);
        }
    }
}

static void
digits_try(const uint8_t *bytes, size_t len)
{
    size_t run = 0;
    for (size_t i = 0; i < len; i++) {
        uint8_t window[SIZE];
        size_t made = 0;
        run = strchr("0123456789abcdefABCDEF", bytes[i]) != NULL && bytes[i] != '\0' ? run + 1 : 0;
        if (run >= 2 * SIZE && sodium_hex2bin(window, SIZE, (const char *)bytes + i + 1 - 2 * SIZE,
                                              2 * SIZE, NULL, &made, NULL) == 0) {
            window_try(window);
        }
    }
}

static int
file_try(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    struct buf bytes = BUF_EMPTY;
    (void)walk;
    if (type != FTW_F || !S_ISREG(stat->st_mode)) {
        return 0;
    }
    CHECK(file_read(path, FILE_LIMIT, &bytes) == ERR_OK);
    pry.path = path;
    pry.files++;
    pry.bytes += bytes.len;
    bytes_try(bytes.data, bytes.len);
    digits_try(bytes.data, bytes.len);
    buf_fini(&bytes);
    return 0;
}

/* ---- the control ---- */

static struct {
    struct curve_key key;
    const char *out;
    bool done;
} plant;

static void
blinding_plant(const struct meeting_ballot *ballot, const char *nomination)
{
    struct ballot_count count;
    char digits[2 * SIZE + 1], path[4096];
    (void)nomination;
    if (plant.done) {
        return;
    }
    ballot_count_begin(&count);
    CHECK(ballot_open(&ballot->cast, plant.key.public_key, plant.key.secret_key, &count));
    sodium_bin2hex(digits, sizeof(digits), count.blinding, SIZE);
    snprintf(path, sizeof(path), "%s.hex", plant.out);
    CHECK(file_replace(plant.out, slice_of(count.blinding, SIZE)) == ERR_OK);
    CHECK(file_replace(path, slice_text(digits)) == ERR_OK);
    plant.done = true;
}

int
main(int argc, char **argv)
{
    json_error_t why;
    char words[256];
    bool plants = argc == 5 && strcmp(argv[1], "--plant") == 0;
    CHECK(sodium_init() >= 0 && argc >= 3);
    json_t *meeting = json_load_file(argv[plants ? 2 : 1], 0, &why);
    CHECK(meeting != NULL);
    if (plants) {
        CHECK(curve_key_read(argv[3], &plant.key, words) == ERR_OK);
        plant.out = argv[4];
        ballots_each(meeting, blinding_plant);
        json_decref(meeting);
        return plant.done ? 0 : 1;
    }
    CHECK(meeting_ballot_key(meeting, pry.ballot_key));
    ballots_each(meeting, target_add);
    for (int i = 2; i < argc; i++) {
        CHECK(nftw(argv[i], file_try, 16, FTW_PHYS) == 0);
    }
    json_decref(meeting);
    size_t seen = 0;
    for (size_t i = 0; i < pry.count; i++) {
        seen += pry.targets[i].seen;
    }
    printf("%zu of %zu ballots seen; %llu files, %llu bytes, %llu different windows tried\n", seen,
           pry.count, (unsigned long long)pry.files, (unsigned long long)pry.bytes,
           (unsigned long long)pry.tried_count);
    return pry.found == 0 ? 0 : 1;
}
