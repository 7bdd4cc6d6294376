/* Opening a meeting. Refused, and nothing moved, unless all of it holds: the campaign; the unit, and that
 * its secretary speaks; title and day; members that are council members; a table of nominations that
 * the unit has in hand, verified, of an award that is voted on; and, where any of them is voted on
 * secretly, a teller and a good ballot key. A member that could not vote would raise the base of "all
 * members" for nothing: hence a typing error in a name is refused here and not found at the count. */
#include "workers/tally/meeting_open.h"

#include "common/period.h"
#include "common/text.h"
#include "proto/ballot.h"
#include "proto/cursor.h"
#include "proto/ulid.h"
#include "workers/tally/meetings.h"
#include "workers/tally/speakers.h"
#include "workers/tally/validate.h"
#include "workers/tally/vote_count.h"

struct calling {
    struct apply *a;
    const struct record *record;
    const struct record_meeting *in;
    const struct registry_campaign *campaign;
    struct meeting_row row;
    struct matter *matters; /* by place on the table */
    const struct review_move **moves;
    int32_t today;
    bool secret; /* any of them is voted on secretly */
    struct complaint *why;
};

static bool
unit_check(struct calling *c)
{
    if (c->in->unit.len == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("unit"), "%s", "");
    }
    c->campaign = registry_campaign(&c->a->registry, c->in->campaign, c->why);
    if (c->campaign == NULL) {
        return false;
    }
    c->today = local_day(c->record->time_us, c->campaign->campaign.utc_offset_minutes);
    c->row.campaign = c->campaign->id;
    c->row.unit = registry_find(&c->a->registry, c->in->unit);
    if (c->row.unit == UNIT_NONE) {
        return complain(c->why, CODE_UNIT_UNKNOWN, c->in->unit, "%s", "");
    }
    return principal_may_speak(c->a, c->record, c->row.unit, c->today, c->why);
}

static bool
heading_check(struct calling *c)
{
    int32_t day;
    if (text_trim(c->in->title).len == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("title"), "%s", "");
    }
    if (date_parse(c->in->date, &day) != ERR_OK) {
        return complain(c->why, CODE_DATE_INVALID, slice_text("date"), "%.*s",
                        SLICE_ARG(c->in->date));
    }
    c->row.title = c->in->title;
    c->row.date = c->in->date;
    return true;
}

/* False where no record of that name holds the role that a `vote` or an `opening` asks for. */
static bool
role_check(struct calling *c, struct slice person, uint32_t roles, const char *what)
{
    if (slice_is(person, PRINCIPAL_LOCAL)) {
        return true;
    }
    const struct access_entry *entry = speakers_find(c->a->speakers, person);
    if (entry == NULL) {
        return complain(c->why, CODE_PRINCIPAL_UNKNOWN, person, "%s", "");
    }
    if ((entry->roles & roles) == 0) {
        return complain(c->why, CODE_NOT_IN_ROLE, person, "%s", what);
    }
    return true;
}

static bool
members_check(struct calling *c)
{
    struct persons persons;
    if (!persons_read(c->in->members, "members", c->a->arena, &persons, c->why)) {
        return false;
    }
    if (persons.count == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("members"), "%s", "");
    }
    for (uint32_t i = 0; i < persons.count; i++) {
        if (!role_check(c, persons.names[i], ACCESS_BIT(ACCESS_COUNCIL), "vote")) {
            return false;
        }
    }
    c->row.members = persons.names;
    c->row.member_count = persons.count;
    c->row.present = ARENA_ARRAY(c->a->arena, bool, persons.count);
    return true;
}

/* ---- the table ---- */

static bool
table_add(struct calling *c, struct slice id)
{
    if (id.len != ULID_SIZE) {
        return complain(c->why, CODE_WRONG_TYPE, slice_text("nominations"), "%s",
                        "an array of identities");
    }
    for (uint32_t i = 0; i < c->row.nomination_count; i++) {
        if (slice_equal(c->row.nominations[i], id)) {
            char text[ULID_TEXT];
            ulid_format(id.data, text);
            return complain(c->why, CODE_DUPLICATE_CODE, slice_text("nominations"), "%s", text);
        }
    }
    c->row.nominations[c->row.nomination_count++] = id;
    return true;
}

static bool
table_read(struct calling *c)
{
    struct cursor in = cursor_of(c->in->nominations);
    uint32_t count = 0;
    struct slice id = {0};
    if (c->in->nominations.len > 0 && cursor_array(&in, &count) != ERR_OK) {
        return table_add(c, id);
    }
    if (count == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("nominations"), "%s", "");
    }
    if (count > TABLE_MAX) {
        return complain(c->why, CODE_TOO_MANY, slice_text("nominations"), "%d", TABLE_MAX);
    }
    c->row.nominations = ARENA_ARRAY(c->a->arena, struct slice, count);
    for (uint32_t i = 0; i < count; i++) {
        if (cursor_bytes(&in, &id) != ERR_OK) {
            id = (struct slice){0};
        }
        if (!table_add(c, id)) {
            return false;
        }
    }
    return true;
}

static bool
matter_check(struct calling *c, const struct matter *m)
{
    char text[ULID_TEXT];
    const char *state = review_state_name(m->row.state);
    if (m->row.campaign != c->row.campaign || m->row.holder != c->row.unit) {
        ulid_format(m->id.data, text);
        return complain(c->why, CODE_NOT_ALLOWED, slice_text(text), "%.*s", SLICE_ARG(c->in->unit));
    }
    const struct award *award = council_award(m, c->why);
    if (award == NULL) {
        return false;
    }
    if (!vote_is_asked(award)) {
        return complain(c->why, CODE_MOVE_REFUSED, slice_text(state), "%.*s: no vote",
                        SLICE_ARG(award->code));
    }
    c->secret = c->secret || award->secret;
    return true;
}

/* *good false: refused. */
static enum err
table_check(struct calling *c, bool *good)
{
    const struct act_row act = {0};
    uint32_t count = c->row.nomination_count;
    enum err err = ERR_OK;
    c->matters = ARENA_ARRAY(c->a->arena, struct matter, count);
    c->moves = ARENA_ARRAY(c->a->arena, const struct review_move *, count);
    *good = true;
    for (uint32_t i = 0; err == ERR_OK && *good && i < count; i++) {
        struct matter *m = &c->matters[i];
        err = council_known(c->a, c->record, c->row.nominations[i], m, good, c->why);
        *good = *good && err == ERR_OK && matter_check(c, m);
        if (*good) {
            err = council_may(c->a, m, REVIEW_table, &act, &c->moves[i], c->why);
            *good = c->moves[i] != NULL;
        }
    }
    return err;
}

/* Only asked for where a ballot will be sealed; kept, and checked, wherever it is given. */
static bool
teller_check(struct calling *c)
{
    struct slice key = c->in->ballot_key;
    if (c->secret && c->in->teller.len == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("teller"), "%s", "");
    }
    if (c->secret && key.len == 0) {
        return complain(c->why, CODE_MISSING_FIELD, slice_text("ballot_key"), "%s", "");
    }
    if (key.len > 0 && (key.len != BALLOT_KEY_SIZE || !ballot_key_is_good(key.data))) {
        return complain(c->why, CODE_BALLOT_WRONG, slice_text("ballot_key"), "%s", "ballot_key");
    }
    c->row.teller = c->in->teller;
    c->row.ballot_key = key;
    return c->in->teller.len == 0 ||
           role_check(c, c->in->teller, ACCESS_BIT(ACCESS_COUNCIL) | ACCESS_BIT(ACCESS_SECRETARY),
                      "opening");
}

/* ---- the record ---- */

static enum err
taken_check(struct calling *c, bool *good)
{
    struct meeting_row other;
    enum err err = meeting_get(c->a, c->in->meeting, &other);
    *good = err == ERR_NOT_FOUND;
    if (err == ERR_OK) {
        char text[ULID_TEXT];
        ulid_format(c->in->meeting.data, text);
        complain(c->why, CODE_DUPLICATE_CODE, slice_text("meeting"), "%s", text);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
open_write(struct calling *c)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < c->row.nomination_count; i++) {
        struct act_row act = {0};
        c->matters[i].row.meeting = c->in->meeting;
        err = council_move(c->a, c->record, &c->matters[i], c->moves[i], &act);
    }
    c->row.time_us = c->record->time_us;
    c->row.receipt = c->record->receipt;
    return err == ERR_OK ? meeting_put(c->a, c->in->meeting, &c->row) : err;
}

enum err
meeting_open(struct apply *a, const struct record *record, const void *decoded,
             struct outcome *outcome)
{
    struct calling c = {.a = a, .record = record, .in = decoded, .why = &outcome->why};
    bool good;
    if (!unit_check(&c) || !heading_check(&c) || !members_check(&c) || !table_read(&c)) {
        return outcome_reject(outcome);
    }
    enum err err = taken_check(&c, &good);
    if (err == ERR_OK && good) {
        err = table_check(&c, &good);
    }
    if (err != ERR_OK) {
        return err;
    }
    return good && teller_check(&c) ? open_write(&c) : outcome_reject(outcome);
}
