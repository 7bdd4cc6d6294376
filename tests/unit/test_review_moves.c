/* The moves that `review.show` offers are those that the state machine takes: for every state, with each
 * thing that a move needs there and missing, each of the people and every act, the answer is asked for,
 * the act is sent with all that a record can give, and both must say the same; what is taken must
 * lead where the answer said. Every move of review.def that is a person's is taken here. */
#include "clients/answers.h"
#include "common/check.h"
#include "proto/pack.h"
#include "proto/ulid.h"
#include "tests/lib/meeting_rig.h"
#include "workers/query/query.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define DAY "2021-09-02"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;
static struct query *query;

/* ---- what is looked at ---- */

static const char *const ACTS[] = {"submit",   "verify",  "return",  "consult", "opinion",
                                   "conclude", "approve", "forward", "refuse",  "decide",
                                   "reject",   "revoke",  "table"};
static const char *const UNITS[] = {"hn", "d1", "w1", "w3", "dep"};
static const char *const ROLES[] = {"secretary", "submitter", "council"};

/* What stands beside the nomination. */
enum beside {
    NOTHING,
    DOCUMENT, /* it names a document that has not come */
    SIMPLE,   /* it may go the simplified way */
    QUOTA,    /* the award's quota is used up */
    STAGES,   /* the campaign gives consultation two days */
    LEFT_OUT, /* a later campaign lacks the award */
    ENDED,    /* the ward has ended */
};

static const struct scene {
    const char *proposer, *award, *walk;
    enum beside beside;
    const char *date; /* NULL: the day of the walk */
} SCENES[] = {
    {"w1", "commune", "submit", NOTHING, NULL},
    {"w1", "commune", "submit", DOCUMENT, NULL},
    {"w1", "commune", "submit verify", NOTHING, NULL},
    {"w1", "city", "submit verify", NOTHING, NULL},
    {"w1", "voted", "submit verify", NOTHING, NULL},
    {"hn", "voted", "submit verify", NOTHING, NULL},
    {"hn", "voted", "submit verify", SIMPLE, NULL},
    {"hn", "quick", "submit verify", NOTHING, NULL},
    {"hn", "quick", "submit verify", SIMPLE, NULL},
    {"hn", "voted", "submit verify", LEFT_OUT, NULL},
    {"w1", "city", "submit verify", LEFT_OUT, NULL},
    {"w1", "commune", "submit verify consult", NOTHING, NULL},
    {"w1", "commune", "submit verify consult consult-d1", NOTHING, NULL},
    {"w1", "commune", "submit verify consult", STAGES, NULL},
    {"w1", "commune", "submit verify consult", STAGES, "2021-09-04"}, /* the last day */
    {"w1", "commune", "submit verify consult", STAGES, "2021-09-05"},
    {"w1", "commune", "submit return", NOTHING, NULL},
    {"w1", "commune", "submit return", LEFT_OUT, NULL},
    {"w1", "commune", "submit return", ENDED, "2021-09-03"},
    {"w1", "city", "submit verify", ENDED, "2021-09-03"},
    {"w1", "city", "submit verify forward return", NOTHING, NULL},
    {"hn", "voted", "submit verify table", NOTHING, NULL},
    {"w1", "commune", "submit verify approve", NOTHING, NULL},
    {"w1", "district", "submit verify approve", NOTHING, NULL},
    {"d1", "commune", "submit verify approve", NOTHING, NULL},
    {"d1", "few", "submit verify approve", NOTHING, NULL},
    {"d1", "few", "submit verify approve", QUOTA, NULL},
    {"w1", "commune", "submit verify approve", LEFT_OUT, NULL},
    {"hn", "president", "submit verify approve", NOTHING, NULL},
    {"hn", "president", "submit verify approve forward", NOTHING, NULL},
    {"hn", "president", "submit verify approve forward", LEFT_OUT, NULL},
    {"w1", "commune", "submit refuse", NOTHING, NULL},
    {"w1", "commune", "submit verify approve decide", NOTHING, NULL},
    {"w1", "commune", "submit verify approve decide revoke", NOTHING, NULL},
};

/* ---- a nomination on the way to its scene ---- */

static void
submit(const struct scene *scene, unsigned number)
{
    struct record_nomination in = council_nomination(&rig, number, scene->proposer, scene->award);
    struct buf documents = BUF_EMPTY;
    uint8_t hash[32] = {7};
    in.simplified = scene->beside == SIMPLE;
    if (scene->beside == DOCUMENT) {
        pack_array(&documents, 1);
        pack_array(&documents, 4);
        pack_bytes(&documents, slice_of(hash, sizeof(hash)));
        pack_cstr(&documents, "report");
        pack_cstr(&documents, "a.pdf");
        pack_uint(&documents, 9);
        in.documents = arena_copy(rig.arena, buf_slice_of(&documents));
    }
    council_nominate(&rig, in);
    buf_fini(&documents);
}

static void
table(const char *unit, unsigned number)
{
    struct record_meeting in = meeting_opened(&rig, number % 251, meeting_names(&rig, "council-hn"),
                                              meeting_table(&rig, &number, 1));
    in.unit = slice_text(unit);
    in.meeting = council_ulid(&rig);
    meeting_send(&rig, in);
}

static void
walk(const struct scene *scene, unsigned number)
{
    char *text = arena_text(rig.arena, slice_text(scene->walk)), *rest = NULL;
    for (char *act = strtok_r(text, " ", &rest); act != NULL; act = strtok_r(NULL, " ", &rest)) {
        if (strcmp(act, "submit") == 0) {
            submit(scene, number);
        } else if (strcmp(act, "table") == 0) {
            table(scene->proposer, number);
        } else if (strcmp(act, "consult-d1") == 0) {
            council_act(&rig, number, "consult", "d1", "");
        } else {
            council_act(&rig, number, act, strcmp(act, "consult") == 0 ? "dep" : "", "");
        }
    }
    rig_commit(&rig, DAY);
}

/* ---- what stands beside it ---- */

static void
stages_set(void)
{
    struct campaign *campaign = council_campaign_new(&rig);
    campaign->stages.consulting = 2;
    rig_campaign(&rig, 103, campaign);
    rig_commit(&rig, DAY);
}

static void
award_leave_out(const char *award)
{
    struct campaign *campaign = council_campaign_new(&rig);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < campaign->award_count; i++) {
        if (!slice_is(campaign->awards[i].code, award)) {
            campaign->awards[kept++] = campaign->awards[i];
        }
    }
    assert_int_equal(kept + 1, campaign->award_count);
    campaign->award_count = kept;
    rig_campaign(&rig, 104, campaign);
    rig_commit(&rig, DAY);
}

static void
ward_end(void)
{
    struct unit_row rows[] = {rig_unit("hn//city"),         rig_unit("d1/hn/district"),
                              rig_unit("d2/hn/district"),   rig_unit("w1/d1/commune//" DAY),
                              rig_unit("w2/d1/commune"),    rig_unit("w3/d2/commune"),
                              rig_unit("dep/hn/department")};
    rig_units(&rig, 105, rows, COUNT(rows));
    rig_commit(&rig, DAY);
}

static void
scene_begin(const struct scene *scene)
{
    council_rig_open(&rig, 1);
    rig_access(&rig, 90, "chief roles=secretary units=d1+");
    rig_access(&rig, 91, "both roles=secretary+submitter units=w1,d1");
    rig_commit(&rig, DAY);
    if (scene->beside == STAGES) {
        stages_set();
    }
    if (scene->beside == QUOTA) {
        council_walk(&rig, 9001, "few", "d1: submit verify approve decide");
        council_walk(&rig, 9002, "few", "d1: submit verify approve decide");
        rig_commit(&rig, DAY);
    }
    query = query_new(rig.states, 1);
}

static void
scene_end(void)
{
    query_free(&query);
    council_consistent(&rig);
    rig_close(&rig);
}

/* ---- what is offered ---- */

/* A new reference; NULL where it may not be asked. */
static json_t *
show(const char *who, unsigned number)
{
    char id[ULID_TEXT];
    struct buf args = BUF_EMPTY, body = BUF_EMPTY;
    struct complaint why;
    uint64_t as_of;
    ulid_format(council_id(&rig, number).data, id);
    pack_map(&args, 1);
    pack_key_text(&args, "nomination", slice_text(id));
    const struct question question = {slice_text(who), slice_text("review.show"),
                                      buf_slice_of(&args)};
    json_t *answer = query_answer(query, &question, &body, &as_of, &why)
                         ? answer_json(buf_slice_of(&body))
                         : NULL;
    buf_fini(&args);
    buf_fini(&body);
    return answer;
}

/* Where the act would lead; NULL: it is not offered to who asks. */
static const char *
offered(const json_t *answer, const char *act, const char *unit)
{
    const char *name = strcmp(act, "reject") == 0 ? "refuse" : act;
    size_t i;
    json_t *move;
    json_array_foreach(json_object_get(answer, "moves"), i, move)
    {
        if (json_true_at(move, "may") && strcmp(json_text(move, "act"), name) == 0 &&
            (strcmp(act, "opinion") != 0 || strcmp(json_text(move, "unit"), unit) == 0)) {
            return json_text(move, "to");
        }
    }
    return NULL;
}

/* ---- one act, offered or not ---- */

static bool taken[REVIEW_revoke + 1];

static void
tick(unsigned number)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct act_row act;
    struct slice id = council_id(&rig, number);
    assert_int_equal(state_begin(rig.states[0], false), ERR_OK);
    assert_int_equal(state_cursor_open(rig.states[0], TABLE_ACT, &cursor), ERR_OK);
    enum err err = cursor_seek(cursor, id, &row);
    for (; err == ERR_OK && memcmp(row.key.data, id.data, ULID_SIZE) == 0;
         err = cursor_next(cursor, &row)) {
        assert_int_equal(act_decode(row.value, &act), ERR_OK);
        taken[act.act] = true;
    }
    cursor_close(cursor);
    state_abort(rig.states[0]);
}

static uint32_t
act_send(const struct scene *scene, unsigned number, const char *act, const char *unit,
         const char *holder)
{
    if (strcmp(act, "table") == 0) {
        table(holder, number);
        return 0;
    }
    return council_act(&rig, number, act,
                       strcmp(act, "submit") == 0    ? scene->proposer
                       : strcmp(act, "consult") == 0 ? "d2"
                                                     : unit,
                       scene->beside == LEFT_OUT ? "district" : scene->award);
}

static void
cell(const struct scene *scene, const char *who, const char *unit, const char *act, unsigned number)
{
    const char *date = scene->date == NULL ? DAY : scene->date;
    json_t *answer = show(who, number), *all = show("local", number);
    const char *to = offered(answer, act, unit);
    const char *holder = json_text(all, "holder");
    rig.principal = who;
    uint32_t index = act_send(scene, number, act, unit, holder);
    rig.principal = "local";
    const char *verdict = rig_verdict(&rig, rig_commit(&rig, date), index);
    const char *now = council_state(&rig, number);
    bool accepted = strcmp(verdict, "accepted") == 0;
    if (accepted != (to != NULL) || (accepted && strncmp(now, to, strlen(to)) != 0)) {
        fail_msg("%s, award %s of %s, beside %d: %s by %s: offered: %s; sent: %s, now %s",
                 scene->walk, scene->award, scene->proposer, (int)scene->beside, act, who,
                 to == NULL ? "no" : to, verdict, now);
    }
    if (accepted) {
        tick(number);
    }
    json_decref(answer);
    json_decref(all);
}

/* Fresh for each act; what comes behind the walk (a revision, another day) comes before the question. */
static void
scene_set(const struct scene *scene, unsigned number, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        walk(scene, number + i);
    }
    if (scene->beside == LEFT_OUT) {
        award_leave_out(scene->award);
    }
    if (scene->beside == ENDED) {
        ward_end();
    }
    if (scene->date != NULL) {
        council_comment(&rig, number, "…");
        rig_commit(&rig, scene->date);
    }
}

#define PEOPLE (COUNT(UNITS) * COUNT(ROLES) + 3)

static const char *
person(unsigned i, const char **unit)
{
    static const char *const others[] = {"local", "chief", "both"};
    static const char *const spoken[] = {"dep", "d1", "d1"};
    unsigned named = COUNT(UNITS) * COUNT(ROLES);
    if (i >= named) {
        *unit = spoken[i - named];
        return others[i - named];
    }
    *unit = UNITS[i % COUNT(UNITS)];
    return arena_printf(rig.arena, "%s-%s", ROLES[i / COUNT(UNITS)], *unit);
}

static void
test_offered_is_taken(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(SCENES); s++) {
        scene_begin(&SCENES[s]);
        scene_set(&SCENES[s], 1, PEOPLE * COUNT(ACTS));
        for (unsigned p = 0; p < PEOPLE; p++) {
            const char *unit, *who = person(p, &unit);
            for (unsigned a = 0; a < COUNT(ACTS); a++) {
                cell(&SCENES[s], who, unit, ACTS[a], 1 + p * COUNT(ACTS) + a);
            }
        }
        scene_end();
    }
    static const enum review_act meetings[] = {REVIEW_carry, REVIEW_fail, REVIEW_untable};
    for (int act = REVIEW_verify; act <= REVIEW_revoke; act++) {
        bool own = review_act_name((enum review_act)act)[0] != '\0' && act != (int)meetings[0] &&
                   act != (int)meetings[1] && act != (int)meetings[2];
        if (own && !taken[act]) {
            fail_msg("never taken: %s", review_act_name((enum review_act)act));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_offered_is_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
