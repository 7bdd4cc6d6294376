/* thidua rejected: the records that were rejected, oldest first, each with its reason, and those that
 * are quarantined, which have none. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/terms.h"
#include "clients/verbs.h"
#include "clients/words.h"

static void
show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Biên nhận", "Receipt"), false},
        {tr("Đơn vị", "Unit"), false},
        {tr("Mã lỗi", "Code"), false},
        {tr("Lý do", "Reason"), false},
    };
    struct table *table = table_new(columns, 4);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "rejected"), i, row)
    {
        char sentence[512];
        const char *code = json_text(row, "code");
        verdict_sentence(row, sentence, sizeof sentence);
        table_text(table, json_text(row, "receipt"));
        table_text(table, json_text(row, "unit"));
        table_text(table, code[0] != '\0' ? code : term(json_text(row, "verdict")));
        table_text(table, sentence);
    }
    table_print(table, stdout);
    table_free(&table);
}

int
verb_rejected(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, false, "chỉ của đơn vị này", "of this unit only"),
    };
    struct question question = {0};
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    question_text(&question, "unit", unit);
    return reading_run(&o, "rejected", &question, show);
}
