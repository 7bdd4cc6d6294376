/* Open votes are counted by what they say; secret ones by their commitments, which must add up to the
 * opening's sums (proto/ballot.h). Who voted was called, and there or voted in writing. What the answer
 * tells of quorum and result must follow, by the award's rule, and what the close of the meeting
 * recorded must be these counts, over one of the two bases that a rule may have: a later revision of the
 * campaign may have changed which. */
#include "clients/meeting_check.h"

#include "clients/answers.h"
#include "clients/meeting.h"
#include "clients/words.h"
#include "proto/vote_rule.h"

#include <string.h>
#include <sysexits.h>

struct recount {
    int64_t yes, no, abstain, spoilt; /* of open votes, then with the opening's */
    int64_t sealed, left_out;
    int64_t members, taking_part;
    uint8_t sum[BALLOT_COMMITMENT_SIZE];
    const char *wrong; /* NULL: as told */
};

/* What is found first is told: the rest follows from it. */
static void
wrong_find(struct recount *r, const char *what)
{
    r->wrong = r->wrong == NULL ? what : r->wrong;
}

static bool
is_spoilt(const json_t *opening, const char *voter)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(opening, "spoilt"), i, name)
    {
        if (json_string_value(name) != NULL && strcmp(json_string_value(name), voter) == 0) {
            return true;
        }
    }
    return false;
}

static void
sealed_add(struct recount *r, const json_t *vote, const json_t *opening)
{
    uint8_t commitment[BALLOT_COMMITMENT_SIZE];
    r->sealed++;
    if (is_spoilt(opening, json_text(vote, "principal"))) {
        r->left_out++;
    } else if (!hex_take(json_text(vote, "commitment"), commitment, sizeof(commitment)) ||
               !ballot_sum(r->sum, commitment)) {
        wrong_find(r, "commitment");
    }
}

static void
members_add(struct recount *r, const json_t *members)
{
    size_t i;
    json_t *member;
    json_array_foreach(members, i, member)
    {
        r->members++;
        r->taking_part += json_true_at(member, "present");
    }
}

static void
voter_add(struct recount *r, const json_t *members, const json_t *vote)
{
    const char *voter = json_text(vote, "principal");
    bool called = false, present = false;
    size_t i;
    json_t *member;
    json_array_foreach(members, i, member)
    {
        if (strcmp(json_text(member, "principal"), voter) == 0) {
            called = true;
            present = json_true_at(member, "present");
        }
    }
    r->taking_part += !present;
    if (!called || (!present && !json_true_at(vote, "written"))) {
        wrong_find(r, "voter");
    }
}

/* Nobody twice: there are at most MEMBERS_MAX. */
static void
voters_check(struct recount *r, const json_t *votes)
{
    for (size_t i = 0; i < json_array_size(votes); i++) {
        const char *voter = json_text(json_array_get(votes, i), "principal");
        for (size_t j = 0; j < i; j++) {
            if (strcmp(json_text(json_array_get(votes, j), "principal"), voter) == 0) {
                wrong_find(r, "voter");
            }
        }
    }
}

static void
votes_add(struct recount *r, const json_t *members, const json_t *item)
{
    const json_t *opening = json_object_get(item, "opening");
    size_t i;
    json_t *vote;
    json_array_foreach(json_object_get(item, "votes"), i, vote)
    {
        const char *choice = json_text(vote, "choice");
        voter_add(r, members, vote);
        if (json_true_at(vote, "secret")) {
            sealed_add(r, vote, opening);
            continue; /* whatever it says beside: the opening says it for all */
        }
        r->yes += strcmp(choice, "yes") == 0;
        r->no += strcmp(choice, "no") == 0;
        r->abstain += strcmp(choice, "abstain") == 0;
    }
}

/* Each within the ballots before anything is added: an answer may say any number. */
static bool
is_within(const struct recount *r, int64_t yes, int64_t no, int64_t abstain)
{
    return yes >= 0 && no >= 0 && abstain >= 0 && yes <= r->sealed && no <= r->sealed &&
           abstain <= r->sealed && yes + no + abstain + r->left_out == r->sealed;
}

static void
opening_add(struct recount *r, const json_t *opening)
{
    uint8_t blinding[BALLOT_BLINDING_SIZE];
    int64_t yes = json_number(opening, "yes"), no = json_number(opening, "no");
    int64_t abstain = json_number(opening, "abstain");
    int64_t spoilt = (int64_t)json_array_size(json_object_get(opening, "spoilt"));
    if (spoilt != r->left_out || !is_within(r, yes, no, abstain)) {
        wrong_find(r, "opening");
        return;
    }
    if (!hex_take(json_text(opening, "blinding"), blinding, sizeof(blinding)) ||
        !ballot_check(r->sum, (uint64_t)yes, (uint64_t)no, blinding)) {
        wrong_find(r, "blinding");
    }
    r->yes += yes;
    r->no += no;
    r->abstain += abstain;
    r->spoilt += spoilt;
}

static bool
is_told(const struct recount *r, const json_t *told)
{
    return json_number(told, "yes") == r->yes && json_number(told, "no") == r->no &&
           json_number(told, "abstain") == r->abstain && json_number(told, "spoilt") == r->spoilt;
}

/* Of an award that a revision of the campaign has left out nothing is carried. */
static bool
is_result(const struct recount *r, const json_t *item, bool counted)
{
    const json_t *rule = json_object_get(item, "rule"), *told = json_object_get(item, "sums");
    const struct vote_rule by = {
        .percent = (uint32_t)json_number(rule, "percent"),
        .quorum = (uint32_t)json_number(rule, "quorum"),
        .base = strcmp(json_text(rule, "of"), "present") == 0 ? BASE_PRESENT : BASE_TOTAL};
    const struct vote_sums sums = {.members = (uint32_t)r->members,
                                   .taking_part = (uint32_t)r->taking_part,
                                   .yes = (uint32_t)r->yes};
    bool ruled = json_is_object(rule);
    return json_number(told, "taking_part") == r->taking_part &&
           json_number(told, "base") == vote_base_of(&by, &sums) &&
           json_true_at(told, "counted") == counted &&
           json_true_at(told, "quorum") == (ruled && vote_has_quorum(&by, &sums)) &&
           json_true_at(told, "carried") == (ruled && counted && vote_is_carried(&by, &sums));
}

static bool
is_recorded(const struct recount *r, const json_t *recorded)
{
    int64_t base = json_number(recorded, "base");
    return is_told(r, recorded) && (base == r->members || base == r->taking_part);
}

static struct recount
item_recount(const json_t *members, const json_t *item)
{
    struct recount r = {0};
    const json_t *opening = json_object_get(item, "opening");
    const json_t *recorded = json_object_get(item, "recorded");
    members_add(&r, members);
    voters_check(&r, json_object_get(item, "votes"));
    votes_add(&r, members, item);
    if (json_is_object(opening)) {
        opening_add(&r, opening);
    }
    if (!is_told(&r, json_object_get(item, "sums")) ||
        !is_result(&r, item, r.sealed == 0 || json_is_object(opening))) {
        wrong_find(&r, "sums");
    }
    if (json_is_object(recorded) && !is_recorded(&r, recorded)) {
        wrong_find(&r, "recorded");
    }
    return r;
}

static json_t *
recount_json(const json_t *item, const struct recount *r)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:s}", "nomination",
                     json_text(item, "nomination"), "yes", (json_int_t)r->yes, "no",
                     (json_int_t)r->no, "abstain", (json_int_t)r->abstain, "spoilt",
                     (json_int_t)r->spoilt, "counted",
                     r->sealed == 0 || json_is_object(json_object_get(item, "opening")), "right",
                     r->wrong == NULL, "wrong", r->wrong == NULL ? "" : r->wrong);
}

static void
recount_print(const json_t *told)
{
    const char *wrong = json_text(told, "wrong");
    printf(tr("%s: đồng ý %lld, không đồng ý %lld, không ý kiến %lld, phiếu hỏng %lld: %s%s\n",
              "%s: yes %lld, no %lld, abstained %lld, spoilt %lld: %s%s\n"),
           json_text(told, "nomination"), (long long)json_number(told, "yes"),
           (long long)json_number(told, "no"), (long long)json_number(told, "abstain"),
           (long long)json_number(told, "spoilt"),
           wrong[0] != '\0'                ? tr("KHÔNG KHỚP: ", "WRONG: ")
           : json_true_at(told, "counted") ? tr("khớp", "as told")
                                           : tr("chưa kiểm phiếu", "not counted yet"),
           wrong);
}

json_t *
meeting_recount(const json_t *meeting, bool *right)
{
    json_t *item, *told = json_array();
    size_t i;
    *right = true;
    json_array_foreach(json_object_get(meeting, "table"), i, item)
    {
        struct recount r = item_recount(json_object_get(meeting, "members"), item);
        *right = *right && r.wrong == NULL;
        json_array_append_new(told, recount_json(item, &r));
    }
    return told;
}

int
meeting_check(struct contact *contact, const char *text)
{
    uint8_t id[ULID_SIZE];
    json_t *meeting, *item;
    size_t i;
    bool right;
    int code = meeting_fetch(contact, text, id, &meeting);
    if (code != 0) {
        return code;
    }
    json_t *told = meeting_recount(meeting, &right);
    json_decref(meeting);
    if (contact->options->json) {
        code = json_show(json_pack("{s:b, s:o}", "right", right, "table", told));
    } else {
        json_array_foreach(told, i, item)
        {
            recount_print(item);
        }
        json_decref(told);
    }
    return code != 0 ? code : right ? 0 : EX_DATAERR;
}
