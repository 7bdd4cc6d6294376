/* Every forbidden act upon a meeting: each state of a meeting x each act x each role of each unit, and the
 * members: who is there, who is absent, who is called by none, who was just revoked, the teller, and a
 * gateway. What each of them may is a table written by hand from apply_meeting.c's words and rights.def;
 * all else has its code and changes no byte. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "proto/ballot.h"

#include <ctype.h>
#include <sodium.h>

#define DAY "2021-09-02"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;
static uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
static struct ballot_count urn; /* of what m1 and m2 cast */

/* On the table: 1 is voted on openly, 2 secretly. Called: m1, the teller, m2 and m3, who does not come. */
static const unsigned TABLE[] = {1, 2};
#define MEMBERS "m1 m2 m3"

/* ---- what is told ---- */

enum act { OPEN, ATTEND, LEAVE, CLOSE, CANCEL, VOTE, BALLOT, COUNT_UP, ACT_COUNT };
static const char *const ACTS[] = {
    "open", "attend", "attend without m1", "close", "cancel", "vote", "ballot", "count"};

/* What each act is told in a state, by who may do such acts: the city's secretary, or the member m1, who
 * is the teller. "" is taken. Votes are told by members: m1 (there, and has voted where the state says so)
 * and m2. */
static const struct scene {
    const char *name;
    unsigned steps; /* of scene_walk */
    const char *told[ACT_COUNT];
} SCENES[] = {
    {"not called",
     0,
     {"", "meeting-unknown", "meeting-unknown", "meeting-unknown", "meeting-unknown",
      "meeting-unknown", "meeting-unknown", "meeting-unknown"}},
    {"called",
     1,
     {"duplicate-code", "", "", "", "", "not-present", "not-present", "opening-wrong"}},
    {"attended", 2, {"duplicate-code", "", "", "", "", "", "", "opening-wrong"}},
    {"voted",
     3,
     {"duplicate-code", "", "voted-already", "meeting-open", "", "voted-already", "voted-already",
      ""}},
    {"counted",
     4,
     {"duplicate-code", "", "voted-already", "", "", "voted-already", "voted-already",
      "counted-already"}},
    {"closed",
     5,
     {"duplicate-code", "meeting-closed", "meeting-closed", "meeting-closed", "meeting-closed",
      "meeting-closed", "meeting-closed", "meeting-closed"}},
    {"cancelled",
     6,
     {"duplicate-code", "meeting-closed", "meeting-closed", "meeting-closed", "meeting-closed",
      "meeting-closed", "meeting-closed", "meeting-closed"}},
};

static const char *const UNITS[] = {"hn", "d1", "d2", "w1", "w2", "w3", "dep"};
static const char *const ROLES[] = {"submitter", "ingest",  "council", "secretary",
                                    "operator",  "auditor", "gateway", "worker"};
static const char *const OTHERS[] = {
    "local",      "boss", "boss@gate", "nobody", "gone", "m1@submitter-hn",
    "local@gate", "m1",   "m1@gate",   "m3",     "m4",   "m3@gate"};
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
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* The role that an actor speaks in; "" of nobody, "all" of the machine's own. */
static const char *
role_of(const char *actor)
{
    if (is(actor, "local")) {
        return "all";
    }
    if (is(actor, "boss") || is(actor, "boss@gate")) {
        return "secretary";
    }
    if (actor[0] == 'm' && isdigit((unsigned char)actor[1])) {
        return is(actor, "m1@submitter-hn") ? "" : "council";
    }
    const char *unit = strchr(actor, '-');
    return unit == NULL ? "" : arena_printf(rig.arena, "%.*s", (int)(unit - actor), actor);
}

static const char *
secretary_told(const struct scene *scene, enum act act, const char *actor)
{
    const char *role = role_of(actor);
    if (scene->steps == 0 && act != OPEN) {
        return scene->told[act];
    }
    if (is(role, "") ||
        (is(role, "secretary") && strchr(actor, '-') != NULL && !is(actor, "secretary-hn"))) {
        return "not-allowed";
    }
    return is(role, "secretary") || is(role, "all") ? scene->told[act] : "not-in-role";
}

/* The meeting's end is told to anybody, then who may not, then what the place says. */
static const char *
member_told(const struct scene *scene, enum act act, const char *actor)
{
    const char *role = role_of(actor), *told = scene->told[act];
    if (is(told, "meeting-unknown") || is(told, "meeting-closed")) {
        return told;
    }
    if (!is(role, "council") && !is(role, "all")) {
        return is(role, "") ? "not-allowed" : "not-in-role";
    }
    if (is(actor, "m1") || is(actor, "m1@gate")) {
        return told;
    }
    if (!is(actor, "m3") && !is(actor, "m3@gate")) {
        return "not-member";
    }
    return act == BALLOT && scene->steps >= 4 ? "counted-already" : "not-present";
}

static const char *
teller_told(const struct scene *scene, enum act act, const char *actor)
{
    const char *role = role_of(actor), *told = scene->told[act];
    bool may = is(role, "council") || is(role, "secretary") || is(role, "all");
    if (is(told, "meeting-unknown")) {
        return told;
    }
    if (!may) {
        return is(role, "") ? "not-allowed" : "not-in-role";
    }
    return is(actor, "m1") || is(actor, "m1@gate") ? told : "not-allowed";
}

static const char *
told_of(const struct scene *scene, enum act act, const char *actor)
{
    return act == COUNT_UP                ? teller_told(scene, act, actor)
           : act == VOTE || act == BALLOT ? member_told(scene, act, actor)
                                          : secretary_told(scene, act, actor);
}

/* ---- doing it ---- */

static struct record_vote
sealed_vote(const char *who, enum choice choice, bool count)
{
    struct ballot made;
    struct ballot_cast cast;
    struct record_vote vote = {.meeting = meeting_id(&rig, 1), .nomination = council_id(&rig, 2)};
    ballot_place(vote.meeting, vote.nomination, slice_text(who), cast.place);
    assert_true(ballot_make(choice, cast.place, public_key, &made));
    cast.commitment = vote.commitment = arena_copy(rig.arena, slice_of(made.commitment, 32));
    cast.sealed = vote.sealed = arena_copy(rig.arena, slice_of(made.sealed, sizeof(made.sealed)));
    assert_true(!count || ballot_open(&cast, public_key, secret_key, &urn));
    return vote;
}

static uint32_t
call(void)
{
    struct record_meeting in =
        meeting_opened(&rig, 1, meeting_names(&rig, MEMBERS), meeting_table(&rig, TABLE, 2));
    in.teller = slice_text("m1");
    in.ballot_key = slice_of(public_key, BALLOT_KEY_SIZE);
    return meeting_send(&rig, in);
}

static uint32_t
count_up(void)
{
    return meeting_count(&rig, rig.principal,
                         (struct record_opening){.meeting = meeting_id(&rig, 1),
                                                 .nomination = council_id(&rig, 2),
                                                 .yes = urn.yes,
                                                 .no = urn.no,
                                                 .blinding = slice_of(urn.blinding, 32)});
}

static uint32_t
vote(const char *who)
{
    struct record_vote in = {
        .meeting = meeting_id(&rig, 1), .nomination = council_id(&rig, 1), .choice = CHOICE_YES};
    return meeting_vote(&rig, who, in);
}

static uint32_t
send(enum act act, const char *actor)
{
    uint32_t index;
    rig.principal = actor;
    switch (act) {
    case OPEN:
        index = call();
        break;
    case ATTEND:
    case LEAVE:
        index = meeting_attend(&rig, 1, meeting_names(&rig, act == LEAVE ? "m2" : "m1 m2"));
        break;
    case CLOSE:
    case CANCEL:
        index = meeting_end(&rig, 1, act == CLOSE ? MEETING_CLOSE : MEETING_CANCEL);
        break;
    case VOTE:
        index = vote(actor);
        break;
    case BALLOT:
        index = meeting_vote(&rig, actor, sealed_vote(actor, CHOICE_NO, false));
        break;
    default:
        index = count_up();
        break;
    }
    rig.principal = "local";
    return index;
}

static void
begin(void)
{
    council_rig_open(&rig, 1);
    struct campaign *campaign = council_campaign_new(&rig);
    campaign->awards[6].secret = true; /* "quick" */
    rig_campaign(&rig, 103, campaign);
    meeting_people(&rig, 4);
    rig_access(&rig, 201, "boss roles=secretary units=hn+");
    rig_access(&rig, 202, "gate roles=gateway for=*");
    rig_access(&rig, 203, "gone roles=secretary+council units=hn");
    council_walk(&rig, 1, "voted", "hn: submit verify");
    council_walk(&rig, 2, "quick", "hn: submit verify");
    uint64_t block = rig_commit(&rig, DAY);
    for (uint32_t i = 0; i < 12; i++) {
        assert_string_equal(rig_verdict(&rig, block, i), "accepted");
    }
    ballot_count_begin(&urn);
}

static void
scene_walk(const struct scene *scene)
{
    unsigned steps = scene->steps == 6 ? 3 : scene->steps; /* cancelled: before the count */
    rig_commit(&rig, DAY);
    if (steps > 0) {
        send(OPEN, "local");
    }
    if (steps > 1) {
        send(ATTEND, "local");
    }
    if (steps > 2) {
        vote("m1");
        vote("m2");
        meeting_vote(&rig, "m1", sealed_vote("m1", CHOICE_YES, true));
        meeting_vote(&rig, "m2", sealed_vote("m2", CHOICE_NO, true));
    }
    if (steps > 3) {
        send(COUNT_UP, "m1");
    }
    if (scene->steps > 4) {
        send(scene->steps == 6 ? CANCEL : CLOSE, "local");
    }
    uint32_t sent = rig.builder.count;
    uint64_t block = rig_commit(&rig, DAY);
    for (uint32_t i = 0; i < sent; i++) {
        assert_string_equal(rig_verdict(&rig, block, i), "accepted");
    }
}

static void
expect(uint64_t block, uint32_t index, const char *told, const struct scene *scene, enum act act,
       const char *actor)
{
    const char *verdict = rig_verdict(&rig, block, index);
    const char *wanted =
        told[0] == '\0' ? "accepted" : arena_printf(rig.arena, "rejected %s ", told);
    if (strncmp(verdict, wanted, strlen(wanted)) != 0) {
        fail_msg("%s, %s by %s: \"%s\" instead of %s", scene->name, ACTS[act], actor, verdict,
                 wanted);
    }
}

static void
forbidden_all(const struct scene *scene, enum act act)
{
    const char *told[ACTOR_COUNT];
    uint32_t indices[ACTOR_COUNT];
    uint8_t before[32], after[32];
    council_hash(&rig, before);
    for (size_t i = 0; i < ACTOR_COUNT; i++) {
        told[i] = told_of(scene, act, actor_at(i));
        if (told[i][0] != '\0' && !is(actor_at(i), "gone")) {
            indices[i] = send(act, actor_at(i));
        }
    }
    uint64_t block = rig_commit(&rig, DAY);
    for (size_t i = 0; i < ACTOR_COUNT; i++) {
        if (told[i][0] != '\0' && !is(actor_at(i), "gone")) {
            expect(block, indices[i], told[i], scene, act, actor_at(i));
        }
    }
    council_hash(&rig, after);
    assert_memory_equal(before, after, 32);
}

/* Its revocation is the record before. */
static void
revoked_all(const struct scene *scene)
{
    uint8_t before[32], after[32];
    uint32_t indices[ACT_COUNT];
    council_hash_own(&rig, before);
    uint32_t revoked = rig_access(&rig, 204, "gone units=hn");
    for (int act = 0; act < ACT_COUNT; act++) {
        indices[act] = send((enum act)act, "gone");
    }
    uint64_t block = rig_commit(&rig, DAY);
    assert_string_equal(rig_verdict(&rig, block, revoked), "accepted");
    for (int act = 0; act < ACT_COUNT; act++) {
        expect(block, indices[act], told_of(scene, (enum act)act, "gone"), scene, (enum act)act,
               "gone");
    }
    council_hash_own(&rig, after);
    assert_memory_equal(before, after, 32);
}

static void
test_forbidden(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(SCENES); s++) {
        begin();
        scene_walk(&SCENES[s]);
        for (int act = 0; act < ACT_COUNT; act++) {
            forbidden_all(&SCENES[s], (enum act)act);
        }
        revoked_all(&SCENES[s]);
        council_consistent(&rig);
        rig_close(&rig);
    }
}

/* Each one that is allowed, on a site of its own: taken; and again, under another ULID. */
static void
test_allowed(void **state)
{
    (void)state;
    static const char *const again[] = {"duplicate-code",
                                        "",
                                        "",
                                        "meeting-closed",
                                        "meeting-closed",
                                        "voted-already",
                                        "voted-already",
                                        "counted-already"};
    unsigned taken = 0;
    for (size_t s = 0; s < COUNT(SCENES); s++) {
        for (size_t i = 0; i < ACT_COUNT * ACTOR_COUNT; i++) {
            enum act act = (enum act)(i / ACTOR_COUNT);
            begin();
            const char *actor = actor_at(i % ACTOR_COUNT);
            if (told_of(&SCENES[s], act, actor)[0] == '\0') {
                scene_walk(&SCENES[s]);
                uint32_t index = send(act, actor);
                expect(rig_commit(&rig, DAY), index, "", &SCENES[s], act, actor);
                index = send(act, actor);
                expect(rig_commit(&rig, DAY), index, again[act], &SCENES[s], act, actor);
                council_consistent(&rig);
                taken++;
            }
            rig_close(&rig);
        }
    }
    assert_true(taken > 50);
}

/* A member is one person, whichever gateway spoke for it: its vote counts once. */
static void
test_gateway(void **state)
{
    (void)state;
    struct nomination_row row;
    begin();
    scene_walk(&SCENES[2]);
    uint32_t first = vote("m1@gate"), second = vote("m1"), third = vote("m1@gate");
    uint32_t other = vote("m2");
    uint64_t block = rig_commit(&rig, DAY);
    assert_string_equal(rig_verdict(&rig, block, first), "accepted");
    expect(block, second, "voted-already", &SCENES[2], VOTE, "m1");
    expect(block, third, "voted-already", &SCENES[2], VOTE, "m1@gate");
    assert_string_equal(rig_verdict(&rig, block, other), "accepted");
    send(CLOSE, "secretary-hn@gate");
    rig_commit(&rig, DAY);
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.yes, 2);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forbidden),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_gateway),
    };
    if (sodium_init() < 0) {
        return 1;
    }
    ballot_key_new(public_key, secret_key);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
