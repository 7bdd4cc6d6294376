/* The review's state machine: every state x every act x who acts. The table below was written by hand from
 * the text of proto/review.def and is held against what the handlers do; whatever is not in it must be
 * refused with a code and leave every table as it was. Then random walks, whose QUEUE, SUBJECT and ACT must
 * be what NOMINATION says, which a replay gives again, and which take every move there is. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/check.h"

#define DAY "2021-09-02"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;

/* ---- the table ---- */

static const char *const ACTS[] = {"submit",  "verify",  "return", "consult", "opinion", "conclude",
                                   "approve", "forward", "refuse", "decide",  "reject",  "revoke"};

/* How a nomination comes there, and what each act of the unit's own people makes of it; an act that is
 * not named is refused with move-refused (where there is nothing yet: nomination-unknown). */
static const struct row {
    const char *state, *holder, *proposer, *award, *walk, *moves;
} ROWS[] = {
    {"", "w1", "w1", "commune", "", "submit=submitted w1"},
    {"submitted", "w1", "w1", "commune", "submit",
     "verify=verified w1;return=returned w1;refuse=refused w1;reject=refused w1"},
    {"verified", "w1", "w1", "commune", "submit verify",
     "return=returned w1;consult=consulting w1;approve=approved w1"},
    {"verified", "w1", "w1", "city", "submit verify",
     "return=returned w1;consult=consulting w1;approve=approved w1;forward=submitted d1"},
    {"verified", "d1", "w1", "city", "submit verify forward verify",
     "return=returned d1;consult=consulting d1;approve=approved d1;forward=submitted hn"},
    {"verified", "hn", "hn", "president", "submit verify",
     "return=returned hn;consult=consulting hn;approve=approved hn"},
    {"verified", "hn", "hn", "voted", "submit verify", "return=returned hn;consult=consulting hn"},
    {"consulting", "w1", "w1", "commune", "submit verify consult",
     "consult=unchanged;opinion=verified w1;conclude=verified w1"},
    {"returned", "w1", "w1", "commune", "submit return", "submit=submitted w1"},
    {"returned", "d1", "w1", "city", "submit verify forward return", "submit=submitted d1"},
    {"in_review", "hn", "hn", "voted", "submit verify table", ""},
    {"approved", "w1", "w1", "commune", "submit verify approve",
     "decide=decided w1;refuse=refused w1;reject=refused w1"},
    {"approved", "w1", "w1", "district", "submit verify approve",
     "forward=submitted d1;decide=authority-other;refuse=refused w1;reject=refused w1"},
    {"approved", "hn", "hn", "city", "submit verify approve",
     "decide=decided hn;refuse=refused hn;reject=refused hn"},
    {"approved", "hn", "hn", "prime-minister", "submit verify approve",
     "forward=forwarded hn;decide=authority-other;refuse=refused hn;reject=refused hn"},
    {"refused", "w1", "w1", "commune", "submit refuse", ""},
    {"forwarded", "hn", "hn", "president", "submit verify approve forward",
     "decide=decided hn;refuse=refused hn;reject=refused hn"},
    {"decided", "w1", "w1", "commune", "submit verify approve decide", "revoke=revoked w1"},
    {"revoked", "w1", "w1", "commune", "submit verify approve decide revoke", ""},
};

/* Own: the secretary of who has it in hand; of an opinion, of who was asked; of a nomination, who may
 * propose for the unit. The others may nothing. */
enum actor { OWN, OTHER_UNIT, LOWER_ROLE, COUNCIL_ROLE, ACTOR_COUNT };

static const char *
actor_name(const struct row *row, enum actor actor, const char *act)
{
    bool opinion = strcmp(act, "opinion") == 0, submit = strcmp(act, "submit") == 0;
    const char *unit = opinion ? "dep" : submit ? row->proposer : row->holder;
    const char *role[] = {"secretary", "secretary", submit ? "ingest" : "submitter", "council"};
    return arena_printf(rig.arena, "%s-%s", role[actor], actor == OTHER_UNIT ? "w3" : unit);
}

static const char *
own_result(const struct row *row, const char *act)
{
    size_t len = strlen(act);
    for (const char *at = row->moves; *at != '\0';) {
        size_t end = strcspn(at, ";");
        if (strncmp(at, act, len) == 0 && at[len] == '=') {
            return arena_printf(rig.arena, "%.*s", (int)(end - len - 1), at + len + 1);
        }
        at += end + (at[end] == ';');
    }
    return row->state[0] == '\0' ? "nomination-unknown" : "move-refused";
}

static const char *
result_of(const struct row *row, enum actor actor, const char *act)
{
    if (actor == OWN) {
        return own_result(row, act);
    }
    if (row->state[0] == '\0' && strcmp(act, "submit") != 0) {
        return "nomination-unknown";
    }
    return actor == OTHER_UNIT ? "not-allowed" : "not-in-role";
}

static void
walk(const struct row *row, unsigned number)
{
    char *text = arena_text(rig.arena, slice_text(row->walk)), *rest = NULL;
    const char *holder = row->proposer;
    for (char *act = strtok_r(text, " ", &rest); act != NULL; act = strtok_r(NULL, " ", &rest)) {
        if (strcmp(act, "table") == 0) {
            meeting_send(&rig, meeting_opened(&rig, number, meeting_names(&rig, "council-hn"),
                                              meeting_table(&rig, &number, 1)));
        } else {
            council_act(&rig, number, act, strcmp(act, "consult") == 0 ? "dep" : holder,
                        row->award);
        }
    }
    rig_commit(&rig, DAY);
}

static const char *
stand(const struct row *row)
{
    return row->state[0] == '\0' ? "" : arena_printf(rig.arena, "%s %s", row->state, row->holder);
}

static void
expect(bool holds, const struct row *row, enum actor actor, const char *act, const char *verdict,
       unsigned number)
{
    if (!holds) {
        fail_msg("%s, award %s, %s by %s: %s, now %s; expected %s", stand(row), row->award, act,
                 actor_name(row, actor, act), verdict, council_state(&rig, number),
                 result_of(row, actor, act));
    }
}

static void
cell(const struct row *row, enum actor actor, const char *act, unsigned number)
{
    uint8_t before[32], after[32];
    const char *result = result_of(row, actor, act);
    bool asks = strcmp(act, "consult") == 0 || strcmp(act, "opinion") == 0;
    walk(row, number);
    assert_string_equal(council_state(&rig, number), stand(row));
    council_hash(&rig, before);
    uint64_t acts = rig_rows(&rig, TABLE_ACT);
    rig.principal = actor_name(row, actor, act);
    uint32_t index = council_act(&rig, number, act, asks ? "dep" : row->proposer, row->award);
    rig.principal = "local";
    const char *verdict = rig_verdict(&rig, rig_commit(&rig, DAY), index);
    council_hash(&rig, after);
    bool same = memcmp(before, after, 32) == 0;
    const char *now = council_state(&rig, number);
    if (strchr(result, ' ') != NULL) {
        expect(strcmp(verdict, "accepted") == 0 && strcmp(now, result) == 0 && !same, row, actor,
               act, verdict, number);
    } else if (strcmp(result, "unchanged") == 0) {
        /* its ULID is used up, and nothing else */
        expect(strcmp(verdict, "unchanged") == 0 && rig_rows(&rig, TABLE_ACT) == acts, row, actor,
               act, verdict, number);
    } else {
        const char *told = arena_printf(rig.arena, "rejected %s ", result);
        expect(strncmp(verdict, told, strlen(told)) == 0 && same, row, actor, act, verdict, number);
    }
}

static void
test_every_move(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(ROWS); r++) {
        unsigned number = 0;
        council_rig_open(&rig, 1);
        for (int actor = 0; actor < ACTOR_COUNT; actor++) {
            for (size_t a = 0; a < COUNT(ACTS); a++) {
                cell(&ROWS[r], (enum actor)actor, ACTS[a], ++number);
            }
        }
        council_consistent(&rig);
        rig_close(&rig);
    }
}

/* ---- random walks ---- */

#define NOMINATIONS 16
#define BLOCKS 60
#define ACTS_A_BLOCK 40

static uint64_t seed_state;

static unsigned
draw(unsigned below)
{
    seed_state = seed_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed_state >> 33) % below;
}

/* Mostly one who may all, so that the walk gets somewhere; else anybody. */
static const char *
somebody(void)
{
    static const char *const units[] = {"hn", "d1", "d2", "w1", "w2", "w3", "dep"};
    static const char *const roles[] = {"secretary", "submitter", "council"};
    return draw(4) != 0 ? "local"
                        : arena_printf(rig.arena, "%s-%s", roles[draw(3)], units[draw(7)]);
}

static void
random_meeting(void)
{
    unsigned number = draw(NOMINATIONS), meeting = draw(200);
    struct slice members = meeting_names(&rig, "council-hn");
    struct record_vote vote = {.meeting = meeting_id(&rig, meeting),
                               .nomination = council_id(&rig, number),
                               .choice = 1 + draw(3)};
    meeting_send(&rig, meeting_opened(&rig, meeting, members, meeting_table(&rig, &number, 1)));
    if (draw(4) != 0) {
        meeting_attend(&rig, meeting, members);
        meeting_vote(&rig, "council-hn", vote);
    }
    meeting_end(&rig, meeting, draw(3) == 0 ? MEETING_CANCEL : MEETING_CLOSE);
}

static void
random_act(void)
{
    static const char *const units[] = {"hn", "w1", "d1", "dep", "w3"};
    static const char *const awards[] = {"commune",   "district", "city", "prime-minister",
                                         "president", "voted",    "few"};
    unsigned number = draw(NOMINATIONS), what = draw(COUNT(ACTS) + 2);
    rig.principal = somebody();
    if (what >= COUNT(ACTS)) {
        random_meeting();
    } else {
        /* a nomination keeps its proposer, so that it can come back to it; "revoke" and "refuse" end
         * one, and are made rarer than what leads there */
        bool ends = strcmp(ACTS[what], "refuse") == 0 || strcmp(ACTS[what], "reject") == 0;
        bool submits = strcmp(ACTS[what], "submit") == 0;
        if (!ends || draw(8) == 0) {
            council_act(&rig, number, ACTS[what], submits ? units[number % 3] : units[draw(5)],
                        awards[number % COUNT(awards)]);
        }
    }
    rig.principal = "local";
}

/* What review.def allows, and whether the walks have taken it. */
static struct {
    enum review_act act;
    enum review_state from, to;
    bool taken;
} moves[] = {
#define STATE(name, number, vi, en)
#define MOVE(act, from, to, role, place, needs) {REVIEW_##act, STATE_##from, STATE_##to, false},
#include "proto/review.def"
#undef STATE
#undef MOVE
};

static void
move_tick(const struct act_row *act)
{
    bool known = false;
    for (size_t i = 0; i < COUNT(moves); i++) {
        if (moves[i].act == act->act && moves[i].from == act->from && moves[i].to == act->to) {
            moves[i].taken = known = true;
        }
    }
    if (!known) {
        fail_msg("no move: %s from %s to %s", review_act_name(act->act),
                 review_state_name(act->from), review_state_name(act->to));
    }
}

static void
moves_tick(void)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct act_row act;
    assert_int_equal(state_begin(rig.states[0], false), ERR_OK);
    assert_int_equal(state_cursor_open(rig.states[0], TABLE_ACT, &cursor), ERR_OK);
    enum err err = cursor_seek(cursor, slice_text(""), &row);
    for (; err == ERR_OK; err = cursor_next(cursor, &row)) {
        assert_int_equal(act_decode(row.value, &act), ERR_OK);
        move_tick(&act);
    }
    cursor_close(cursor);
    state_abort(rig.states[0]);
}

static void
walk_replayed(void)
{
    static struct rig again;
    uint8_t first[32], second[32];
    rig_replay(&rig, &again, rig.shards, 7);
    council_hash(&rig, first);
    council_hash(&again, second);
    assert_memory_equal(first, second, 32);
    rig_close(&again);
}

static void
walk_randomly(uint64_t seed)
{
    seed_state = seed;
    council_rig_open(&rig, 2);
    struct campaign *campaign = council_campaign_new(&rig);
    campaign->stages = (struct stages){.submitted = 3, .verified = 5, .consulting = 2};
    rig_campaign(&rig, 103, campaign);
    for (int block = 0; block < BLOCKS; block++) {
        for (int i = 0; i < ACTS_A_BLOCK; i++) {
            random_act();
        }
        rig_commit(&rig, arena_printf(rig.arena, "2021-%02d-%02d", 9 + block / 30, 1 + block % 30));
        council_consistent(&rig);
    }
    moves_tick();
    walk_replayed();
    rig_close(&rig);
}

static void
test_random_walks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        walk_randomly(seed);
    }
    for (size_t i = 0; i < COUNT(moves); i++) {
        if (!moves[i].taken) {
            fail_msg("never taken: %s from %s to %s", review_act_name(moves[i].act),
                     review_state_name(moves[i].from), review_state_name(moves[i].to));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_move),
        cmocka_unit_test(test_random_walks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
