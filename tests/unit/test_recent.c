/* What a report is held against, from memory, beside what a scan of all that is stored would find: over
 * a seeded journal with gaps, corrections, late first reports, withdrawals and more periods than are
 * remembered. The scan here is over the test's own notes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/check.h"
#include "tests/lib/apply_rig.h"
#include "workers/tally/limits.h"
#include "workers/tally/outlier.h"

#include <stdio.h>
#include <stdlib.h>

#define UNITS 2
#define WEEKS 150
#define STEPS 6000
#define A_BLOCK 12
#define SLOTS 3

static const char *const CODES[SLOTS] = {"doses", "beds", "peak"};

struct note {
    bool there, withdrawn;
    bool has[SLOTS];
    int64_t value[SLOTS];
};

struct journal {
    struct rig rig;
    struct note notes[UNITS][WEEKS];
    struct period first;
    uint64_t random, revision;
    bool expected[A_BLOCK]; /* by index in the open block: an outlier */
    bool live[A_BLOCK];     /* and there was a report before */
    uint32_t judged, outliers;
};

static uint64_t
next(struct journal *j, uint64_t below)
{
    j->random ^= j->random << 13;
    j->random ^= j->random >> 7;
    j->random ^= j->random << 17;
    return j->random % below;
}

static bool
far_from_usual(const struct note *notes, uint32_t week, uint32_t slot, int64_t value)
{
    int64_t series[OUTLIER_SERIES];
    uint32_t count = 0, looked = 0;
    while (week-- > 0 && looked < OUTLIER_SCAN(1) && count < OUTLIER_SERIES) {
        looked += notes[week].there;
        if (notes[week].there && !notes[week].withdrawn && notes[week].has[slot]) {
            series[count++] = notes[week].value[slot];
        }
    }
    return outlier_is(value, series, count);
}

static void
report_add(struct journal *j, uint32_t unit, uint32_t week, uint32_t index)
{
    char text[100] = "", name[3] = {'w', (char)('1' + unit), '\0'}, period[PERIOD_TEXT];
    struct note *note = &j->notes[unit][week];
    j->live[index] = note->there && !note->withdrawn;
    *note = (struct note){.there = true};
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        note->has[slot] = next(j, 100) < (slot == 0 ? 95 : slot == 1 ? 40 : 17);
        if (!note->has[slot]) {
            continue;
        }
        note->value[slot] = (int64_t)(100 + next(j, 20));
        if (next(j, slot == 2 ? 4 : 20) == 0) {
            note->value[slot] += (int64_t)next(j, slot == 2 ? 1000 : 90);
        }
        size_t len = strlen(text);
        snprintf(text + len, sizeof(text) - len, "%s%s=%lld", len > 0 ? " " : "", CODES[slot],
                 (long long)note->value[slot]);
        if (far_from_usual(j->notes[unit], week, slot, note->value[slot])) {
            j->expected[index] = true;
        }
    }
    period_format((struct period){j->first.gran, j->first.ordinal + week}, period);
    rig_report(&j->rig, "weekly", name, period, "office", ++j->revision, text);
}

static void
step(struct journal *j, uint32_t n, uint32_t index)
{
    char name[3] = "w1", period[PERIOD_TEXT];
    uint32_t unit = (uint32_t)next(j, UNITS), newest = n * WEEKS / STEPS;
    uint32_t back = next(j, 3) == 0 ? (uint32_t)next(j, newest + 1) : (uint32_t)next(j, 2);
    uint32_t week = back > newest ? 0 : newest - back;
    j->expected[index] = false;
    if (next(j, 6) > 0 || !j->notes[unit][week].there) {
        report_add(j, unit, week, index);
        return;
    }
    name[1] = (char)('1' + unit);
    j->live[index] = false; /* a withdrawal is accepted */
    j->notes[unit][week] = (struct note){.there = true, .withdrawn = true};
    period_format((struct period){j->first.gran, j->first.ordinal + week}, period);
    rig_withdraw(&j->rig, "weekly", name, period, "office", ++j->revision);
}

static void
block_check(struct journal *j)
{
    uint64_t block = rig_commit(&j->rig, "2022-12-31");
    for (uint32_t i = 0; i < A_BLOCK; i++) {
        const char *verdict = rig_verdict(&j->rig, block, i);
        assert_null(strstr(verdict, "rejected"));
        bool corrected = strncmp(verdict, "corrected", 9) == 0;
        if (corrected || strncmp(verdict, "accepted", 8) == 0) {
            assert_int_equal(corrected, j->live[i]);
            assert_int_equal(strstr(verdict, "outlier") != NULL, j->expected[i]);
            j->judged++;
            j->outliers += j->expected[i];
        }
    }
}

static void
test_as_a_scan_would(void **unused)
{
    (void)unused;
    struct journal *j = calloc(1, sizeof(*j));
    assert_non_null(j);
    j->random = 20211123;
    rig_open_ready(&j->rig, 1);
    struct campaign *campaign = rig_campaign_new(&j->rig);
    campaign->from -= 3 * 366;
    rig_campaign(&j->rig, 103, campaign);
    rig_commit(&j->rig, "2022-12-31");
    assert_int_equal(period_parse(slice_text("2020W01"), &j->first), ERR_OK);
    for (uint32_t n = 0; n < STEPS; n++) {
        step(j, n, n % A_BLOCK);
        if (n % A_BLOCK == A_BLOCK - 1) {
            block_check(j);
        }
    }
    assert_true(j->judged > STEPS / 2);
    assert_true(j->outliers > 100);
    /* In large transactions, where little is read back from what was committed. */
    struct rig again;
    rig_replay(&j->rig, &again, 1, 64);
    assert_memory_equal(apply_position(again.applies[0])->verdict_chain,
                        apply_position(j->rig.applies[0])->verdict_chain, BLOCK_CHAIN_SIZE);
    rig_close(&again);
    rig_close(&j->rig);
    free(j);
}

/* Ten values among the last 62 reports, eight of them among the last OUTLIER_SCAN: too few to judge by,
 * though the rows of all ten are in memory. */
static void
test_no_further_than_a_scan(void **unused)
{
    (void)unused;
    static struct rig rig;
    struct period first;
    char period[PERIOD_TEXT], values[40];
    rig_open_ready(&rig, 1);
    struct campaign *campaign = rig_campaign_new(&rig);
    campaign->from -= 3 * 366;
    rig_campaign(&rig, 103, campaign);
    rig_commit(&rig, "2022-12-31");
    assert_int_equal(period_parse(slice_text("2020W01"), &first), ERR_OK);
    for (uint32_t week = 0; week < 62; week++) {
        period_format((struct period){first.gran, first.ordinal + week}, period);
        snprintf(values, sizeof(values), "doses=1");
        if (week < 10) {
            snprintf(values, sizeof(values), "doses=1 beds=%u", 100 + week);
        }
        rig_report(&rig, "weekly", "w1", period, "office", 1, values);
    }
    rig_commit(&rig, "2022-12-31");
    period_format((struct period){first.gran, first.ordinal + 62}, period);
    assert_string_equal(
        rig_tell(&rig, "2022-12-31", "weekly", "w1", period, "office", 1, "doses=1 beds=9000"),
        "accepted");
    period_format((struct period){first.gran, first.ordinal + 60}, period);
    assert_string_equal(
        rig_tell(&rig, "2022-12-31", "weekly", "w1", period, "office", 2, "doses=1 beds=9000"),
        "corrected outlier");
    rig_close(&rig);
}

/* Rows of a source that the form no longer has are neither looked at nor taken for its own. */
static void
test_source_left_out(void **unused)
{
    (void)unused;
    static struct rig rig;
    rig_open_ready(&rig, 1);
    for (int day = 1; day <= 14; day++) {
        char period[16], office[16], health[20];
        snprintf(period, sizeof(period), "202109%02d", day);
        snprintf(office, sizeof(office), "beds=%d", 100 + day);
        snprintf(health, sizeof(health), "beds=%d", 9000 + day);
        rig_report(&rig, "daily", "w1", period, "office", 1, office);
        rig_report(&rig, "daily", "w1", period, "health", 1, health);
    }
    rig_commit(&rig, "2021-09-15");
    struct campaign *campaign = rig_campaign_new(&rig);
    campaign->forms[0].sources.count = 1;
    rig_campaign(&rig, 103, campaign);
    assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-09-15"), 0), "accepted");
    /* What is later than the first row touched is there nevertheless. */
    assert_string_equal(
        rig_tell(&rig, "2021-09-16", "daily", "w1", "20210912", "office", 2, "doses=1 beds=112"),
        "corrected late");
    assert_string_equal(
        rig_tell(&rig, "2021-09-16", "daily", "w1", "20210913", "office", 2, "doses=1 beds=113"),
        "corrected late");
    assert_string_equal(
        rig_tell(&rig, "2021-09-16", "daily", "w1", "20210915", "office", 1, "doses=1 beds=105"),
        "accepted");
    assert_string_equal(
        rig_tell(&rig, "2021-09-16", "daily", "w1", "20210916", "office", 1, "doses=1 beds=5000"),
        "accepted outlier");
    assert_string_equal(
        rig_tell(&rig, "2021-09-16", "daily", "w1", "20210914", "office", 2, "doses=1 beds=9014"),
        "corrected late+outlier");
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_a_scan_would),
        cmocka_unit_test(test_no_further_than_a_scan),
        cmocka_unit_test(test_source_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
