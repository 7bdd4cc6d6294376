/* The questions whose answers are lists: their bodies as QUERIES.md has them, and their pages. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define SHARDS 3

static void
publish(struct query_site *s)
{
    struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("d2", "hn", "district", NULL, NULL),
        sample_unit("w1", "d1", "commune", NULL, "2021-11-15"),
        sample_unit("w1", "d2", "commune", "2021-11-16", NULL),
        sample_unit("w2", "d1", "commune", "2021-11-02", NULL),
    };
    rows[4].population = 1200;
    rows[4].name = slice_text("Phường Một");
    site_campaign(s, sample_campaign(3));
    site_units(s, rows, sizeof rows / sizeof rows[0]);
    site_commit(s, "2021-10-01");
}

static int
set_up(void **context)
{
    static struct query_site site;
    site_open(&site, SHARDS);
    publish(&site);
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

/* On 3 November: w1 is asked for three days of November, w2, which began on the 2nd, for two. */
static void
test_missing(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", NULL, "doses=1");
    site_report(s, "daily", "w2", "20211102", NULL, "doses=1");
    site_report(s, "daily", "w2", "20211103", NULL, "doses=1");
    site_commit(s, "2021-11-03");
    assert_string_equal(
        site_ask(s, "missing", "form=daily period=20211102"),
        "{campaign:\"c\",form:\"daily\",period:\"20211102\",expected:2,received:1,"
        "missing:[{unit:\"w1\",name:\"w1\",contact:\"\",parent:\"d1\",parent_name:\"d1\","
        "expected:1,received:0}]}");
    assert_string_equal(
        site_ask(s, "missing", "unit=hn form=daily period=202111 start=w0"),
        "{campaign:\"c\",form:\"daily\",period:\"202111\",expected:5,received:3,"
        "missing:[{unit:\"w1\",name:\"Phường Một\",contact:\"\",parent:\"d2\",parent_name:\"d2\","
        "expected:3,received:1}]}");
    assert_string_equal(site_ask(s, "missing", "unit=d1 form=daily period=202111"),
                        "{campaign:\"c\",form:\"daily\",period:\"202111\",expected:2,received:2,"
                        "missing:[]}");
    assert_string_equal(
        site_ask(s, "missing", "form=monthly period=202111 start=d2"),
        "{campaign:\"c\",form:\"monthly\",period:\"202111\",expected:3,received:0,"
        "missing:[{unit:\"d2\",name:\"d2\",contact:\"\",parent:\"hn\",parent_name:\"hn\","
        "expected:1,received:0},{unit:\"hn\",name:\"hn\",contact:\"\",parent:\"\",parent_name:"
        "\"\",expected:1,received:0}]}");
}

/* Two sources that differ, one correction, one withdrawal. */
static void
test_reports(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", "office", "doses=1 temp=36.5");
    site_report(s, "daily", "w1", "20211101", "system", "doses=7 temp=36.5");
    site_report(s, "monthly", "d1", "202111", NULL, "staff=2");
    site_commit(s, "2021-11-01");
    site_report(s, "daily", "w1", "20211101", "office", "doses=2 temp=36.5");
    site_withdraw(s, "monthly", "d1", "202111");
    site_commit(s, "2021-11-03");
    assert_string_equal(
        site_ask(s, "reports", "unit=w1 period=202111"),
        "{campaign:\"c\",unit:\"w1\",period:\"202111\",reports:["
        "{form:\"daily\",period:\"20211101\",source:\"office\",revision:6,receipt:\"3.0\","
        "time_us:1635915600000000,withdrawn:false,on_time:true,flags:[\"late\"],values:["
        "{indicator:\"doses\",value:2},{indicator:\"temp\",value:\"36.5\"}],earlier:["
        "{revision:3,receipt:\"2.0\",time_us:1635742800000000,withdrawn:false}]},"
        "{form:\"daily\",period:\"20211101\",source:\"system\",revision:4,receipt:\"2.1\","
        "time_us:1635742800000000,withdrawn:false,on_time:true,flags:[],values:["
        "{indicator:\"doses\",value:7},{indicator:\"temp\",value:\"36.5\"}],earlier:[]}],"
        "disagreements:[{form:\"daily\",period:\"20211101\",indicator:\"doses\",values:["
        "{source:\"office\",value:2},{source:\"system\",value:7}]}]}");
    assert_string_equal(
        site_ask(s, "reports", "unit=d1 period=2021 form=monthly"),
        "{campaign:\"c\",unit:\"d1\",period:\"2021\",reports:["
        "{form:\"monthly\",period:\"202111\",source:\"office\",revision:7,receipt:\"3.1\","
        "time_us:1635915600000000,withdrawn:true,on_time:false,flags:[],values:[],earlier:["
        "{revision:5,receipt:\"2.2\",time_us:1635742800000000,withdrawn:false}]}],"
        "disagreements:[]}");
    /* a page's start neither reaches back beyond the period nor shows what came before it */
    assert_non_null(strstr(site_ask(s, "reports", "unit=w1 period=202111 start=daily:20200101"),
                           "receipt:\"3.0\""));
    assert_non_null(
        strstr(site_ask(s, "reports", "unit=w1 period=202111 start=daily:20211102"), "reports:[]"));
}

/* w1 moves to d2 on the 16th, w2 begins on the 2nd; nobody reports for the 15th. */
static void
test_export(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211114", NULL, "doses=1 temp=36.55");
    site_report(s, "daily", "w1", "20211114", NULL, "doses=1 temp=36.5");
    site_report(s, "daily", "w2", "20211116", NULL, "doses=2 peak=4");
    site_commit(s, "2021-11-20");
    assert_string_equal(site_ask(s, "export", "unit=hn form=daily from=20211114 to=20211116"),
                        "{columns:[\"doses\",\"beds\",\"temp\",\"peak\",\"low\"],rows:["
                        "[\"20211114\",\"hn\",1,nil,\"36.5\",nil,nil],"
                        "[\"20211115\",\"hn\",nil,nil,nil,nil,nil],"
                        "[\"20211116\",\"hn\",2,nil,nil,4,nil]]}");
    assert_string_equal(
        site_ask(s, "export", "unit=d1 form=daily from=20211115 to=20211116 children"),
        "{columns:[\"doses\",\"beds\",\"temp\",\"peak\",\"low\"],rows:["
        "[\"20211115\",\"w1\",nil,nil,nil,nil,nil],"
        "[\"20211115\",\"w2\",nil,nil,nil,nil,nil],"
        "[\"20211116\",\"w2\",2,nil,nil,4,nil]]}");
    assert_string_equal(
        site_ask(s, "export",
                 "unit=d1 form=daily from=20211114 to=20211115 children start=20211115:w2"),
        "{columns:[\"doses\",\"beds\",\"temp\",\"peak\",\"low\"],rows:["
        "[\"20211115\",\"w2\",nil,nil,nil,nil,nil]]}");
    /* no row for a period in which the unit was not there; none at all is a mistake */
    assert_string_equal(site_ask(s, "export", "unit=w2 form=daily from=20211101 to=20211102"),
                        "{columns:[\"doses\",\"beds\",\"temp\",\"peak\",\"low\"],rows:["
                        "[\"20211102\",\"w2\",nil,nil,nil,nil,nil]]}");
    assert_string_equal(site_ask(s, "export", "unit=w2 form=daily from=20211001 to=20211101"),
                        "unit-not-then|w2|20211001 - 20211101");
}

/* As sent, unit by unit; w1's second source disagrees and stands behind. */
static void
test_values(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211114", NULL, "doses=1 temp=36.5");
    site_report(s, "daily", "w1", "20211114", "system", "doses=9 beds=3");
    site_report(s, "daily", "w2", "20211114", NULL, "doses=2");
    site_report(s, "daily", "w1", "20211116", NULL, "doses=4");
    site_commit(s, "2021-11-20");
#define COLUMNS                                                                                    \
    "{campaign:\"c\",form:\"daily\",columns:[\"doses\",\"beds\",\"temp\",\"peak\",\"low\"],"
    assert_string_equal(
        site_ask(s, "values", "unit=d1 form=daily from=2021-11-14 to=2021-11-16 beneath"),
        COLUMNS "rows:[[\"20211114\",\"w1\",1,3,\"36.5\",nil,nil],"
                "[\"20211114\",\"w2\",2,nil,nil,nil,nil]]}");
    assert_string_equal(
        site_ask(s, "values",
                 "unit=d1 form=daily from=2021-11-14 to=2021-11-16 beneath start=20211114:w2"),
        COLUMNS "rows:[[\"20211114\",\"w2\",2,nil,nil,nil,nil]]}");
    /* w1 is d2's by then, with its past */
    assert_string_equal(
        site_ask(s, "values", "unit=d2 form=daily from=2021-11-14 to=2021-11-16 beneath"),
        COLUMNS "rows:[[\"20211116\",\"w1\",4,nil,nil,nil,nil]]}");
    assert_string_equal(site_ask(s, "values", "unit=d1 form=daily from=2021-11-14 to=2021-11-16"),
                        COLUMNS "rows:[]}");
    assert_string_equal(site_ask(s, "values", "unit=w1 form=daily from=2021-11-15 to=2021-11-30"),
                        COLUMNS "rows:[[\"20211116\",\"w1\",4,nil,nil,nil,nil]]}");
#undef COLUMNS
    /* a month's form only in whole months */
    site_report(s, "monthly", "d1", "202111", NULL, "staff=3");
    site_commit(s, "2021-12-05");
    assert_non_null(
        strstr(site_ask(s, "values", "unit=d1 form=monthly from=2021-11-01 to=2021-11-30"),
               "\"202111\",\"d1\""));
    assert_non_null(strstr(
        site_ask(s, "values", "unit=d1 form=monthly from=2021-11-02 to=2021-12-30"), "rows:[]"));
    assert_non_null(strstr(
        site_ask(s, "values", "unit=d1 form=monthly from=1970-01-02 to=1970-01-30"), "rows:[]"));
    assert_string_equal(site_ask(s, "values", "unit=d1 form=daily from=2021-11-14 to=2021-11"),
                        "query-invalid|to|2021-11");
}

/* Asks until there is no `next`; `before` stands before every row. Gives rows and pages. */
static uint32_t
read_pages(struct query_site *s, const char *name, const char *args, const char *before,
           uint32_t *pages)
{
    char whole[256];
    uint32_t rows = 0;
    (void)snprintf(whole, sizeof whole, "%s", args);
    for (*pages = 1;; (*pages)++) {
        const char *text = site_ask(s, name, whole);
        /* not strstr: a sanitizer's looks at all that is left, each time */
        for (const char *at = text; *at != '\0'; at++) {
            rows += *at == before[0] && strncmp(at, before, strlen(before)) == 0;
        }
        const char *next = strstr(text, "next:\"");
        if (next == NULL || *pages == 100) {
            return rows;
        }
        (void)snprintf(whole, sizeof whole, "%s%sstart=%.*s", args, args[0] == '\0' ? "" : " ",
                       (int)strcspn(next + 6, "\""), next + 6);
    }
}

static void
test_export_pages(void **context)
{
    uint32_t pages;
    /* 1990 to 2000: 4,018 days, at most 2,000 a page */
    assert_int_equal(read_pages(*context, "export", "unit=hn form=daily from=19900101 to=20001231",
                                "\"hn\"", &pages),
                     4018);
    assert_int_equal(pages, 3);
}

/* In block 2: 0 accepted, 1 late, 2 rejected, 3 corrected; in block 3: 0 rejected. */
static void
test_verdicts(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w2", "20211120", NULL, "doses=1");
    site_report(s, "daily", "w1", "20211101", NULL, "doses=1");
    site_report(s, "daily", "zz", "20211101", NULL, "doses=1");
    site_report(s, "daily", "w2", "20211120", NULL, "doses=2");
    site_commit(s, "2021-11-20");
    site_report(s, "daily", "w1", "20211120", NULL, "dosis=2");
    site_commit(s, "2021-11-21");
    assert_string_equal(
        site_ask(s, "verdicts", "ranges=2:0:4,3:0:1"),
        "{counts:{accepted:2,corrected:1,unchanged:0,superseded:0,rejected:2,quarantined:0,late:1,"
        "outlier:0,incomplete:0,warned:0},records:["
        "{receipt:\"2.2\",verdict:\"rejected\",flags:[],unit:\"zz\",code:\"unit-unknown\",subject:"
        "\"zz\",detail:\"\"},{receipt:\"3.0\",verdict:\"rejected\",flags:[],unit:\"w1\",code:"
        "\"indicator-unknown\",subject:\"dosis\",detail:\"\"}]}");
    assert_string_equal(
        site_ask(s, "verdicts", "ranges=2:0:2,2:3:1 all start=1:0"),
        "{counts:{accepted:2,corrected:1,unchanged:0,superseded:0,rejected:0,quarantined:0,late:1,"
        "outlier:0,incomplete:0,warned:0},records:[{receipt:\"2.3\",verdict:\"corrected\",flags:[],"
        "unit:\"w2\",code:\"\",subject:\"\",detail:\"\"}]}");
    assert_non_null(strstr(site_ask(s, "rejected", ""), "receipt:\"2.2\""));
    assert_string_equal(
        site_ask(s, "rejected", "unit=w1"),
        "{rejected:[{receipt:\"3.0\",verdict:\"rejected\",flags:[],unit:\"w1\",code:"
        "\"indicator-unknown\",subject:\"dosis\",detail:\"\"}]}");
    assert_string_equal(site_ask(s, "rejected", "unit=w"), "{rejected:[]}");
    assert_non_null(strstr(site_ask(s, "state", ""), "{shard:0,block:3,time_us:"));
}

/* More rejected records than one answer holds, over all shards: each is given once, oldest first.
 */
static void
test_rejected_pages(void **context)
{
    enum { RECORDS = 24000 };
    struct query_site *s = *context;
    char unit[CODE_MAX + 1];
    uint32_t pages;
    for (int i = 0; i < RECORDS; i++) {
        (void)snprintf(unit, sizeof unit, "nobody-knows-this-unit-%d", i);
        site_report(s, "daily", unit, "20211101", NULL, "doses=1");
    }
    site_commit(s, "2021-11-01");
    assert_int_equal(read_pages(s, "rejected", "", "{receipt:", &pages), RECORDS);
    assert_true(pages > 1);
    assert_int_equal(read_pages(s, "verdicts", "ranges=1:0:2,2:0:24000", "{receipt:", &pages),
                     RECORDS);
    assert_true(pages > 1);
    /* a page that ends in the first range goes on in it */
    assert_int_equal(read_pages(s, "verdicts", "ranges=2:0:24000", "{receipt:", &pages), RECORDS);
    assert_true(pages > 1);
}

static void
test_unit(void **context)
{
    struct query_site *s = *context;
    assert_string_equal(
        site_ask(s, "unit", "unit=w1"),
        "{unit:\"w1\",name:\"Phường Một\",level:\"commune\",kind:\"\",bloc:\"\",parent:\"d2\","
        "population:1200,contact:\"\",from:\"2021-11-16\",to:\"\",successor:\"\",children:[],"
        "versions:[{from:\"\",to:\"2021-11-15\",parent:\"d1\",name:\"w1\",level:\"commune\"},"
        "{from:\"2021-11-16\",to:\"\",parent:\"d2\",name:\"Phường Một\",level:\"commune\"}]}");
    assert_non_null(strstr(site_ask(s, "unit", "unit=d1 on=2021-11-15"),
                           "population:nil,contact:\"\",from:\"\",to:\"\",successor:\"\",children:["
                           "{unit:\"w1\",name:\"w1\",level:\"commune\"},"
                           "{unit:\"w2\",name:\"w2\",level:\"commune\"}]"));
    assert_string_equal(site_ask(s, "unit", "unit=w2 on=2021-11-01"),
                        "unit-not-then|w2|2021-11-01");
    assert_string_equal(site_ask(s, "unit", ""),
                        "{unit:\"\",children:[{unit:\"hn\",name:\"hn\",level:\"city\"}]}");
    assert_string_equal(site_ask(s, "unit", "on=2021"), "query-invalid|on|2021");
}

static void
test_campaign(void **context)
{
    struct query_site *s = *context;
    const char *text = site_ask(s, "campaign", "");
    assert_non_null(strstr(text, "{campaign:\"c\",title_vi:\"Phong trào\",title_en:\"Campaign\","
                                 "decision:\"09/KH\",from:\"2021-10-01\",to:\"2021-12-31\","
                                 "utc_offset:\"+07:00\",themes:[{code:\"health\",title_vi:\"Y tế\","
                                 "title_en:\"Health\"}],indicators:[{code:\"doses\",theme:"));
    assert_non_null(
        strstr(text, "type:\"decimal\",decimals:1,over_time:\"mean\",over_units:\"mean\""));
    assert_non_null(strstr(text, "{code:\"weekly\",title_vi:\"Hằng tuần\",title_en:\"Weekly\","
                                 "period:\"week\",levels:[\"commune\"],kinds:[],units:[],sources:["
                                 "\"office\"],indicators:[\"meetings\"],"
                                 "required:[],due:nil,expires:nil}"));
    assert_string_equal(site_ask(s, "campaigns", ""),
                        "{campaigns:[{campaign:\"c\",title_vi:\"Phong trào\",title_en:\"Campaign\","
                        "from:\"2021-10-01\",to:\"2021-12-31\"}],units:5}");
}

/* A clerk's form and a secretary's list of awards are made of this: nothing may be left to guess. */
static void
test_campaign_rules_and_awards(void **context)
{
    struct query_site *s = *context;
    struct slice left[] = {slice_text("low")}, right[] = {slice_text("peak"), slice_text("doses")};
    struct indicator indicators[8];
    struct campaign campaign = *sample_campaign(3);
    assert_true(campaign.indicator_count <= 8);
    memcpy(indicators, campaign.indicators, campaign.indicator_count * sizeof indicators[0]);
    indicators[0].has_min = true;
    indicators[0].direction = DIRECTION_UP;
    indicators[2].has_max = true;
    indicators[2].max = 425;
    struct rule rules[] = {
        {.code = slice_text("spread"),
         .form_code = slice_text("daily"),
         .kind = RULE_LE,
         .left = {.codes = left, .count = 1},
         .right = {.codes = right, .count = 2},
         .severity = SEVERITY_WARN},
        {.code = slice_text("either"),
         .form_code = slice_text("daily"),
         .kind = RULE_EXCLUSIVE,
         .left = {.codes = right, .count = 2},
         .severity = SEVERITY_REJECT},
    };
    struct award awards[] = {
        {.code = slice_text("flag"),
         .title = {slice_text("Cờ"), slice_text("Flag")},
         .subjects = FOR_COLLECTIVE | FOR_HOUSEHOLD,
         .level = AWARD_DISTRICT,
         .quota = 3,
         .simplified = true},
        {.code = slice_text("fighter"),
         .title = {slice_text("Chiến sĩ"), slice_text("Fighter")},
         .subjects = FOR_INDIVIDUAL,
         .level = AWARD_CITY,
         .percent = 90,
         .base = BASE_TOTAL,
         .secret = true,
         .written = true},
    };
    campaign.indicators = indicators;
    campaign.rules = rules;
    campaign.rule_count = 2;
    campaign.awards = awards;
    campaign.award_count = 2;
    site_campaign(s, &campaign);
    site_commit(s, "2021-11-30");
    const char *text = site_ask(s, "campaign", "");
    assert_non_null(
        strstr(text, "over_units:\"sum\",min:0,max:nil,direction:\"up\"},{code:\"beds\""));
    assert_non_null(strstr(text, "over_units:\"mean\",min:nil,max:\"42.5\",direction:\"\"}"));
    assert_non_null(strstr(
        text, "rules:[{code:\"spread\",form:\"daily\",kind:\"<=\",left:[\"low\"],right:[\"peak\","
              "\"doses\"],severity:\"warn\"},{code:\"either\",form:\"daily\",kind:\"exclusive\","
              "left:[\"peak\",\"doses\"],right:[],severity:\"reject\"}]"));
    assert_non_null(strstr(
        text, "awards:[{code:\"flag\",title_vi:\"Cờ\",title_en:\"Flag\",subjects:[\"collective\","
              "\"household\"],level:\"district\",vote:nil,quota:3,simplified:true},"
              "{code:\"fighter\",title_vi:\"Chiến sĩ\",title_en:\"Fighter\",subjects:["
              "\"individual\"],level:\"city\",vote:{percent:90,of:\"total\",quorum:0,secret:true,"
              "written:true},quota:0,simplified:false}]}"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_export, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_export_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_verdicts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rejected_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_campaign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_campaign_rules_and_awards, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
