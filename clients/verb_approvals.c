/* thidua approvals: what is approved of a unit's period and of its children's, by whom, when and why, and
 * what stands in the way of the rest. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/buf.h"

#include <inttypes.h>
#include <string.h>

static const char *
state_word(const json_t *row)
{
    const char *state = json_text(row, "state");
    if (strcmp(state, "approved") == 0) {
        return tr("đã duyệt", "approved");
    }
    return strcmp(state, "reopened") == 0 ? tr("đã mở lại", "opened again")
                                          : tr("chưa duyệt", "not approved");
}

/* What stands in the way of its approval; of one that is not approved, but locked by one above it, that. */
static void
way_print(const json_t *row, bool closed, struct buf *text)
{
    const json_t *first = json_object_get(row, "first");
    int64_t before = json_number(row, "before");
    size_t named = json_array_size(first);
    buf_clear(text);
    if (strcmp(json_text(row, "state"), "approved") == 0) {
        return;
    }
    if (json_text(row, "locked_by")[0] != '\0') {
        buf_printf(text, tr("khóa theo %s", "locked by %s"), json_text(row, "locked_by"));
    } else if (!closed) {
        buf_printf(text, "%s", tr("kỳ chưa kết thúc", "the period has not ended"));
    } else if (before > 0) {
        buf_printf(text, tr("chờ", "waits for"));
        for (size_t i = 0; i < named; i++) {
            buf_printf(text, " %s", json_string_value(json_array_get(first, i)));
        }
        if (before > (int64_t)named) {
            buf_printf(text, " (+%" PRId64 ")", before - (int64_t)named);
        }
    }
}

static void
row_print(struct table *table, const json_t *row, bool closed, struct buf *way)
{
    const json_t *approval = json_object_get(row, "approval");
    char when[32];
    moment_text(json_number(approval, "time_us"), when);
    way_print(row, closed, way);
    buf_byte(way, '\0');
    table_text(table, json_text(row, "unit"));
    table_text(table, json_text(row, "name"));
    table_number(table, json_number(row, "received"));
    table_number(table, json_number(row, "expected"));
    table_text(table, state_word(row));
    table_text(table, json_text(approval, "principal"));
    table_text(table, when);
    table_text(table, json_text(approval, "reason"));
    table_text(table, (const char *)way->data);
}

static void
show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Mã", "Unit"), false},
        {tr("Tên đơn vị", "Name"), false},
        {tr("Đã nhận", "Received"), true},
        {tr("Phải có", "Expected"), true},
        {tr("Tình trạng", "State"), false},
        {tr("Người duyệt, mở lại", "By"), false},
        {tr("Lúc", "When"), false},
        {tr("Lý do", "Reason"), false},
        {tr("Còn vướng", "In the way"), false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    struct buf way = BUF_EMPTY;
    size_t i;
    json_t *row;
    json_t *rows = rows_by_name(json_object_get(answer, "rows"), 1); /* the unit itself first */
    (void)o;
    json_array_foreach(rows, i, row)
    {
        row_print(table, row, json_true_at(answer, "closed"), &way);
    }
    table_print(table, stdout);
    table_free(&table);
    json_decref(rows);
    buf_fini(&way);
}

int
verb_approvals(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *period = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị; có cả các đơn vị trực thuộc",
                    "the unit; its children are shown too"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ", "the period"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "period", period);
    return reading_run(&o, "approvals", &question, show);
}
