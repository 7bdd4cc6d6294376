/* thidua rank: the units of a bloc by points; one unit's points explained; the blocs. */
#include "clients/answers.h"
#include "clients/rank_explain.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <sysexits.h>

/* More lines than this do not fit a screen: their columns are left to --explain and --json. */
#define LINES_SHOWN_MAX 10
/* rank, code, name, total */
#define COLUMNS_FIXED 4

static void
points_cell(struct table *table, const json_t *hundredths)
{
    char text[32] = "";
    if (json_is_integer(hundredths)) {
        points_text(json_integer_value(hundredths), text);
    }
    table_decimal(table, text);
}

static struct table *
rank_table(size_t lines)
{
    static const char *const NUMBERS[LINES_SHOWN_MAX] = {"(1)", "(2)", "(3)", "(4)", "(5)",
                                                         "(6)", "(7)", "(8)", "(9)", "(10)"};
    struct table_column columns[COLUMNS_FIXED + LINES_SHOWN_MAX] = {
        {tr("Hạng", "Rank"), true},
        {tr("Mã", "Unit"), false},
        {tr("Tên đơn vị", "Name"), false},
    };
    for (size_t i = 0; i < lines; i++) {
        columns[3 + i] = (struct table_column){NUMBERS[i], true};
    }
    columns[3 + lines] = (struct table_column){tr("Tổng điểm", "Total"), true};
    return table_new(columns, (unsigned)(COLUMNS_FIXED + lines));
}

static void
show_legend(const json_t *answer)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(answer, "lines"), i, line)
    {
        char exact[32], most[96];
        points_text(json_number(line, "points_most"), exact);
        printf(tr("  (%zu) %s: %s điểm\n", "  (%zu) %s: %s points\n"), i + 1, title_of(line),
               number_text(exact, most, sizeof most));
    }
}

static void
show_rank(const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "rows");
    size_t lines = json_array_size(json_object_get(answer, "lines")), i, j;
    size_t shown = lines <= LINES_SHOWN_MAX ? lines : 0;
    struct table *table = rank_table(shown);
    json_t *row;
    bool without = false;
    printf(tr("Khối %s, kỳ %s: %" PRId64 " đơn vị\n\n", "Bloc %s, %s: %" PRId64 " units\n\n"),
           json_text(answer, "bloc"), json_text(answer, "period"), json_number(answer, "units"));
    json_array_foreach(rows, i, row)
    {
        table_number(table, json_number(row, "rank"));
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "name"));
        for (j = 0; j < shown; j++) {
            points_cell(table, json_array_get(json_object_get(row, "points"), j));
        }
        points_cell(table, json_object_get(row, "total"));
        without = without || json_number(row, "without_value") > 0;
    }
    table_print(table, stdout);
    table_free(&table);
    putchar('\n');
    show_legend(answer);
    if (without) {
        puts(tr("  Mục không có số liệu được 0 điểm; xem --explain.",
                "  A line without a value gives 0 points; see --explain."));
    }
}

static void
show_blocs(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Khối", "Bloc"), false},
        {tr("Số đơn vị", "Units"), true},
        {tr("Cấp", "Levels"), false},
    };
    struct table *table = table_new(columns, 3);
    size_t i;
    json_t *bloc;
    (void)o;
    json_array_foreach(json_object_get(answer, "blocs"), i, bloc)
    {
        char levels[256];
        flags_text(json_object_get(bloc, "levels"), levels, sizeof levels);
        table_text(table, json_text(bloc, "bloc"));
        table_number(table, json_number(bloc, "units"));
        table_text(table, levels);
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
show(const json_t *answer, const struct options *o)
{
    (void)o;
    if (json_object_get(answer, "explain") != NULL) {
        rank_explain(answer);
    } else {
        show_rank(answer);
    }
}

/* What must be given together: the same words for every way to get it wrong. */
static int
usage_check(const char *bloc, const char *unit, const char *period, bool blocs)
{
    if (blocs && (bloc != NULL || unit != NULL)) {
        return say_code(EX_USAGE, tr("--blocs không đi cùng --bloc hay --explain.",
                                     "--blocs goes with neither --bloc nor --explain."));
    }
    if (!blocs && period == NULL) {
        return say_code(EX_USAGE, tr("thiếu --%s.", "--%s is missing."), "period");
    }
    if (!blocs && bloc == NULL && unit == NULL) {
        return say_code(EX_USAGE, tr("cần --bloc, --explain hoặc --blocs.",
                                     "one of --bloc, --explain and --blocs is needed."));
    }
    return OPTIONS_GO;
}

int
verb_rank(int argc, char **argv)
{
    struct options o;
    const char *bloc = NULL, *unit = NULL, *period = NULL;
    bool blocs = false;
    const struct option_spec own[] = {
        TEXT_OPTION("bloc", "CODE", &bloc, false, "khối, cụm thi đua", "the bloc"),
        TEXT_OPTION("period", "PERIOD", &period, false,
                    "kỳ: 20211105, 2021W45, 202111, 2021Q4, 2021",
                    "20211105, 2021W45, 202111, 2021Q4, 2021"),
        TEXT_OPTION("explain", "UNIT", &unit, false, "cách tính điểm của một đơn vị, từng mục",
                    "how one unit's points were made, line by line"),
        SWITCH_OPTION("blocs", &blocs, "danh sách các khối", "list the blocs"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code == OPTIONS_GO) {
        code = usage_check(bloc, unit, period, blocs);
    }
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "period", period);
    if (blocs) {
        return reading_run(&o, "blocs", &question, show_blocs);
    }
    question_text(&question, "campaign", o.campaign);
    question_text(&question, "bloc", bloc);
    question_text(&question, "unit", unit);
    return reading_run(&o, "rank", &question, show);
}
