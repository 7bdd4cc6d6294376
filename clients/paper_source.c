/* Asking for a paper: lists that the site pages are joined, a nomination's summary and vote are asked
 * one by one, since only papers want them. */
#include "clients/paper_source.h"

#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/words.h"
#include "proto/review.h"

#include <string.h>
#include <sysexits.h>

void
paper_source_fini(struct paper_source *source)
{
    json_decref(source->unit);
    json_decref(source->campaign);
    json_decref(source->honours);
    json_decref(source->meeting);
    *source = (struct paper_source){0};
}

static int
ask_one(struct contact *contact, const char *name, const char *key, const char *value,
        json_t **answer)
{
    struct question question = {0};
    question_text(&question, key, value);
    int code = contact_read(contact, name, &question, 0, answer);
    question_fini(&question);
    return code;
}

static bool
text_is(const json_t *object, const char *key, const char *wanted)
{
    return wanted == NULL || strcmp(json_text(object, key), wanted) == 0;
}

/* ---- unit and campaign ---- */

int
paper_source_unit(struct contact *contact, const char *unit, struct paper_source *source)
{
    json_t *above = NULL;
    int code = ask_one(contact, "unit", "unit", unit, &source->unit);
    if (code != 0 || json_text(source->unit, "parent")[0] == '\0') {
        return code;
    }
    code = ask_one(contact, "unit", "unit", json_text(source->unit, "parent"), &above);
    if (code == 0) {
        json_object_set(source->unit, "parent_name", json_object_get(above, "name"));
        json_object_set(source->unit, "parent_level", json_object_get(above, "level"));
        json_decref(above);
    }
    return code;
}

int
paper_source_campaign(struct contact *contact, const char *campaign, struct paper_source *source)
{
    return ask_one(contact, "campaign", "campaign", campaign, &source->campaign);
}

/* ---- nominations ---- */

/* What review.show says of a vote, where a list of papers looks for it. */
static void
vote_lift(json_t *item)
{
    static const char *const KEYS[] = {"percent", "yes", "base"};
    const json_t *vote = json_object_get(item, "vote");
    for (size_t i = 0; json_is_object(vote) && i < sizeof KEYS / sizeof KEYS[0]; i++) {
        json_object_set(item, KEYS[i], json_object_get(vote, KEYS[i]));
    }
}

static bool
is_chosen(const json_t *item, const struct paper_choice *choice)
{
    return text_is(item, "holder", choice->unit) && text_is(item, "award", choice->award) &&
           text_is(item, "theme", choice->theme) && text_is(item, "number", choice->decision);
}

static int
named_add(struct contact *contact, const char *text, const struct paper_choice *choice,
          const char *state, json_t *honours)
{
    uint8_t id[ULID_SIZE];
    json_t *item = NULL;
    int code = nomination_find(contact, text, id, &item);
    if (code != 0) {
        return code;
    }
    if (!text_is(item, "state", state) || !is_chosen(item, choice)) {
        code =
            say_code(EX_DATAERR,
                     tr("“%s” (%s) không nằm trong số được chọn: đang ở trạng thái “%s”, tại %s.",
                        "%s (%s) is none of those asked for: it is %s, in the hands of %s."),
                     text, json_text(item, "subject"), review_word(json_text(item, "state")),
                     json_text(item, "holder_name"));
    } else {
        vote_lift(item);
        json_array_append(honours, item);
    }
    json_decref(item);
    return code;
}

/* Each in hand that waits, whole. */
static int
waiting_add(struct contact *contact, const json_t *items, const struct paper_choice *choice,
            json_t *honours)
{
    int code = 0;
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        json_t *whole;
        if (!is_chosen(item, choice)) {
            continue;
        }
        code = ask_one(contact, "review.show", "nomination", json_text(item, "nomination"), &whole);
        if (code != 0) {
            break;
        }
        vote_lift(whole);
        json_array_append_new(honours, whole);
    }
    return code;
}

static int
list_ask(struct contact *contact, const struct paper_choice *choice, bool decided, json_t **answer)
{
    struct question question = {0};
    question_text(&question, "campaign", contact->options->campaign);
    question_text(&question, "award", choice->award);
    if (!decided) {
        question_text(&question, "state", "approved");
        question_text(&question, "unit", choice->unit);
        question_uint(&question, "limit", 0);
    }
    int code = reading_pages(contact, decided ? "honours" : "review.list", &question, answer);
    question_fini(&question);
    return code;
}

static int
listed_add(struct contact *contact, const struct paper_choice *choice, bool decided,
           struct paper_source *source)
{
    json_t *answer, *item;
    size_t i;
    int code = list_ask(contact, choice, decided, &answer);
    if (code != 0) {
        return code;
    }
    snprintf(source->today, sizeof source->today, "%s", json_text(answer, "day"));
    if (!decided) {
        code = waiting_add(contact, json_object_get(answer, "items"), choice, source->honours);
    }
    json_array_foreach(json_object_get(answer, "honours"), i, item)
    {
        if (is_chosen(item, choice)) {
            json_array_append(source->honours, item);
        }
    }
    json_decref(answer);
    return code;
}

int
paper_source_honours(struct contact *contact, const struct paper_choice *choice, bool decided,
                     struct paper_source *source)
{
    int code = 0;
    decided = decided || choice->decision != NULL;
    source->honours = json_array();
    for (size_t i = 0; code == 0 && i < choice->nomination_count; i++) {
        code = named_add(contact, choice->nominations[i], choice, decided ? "decided" : "approved",
                         source->honours);
    }
    return choice->nomination_count > 0 ? code : listed_add(contact, choice, decided, source);
}

json_t *
paper_source_own(struct paper_source *source, size_t *taken)
{
    enum authority own = authority_of_level(slice_text(json_text(source->unit, "level")));
    json_t *kept = json_array(), *first = NULL, *honour;
    size_t i;
    *taken = 0;
    json_array_foreach(source->honours, i, honour)
    {
        enum authority level;
        if (authority_parse(slice_text(json_text(honour, "level")), &level) && level <= own) {
            json_array_append(kept, honour);
            continue;
        }
        first = first == NULL ? json_incref(honour) : first;
        ++*taken;
    }
    json_decref(source->honours);
    source->honours = kept;
    return first;
}

/* ---- meetings ---- */

/* A person by title, where it has one. */
static const char *
name_of(const char *title, const char *principal)
{
    return title[0] != '\0' ? title : principal;
}

static const char *
member_name(const json_t *members, const char *principal)
{
    size_t i;
    json_t *member;
    json_array_foreach(members, i, member)
    {
        if (text_is(member, "principal", principal)) {
            return name_of(json_text(member, "title"), principal);
        }
    }
    return principal;
}

static json_t *
written_of(const json_t *item, const json_t *members)
{
    json_t *names = json_array(), *vote;
    size_t i;
    json_array_foreach(json_object_get(item, "votes"), i, vote)
    {
        if (json_true_at(vote, "written")) {
            json_array_append_new(names,
                                  json_string(member_name(members, json_text(vote, "principal"))));
        }
    }
    return names;
}

/* What the close wrote; where that was forgotten, as the review began again, the sums of the votes. */
static const json_t *
sums_of(const json_t *item)
{
    const json_t *recorded = json_object_get(item, "recorded");
    return json_is_object(recorded) ? recorded : json_object_get(item, "sums");
}

/* Taken off the table: for want of a quorum, or with the whole meeting. */
static const char *
result_of(const json_t *item)
{
    bool quorum = json_true_at(json_object_get(item, "sums"), "quorum");
    return text_is(item, "outcome", "carry")     ? "carried"
           : text_is(item, "outcome", "fail")    ? "failed"
           : text_is(item, "outcome", "untable") ? (quorum ? "cancelled" : "untabled")
                                                 : "";
}

static json_t *
vote_of(const json_t *item, const json_t *members)
{
    static const char *const SUMS[] = {"yes", "no", "abstain", "spoilt", "base"};
    const json_t *rule = json_object_get(item, "rule"), *sums = sums_of(item);
    bool counted = json_true_at(json_object_get(item, "sums"), "counted");
    json_t *vote = json_pack(
        "{s:s, s:s, s:s, s:b, s:I, s:s, s:I, s:s, s:o}", "subject", json_text(item, "subject"),
        "name", json_text(item, "name"), "title_vi", json_text(item, "title_vi"), "secret",
        json_true_at(rule, "secret"), "percent", (json_int_t)json_number(rule, "percent"),
        "base_of", json_text(rule, "of"), "quorum", (json_int_t)json_number(rule, "quorum"),
        "result", result_of(item), "written", written_of(item, members));
    for (size_t i = 0; counted && i < sizeof SUMS / sizeof SUMS[0]; i++) {
        json_object_set(vote, SUMS[i], json_object_get(sums, SUMS[i]));
    }
    return vote;
}

static void
meeting_fill(json_t *meeting)
{
    json_t *members = json_object_get(meeting, "members"), *votes = json_array(), *row;
    const char *teller = json_text(meeting, "teller");
    size_t i;
    json_array_foreach(members, i, row)
    {
        json_object_set_new(
            row, "name",
            json_string(name_of(json_text(row, "title"), json_text(row, "principal"))));
    }
    json_array_foreach(json_object_get(meeting, "table"), i, row)
    {
        json_array_append_new(votes, vote_of(row, members));
    }
    json_object_set_new(meeting, "teller",
                        json_string(name_of(json_text(meeting, "teller_title"), teller)));
    json_object_set_new(meeting, "votes", votes);
}

int
paper_source_meeting(struct contact *contact, const char *meeting, struct paper_source *source)
{
    struct question question = {0};
    question_text(&question, "meeting", meeting);
    int code = reading_pages(contact, "meeting", &question, &source->meeting);
    question_fini(&question);
    if (code == 0) {
        meeting_fill(source->meeting);
        code = paper_source_unit(contact, json_text(source->meeting, "unit"), source);
    }
    return code;
}
