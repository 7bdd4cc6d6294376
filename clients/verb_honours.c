/* thidua honours: what was decided and not revoked; thidua history: all that a subject was nominated for. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>

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

int
verb_honours(int argc, char **argv)
{
    struct options o;
    const char *theme = NULL, *unit = NULL, *award = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("theme", "CODE", &theme, false, "chỉ chủ đề này", "only this theme"),
        TEXT_OPTION("unit", "CODE", &unit, false, "chỉ đơn vị này và cấp dưới",
                    "only this unit and those beneath"),
        TEXT_OPTION("award", "CODE", &award, false, "chỉ hình thức này", "only this award"),
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
    return reading_run(&o, "honours", &question, honours_show);
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
