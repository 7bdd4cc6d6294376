/* thidua reports: one unit's own reports in a period, with their earlier revisions and what its sources
 * disagree about. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>

static void
show_revision(const json_t *report, const char *before)
{
    char moment[32], flags[64];
    moment_text(json_number(report, "time_us"), moment);
    flags_text(json_object_get(report, "flags"), flags, sizeof flags);
    printf(tr("%slần sửa %" PRId64 ", biên nhận %s, %s%s%s%s\n",
              "%srevision %" PRId64 ", receipt %s, %s%s%s%s\n"),
           before, json_number(report, "revision"), json_text(report, "receipt"), moment,
           json_true_at(report, "withdrawn") ? tr(", đã rút", ", withdrawn") : "",
           flags[0] == '\0' ? "" : ", ", flags);
}

static void
show_report(const json_t *report)
{
    struct table_column columns[] = {{tr("Chỉ tiêu", "Indicator"), false},
                                     {tr("Giá trị", "Value"), true}};
    struct table *table = table_new(columns, 2);
    size_t i;
    json_t *row;
    printf("%s %s [%s]: ", json_text(report, "form"), json_text(report, "period"),
           json_text(report, "source"));
    show_revision(report, "");
    json_array_foreach(json_object_get(report, "values"), i, row)
    {
        char text[96];
        value_text(json_object_get(row, "value"), text, sizeof text);
        table_text(table, json_text(row, "indicator"));
        table_decimal(table, text);
    }
    table_print(table, stdout);
    table_free(&table);
    json_array_foreach(json_object_get(report, "earlier"), i, row)
    {
        show_revision(row, tr("  trước đó: ", "  earlier: "));
    }
}

static void
show_disagreement(const json_t *row)
{
    size_t i;
    json_t *value;
    printf(tr("các nguồn khác nhau: %s %s %s:", "sources disagree: %s %s %s:"),
           json_text(row, "form"), json_text(row, "period"), json_text(row, "indicator"));
    json_array_foreach(json_object_get(row, "values"), i, value)
    {
        char text[96];
        value_text(json_object_get(value, "value"), text, sizeof text);
        printf(" %s=%s", json_text(value, "source"), text);
    }
    putchar('\n');
}

static void
show(const json_t *answer, const struct options *o)
{
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "reports"), i, row)
    {
        if (i > 0) {
            putchar('\n');
        }
        show_report(row);
    }
    json_array_foreach(json_object_get(answer, "disagreements"), i, row)
    {
        show_disagreement(row);
    }
}

int
verb_reports(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *form = NULL, *period = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ", "the period"),
        TEXT_OPTION("form", "CODE", &form, false, "chỉ biểu mẫu này", "only this form"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "period", period);
    question_text(&question, "form", form);
    return reading_run(&o, "reports", &question, show);
}
