/* Every move that is forbidden: each state of a nomination, in a middle holder's hands, x each act x each
 * role of each unit (the holder, the proposer, who was asked, a neighbour, what is above and beneath), and
 * who is nobody, was just revoked, or speaks through a gateway; without a deadline, before it and after
 * it. What is allowed stands in a table written by hand from the words of proto/review.def and rights.def;
 * all else has its code and changes no byte. What is allowed is done, and done again: that has its code
 * too. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define DAY "2021-09-02"
#define LATE "2021-09-20" /* beyond every stage's days */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;

/* ---- what is allowed ---- */

/* The unit whose people may do an act. */
enum place { PROPOSES, HOLDS, IS_ASKED, CONCERNED };

static const struct act {
    const char *name;
    const char *roles; /* who may, of that unit */
    const char *all;   /* who may, of whatever unit */
    enum place place;
} ACTS[] = {
    {"submit", "submitter secretary", "", PROPOSES},
    {"verify", "secretary", "", HOLDS},
    {"return", "secretary", "", HOLDS},
    {"consult", "secretary", "", HOLDS},
    {"opinion", "secretary", "", IS_ASKED},
    {"conclude", "secretary", "", HOLDS},
    {"approve", "secretary", "", HOLDS},
    {"forward", "secretary", "", HOLDS},
    {"refuse", "secretary", "", HOLDS},
    {"decide", "secretary", "", HOLDS},
    {"reject", "secretary", "", HOLDS},
    {"revoke", "secretary", "", HOLDS},
    {"comment", "submitter", "council secretary", CONCERNED},
};

/* How a nomination of w1 comes into a state, and what each act makes of it there; an act that is not named
 * is refused with move-refused. A comment is taken everywhere and moves nothing. */
static const struct scene {
    const char *state, *award, *walk, *moves;
} SCENES[] = {
    {"", "district", "", "submit=submitted w1"},
    {"submitted d1", "district", "submit verify forward",
     "verify=verified d1;return=returned d1;refuse=refused d1;reject=refused d1"},
    {"verified d1", "district", "submit verify forward verify",
     "return=returned d1;consult=consulting d1;approve=approved d1"},
    {"verified d1", "city", "submit verify forward verify",
     "return=returned d1;consult=consulting d1;approve=approved d1;forward=submitted hn"},
    {"verified d1", "voted", "submit verify forward verify",
     "return=returned d1;consult=consulting d1;forward=submitted hn"},
    {"consulting d1", "district", "submit verify forward verify consult",
     "consult=unchanged;opinion=verified d1;conclude=verified d1"},
    {"returned d1", "district", "submit verify forward return", "submit=submitted d1"},
    {"in_review d1", "voted", "submit verify forward verify table", ""},
    {"approved d1", "district", "submit verify forward verify approve",
     "decide=decided d1;refuse=refused d1;reject=refused d1"},
    {"approved d1", "city", "submit verify forward verify approve",
     "forward=submitted hn;decide=authority-other;refuse=refused d1;reject=refused d1"},
    {"refused d1", "district", "submit verify forward refuse", ""},
    {"forwarded hn", "president", "submit verify forward verify forward verify approve forward",
     "decide=decided hn;refuse=refused hn;reject=refused hn"},
    {"decided d1", "district", "submit verify forward verify approve decide", "revoke=revoked d1"},
    {"revoked d1", "district", "submit verify forward verify approve decide revoke", ""},
};

enum when { NO_DEADLINE, BEFORE_DEADLINE, AFTER_DEADLINE, WHEN_COUNT };

static const char *const UNITS[] = {"hn", "d1", "d2", "w1", "w2", "w3", "dep"};
static const char *const ROLES[] = {"submitter", "ingest",  "council", "secretary",
                                    "operator",  "auditor", "gateway", "worker"};
/* boss: secretary and submitter of the city with all beneath it. gate: a gateway for everybody. The
 * envelope of the last two is believed by nobody: no such gateway, and "local" is no gateway's. */
static const char *const OTHERS[] = {
    "local", "boss", "boss@gate", "nobody", "gone", "boss@submitter-hn", "local@gate",
};
#define ACTOR_COUNT (COUNT(UNITS) * COUNT(ROLES) + COUNT(OTHERS))

static const char *
actor_at(size_t i)
{
    size_t people = COUNT(UNITS) * COUNT(ROLES);
    return i < people
               ? arena_printf(rig.arena, "%s-%s", ROLES[i / COUNT(UNITS)], UNITS[i % COUNT(UNITS)])
               : OTHERS[i - people];
}

static bool
has_word(const char *words, const char *word, size_t len)
{
    const char *at = strstr(words, word);
    for (; at != NULL; at = strstr(at + 1, word)) {
        bool begins = at == words || at[-1] == ' ';
        if (begins && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool
is_place(const struct scene *scene, enum place place, const char *unit)
{
    bool consulting = strncmp(scene->state, "consulting", 10) == 0;
    const char *holder = strchr(scene->state, ' ');
    bool proposes = strcmp(unit, "w1") == 0;
    bool holds = holder != NULL && strcmp(unit, holder + 1) == 0;
    bool asked = strcmp(unit, "dep") == 0;
    return place == PROPOSES   ? proposes
           : place == HOLDS    ? holds
           : place == IS_ASKED ? asked
                               : proposes || holds || (asked && consulting);
}

/* "" where the actor may do such acts at all; else the code of its refusal. */
static const char *
right_of(const struct scene *scene, const struct act *act, const char *actor)
{
    static const char *const may[] = {"local", "boss", "boss@gate"};
    for (size_t i = 0; i < COUNT(may); i++) {
        if (strcmp(actor, may[i]) == 0) {
            return "";
        }
    }
    const char *unit = strchr(actor, '-');
    if (unit == NULL || strchr(actor, '@') != NULL) {
        return "not-allowed"; /* nobody knows of such a principal, or no longer */
    }
    char *role = arena_printf(rig.arena, "%.*s", (int)(unit - actor), actor);
    size_t len = strlen(role);
    if (has_word(act->all, role, len)) {
        return "";
    }
    if (!has_word(act->roles, role, len)) {
        return "not-in-role";
    }
    return is_place(scene, act->place, unit + 1) ? "" : "not-allowed";
}

/* What becomes of an act by who may do such: "state holder", "unchanged", "noted" or a code. */
static const char *
move_of(const struct scene *scene, const struct act *act, enum when when)
{
    size_t len = strlen(act->name);
    if (strcmp(act->name, "comment") == 0) {
        return "noted";
    }
    if (strcmp(act->name, "conclude") == 0 && when == BEFORE_DEADLINE) {
        return "move-refused";
    }
    for (const char *at = scene->moves; *at != '\0';) {
        size_t end = strcspn(at, ";");
        if (strncmp(at, act->name, len) == 0 && at[len] == '=') {
            return arena_printf(rig.arena, "%.*s", (int)(end - len - 1), at + len + 1);
        }
        at += end + (at[end] == ';');
    }
    return "move-refused";
}

static const char *
result_of(const struct scene *scene, const struct act *act, const char *actor, enum when when)
{
    if (scene->state[0] == '\0' && strcmp(act->name, "submit") != 0) {
        return "nomination-unknown";
    }
    const char *right = right_of(scene, act, actor);
    return right[0] != '\0' ? right : move_of(scene, act, when);
}

static bool
is_refusal(const char *result)
{
    return strchr(result, ' ') == NULL && strcmp(result, "unchanged") != 0 &&
           strcmp(result, "noted") != 0;
}

/* The same again, under a new ULID: who has forwarded it no longer has it, unless all is theirs. */
static const char *
again_of(const struct act *act, const char *actor, const char *result)
{
    if (strcmp(result, "unchanged") == 0 || strcmp(act->name, "consult") == 0) {
        return "unchanged";
    }
    bool gone_up = strcmp(act->name, "forward") == 0 && strcmp(result, "submitted hn") == 0;
    bool secretary = strncmp(actor, "secretary", 9) == 0;
    return strcmp(result, "noted") == 0 ? "noted"
           : gone_up && secretary       ? "not-allowed"
                                        : "move-refused";
}

/* ---- doing it ---- */

static void
walk(const struct scene *scene, unsigned number)
{
    char *acts = arena_printf(rig.arena, "w1: %s", scene->walk);
    char *table = strstr(acts, " table");
    if (table != NULL) {
        *table = '\0';
    }
    council_walk(&rig, number, scene->award, acts);
    if (table != NULL) {
        struct record_meeting in = meeting_opened(&rig, number, meeting_names(&rig, "council-d1"),
                                                  meeting_table(&rig, &number, 1));
        in.unit = slice_text("d1");
        meeting_send(&rig, in);
    }
    rig_commit(&rig, DAY);
    assert_string_equal(council_state(&rig, number), scene->state);
}

static void
people_add(void)
{
    rig_access(&rig, 201, "boss roles=secretary+submitter units=hn+");
    rig_access(&rig, 202, "gate roles=gateway for=*");
    rig_access(&rig, 203, "gone roles=secretary+submitter units=hn+");
    rig_commit(&rig, DAY);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(rig_verdict(&rig, rig.block_count, i), "accepted");
    }
}

static void
begin(enum when when)
{
    council_rig_open(&rig, 1);
    if (when != NO_DEADLINE) {
        struct campaign *campaign = council_campaign_new(&rig);
        campaign->stages = (struct stages){3, 3, 3, 3, 3, 3, 3};
        rig_campaign(&rig, 103, campaign);
        assert_string_equal(rig_verdict(&rig, rig_commit(&rig, DAY), 0), "accepted");
    }
    people_add();
}

static uint32_t
send(unsigned number, const struct scene *scene, const struct act *act, const char *actor)
{
    bool asks = strcmp(act->name, "consult") == 0 || strcmp(act->name, "opinion") == 0;
    rig.principal = actor;
    uint32_t index = strcmp(act->name, "comment") == 0
                         ? council_comment(&rig, number, "Nhận xét")
                         : council_act(&rig, number, act->name, asks ? "dep" : "w1", scene->award);
    rig.principal = "local";
    return index;
}

static void
expect(uint64_t block, uint32_t index, const char *result, const char *scene, const char *act,
       const char *actor)
{
    const char *verdict = rig_verdict(&rig, block, index);
    bool moves = strchr(result, ' ') != NULL || strcmp(result, "noted") == 0;
    const char *told = moves ? "accepted"
                       : strcmp(result, "unchanged") == 0
                           ? "unchanged"
                           : arena_printf(rig.arena, "rejected %s ", result);
    if (strncmp(verdict, told, strlen(told)) != 0) {
        fail_msg("%s, %s by %s: \"%s\" instead of %s", scene, act, actor, verdict, result);
    }
}

/* Everybody who may not, one behind the other: all refused, and no byte is another. */
static void
forbidden_all(const struct scene *scene, const struct act *act, enum when when)
{
    const char *results[ACTOR_COUNT] = {0};
    uint32_t indices[ACTOR_COUNT];
    uint8_t before[32], after[32];
    council_hash(&rig, before);
    for (size_t i = 0; i < ACTOR_COUNT; i++) {
        const char *result = result_of(scene, act, actor_at(i), when);
        if (is_refusal(result) && strcmp(actor_at(i), "gone") != 0) {
            results[i] = result;
            indices[i] = send(1, scene, act, actor_at(i));
        }
    }
    uint64_t block = rig_commit(&rig, when == AFTER_DEADLINE ? LATE : DAY);
    for (size_t i = 0; i < ACTOR_COUNT; i++) {
        if (results[i] != NULL) {
            expect(block, indices[i], results[i], scene->state, act->name, actor_at(i));
        }
    }
    council_hash(&rig, after);
    assert_memory_equal(before, after, 32);
}

/* The revocation stands in the block just before the act: it holds for it. */
static void
revoked_all(const struct scene *scene, enum when when)
{
    uint8_t before[32], after[32];
    uint32_t indices[COUNT(ACTS)];
    council_hash_own(&rig, before);
    uint32_t revoked = rig_access(&rig, 204, "gone units=hn+");
    for (size_t a = 0; a < COUNT(ACTS); a++) {
        indices[a] = send(1, scene, &ACTS[a], "gone");
    }
    uint64_t block = rig_commit(&rig, when == AFTER_DEADLINE ? LATE : DAY);
    assert_string_equal(rig_verdict(&rig, block, revoked), "accepted");
    for (size_t a = 0; a < COUNT(ACTS); a++) {
        expect(block, indices[a], result_of(scene, &ACTS[a], "gone", when), scene->state,
               ACTS[a].name, "gone");
    }
    council_hash_own(&rig, after);
    assert_memory_equal(before, after, 32);
}

/* One that is allowed, on a nomination of its own: done, the same record again, and done again. */
static void
allowed_one(const struct scene *scene, const struct act *act, const char *actor, enum when when,
            unsigned number)
{
    const char *date = when == AFTER_DEADLINE ? LATE : DAY;
    const char *result = result_of(scene, act, actor, when);
    const char *again = again_of(act, actor, result);
    uint8_t before[32], after[32];
    uint32_t index = send(number, scene, act, actor);
    expect(rig_commit(&rig, date), index, result, scene->state, act->name, actor);
    const char *now = strchr(result, ' ') != NULL ? result : scene->state;
    assert_string_equal(council_state(&rig, number), now);
    council_hash(&rig, before);
    index = send(number, scene, act, actor);
    expect(rig_commit(&rig, date), index, again, scene->state, act->name, actor);
    council_hash(&rig, after);
    assert_true(!is_refusal(again) || memcmp(before, after, 32) == 0);
    assert_string_equal(council_state(&rig, number), now);
}

/* Calls `allowed_one`, or, before the day is late, only walks there; gives how many there are. */
static unsigned
allowed_all(const struct scene *scene, enum when when, bool walks)
{
    unsigned number = 1;
    for (size_t a = 0; a < COUNT(ACTS); a++) {
        for (size_t i = 0; i < ACTOR_COUNT; i++) {
            const char *actor = actor_at(i);
            if (is_refusal(result_of(scene, &ACTS[a], actor, when))) {
                continue;
            }
            number++;
            if (walks) {
                walk(scene, number);
            } else {
                allowed_one(scene, &ACTS[a], actor, when, number);
            }
        }
    }
    return number - 1;
}

static void
scene_play(const struct scene *scene, enum when when)
{
    begin(when);
    walk(scene, 1);
    unsigned allowed = allowed_all(scene, when, true);
    for (size_t a = 0; a < COUNT(ACTS); a++) {
        forbidden_all(scene, &ACTS[a], when);
    }
    revoked_all(scene, when);
    assert_int_equal(allowed_all(scene, when, false), allowed);
    assert_true(allowed > 0);
    assert_string_equal(council_state(&rig, 1), scene->state);
    council_consistent(&rig);
    rig_close(&rig);
}

static void
test_without_deadline(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SCENES); i++) {
        scene_play(&SCENES[i], NO_DEADLINE);
    }
}

static void
test_before_deadline(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SCENES); i++) {
        scene_play(&SCENES[i], BEFORE_DEADLINE);
    }
}

static void
test_after_deadline(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SCENES); i++) {
        scene_play(&SCENES[i], AFTER_DEADLINE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_deadline),
        cmocka_unit_test(test_before_deadline),
        cmocka_unit_test(test_after_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
