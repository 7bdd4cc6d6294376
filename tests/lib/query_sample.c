#include "tests/lib/query_sample.h"

#include "common/check.h"

#define TEXT(t)                                                                                    \
    {                                                                                              \
        (const uint8_t *)(t), sizeof(t) - 1                                                        \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TITLE(vi, en)                                                                              \
    {                                                                                              \
        TEXT(vi), TEXT(en)                                                                         \
    }

static struct theme themes[] = {{.code = TEXT("health"), .title = TITLE("Y tế", "Health")}};

#define INDICATOR(c, t, d, time, units)                                                            \
    {                                                                                              \
        .code = TEXT(c), .theme_code = TEXT("health"), .title = TITLE(c, c), .type = (t),          \
        .decimals = (d), .over_time = (time), .over_units = (units)                                \
    }

static struct indicator indicators[] = {
    INDICATOR("doses", TYPE_INTEGER, 0, OVER_SUM, OVER_SUM),
    INDICATOR("beds", TYPE_INTEGER, 0, OVER_LAST, OVER_SUM),
    INDICATOR("temp", TYPE_DECIMAL, 1, OVER_MEAN, OVER_MEAN),
    INDICATOR("peak", TYPE_INTEGER, 0, OVER_MAX, OVER_MAX),
    INDICATOR("low", TYPE_INTEGER, 0, OVER_MIN, OVER_MIN),
    INDICATOR("meetings", TYPE_INTEGER, 0, OVER_SUM, OVER_SUM),
    INDICATOR("staff", TYPE_INTEGER, 0, OVER_LAST, OVER_SUM),
    INDICATOR("visits", TYPE_INTEGER, 0, OVER_SUM, OVER_SUM),
};

static struct slice daily[] = {TEXT("doses"), TEXT("beds"), TEXT("temp"), TEXT("peak"),
                               TEXT("low")};
static struct slice weekly[] = {TEXT("meetings")};
static struct slice monthly[] = {TEXT("staff"), TEXT("visits")};
static struct slice office[] = {TEXT("office"), TEXT("system")};
static struct slice communes[] = {TEXT("commune")};
static struct slice above[] = {TEXT("district"), TEXT("city")};

static struct form forms_all[] = {
    {.code = TEXT("daily"),
     .title = TITLE("Hằng ngày", "Daily"),
     .period = GRAN_DAY,
     .levels = {communes, 1},
     .sources = {office, 2},
     .indicators = {.codes = daily, .count = COUNT(daily)},
     .required = {.codes = daily, .count = 1},
     .due = 1,
     .expires = -1},
    {.code = TEXT("weekly"),
     .title = TITLE("Hằng tuần", "Weekly"),
     .period = GRAN_WEEK,
     .levels = {communes, 1},
     .sources = {office, 1},
     .indicators = {.codes = weekly, .count = COUNT(weekly)},
     .due = -1,
     .expires = -1},
    {.code = TEXT("monthly"),
     .title = TITLE("Hằng tháng", "Monthly"),
     .period = GRAN_MONTH,
     .levels = {above, 2},
     .sources = {office, 1},
     .indicators = {.codes = monthly, .count = COUNT(monthly)},
     .due = 5,
     .expires = 60},
};

static int32_t
day_of(const char *date, int32_t open)
{
    int32_t day = open;
    CHECK(date == NULL || date_parse(slice_text(date), &day) == ERR_OK);
    return day;
}

const struct campaign *
sample_campaign(uint32_t forms)
{
    static struct campaign campaign;
    campaign = (struct campaign){
        .code = TEXT("c"),
        .title = TITLE("Phong trào", "Campaign"),
        .decision = TEXT("09/KH"),
        .from = day_of("2021-10-01", 0),
        .to = day_of("2021-12-31", 0),
        .utc_offset_minutes = 420,
        .themes = themes,
        .theme_count = COUNT(themes),
        .indicators = indicators,
        .indicator_count = COUNT(indicators),
        .forms = forms_all,
        .form_count = forms,
    };
    return &campaign;
}

static struct score scores[] = {
    {.code = TEXT("jabs"),
     .title = TITLE("Số liều", "Doses"),
     .indicator_code = TEXT("doses"),
     .method = METHOD_LINEAR,
     .points = 1000,
     .has_target = true,
     .target = 2000000,
     .per = 1000,
     .of = OF_POPULATION,
     .cap = 1200},
    {.code = TEXT("peak"),
     .title = TITLE("Cao nhất", "Peak"),
     .indicator_code = TEXT("peak"),
     .method = METHOD_RANK,
     .points = 500},
    {.code = TEXT("complete"),
     .title = TITLE("Đầy đủ", "Complete"),
     .completeness_code = TEXT("daily"),
     .method = METHOD_LINEAR,
     .points = 300,
     .missing = 10,
     .penalty_most = 100},
};

const struct campaign *
sample_scored(uint32_t forms)
{
    static struct indicator directed[COUNT(indicators)];
    static struct campaign scored;
    scored = *sample_campaign(forms);
    memcpy(directed, indicators, sizeof directed);
    directed[0].direction = DIRECTION_UP;
    directed[3].direction = DIRECTION_DOWN;
    scored.indicators = directed;
    scored.scores = scores;
    scored.score_count = COUNT(scores);
    return &scored;
}

struct unit_row
sample_unit(const char *code, const char *parent, const char *level, const char *from,
            const char *to)
{
    return (struct unit_row){
        .code = slice_text(code),
        .parent = slice_text(parent),
        .level = slice_text(level),
        .name = slice_text(code),
        .from = day_of(from, DAY_MIN),
        .to = day_of(to, DAY_MAX),
    };
}
