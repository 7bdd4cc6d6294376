/* The registry and the campaign as records: what ends, what enters, what may never change. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"

#include "proto/pack.h"

static const char *
units(struct rig *rig, const char *date, uint8_t ulid, const char *const *texts)
{
    struct unit_row rows[8];
    uint32_t count = 0;
    for (; texts[count] != NULL; count++) {
        rows[count] = rig_unit(texts[count]);
    }
    uint32_t index = rig_units(rig, ulid, rows, count);
    return rig_verdict(rig, rig_commit(rig, date), index);
}

static const char *
campaign(struct rig *rig, uint8_t ulid, const struct campaign *changed)
{
    uint32_t index = rig_campaign(rig, ulid, changed);
    return rig_verdict(rig, rig_commit(rig, "2021-11-05"), index);
}

/* The rig's registry has w1 and w2 for ever, w3 for the last quarter of 2021. */
static void
test_unit_that_is_no_longer_in_the_file(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    static const char *const file[] = {"city//city", "d1/city/district", "w1/d1/commune",
                                       "w4/d1/commune/2021-11-06", NULL};
    assert_string_equal(units(&rig, "2021-11-05", 1, file), "accepted");
    assert_int_equal(apply_position(rig.applies[0])->registry_revision, 3);
    /* w2 ends today, w3 too though its file said later; w4 begins tomorrow */
    assert_string_equal(rig_tell(&rig, "2021-11-06", "daily", "w2", "20211105", NULL, 1, "doses=1"),
                        "accepted");
    assert_string_equal(rig_tell(&rig, "2021-11-06", "daily", "w2", "20211106", NULL, 1, "doses=1"),
                        "rejected unit-not-then w2 |20211106");
    assert_string_equal(rig_tell(&rig, "2021-11-06", "daily", "w3", "20211106", NULL, 1, "doses=1"),
                        "rejected unit-not-then w3 |20211106");
    assert_string_equal(rig_tell(&rig, "2021-11-06", "daily", "w4", "20211105", NULL, 1, "doses=1"),
                        "rejected unit-not-then w4 |20211105");
    assert_string_equal(rig_tell(&rig, "2021-11-06", "daily", "w4", "20211106", NULL, 1, "doses=1"),
                        "accepted");
    /* a year of which it had a part is still its to report */
    assert_string_equal(rig_tell(&rig, "2021-11-06", "yearly", "w2", "2021", NULL, 1, "doses=1"),
                        "accepted");
    /* gone again before it began: what was to come is forgotten, its number is not */
    static const char *const shorter[] = {"city//city", "d1/city/district", "w1/d1/commune", NULL};
    static const char *const later[] = {"city//city", "d1/city/district", "w1/d1/commune",
                                        "w5/d1/commune/2022-01-01", NULL};
    assert_string_equal(units(&rig, "2021-11-06", 2, later), "accepted");
    assert_string_equal(units(&rig, "2021-11-07", 3, shorter), "accepted");
    assert_string_equal(rig_tell(&rig, "2022-01-02", "daily", "w5", "20220102", NULL, 1, "doses=1"),
                        "rejected unit-not-then w5 |20220102");
    assert_string_equal(units(&rig, "2022-01-02", 4, later), "accepted");
    assert_string_equal(rig_tell(&rig, "2022-01-02", "daily", "w5", "20220102", NULL, 1, "doses=1"),
                        "accepted");
    rig_close(&rig);
}

static void
test_units_sent_again(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    static const char *const none[] = {"city//city", NULL};
    assert_string_equal(units(&rig, "2021-11-05", 101, none), "unchanged");
    assert_int_equal(rig_rows(&rig, TABLE_UNIT), 5);
    assert_int_equal(apply_position(rig.applies[0])->registry_revision, 2);
    rig_close(&rig);
}

static void
test_units_that_are_wrong(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    static const char *const orphan[] = {"city//city", "w9/d9/commune", NULL};
    assert_memory_equal(units(&rig, "2021-11-05", 1, orphan), "rejected unit-orphan w9", 23);
    static const char *const twice[] = {"w1//commune", "w1//commune", NULL};
    assert_memory_equal(units(&rig, "2021-11-05", 2, twice), "rejected duplicate-code ", 24);
    assert_int_equal(rig_rows(&rig, TABLE_UNIT), 5);
    /* a rejected record uses up nothing */
    static const char *const good[] = {"city//city", NULL};
    assert_string_equal(units(&rig, "2021-11-05", 1, good), "accepted");
    rig_close(&rig);
}

/* In one transaction, and in one block: what a record changes holds for exactly those after it. */
static void
test_registry_changes_inside_a_block(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 2);
    const struct unit_row rows[] = {rig_unit("city//city"), rig_unit("new/city/commune")};
    uint32_t before = rig_report(&rig, "daily", "new", "20211105", NULL, 1, "doses=1");
    rig_units(&rig, 1, rows, 2);
    uint32_t after = rig_report(&rig, "daily", "new", "20211105", NULL, 1, "doses=1");
    uint64_t block = rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_verdict(&rig, block, before), "rejected unit-unknown new |");
    assert_string_equal(rig_verdict(&rig, block, after), "accepted");
    rig_close(&rig);
}

static void
test_campaign_may_grow(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    assert_string_equal(
        rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 1, "doses=7 beds=3"),
        "accepted");
    /* the indicators in another order: numbers stay with their codes */
    struct campaign *changed = rig_campaign_new(&rig);
    struct indicator first = changed->indicators[0];
    changed->indicators[0] = changed->indicators[3];
    changed->indicators[3] = first;
    campaign_link(changed, rig.arena);
    assert_string_equal(campaign(&rig, 1, changed), "accepted");
    assert_string_equal(
        rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 2, "doses=8 beds=3"),
        "corrected");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), "1/1/1/0/0 doses=8*1 beds=3*1");
    assert_string_equal(campaign(&rig, 1, changed), "unchanged");
    rig_close(&rig);
}

static void
test_meaning_never_changes(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    struct campaign *changed = rig_campaign_new(&rig);
    changed->indicators[0].over_time = OVER_LAST;
    assert_memory_equal(campaign(&rig, 1, changed), "rejected meaning-changed doses", 30);
    changed = rig_campaign_new(&rig);
    changed->forms[1].period = GRAN_MONTH;
    assert_string_equal(campaign(&rig, 2, changed), "rejected meaning-changed weekly |period");
    /* left out, a code cannot come back: what it meant is not known any more */
    changed = rig_campaign_new(&rig);
    changed->indicator_count--; /* extra, which no form asks */
    changed->form_count--;      /* yearly */
    assert_string_equal(campaign(&rig, 3, changed), "accepted");
    changed = rig_campaign_new(&rig);
    changed->form_count--;
    assert_memory_equal(campaign(&rig, 4, changed), "rejected meaning-changed extra", 30);
    changed = rig_campaign_new(&rig);
    changed->indicator_count--;
    assert_string_equal(campaign(&rig, 5, changed), "rejected meaning-changed yearly |period");
    assert_int_equal(rig_rows(&rig, TABLE_CAMPAIGN), 1);
    rig_close(&rig);
}

/* An indicator that the campaign has left out goes from the tallies that move, and harms no other. */
static void
test_indicator_left_out(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    rig_report(&rig, "daily", "w1", "20211104", NULL, 1, "doses=5 there=2");
    rig_report(&rig, "daily", "w1", "20211105", NULL, 1, "doses=7 there=3");
    rig_commit(&rig, "2021-11-05");
    struct campaign *changed = rig_campaign_new(&rig);
    changed->rule_count = 3; /* without `either` */
    changed->indicators[10] = changed->indicators[11];
    changed->indicator_count--;
    for (uint32_t i = 0; i + 1 < changed->forms[0].indicators.count; i++) {
        changed->forms[0].indicators.codes[i] = changed->forms[0].indicators.codes[i + 1];
    }
    changed->forms[0].indicators.count--;
    campaign_link(changed, rig.arena);
    assert_string_equal(campaign(&rig, 1, changed), "accepted");
    assert_string_equal(
        rig_tell(&rig, "2021-11-05", "daily", "w1", "20211105", NULL, 2, "doses=7 there=3"),
        "rejected indicator-unknown there |");
    uint32_t index = rig_merge(&rig, "daily", "w1", "20211105", 9, "doses=8");
    assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-11-05"), index), "corrected");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211105"), "1/1/1/0/0 doses=8*1");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), "2/2/2/0/0 doses=13*2");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211104"),
                        "1/1/1/0/0 doses=5*1 there=2*1");
    rig_close(&rig);
}

static void
test_campaign_that_is_wrong(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    struct campaign *changed = rig_campaign_new(&rig);
    changed->to = changed->from - 1;
    assert_memory_equal(campaign(&rig, 1, changed), "rejected date-order window", 26);
    /* the record's code is not its body's */
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    campaign_encode(rig_campaign_new(&rig), &wire);
    uint8_t id[16] = {2};
    struct record_campaign in = {.campaign = slice_text("other"),
                                 .id = slice_of(id, sizeof(id)),
                                 .body = buf_slice_of(&wire)};
    record_encode_campaign(&in, &body);
    uint32_t index = rig_add(&rig, "", buf_slice_of(&body));
    assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-11-05"), index),
                        "rejected choice-invalid campaign |cv");
    assert_int_equal(rig_rows(&rig, TABLE_CAMPAIGN), 1);
    /* every prefix of one, and every one of its bytes changed: a verdict, and no crash */
    for (size_t at = 0; at < wire.len; at++) {
        struct buf damaged = BUF_EMPTY;
        buf_slice(&damaged, buf_slice_of(&wire));
        damaged.data[at] ^= 0x41;
        buf_clear(&body);
        in.campaign = slice_text("cv");
        id[1] = (uint8_t)at;
        id[2] = (uint8_t)(at >> 8);
        pack_map(&body, 5);
        pack_uint(&body, 0);
        pack_uint(&body, RECORD_campaign);
        pack_uint(&body, 1);
        pack_uint(&body, RECORD_VERSION);
        pack_uint(&body, 2);
        pack_text(&body, in.campaign);
        pack_uint(&body, 9);
        pack_bytes(&body, in.id);
        pack_uint(&body, 10);
        buf_slice(&body, buf_slice_of(&damaged));
        rig_add(&rig, "", buf_slice_of(&body));
        buf_fini(&damaged);
    }
    rig_commit(&rig, "2021-11-05");
    assert_true(apply_position(rig.applies[0])->rejected > wire.len / 4);
    buf_fini(&wire);
    buf_fini(&body);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unit_that_is_no_longer_in_the_file),
        cmocka_unit_test(test_units_sent_again),
        cmocka_unit_test(test_units_that_are_wrong),
        cmocka_unit_test(test_registry_changes_inside_a_block),
        cmocka_unit_test(test_campaign_may_grow),
        cmocka_unit_test(test_meaning_never_changes),
        cmocka_unit_test(test_indicator_left_out),
        cmocka_unit_test(test_campaign_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
