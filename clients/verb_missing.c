/* thidua missing: the units that have not reported a form in a period. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>

static void
show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Mã", "Unit"), false},          {tr("Tên đơn vị", "Name"), false},
        {tr("Trực thuộc", "Under"), false}, {tr("Đã nhận", "Received"), true},
        {tr("Phải có", "Expected"), true},
    };
    struct table *table = table_new(columns, 5);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "missing"), i, row)
    {
        char parent[256];
        unit_label(row, "parent_name", "parent", parent, sizeof parent);
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "name"));
        table_text(table, parent);
        table_number(table, json_number(row, "received"));
        table_number(table, json_number(row, "expected"));
    }
    printf(tr("%s, kỳ %s: đã nhận %" PRId64 "/%" PRId64 " báo cáo\n",
              "%s, %s: %" PRId64 " of %" PRId64 " reports received\n"),
           json_text(answer, "form"), json_text(answer, "period"), json_number(answer, "received"),
           json_number(answer, "expected"));
    table_print(table, stdout);
    table_free(&table);
}

int
verb_missing(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *form = NULL, *period = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("form", "CODE", &form, true, "biểu mẫu", "the form"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ", "the period"),
        TEXT_OPTION("unit", "CODE", &unit, false,
                    "chỉ trong đơn vị này và cấp dưới; mặc định là tất cả",
                    "only this unit and those beneath; default all"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "form", form);
    question_text(&question, "period", period);
    return reading_run(&o, "missing", &question, show);
}
