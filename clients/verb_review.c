/* thidua review: the review queue, one nomination of it, and the acts upon it. An act is a record like
 * any other: the state machine decides whether it may, and its verdict is what this prints. */
#include "clients/act.h"
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "proto/review.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

static const struct {
    const char *word;
    enum review_act act;
} ACTS[] = {
    {"verify", REVIEW_verify},   {"return", REVIEW_send_back},  {"consult", REVIEW_consult},
    {"opinion", REVIEW_opinion}, {"conclude", REVIEW_conclude}, {"approve", REVIEW_approve},
    {"forward", REVIEW_forward}, {"refuse", REVIEW_refuse},
};

/* What the user gave beside the act. */
struct words_given {
    const char *unit, *reason;
    bool agrees;
};

static void
list_show(const json_t *answer, const struct options *o)
{
    (void)o;
    nominations_show(json_object_get(answer, "items"));
}

static void
acts_show(const json_t *acts)
{
    struct table_column columns[] = {
        {tr("Lúc", "When"), false}, {tr("Việc", "Act"), false},        {tr("Thành", "To"), false},
        {tr("Ai", "Who"), false},   {tr("Nội dung", "Remark"), false},
    };
    struct table *table = table_new(columns, 5);
    size_t i;
    json_t *act;
    json_array_foreach(acts, i, act)
    {
        char moment[32], remark[600];
        moment_text(json_number(act, "time_us"), moment);
        snprintf(remark, sizeof remark, "%s%s%s", json_text(act, "unit"),
                 json_text(act, "unit")[0] != '\0' && json_text(act, "text")[0] != '\0' ? ": " : "",
                 json_text(act, "text"));
        table_text(table, moment);
        table_text(table, review_word(json_text(act, "act")));
        table_text(table, review_word(json_text(act, "to")));
        table_text(table, json_text(act, "principal"));
        table_text(table, remark);
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
item_show(const json_t *item, const struct options *o)
{
    const json_t *vote = json_object_get(item, "vote");
    size_t i;
    json_t *document;
    (void)o;
    printf("%s\n%s (%s) · %s · %s\n", json_text(item, "nomination"), json_text(item, "subject"),
           review_word(json_text(item, "kind")), title_of(item),
           review_word(json_text(item, "level")));
    printf(tr("%s, từ %s, tại %s; hạn %s\n", "%s since %s, in the hands of %s; deadline %s\n"),
           review_word(json_text(item, "state")), json_text(item, "since"),
           json_text(item, "holder_name"),
           json_text(item, "deadline")[0] != '\0' ? json_text(item, "deadline") : "-");
    printf("\n%s\n\n", json_text(item, "summary"));
    json_array_foreach(json_object_get(item, "documents"), i, document)
    {
        printf("%s: %s, %" PRId64 " B%s\n", json_text(document, "kind"),
               json_text(document, "name"), json_number(document, "bytes"),
               json_true_at(document, "there") ? "" : tr(" (chưa gửi đủ)", " (not whole yet)"));
    }
    if (json_is_object(vote) && json_true_at(vote, "counted")) {
        printf(tr("Biểu quyết: %" PRId64 " thuận, %" PRId64 " không thuận, %" PRId64
                  " trên %" PRId64 "; cần %" PRId64 " %%\n",
                  "Vote: %" PRId64 " yes, %" PRId64 " no, %" PRId64 " abstained, of %" PRId64
                  "; %" PRId64 " %% needed\n"),
               json_number(vote, "yes"), json_number(vote, "no"), json_number(vote, "abstain"),
               json_number(vote, "base"), json_number(vote, "percent"));
    }
    acts_show(json_object_get(item, "acts"));
}

static int
act_send(const struct options *o, enum review_act act, const struct words_given *given)
{
    struct contact contact;
    uint8_t nomination[ULID_SIZE], id[ULID_SIZE];
    struct buf body = BUF_EMPTY;
    struct clock clock = clock_real(0);
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = nomination_find(&contact, o->args[1], nomination, NULL);
    if (code == 0) {
        ulid_new(clock_wall_us(&clock), id);
        struct record_review record = {
            .nomination = slice_of(nomination, ULID_SIZE),
            .unit = slice_text(given->unit == NULL ? "" : given->unit),
            .act = act,
            .agrees = given->agrees,
            .reason = slice_text(given->reason == NULL ? "" : given->reason),
            .id = slice_of(id, ULID_SIZE),
        };
        record_encode_review(&record, &body);
        code = act_submit(&contact, slice_text(""), buf_slice_of(&body), true);
    }
    buf_fini(&body);
    contact_close(&contact);
    return code;
}

static int
comment_send(const struct options *o, const char *text)
{
    struct contact contact;
    uint8_t nomination[ULID_SIZE], id[ULID_SIZE];
    struct buf body = BUF_EMPTY;
    struct clock clock = clock_real(0);
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = nomination_find(&contact, o->args[1], nomination, NULL);
    if (code == 0) {
        ulid_new(clock_wall_us(&clock), id);
        struct record_comment record = {.nomination = slice_of(nomination, ULID_SIZE),
                                        .text = slice_text(text),
                                        .id = slice_of(id, ULID_SIZE)};
        record_encode_comment(&record, &body);
        code = act_submit(&contact, slice_text(""), buf_slice_of(&body), true);
    }
    buf_fini(&body);
    contact_close(&contact);
    return code;
}

static int
usage(void)
{
    return say_code(
        EX_USAGE,
        tr("cách dùng: thidua review list | show MÃ | verify MÃ | return MÃ --reason LÝ_DO | "
           "consult MÃ --unit ĐƠN_VỊ | opinion MÃ --unit ĐƠN_VỊ [--agrees] | conclude MÃ | "
           "approve MÃ | forward MÃ | refuse MÃ --reason LÝ_DO | comment MÃ --reason GHI_CHÚ.",
           "usage: thidua review list | show ID | verify ID | return ID --reason TEXT | "
           "consult ID --unit U | opinion ID --unit U [--agrees] | conclude ID | "
           "approve ID | forward ID | refuse ID --reason TEXT | comment ID --reason TEXT."));
}

/* The words of `review list`. */
struct filters {
    const char *state, *level, *unit, *award, *deadline, *find;
    bool mine, done;
};

static int
list(const struct options *o, const struct filters *f)
{
    struct question question = {0};
    question_text(&question, "campaign", o->campaign);
    question_text(&question, "state", f->state);
    question_text(&question, "level", f->level);
    question_text(&question, "unit", f->unit);
    question_text(&question, "award", f->award);
    question_text(&question, "deadline", f->deadline);
    question_text(&question, "find", f->find);
    question_true(&question, "mine", f->mine);
    question_true(&question, "done", f->done);
    return reading_run(o, "review.list", &question, list_show);
}

static int
dispatch_word(const struct options *o, const struct filters *f, const struct words_given *given)
{
    const char *word = o->args[0];
    if (strcmp(word, "list") == 0 && o->arg_count == 1) {
        return list(o, f);
    }
    if (o->arg_count != 2) {
        return usage();
    }
    if (strcmp(word, "show") == 0) {
        struct question question = {0};
        question_text(&question, "nomination", o->args[1]);
        return reading_run(o, "review.show", &question, item_show);
    }
    if (strcmp(word, "comment") == 0 && given->reason != NULL) {
        return comment_send(o, given->reason);
    }
    for (size_t i = 0; i < sizeof ACTS / sizeof ACTS[0]; i++) {
        if (strcmp(word, ACTS[i].word) == 0) {
            return act_send(o, ACTS[i].act, given);
        }
    }
    return usage();
}

int
verb_review(int argc, char **argv)
{
    struct options o;
    struct filters f = {0};
    struct words_given given = {0};
    const struct option_spec own[] = {
        TEXT_OPTION("state", "STATE", &f.state, false, "list: chỉ trạng thái này",
                    "list: only this state"),
        TEXT_OPTION("level", "LEVEL", &f.level, false, "list: chỉ cấp quyết định này",
                    "list: only this level of decision"),
        TEXT_OPTION("unit", "CODE", &f.unit, false,
                    "list: đơn vị đang giữ; consult, opinion: đơn vị được hỏi",
                    "list: who has it in hand; consult, opinion: the unit that is asked"),
        TEXT_OPTION("award", "CODE", &f.award, false, "list: chỉ hình thức này",
                    "list: only this award"),
        TEXT_OPTION("deadline", "DATE", &f.deadline, false, "list: hạn đến hết ngày này",
                    "list: due by this day"),
        TEXT_OPTION("find", "TEXT", &f.find, false, "list: tên đối tượng, không cần dấu",
                    "list: the subject's name, marks left out or not"),
        SWITCH_OPTION("mine", &f.mine, "list: chỉ việc mình làm được",
                      "list: only what one may move oneself"),
        SWITCH_OPTION("done", &f.done, "list: cả những đề nghị đã xong",
                      "list: also those that are done"),
        TEXT_OPTION("reason", "TEXT", &given.reason, false, "lý do, hoặc ghi chú",
                    "the reason, or the remark"),
        SWITCH_OPTION("agrees", &given.agrees, "opinion: nhất trí", "opinion: in favour"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    given.unit = f.unit;
    return dispatch_word(&o, &f, &given);
}
