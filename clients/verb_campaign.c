/* thidua campaign check|publish FILE: a campaign's themes, indicators, forms, rules, scores and
 * awards. */
#include "clients/files.h"
#include "clients/publish.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <stdio.h>

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

int
verb_campaign(int argc, char **argv)
{
    struct campaign campaign = {0};
    struct publication publication = {campaign_read, campaign_write, &campaign};
    return publish_run(&publication, argc, argv);
}
