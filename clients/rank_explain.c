/* The parts come from the answer; nothing is computed here, so that what is shown is what was
 * counted. */
#include "clients/rank_explain.h"

#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/words.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define NUMBER_TEXT 96

void
points_text(int64_t hundredths, char text[32])
{
    uint64_t size = hundredths < 0 ? -(uint64_t)hundredths : (uint64_t)hundredths;
    snprintf(text, 32, "%s%" PRIu64 ".%02" PRIu64, hundredths < 0 ? "-" : "", size / 100,
             size % 100);
}

const char *
number_text(const char *exact, char *text, unsigned size)
{
    if (isatty(STDOUT_FILENO)) {
        number_group(exact, text, size);
    } else {
        snprintf(text, size, "%s", exact);
    }
    return text;
}

/* A member that is exact text or an integer, as a person reads it. */
static const char *
member(const json_t *line, const char *key, char text[NUMBER_TEXT])
{
    char exact[NUMBER_TEXT];
    value_text(json_object_get(line, key), exact, sizeof exact);
    return number_text(exact, text, NUMBER_TEXT);
}

/* A member in hundredths, as a person reads it. */
static const char *
points(const json_t *line, const char *key, char text[NUMBER_TEXT])
{
    char exact[32];
    points_text(json_number(line, key), exact);
    return number_text(exact, text, NUMBER_TEXT);
}

static bool
is(const json_t *line, const char *key, const char *word)
{
    return strcmp(json_text(line, key), word) == 0;
}

static bool
of_reports(const json_t *line)
{
    return !is(line, "measure", "indicator");
}

/* ---- the value and the target ---- */

static void
say_value(const json_t *line)
{
    char value[NUMBER_TEXT], counted[NUMBER_TEXT], expected[NUMBER_TEXT];
    (void)member(line, "value", value);
    (void)member(line, "counted", counted);
    (void)member(line, "expected", expected);
    if (is(line, "measure", "completeness")) {
        printf(tr("   đã nhận %s trên %s báo cáo = %s %%\n", "   %s of %s reports came = %s %%\n"),
               counted, expected, value);
    } else if (of_reports(line)) {
        printf(tr("   %s trên %s báo cáo đúng hạn = %s %%\n",
                  "   %s of %s reports came in time = %s %%\n"),
               counted, expected, value);
    } else {
        printf(tr("   giá trị: %s\n", "   value: %s\n"), value);
    }
}

/* The target as it stands in a quotient: a number, or per population. */
static void
target_term(const json_t *line, char *text, unsigned size)
{
    char value[NUMBER_TEXT], population[NUMBER_TEXT], per[NUMBER_TEXT];
    (void)member(line, "target_value", value);
    if (json_number(line, "per") == 0) {
        snprintf(text, size, "%s", value);
    } else {
        snprintf(text, size, "(%s × %s ÷ %s)", value, member(line, "population", population),
                 member(line, "per", per));
    }
}

static void
say_target(const json_t *line)
{
    char target[NUMBER_TEXT], value[NUMBER_TEXT], population[NUMBER_TEXT], per[NUMBER_TEXT];
    (void)member(line, "target", target);
    if (json_number(line, "per") == 0) {
        printf(tr("   mục tiêu: %s%s\n", "   target: %s%s\n"), target,
               of_reports(line) ? " %" : "");
        return;
    }
    printf(tr("   mục tiêu: %s trên %s dân × dân số %s = %s\n",
              "   target: %s per %s people × a population of %s = %s\n"),
           member(line, "target_value", value), member(line, "per", per),
           member(line, "population", population), target);
}

/* ---- what the method gives ---- */

static void
say_linear(const json_t *line)
{
    char most[NUMBER_TEXT], value[NUMBER_TEXT], earned[NUMBER_TEXT], cap[NUMBER_TEXT];
    char term[4 * NUMBER_TEXT], share[3 * NUMBER_TEXT], of[NUMBER_TEXT];
    bool down = is(line, "direction", "down"), reached = json_true_at(line, "reached");
    bool capped = json_true_at(line, "capped");
    (void)points(line, "points_most", most);
    (void)points(line, "earned", earned);
    snprintf(share, sizeof share, "%s", member(line, "value", value));
    if (of_reports(line)) { /* the quotient that is rounded is the exact one */
        snprintf(share, sizeof share, "(%s ÷ %s × 100)", member(line, "counted", value),
                 member(line, "expected", of));
    }
    target_term(line, term, sizeof term);
    if (down && reached) {
        printf(tr("   không quá mục tiêu: %s điểm\n", "   no more than the target: %s points\n"),
               earned);
    } else if (down) {
        printf("   %s × %s ÷ %s = %s\n", most, term, share, earned);
    } else if (capped) {
        (void)points(line, json_number(line, "cap") > 0 ? "cap" : "points_most", cap);
        printf(tr("   %s × %s ÷ %s, không quá %s: %s\n", "   %s × %s ÷ %s, no more than %s: %s\n"),
               most, share, term, cap, earned);
    } else if (is(line, "target", "0")) {
        printf(tr("   mục tiêu 0: %s điểm\n", "   a target of 0: %s points\n"), earned);
    } else {
        printf("   %s × %s ÷ %s = %s\n", most, share, term, earned);
    }
}

static void
say_rank(const json_t *line)
{
    char most[NUMBER_TEXT], earned[NUMBER_TEXT];
    int64_t place = json_number(line, "place"), places = json_number(line, "places");
    printf(tr("   thứ %" PRId64 " trong %" PRId64 " đơn vị có số liệu: %s × (%" PRId64 " − %" PRId64
              " + 1) ÷ %" PRId64 " = %s\n",
              "   place %" PRId64 " of the %" PRId64 " units that have a value: %s × (%" PRId64
              " − %" PRId64 " + 1) ÷ %" PRId64 " = %s\n"),
           place, places, points(line, "points_most", most), places, place, places,
           points(line, "earned", earned));
}

static void
say_earned(const json_t *line)
{
    char earned[NUMBER_TEXT];
    if (is(line, "state", "no-value")) {
        printf(of_reports(line) ? tr("   không có báo cáo nào phải nộp: 0 điểm\n",
                                     "   no report was expected: 0 points\n")
                                : tr("   không có số liệu: 0 điểm\n", "   no value: 0 points\n"));
        return;
    }
    say_value(line);
    if (is(line, "method", "rank")) {
        say_rank(line);
        return;
    }
    if (is(line, "state", "no-population")) {
        printf(tr("   không rõ dân số nên không có mục tiêu: 0 điểm\n",
                  "   the population is not known, so there is no target: 0 points\n"));
        return;
    }
    say_target(line);
    if (is(line, "method", "linear")) {
        say_linear(line);
        return;
    }
    printf(json_true_at(line, "reached")
               ? tr("   đạt mục tiêu: %s điểm\n", "   the target is reached: %s points\n")
               : tr("   chưa đạt mục tiêu: %s điểm\n", "   the target is not reached: %s points\n"),
           points(line, "earned", earned));
}

/* ---- bonus and penalty ---- */

static void
say_bonus(const json_t *line)
{
    char bonus[NUMBER_TEXT];
    if (json_number(line, "bonus") == 0) {
        return;
    }
    printf(is(line, "direction", "down")
               ? tr("   thưởng: không quá %" PRId64 " %% mục tiêu: + %s\n",
                    "   bonus: at %" PRId64 " %% of the target or below: + %s\n")
               : tr("   thưởng: từ %" PRId64 " %% mục tiêu trở lên: + %s\n",
                    "   bonus: at %" PRId64 " %% of the target or above: + %s\n"),
           json_number(line, "bonus_at"), points(line, "bonus", bonus));
}

/* "late 2 × 0.25", behind "+" where it is the second; nothing where there are none. */
static bool
say_penalty_part(const json_t *line, const char *count_key, const char *each_key, const char *word,
                 bool second)
{
    char count[NUMBER_TEXT], each[NUMBER_TEXT];
    if (json_number(line, count_key) == 0 || json_number(line, each_key) == 0) {
        return second;
    }
    printf("%s %s %s × %s", second ? " +" : "", word, member(line, count_key, count),
           points(line, each_key, each));
    return true;
}

static void
say_penalty(const json_t *line)
{
    char full[NUMBER_TEXT], most[NUMBER_TEXT], taken[NUMBER_TEXT];
    if (json_number(line, "penalty_full") == 0) {
        return;
    }
    printf("%s", tr("   trừ: báo cáo", "   penalty: reports"));
    bool first = say_penalty_part(line, "late", "late_points", tr("muộn", "late"), false);
    (void)say_penalty_part(line, "missing", "missing_points", tr("thiếu", "missing"), first);
    printf(" = %s", points(line, "penalty_full", full));
    if (json_number(line, "penalty") == json_number(line, "penalty_full")) {
        printf(": − %s\n", full);
    } else if (json_number(line, "penalty_most") > 0) {
        printf(tr(", tối đa %s: − %s\n", ", at most %s: − %s\n"),
               points(line, "penalty_most", most), points(line, "penalty", taken));
    } else {
        printf(tr(", không quá số điểm có được: − %s\n", ", no more than was earned: − %s\n"),
               points(line, "penalty", taken));
    }
}

static void
say_line(const json_t *line, size_t number)
{
    char most[NUMBER_TEXT], given[NUMBER_TEXT];
    printf(tr("\n%zu. %s [%s]: %s điểm (điểm chuẩn %s)\n", "\n%zu. %s [%s]: %s points (of %s)\n"),
           number, title_of(line), json_text(line, "line"), points(line, "points", given),
           points(line, "points_most", most));
    say_earned(line);
    say_bonus(line);
    say_penalty(line);
}

void
rank_explain(const json_t *answer)
{
    const json_t *row = json_array_get(json_object_get(answer, "rows"), 0);
    char label[256], total[NUMBER_TEXT];
    size_t i;
    json_t *line;
    unit_label(row, "name", "unit", label, sizeof label);
    printf(tr("%s, khối %s, kỳ %s: %s điểm, hạng %" PRId64 " trên %" PRId64 "\n",
              "%s, bloc %s, %s: %s points, rank %" PRId64 " of %" PRId64 "\n"),
           label, json_text(answer, "bloc"), json_text(answer, "period"),
           points(row, "total", total), json_number(row, "rank"), json_number(answer, "units"));
    json_array_foreach(json_object_get(answer, "explain"), i, line)
    {
        say_line(line, i + 1);
    }
}
