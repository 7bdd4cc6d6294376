/* thidua completeness: how much of what was asked has come, and in time; a unit and its children. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

/* The most complete first: the share of what was expected, then the code, so that the order is one. */
static int
row_order(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int64_t left = json_number(x, "received") * json_number(y, "expected");
    int64_t right = json_number(y, "received") * json_number(x, "expected");
    if (left != right) {
        return left > right ? -1 : 1;
    }
    return strcmp(json_text(x, "unit"), json_text(y, "unit"));
}

/* With --most or --least, only the children at those ends of the order; a child of which nothing is
 * expected has no place in it. The first row, the unit itself, stays first. */
static json_t *
ends_of(const json_t *rows, uint64_t most, uint64_t least)
{
    json_t *ends = json_array();
    size_t n = 0, count = json_array_size(rows);
    json_t **order = mem_alloc((count + 1) * sizeof(*order));
    json_array_append(ends, json_array_get(rows, 0));
    for (size_t i = 1; i < count; i++) {
        if (json_number(json_array_get(rows, i), "expected") > 0) {
            order[n++] = json_array_get(rows, i);
        }
    }
    qsort(order, n, sizeof(*order), row_order);
    for (size_t i = 0; i < n; i++) {
        if (i < most || n - i <= least) {
            json_array_append(ends, order[i]);
        }
    }
    free(order);
    return ends;
}

static void
show(const json_t *answer)
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
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        int64_t expected = json_number(row, "expected");
        if (i > 0 && expected == 0 && json_number(row, "received") == 0) {
            continue; /* the form is not asked of it: nothing to tell */
        }
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

/* The answer, narrowed to its ends where that was asked, as JSON or as a table. */
static int
ask(const struct options *o, struct question *question, uint64_t most, uint64_t least)
{
    struct contact contact;
    json_t *answer;
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = reading_pages(&contact, "completeness", question, &answer);
    contact_close(&contact);
    question_fini(question);
    if (code != 0) {
        return code;
    }
    if (most > 0 || least > 0) {
        json_object_set_new(answer, "rows", ends_of(json_object_get(answer, "rows"), most, least));
    }
    if (o->json) {
        return json_show(answer);
    }
    if (most == 0 && least == 0) {
        json_object_set_new(answer, "rows", rows_by_name(json_object_get(answer, "rows"), 1));
    }
    show(answer);
    json_decref(answer);
    return 0;
}

int
verb_completeness(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *form = NULL, *period = NULL;
    uint64_t most = 0, least = 0;
    const struct option_spec own[] = {
        {"form", "CODE", OPTION_TEXT, {.text = &form}, true, "biểu mẫu", "the form"},
        {"period", "PERIOD", OPTION_TEXT, {.text = &period}, true, "kỳ", "the period"},
        {"unit", "CODE", OPTION_TEXT, {.text = &unit}, true, "đơn vị", "the unit"},
        NUMBER_OPTION("most", "N", &most, false, "chỉ N đơn vị trực thuộc đầy đủ nhất",
                      "only the N most complete children"),
        NUMBER_OPTION("least", "N", &least, false, "chỉ N đơn vị trực thuộc ít đầy đủ nhất",
                      "only the N least complete children"),
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
    return ask(&o, &question, most, least);
}
