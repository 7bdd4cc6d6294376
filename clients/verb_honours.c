/* thidua honours: what was decided and not revoked; thidua history: all that a subject was nominated for. */
#include "clients/answers.h"
#include "clients/paper.h"
#include "clients/paper_out.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <sysexits.h>

static void
honours_show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Hình thức", "Award"), false},     {tr("Đối tượng", "Subject"), false},
        {tr("Loại", "Kind"), false},           {tr("Đơn vị", "Unit"), false},
        {tr("Quyết định", "Decision"), false}, {tr("Ngày", "Date"), false},
    };
    struct table *table = table_new(columns, 6);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "honours"), i, row)
    {
        table_text(table, title_of(row));
        table_text(table, json_text(row, "subject"));
        table_text(table, review_word(json_text(row, "kind")));
        table_text(table, json_text(row, "name"));
        table_text(table, json_text(row, "number"));
        table_text(table, json_text(row, "date"));
    }
    table_print(table, stdout);
    table_free(&table);
}

static int
sheets_write(const struct sheet *sheet, const char *csv, const char *ods)
{
    struct buf out = BUF_EMPTY;
    int code = 0;
    if (csv != NULL) {
        sheet_csv(sheet, &out);
        code = paper_out(csv, buf_slice_of(&out));
    }
    if (code == 0 && ods != NULL) {
        buf_clear(&out);
        code = sheet_ods(sheet, &out) == ERR_OK
                   ? paper_out(ods, buf_slice_of(&out))
                   : say_code(EX_SOFTWARE,
                              tr("không tạo được bảng tính.", "the spreadsheet cannot be made."));
    }
    buf_fini(&out);
    return code;
}

/* As lists are printed: by award, then collectives, persons, households, by given name. */
static int
sheets_run(const struct options *o, struct question *question, const char *csv, const char *ods)
{
    struct contact contact;
    json_t *answer;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = reading_pages(&contact, "honours", question, &answer);
        contact_close(&contact);
    }
    if (code == 0) {
        json_t *sorted = paper_sorted(json_object_get(answer, "honours"));
        struct sheet *sheet = paper_sheet(sorted);
        code = sheets_write(sheet, csv, ods);
        sheet_free(&sheet);
        json_decref(sorted);
        json_decref(answer);
    }
    question_fini(question);
    return code;
}

int
verb_honours(int argc, char **argv)
{
    struct options o;
    const char *theme = NULL, *unit = NULL, *award = NULL, *csv = NULL, *ods = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("theme", "CODE", &theme, false, "chỉ chủ đề này", "only this theme"),
        TEXT_OPTION("unit", "CODE", &unit, false, "chỉ đơn vị này và cấp dưới",
                    "only this unit and those beneath"),
        TEXT_OPTION("award", "CODE", &award, false, "chỉ hình thức này", "only this award"),
        TEXT_OPTION("csv", "FILE", &csv, false, "ghi ra tệp CSV; - là stdout",
                    "write a CSV file; - is stdout"),
        TEXT_OPTION("ods", "FILE", &ods, false, "ghi ra bảng tính ODS; - là stdout",
                    "write an ODS spreadsheet; - is stdout"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "theme", theme);
    question_text(&question, "unit", unit);
    question_text(&question, "award", award);
    return csv != NULL || ods != NULL ? sheets_run(&o, &question, csv, ods)
                                      : reading_run(&o, "honours", &question, honours_show);
}

static void
history_show(const json_t *answer, const struct options *o)
{
    (void)o;
    nominations_show(json_object_get(answer, "items"));
}

int
verb_history(int argc, char **argv)
{
    struct options o;
    const char *subject = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("subject", "TEXT", &subject, true, "tên, không cần dấu",
                    "the name, marks left out or not"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "subject", subject);
    return reading_run(&o, "history", &question, history_show);
}
