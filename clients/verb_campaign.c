/* thidua campaign check|publish FILE: a campaign's themes, indicators, forms, rules, scores and awards;
 * show: what is in force, above all its awards, with who decides and how they are voted on. */
#include "clients/answers.h"
#include "clients/files.h"
#include "clients/publish.h"
#include "clients/reading.h"
#include "clients/review.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

static int
campaign_read(const char *path, struct arena *arena, void *held, json_t *mistakes,
              char summary[160])
{
    struct campaign *campaign = held;
    int code = campaign_file_read(path, arena, campaign, mistakes);
    snprintf(summary, 160,
             tr("%u chủ đề, %u chỉ tiêu, %u biểu mẫu, %u quy tắc, %u mục điểm, %u loại khen "
                "thưởng; không có lỗi.",
                "%u themes, %u indicators, %u forms, %u rules, %u scores, %u awards; no mistakes."),
             campaign->theme_count, campaign->indicator_count, campaign->form_count,
             campaign->rule_count, campaign->score_count, campaign->award_count);
    return code;
}

static int
campaign_write(const void *held, struct buf *out)
{
    return campaign_record_encode(held, out);
}

/* ---- show ---- */

static void
themes_show(const json_t *themes)
{
    struct table_column columns[] = {
        {tr("Chủ đề", "Theme"), false},
        {tr("Tên", "Title"), false},
    };
    struct table *table = table_new(columns, 2);
    size_t i;
    json_t *row;
    json_array_foreach(themes, i, row)
    {
        table_text(table, json_text(row, "code"));
        table_text(table, title_of(row));
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
subjects_text(const json_t *subjects, char *text, size_t size)
{
    size_t i, len = 0;
    json_t *word;
    text[0] = '\0';
    json_array_foreach(subjects, i, word)
    {
        const char *subject = json_string_value(word);
        int wrote = snprintf(text + len, size - len, "%s%s", i == 0 ? "" : ", ",
                             review_word(subject == NULL ? "" : subject));
        len += wrote > 0 && (size_t)wrote < size - len ? (size_t)wrote : 0;
    }
}

/* "90 % of all members, secret, in writing too" */
static void
vote_text(const json_t *vote, char *text, size_t size)
{
    char quorum[80] = "";
    if (!json_is_object(vote)) {
        snprintf(text, size, "%s", tr("không bỏ phiếu", "no vote"));
        return;
    }
    if (json_number(vote, "quorum") > 0) {
        snprintf(quorum, sizeof quorum, tr(", có mặt từ %" PRId64 " %%", ", quorum %" PRId64 " %%"),
                 json_number(vote, "quorum"));
    }
    snprintf(text, size, tr("%" PRId64 " %% %s%s%s%s", "%" PRId64 " %% of %s%s%s%s"),
             json_number(vote, "percent"),
             strcmp(json_text(vote, "of"), "present") == 0
                 ? tr("số dự họp", "those present")
                 : tr("tổng số thành viên", "all members"),
             quorum, json_true_at(vote, "secret") ? tr(", phiếu kín", ", secret") : "",
             json_true_at(vote, "written") ? tr(", cả bằng văn bản", ", in writing too") : "");
}

static void
awards_show(const json_t *awards)
{
    struct table_column columns[] = {
        {tr("Mã", "Award"), false},
        {tr("Hình thức", "Title"), false},
        {tr("Cấp quyết định", "Decided by"), false},
        {tr("Cho ai", "For"), false},
        {tr("Biểu quyết", "Vote"), false},
        {tr("Chỉ tiêu", "Quota"), true},
        {tr("Thủ tục đơn giản", "Simplified"), false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    size_t i;
    json_t *row;
    json_array_foreach(awards, i, row)
    {
        char subjects[100], vote[200], quota[24];
        subjects_text(json_object_get(row, "subjects"), subjects, sizeof subjects);
        vote_text(json_object_get(row, "vote"), vote, sizeof vote);
        value_text(json_object_get(row, "quota"), quota, sizeof quota);
        table_text(table, json_text(row, "code"));
        table_text(table, title_of(row));
        table_text(table, review_word(json_text(row, "level")));
        table_text(table, subjects);
        table_text(table, vote);
        table_decimal(table, quota);
        table_text(table, json_true_at(row, "simplified") ? tr("có", "yes") : "");
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
stages_show(const json_t *stages)
{
    struct table_column columns[] = {
        {tr("Trạng thái", "State"), false},
        {tr("Số ngày", "Days"), true},
    };
    struct table *table = table_new(columns, 2);
    const char *state;
    json_t *days;
    json_object_foreach((json_t *)stages, state, days)
    {
        if (json_is_integer(days)) {
            table_text(table, review_word(state));
            table_number(table, json_integer_value(days));
        }
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
campaign_show(const json_t *answer, const struct options *o)
{
    (void)o;
    printf("%s: %s\n%s%s%s – %s (%s)\n", json_text(answer, "campaign"), title_of(answer),
           json_text(answer, "decision"), json_text(answer, "decision")[0] == '\0' ? "" : ", ",
           json_text(answer, "from"), json_text(answer, "to"), json_text(answer, "utc_offset"));
    printf(tr("%zu chỉ tiêu, %zu biểu mẫu\n\n", "%zu indicators, %zu forms\n\n"),
           json_array_size(json_object_get(answer, "indicators")),
           json_array_size(json_object_get(answer, "forms")));
    themes_show(json_object_get(answer, "themes"));
    if (json_array_size(json_object_get(answer, "awards")) > 0) {
        putchar('\n');
        awards_show(json_object_get(answer, "awards"));
        putchar('\n');
        stages_show(json_object_get(answer, "stages"));
    }
}

static int
show_run(const struct options *o)
{
    struct question question = {0};
    question_text(&question, "campaign", o->arg_count > 1 ? o->args[1] : o->campaign);
    return reading_run(o, "campaign", &question, campaign_show);
}

int
verb_campaign(int argc, char **argv)
{
    struct options o;
    struct campaign campaign = {0};
    struct publication publication = {campaign_read, campaign_write, &campaign};
    int code = options_parse(&o, NULL, 0, argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    return strcmp(o.args[0], "show") == 0 ? show_run(&o) : publish_run(&publication, &o);
}
