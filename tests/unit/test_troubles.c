/* What an operator is told is wrong, and to do: every line of the table by an answer of broker.status that has
 * it, in both languages. */
#include "clients/amounts.h"
#include "clients/troubles.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define DATA "/srv/thidua"
#define WELL                                                                                       \
    "'ok': true, 'free_bytes': 99000000000, 'min_free_bytes': 268435456, 'sessions': 5, "          \
    "'sessions_max': 2000, 'quarantined': 0, 'clock_offset_us': 900, "                             \
    "'query_workers': [{'pid': 77, 'outstanding': 0}], "
#define SHARDS "'shards': [{'shard': 0, 'pid': 40, 'worker': 'up', 'lag_blocks': 0, 'oldest_ms': 0}"
#define PROBLEM(word) "'problems': ['" word "'], "

/* ' for ", so that an answer can be read here. */
static json_t *
answer_of(const char *text)
{
    char json[2048];
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < sizeof json; i++) {
        json[i] = (char)(text[i] == '\'' ? '"' : text[i]);
    }
    json[i] = '\0';
    json_error_t error;
    json_t *answer = json_loads(json, 0, &error);
    if (answer == NULL) {
        fail_msg("%s: %s", text, error.text);
    }
    return answer;
}

static const struct expected {
    const char *answer;
    const char *word;
    bool wrong;
    const char *vi, *en; /* a part of each sentence that was filled */
    const char *command;
} EXPECTED[] = {
    {"{" WELL PROBLEM("shard-without-worker") SHARDS ", {'shard': 1, 'pid': 0, 'worker': 'none'}]}",
     "shard-without-worker", true, "Phân mảnh 1 không", "Shard 1 has no worker",
     "journalctl -u thidua -n 50"},
    {"{" WELL PROBLEM("worker-silent") SHARDS
     ", {'shard': 1, 'pid': 41, 'worker': 'silent'}, {'shard': 2, 'pid': 42, 'worker': 'silent'}]}",
     "worker-silent", true, "phân mảnh 1, 2 còn đó (PID 41)", "shard 1, 2 is there (PID 41)",
     "kill -KILL 41"},
    {"{" WELL PROBLEM("no-query-worker") SHARDS "]}", "no-query-worker", true, "không ai xem",
     "Nobody answers", "journalctl -u thidua -n 50"},
    {"{" WELL PROBLEM("query-worker-silent") SHARDS "]}", "query-worker-silent", true, "PID 77",
     "PID 77", "kill -KILL 77"},
    {"{" WELL PROBLEM("lag-large") SHARDS
     ", {'shard': 3, 'worker': 'up', 'lag_blocks': 120000, 'oldest_ms': 190000}]}",
     "lag-large", true, "Phân mảnh 3 chậm 120.000 khối, lâu nhất đã 3,1 phút",
     "Shard 3 is 120,000 blocks behind, the oldest for 3.1 min", "thidua top"},
    {"{" WELL PROBLEM("network-closed") SHARDS
     "], 'network': {'endpoint': 'tcp://*:5571', 'open': false, 'why': 'access-unknown'}}",
     "network-closed/access-unknown", true, "ai được vào", "who may come in",
     "thidua status --wait 60"},
    {"{" WELL PROBLEM(
         "network-closed") "'shards': [{'shard': 0, 'worker': 'up', 'lag_blocks': 1234}"
                           "], 'network': {'endpoint': 'tcp://*:5571', 'open': false, 'why': "
                           "'shard-behind'}}",
     "network-closed/shard-behind", true, "1.234 khối nữa", "1,234 blocks to go",
     "thidua status --wait 600"},
    {"{" WELL PROBLEM("network-closed") SHARDS
     "], 'network': {'endpoint': 'tcp://*:5571', 'open': false, 'why': 'address-unusable'}}",
     "network-closed/address-unusable", true,
     "tại tcp://*:5571:", "at tcp://*:5571:", "ss -ltnp \"sport = :5571\""},
    {"{'ok': false, " PROBLEM("disk-low") SHARDS
     "], 'free_bytes': 104857600, 'min_free_bytes': 268435456}",
     "disk-low", true, "còn trống 100 MiB, dưới mức 256 MiB",
     "Only 100 MiB of disk are free, 256 MiB", "du -h -d 1 " DATA},
    {"{" WELL PROBLEM("sessions-full") SHARDS "]}", "sessions-full", true, "5 trên 2000",
     "5 of 2000", "thidua sessions"},
    {"{" WELL PROBLEM("journal-damaged") SHARDS "]}", "journal-damaged", true, "không đọc được",
     "cannot be read", "thidua verify --data " DATA},
    {"{" WELL PROBLEM("first-not-published") SHARDS "], 'unpublished': 3}", "first-not-published",
     true, "(3 tệp)", "(3 files)", "thidua status --wait 60"},
    {"{" WELL
     "'problems': [], 'shards': [{'shard': 6, 'worker': 'up', 'lag_blocks': 9, 'oldest_ms': "
     "60001}]}",
     "lag-old", false, "Phân mảnh 6 còn báo cáo chờ đã 1 phút",
     "Shard 6 has records that have waited 1 min", "thidua top"},
    {"{'problems': [], 'free_bytes': 1073741823, 'min_free_bytes': 268435456}", "disk-soon", false,
     "còn trống 1023 MiB", "1023 MiB of disk", "du -h -d 1 " DATA},
    {"{'problems': [], 'sessions': 1501, 'sessions_max': 2000}", "sessions-near", false,
     "1501 trên 2000", "1501 of 2000", "thidua sessions"},
    {"{'problems': [], 'quarantined': 2}", "quarantined", false, "2 bản ghi", "2 records",
     "thidua quarantine list"},
    {"{'problems': [], 'clock_offset_us': -60000001, 'time_us': 1636160400000000}", "clock-set",
     false, "lệch máy này 1 phút", "1 min from this", "timedatectl status"},
};

#define EXPECTED_COUNT (sizeof EXPECTED / sizeof EXPECTED[0])

static void
contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("“%s” is not in “%s”", part, text);
    }
}

static void
one_check(const struct expected *e, const char *language, const char *part)
{
    struct trouble troubles[TROUBLES_MAX];
    json_t *answer = answer_of(e->answer);
    assert_true(words_language_set(language));
    assert_int_equal(troubles_find(answer, DATA, troubles), 1);
    assert_string_equal(troubles[0].word, e->word);
    assert_int_equal(troubles[0].wrong, e->wrong);
    contains(troubles[0].sentence, part);
    assert_string_equal(troubles[0].command, e->command);
    assert_null(strpbrk(troubles[0].sentence, "{}"));
    assert_null(strpbrk(troubles[0].command, "{}"));
    json_decref(answer);
}

static void
each_has_a_sentence_and_a_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        one_check(&EXPECTED[i], "vi", EXPECTED[i].vi);
        one_check(&EXPECTED[i], "en", EXPECTED[i].en);
    }
}

static void
none_of_the_table_is_left_out(void **state)
{
    size_t n = 0;
    (void)state;
    for (; trouble_word(n) != NULL; n++) {
        size_t i = 0;
        while (i < EXPECTED_COUNT && strcmp(EXPECTED[i].word, trouble_word(n)) != 0) {
            i++;
        }
        if (i == EXPECTED_COUNT) {
            fail_msg("%s is not tested", trouble_word(n));
        }
    }
    assert_int_equal(n, EXPECTED_COUNT);
}

/* A command that is ours must be there. */
static void
commands_are_verbs(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        char verb[32];
        if (sscanf(EXPECTED[i].command, "thidua %31s", verb) == 1 && verb_find(verb) == NULL) {
            fail_msg("there is no %s", EXPECTED[i].command);
        }
    }
}

static void
nothing_is_told_of_a_site_that_is_well(void **state)
{
    struct trouble troubles[TROUBLES_MAX];
    json_t *answer = answer_of("{" WELL "'problems': [], " SHARDS "]}");
    (void)state;
    assert_int_equal(troubles_find(answer, DATA, troubles), 0);
    json_decref(answer);
}

/* What is wrong hides the smaller thing of the same kind, and comes first. */
static void
several_at_once(void **state)
{
    struct trouble troubles[TROUBLES_MAX];
    json_t *answer =
        answer_of("{'problems': ['lag-large', 'disk-low', 'from-tomorrow'], 'quarantined': "
                  "1, 'free_bytes': 1, 'min_free_bytes': 2, 'shards': [{'shard': 0, "
                  "'lag_blocks': 200000, 'oldest_ms': 99999999}]}");
    (void)state;
    assert_true(words_language_set("en"));
    assert_int_equal(troubles_find(answer, NULL, troubles), 4);
    assert_string_equal(troubles[0].word, "lag-large");
    assert_string_equal(troubles[1].word, "disk-low");
    assert_string_equal(troubles[1].command, "du -h -d 1 DATA"); /* on another machine */
    assert_string_equal(troubles[2].word, "from-tomorrow");
    assert_true(troubles[2].wrong);
    assert_string_equal(troubles[3].word, "quarantined");
    json_decref(answer);
}

/* More than fits, of a broker that lies. */
static void
answers_of_any_size(void **state)
{
    struct trouble troubles[TROUBLES_MAX];
    json_t *problems = json_array();
    (void)state;
    for (int i = 0; i < 100; i++) {
        json_array_append_new(problems, json_string("network-closed"));
    }
    json_array_append_new(problems, json_integer(7));
    char endpoint[5000];
    memset(endpoint, 'x', sizeof endpoint - 1);
    endpoint[sizeof endpoint - 1] = '\0';
    json_t *answer = json_pack("{s:o, s:{s:s, s:s}}", "problems", problems, "network", "endpoint",
                               endpoint, "why", "address-unusable");
    assert_int_equal(troubles_find(answer, DATA, troubles), TROUBLES_MAX);
    assert_true(strlen(troubles[0].sentence) == sizeof troubles[0].sentence - 1);
    json_decref(answer);
    answer = json_object();
    assert_int_equal(troubles_find(answer, DATA, troubles), 0);
    json_decref(answer);
}

static void
amounts_at_a_glance(void **state)
{
    char text[AMOUNT_TEXT];
    (void)state;
    assert_true(words_language_set("en"));
    bytes_text(1536, text);
    assert_string_equal(text, "1.5 KiB");
    bytes_text(UINT64_MAX, text);
    assert_string_equal(text, "16777215 TiB");
    duration_text(999, text);
    assert_string_equal(text, "999 µs");
    duration_text(-7200000000, text);
    assert_string_equal(text, "2 h");
    duration_text(INT64_MIN, text);
    assert_string_equal(text, "106751991 days");
    count_text(-1234567, text);
    assert_string_equal(text, "-1,234,567");
    assert_true(words_language_set("vi"));
    duration_text(2500, text);
    assert_string_equal(text, "2,5 ms");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_sentence_and_a_command),
        cmocka_unit_test(none_of_the_table_is_left_out),
        cmocka_unit_test(commands_are_verbs),
        cmocka_unit_test(nothing_is_told_of_a_site_that_is_well),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(answers_of_any_size),
        cmocka_unit_test(amounts_at_a_glance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
