/* thidua tally: the tallies of a unit, with --children of those beneath it too. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "proto/pack.h"

#include <inttypes.h>

static void
show_values(const json_t *row)
{
    struct table_column columns[] = {
        {tr("Biểu mẫu", "Form"), false},      {tr("Chỉ tiêu", "Indicator"), false},
        {tr("Tên chỉ tiêu", "Title"), false}, {tr("Giá trị", "Value"), true},
        {tr("Số đơn vị", "Units"), true},     {tr("Số kỳ", "Periods"), true},
    };
    struct table *table = table_new(columns, 6);
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(row, "values"), i, value)
    {
        char text[96];
        value_text(json_object_get(value, "value"), text, sizeof text);
        table_text(table, json_text(value, "form"));
        table_text(table, json_text(value, "indicator"));
        table_text(table, title_of(value));
        table_decimal(table, text);
        table_number(table, json_number(value, "units"));
        table_number(table, json_number(value, "periods"));
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
show_row(const json_t *row, const char *period)
{
    char label[256];
    unit_label(row, "name", "unit", label, sizeof label);
    printf(tr("%s, kỳ %s: đã nhận %" PRId64 "/%" PRId64 " báo cáo, đúng hạn %" PRId64
              ", đủ chỉ tiêu %" PRId64 "\n",
              "%s, %s: %" PRId64 " of %" PRId64 " reports received, %" PRId64 " on time, %" PRId64
              " complete\n"),
           label, period, json_number(row, "received"), json_number(row, "expected"),
           json_number(row, "on_time"), json_number(row, "complete"));
    if (json_number(row, "disagreements") > 0) {
        printf(tr("%" PRId64 " số liệu khác nhau giữa các nguồn: xem “thidua reports”\n",
                  "%" PRId64 " values differ between sources: see “thidua reports”\n"),
               json_number(row, "disagreements"));
    }
    if (json_number(row, "outliers") > 0) {
        printf(tr("%" PRId64 " báo cáo có số liệu bất thường\n",
                  "%" PRId64 " reports have unusual values\n"),
               json_number(row, "outliers"));
    }
}

static void
show(const json_t *answer, const struct options *o)
{
    size_t i;
    json_t *row;
    json_t *rows = rows_by_name(json_object_get(answer, "rows"), 1); /* the unit itself first */
    (void)o;
    json_array_foreach(rows, i, row)
    {
        if (i > 0) {
            putchar('\n');
        }
        show_row(row, json_text(answer, "period"));
        show_values(row);
    }
    json_decref(rows);
}

int
verb_tally(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *period = NULL;
    static struct option_list indicators; /* static: too large for the stack's comfort */
    bool children = false;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("period", "PERIOD", &period, true,
                    "kỳ: 20211105, 2021W45, 202111, 2021Q4, 2021",
                    "20211105, 2021W45, 202111, 2021Q4, 2021"),
        LIST_OPTION("indicator", "CODE", &indicators, false,
                    "chỉ những chỉ tiêu này (lặp lại được)", "only these (may be repeated)"),
        SWITCH_OPTION("children", &children, "thêm từng đơn vị trực thuộc",
                      "its direct children too"),
    };
    struct question question = {0};
    indicators.count = 0;
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "period", period);
    question_true(&question, "children", children);
    if (indicators.count > 0) {
        question_key(&question, "indicators");
        pack_array(&question.body, (uint32_t)indicators.count);
        for (size_t i = 0; i < indicators.count; i++) {
            pack_cstr(&question.body, indicators.items[i]);
        }
    }
    return reading_run(&o, "tally", &question, show);
}
