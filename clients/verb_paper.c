/* thidua paper KIND: the council's papers, from what the site says.
 *     submission     tờ trình: those that wait in the unit's hands, with summary and vote
 *     decision       quyết định: those of them that are the unit's own to confer, with their list
 *     list           the list of a decision alone
 *     certificates   giấy khen, bằng khen of those that the unit has decided, one a page
 *     honours        what was decided, for the public */
#include "clients/answers.h"
#include "clients/paper.h"
#include "clients/paper_out.h"
#include "clients/paper_source.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "common/period.h"

#include <string.h>
#include <sysexits.h>

#define GROUNDS_MAX (64u << 10)  /* bytes: several times what a decision rests on */
#define LAW_OF_2022 "2024-01-01" /* law 06/2022/QH15 is in force from this day on */

enum paper_of { OF_WAITING, OF_DECISION, OF_DECIDED };

static const struct maker {
    const char *name;
    void (*make)(const struct paper *paper, struct buf *out);
    enum paper_of of;
    bool own, grounds; /* the unit's own awards only; it names the law */
} KINDS[] = {
    {"submission", paper_submission, OF_WAITING, false, true},
    {"decision", paper_decision, OF_DECISION, true, true},
    {"list", paper_list, OF_DECISION, true, false},
    {"certificates", paper_certificates, OF_DECIDED, true, false},
    {"honours", paper_honours, OF_DECIDED, false, false},
};

static struct {
    const char *unit, *award, *theme, *decided, *number, *date, *signer, *place, *head, *to;
    const char *grounds, *out;
    struct option_list nominations;
} given; /* one command a process: as large as its list, so not on the stack */

static const char *
text_of(const char *text)
{
    return text == NULL ? "" : text;
}

/* ---- what it rests on ---- */

/* A line of the file a ground; NULL where it cannot be one. */
static json_t *
grounds_split(char *text)
{
    json_t *lines = json_array();
    char *rest = NULL;
    for (char *line = strtok_r(text, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest)) {
        if (json_array_append_new(lines, json_string(line)) != 0) {
            json_decref(lines);
            return NULL;
        }
    }
    return lines;
}

static int
grounds_read(json_t **grounds)
{
    struct buf bytes = BUF_EMPTY;
    *grounds = NULL;
    if (given.grounds == NULL) {
        return 0;
    }
    if (file_read(given.grounds, GROUNDS_MAX, &bytes) != ERR_OK) {
        buf_fini(&bytes);
        return say_code(EX_NOINPUT, tr("không đọc được tệp %s.", "cannot read %s."), given.grounds);
    }
    buf_byte(&bytes, '\0');
    *grounds = grounds_split((char *)bytes.data);
    buf_fini(&bytes);
    return *grounds != NULL
               ? 0
               : say_code(EX_DATAERR, tr("%s không phải là văn bản UTF-8.", "%s is no UTF-8 text."),
                          given.grounds);
}

/* Nothing here can know the decree of a city: it says what it has put in. */
static void
law_warn(const struct maker *kind, const char *day)
{
    if (kind->grounds && given.grounds == NULL && strcmp(day, LAW_OF_2022) >= 0) {
        say(tr(
            "CẢNH BÁO: căn cứ pháp lý trong văn bản là Luật Thi đua, Khen thưởng năm 2003, đã hết "
            "hiệu lực; từ 01/01/2024 áp dụng Luật số 06/2022/QH15. Hãy thay bằng --grounds TỆP.",
            "WARNING: the legal grounds in this paper are of the law of 2003, which has ended; "
            "since 2024-01-01 the law 06/2022/QH15 is in force. Replace them by --grounds FILE."));
    }
}

/* ---- whom it is about ---- */

static int
refuse_above(const json_t *honour)
{
    return say_code(EX_DATAERR,
                    tr("“%s” do cấp khác quyết định (%s), không phải đơn vị này: không lập được "
                       "văn bản này.",
                       "“%s” is decided elsewhere (%s), not by this unit: it cannot have this "
                       "paper."),
                    title_of(honour), review_word(json_text(honour, "level")));
}

/* What was asked for by name is refused; what only came along is left out, and told. */
static int
own_only(struct paper_source *source)
{
    size_t taken;
    json_t *first = paper_source_own(source, &taken);
    bool named = given.award != NULL || given.nominations.count > 0;
    int code = 0;
    if (first != NULL && (named || json_array_size(source->honours) == 0)) {
        code = refuse_above(first);
    } else if (first != NULL) {
        say(tr("bỏ qua %zu đề nghị do cấp khác quyết định, như “%s” (%s).",
               "left out %zu that are decided elsewhere, such as “%s” (%s)."),
            taken, json_text(first, "subject"), title_of(first));
    }
    json_decref(first);
    return code;
}

static int
honours_gather(struct contact *contact, const struct maker *kind, struct paper_source *source)
{
    const struct paper_choice choice = {.unit = given.unit,
                                        .award = given.award,
                                        .theme = given.theme,
                                        .decision = given.decided,
                                        .nominations = given.nominations.items,
                                        .nomination_count = given.nominations.count};
    bool decided = kind->of == OF_DECIDED;
    int code = paper_source_honours(contact, &choice, decided, source);
    if (code == 0 && kind->own) {
        code = own_only(source);
    }
    if (code == 0 && json_array_size(source->honours) == 0 && kind->make != paper_honours) {
        code =
            say_code(EX_DATAERR,
                     decided || given.decided != NULL
                         ? tr("không có khen thưởng nào như vậy.", "nothing such was decided.")
                         : tr("không có đề nghị nào đã được hội đồng thông qua và đang chờ ở đơn "
                              "vị này.",
                              "no nomination is approved and waits in this unit's hands."));
    }
    return code;
}

static int
source_ask(struct contact *contact, const struct maker *kind, struct paper_source *source)
{
    int code = 0;
    if (given.unit != NULL) {
        code = paper_source_unit(contact, given.unit, source);
    }
    code = code == 0 ? paper_source_campaign(contact, contact->options->campaign, source) : code;
    return code == 0 ? honours_gather(contact, kind, source) : code;
}

/* ---- the paper ---- */

/* What the record of the decision says, where it is one that was recorded. */
static const char *
told(const struct paper_source *source, const char *option, const char *key)
{
    const json_t *first = json_array_get(source->honours, 0);
    return option != NULL || given.decided == NULL ? text_of(option) : json_text(first, key);
}

static int
paper_make(const struct maker *kind, const struct paper_source *source, const json_t *grounds)
{
    struct buf out = BUF_EMPTY;
    json_t *sorted = paper_sorted(source->honours);
    const struct paper paper = {.unit = source->unit,
                                .campaign = source->campaign,
                                .honours = sorted,
                                .grounds = grounds,
                                .number = told(source, given.number, "number"),
                                .date = told(source, given.date, "date"),
                                .signer = told(source, given.signer, "signer"),
                                .place = text_of(given.place),
                                .head = text_of(given.head),
                                .to = text_of(given.to)};
    kind->make(&paper, &out);
    law_warn(kind, paper.date[0] != '\0' ? paper.date : source->today);
    int code = paper_out(given.out, buf_slice_of(&out));
    buf_fini(&out);
    json_decref(sorted);
    return code;
}

static int
paper_run(const struct options *o, const struct maker *kind)
{
    struct contact contact;
    struct paper_source source = {0};
    json_t *grounds;
    int code = grounds_read(&grounds);
    code = code == 0 ? contact_open(&contact, o) : code;
    if (code == 0) {
        code = source_ask(&contact, kind, &source);
        code = code == 0 ? paper_make(kind, &source, grounds) : code;
        if (code == 0 && !o->quiet && strcmp(given.out, "-") != 0) {
            say(tr("%s: %zu tập thể, cá nhân, hộ gia đình. Đây là dự thảo: hãy đọc lại trước khi "
                   "ký.",
                   "%s: %zu subjects. It is a draft: read it before it is signed."),
                given.out, json_array_size(source.honours));
        }
        contact_close(&contact);
    }
    paper_source_fini(&source);
    json_decref(grounds);
    return code;
}

static int
given_check(const struct maker *kind)
{
    int32_t day;
    if (kind->make != paper_honours && given.unit == NULL) {
        return say_code(EX_USAGE,
                        tr("thiếu --unit: đơn vị ban hành.", "--unit is missing: who issues it."));
    }
    if (given.date != NULL && date_parse(slice_text(given.date), &day) != ERR_OK) {
        return say_code(
            EX_USAGE,
            tr("“%s” không phải là ngày (năm-tháng-ngày).", "“%s” is no date (year-month-day)."),
            given.date);
    }
    return 0;
}

static int
dispatch(const struct options *o)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(o->args[0], KINDS[i].name) == 0) {
            int code = given_check(&KINDS[i]);
            return code != 0 ? code : paper_run(o, &KINDS[i]);
        }
    }
    return say_code(EX_USAGE,
                    tr("“%s” không phải là submission, decision, list, certificates hay honours.",
                       "“%s” is none of submission, decision, list, certificates and honours."),
                    o->args[0]);
}

int
verb_paper(int argc, char **argv)
{
    struct options o;
    const struct option_spec own[] = {
        TEXT_OPTION("out", "FILE", &given.out, true, "tệp HTML; - là stdout",
                    "the HTML file; - is stdout"),
        TEXT_OPTION("unit", "CODE", &given.unit, false, "đơn vị ban hành (honours: chỉ của đơn vị)",
                    "who issues it (honours: only what it decided)"),
        TEXT_OPTION("award", "CODE", &given.award, false, "chỉ hình thức này", "only this award"),
        TEXT_OPTION("theme", "CODE", &given.theme, false, "chỉ chủ đề này", "only this theme"),
        LIST_OPTION("nomination", "ID", &given.nominations, false, "chỉ những đề nghị này",
                    "only these nominations"),
        TEXT_OPTION("decided", "NUMBER", &given.decided, false,
                    "những ai thuộc quyết định đã ghi này", "those of this recorded decision"),
        TEXT_OPTION("number", "TEXT", &given.number, false, "số, ký hiệu văn bản",
                    "the paper's number"),
        TEXT_OPTION("date", "DAY", &given.date, false, "ngày văn bản", "the paper's date"),
        TEXT_OPTION("signer", "NAME", &given.signer, false, "người ký", "who signs"),
        TEXT_OPTION("place", "TEXT", &given.place, false, "nơi ban hành", "where it is issued"),
        TEXT_OPTION("head", "TEXT", &given.head, false, "chức vụ người ký", "the signer's office"),
        TEXT_OPTION("to", "TEXT", &given.to, false, "submission: kính gửi ai",
                    "submission: whom it is for"),
        TEXT_OPTION("grounds", "FILE", &given.grounds, false,
                    "căn cứ, mỗi dòng một căn cứ, thay cho căn cứ có sẵn",
                    "the legal grounds, a line each, instead of the built-in ones"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    return code != OPTIONS_GO ? code : dispatch(&o);
}
