/* thidua export: tallies of a form, period by period, as CSV. Codes, periods and numbers need no quotes,
 * so the rows are written as they are. A page is printed before the next is asked for. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <stdio.h>

static void
header_print(const json_t *page)
{
    size_t i;
    json_t *column;
    fputs("period,unit", stdout);
    json_array_foreach(json_object_get(page, "columns"), i, column)
    {
        printf(",%s", json_string_value(column));
    }
    putchar('\n');
}

static void
rows_print(const json_t *page)
{
    size_t i, j;
    json_t *row, *cell;
    json_array_foreach(json_object_get(page, "rows"), i, row)
    {
        json_array_foreach(row, j, cell)
        {
            char text[96];
            value_text(cell, text, sizeof text);
            printf("%s%s", j == 0 ? "" : ",", text);
        }
        putchar('\n');
    }
}

static int
export_csv(struct contact *contact, struct question *base)
{
    size_t len = base->body.len;
    uint32_t count = base->count;
    json_t *page = NULL;
    bool first = true;
    int code = contact_read(contact, "export", base, 0, &page);
    while (code == 0) {
        if (first) {
            header_print(page);
            first = false;
        }
        rows_print(page);
        bool more = json_text(page, "next")[0] != '\0';
        base->body.len = len;
        base->count = count;
        question_text(base, "start", json_text(page, "next"));
        json_decref(page);
        if (!more) {
            break;
        }
        code = contact_read(contact, "export", base, 0, &page);
    }
    return code;
}

int
verb_export(int argc, char **argv)
{
    struct options o;
    struct contact contact;
    struct question question = {0};
    const char *unit = NULL, *form = NULL, *from = NULL, *to = NULL;
    bool children = false;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("form", "CODE", &form, true, "biểu mẫu", "the form"),
        TEXT_OPTION("from", "PERIOD", &from, true, "kỳ đầu", "the first period"),
        TEXT_OPTION("to", "PERIOD", &to, true, "kỳ cuối", "the last period"),
        SWITCH_OPTION("children", &children, "mỗi đơn vị trực thuộc một dòng",
                      "a row for each direct child instead"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "form", form);
    question_text(&question, "from", from);
    question_text(&question, "to", to);
    question_true(&question, "children", children);
    if (o.json) {
        return reading_run(&o, "export", &question, NULL);
    }
    code = contact_open(&contact, &o);
    if (code == 0) {
        code = export_csv(&contact, &question);
        contact_close(&contact);
    }
    question_fini(&question);
    return code;
}
