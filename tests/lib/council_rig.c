/* See council_rig.h. */
#include "tests/lib/council_rig.h"

#include "common/check.h"
#include "tests/lib/access_words.h"
#include "workers/state/state.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- who and what there is ---- */

static const char *const UNITS[] = {"hn//city",         "d1/hn/district", "d2/hn/district",
                                    "w1/d1/commune",    "w2/d1/commune",  "w3/d2/commune",
                                    "dep/hn/department"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FOR_ALL (FOR_COLLECTIVE | FOR_INDIVIDUAL | FOR_HOUSEHOLD)

static const struct award AWARDS[] = {
    {.level = AWARD_COMMUNE, .subjects = FOR_ALL},
    {.level = AWARD_DISTRICT, .subjects = FOR_ALL},
    {.level = AWARD_CITY, .subjects = FOR_ALL},
    {.level = AWARD_PRIME_MINISTER, .subjects = FOR_ALL},
    {.level = AWARD_PRESIDENT, .subjects = FOR_ALL},
    {.level = AWARD_CITY, .subjects = FOR_ALL, .percent = 90, .base = BASE_TOTAL},
    {.level = AWARD_CITY,
     .subjects = FOR_ALL,
     .percent = 90,
     .base = BASE_TOTAL,
     .simplified = true},
    {.level = AWARD_DISTRICT, .subjects = FOR_ALL, .quota = 2},
    {.level = AWARD_COMMUNE, .subjects = FOR_INDIVIDUAL | FOR_HOUSEHOLD},
};
static const char *const AWARD_CODES[] = {"commune",        "district",  "city",
                                          "prime-minister", "president", "voted",
                                          "quick",          "few",       "people"};

struct campaign *
council_campaign_new(struct rig *rig)
{
    struct campaign *c = rig_campaign_new(rig);
    c->awards = ARENA_ARRAY(rig->arena, struct award, COUNT(AWARDS));
    c->award_count = COUNT(AWARDS);
    for (size_t i = 0; i < COUNT(AWARDS); i++) {
        c->awards[i] = AWARDS[i];
        c->awards[i].code = slice_text(AWARD_CODES[i]);
        c->awards[i].title = (struct title){slice_text(AWARD_CODES[i]), slice_text(AWARD_CODES[i])};
    }
    return c;
}

static void
principals_add(struct rig *rig)
{
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        for (size_t i = 0; i < COUNT(UNITS); i++) {
            char words[120];
            struct buf body = BUF_EMPTY;
            int len = (int)strcspn(UNITS[i], "/");
            const char *name = access_role_name((enum access_role)role);
            snprintf(words, sizeof(words), "%s-%.*s roles=%s units=%.*s", name, len, UNITS[i], name,
                     len, UNITS[i]);
            access_words(words, council_ulid(rig).data, &body);
            rig_add(rig, "", buf_slice_of(&body));
            buf_fini(&body);
        }
    }
}

void
council_rig_open(struct rig *rig, uint32_t shards)
{
    struct unit_row rows[COUNT(UNITS)];
    rig_open(rig, shards);
    for (size_t i = 0; i < COUNT(UNITS); i++) {
        rows[i] = rig_unit(UNITS[i]);
    }
    rig_units(rig, 101, rows, COUNT(UNITS));
    rig_campaign(rig, 102, council_campaign_new(rig));
    principals_add(rig);
    rig_commit(rig, "2021-09-01");
    for (uint32_t i = 0; i < 2 + ACCESS_ROLE_COUNT * COUNT(UNITS); i++) {
        const char *verdict = rig_verdict(rig, 1, i);
        if (strcmp(verdict, "accepted") != 0) {
            fprintf(stderr, "the rig's own record 1.%u: %s\n", i, verdict);
            abort();
        }
    }
}

struct slice
council_id(struct rig *rig, unsigned number)
{
    uint8_t *id = arena_alloc(rig->arena, 16);
    memset(id, 0x5a, 12);
    id[12] = (uint8_t)(number >> 24);
    id[13] = (uint8_t)(number >> 16);
    id[14] = (uint8_t)(number >> 8);
    id[15] = (uint8_t)number;
    return slice_of(id, 16);
}

/* Where a record stands is a number that none before it had. */
struct slice
council_ulid(struct rig *rig)
{
    uint8_t *id = arena_alloc(rig->arena, 16);
    id[0] = 1;
    memcpy(id + 4, &rig->block_count, sizeof(rig->block_count));
    memcpy(id + 8, &rig->builder.count, sizeof(rig->builder.count));
    return slice_of(id, 16);
}

/* ---- records ---- */

static uint32_t
add(struct rig *rig, const char *unit, struct buf *body)
{
    uint32_t index = rig_add(rig, unit, buf_slice_of(body));
    buf_fini(body);
    return index;
}

struct record_nomination
council_nomination(struct rig *rig, unsigned number, const char *unit, const char *award)
{
    return (struct record_nomination){
        .nomination = council_id(rig, number),
        .unit = slice_text(unit),
        .award = slice_text(award),
        .kind = SUBJECT_COLLECTIVE,
        .subject = slice_text(arena_printf(rig->arena, "Tổ %u", number % 7)),
        .summary = slice_text("Chống dịch"),
    };
}

#define SEND(type, place)                                                                          \
    struct buf body = BUF_EMPTY;                                                                   \
    if (in.id.len == 0) {                                                                          \
        in.id = council_ulid(rig);                                                                 \
    }                                                                                              \
    record_encode_##type(&in, &body);                                                              \
    return add(rig, place, &body)

uint32_t
council_nominate(struct rig *rig, struct record_nomination in)
{
    SEND(nomination, arena_text(rig->arena, in.unit));
}

uint32_t
council_review(struct rig *rig, struct record_review in)
{
    SEND(review, "");
}

uint32_t
council_decide(struct rig *rig, struct record_decision in)
{
    SEND(decision, "");
}

uint32_t
council_revoke(struct rig *rig, struct record_revocation in)
{
    SEND(revocation, "");
}

uint32_t
council_comment(struct rig *rig, unsigned number, const char *text)
{
    struct record_comment in = {.nomination = council_id(rig, number), .text = slice_text(text)};
    SEND(comment, "");
}

uint32_t
council_file(struct rig *rig, const struct record_file *in)
{
    struct buf body = BUF_EMPTY;
    record_encode_file(in, &body);
    return add(rig, arena_text(rig->arena, in->unit), &body);
}

static uint32_t
reviewed(struct rig *rig, unsigned number, const char *name, const char *unit)
{
    static const struct {
        const char *name;
        uint64_t act;
    } acts[] = {{"verify", 1},   {"return", 2},  {"consult", 3}, {"opinion", 4},
                {"conclude", 5}, {"approve", 6}, {"forward", 7}, {"refuse", 8}};
    struct record_review in = {.nomination = council_id(rig, number),
                               .unit = slice_text(unit),
                               .reason = slice_text("vì thế")};
    for (size_t i = 0; i < COUNT(acts); i++) {
        in.act = strcmp(acts[i].name, name) == 0 ? acts[i].act : in.act;
    }
    CHECK(in.act != 0);
    return council_review(rig, in);
}

uint32_t
council_act(struct rig *rig, unsigned number, const char *act, const char *unit, const char *award)
{
    struct slice id = council_id(rig, number), why = slice_text("vì thế");
    struct slice paper = slice_text("12/QĐ"), date = slice_text("2021-09-02");
    if (strcmp(act, "submit") == 0) {
        return council_nominate(rig, council_nomination(rig, number, unit, award));
    }
    if (strcmp(act, "decide") == 0 || strcmp(act, "reject") == 0) {
        return council_decide(rig, (struct record_decision){.nomination = id,
                                                            .outcome = act[0] == 'd' ? 1 : 2,
                                                            .number = paper,
                                                            .date = date,
                                                            .signer = slice_text("Bà A"),
                                                            .reason = why});
    }
    if (strcmp(act, "revoke") == 0) {
        return council_revoke(rig,
                              (struct record_revocation){
                                  .nomination = id, .number = paper, .date = date, .reason = why});
    }
    return reviewed(rig, number, act, unit);
}

void
council_walk(struct rig *rig, unsigned number, const char *award, const char *acts)
{
    const char *principal = rig->principal;
    char *text = arena_text(rig->arena, slice_text(acts)), *rest = NULL;
    char *unit = strtok_r(text, ": ", &rest);
    rig->principal = "local";
    for (char *act = strtok_r(NULL, ": ", &rest); act != NULL; act = strtok_r(NULL, " ", &rest)) {
        bool asks = strcmp(act, "consult") == 0 || strcmp(act, "opinion") == 0;
        council_act(rig, number, act, asks ? "dep" : unit, award);
    }
    rig->principal = principal;
}

/* ---- what came of them ---- */

bool
council_row(struct rig *rig, unsigned number, struct nomination_row *row)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_nomination(&key, council_id(rig, number));
    CHECK(state_begin(rig->states[0], false) == ERR_OK);
    bool there = state_get(rig->states[0], TABLE_NOMINATION, buf_slice_of(&key), &value) == ERR_OK;
    CHECK(!there || nomination_decode(arena_copy(rig->arena, value), rig->arena, row) == ERR_OK);
    state_abort(rig->states[0]);
    buf_fini(&key);
    return there;
}

const char *
council_state(struct rig *rig, unsigned number)
{
    struct nomination_row row;
    if (!council_row(rig, number, &row)) {
        return "";
    }
    /* ids are given in the order of the registry's rows */
    int len = (int)strcspn(UNITS[row.holder], "/");
    return arena_printf(rig->arena, "%s %.*s", review_state_name(row.state), len,
                        UNITS[row.holder]);
}

static void
hash_put(crypto_generichash_state *hash, struct slice bytes)
{
    crypto_generichash_update(hash, (const uint8_t *)&bytes.len, sizeof(bytes.len));
    crypto_generichash_update(hash, bytes.data, bytes.len);
}

static void
hash_table(struct state *state, enum table table, crypto_generichash_state *hash)
{
    struct state_cursor *cursor;
    struct state_row row;
    CHECK(state_cursor_open(state, table, &cursor) == ERR_OK);
    enum err err = cursor_seek(cursor, slice_text(""), &row);
    for (; err == ERR_OK; err = cursor_next(cursor, &row)) {
        hash_put(hash, row.key);
        hash_put(hash, row.value);
    }
    cursor_close(cursor);
}

typedef bool table_fn(enum table table);

static bool
is_lasting(enum table table)
{
    return table != TABLE_META && table != TABLE_VERDICT && table != TABLE_REJECTED;
}

static bool
is_councils(enum table table)
{
    return table == TABLE_NOMINATION || table == TABLE_ACT || table == TABLE_QUEUE ||
           table == TABLE_SUBJECT || table == TABLE_MEETING || table == TABLE_VOTE ||
           table == TABLE_FILE;
}

static void
tables_hash(struct rig *rig, table_fn *wanted, uint8_t hash[32])
{
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, 32);
    for (uint32_t i = 0; i < rig->shards; i++) {
        CHECK(state_begin(rig->states[i], false) == ERR_OK);
        for (int table = 0; table < TABLE_COUNT; table++) {
            if (wanted((enum table)table)) {
                hash_table(rig->states[i], (enum table)table, &h);
            }
        }
        state_abort(rig->states[i]);
    }
    crypto_generichash_final(&h, hash, 32);
}

void
council_hash(struct rig *rig, uint8_t hash[32])
{
    tables_hash(rig, is_lasting, hash);
}

void
council_hash_own(struct rig *rig, uint8_t hash[32])
{
    tables_hash(rig, is_councils, hash);
}

/* ---- the tables that follow from NOMINATION ---- */

static bool
has(struct state *state, enum table table, const struct buf *key, struct slice *value)
{
    return state_get(state, table, buf_slice_of(key), value) == ERR_OK;
}

static void
one_consistent(struct state *state, struct slice id, const struct nomination_row *n)
{
    struct buf key = BUF_EMPTY, fold = BUF_EMPTY;
    struct slice value;
    struct queue_row q;
    key_queue(&key, n->holder, n->state, n->deadline, id);
    CHECK(has(state, TABLE_QUEUE, &key, &value) && queue_decode(value, &q) == ERR_OK);
    CHECK(q.campaign == n->campaign && q.kind == n->kind && q.proposer == n->proposer);
    CHECK(q.subject_unit == n->subject_unit && slice_equal(q.award, n->award));
    subject_fold(n->subject, &fold);
    key_subject(&key, buf_slice_of(&fold), id);
    CHECK(has(state, TABLE_SUBJECT, &key, &value));
    buf_fini(&key);
    buf_fini(&fold);
}

/* The acts of one nomination, in order, lead from nothing to the state that it has. */
static void
acts_consistent(struct state *state, struct slice id, const struct nomination_row *n)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct act_row act;
    enum review_state at = STATE_none;
    CHECK(state_cursor_open(state, TABLE_ACT, &cursor) == ERR_OK);
    enum err err = cursor_seek(cursor, id, &row);
    for (; err == ERR_OK && memcmp(row.key.data, id.data, 16) == 0;
         err = cursor_next(cursor, &row)) {
        CHECK(act_decode(row.value, &act) == ERR_OK && act.from == at);
        at = act.to;
    }
    cursor_close(cursor);
    CHECK(at == n->state);
}

void
council_consistent(struct rig *rig)
{
    struct state *state = rig->states[0];
    struct state_cursor *cursor;
    struct state_row row;
    struct nomination_row n;
    uint64_t count = rig_rows(rig, TABLE_NOMINATION);
    CHECK(rig_rows(rig, TABLE_QUEUE) == count && rig_rows(rig, TABLE_SUBJECT) == count);
    CHECK(state_begin(state, false) == ERR_OK);
    CHECK(state_cursor_open(state, TABLE_NOMINATION, &cursor) == ERR_OK);
    enum err err = cursor_seek(cursor, slice_text(""), &row);
    for (; err == ERR_OK; err = cursor_next(cursor, &row)) {
        struct slice id = row.key;
        CHECK(nomination_decode(row.value, rig->arena, &n) == ERR_OK);
        one_consistent(state, id, &n);
        acts_consistent(state, id, &n);
    }
    cursor_close(cursor);
    state_abort(state);
}
