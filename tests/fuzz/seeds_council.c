/* The council's first inputs: rows of records that a site takes, from a nomination to an honour that is
 * revoked, a vote and a secret ballot, so that what the fuzzer changes in them starts deep inside. Each
 * row is one input of `apply`; each of its records is one of `records`. */
#include "tests/fuzz/seeds.h"

#include "common/check.h"
#include "proto/ballot.h"
#include "proto/pack.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_apply.h"
#include "tests/lib/meeting_rig.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define UNIT_NO 3 /* fuzz_apply's: no unit in the envelope */
#define BLOCK_ENDS 4
#define DAYS_LATER 0x10 /* a week, between this block and the next */

struct row {
    struct rig rig;
    uint64_t first; /* block of the row's own */
    bool late;      /* the last block comes a week after the others */
};

static void
row_begin(struct row *r)
{
    *r = (struct row){0};
    fuzz_apply_open(&r->rig, 1);
    rig_commit(&r->rig, "2021-11-05");
    r->first = r->rig.block_count + 1;
}

/* Each of the block was taken, or the row would lead nowhere. */
static void
row_commit(struct row *r)
{
    uint32_t count = r->rig.builder.count;
    uint64_t block = rig_commit(&r->rig, r->late ? "2021-11-12" : "2021-11-05");
    for (uint32_t i = 0; i < count; i++) {
        const char *verdict = rig_verdict(&r->rig, block, i);
        if (strncmp(verdict, "accepted", 8) != 0) {
            fprintf(stderr, "seeds: %llu.%u: %s\n", (unsigned long long)block, i, verdict);
            abort();
        }
    }
}

static void
row_end(struct row *r)
{
    struct buf all = BUF_EMPTY;
    for (uint64_t number = r->first; number <= r->rig.block_count; number++) {
        struct block block;
        struct block_record record;
        bool waits = r->late && number + 1 == r->rig.block_count;
        CHECK(block_open(buf_slice_of(&r->rig.blocks[number - 1]), &block) == ERR_OK);
        for (struct block_records it = block_records(&block); block_next(&it, &record);) {
            int control = fuzz_apply_control(record.principal) | UNIT_NO;
            control |= record.index + 1 == block.count ? BLOCK_ENDS : 0;
            CHECK(control >= 0);
            fuzz_part_put(&all, (uint8_t)(control | (waits ? DAYS_LATER : 0)), record.body);
            seeds_begin("records");
            seeds_put(record.body);
        }
    }
    seeds_begin("apply");
    seeds_put(buf_slice_of(&all));
    buf_fini(&all);
    rig_close(&r->rig);
}

/* Acts of who has it in hand, each in a block: "verify forward". */
static void
walk(struct row *r, unsigned number, const char *unit, const char *award, const char *acts)
{
    char *text = arena_text(r->rig.arena, slice_text(acts)), *rest = NULL;
    for (char *act = strtok_r(text, " ", &rest); act != NULL; act = strtok_r(NULL, " ", &rest)) {
        char *of = strchr(act, ':');
        if (of != NULL) {
            *of = '\0';
        }
        council_act(&r->rig, number, act, of != NULL ? of + 1 : unit, award);
        row_commit(r);
    }
}

static void
walk_alone(const char *unit, const char *award, const char *acts)
{
    struct row r;
    row_begin(&r);
    r.rig.principal = "boss";
    walk(&r, 1, unit, award, acts);
    council_comment(&r.rig, 1, "Tốt");
    row_commit(&r);
    row_end(&r);
}

/* Who was asked does not answer until the deadline. */
static void
concluded(void)
{
    struct row r;
    row_begin(&r);
    walk(&r, 1, "w1", "commune", "submit verify consult:w2");
    r.late = true;
    council_act(&r.rig, 1, "conclude", "", "");
    row_commit(&r);
    row_end(&r);
}

/* The second of two reaches the quota; the third waits for a revocation. */
static void
quota_reached(void)
{
    struct row r;
    row_begin(&r);
    for (unsigned number = 1; number <= 3; number++) {
        walk(&r, number, "d1", "few",
             number < 3 ? "submit verify approve decide" : "submit verify approve");
    }
    walk(&r, 1, "d1", "few", "revoke");
    walk(&r, 3, "d1", "few", "decide");
    row_end(&r);
}

/* ---- documents, evidence ---- */

static void
attached(void)
{
    static const uint8_t text[] = "Báo cáo";
    struct row r;
    struct buf list = BUF_EMPTY, cells = BUF_EMPTY;
    uint8_t hash[32];
    row_begin(&r);
    crypto_generichash(hash, sizeof(hash), text, sizeof(text), NULL, 0);
    const struct record_file file = {.hash = slice_of(hash, sizeof(hash)),
                                     .unit = slice_text("w1"),
                                     .size = sizeof(text),
                                     .bytes = slice_of(text, sizeof(text))};
    pack_array(&list, 1);
    pack_array(&list, 4);
    pack_bytes(&list, file.hash);
    pack_cstr(&list, "report");
    pack_cstr(&list, "a.txt");
    pack_uint(&list, file.size);
    pack_array(&cells, 1);
    pack_array(&cells, 3);
    pack_cstr(&cells, "w1");
    pack_cstr(&cells, "202110");
    pack_cstr(&cells, "doses");
    struct record_nomination in = council_nomination(&r.rig, 1, "w1", "people");
    in.kind = SUBJECT_HOUSEHOLD;
    in.subject_unit = slice_text("w2");
    in.theme = slice_text("all");
    in.documents = buf_slice_of(&list);
    in.evidence = buf_slice_of(&cells);
    in.simplified = true;
    r.rig.principal = "ward";
    council_nominate(&r.rig, in);
    council_file(&r.rig, &file);
    row_commit(&r);
    r.rig.principal = "local";
    walk(&r, 1, "w1", "people", "verify approve refuse");
    row_end(&r);
    buf_fini(&list);
    buf_fini(&cells);
}

/* ---- meetings ---- */

static void
meeting_begin(struct row *r, const char *award, const uint8_t *ballot_key)
{
    static const unsigned table[] = {1, 2};
    row_begin(r);
    walk(r, 1, "city", award, "submit verify");
    walk(r, 2, "city", award, "submit verify");
    struct slice members = meeting_names(&r->rig, "local boss");
    struct record_meeting in =
        meeting_opened(&r->rig, 1, members, meeting_table(&r->rig, table, 2));
    in.unit = slice_text("city");
    if (ballot_key != NULL) {
        in.teller = slice_text("boss");
        in.ballot_key = slice_of(ballot_key, BALLOT_KEY_SIZE);
    }
    meeting_send(&r->rig, in);
    row_commit(r);
}

static struct record_vote
vote_of(struct row *r, unsigned nomination, enum choice choice)
{
    return (struct record_vote){.meeting = meeting_id(&r->rig, 1),
                                .nomination = council_id(&r->rig, nomination),
                                .choice = choice};
}

static void
voted_openly(enum meeting_act end)
{
    struct row r;
    meeting_begin(&r, "voted", NULL);
    meeting_attend(&r.rig, 1, meeting_names(&r.rig, "local boss"));
    row_commit(&r);
    meeting_vote(&r.rig, "local", vote_of(&r, 1, CHOICE_YES));
    meeting_vote(&r.rig, "boss", vote_of(&r, 1, CHOICE_ABSTAIN));
    meeting_vote(&r.rig, "local", vote_of(&r, 2, CHOICE_NO));
    row_commit(&r);
    meeting_end(&r.rig, 1, end);
    row_commit(&r);
    row_end(&r);
}

/* A ballot that is made for another place is spoilt. */
static void
ballot_cast(struct row *r, const char *who, const char *place, const uint8_t *public_key,
            const uint8_t *secret_key, struct ballot_count *count)
{
    struct ballot made;
    struct ballot_cast cast;
    struct record_vote vote = vote_of(r, 1, (enum choice)0);
    ballot_place(vote.meeting, vote.nomination, slice_text(place), cast.place);
    CHECK(ballot_make(CHOICE_YES, cast.place, public_key, &made));
    ballot_place(vote.meeting, vote.nomination, slice_text(who), cast.place);
    cast.commitment = vote.commitment = slice_of(made.commitment, sizeof(made.commitment));
    cast.sealed = vote.sealed = slice_of(made.sealed, sizeof(made.sealed));
    vote.written = strcmp(who, "boss") == 0;
    CHECK(ballot_open(&cast, public_key, secret_key, count) == (strcmp(who, place) == 0));
    meeting_vote(&r->rig, who, vote);
    row_commit(r);
}

static void
voted_secretly(bool spoilt)
{
    struct row r;
    struct ballot_count count;
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    ballot_key_new(public_key, secret_key);
    ballot_count_begin(&count);
    meeting_begin(&r, "quick", public_key);
    meeting_attend(&r.rig, 1, meeting_names(&r.rig, "local"));
    row_commit(&r);
    ballot_cast(&r, "local", "local", public_key, secret_key, &count);
    ballot_cast(&r, "boss", spoilt ? "ward" : "boss", public_key, secret_key, &count);
    struct record_opening in = {.meeting = meeting_id(&r.rig, 1),
                                .nomination = council_id(&r.rig, 1),
                                .yes = count.yes,
                                .no = count.no,
                                .blinding = slice_of(count.blinding, sizeof(count.blinding))};
    if (spoilt) {
        in.spoilt = meeting_names(&r.rig, "boss");
    }
    meeting_count(&r.rig, "boss", in);
    row_commit(&r);
    meeting_end(&r.rig, 1, MEETING_CLOSE);
    row_commit(&r);
    row_end(&r);
}

/* ---- approvals ---- */

static void
approved(void)
{
    struct row r;
    row_begin(&r);
    rig_approve(&r.rig, 201, "w1", "202110");
    row_commit(&r);
    rig_reopen(&r.rig, 202, "w1", "202110", "Nhập thiếu");
    row_commit(&r);
    row_end(&r);
}

void
seeds_council(void)
{
    CHECK(sodium_init() >= 0);
    walk_alone("w1", "commune", "submit return submit verify approve decide revoke");
    walk_alone("w1", "district",
               "submit verify consult:w2 consult:d1 opinion:w2 opinion:d1 forward verify approve "
               "decide");
    walk_alone("w1", "president",
               "submit verify approve forward verify forward verify approve forward decide");
    walk_alone("city", "prime-minister", "submit verify approve forward reject");
    walk_alone("w1", "commune", "submit refuse");
    concluded();
    quota_reached();
    attached();
    voted_openly(MEETING_CLOSE);
    voted_openly(MEETING_CANCEL);
    voted_secretly(false);
    voted_secretly(true);
    approved();
}
