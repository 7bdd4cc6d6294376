/* Every reason for which a report, a withdrawal or what cannot be read is refused: exactly its code,
 * its subject and its detail; and the rest of the block goes through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"

#include "proto/pack.h"

#include <stdio.h>

/* The campaign's days: 2021-08-31 to 2022-12-31; `daily` is due 1 day after, expires 30 after. */
static const struct {
    const char *today, *form, *unit, *period, *source;
    unsigned revision;
    const char *values, *verdict;
} REPORTS[] = {
    /* who and what */
    {"2021-11-05", "daily", "w1", "20211105", "", 0, "doses=1",
     "rejected missing-field revision |"},
    {"2021-11-05", "hourly", "w1", "20211105", "", 1, "doses=1", "rejected form-unknown hourly |"},
    {"2021-11-05", "daily", "w9", "20211105", "", 1, "doses=1", "rejected unit-unknown w9 |"},
    {"2022-01-02", "daily", "w3", "20220101", "", 1, "doses=1",
     "rejected unit-not-then w3 |20220101"},
    {"2021-11-05", "daily", "d1", "20211105", "", 1, "doses=1",
     "rejected form-not-asked d1 |daily"},
    {"2021-11-05", "daily", "w1", "20211105", "police", 1, "doses=1",
     "rejected source-unknown police |"},
    /* when */
    {"2021-11-05", "daily", "w1", "20211305", "", 1, "doses=1",
     "rejected period-invalid 20211305 |"},
    {"2021-11-05", "daily", "w1", "202111", "", 1, "doses=1", "rejected period-type 202111 |day"},
    {"2021-11-05", "daily", "w1", "20210830", "", 1, "doses=1",
     "rejected period-outside 20210830 |2021-08-31..2022-12-31"},
    {"2023-01-02", "daily", "w1", "20230101", "", 1, "doses=1",
     "rejected period-outside 20230101 |2021-08-31..2022-12-31"},
    {"2021-11-05", "daily", "w1", "20211106", "", 1, "doses=1",
     "rejected period-future 20211106 |"},
    {"2021-12-06", "daily", "w1", "20211105", "", 1, "doses=1",
     "rejected period-expired 20211105 |2021-12-05"},
    /* values */
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "cases=1",
     "rejected indicator-unknown cases |"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "extra=1",
     "rejected indicator-unknown extra |"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=1 doses=1",
     "rejected duplicate-key doses |"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=nil doses=1",
     "rejected duplicate-key doses |"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=many",
     "rejected value-type doses |many"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=true",
     "rejected value-type doses |true"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "open=2", "rejected value-type open |2"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "open=yes", "rejected value-type open |yes"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=1.5",
     "rejected value-fraction doses |1.5"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "temp=36.55",
     "rejected value-fraction temp |36.55"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=9223372036854775808",
     "rejected value-overflow doses |9223372036854775808"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "temp=922337203685477581",
     "rejected value-overflow temp |922337203685477581"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=-1", "rejected value-too-low doses |0"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "rate=100.01",
     "rejected value-too-high rate |100"},
    /* rules */
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 first=3 second=5",
     "rejected rule-broken parts |first + second = doses (8 ≠ 7)"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 first=3",
     "rejected rule-broken pair |first, second (1/2)"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 here=3 there=-1",
     "rejected rule-broken either |here, there (2 > 1)"},
    /* the first that is wrong is told, in the order of the design */
    {"2021-11-05", "hourly", "w9", "never", "police", 1, "cases=1",
     "rejected form-unknown hourly |"},
    {"2021-11-05", "daily", "w9", "never", "police", 1, "cases=1", "rejected unit-unknown w9 |"},
    {"2021-11-05", "daily", "w1", "never", "police", 1, "cases=1",
     "rejected source-unknown police |"},
    {"2021-11-05", "daily", "w1", "never", "", 1, "cases=1", "rejected period-invalid never |"},
    /* and what is right, at the bounds of all of these */
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=0", "accepted"},
    {"2021-11-05", "daily", "w1", "2021-11-05", "", 1, "doses=0", "accepted"},
    {"2021-12-05", "daily", "w1", "20211105", "health", 1, "doses=0", "accepted late"},
    {"2021-08-31", "daily", "w1", "20210831", "", 1, "doses=0", "accepted"},
    {"2021-12-31", "daily", "w3", "20211231", "", 1, "doses=0", "accepted"},
    {"2021-08-31", "weekly", "w1", "2021W35", "", 1, "doses=0", "accepted"},
    {"2022-01-02", "yearly", "w3", "2021", "", 1, "doses=0", "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=0 rate=100 temp=36.50 open=true",
     "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=0 rate=0.00 temp=36 open=0",
     "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 first=3 second=4", "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 here=3 there=0", "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 here=3", "accepted"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "doses=7 low=37 temp=36.9",
     "accepted warned rule-broken spread |low ≤ temp (37 > 36.9)"},
    {"2021-11-05", "daily", "w1", "20211105", "", 1, "first=3 second=4", "accepted incomplete"},
    {"2021-11-07", "daily", "w1", "20211105", "", 1, "low=37 temp=36.9",
     "accepted late+incomplete+warned rule-broken spread |low ≤ temp (37 > 36.9)"},
    {"2021-11-06", "daily", "w1", "20211105", "", 1, "doses=7", "accepted"},
};

static void
test_reports(void **test)
{
    (void)test;
    for (size_t i = 0; i < sizeof(REPORTS) / sizeof(REPORTS[0]); i++) {
        struct rig rig;
        rig_open_ready(&rig, 1);
        /* between two others: they go through whatever becomes of it */
        rig_report(&rig, "daily", "w2", "20210831", NULL, 1, "doses=1");
        rig_report(&rig, REPORTS[i].form, REPORTS[i].unit, REPORTS[i].period, REPORTS[i].source,
                   REPORTS[i].revision, REPORTS[i].values);
        rig_report(&rig, "yearly", "w2", "2021", NULL, 1, "doses=2");
        uint64_t block = rig_commit(&rig, REPORTS[i].today);
        assert_string_equal(rig_verdict(&rig, block, 1), REPORTS[i].verdict);
        assert_string_equal(rig_tally(&rig, "yearly", "w2", "2021"), "1/1/1/0/0 doses=2*1");
        bool rejected = strncmp(REPORTS[i].verdict, "rejected", 8) == 0;
        bool first_too = strcmp(rig_verdict(&rig, block, 0), "accepted") != 0;
        assert_int_equal(apply_position(rig.applies[0])->rejected, rejected + first_too);
        assert_int_equal(rig_rows(&rig, TABLE_REJECTED), rejected + first_too);
        assert_int_equal(rig_rows(&rig, TABLE_REPORT), 3 - rejected - first_too);
        rig_close(&rig);
    }
}

static void
test_withdrawals_are_checked_alike(void **test)
{
    (void)test;
    static const struct {
        const char *today, *form, *unit, *period, *source;
        unsigned revision;
        const char *verdict;
    } cases[] = {
        {"2021-11-05", "daily", "w1", "20211105", "", 0, "rejected missing-field revision |"},
        {"2021-11-05", "hourly", "w1", "20211105", "", 1, "rejected form-unknown hourly |"},
        {"2021-11-05", "daily", "w9", "20211105", "", 1, "rejected unit-unknown w9 |"},
        {"2021-11-05", "daily", "w1", "20211105", "police", 1, "rejected source-unknown police |"},
        {"2021-12-06", "daily", "w1", "20211105", "", 1,
         "rejected period-expired 20211105 |2021-12-05"},
        {"2021-11-05", "daily", "w1", "20211105", "health", 1, "accepted"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;
        rig_open_ready(&rig, 1);
        uint32_t index = rig_withdraw(&rig, cases[i].form, cases[i].unit, cases[i].period,
                                      cases[i].source, cases[i].revision);
        const char *verdict = rig_verdict(&rig, rig_commit(&rig, cases[i].today), index);
        /* a required field of zero is told when it is read, with the record's name */
        assert_memory_equal(verdict, cases[i].verdict, strlen(cases[i].verdict));
        rig_close(&rig);
    }
}

static void
test_envelope_and_principal(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    rig.envelope = "w2";
    assert_string_equal(rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=1"),
                        "rejected unit-mismatch w1 |w2");
    rig.envelope = "";
    assert_string_equal(rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=1"),
                        "rejected unit-mismatch w1 |");
    rig.principal = "stranger";
    assert_string_equal(rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=1"),
                        "rejected not-allowed w1 |stranger");
    rig_merge(&rig, "daily", "w1", "20211105", 5, "doses=1");
    rig_units(&rig, 7, NULL, 0);
    rig_campaign(&rig, 8, rig_campaign_new(&rig));
    rig_quarantine(&rig, 9, (struct receipt){1, 0});
    uint64_t block = rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_verdict(&rig, block, 0), "rejected not-allowed w1 |stranger");
    for (uint32_t i = 1; i < 4; i++) {
        assert_string_equal(rig_verdict(&rig, block, i), "rejected not-allowed  |stranger");
    }
    assert_int_equal(rig_rows(&rig, TABLE_ULID), 2);
    /* longer than any name may be, and than a key can hold */
    char name[2000];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    rig.principal = name;
    rig_merge(&rig, "daily", "w1", "20211105", 5, "doses=1");
    block = rig_commit(&rig, "2021-11-05");
    assert_memory_equal(rig_verdict(&rig, block, 0), "rejected not-allowed w1 |nnn", 28);
    rig_close(&rig);
}

static void
test_campaign_named_or_the_only_one(void **test)
{
    (void)test;
    struct rig rig;
    rig_open(&rig, 1);
    const struct unit_row rows[] = {rig_unit("w1//commune")};
    rig_units(&rig, 1, rows, 1);
    rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=1"),
                        "rejected campaign-unknown  |");
    struct campaign *campaign = rig_campaign_new(&rig);
    rig_campaign(&rig, 2, campaign);
    campaign->code = slice_text("flood");
    rig_campaign(&rig, 3, campaign);
    rig_commit(&rig, "2021-11-05");
    const char *verdict =
        rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=1");
    assert_memory_equal(verdict, "rejected campaign-ambiguous", 27);
    rig_close(&rig);
}

static void
body_begin(struct buf *body, uint64_t type, uint32_t pairs)
{
    buf_clear(body);
    pack_map(body, pairs);
    pack_uint(body, 0);
    pack_uint(body, type);
}

/* Bytes that are no record: shard 0 tells it, the others do not, and the rest goes through. */
static void
test_what_cannot_be_read(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 3);
    struct buf body = BUF_EMPTY;
    rig_add(&rig, "w1", slice_text(""));
    rig_add(&rig, "w1", slice_text("hello"));
    rig_add(&rig, "w2", slice_of("\xdf\xff\xff\xff\xff", 5));
    body_begin(&body, 77, 1);
    rig_add(&rig, "w2", buf_slice_of(&body));
    body_begin(&body, UINT64_MAX, 1);
    rig_add(&rig, "", buf_slice_of(&body));
    body_begin(&body, 0, 1);
    rig_add(&rig, "", buf_slice_of(&body));
    rig_add(&rig, "not a code", slice_text("hello"));
    body_begin(&body, RECORD_report, 1);
    uint32_t report = rig_add(&rig, "w1", buf_slice_of(&body));
    body_begin(&body, RECORD_units, 2);
    pack_uint(&body, 1);
    pack_uint(&body, 99);
    uint32_t units = rig_add(&rig, "", buf_slice_of(&body));
    uint32_t good = rig_report(&rig, "daily", "w1", "20211105", NULL, 1, "doses=1");
    uint64_t block = rig_commit(&rig, "2021-11-05");
    for (uint32_t i = 0; i < 3; i++) {
        assert_memory_equal(rig_verdict(&rig, block, i), "rejected malformed", 18);
    }
    assert_string_equal(rig_verdict(&rig, block, 3), "rejected type-unknown record |77");
    assert_memory_equal(rig_verdict(&rig, block, 4), "rejected type-unknown", 21);
    assert_string_equal(rig_verdict(&rig, block, 5), "rejected type-unknown record |0");
    assert_memory_equal(rig_verdict(&rig, block, 6), "rejected malformed", 18);
    assert_memory_equal(rig_verdict(&rig, block, report), "rejected missing-field", 22);
    assert_memory_equal(rig_verdict(&rig, block, units), "rejected version-unknown", 24);
    assert_string_equal(rig_verdict(&rig, block, good), "accepted");
    const struct position *first = apply_position(rig.applies[0]);
    assert_true(first->rejected >= 8);
    uint64_t rejected = 0;
    for (uint32_t i = 0; i < 3; i++) {
        rejected += apply_position(rig.applies[i])->rejected;
    }
    assert_int_equal(rejected, 9);
    buf_fini(&body);
    rig_close(&rig);
}

/* Every prefix of a good report, and every one of its bytes changed: a verdict, and no crash. */
static void
test_damaged_reports(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY, damaged = BUF_EMPTY;
    pack_map(&wire, 2);
    pack_cstr(&wire, "doses");
    pack_int(&wire, 5);
    pack_cstr(&wire, "temp");
    pack_cstr(&wire, "36.5");
    struct record_report in = {.form = slice_text("daily"),
                               .unit = slice_text("w1"),
                               .period = slice_text("20211105"),
                               .revision = 1,
                               .values = buf_slice_of(&wire)};
    record_encode_report(&in, &body);
    for (size_t len = 0; len < body.len; len++) {
        rig_add(&rig, "w1", slice_of(body.data, len));
        for (unsigned bit = 1; bit < 256; bit *= 2) {
            buf_clear(&damaged);
            buf_slice(&damaged, buf_slice_of(&body));
            damaged.data[len] ^= (uint8_t)bit;
            rig_add(&rig, "w1", buf_slice_of(&damaged));
        }
    }
    uint32_t count = rig.builder.count;
    rig_commit(&rig, "2021-11-05");
    const struct position *p = apply_position(rig.applies[0]);
    assert_int_equal(p->accepted + p->corrected + p->unchanged + p->superseded + p->rejected,
                     count + 2);
    assert_true(p->rejected > body.len);
    buf_fini(&wire);
    buf_fini(&body);
    buf_fini(&damaged);
    rig_close(&rig);
}

static void
test_values_of_the_wrong_shape(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    struct record_report in = {.form = slice_text("daily"),
                               .unit = slice_text("w1"),
                               .period = slice_text("20211105"),
                               .revision = 1};
    pack_array(&wire, 0);
    in.values = buf_slice_of(&wire);
    record_encode_report(&in, &body);
    rig_add(&rig, "w1", buf_slice_of(&body));
    buf_clear(&wire);
    buf_clear(&body);
    pack_map(&wire, REPORT_VALUES_MAX + 1);
    for (unsigned i = 0; i <= REPORT_VALUES_MAX; i++) {
        char code[16];
        snprintf(code, sizeof(code), "i%u", i);
        pack_cstr(&wire, code);
        pack_int(&wire, 1);
    }
    in.values = buf_slice_of(&wire);
    record_encode_report(&in, &body);
    rig_add(&rig, "w1", buf_slice_of(&body));
    buf_clear(&body);
    in.merge = true;
    in.id = slice_text("short");
    record_encode_report(&in, &body);
    rig_add(&rig, "w1", buf_slice_of(&body));
    uint64_t block = rig_commit(&rig, "2021-11-05");
    assert_memory_equal(rig_verdict(&rig, block, 0), "rejected wrong-type", 19);
    assert_memory_equal(rig_verdict(&rig, block, 1), "rejected too-many-values", 24);
    assert_string_equal(rig_verdict(&rig, block, 2), "rejected missing-field id |5 bytes");
    buf_fini(&wire);
    buf_fini(&body);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_withdrawals_are_checked_alike),
        cmocka_unit_test(test_envelope_and_principal),
        cmocka_unit_test(test_campaign_named_or_the_only_one),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_damaged_reports),
        cmocka_unit_test(test_values_of_the_wrong_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
