/* thidua highlights: units that stand out in their bloc, with the rule that found them; of one bloc, or of
 * all, bloc after bloc. */
#include "clients/answers.h"
#include "clients/rank_explain.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/terms.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <string.h>

/* What the rule saw, in words. */
static void
evidence_text(const json_t *found, char *text, unsigned size)
{
    const char *rule = json_text(found, "rule");
    char value[96], target[96];
    if (strcmp(rule, "target-exceeded") == 0) {
        snprintf(text, size, tr("%s: %s, mục tiêu %s", "%s: %s, target %s"), title_of(found),
                 number_text(json_text(found, "value"), value, sizeof value),
                 number_text(json_text(found, "target"), target, sizeof target));
    } else if (strcmp(rule, "complete-series") == 0) {
        snprintf(text, size, tr("%" PRId64 " kỳ liền", "%" PRId64 " periods in a row"),
                 json_number(found, "periods"));
    } else {
        snprintf(text, size,
                 tr("hạng %" PRId64 ", kỳ trước hạng %" PRId64,
                    "rank %" PRId64 ", the period before %" PRId64),
                 json_number(found, "rank"), json_number(found, "rank_before"));
    }
}

static void
show(const json_t *answer)
{
    struct table_column columns[] = {
        {tr("Khối", "Bloc"), false},       {tr("Mã", "Unit"), false},
        {tr("Tên đơn vị", "Name"), false}, {tr("Vì", "Found by"), false},
        {tr("Cụ thể", "What"), false},
    };
    struct table *table = table_new(columns, 5);
    size_t i;
    json_t *found;
    json_array_foreach(json_object_get(answer, "highlights"), i, found)
    {
        char text[512];
        evidence_text(found, text, sizeof text);
        table_text(table, json_text(found, "bloc"));
        table_text(table, json_text(found, "unit"));
        table_text(table, json_text(found, "name"));
        table_text(table, term(json_text(found, "rule")));
        table_text(table, text);
    }
    table_print(table, stdout);
    table_free(&table);
    puts(tr("Đây là gợi ý để xem xét, không phải quyết định khen thưởng.",
            "These are candidates to look at; nothing is decided."));
}

struct search {
    const struct options *options;
    const char *period;
    struct contact contact;
    json_t *highlights;
};

/* Those of one bloc, each with its bloc. */
static int
bloc_read(struct search *s, const char *bloc)
{
    struct question question = {0};
    json_t *answer = NULL, *found;
    size_t i;
    question_text(&question, "campaign", s->options->campaign);
    question_text(&question, "bloc", bloc);
    question_text(&question, "period", s->period);
    int code = reading_pages(&s->contact, "highlights", &question, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    json_array_foreach(json_object_get(answer, "highlights"), i, found)
    {
        json_object_set_new(found, "bloc", json_string(bloc));
        json_array_append(s->highlights, found);
    }
    json_decref(answer);
    return 0;
}

static int
blocs_read(struct search *s)
{
    struct question question = {0};
    json_t *answer = NULL, *bloc;
    size_t i;
    question_text(&question, "period", s->period);
    int code = reading_pages(&s->contact, "blocs", &question, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    json_array_foreach(json_object_get(answer, "blocs"), i, bloc)
    {
        code = code == 0 ? bloc_read(s, json_text(bloc, "bloc")) : code;
    }
    json_decref(answer);
    return code;
}

int
verb_highlights(int argc, char **argv)
{
    struct options o;
    const char *bloc = NULL, *period = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("period", "PERIOD", &period, true,
                    "kỳ: 20211105, 2021W45, 202111, 2021Q4, 2021",
                    "20211105, 2021W45, 202111, 2021Q4, 2021"),
        TEXT_OPTION("bloc", "CODE", &bloc, false, "chỉ khối này", "this bloc only"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    struct search s = {.options = &o, .period = period};
    code = contact_open(&s.contact, &o);
    if (code != 0) {
        return code;
    }
    s.highlights = json_array();
    code = bloc != NULL ? bloc_read(&s, bloc) : blocs_read(&s);
    contact_close(&s.contact);
    json_t *answer = json_pack("{s:s, s:o}", "period", period, "highlights", s.highlights);
    if (code == 0 && o.json) {
        return json_show(answer);
    }
    if (code == 0) {
        show(answer);
    }
    json_decref(answer);
    return code;
}
