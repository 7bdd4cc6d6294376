/* thidua units check|publish FILE: the registry of units; find TEXT: units by name or code, marks and
 * capitals aside. */
#include "clients/answers.h"
#include "clients/files.h"
#include "clients/publish.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

static int
units_read(const char *path, struct arena *arena, void *held, json_t *mistakes, char summary[160])
{
    struct units *units = held;
    int code = units_file_read(path, arena, units, mistakes);
    uint32_t tops = 0;
    for (uint32_t i = 0; code == 0 && i < units->count; i++) {
        tops += units->rows[i].parent.len == 0;
    }
    snprintf(summary, 160,
             tr("%u dòng, %u dòng không có cấp trên; không có lỗi.",
                "%u rows, %u of them without a parent; no mistakes."),
             units->count, tops);
    return code;
}

static int
units_write(const void *held, struct buf *out)
{
    return units_record_encode(held, out);
}

static void
found_show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Mã", "Unit"), false},   {tr("Tên đơn vị", "Name"), false}, {tr("Cấp", "Level"), false},
        {tr("Khối", "Bloc"), false}, {tr("Cấp trên", "Above"), false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    const json_t *units = json_object_get(answer, "units");
    int64_t found = json_number(answer, "found");
    size_t i;
    json_t *row;
    json_array_foreach(units, i, row)
    {
        char above[300];
        unit_label(row, "parent_name", "parent", above, sizeof above);
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "name"));
        table_text(table, json_text(row, "level"));
        table_text(table, json_text(row, "bloc"));
        table_text(table, above);
    }
    table_print(table, stdout);
    table_free(&table);
    if (found > (int64_t)json_array_size(units) && !o->quiet) {
        say(tr("%" PRId64 " đơn vị có chữ này; hãy gõ thêm.",
               "%" PRId64 " units have this text; type more of it."),
            found);
    }
}

static int
find_run(const struct options *o, const char *on)
{
    struct question question = {0};
    if (o->arg_count != 2) {
        return say_code(EX_USAGE,
                        tr("cách dùng: thidua units find CHỮ.", "usage: thidua units find TEXT."));
    }
    question_text(&question, "text", o->args[1]);
    question_text(&question, "on", on);
    return reading_run(o, "units.find", &question, found_show);
}

int
verb_units(int argc, char **argv)
{
    struct options o;
    struct units units = {0};
    struct publication publication = {units_read, units_write, &units};
    const char *on = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("on", "DAY", &on, false, "find: vào ngày (năm-tháng-ngày)",
                    "find: on a day (year-month-day)"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    return strcmp(o.args[0], "find") == 0 ? find_run(&o, on) : publish_run(&publication, &o);
}
