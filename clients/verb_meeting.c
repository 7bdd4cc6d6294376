/* thidua meeting: a council's meeting, from the call to the close.
 *     open    --unit U --title T --date D --member P… --nomination ID… [--teller P --ballot-key HEX]
 *     attend M --member P…       all that are present, whole
 *     close M | cancel M --reason R
 *     list | show M | check M    check: every count made again (meeting_check.c) */
#include "clients/act.h"
#include "clients/answers.h"
#include "clients/meeting.h"
#include "clients/meeting_check.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "proto/access.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

static struct {
    const char *unit, *title, *date, *teller, *ballot_key, *reason;
    struct option_list members, nominations;
} given; /* one command a process: as large as its lists, so not on the stack */

static struct slice
text_of(const char *text)
{
    return slice_text(text == NULL ? "" : text);
}

/* ---- records ---- */

/* A record on its way, with all that it points to. */
struct calling {
    struct contact *contact;
    uint8_t meeting[ULID_SIZE], id[ULID_SIZE], ballot_key[BALLOT_KEY_SIZE];
    struct buf members, nominations;
    struct record_meeting in;
};

static void
calling_begin(struct calling *c, enum meeting_act act)
{
    struct clock clock = clock_real(0);
    ulid_new(clock_wall_us(&clock), c->id);
    c->in = (struct record_meeting){
        .campaign = text_of(c->contact->options->campaign),
        .meeting = slice_of(c->meeting, ULID_SIZE),
        .act = act,
        .id = slice_of(c->id, ULID_SIZE),
    };
}

static void
members_pack(struct calling *c)
{
    pack_array(&c->members, (uint32_t)given.members.count);
    for (size_t i = 0; i < given.members.count; i++) {
        pack_cstr(&c->members, given.members.items[i]);
    }
    c->in.members = buf_slice_of(&c->members);
}

/* A whole identity, or the beginning of one, which the site knows. */
static int
nomination_find(struct contact *contact, const char *text, uint8_t id[ULID_SIZE])
{
    struct question question = {0};
    json_t *answer;
    if (ulid_take(text, id)) {
        return 0;
    }
    question_text(&question, "nomination", text);
    int code = contact_read(contact, "review.show", &question, 0, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    bool whole = ulid_take(json_text(answer, "nomination"), id);
    json_decref(answer);
    return whole ? 0
                 : say_code(EX_PROTOCOL,
                            tr("câu trả lời không đọc được.", "the answer cannot be read."));
}

static int
nominations_pack(struct calling *c)
{
    int code = 0;
    pack_array(&c->nominations, (uint32_t)given.nominations.count);
    for (size_t i = 0; code == 0 && i < given.nominations.count; i++) {
        uint8_t id[ULID_SIZE];
        code = nomination_find(c->contact, given.nominations.items[i], id);
        pack_bytes(&c->nominations, slice_of(id, ULID_SIZE));
    }
    c->in.nominations = buf_slice_of(&c->nominations);
    return code;
}

static int
calling_send(struct calling *c)
{
    struct buf body = BUF_EMPTY;
    record_encode_meeting(&c->in, &body);
    int code = act_submit(c->contact, slice_text(""), buf_slice_of(&body), true);
    buf_fini(&body);
    return code;
}

static int
ballot_key_take(struct calling *c)
{
    if (given.ballot_key == NULL) {
        return 0;
    }
    if (!hex_take(given.ballot_key, c->ballot_key, sizeof(c->ballot_key))) {
        return say_code(EX_USAGE,
                        tr("--ballot-key cần 64 chữ số thập lục phân mà “teller key” in ra.",
                           "--ballot-key wants the 64 digits that `teller key` prints."));
    }
    c->in.ballot_key = slice_of(c->ballot_key, sizeof(c->ballot_key));
    return 0;
}

static int
open_run(struct contact *contact)
{
    struct calling c = {.contact = contact};
    struct clock clock = clock_real(0);
    char text[ULID_TEXT];
    ulid_new(clock_wall_us(&clock), c.meeting);
    calling_begin(&c, MEETING_OPEN);
    c.in.unit = text_of(given.unit);
    c.in.title = text_of(given.title);
    c.in.date = text_of(given.date);
    c.in.teller = text_of(given.teller);
    members_pack(&c);
    int code = ballot_key_take(&c);
    code = code == 0 ? nominations_pack(&c) : code;
    code = code == 0 ? calling_send(&c) : code;
    buf_fini(&c.members);
    buf_fini(&c.nominations);
    if (code == 0 && !contact->options->json) {
        ulid_format(c.meeting, text);
        printf("%s\n", text);
    }
    return code;
}

static int
act_run(struct contact *contact, const char *meeting, enum meeting_act act)
{
    struct calling c = {.contact = contact};
    json_t *found;
    int code = meeting_fetch(contact, meeting, c.meeting, &found);
    if (code != 0) {
        return code;
    }
    json_decref(found);
    calling_begin(&c, act);
    c.in.reason = text_of(given.reason);
    if (act == MEETING_ATTEND) {
        members_pack(&c);
    }
    code = calling_send(&c);
    buf_fini(&c.members);
    return code;
}

/* ---- reads ---- */

static void
list_show(const json_t *answer, const struct options *o)
{
    const struct table_column columns[] = {
        {tr("Cuộc họp", "Meeting"), false},    {tr("Ngày", "Date"), false},
        {tr("Đơn vị", "Unit"), false},         {tr("Tên", "Title"), false},
        {tr("Có mặt", "Present"), true},       {tr("Thành viên", "Members"), true},
        {tr("Đề nghị", "On the table"), true}, {tr("Trạng thái", "State"), false},
    };
    struct table *table = table_new(columns, 8);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "meetings"), i, row)
    {
        table_text(table, json_text(row, "meeting"));
        table_text(table, json_text(row, "date"));
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "title"));
        table_number(table, json_number(row, "present_count"));
        table_number(table, json_number(row, "member_count"));
        table_number(table, json_number(row, "nomination_count"));
        table_text(table, json_true_at(row, "closed") ? tr("đã kết thúc", "closed")
                                                      : tr("đang họp", "open"));
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
item_show(const json_t *item)
{
    const json_t *sums = json_object_get(item, "sums"), *rule = json_object_get(item, "rule");
    printf("\n%s  %s (%s)\n", json_text(item, "nomination"), json_text(item, "subject"),
           json_text(item, "award"));
    printf(tr("  %s, cần %" PRId64 "%% của %s; đã bỏ phiếu %zu\n",
              "  %s, %" PRId64 "%% of %s needed; votes cast %zu\n"),
           json_true_at(rule, "secret") ? tr("bỏ phiếu kín", "secret ballot")
                                        : tr("biểu quyết công khai", "open vote"),
           json_number(rule, "percent"),
           strcmp(json_text(rule, "of"), "present") == 0 ? tr("số người dự họp", "those present")
                                                         : tr("tổng số thành viên", "all members"),
           json_array_size(json_object_get(item, "votes")));
    if (!json_true_at(sums, "counted")) {
        puts(tr("  chưa kiểm phiếu", "  not counted yet"));
        return;
    }
    printf(tr("  đồng ý %" PRId64 ", không đồng ý %" PRId64 ", không ý kiến %" PRId64
              ", phiếu hỏng %" PRId64 "; trên %" PRId64 ": %s\n",
              "  yes %" PRId64 ", no %" PRId64 ", abstained %" PRId64 ", spoilt %" PRId64
              "; of %" PRId64 ": %s\n"),
           json_number(sums, "yes"), json_number(sums, "no"), json_number(sums, "abstain"),
           json_number(sums, "spoilt"), json_number(sums, "base"),
           !json_true_at(sums, "quorum")   ? tr("không đủ số người dự", "no quorum")
           : json_true_at(sums, "carried") ? tr("thông qua", "carried")
                                           : tr("không thông qua", "not carried"));
}

static void
meeting_show(const json_t *answer, const struct options *o)
{
    size_t i;
    json_t *row;
    (void)o;
    printf("%s  %s\n%s, %s (%s)\n", json_text(answer, "meeting"), json_text(answer, "title"),
           json_text(answer, "date"), json_text(answer, "name"),
           json_true_at(answer, "closed") ? tr("đã kết thúc", "closed") : tr("đang họp", "open"));
    json_array_foreach(json_object_get(answer, "members"), i, row)
    {
        printf("  %s%s\n", json_text(row, "principal"),
               json_true_at(row, "present") ? "" : tr(" (vắng)", " (absent)"));
    }
    json_array_foreach(json_object_get(answer, "table"), i, row)
    {
        item_show(row);
    }
}

/* ---- the verb ---- */

typedef int meeting_run_fn(struct contact *contact, const char *meeting);

static int
run_open(struct contact *contact, const char *meeting)
{
    (void)meeting;
    return open_run(contact);
}

static int
run_attend(struct contact *contact, const char *meeting)
{
    return act_run(contact, meeting, MEETING_ATTEND);
}

static int
run_close(struct contact *contact, const char *meeting)
{
    return act_run(contact, meeting, MEETING_CLOSE);
}

static int
run_cancel(struct contact *contact, const char *meeting)
{
    return act_run(contact, meeting, MEETING_CANCEL);
}

static const struct {
    const char *name;
    int args;
    meeting_run_fn *run;
} SUBVERBS[] = {
    {"open", 1, run_open},     {"attend", 2, run_attend},   {"close", 2, run_close},
    {"cancel", 2, run_cancel}, {"check", 2, meeting_check},
};

static int
contact_run(const struct options *o, meeting_run_fn *run)
{
    struct contact contact;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = run(&contact, o->args[1]);
        contact_close(&contact);
    }
    return code;
}

static int
dispatch(const struct options *o)
{
    struct question question = {0};
    const char *name = o->args[0];
    if (strcmp(name, "list") == 0 && o->arg_count == 1) {
        return reading_run(o, "meetings", &question, list_show);
    }
    if (strcmp(name, "show") == 0 && o->arg_count == 2) {
        question_text(&question, "meeting", o->args[1]);
        return reading_run(o, "meeting", &question, meeting_show);
    }
    for (size_t i = 0; i < sizeof(SUBVERBS) / sizeof(SUBVERBS[0]); i++) {
        if (strcmp(name, SUBVERBS[i].name) == 0 && o->arg_count == SUBVERBS[i].args) {
            return contact_run(o, SUBVERBS[i].run);
        }
    }
    return say_code(EX_USAGE,
                    tr("cách dùng: thidua meeting open | attend M | close M | cancel M | list | "
                       "show M | check M.",
                       "usage: thidua meeting open | attend M | close M | cancel M | list | "
                       "show M | check M."));
}

int
verb_meeting(int argc, char **argv)
{
    struct options o;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "U", &given.unit, false, "open: hội đồng của đơn vị nào",
                    "open: whose council"),
        TEXT_OPTION("title", "TEXT", &given.title, false, "open: tên cuộc họp",
                    "open: as the minutes name it"),
        TEXT_OPTION("date", "DAY", &given.date, false, "open: ngày họp (năm-tháng-ngày)",
                    "open: the day it is held (year-month-day)"),
        LIST_OPTION("member", "P", &given.members, false,
                    "open: mọi thành viên; attend: mọi người có mặt",
                    "open: all members; attend: all that are present"),
        LIST_OPTION("nomination", "ID", &given.nominations, false, "open: đề nghị đưa ra họp",
                    "open: a nomination on the table"),
        TEXT_OPTION("teller", "P", &given.teller, false, "open: người kiểm phiếu kín",
                    "open: who counts secret ballots"),
        TEXT_OPTION("ballot-key", "HEX", &given.ballot_key, false,
                    "open: khóa mà “teller key” in ra", "open: what `teller key` printed"),
        TEXT_OPTION("reason", "TEXT", &given.reason, false, "cancel: lý do", "cancel: why"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    return code != OPTIONS_GO ? code : dispatch(&o);
}
