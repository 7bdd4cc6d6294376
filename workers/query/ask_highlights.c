/* `highlights`: units of a bloc whose tallies stand out in a period, each with the rule that found it. Candidates
 * for whoever looks for good examples; nothing is decided here. The rules, all of them by the score sheet:
 *
 *   target-exceeded  a value at EXCEEDED_UP percent of its target or more (down: EXCEEDED_DOWN or less)
 *   rank-gained      at least a quarter of the bloc's places, and two, gained since the period before
 *   recovered        last in the period before, now in the better half
 *   complete-series  the longest row of periods, this one the last, in which every report that was expected
 *                    came in time: told of all who share it, from SERIES_LEAST on
 */
#include "proto/campaign_keys.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/sheet.h"

#define EXCEEDED_UP 120
#define EXCEEDED_DOWN 80
#define SERIES_LEAST 3
#define SERIES_MOST 12 /* periods looked at: each is a sheet of its own */

struct highlights {
    struct ask *ask;
    struct slice bloc;
    struct sheet sheet;  /* of the period asked for */
    struct sheet before; /* of the one before; no rows where nobody was in the bloc */
    uint32_t *series;    /* by row of `sheet` */
    uint32_t count;      /* found so far, in the query's page */
};

/* What was found of a unit: `line` is empty where it is not of one line. */
static struct buf *
found(struct highlights *h, uint32_t row, const char *rule, const struct score *line, uint32_t more)
{
    struct query *q = h->ask->query;
    uint32_t unit = h->sheet.family.members[row];
    const struct registry_version *v = registry_in(&q->registry, unit, h->sheet.family.period);
    h->count++;
    pack_map(&q->page, 5 + more);
    pack_key_text(&q->page, "rule", slice_text(rule));
    answer_unit(&q->page, &q->registry, unit, v);
    pack_key_text(&q->page, "line", line == NULL ? slice_text("") : line->code);
    return &q->page;
}

/* ---- target-exceeded ---- */

static void
exceeded_find(struct highlights *h, uint32_t row, uint32_t line)
{
    const struct sheet_line *of = &h->sheet.lines[line];
    const struct sheet_cell *cell = sheet_cell(&h->sheet, row, line);
    bool down = of->indicator != NULL && of->indicator->direction == DIRECTION_DOWN;
    uint32_t at = down ? EXCEEDED_DOWN : EXCEEDED_UP;
    char value[DECIMAL_TEXT], target_text[DECIMAL_TEXT];
    wide target;
    if (!cell->asked || !cell->counted || of->indicator == NULL ||
        !score_target(of->score, &cell->facts, &target) ||
        !score_reaches(of->score, of->indicator, &cell->facts, at)) {
        return;
    }
    size_t len = decimal_format(cell->facts.value, of->indicator->decimals, value);
    size_t target_len = decimal_format(target, CAMPAIGN_TARGET_DECIMALS, target_text);
    struct buf *b = found(h, row, "target-exceeded", of->score, 5);
    answer_titles(b, &of->score->title);
    pack_key_text(b, "value", slice_of(value, len));
    pack_key_text(b, "target", slice_of(target_text, target_len));
    pack_key_uint(b, "at", at);
}

/* ---- rank-gained, recovered ---- */

static uint32_t
worst_rank(const struct sheet *s)
{
    return s->ranks[s->order[s->family.count - 1]];
}

static void
ranks_find(struct highlights *h, uint32_t row)
{
    const struct sheet *s = &h->sheet, *before = &h->before;
    uint32_t was_row =
        before->family.count == 0 ? ROW_OUTSIDE : before->family.rows[s->family.members[row]];
    if (was_row >= before->family.count ||
        before->family.members[was_row] != s->family.members[row]) {
        return; /* it was not in the bloc then */
    }
    uint32_t units = s->family.count, rank = s->ranks[row], was = before->ranks[was_row];
    uint32_t least = units / 4 > 2 ? units / 4 : 2;
    bool last = was == worst_rank(before) && worst_rank(before) > 1;
    if (was >= rank + least) {
        struct buf *b = found(h, row, "rank-gained", NULL, 2);
        pack_key_uint(b, "rank", rank);
        pack_key_uint(b, "rank_before", was);
    }
    if (last && 2 * rank <= units) {
        struct buf *b = found(h, row, "recovered", NULL, 2);
        pack_key_uint(b, "rank", rank);
        pack_key_uint(b, "rank_before", was);
    }
}

/* ---- complete-series ---- */

/* Whether every report that any line's form expected of the unit came in time; something was. */
static bool
all_in_time(const struct sheet *s, uint32_t row)
{
    uint64_t expected = 0, wanting = 0;
    for (uint32_t line = 0; line < s->line_count; line++) {
        const struct sheet_cell *cell = sheet_cell(s, row, line);
        if (cell->asked) {
            expected += cell->facts.expected;
            wanting += cell->facts.late + cell->facts.missing;
        }
    }
    return expected > 0 && wanting == 0;
}

/* One more period for each unit that was complete in all those after it. `back`: how many periods
 * before the one asked for. */
static bool
series_grow(struct highlights *h, const struct sheet *s, uint32_t back)
{
    bool grew = false;
    for (uint32_t row = 0; row < s->family.count; row++) {
        uint32_t now = h->sheet.family.rows[s->family.members[row]];
        if (now < h->sheet.family.count && h->sheet.family.members[now] == s->family.members[row] &&
            h->series[now] == back && all_in_time(s, row)) {
            h->series[now]++;
            grew = true;
        }
    }
    return grew;
}

static void
series_find(struct highlights *h)
{
    uint32_t longest = SERIES_LEAST;
    for (uint32_t row = 0; row < h->sheet.family.count; row++) {
        longest = h->series[row] > longest ? h->series[row] : longest;
    }
    for (uint32_t row = 0; row < h->sheet.family.count; row++) {
        if (h->series[row] == longest) {
            pack_key_uint(found(h, row, "complete-series", NULL, 1), "periods", longest);
        }
    }
}

static bool
sheet_of(struct highlights *h, struct period period, struct sheet *s)
{
    return sheet_make(s, h->ask->query, h->sheet.campaign, h->bloc, period, h->ask->why);
}

/* The periods before, the newest first, for as long as somebody's series goes on. */
static bool
look_back(struct highlights *h)
{
    struct period period = h->sheet.family.period;
    bool grew = series_grow(h, &h->sheet, 0);
    for (uint32_t back = 1; back < SERIES_MOST && period.ordinal > 0; back++) {
        struct sheet earlier = {0};
        period.ordinal--;
        if (!sheet_of(h, period, &earlier)) {
            return false;
        }
        if (back == 1) {
            h->before = earlier;
        }
        grew = grew && series_grow(h, &earlier, back);
        if (!grew) {
            break;
        }
    }
    return true;
}

static bool
find_all(struct highlights *h)
{
    h->series = ARENA_ARRAY(h->ask->query->arena, uint32_t, (size_t)h->sheet.family.count + 1);
    if (!look_back(h)) {
        return false;
    }
    for (uint32_t i = 0; i < h->sheet.family.count; i++) {
        uint32_t row = h->sheet.order[i];
        for (uint32_t line = 0; line < h->sheet.line_count; line++) {
            exceeded_find(h, row, line);
        }
        ranks_find(h, row);
    }
    series_find(h);
    return true;
}

/* The sheets of all periods are held at once. */
static bool
size_check(const struct highlights *h)
{
    uint64_t cells = (uint64_t)h->sheet.family.count * h->sheet.line_count * SERIES_MOST;
    return cells <= SHEET_CELLS_MAX ||
           complain(h->ask->why, CODE_TOO_LARGE, slice_text("rows"), "%llu > %u",
                    (unsigned long long)cells, SHEET_CELLS_MAX);
}

bool
ask_highlights(struct ask *ask)
{
    struct highlights h = {.ask = ask};
    struct slice campaign_code = {0}, period_text = {0};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign_code},
        {"bloc", ARG_TEXT, true, &h.bloc},
        {"period", ARG_TEXT, true, &period_text},
    };
    const struct registry_campaign *campaign;
    struct period period;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign_code, &campaign) ||
        !find_period(ask, "period", period_text, &period) ||
        !sheet_make(&h.sheet, ask->query, campaign, h.bloc, period, ask->why) ||
        !sheet_check(&h.sheet, ask->why) || !size_check(&h) || !find_all(&h)) {
        return false;
    }
    pack_map(ask->body, 4);
    pack_key_text(ask->body, "campaign", campaign->campaign.code);
    pack_key_text(ask->body, "bloc", h.bloc);
    answer_key_period(ask->body, "period", period);
    answer_key_list(ask->body, "highlights", &ask->query->page, h.count);
    return true;
}
