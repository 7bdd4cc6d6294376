/* Option parsing as every verb uses it, the words, numbers grouped, tables by terminal columns. */
#include "clients/options.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "proto/codes.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct own {
    const char *unit;
    uint64_t revision;
    bool wait;
    struct option_list list;
};

static int
parse(struct options *o, struct own *own, const char *words)
{
    static char text[256];
    static char *argv[32]; /* what is parsed points into it */
    int argc = 0;
    const struct option_spec specs[] = {
        TEXT_OPTION("unit", "CODE", &own->unit, true, "đơn vị", "the unit"),
        NUMBER_OPTION("revision", "N", &own->revision, false, "lần sửa", "revision"),
        SWITCH_OPTION("wait", &own->wait, "chờ", "wait"),
        LIST_OPTION("indicator", "CODE", &own->list, false, "chỉ tiêu", "indicator"),
        TEXT_OPTION("campaign", "FILE", &own->unit, false, "tệp", "a file"),
    };
    *own = (struct own){0};
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return options_parse(o, specs, OPTION_COUNT(specs), argc, argv);
}

/* What is said goes to stderr, what is helped to stdout: neither shall disturb the test's output. */
static int
quietly(struct options *o, struct own *own, const char *words)
{
    fflush(stdout);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    assert_non_null(freopen("/dev/null", "w", stdout));
    assert_non_null(freopen("/dev/null", "w", stderr));
    int code = parse(o, own, words);
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    return code;
}

static void
test_good(void **state)
{
    struct options o;
    struct own own;
    (void)state;
    unsetenv("THIDUA_DATA");
    assert_int_equal(parse(&o, &own, "submit --unit w1 - --wait --json"), OPTIONS_GO);
    assert_string_equal(own.unit, "w1");
    assert_true(own.wait && o.json && !o.quiet);
    assert_int_equal(o.arg_count, 1);
    assert_string_equal(o.args[0], "-");
    assert_string_equal(o.data, "thidua-data");
    assert_null(o.brokers);

    setenv("THIDUA_DATA", "/there", 1);
    assert_int_equal(parse(&o, &own,
                           "submit x --unit=w1 --revision 7 --indicator a --indicator b "
                           "--broker ipc:///x --after 3.1 --timeout 9"),
                     OPTIONS_GO);
    assert_string_equal(o.data, "/there");
    assert_int_equal(own.revision, 7);
    assert_int_equal(own.list.count, 2);
    assert_string_equal(own.list.items[1], "b");
    assert_string_equal(o.brokers, "ipc:///x");
    assert_string_equal(o.after, "3.1");
    assert_int_equal(o.timeout_s, 9);
    assert_int_equal(parse(&o, &own, "submit x --unit w1 --data /here"), OPTIONS_GO);
    assert_string_equal(o.data, "/here");
    unsetenv("THIDUA_DATA");
}

static void
test_own_before_common(void **state)
{
    struct options o;
    struct own own;
    (void)state;
    assert_int_equal(parse(&o, &own, "submit x --unit w1 --campaign file.yaml"), OPTIONS_GO);
    assert_string_equal(own.unit, "file.yaml");
    assert_null(o.campaign);
}

static void
test_refused(void **state)
{
    static const char *const lines[] = {
        "submit --unit w1",                 /* FILE is missing */
        "submit a b --unit w1",             /* one too many */
        "submit a",                         /* --unit is missing */
        "submit a --unit",                  /* its value is */
        "submit a --unit w1 --colour red",  /* unknown */
        "submit a --unit w1 -x",            /* unknown */
        "submit a --unit w1 --revision -1", /* no whole number */
        "submit a --unit w1 --revision 1x", /* the same */
        "submit a --unit w1 --revision 9223372036854775808",
        "submit a --unit w1 --lang de",
        "submit a --unit w1 --wait=1", /* a switch takes no value */
    };
    struct options o;
    struct own own;
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(quietly(&o, &own, lines[i]), EX_USAGE);
    }
    assert_int_equal(quietly(&o, &own, "submit --help"), 0);
    assert_int_equal(quietly(&o, &own, "submit -h"), 0);
}

static void
test_language(void **state)
{
    struct options o;
    struct own own;
    (void)state;
    assert_int_equal(parse(&o, &own, "submit a --unit w1 --lang vi"), OPTIONS_GO);
    assert_int_equal(words_language(), LANGUAGE_VI);
    assert_string_equal(tr("vi", "en"), "vi");
    assert_int_equal(parse(&o, &own, "submit a --unit w1 --lang en"), OPTIONS_GO);
    assert_string_equal(tr("vi", "en"), "en");
}

static void
test_every_verb(void **state)
{
    (void)state;
    for (size_t i = 0; i < VERB_COUNT; i++) {
        assert_ptr_equal(verb_find(VERB_TABLE[i].name), &VERB_TABLE[i]);
        assert_true(VERB_TABLE[i].vi[0] != '\0' && VERB_TABLE[i].en[0] != '\0');
        assert_true(VERB_TABLE[i].least <= VERB_TABLE[i].most);
    }
    assert_null(verb_find("nosuch"));
}

static void
grouped(const char *exact, const char *vi, const char *en)
{
    char text[64];
    assert_true(words_language_set("vi"));
    number_group(exact, text, sizeof text);
    assert_string_equal(text, vi);
    assert_true(words_language_set("en"));
    number_group(exact, text, sizeof text);
    assert_string_equal(text, en);
}

static void
test_groups(void **state)
{
    (void)state;
    grouped("", "", "");
    grouped("0", "0", "0");
    grouped("999", "999", "999");
    grouped("1000", "1.000", "1,000");
    grouped("-1000", "-1.000", "-1,000");
    grouped("-100", "-100", "-100");
    grouped("1234567.8901", "1.234.567,8901", "1,234,567.8901");
    grouped("0.5", "0,5", "0.5");
}

static void
test_table(void **state)
{
    static const char wanted[] = "Đơn vị   Số\n"
                                 "Phường    5\n"
                                 "Xã      120\n";
    struct table_column columns[] = {{"Đơn vị", false}, {"Số", true}};
    struct table *table = table_new(columns, 2);
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    (void)state;
    table_print(table, to); /* no row: nothing, not even the titles */
    table_text(table, "Phường");
    table_text(table, "5");
    table_text(table, "Xã");
    table_text(table, "120");
    table_print(table, to);
    fclose(to);
    assert_string_equal(text, wanted);
    free(text);
    table_free(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),       cmocka_unit_test(test_own_before_common),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_language),
        cmocka_unit_test(test_every_verb), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
