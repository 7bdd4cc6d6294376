/* What `thidua top` shows: numbers out of answers, and a page that fits every screen in both languages. */
#include "clients/answers.h"
#include "clients/top_view.h"
#include "clients/words.h"
#include "common/slice.h"
#include "common/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 60
#define COLUMNS_MOST 220

/* [sum, count…] with `n` in the bucket `at`. */
static json_t *
times_of(unsigned at, int64_t n)
{
    json_t *times = json_array();
    for (unsigned i = 0; i < 1 + HISTOGRAM_COUNTS; i++) {
        json_array_append_new(times, json_integer(i == at + 1 ? n : 0));
    }
    return times;
}

static json_t *
shard_of(int number, const char *worker, int lag)
{
    return json_pack("{s:i, s:i, s:s, s:i, s:i, s:o, s:{s:i}}", "shard", number, "pid",
                     1000 + number, "worker", worker, "lag_blocks", lag, "oldest_ms", lag * 9,
                     "transactions", times_of(6, number), "rejected_by", "unit-unknown", lag);
}

/* An answer of a broker that has been up for `ms` and has journalled so much. */
static json_t *
answer_of(const char *start, int ms, int records, int shards)
{
    json_t *list = json_array();
    for (int i = 0; i < shards; i++) {
        json_array_append_new(list, shard_of(i, i == 3 ? "none" : "up", i * 100));
    }
    return json_pack(
        "{s:s, s:i, s:i, s:I, s:{s:i, s:{s:i}}, s:o, s:[], s:i, s:i, s:{s:i}, s:I, s:I, s:i, "
        "s:{s:o, s:o, s:o}, s:[{s:i}], s:{s:b, s:s, s:s}, s:i}",
        "start_id", start, "site", 7, "uptime_ms", ms, "time_us", (json_int_t)1636160400000000,
        "counts", "records", records, "busy_by", "quota", records / 10, "shards", list, "problems",
        "sessions", 12, "sessions_max", 2000, "session_roles", "client", 9, "free_bytes",
        (json_int_t)73014444032, "min_free_bytes", (json_int_t)268435456, "head", 1234567, "times",
        "receipts", times_of(3, records), "commits", times_of(2, records), "lag",
        times_of(HISTOGRAM_BOUNDS, records), "query_workers", "pid", 5, "network", "open", 1,
        "endpoint", "tcp://*:5571", "why", "", "quarantined", 0);
}

/* The page as a screen has it: one cell a column. */
struct screen {
    char cells[ROWS_MOST][COLUMNS_MOST][8];
    char text[ROWS_MOST * COLUMNS_MOST * 4];
};

static void
run_place(struct screen *s, const struct top_page *page, const struct top_run *run)
{
    unsigned x = run->x;
    assert_true(run->y < page->rows);
    for (const char *at = run->text; *at != '\0'; x++) {
        size_t len = 1;
        while (((unsigned char)at[len] & 0xc0) == 0x80) {
            len++;
        }
        assert_int_equal(text_columns(slice_of(at, len)), 1);
        assert_true(x < page->columns);
        if (s->cells[run->y][x][0] != '\0' && s->cells[run->y][x][0] != ' ') {
            fail_msg("row %u, column %u is written twice: “%s”", run->y, x, run->text);
        }
        snprintf(s->cells[run->y][x], sizeof s->cells[0][0], "%.*s", (int)len, at);
        at += len;
    }
}

static const char *
screen_of(const struct top_view *view, unsigned rows, unsigned columns)
{
    static struct screen s;
    static struct top_page page;
    size_t used = 0;
    memset(&s, 0, sizeof s);
    top_view_make(view, rows, columns, &page);
    assert_true(page.count < TOP_RUNS_MAX);
    for (unsigned i = 0; i < page.count; i++) {
        run_place(&s, &page, &page.runs[i]);
    }
    for (unsigned y = 0; y < rows; y++) {
        for (unsigned x = 0; x < columns; x++) {
            const char *cell = s.cells[y][x];
            used += (size_t)snprintf(s.text + used, sizeof s.text - used, "%s",
                                     *cell == '\0' ? " " : cell);
        }
        used += (size_t)snprintf(s.text + used, sizeof s.text - used, "\n");
    }
    return s.text;
}

static void
shows(const char *screen, const char *part)
{
    if (strstr(screen, part) == NULL) {
        fail_msg("“%s” is not shown:\n%s", part, screen);
    }
}

static void
shows_not(const char *screen, const char *part)
{
    if (strstr(screen, part) != NULL) {
        fail_msg("“%s” is shown:\n%s", part, screen);
    }
}

static void
both_languages_on_the_smallest_usual_screen(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top, .data = "/srv/thidua"};
    (void)state;
    top_take(&top, answer_of("1", 10000, 1000, 2), 0);
    top_take(&top, answer_of("1", 12000, 6000, 2), 0);
    assert_true(words_language_set("vi"));
    const char *screen = screen_of(&view, 24, 80);
    shows(screen, "Thi Đua · điểm 7 · chạy được 12 giây");
    shows(screen, " ổn ");
    shows(screen, "2.500/giây");
    shows(screen, "khối 1.234.567");
    shows(screen, "50 % ≤ 1 ms  99 % ≤ 1 ms"); /* receipts */
    shows(screen, "Độ trễ      50 % > 1 phút");
    shows(screen, "quota 500");
    shows(screen, "12 trên 2000 (client 9)");
    shows(screen, "68 GiB (ít nhất 256 MiB)");
    shows(screen, "tcp://*:5571");
    shows(screen, "unit-unknown 100");
    shows(screen, "đang chạy");
    shows(screen, "q thoát");
    assert_true(words_language_set("en"));
    screen = screen_of(&view, 24, 80);
    shows(screen, "site 7 · up for 12 s");
    shows(screen, "2,500/s");
    shows(screen, "block 1,234,567");
    shows(screen, "Tiếng Việt");
    shows_not(screen, "giây");
    view.help = true;
    shows(screen_of(&view, 24, 80), "q   quit");
    top_fini(&top);
}

/* Everything that could be wrong, many shards, long endpoints: nothing leaves the screen, nothing is
 * written over. */
static void
every_screen_is_fitted(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top, .data = "/srv/a/data/directory/with/a/long/name"};
    json_t *status = answer_of("1", 2000, 500, 64);
    const char *const problems[] = {
        "shard-without-worker", "worker-silent", "no-query-worker", "lag-large",      "disk-low",
        "network-closed",       "sessions-full", "from-tomorrow",   "journal-damaged"};
    (void)state;
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
        json_array_append_new(json_object_get(status, "problems"), json_string(problems[i]));
    }
    json_object_set_new(json_object_get(status, "network"), "open", json_false());
    json_object_set_new(json_object_get(status, "network"), "why", json_string("address-unusable"));
    top_take(&top, answer_of("1", 1000, 1, 64), 0);
    for (int i = 0; i < 2 * TOP_RATES; i++) {
        top_take(&top, json_incref(status), 0);
    }
    json_decref(status);
    for (unsigned rows = 1; rows <= ROWS_MOST; rows++) {
        for (unsigned columns = 1; columns <= COLUMNS_MOST; columns += columns < 140 ? 1 : 16) {
            words_language_set((rows + columns) % 2 == 0 ? "vi" : "en");
            view.silent_ms = columns % 3 == 0 ? 90000 : 0;
            const char *screen = screen_of(&view, rows, columns);
            if (rows >= TOP_ROWS_MIN && columns >= TOP_COLUMNS_MIN) {
                shows(screen, words_language() == LANGUAGE_VI ? "q thoát" : "q quit");
                shows(screen, "unit-unknown");
            }
        }
    }
    top_fini(&top);
}

/* The shards that are furthest behind, where not all have a place; and what is left out is said. */
static void
the_worst_shards_are_shown(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top};
    (void)state;
    assert_true(words_language_set("en"));
    top_take(&top, answer_of("1", 1000, 1, 64), 0);
    const char *screen = screen_of(&view, 24, 80);
    shows(screen, "6,300"); /* shard 63's lag */
    shows(screen, "and 51 more");
    shows_not(screen, " 1,200 "); /* shard 12's */
    top_fini(&top);
}

static void
what_is_wrong_and_what_to_do(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top, .data = "/srv/thidua"};
    json_t *status = answer_of("1", 1000, 1, 4);
    (void)state;
    assert_true(words_language_set("en"));
    json_array_append_new(json_object_get(status, "problems"), json_string("shard-without-worker"));
    top_take(&top, status, 0);
    const char *screen = screen_of(&view, 24, 80);
    shows(screen, " 1 wrong ");
    shows(screen, "! Shard 3 has no worker");
    shows(screen, "→ journalctl -u thidua -n 50");
    shows(screen_of(&view, 40, 160), "! Shard 3 has no worker");
    view.silent_ms = 12000;
    shows(screen_of(&view, 24, 80), "no answer for 12 s");
    top_fini(&top);
}

static void
before_there_are_two_answers(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top};
    (void)state;
    assert_true(words_language_set("en"));
    assert_int_equal(top_rate(&top), -1);
    top_take(&top, answer_of("1", 1000, 1, 1), 0);
    shows(screen_of(&view, 24, 80), "–/s");
    shows(screen_of(&view, 24, 80), "Receipts    –");
    shows(screen_of(&view, TOP_ROWS_MIN - 1, 80), "Too small: 76 columns, 12 rows");
    top_fini(&top);
}

static void
a_broker_that_begins_anew(void **state)
{
    struct top top = {0};
    (void)state;
    top_take(&top, answer_of("1", 100000, 5000, 1), 0);
    top_take(&top, answer_of("1", 101000, 5100, 1), 0);
    assert_int_equal(top_rate(&top), 100);
    struct histogram h = top_time(&top, "receipts");
    assert_int_equal(histogram_count(&h), 100);
    top_take(&top, answer_of("2", 1000, 50, 1), 0);
    assert_int_equal(top_rate(&top), -1);
    top_take(&top, answer_of("2", 2000, 90, 1), 0);
    assert_int_equal(top_rate(&top), 40);
    assert_int_equal(top_grown(&top, "records"), 40);
    h = top_time(&top, "receipts");
    assert_int_equal(histogram_count(&h), 40);
    top_fini(&top);
}

/* Ten seconds, not all that was ever seen. */
static void
old_answers_are_forgotten(void **state)
{
    struct top top = {0};
    (void)state;
    for (int i = 0; i < 500; i++) {
        top_take(&top, answer_of("1", 1000 + i * 500, i < 250 ? i * 1000 : 250000, 1), i);
    }
    assert_int_equal(top_rate(&top), 0);
    assert_int_equal(top.heard_ms, 499);
    assert_int_equal(top.rate_count, TOP_RATES);
    top_fini(&top);
}

/* Anything that is no status, of a broker that lies. */
static void
answers_of_any_shape(void **state)
{
    struct top top = {0};
    struct top_view view = {.top = &top};
    (void)state;
    top_take(&top, json_object(), 0);
    top_take(&top,
             json_pack("{s:[i, n, {s:s}], s:{s:[i]}}", "shards", 1, "rejected_by", "x", "times",
                       "receipts", 3),
             0);
    shows(screen_of(&view, 24, 80), "q ");
    shows(screen_of(&view, 40, 200), "q ");
    top_fini(&top);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_on_the_smallest_usual_screen),
        cmocka_unit_test(every_screen_is_fitted),
        cmocka_unit_test(the_worst_shards_are_shown),
        cmocka_unit_test(what_is_wrong_and_what_to_do),
        cmocka_unit_test(before_there_are_two_answers),
        cmocka_unit_test(a_broker_that_begins_anew),
        cmocka_unit_test(old_answers_are_forgotten),
        cmocka_unit_test(answers_of_any_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
