/* The gateway without its network: bodies into cells, whatever they are cut into; which form a data element
 * belongs to; who is let in; that openapi.json's table is the routes'. */
#include "common/mem.h"
#include "proto/pack.h"
#include "tests/lib/cells_log.h"
#include "workers/gateway/limits.h"
#include "workers/gateway/plan.h"
#include "workers/gateway/routes.h"
#include "workers/gateway/sign_in.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The cells of a body, however it is cut; or the code of what is wrong with it behind "✗ ". */
static void
gives(const struct cells_format *format, bool header, const char *body, const char *wanted)
{
    for (size_t piece = 0; piece < 20; piece++) {
        struct buf out = BUF_EMPTY;
        struct complaint why = {0};
        if (!cells_log(format, header, slice_text(body), piece, &out, &why)) {
            buf_printf(&out, "✗ %s", code_text(why.code));
        }
        buf_byte(&out, '\0');
        assert_string_equal(out.data, wanted);
        buf_fini(&out);
    }
}

static void
json_bodies(void **state)
{
    (void)state;
    gives(&CELLS_JSON, true,
          "{\"dataSet\":\"s\",\"completeDate\":\"x\",\"period\":\"2021\",\"orgUnit\":\"u\","
          "\"dataValues\":["
          "{\"dataElement\":\"a\",\"value\":1.50},{\"dataElement\":\"b\",\"value\":true,"
          "\"orgUnit\":\"v\"},"
          "{\"dataElement\":\"c\",\"value\":\"7\",\"comment\":{\"value\":[9]},\"deleted\":true}]}",
          "done\ns|a|2021|u|||1.50\ns|b|2021|v|||true\n!s|c|2021|u|||7\n");
    /* A value's own fields end with it. */
    gives(&CELLS_JSON, true,
          "{\"period\":\"2021\",\"dataValues\":[{\"period\":\"2022\",\"value\":null},{\"value\":"
          "\"\"}]}",
          "||2022||||\n||2021||||\n");
    gives(&CELLS_JSON, true, "{\"x\":{\"dataValues\":[{\"value\":1}]},\"dataValues\":[]}", "");
    gives(&CELLS_JSON, true, "[{}]", "✗ shape-invalid");
    gives(&CELLS_JSON, true, "{\"dataValues\":[{\"value\":\"1\"}", "||||||1\n✗ syntax");
    gives(&CELLS_JSON, true, "{\"a\":\"\xff\"}", "✗ syntax");
    gives(&CELLS_JSON, true, "", "✗ nothing-there");
}

static void
csv_bodies(void **state)
{
    (void)state;
    gives(&CELLS_CSV, true,
          "dataelement,period,orgunit,catoptcombo,attroptcombo,value\na,2021,u,c,d,1\n",
          "|a|2021|u|c|d|1\n");
    gives(&CELLS_CSV, true,
          "Value,dataSet,OrgUnit,period,dataElement,deleted\r\n1,s,u,2021,\"a,\"\"b\",TRUE\r\n",
          "!s|a,\"b|2021|u|||1\n");
    gives(&CELLS_CSV, false, "a,2021,u,,,1,me,now,\"two\nlines\",false,true", "!|a|2021|u|||1\n");
    gives(&CELLS_CSV, true, "", "");
    gives(&CELLS_CSV, false, "a,\"b\"c\n", "✗ csv-quote");
}

#define ADX(inner) "<adx xmlns=\"urn:ihe:qrph:adx:2015\">" inner "</adx>"
#define GROUP(period)                                                                              \
    ADX("<group dataSet=\"s\" orgUnit=\"u\" period=\"" period "\"><dataValue dataElement=\"a\" "   \
        "value=\"1\"/></group>")

static void
adx_bodies(void **state)
{
    (void)state;
    gives(&CELLS_ADX, true, GROUP("2021-11-05/P1D"), "s|a|20211105|u|||1\n");
    gives(&CELLS_ADX, true, GROUP("2021-11-01/P1M"), "s|a|202111|u|||1\n");
    gives(&CELLS_ADX, true, GROUP("2021-11-08/P7D"), "s|a|2021W45|u|||1\n");
    gives(&CELLS_ADX, true, GROUP("2021-10-01/P3M"), "s|a|2021Q4|u|||1\n");
    gives(&CELLS_ADX, true, GROUP("2021-01-01/P1Y"), "s|a|2021|u|||1\n");
    /* What begins in the middle is no period: as it came, for the import to refuse. */
    gives(&CELLS_ADX, true, GROUP("2021-11-02/P1M"), "s|a|2021-11-02/P1M|u|||1\n");
    gives(&CELLS_ADX, true, GROUP("20211105"), "s|a|20211105|u|||1\n");
    gives(&CELLS_ADX, true, "<adx/>", "✗ shape-invalid");
    gives(&CELLS_ADX, true, "<!DOCTYPE a [<!ENTITY b \"c\">]>" ADX(""), "✗ choice-invalid");
    gives(&CELLS_ADX, true, ADX("<group>"), "✗ syntax");
}

static void
lines_of_reports(void **state)
{
    (void)state;
    gives(&CELLS_LINES, true, "{\"a\":1}\n\r\n  {\"b\":2} \r\nlast",
          "1:{\"a\":1}\n3:  {\"b\":2}\n4:last\n");
    gives(&CELLS_LINES, true, "\n\n", "");
    gives(&CELLS_LINES, true, "", "");
}

/* A body that never ends its first piece of syntax is not kept. */
static void
endless_bodies(void **state)
{
    static const struct {
        const struct cells_format *format;
        const char *begin, *filler;
    } cases[] = {{&CELLS_JSON, "{\"a\":\"", "xxxxxxxx"}, {&CELLS_JSON, "{\"a\":", "[[[[[[[["},
                 {&CELLS_CSV, "a,\"", "xxxxxxxx"},       {&CELLS_CSV, "", ",,,,,,,,"},
                 {&CELLS_ADX, "<adx a='", "xxxxxxxx"},   {&CELLS_ADX, "<!--", "xxxxxxxx"},
                 {&CELLS_LINES, "{", "        "}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf body = BUF_EMPTY, out = BUF_EMPTY;
        struct complaint why = {0};
        buf_slice(&body, slice_text(cases[i].begin));
        while (body.len < 2 * IMPORT_TOKEN_MAX) {
            buf_slice(&body, slice_text(cases[i].filler));
        }
        assert_false(cells_log(cases[i].format, true, buf_slice_of(&body), 1000, &out, &why));
        assert_true(why.code == CODE_TOO_LARGE || why.code == CODE_TOO_DEEP);
        buf_fini(&body);
        buf_fini(&out);
    }
}

/* ---- the plan ---- */

static void
pack_form(struct buf *b, const char *code, const char *period, const char *indicator)
{
    pack_map(b, 3);
    pack_key_text(b, "code", slice_text(code));
    pack_key_text(b, "period", slice_text(period));
    pack_cstr(b, "indicators");
    pack_array(b, 1);
    pack_cstr(b, indicator);
}

static struct plan *
sample_plan(void)
{
    static const struct {
        const char *code, *type;
        unsigned decimals;
    } indicators[] = {{"b", "decimal", 1}, {"a", "integer", 0}, {"f", "flag", 0}};
    struct buf b = BUF_EMPTY;
    pack_map(&b, 2);
    pack_cstr(&b, "indicators");
    pack_array(&b, 3);
    for (unsigned i = 0; i < 3; i++) {
        pack_map(&b, 3);
        pack_key_text(&b, "code", slice_text(indicators[i].code));
        pack_key_text(&b, "type", slice_text(indicators[i].type));
        pack_key_uint(&b, "decimals", indicators[i].decimals);
    }
    pack_cstr(&b, "forms");
    pack_array(&b, 4);
    pack_form(&b, "daily", "day", "a");
    pack_form(&b, "monthly", "month", "a");
    pack_form(&b, "monthly-too", "month", "a");
    pack_form(&b, "yearly", "year", "b");
    struct plan *plan = plan_new(buf_slice_of(&b));
    buf_fini(&b);
    assert_non_null(plan);
    return plan;
}

static const char *
place_of(const struct plan *plan, const char *set, const char *element, const char *period_text)
{
    static char text[80];
    struct place place;
    struct complaint why;
    struct period period;
    assert_int_equal(period_parse(slice_text(period_text), &period), ERR_OK);
    if (plan_place(plan, slice_text(set), slice_text(element), period, &place, &why)) {
        snprintf(text, sizeof text, "%.*s", SLICE_ARG(place.form));
    } else {
        snprintf(text, sizeof text, "✗ %s", code_text(why.code));
    }
    return text;
}

static void
elements_find_their_form(void **state)
{
    struct plan *plan = sample_plan();
    (void)state;
    assert_string_equal(place_of(plan, "", "a", "20211105"), "daily");
    assert_string_equal(place_of(plan, "", "a", "202111"), "✗ form-ambiguous");
    assert_string_equal(place_of(plan, "monthly-too", "a", "202111"), "monthly-too");
    assert_string_equal(place_of(plan, "", "a", "2021"), "✗ period-type");
    assert_string_equal(place_of(plan, "", "b", "2021"), "yearly");
    assert_string_equal(place_of(plan, "daily", "b", "2021"), "✗ indicator-unknown");
    assert_string_equal(place_of(plan, "", "f", "2021"), "✗ indicator-unknown");
    assert_string_equal(place_of(plan, "", "c", "2021"), "✗ indicator-unknown");
    assert_string_equal(place_of(plan, "hourly", "a", "2021"), "✗ form-unknown");
    plan_drop(&plan);
}

static void
values_are_of_their_type(void **state)
{
    static const struct {
        uint16_t indicator;
        const char *value;
        enum code wrong;
    } cases[] = {
        {0, "12.5", CODE_NONE},      {0, "12.55", CODE_VALUE_FRACTION},
        {0, "1e3", CODE_VALUE_TYPE}, {1, "-7", CODE_NONE},
        {1, "7.0", CODE_NONE},       {1, "7.5", CODE_VALUE_FRACTION},
        {1, " 7", CODE_VALUE_TYPE},  {1, "99999999999999999999", CODE_VALUE_OVERFLOW},
        {2, "true", CODE_NONE},      {2, "0", CODE_NONE},
        {2, "yes", CODE_VALUE_TYPE},
    };
    struct plan *plan = sample_plan();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place = {.indicator = cases[i].indicator};
        struct complaint why = {0};
        bool good = plan_value(plan, &place, slice_text(cases[i].value), &why);
        assert_int_equal(why.code, cases[i].wrong);
        assert_int_equal(good, cases[i].wrong == CODE_NONE);
    }
    plan_drop(&plan);
}

/* ---- signing in ---- */

static struct answer
answer_of(struct buf *b, const char *principal, const char *password)
{
    buf_clear(b);
    pack_map(b, 2);
    pack_key_text(b, "principal", slice_text(principal));
    pack_key_text(b, "password", slice_text(password));
    return (struct answer){.err = ERR_OK, .body = buf_slice_of(b)};
}

/* "p:right" and "p:wrong" */
#define RIGHT "Basic cDpyaWdodA=="
#define WRONG "Basic cDp3cm9uZw=="

static void
wrong_passwords_lock(void **state)
{
    struct sign_ins *s = mem_alloc(sizeof *s);
    struct credentials right, wrong, elsewhere;
    char hash[crypto_pwhash_STRBYTES], who[CODE_MAX + 1];
    struct buf body = BUF_EMPTY;
    (void)state;
    assert_true(sodium_init() >= 0);
    sign_ins_init(s);
    assert_int_equal(
        crypto_pwhash_str(hash, "right", 5, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
        0);
    assert_true(credentials_read(s, RIGHT, "127.0.0.1", &right));
    assert_true(credentials_read(s, WRONG, "127.0.0.1", &wrong));
    assert_true(credentials_read(s, RIGHT, "127.0.0.2", &elsewhere));
    struct answer answer = answer_of(&body, "p", hash);
    for (unsigned i = 0; i < PAIR_FAILURES; i++) {
        assert_int_equal(sign_in_locked_ms(s, &right, 1000), 0);
        assert_false(sign_in_take(s, &wrong, &answer, 1000, who));
    }
    assert_int_equal(sign_in_locked_ms(s, &right, 1000), LOCK_MS);
    assert_int_equal(sign_in_locked_ms(s, &elsewhere, 1000), 0);
    assert_int_equal(sign_in_locked_ms(s, &right, 1000 + LOCK_MS), 0);
    assert_true(sign_in_take(s, &right, &answer, 1000 + LOCK_MS, who));
    assert_string_equal(who, "p");
    assert_int_equal(sign_in_locked_ms(s, &right, 1000 + LOCK_MS), 0);
    assert_string_equal(sign_in_known(s, &right, 1000 + LOCK_MS), "p");
    assert_null(sign_in_known(s, &wrong, 1000 + LOCK_MS));
    assert_null(sign_in_known(s, &right, 1000 + LOCK_MS + SIGN_IN_MS));
    buf_fini(&body);
    free(s);
}

static void
headers_that_are_none(void **state)
{
    static const char *const none[] = {"",         "Bearer x",   "Basic",
                                       "Basic !!", "Basic cA==", "Basic QTpi" /* A:b: no code */};
    struct sign_ins *s = mem_alloc(sizeof *s);
    struct credentials c;
    (void)state;
    sign_ins_init(s);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_false(credentials_read(s, none[i], "", &c));
    }
    free(s);
}

/* ---- routes ---- */

static void
paths_find_their_route(void **state)
{
    bool other;
    (void)state;
    for (unsigned i = 0; i < ROUTE_COUNT; i++) {
        assert_ptr_equal(route_find(ROUTES[i].method, ROUTES[i].path, &other), &ROUTES[i]);
    }
    assert_non_null(route_find("GET", "/api/receipts/7.1", &other));
    assert_non_null(route_find("HEAD", "/healthz", &other));
    assert_ptr_equal(route_find("GET", "/api/38/receipts/7.1", &other),
                     route_find("GET", "/api/receipts/7.1", &other));
    assert_ptr_equal(route_find("POST", "/api/2/dataValueSets", &other),
                     route_find("POST", "/api/dataValueSets", &other));
    assert_null(route_find("GET", "/api/1234/receipts/7.1", &other));
    assert_null(route_find("GET", "/api/38/healthz", &other));
    assert_null(route_find("GET", "/api/38", &other));
    assert_null(route_find("GET", "/api/receipts/", &other));
    assert_null(route_find("GET", "/api/receipts/7.1/..", &other));
    assert_false(other);
    assert_null(route_find("DELETE", "/healthz", &other));
    assert_true(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_bodies),
        cmocka_unit_test(csv_bodies),
        cmocka_unit_test(adx_bodies),
        cmocka_unit_test(lines_of_reports),
        cmocka_unit_test(endless_bodies),
        cmocka_unit_test(elements_find_their_form),
        cmocka_unit_test(values_are_of_their_type),
        cmocka_unit_test(wrong_passwords_lock),
        cmocka_unit_test(headers_that_are_none),
        cmocka_unit_test(paths_find_their_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
