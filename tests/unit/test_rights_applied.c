/* Every role, every record and every question, about a unit of its own, one beneath it, one beside it, one
 * above it and one beneath its sibling: what the state machine and the query worker then do, and nothing
 * but that. What should be is written here once more, by hand from what was agreed, so that rights.def
 * cannot be both the rule and its proof. */
#include "proto/pack.h"
#include "proto/rights.h"
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

/* A letter a role: submitter, ingest, council, secretary, operator, auditor, gateway, worker.
 * a: all, o: own, -: nothing. */
struct expected {
    const char *what;
    const char *roles;
};

static const struct expected RECORDS[] = {
    {"report", "oo------"},   {"withdrawal", "oo------"}, {"units", "---aa---"},
    {"campaign", "---aa---"}, {"access", "----a---"},     {"quarantine", "----a---"},
    {"approval", "o--o----"}, {"nomination", "o--o----"}, {"review", "---o----"},
    {"comment", "o-aa----"},  {"meeting", "---o----"},    {"vote", "--a-----"},
    {"opening", "--aa----"},  {"decision", "---o----"},   {"revocation", "---o----"},
    {"file", "o--o----"},
};

static const struct expected QUESTIONS[] = {
    {"tally", "ooaa-a--"},
    {"missing", "ooaa-a--"},
    {"completeness", "ooaa-a--"},
    {"reports", "ooaa-a--"},
    {"export", "ooaa-a--"},
    {"rejected", "ooaa-a--"},
    {"rank", "ooaa-a--"},
    {"verdicts", "ooaaoa--"},
    {"broker.record", "ooaaoa--"},
    {"broker.records", "ooaaoa--"},
    {"unit", "aaaaaaa-"},
    {"campaign", "aaaaaaa-"},
    {"campaigns", "aaaaaaa-"},
    {"highlights", "aaaaaa--"},
    {"broker.status", "aaaaaaa-"},
    {"access", "ooooaao-"},
    {"state", "--aaaa--"},
    {"broker.sessions", "----aa--"},
    {"broker.quarantined", "--aaaa--"},
    {"broker.head", "--aaaa--"},
    {"broker.block", "----aa--"},
    {"broker.prune", "----a---"},
    {"blocs", "aaaaaa--"},
    {"approvals", "ooaa-a--"},
    {"review.list", "o-aa-a--"},
    {"review.show", "o-aa-a--"},
    {"meetings", "--aa-a--"},
    {"meeting", "--aa-a--"},
    {"history", "o-aa-a--"},
    {"file", "o-aa-a--"},
    {"honours", "aaaaaaa-"},
    {"units.find", "aaaaaaa-"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where a unit stands to the principal's own, d1 with all beneath it. */
static const struct {
    const char *unit;
    bool own;
} PLACES[] = {{"d1", true}, {"w1", true}, {"d2", false}, {"hn", false}, {"w3", false}};

/* The whole table, not only what is asked below: some of it the broker decides. */
static void
the_table_is_what_was_agreed(void **state)
{
    (void)state;
    static const enum reach REACHES[] = {['a'] = REACH_ALL, ['o'] = REACH_OWN, ['-'] = REACH_NONE};
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        uint32_t roles = ACCESS_BIT(role);
        for (size_t i = 0; i < COUNT(QUESTIONS); i++) {
            enum reach reach = rights_query(roles, slice_text(QUESTIONS[i].what));
            if (reach != REACHES[(unsigned char)QUESTIONS[i].roles[role]]) {
                fail_msg("%s, %s", access_role_name(role), QUESTIONS[i].what);
            }
        }
        for (uint64_t type = 0; type < 32; type++) {
            const struct layout *layout = record_layout(type);
            for (size_t i = 0; layout != NULL && i < COUNT(RECORDS); i++) {
                enum reach reach = REACHES[(unsigned char)RECORDS[i].roles[role]];
                if (strcmp(RECORDS[i].what, layout->name) == 0 &&
                    rights_record(roles, type) != reach) {
                    fail_msg("%s, %s", access_role_name(role), layout->name);
                }
            }
        }
    }
}

/* ---- the site ---- */

static void
campaigns_publish(struct query_site *s)
{
    struct campaign second = *sample_campaign(3);
    second.code = slice_text("e");
    site_campaign(s, sample_campaign(3));
    site_campaign(s, &second);
}

static void
units_publish(struct query_site *s)
{
    const struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("d2", "hn", "district", NULL, NULL),
        sample_unit("w1", "d1", "commune", NULL, NULL),
        sample_unit("w2", "d1", "commune", NULL, NULL),
        sample_unit("w3", "d2", "commune", NULL, NULL),
    };
    site_units(s, rows, COUNT(rows));
}

/* One principal a role, each with d1 and all beneath it. */
static int
set_up(void **context)
{
    static struct query_site site;
    char words[100];
    site_open(&site, 3);
    units_publish(&site);
    campaigns_publish(&site);
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        snprintf(words, sizeof(words), "p-%s roles=%s units=d1+", access_role_name(role),
                 access_role_name(role));
        site_access(&site, words);
    }
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
speak_as(struct query_site *s, unsigned role)
{
    static char name[CODE_MAX];
    snprintf(name, sizeof(name), "p-%s", access_role_name(role));
    s->principal = name;
}

/* ---- records ---- */

static const char *
form_of(const char *unit)
{
    return unit[0] == 'w' ? "daily" : "monthly";
}

static uint32_t
report_add(struct query_site *s, const char *campaign, const char *unit, bool withdrawal)
{
    struct buf values = BUF_EMPTY, body = BUF_EMPTY;
    const char *form = form_of(unit), *period = unit[0] == 'w' ? "20211102" : "202111";
    pack_map(&values, 1);
    pack_key_int(&values, unit[0] == 'w' ? "doses" : "visits", 5);
    if (withdrawal) {
        const struct record_withdrawal in = {slice_text(campaign), slice_text(form),
                                             slice_text(unit),     slice_text(period),
                                             slice_text(""),       ++s->revision};
        record_encode_withdrawal(&in, &body);
    } else {
        const struct record_report in = {.campaign = slice_text(campaign),
                                         .form = slice_text(form),
                                         .unit = slice_text(unit),
                                         .period = slice_text(period),
                                         .revision = ++s->revision,
                                         .values = buf_slice_of(&values)};
        record_encode_report(&in, &body);
    }
    uint32_t index = site_record(s, unit, buf_slice_of(&body));
    buf_fini(&values);
    buf_fini(&body);
    return index;
}

/* Whether the record was let through; what else may become of it is no refusal of its sender. */
static bool
was_allowed(struct query_site *s, uint32_t index)
{
    char args[40];
    s->principal = "local";
    site_commit(s, "2021-11-05");
    snprintf(args, sizeof(args), "all ranges=%llu:%u:1", (unsigned long long)s->number, index);
    const char *answer = site_ask(s, "verdicts", args);
    bool refused = strstr(answer, "code:\"not-") != NULL;
    assert_true(refused == (strstr(answer, "rejected:1") != NULL));
    return !refused;
}

static bool
expect(const struct expected *row, unsigned role, bool own)
{
    return row->roles[role] == 'a' || (row->roles[role] == 'o' && own);
}

static void
check(bool found, bool wanted, unsigned role, const char *what, const char *where)
{
    if (found != wanted) {
        fail_msg("%s, %s, %s: %s", access_role_name(role), what, where,
                 found ? "allowed" : "refused");
    }
}

static void
records_about_units(void **context)
{
    struct query_site *s = *context;
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        for (size_t i = 0; i < COUNT(PLACES); i++) {
            for (int kind = 0; kind < 4; kind++) {
                bool withdrawal = kind % 2 == 1;
                speak_as(s, role);
                uint32_t index = report_add(s, kind < 2 ? "c" : "e", PLACES[i].unit, withdrawal);
                check(was_allowed(s, index), expect(&RECORDS[withdrawal], role, PLACES[i].own),
                      role, RECORDS[withdrawal].what, PLACES[i].unit);
            }
        }
    }
}

static void
records_about_no_unit(void **context)
{
    struct query_site *s = *context;
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        speak_as(s, role);
        units_publish(s);
        check(was_allowed(s, 0), expect(&RECORDS[2], role, false), role, "units", "");
        speak_as(s, role);
        site_campaign(s, sample_campaign(3));
        check(was_allowed(s, 0), expect(&RECORDS[3], role, false), role, "campaign", "");
        speak_as(s, role);
        site_access(s, "p-new roles=submitter units=w1");
        check(was_allowed(s, 0), expect(&RECORDS[4], role, false), role, "access", "");
    }
}

/* Through a SUBMIT nobody may, whatever the role: the broker journals its own. */
static void
quarantines_are_the_brokers(void **context)
{
    struct query_site *s = *context;
    const struct record_quarantine in = {.block = 1, .id = slice_of("0123456789abcdef", 16)};
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        struct buf body = BUF_EMPTY;
        record_encode_quarantine(&in, &body);
        speak_as(s, role);
        site_record(s, "", buf_slice_of(&body));
        buf_fini(&body);
        check(was_allowed(s, 0), false, role, "quarantine", "");
    }
}

/* ---- questions ---- */

static bool
may_ask(struct query_site *s, unsigned role, const char *name, const char *args)
{
    speak_as(s, role);
    const char *answer = site_ask(s, name, args);
    bool refused =
        strncmp(answer, "not-allowed|", 12) == 0 || strncmp(answer, "not-in-role|", 12) == 0;
    if (!refused && answer[0] != '{') {
        fail_msg("%s %s: %s", name, args, answer);
    }
    return !refused;
}

/* By unit, and with each unit beneath it by itself. */
static void
questions_about_units(void **context)
{
    struct query_site *s = *context;
    static const struct {
        size_t row;
        const char *args;
    } ASKED[] = {
        {0, "campaign=c unit=%s period=202111"},
        {0, "campaign=e unit=%s period=202111 children"},
        {1, "campaign=c unit=%s form=daily period=202111"},
        {2, "campaign=c unit=%s form=daily period=202111"},
        {3, "campaign=c unit=%s period=202111"},
        {4, "campaign=c unit=%s form=monthly from=202111 to=202111"},
        {4, "campaign=e unit=%s form=monthly from=202111 to=202111 children"},
        {5, "unit=%s"},
        {10, "unit=%s"},
    };
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        for (size_t i = 0; i < COUNT(ASKED) * COUNT(PLACES); i++) {
            const struct expected *row = &QUESTIONS[ASKED[i / COUNT(PLACES)].row];
            size_t place = i % COUNT(PLACES);
            char args[100];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(args, sizeof(args), ASKED[i / COUNT(PLACES)].args, PLACES[place].unit);
#pragma GCC diagnostic pop
            check(may_ask(s, role, row->what, args), expect(row, role, PLACES[place].own), role,
                  row->what, args);
        }
    }
}

static void
questions_about_no_unit(void **context)
{
    struct query_site *s = *context;
    static const struct {
        size_t row;
        const char *args;
    } ASKED[] = {{11, "campaign=c"},
                 {12, ""},
                 {16, ""},
                 {5, ""},
                 {1, "campaign=c form=daily period=202111"},
                 {15, ""}};
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        for (size_t i = 0; i < COUNT(ASKED); i++) {
            const struct expected *row = &QUESTIONS[ASKED[i].row];
            check(may_ask(s, role, row->what, ASKED[i].args), row->roles[role] != '-', role,
                  row->what, ASKED[i].args);
        }
    }
}

/* One that is named without what is beneath it: not even its children, each by itself. */
static void
a_unit_alone(void **context)
{
    struct query_site *s = *context;
    static const struct {
        const char *name, *args;
        bool may;
    } cases[] = {
        {"tally", "campaign=c unit=d1 period=202111", true},
        {"tally", "campaign=c unit=d1 period=202111 children", false},
        {"tally", "campaign=c unit=w1 period=202111", false},
        {"completeness", "campaign=c unit=d1 form=daily period=202111", false},
        {"export", "campaign=c unit=d1 form=monthly from=202111 to=202111", true},
        {"export", "campaign=c unit=d1 form=monthly from=202111 to=202111 children", false},
        {"reports", "campaign=c unit=d1 period=202111", true},
        {"reports", "campaign=c unit=w2 period=202111", false},
    };
    site_access(s, "p-submitter roles=submitter units=d1");
    site_commit(s, "2021-11-05");
    for (size_t i = 0; i < COUNT(cases); i++) {
        check(may_ask(s, ACCESS_SUBMITTER, cases[i].name, cases[i].args), cases[i].may,
              ACCESS_SUBMITTER, cases[i].name, cases[i].args);
    }
    const char *answer = site_ask(s, "missing", "campaign=c unit=d1 form=daily period=20211101");
    assert_non_null(strstr(answer, "expected:0,received:0,missing:[]"));
}

/* A list without a unit shows own rows only, and adds up only those. */
static void
lists_hold_own_rows_only(void **context)
{
    struct query_site *s = *context;
    static const char *const refused[] = {"w1", "w3"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        site_record(s, refused[i], slice_text("no record"));
    }
    site_commit(s, "2021-11-05");
    s->principal = "p-submitter";
    const char *answer = site_ask(s, "missing", "campaign=c form=daily period=20211101");
    assert_non_null(strstr(answer, "expected:2,received:0"));
    assert_true(strstr(answer, "\"w1\"") != NULL && strstr(answer, "\"w3\"") == NULL);
    answer = site_ask(s, "rejected", "");
    assert_true(strstr(answer, "\"w1\"") != NULL && strstr(answer, "\"w3\"") == NULL);
    s->principal = "p-auditor";
    answer = site_ask(s, "rejected", "");
    assert_true(strstr(answer, "\"w1\"") != NULL && strstr(answer, "\"w3\"") != NULL);
    answer = site_ask(s, "missing", "campaign=c form=daily period=20211101");
    assert_non_null(strstr(answer, "expected:3,received:0"));
}

/* A receipt of one's own unit, of another's, and of what one sent oneself and was refused. */
static void
receipts(void **context)
{
    struct query_site *s = *context;
    char args[40];
    for (size_t i = 0; i < COUNT(PLACES); i++) {
        s->principal = "local";
        site_record(s, PLACES[i].unit, slice_text("no record"));
        site_commit(s, "2021-11-05");
        snprintf(args, sizeof(args), "ranges=%llu:0:1", (unsigned long long)s->number);
        for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
            /* an operator's own units mean nothing: it has no role that reports of them */
            bool own = PLACES[i].own;
            check(may_ask(s, role, "verdicts", args), expect(&QUESTIONS[7], role, own), role,
                  "verdicts", PLACES[i].unit);
        }
        for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
            speak_as(s, role);
            site_record(s, PLACES[i].unit, slice_text("no record"));
            site_commit(s, "2021-11-05");
            snprintf(args, sizeof(args), "ranges=%llu:0:1", (unsigned long long)s->number);
            check(may_ask(s, role, "verdicts", args), expect(&QUESTIONS[7], role, true), role,
                  "verdicts", "sent itself");
        }
    }
}

/* Its own record, another's, one that is not there. */
static void
access_records(void **context)
{
    struct query_site *s = *context;
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        char own[60];
        snprintf(own, sizeof(own), "principal=p-%s", access_role_name(role));
        check(may_ask(s, role, "access", own), expect(&QUESTIONS[15], role, true), role, "access",
              own);
        const char *other = role == ACCESS_AUDITOR ? "principal=p-ingest" : "principal=p-auditor";
        check(may_ask(s, role, "access", other), expect(&QUESTIONS[15], role, false), role,
              "access", other);
    }
    s->principal = "p-submitter";
    assert_string_equal(
        site_ask(s, "access", ""),
        "{revision:1,principals:[{principal:\"p-submitter\",title:\"\",roles:["
        "\"submitter\"],keys:[],units:[{unit:\"d1\",subtree:true}],acts_for:[],tokens:[],"
        "has_password:false,password:\"\"}]}");
    assert_string_equal(site_ask(s, "access", "principal=nobody"),
                        "not-allowed|nobody|p-submitter");
    s->principal = "p-operator";
    assert_string_equal(site_ask(s, "access", "principal=nobody"), "principal-unknown|nobody|");
}

/* Who is nobody, who is revoked, whom a gateway asks for. */
static void
askers_that_are_none(void **context)
{
    struct query_site *s = *context;
    const char *args = "campaign=c unit=d1 period=202111";
    site_access(s, "p-ingest");
    site_commit(s, "2021-11-05");
    static const struct {
        const char *principal;
        bool may;
    } cases[] = {{"", true},
                 {"local", true},
                 {"p-submitter", true},
                 {"nobody", false},
                 {"p-ingest", false},
                 {"p-submitter@p-gateway", true},
                 {"p-gateway", false},
                 {"nobody@p-gateway", false},
                 {"local@p-gateway", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        s->principal = cases[i].principal;
        bool may = site_ask(s, "tally", args)[0] == '{';
        if (may != cases[i].may) {
            fail_msg("%s", cases[i].principal);
        }
    }
    s->principal = "local";
}

int
main(void)
{
#define ON_A_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_what_was_agreed),
        ON_A_SITE(records_about_units),
        ON_A_SITE(records_about_no_unit),
        ON_A_SITE(quarantines_are_the_brokers),
        ON_A_SITE(questions_about_units),
        ON_A_SITE(questions_about_no_unit),
        ON_A_SITE(a_unit_alone),
        ON_A_SITE(lists_hold_own_rows_only),
        ON_A_SITE(receipts),
        ON_A_SITE(access_records),
        ON_A_SITE(askers_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
