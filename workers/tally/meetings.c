/* MEETING and VOTE, read and written: see meetings.h. */
#include "workers/tally/meetings.h"

#include "common/text.h"
#include "proto/access.h"
#include "proto/cursor.h"
#include "proto/ulid.h"

#define VOTE_PREFIX (2 * ULID_SIZE) /* the voter's name stands behind meeting and nomination */

enum err
meeting_get(struct apply *a, struct slice id, struct meeting_row *m)
{
    struct slice value;
    key_meeting(&a->key, id);
    enum err err = state_get(a->state, TABLE_MEETING, buf_slice_of(&a->key), &value);
    return err == ERR_OK ? meeting_decode(arena_copy(a->arena, value), a->arena, m) : err;
}

enum err
meeting_known(struct apply *a, struct slice id, struct meeting_row *m, bool *known,
              struct complaint *why)
{
    char text[ULID_TEXT];
    enum err err = meeting_get(a, id, m);
    *known = err == ERR_OK;
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    ulid_format(id.data, text);
    complain(why, CODE_MEETING_UNKNOWN, slice_text("meeting"), "%s", text);
    return ERR_OK;
}

enum err
meeting_put(struct apply *a, struct slice id, const struct meeting_row *m)
{
    key_meeting(&a->key, id);
    buf_clear(&a->value);
    meeting_encode(m, &a->value);
    return state_put(a->state, TABLE_MEETING, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static bool
person_read(struct cursor *c, const char *field, struct persons *persons, struct complaint *why)
{
    struct slice name;
    if (cursor_text(c, &name) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text(field), "%s", "an array of principals");
    }
    if (!code_is_valid(name)) {
        return complain(why, CODE_CODE_INVALID, slice_text(field), "%.*s", SLICE_ARG(name));
    }
    for (uint32_t i = 0; i < persons->count; i++) {
        if (slice_equal(persons->names[i], name)) {
            return complain(why, CODE_DUPLICATE_CODE, slice_text(field), "%.*s", SLICE_ARG(name));
        }
    }
    persons->names[persons->count++] = name;
    return true;
}

bool
persons_read(struct slice raw, const char *field, struct arena *arena, struct persons *persons,
             struct complaint *why)
{
    struct cursor c = cursor_of(raw);
    uint32_t count = 0;
    *persons = (struct persons){0};
    if (raw.len > 0 && cursor_array(&c, &count) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text(field), "%s", "an array of principals");
    }
    if (count > MEMBERS_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text(field), "%d", MEMBERS_MAX);
    }
    persons->names = count > 0 ? ARENA_ARRAY(arena, struct slice, count) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (!person_read(&c, field, persons, why)) {
            return false;
        }
    }
    return true;
}

struct slice
meeting_person(struct slice principal)
{
    struct slice who, via;
    principal_split(principal, &who, &via);
    return who;
}

uint32_t
meeting_member(const struct meeting_row *m, struct slice person)
{
    for (uint32_t i = 0; i < m->member_count; i++) {
        if (slice_equal(m->members[i], person)) {
            return i;
        }
    }
    return MEMBER_NONE;
}

bool
meeting_table_check(const struct meeting_row *m, struct slice nomination, struct complaint *why)
{
    char text[ULID_TEXT];
    for (uint32_t i = 0; i < m->nomination_count; i++) {
        if (slice_equal(m->nominations[i], nomination)) {
            return true;
        }
    }
    ulid_format(nomination.data, text);
    return complain(why, CODE_NOT_ON_TABLE, slice_text("nomination"), "%s", text);
}

/* A row of VOTE, copied: the caller's next write would end the state's own. */
static enum err
row_get(struct apply *a, struct slice meeting, struct slice nomination, struct slice person,
        struct slice *value)
{
    key_vote(&a->key, meeting, nomination, person);
    enum err err = state_get(a->state, TABLE_VOTE, buf_slice_of(&a->key), value);
    if (err == ERR_OK) {
        *value = arena_copy(a->arena, *value);
    }
    return err;
}

enum err
vote_get(struct apply *a, struct slice meeting, struct slice nomination, struct slice person,
         struct vote_row *v)
{
    struct slice value;
    enum err err = row_get(a, meeting, nomination, person, &value);
    return err == ERR_OK ? vote_decode(value, v) : err;
}

enum err
opening_get(struct apply *a, struct slice meeting, struct slice nomination, struct opening_row *o)
{
    struct slice value;
    enum err err = row_get(a, meeting, nomination, slice_text(""), &value);
    return err == ERR_OK ? opening_decode(value, a->arena, o) : err;
}

const struct award *
meeting_award(const struct apply *a, uint16_t campaign, struct slice code)
{
    if (campaign >= a->registry.campaign_count) {
        return NULL;
    }
    const struct campaign *c = &a->registry.campaigns[campaign].campaign;
    for (uint32_t i = 0; i < c->award_count; i++) {
        if (slice_equal(c->awards[i].code, code)) {
            return &c->awards[i];
        }
    }
    return NULL;
}

static bool
is_under(struct slice key, struct slice prefix)
{
    return key.len >= VOTE_PREFIX && key.len >= prefix.len &&
           memcmp(key.data, prefix.data, prefix.len) == 0;
}

static enum err
row_tell(const struct state_row *row, vote_seen_fn *seen, void *context)
{
    struct slice voter = slice_of(row->key.data + VOTE_PREFIX, row->key.len - VOTE_PREFIX);
    struct vote_row vote;
    if (voter.len == 0) {
        return ERR_OK;
    }
    enum err err = vote_decode(row->value, &vote);
    if (err == ERR_OK) {
        seen(context, voter, &vote);
    }
    return err;
}

enum err
votes_each(struct apply *a, struct slice prefix, vote_seen_fn *seen, void *context)
{
    struct state_cursor *cursor;
    struct state_row row;
    enum err err = state_cursor_open(a->state, TABLE_VOTE, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    err = cursor_seek(cursor, prefix, &row);
    while (err == ERR_OK && is_under(row.key, prefix)) {
        err = row_tell(&row, seen, context);
        err = err == ERR_OK ? cursor_next(cursor, &row) : err;
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
