/* Writes a meeting's rows wrong, as nobody's record could, in the state of a site that runs; and puts them
 * back.
 *
 *     tamper STATE-FOLDER SAVED MEETING NOMINATION WHAT    what was there goes into the file SAVED
 *     tamper STATE-FOLDER SAVED
 *
 * WHAT is a word of CHANGES below. Exits with 1 where there is no such row. */
#include "common/arena.h"
#include "common/check.h"
#include "proto/ulid.h"
#include "workers/state/rows_council.h"
#include "workers/state/state.h"

#include <stdio.h>
#include <string.h>

/* The rows of one nomination of a meeting. */
struct tamper {
    struct state *state;
    struct arena *arena;
    struct slice meeting, nomination;
    const char *saved;
    struct buf key, value;
};

static void
length_write(FILE *file, struct slice bytes)
{
    CHECK(fwrite(&bytes.len, sizeof(bytes.len), 1, file) == 1);
    CHECK(fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
}

static struct slice
length_read(FILE *file, struct arena *arena)
{
    size_t len;
    CHECK(fread(&len, sizeof(len), 1, file) == 1);
    uint8_t *bytes = arena_alloc(arena, len + 1);
    CHECK(fread(bytes, 1, len, file) == len);
    return slice_of(bytes, len);
}

/* The row under t->key as it is; its value in the arena. */
static bool
row_take(struct tamper *t, enum table table, struct slice *value)
{
    if (state_get(t->state, table, buf_slice_of(&t->key), value) != ERR_OK) {
        return false;
    }
    *value = arena_copy(t->arena, *value);
    FILE *file = fopen(t->saved, "wb");
    CHECK(file != NULL && fwrite(&table, sizeof(table), 1, file) == 1);
    length_write(file, buf_slice_of(&t->key));
    length_write(file, *value);
    CHECK(fclose(file) == 0);
    return true;
}

static void
row_put(struct tamper *t, enum table table)
{
    CHECK(state_put(t->state, table, buf_slice_of(&t->key), buf_slice_of(&t->value)) == ERR_OK);
}

/* ---- what may be wrong ---- */

typedef bool change_fn(struct tamper *t, const char *what);

static bool
recorded_change(struct tamper *t, const char *what)
{
    struct nomination_row row;
    struct slice value;
    key_nomination(&t->key, t->nomination);
    if (!row_take(t, TABLE_NOMINATION, &value)) {
        return false;
    }
    CHECK(nomination_decode(value, t->arena, &row) == ERR_OK);
    if (strcmp(what, "recorded-yes") == 0) {
        row.yes++;
    } else if (strcmp(what, "recorded-no") == 0) {
        row.no--;
    } else {
        row.base += 7;
    }
    nomination_encode(&row, &t->value);
    row_put(t, TABLE_NOMINATION);
    return true;
}

static bool
opening_change(struct tamper *t, const char *what)
{
    struct opening_row row;
    struct slice value, name = slice_text("m1");
    key_vote(&t->key, t->meeting, t->nomination, slice_text(""));
    if (!row_take(t, TABLE_VOTE, &value)) {
        return false;
    }
    CHECK(opening_decode(value, t->arena, &row) == ERR_OK);
    uint8_t *blinding = arena_alloc(t->arena, row.blinding.len);
    memcpy(blinding, row.blinding.data, row.blinding.len);
    if (strcmp(what, "opening-yes") == 0) {
        row.yes++;
        row.abstain--;
    } else if (strcmp(what, "opening-swap") == 0) {
        row.yes--;
        row.no++;
    } else if (strcmp(what, "opening-blinding") == 0) {
        blinding[0] ^= 1;
        row.blinding = slice_of(blinding, row.blinding.len);
    } else if (strcmp(what, "opening-spoilt") == 0) {
        row.spoilt = &name;
        row.spoilt_count = 1;
        row.abstain--;
    } else {
        CHECK(state_del(t->state, TABLE_VOTE, buf_slice_of(&t->key)) == ERR_OK);
        return true;
    }
    opening_encode(&row, &t->value);
    row_put(t, TABLE_VOTE);
    return true;
}

/* m1's vote: said otherwise, gone, or with another's commitment. */
static bool
vote_change(struct tamper *t, const char *what)
{
    struct vote_row row, other;
    struct slice value, second;
    key_vote(&t->key, t->meeting, t->nomination, slice_text("m2"));
    CHECK(row_take(t, TABLE_VOTE, &second) && vote_decode(second, &other) == ERR_OK);
    buf_clear(&t->key);
    key_vote(&t->key, t->meeting, t->nomination, slice_text("m1"));
    if (!row_take(t, TABLE_VOTE, &value)) {
        return false;
    }
    CHECK(vote_decode(value, &row) == ERR_OK);
    if (strcmp(what, "vote-gone") == 0) {
        CHECK(state_del(t->state, TABLE_VOTE, buf_slice_of(&t->key)) == ERR_OK);
        return true;
    }
    row.choice = row.choice == CHOICE_YES ? CHOICE_NO : row.choice;
    row.commitment = other.commitment;
    vote_encode(&row, &t->value);
    row_put(t, TABLE_VOTE);
    return true;
}

/* m1 was not there, though it voted; or was never called. */
static bool
meeting_change(struct tamper *t, const char *what)
{
    struct meeting_row row;
    struct slice value;
    key_meeting(&t->key, t->meeting);
    if (!row_take(t, TABLE_MEETING, &value)) {
        return false;
    }
    CHECK(meeting_decode(value, t->arena, &row) == ERR_OK);
    if (strcmp(what, "absent") == 0) {
        row.present[0] = false;
    } else {
        row.members[0] = slice_text("stranger");
    }
    meeting_encode(&row, &t->value);
    row_put(t, TABLE_MEETING);
    return true;
}

static const struct {
    const char *what;
    change_fn *change;
} CHANGES[] = {
    {"recorded-yes", recorded_change},
    {"recorded-no", recorded_change},
    {"recorded-base", recorded_change},
    {"opening-yes", opening_change},
    {"opening-swap", opening_change},
    {"opening-blinding", opening_change},
    {"opening-spoilt", opening_change},
    {"opening-gone", opening_change},
    {"vote", vote_change},
    {"vote-gone", vote_change},
    {"absent", meeting_change},
    {"not-called", meeting_change},
};

/* ---- */

static bool
change(struct tamper *t, const char *what)
{
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        if (strcmp(CHANGES[i].what, what) == 0) {
            return CHANGES[i].change(t, what);
        }
    }
    return false;
}

static bool
restore(struct tamper *t)
{
    enum table table;
    FILE *file = fopen(t->saved, "rb");
    CHECK(file != NULL && fread(&table, sizeof(table), 1, file) == 1);
    struct slice key = length_read(file, t->arena), value = length_read(file, t->arena);
    CHECK(fclose(file) == 0);
    return state_put(t->state, table, key, value) == ERR_OK;
}

static struct slice
id_of(struct arena *arena, const char *text)
{
    uint8_t *first = arena_alloc(arena, ULID_SIZE), last[ULID_SIZE];
    CHECK(ulid_range(slice_text(text), first, last));
    return slice_of(first, ULID_SIZE);
}

int
main(int argc, char **argv)
{
    CHECK(argc == 3 || argc == 6);
    struct tamper t = {.arena = arena_new(), .saved = argv[2]};
    CHECK(state_lmdb_open(argv[1], STATE_WRITE, &t.state) == ERR_OK);
    CHECK(state_begin(t.state, true) == ERR_OK);
    if (argc == 6) {
        t.meeting = id_of(t.arena, argv[3]);
        t.nomination = id_of(t.arena, argv[4]);
    }
    bool done = argc == 6 ? change(&t, argv[5]) : restore(&t);
    CHECK(state_commit(t.state) == ERR_OK);
    state_free(&t.state);
    arena_free(&t.arena);
    buf_fini(&t.key);
    buf_fini(&t.value);
    return done ? 0 : 1;
}
