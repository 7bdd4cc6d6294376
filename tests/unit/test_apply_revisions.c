/* One report's life: revisions in any order, withdrawals, merges, things sent twice. Each case says
 * what is told, what is kept, and what the tally then is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"

#define D "20211105"

static const char *
report(struct rig *rig, uint64_t revision, const char *values)
{
    return rig_tell(rig, "2021-11-05", "daily", "w1", D, NULL, revision, values);
}

static const char *
withdraw(struct rig *rig, uint64_t revision)
{
    uint32_t index = rig_withdraw(rig, "daily", "w1", D, NULL, revision);
    return rig_verdict(rig, rig_commit(rig, "2021-11-05"), index);
}

static const char *
merge(struct rig *rig, uint8_t ulid, const char *values)
{
    uint32_t index = rig_merge(rig, "daily", "w1", D, ulid, values);
    return rig_verdict(rig, rig_commit(rig, "2021-11-05"), index);
}

static void
assert_stands(struct rig *rig, const char *stored, const char *tally)
{
    assert_string_equal(rig_stored(rig, "daily", "w1", D, "office"), stored);
    assert_string_equal(rig_tally(rig, "daily", "w1", D), tally);
    assert_string_equal(rig_tally(rig, "daily", "w1", "2021"), tally);
}

/* What is there when a report of revision 5 with doses=7 comes, and what becomes of both. */
static void
test_report_against_what_is_there(void **test)
{
    (void)test;
    static const struct {
        const char *before; /* "r4" a report, "w4" a withdrawal of revision 4; "" nothing */
        const char *values;
        const char *verdict, *stored, *tally;
        unsigned history;
    } cases[] = {
        {"", "", "accepted", "revision 5: doses=7", "1/1/1/0/0 doses=7*1", 0},
        {"r4", "doses=3", "corrected", "revision 5: doses=7", "1/1/1/0/0 doses=7*1", 1},
        {"r4", "doses=7", "unchanged", "revision 5: doses=7", "1/1/1/0/0 doses=7*1", 0},
        {"r5", "doses=7", "unchanged", "revision 5: doses=7", "1/1/1/0/0 doses=7*1", 0},
        {"r5", "doses=3", "rejected revision-conflict daily |5", "revision 5: doses=3",
         "1/1/1/0/0 doses=3*1", 0},
        {"r6", "doses=3", "superseded", "revision 6: doses=3", "1/1/1/0/0 doses=3*1", 0},
        {"r6", "doses=7", "superseded", "revision 6: doses=7", "1/1/1/0/0 doses=7*1", 0},
        {"w4", "", "accepted", "revision 5: doses=7", "1/1/1/0/0 doses=7*1", 1},
        {"w5", "", "rejected revision-conflict daily |5", "revision 5: withdrawn", "", 0},
        {"w6", "", "superseded", "revision 6: withdrawn", "", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;
        rig_open_ready(&rig, 1);
        const char *before = cases[i].before;
        if (before[0] == 'r') {
            report(&rig, (uint64_t)(before[1] - '0'), cases[i].values);
        } else if (before[0] == 'w') {
            withdraw(&rig, (uint64_t)(before[1] - '0'));
        }
        assert_string_equal(report(&rig, 5, "doses=7"), cases[i].verdict);
        assert_stands(&rig, cases[i].stored, cases[i].tally);
        assert_int_equal(rig_rows(&rig, TABLE_HISTORY), cases[i].history);
        rig_close(&rig);
    }
}

static void
test_withdrawal_against_what_is_there(void **test)
{
    (void)test;
    static const struct {
        const char *before;
        const char *verdict, *stored, *tally;
        unsigned history;
    } cases[] = {
        {"", "accepted", "revision 5: withdrawn", "", 0},
        {"r4", "accepted", "revision 5: withdrawn", "", 1},
        {"r5", "rejected revision-conflict daily |5", "revision 5: doses=3", "1/1/1/0/0 doses=3*1",
         0},
        {"r6", "superseded", "revision 6: doses=3", "1/1/1/0/0 doses=3*1", 0},
        {"w4", "accepted", "revision 5: withdrawn", "", 1},
        {"w5", "unchanged", "revision 5: withdrawn", "", 0},
        {"w6", "superseded", "revision 6: withdrawn", "", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;
        rig_open_ready(&rig, 1);
        const char *before = cases[i].before;
        if (before[0] == 'r') {
            report(&rig, (uint64_t)(before[1] - '0'), "doses=3");
        } else if (before[0] == 'w') {
            withdraw(&rig, (uint64_t)(before[1] - '0'));
        }
        assert_string_equal(withdraw(&rig, 5), cases[i].verdict);
        assert_stands(&rig, cases[i].stored, cases[i].tally);
        assert_int_equal(rig_rows(&rig, TABLE_HISTORY), cases[i].history);
        rig_close(&rig);
    }
}

/* Six records in all 720 orders: the highest revision stands, whatever came when. */
static void
test_any_order_ends_the_same(void **test)
{
    (void)test;
    unsigned tried = 0;
    for (unsigned code = 0; code < 6 * 6 * 6 * 6 * 6 * 6; code++) {
        unsigned order[6], seen = 0, rest = code;
        for (int i = 0; i < 6; i++, rest /= 6) {
            order[i] = rest % 6;
            seen |= 1u << order[i];
        }
        if (seen != 63) {
            continue;
        }
        tried++;
        struct rig rig;
        rig_open_ready(&rig, 1);
        for (int i = 0; i < 6; i++) {
            uint64_t revision = order[i] + 1;
            if (revision == 3 || revision == 5) {
                rig_withdraw(&rig, "daily", "w1", D, NULL, revision);
            } else {
                rig_report(&rig, "daily", "w1", D, NULL, revision,
                           revision == 6 ? "doses=66" : "doses=1");
            }
        }
        rig_commit(&rig, "2021-11-05");
        assert_stands(&rig, "revision 6: doses=66", "1/1/1/0/0 doses=66*1");
        rig_close(&rig);
    }
    assert_int_equal(tried, 720);
}

static void
test_sent_again_changes_nothing(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    assert_string_equal(report(&rig, 5, "doses=7 beds=2"), "accepted");
    uint64_t rows = rig_rows(&rig, TABLE_REPORT) + rig_rows(&rig, TABLE_TALLY);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(report(&rig, 5, "beds=2 doses=7"), "unchanged");
    }
    assert_int_equal(rig_rows(&rig, TABLE_REPORT) + rig_rows(&rig, TABLE_TALLY), rows);
    assert_int_equal(rig_rows(&rig, TABLE_HISTORY), 0);
    /* So long after that the period takes nothing any more: refused, and without effect. */
    assert_string_equal(rig_tell(&rig, "2022-11-05", "daily", "w1", D, NULL, 5, "doses=7 beds=2"),
                        "rejected period-expired " D " |2021-12-05");
    assert_stands(&rig, "revision 5: doses=7 beds=2", "1/1/1/0/0 doses=7*1 beds=2*1");
    const struct position *position = apply_position(rig.applies[0]);
    assert_int_equal(position->accepted, 3); /* units, campaign, the report */
    assert_int_equal(position->unchanged, 3);
    assert_int_equal(position->rejected, 1);
    rig_close(&rig);
}

/* A rejected record uses up nothing: its revision can still be taken. */
static void
test_rejected_uses_up_nothing(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    assert_string_equal(report(&rig, 5, "doses=-1"), "rejected value-too-low doses |0");
    assert_stands(&rig, "", "");
    assert_string_equal(report(&rig, 5, "doses=1"), "accepted");
    assert_string_equal(merge(&rig, 9, "doses=-1"), "rejected value-too-low doses |0");
    assert_string_equal(merge(&rig, 9, "doses=2"), "corrected");
    assert_int_equal(rig_rows(&rig, TABLE_REJECTED), 2);
    rig_close(&rig);
}

static void
test_merge(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    /* onto nothing: 2021-11-05T05:00Z in milliseconds is its revision */
    assert_string_equal(merge(&rig, 1, "doses=7 beds=2"), "accepted");
    assert_stands(&rig, "revision 1636088400000: doses=7 beds=2", "1/1/1/0/0 doses=7*1 beds=2*1");
    /* the same ULID, in the same block's time and later: once */
    assert_string_equal(merge(&rig, 1, "doses=8"), "unchanged");
    /* names one cell, takes one away, in the same millisecond */
    assert_string_equal(merge(&rig, 2, "peak=4 beds=nil"), "corrected");
    assert_stands(&rig, "revision 1636088400001: doses=7 peak=4", "1/1/1/0/0 doses=7*1 peak=4*1");
    /* the same cells: only the revision moves */
    assert_string_equal(merge(&rig, 3, "peak=4"), "unchanged");
    assert_stands(&rig, "revision 1636088400002: doses=7 peak=4", "1/1/1/0/0 doses=7*1 peak=4*1");
    assert_int_equal(rig_rows(&rig, TABLE_HISTORY), 1);
    /* rules hold of what the merge makes, not of what it names */
    assert_string_equal(merge(&rig, 4, "first=3 second=5"),
                        "rejected rule-broken parts |first + second = doses (8 ≠ 7)");
    assert_string_equal(merge(&rig, 5, "first=3 second=4"), "corrected");
    assert_string_equal(merge(&rig, 6, "second=nil"),
                        "rejected rule-broken pair |first, second (1/2)");
    /* a required cell taken away */
    assert_string_equal(merge(&rig, 7, "doses=nil"), "corrected incomplete");
    rig_close(&rig);
}

/* What `only` leaves aside, and what is told of it. */
static void
test_merge_only(void **test)
{
    (void)test;
    enum { ALL, NEW, THERE };
    static const struct {
        const char *before;
        unsigned only;
        const char *values, *verdict, *stored;
    } cases[] = {
        {NULL, NEW, "doses=1", "accepted", "doses=1"},
        {"doses=1", NEW, "doses=2", "unchanged values-left daily |1", "doses=1"},
        {"doses=1", NEW, "doses=2 beds=3", "corrected values-left daily |1", "doses=1 beds=3"},
        {"doses=1", NEW, "beds=3", "corrected", "doses=1 beds=3"},
        {"doses=1 beds=3", NEW, "doses=9 beds=9", "unchanged values-left daily |2",
         "doses=1 beds=3"},
        {NULL, THERE, "doses=2", "unchanged values-left daily |1", NULL},
        {"doses=1", THERE, "doses=2 beds=3", "corrected values-left daily |1", "doses=2"},
        {"doses=1", THERE, "doses=2", "corrected", "doses=2"},
        {"doses=1", THERE, "doses=1", "unchanged", "doses=1"},
        {"doses=1 beds=3", THERE, "doses=nil beds=4", "corrected incomplete", "beds=4"},
        {"doses=1", ALL, "doses=2 beds=3", "corrected", "doses=2 beds=3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open_ready(&rig, 1);
        if (cases[i].before != NULL) {
            merge(&rig, 1, cases[i].before);
        }
        uint32_t index = rig_merge_only(&rig, "daily", "w1", D, 2, cases[i].only, cases[i].values);
        assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-11-05"), index),
                            cases[i].verdict);
        const char *stored = rig_stored(&rig, "daily", "w1", D, "office");
        if (cases[i].stored == NULL) {
            assert_string_equal(stored, "");
        } else {
            assert_string_equal(strstr(stored, ": ") + 2, cases[i].stored);
        }
        /* Whatever it left, it counts once. */
        index = rig_merge_only(&rig, "daily", "w1", D, 2, cases[i].only, cases[i].values);
        assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-11-05"), index), "unchanged");
        rig_close(&rig);
    }
}

static void
test_merge_after_tombstone(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    report(&rig, 5, "doses=7 beds=2");
    withdraw(&rig, 6);
    assert_stands(&rig, "revision 6: withdrawn", "");
    /* nothing of the report that was taken back comes to life again */
    assert_string_equal(merge(&rig, 1, "peak=4"), "accepted incomplete");
    assert_stands(&rig, "revision 1636088400000: peak=4", "1/1/0/0/0 peak=4*1");
    assert_int_equal(rig_rows(&rig, TABLE_HISTORY), 2);
    rig_close(&rig);
}

/* The revision that a sender may choose is bounded; a merge must still come after it. */
static void
test_merge_after_the_last_revision(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    report(&rig, INT64_MAX, "doses=7");
    assert_string_equal(merge(&rig, 1, "doses=8"), "corrected");
    assert_stands(&rig, "revision 9223372036854775808: doses=8", "1/1/1/0/0 doses=8*1");
    rig_close(&rig);
}

static void
test_empty_report(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    assert_string_equal(report(&rig, 5, ""), "accepted incomplete");
    assert_stands(&rig, "revision 5:", "1/1/0/0/0");
    assert_string_equal(report(&rig, 6, "doses=nil"), "unchanged");
    assert_string_equal(withdraw(&rig, 7), "accepted");
    assert_stands(&rig, "revision 7: withdrawn", "");
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_against_what_is_there),
        cmocka_unit_test(test_withdrawal_against_what_is_there),
        cmocka_unit_test(test_any_order_ends_the_same),
        cmocka_unit_test(test_sent_again_changes_nothing),
        cmocka_unit_test(test_rejected_uses_up_nothing),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_merge_only),
        cmocka_unit_test(test_merge_after_tombstone),
        cmocka_unit_test(test_merge_after_the_last_revision),
        cmocka_unit_test(test_empty_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
