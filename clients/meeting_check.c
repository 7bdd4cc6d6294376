/* Open votes are counted by what they say; secret ones by their commitments, which must add up to the
 * opening's sums (proto/ballot.h). What the close of the meeting recorded must be these counts. */
#include "clients/meeting_check.h"

#include "clients/answers.h"
#include "clients/meeting.h"
#include "clients/words.h"

#include <string.h>
#include <sysexits.h>

struct recount {
    int64_t yes, no, abstain, spoilt; /* of open votes, then with the opening's */
    int64_t sealed, left_out;
    uint8_t sum[BALLOT_COMMITMENT_SIZE];
    const char *wrong; /* NULL: as told */
};

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
        r->wrong = "commitment";
    }
}

static void
votes_add(struct recount *r, const json_t *item)
{
    const json_t *opening = json_object_get(item, "opening");
    size_t i;
    json_t *vote;
    json_array_foreach(json_object_get(item, "votes"), i, vote)
    {
        const char *choice = json_text(vote, "choice");
        if (json_true_at(vote, "secret")) {
            sealed_add(r, vote, opening);
        }
        r->yes += strcmp(choice, "yes") == 0;
        r->no += strcmp(choice, "no") == 0;
        r->abstain += strcmp(choice, "abstain") == 0;
    }
}

static void
opening_add(struct recount *r, const json_t *opening)
{
    uint8_t blinding[BALLOT_BLINDING_SIZE];
    int64_t yes = json_number(opening, "yes"), no = json_number(opening, "no");
    int64_t abstain = json_number(opening, "abstain");
    int64_t spoilt = (int64_t)json_array_size(json_object_get(opening, "spoilt"));
    if (yes < 0 || no < 0 || abstain < 0 || yes + no + abstain + spoilt != r->sealed ||
        spoilt != r->left_out) {
        r->wrong = "opening";
    } else if (!hex_take(json_text(opening, "blinding"), blinding, sizeof(blinding)) ||
               !ballot_check(r->sum, (uint64_t)yes, (uint64_t)no, blinding)) {
        r->wrong = "blinding";
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

static struct recount
item_recount(const json_t *item)
{
    struct recount r = {0};
    const json_t *opening = json_object_get(item, "opening");
    const json_t *recorded = json_object_get(item, "recorded");
    votes_add(&r, item);
    if (json_is_object(opening)) {
        opening_add(&r, opening);
    }
    if (!is_told(&r, json_object_get(item, "sums"))) {
        r.wrong = "sums";
    }
    if (json_is_object(recorded) && !is_told(&r, recorded)) {
        r.wrong = "recorded";
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

int
meeting_check(struct contact *contact, const char *text)
{
    uint8_t id[ULID_SIZE];
    json_t *meeting, *item, *told = json_array();
    size_t i;
    bool right = true;
    int code = meeting_fetch(contact, text, id, &meeting);
    if (code != 0) {
        json_decref(told);
        return code;
    }
    json_array_foreach(json_object_get(meeting, "table"), i, item)
    {
        struct recount r = item_recount(item);
        right = right && r.wrong == NULL;
        json_array_append_new(told, recount_json(item, &r));
    }
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
