/* thidua completeness: how much of what was asked has come, and in time; a unit and its children. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>

/* Whole percents, rounded down: 99.9 % is not yet everything. */
static void
percent_cell(struct table *table, int64_t part, int64_t whole)
{
    char text[32] = "";
    if (whole > 0) {
        snprintf(text, sizeof text, "%" PRId64 " %%", part * 100 / whole);
    }
    table_text(table, text);
}

static void
show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Mã", "Unit"), false},
        {tr("Tên đơn vị", "Name"), false},
        {tr("Phải có", "Expected"), true},
        {tr("Đã nhận", "Received"), true},
        {"%", true},
        {tr("Đúng hạn", "On time"), true},
        {"%", true},
        {tr("Đủ chỉ tiêu", "Complete"), true},
    };
    struct table *table = table_new(columns, 8);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        int64_t expected = json_number(row, "expected");
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "name"));
        table_number(table, expected);
        table_number(table, json_number(row, "received"));
        percent_cell(table, json_number(row, "received"), expected);
        table_number(table, json_number(row, "on_time"));
        percent_cell(table, json_number(row, "on_time"), expected);
        table_number(table, json_number(row, "complete"));
    }
    table_print(table, stdout);
    table_free(&table);
}

int
verb_completeness(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *form = NULL, *period = NULL;
    const struct option_spec own[] = {
        {"form", "CODE", OPTION_TEXT, {.text = &form}, true, "biểu mẫu", "the form"},
        {"period", "PERIOD", OPTION_TEXT, {.text = &period}, true, "kỳ", "the period"},
        {"unit", "CODE", OPTION_TEXT, {.text = &unit}, true, "đơn vị", "the unit"},
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
    return reading_run(&o, "completeness", &question, show);
}
