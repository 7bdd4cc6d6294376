/* thidua sessions: who is connected to the broker at this moment, the longest silent first. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

static void
show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Chủ thể", "Principal"), false}, {tr("Loại", "Role"), false},
        {tr("Tên", "Name"), false},          {tr("Mạng", "Network"), false},
        {tr("Từ lúc", "Since"), false},      {tr("Bản ghi", "Records"), true},
        {tr("Byte", "Bytes"), true},         {tr("Im lặng (ms)", "Silent (ms)"), true},
    };
    struct table *table = table_new(columns, 8);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "sessions"), i, row)
    {
        char since[32];
        moment_text(json_number(row, "since_us"), since);
        table_text(table, json_text(row, "principal"));
        table_text(table, json_text(row, "role"));
        table_text(table, json_text(row, "name"));
        table_text(table, json_true_at(row, "network") ? tr("có", "yes") : "");
        table_text(table, since);
        table_number(table, json_number(row, "records"));
        table_number(table, json_number(row, "bytes"));
        table_number(table, json_number(row, "silent_ms"));
    }
    table_print(table, stdout);
    table_free(&table);
}

int
verb_sessions(int argc, char **argv)
{
    struct options o;
    struct question question = {0};
    int code = options_parse(&o, NULL, 0, argc, argv);
    return code != OPTIONS_GO ? code : reading_run(&o, "broker.sessions", &question, show);
}
