/* The moves that review.show tells must be those that the tally worker takes: a page makes a button of each,
 * and one that is left out is a step that nobody finds. */
#include "proto/review.h"
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NOMINATION "00000000000000000000000001"

static struct award awards[] = {
    {.code = {(const uint8_t *)"plain", 5}, .subjects = FOR_COLLECTIVE, .level = AWARD_COMMUNE},
    {.code = {(const uint8_t *)"voted", 5},
     .subjects = FOR_COLLECTIVE,
     .level = AWARD_COMMUNE,
     .percent = 75,
     .base = BASE_TOTAL},
    {.code = {(const uint8_t *)"quick", 5},
     .subjects = FOR_COLLECTIVE,
     .level = AWARD_COMMUNE,
     .percent = 75,
     .base = BASE_TOTAL,
     .simplified = true},
    {.code = {(const uint8_t *)"high", 4}, .subjects = FOR_COLLECTIVE, .level = AWARD_CITY},
};

static int
set_up(void **context)
{
    static struct query_site site;
    struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("w1", "d1", "commune", NULL, NULL),
    };
    struct campaign campaign = *sample_campaign(3);
    for (size_t i = 0; i < sizeof awards / sizeof awards[0]; i++) {
        awards[i].title = (struct title){awards[i].code, awards[i].code};
    }
    campaign.awards = awards;
    campaign.award_count = sizeof awards / sizeof awards[0];
    site_open(&site, 1);
    site_campaign(&site, &campaign);
    site_units(&site, rows, sizeof rows / sizeof rows[0]);
    site_commit(&site, "2021-10-01");
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

static void
record(struct query_site *s, struct buf *body)
{
    site_record(s, "", buf_slice_of(body));
    buf_fini(body);
}

static void
act(struct query_site *s, enum review_act act, uint8_t id)
{
    static const uint8_t nomination[16] = {[15] = 1};
    const uint8_t own[16] = {[14] = 1, [15] = id};
    const struct record_review review = {
        .nomination = slice_of(nomination, 16), .act = act, .id = slice_of(own, 16)};
    struct buf body = BUF_EMPTY;
    record_encode_review(&review, &body);
    record(s, &body);
}

/* Proposed by w1 and verified there. */
static void
propose(struct query_site *s, const char *award, bool simplified)
{
    static const uint8_t nomination[16] = {[15] = 1};
    const struct record_nomination n = {
        .nomination = slice_of(nomination, 16),
        .unit = slice_text("w1"),
        .award = slice_text(award),
        .kind = SUBJECT_COLLECTIVE,
        .subject = slice_text("Team"),
        .id = slice_of(nomination, 16),
        .summary = slice_text("Did well."),
        .simplified = simplified,
    };
    struct buf body = BUF_EMPTY;
    record_encode_nomination(&n, &body);
    record(s, &body);
    act(s, REVIEW_verify, 2);
    site_commit(s, "2021-11-01");
}

static bool
tells(struct query_site *s, const char *move)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "{act:\"%s\",to:", move);
    return strstr(site_ask(s, "review.show", "nomination=" NOMINATION), wanted) != NULL;
}

static void
test_without_a_vote_it_is_approved(void **context)
{
    struct query_site *s = *context;
    propose(s, "plain", false);
    assert_true(tells(s, "approve"));
    assert_false(tells(s, "decide"));
    assert_false(tells(s, "table"));
    act(s, REVIEW_approve, 3);
    site_commit(s, "2021-11-02");
    assert_true(tells(s, "decide"));
    assert_false(tells(s, "approve"));
}

static void
test_with_one_it_is_tabled(void **context)
{
    struct query_site *s = *context;
    propose(s, "voted", true);
    assert_true(tells(s, "table"));
    assert_false(tells(s, "approve"));
}

static void
test_the_simplified_procedure_wants_both(void **context)
{
    struct query_site *s = *context;
    propose(s, "quick", false);
    assert_false(tells(s, "approve"));
}

static void
test_simplified(void **context)
{
    struct query_site *s = *context;
    propose(s, "quick", true);
    assert_true(tells(s, "approve"));
}

/* A campaign without stages gives consultation no days: there is nothing to wait for. */
static void
test_consultation_without_days_is_concluded(void **context)
{
    struct query_site *s = *context;
    static const uint8_t nomination[16] = {[15] = 1}, own[16] = {[14] = 2};
    const struct record_review consult = {.nomination = slice_of(nomination, 16),
                                          .unit = slice_text("d1"),
                                          .act = REVIEW_consult,
                                          .id = slice_of(own, 16)};
    struct buf body = BUF_EMPTY;
    propose(s, "plain", false);
    record_encode_review(&consult, &body);
    record(s, &body);
    site_commit(s, "2021-11-02");
    assert_true(tells(s, "opinion"));
    assert_true(tells(s, "conclude"));
    act(s, REVIEW_conclude, 4);
    site_commit(s, "2021-11-03");
    assert_true(tells(s, "approve"));
}

/* It goes up, and whoever has it then decides what is below its own level as well. */
static void
test_what_is_above_is_forwarded(void **context)
{
    struct query_site *s = *context;
    propose(s, "high", false);
    assert_true(tells(s, "forward"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_a_vote_it_is_approved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_with_one_it_is_tabled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_simplified_procedure_wants_both, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_simplified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_consultation_without_days_is_concluded, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_above_is_forwarded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
