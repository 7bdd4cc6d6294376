#include "tests/sim/screen.h"

#include "common/check.h"
#include "tests/sim/sim.h"

#define ID_SIZE 16

static bool
row_get(struct sim *s, enum table table, const struct buf *key, struct slice *value)
{
    struct state *state = s->disks[0].base;
    CHECK(state_begin(state, false) == ERR_OK);
    bool there = state_get(state, table, buf_slice_of(key), value) == ERR_OK;
    if (there) {
        *value = arena_copy(s->arena, *value);
    }
    state_abort(state);
    return there;
}

static bool
has_rows(struct sim *s, enum table table)
{
    struct state *state = s->disks[0].base;
    struct state_cursor *c;
    struct state_row row;
    CHECK(state_begin(state, false) == ERR_OK);
    CHECK(state_cursor_open(state, table, &c) == ERR_OK);
    bool has = cursor_next(c, &row) == ERR_OK;
    cursor_close(c);
    state_abort(state);
    return has;
}

bool
screen_is_ready(struct sim *s)
{
    return has_rows(s, TABLE_CAMPAIGN) && has_rows(s, TABLE_UNIT);
}

bool
screen_nomination(struct sim *s, const uint8_t id[16], struct nomination_row *row)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_nomination(&key, slice_of(id, ID_SIZE));
    bool there = row_get(s, TABLE_NOMINATION, &key, &value);
    CHECK(!there || nomination_decode(value, s->arena, row) == ERR_OK);
    buf_fini(&key);
    return there;
}

bool
screen_meeting(struct sim *s, const uint8_t id[16], struct meeting_row *row)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_meeting(&key, slice_of(id, ID_SIZE));
    bool there = row_get(s, TABLE_MEETING, &key, &value);
    CHECK(!there || meeting_decode(value, s->arena, row) == ERR_OK);
    buf_fini(&key);
    return there;
}

bool
screen_knows(struct sim *s, const char *unit)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_ident(&key, IDENT_UNIT, 0, slice_text(unit));
    bool there = row_get(s, TABLE_IDENT, &key, &value);
    buf_fini(&key);
    return there;
}

struct slice
screen_unit(struct sim *s, uint32_t unit)
{
    struct state *state = s->disks[0].base;
    struct state_cursor *c;
    struct state_row row;
    struct slice code = slice_text("");
    CHECK(state_begin(state, false) == ERR_OK);
    CHECK(state_cursor_open(state, TABLE_IDENT, &c) == ERR_OK);
    while (code.len == 0 && cursor_next(c, &row) == ERR_OK) {
        struct ident_key key;
        uint32_t id;
        CHECK(ident_key_decode(row.key, &key) == ERR_OK);
        CHECK(ident_decode(row.value, &id) == ERR_OK);
        if (key.kind == IDENT_UNIT && id == unit) {
            code = arena_copy(s->arena, key.code);
        }
    }
    cursor_close(c);
    state_abort(state);
    return code;
}

void
screen_votes(struct sim *s, const uint8_t meeting[16], const uint8_t nomination[16],
             screen_vote_fn *seen, void *context)
{
    struct state *state = s->disks[0].base;
    struct state_cursor *c;
    struct state_row row;
    struct buf prefix = BUF_EMPTY;
    key_vote(&prefix, slice_of(meeting, ID_SIZE), slice_of(nomination, ID_SIZE), slice_text(""));
    CHECK(state_begin(state, false) == ERR_OK);
    CHECK(state_cursor_open(state, TABLE_VOTE, &c) == ERR_OK);
    enum err err = cursor_seek(c, buf_slice_of(&prefix), &row);
    for (; err == ERR_OK && row.key.len >= prefix.len; err = cursor_next(c, &row)) {
        struct vote_row vote;
        struct slice voter = slice_of(row.key.data + prefix.len, row.key.len - prefix.len);
        if (memcmp(row.key.data, prefix.data, prefix.len) != 0) {
            break;
        }
        if (voter.len > 0) { /* else it is the opening */
            CHECK(vote_decode(row.value, &vote) == ERR_OK);
            seen(context, voter, &vote);
        }
    }
    cursor_close(c);
    state_abort(state);
    buf_fini(&prefix);
}

bool
screen_opened(struct sim *s, const uint8_t meeting[16], const uint8_t nomination[16])
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_vote(&key, slice_of(meeting, ID_SIZE), slice_of(nomination, ID_SIZE), slice_text(""));
    bool there = row_get(s, TABLE_VOTE, &key, &value);
    buf_fini(&key);
    return there;
}
