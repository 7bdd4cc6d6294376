/* broker.status as Prometheus reads it: what a real broker answers, line by line, by the format's own rules, and
 * docs/METRICS.md beside it. */
#include "tests/lib/broker_rig.h"

#include "clients/answers.h"
#include "common/file.h"
#include "common/log.h"
#include "proto/figures.h"
#include "proto/metrics.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static int
set_up(void **state)
{
    struct broker_rig *rig = rig_new();
    snprintf(rig->settings.listen_tcp, sizeof rig->settings.listen_tcp, "tcp://*:5571");
    rig_start(rig);
    rig_client(rig, "a");
    rig_worker(rig, "t", ROLE_TALLY, 101);
    *state = rig;
    return 0;
}

static int
tear_down(void **state)
{
    struct broker_rig *rig = *state;
    rig_free(&rig);
    return 0;
}

static json_t *
status_of(struct broker_rig *rig)
{
    struct message_answer answer;
    rig_query(rig, "a", 9, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_answer, &answer);
    json_t *status = answer_json(answer.body);
    assert_non_null(status);
    return status;
}

/* A broker about which there is something to say everywhere. */
static json_t *
status_full(struct broker_rig *rig)
{
    struct figures f = {.verdicts = {[FIGURES_REJECTED] = 5}, .codes = {[CODE_UNIT_UNKNOWN] = 4}};
    struct buf figures = BUF_EMPTY, header = BUF_EMPTY;
    struct message_receipts receipts;
    rig_submit(rig, "a", 1, 3, 8);
    rig->clock.now_us += 1700;
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_receipts, &receipts);
    rig_worker(rig, "q", ROLE_QUERY, 102);
    histogram_add(&f.transactions, 700, 3);
    histogram_add(&f.transactions, 90000000, 1);
    figures_pack(&f, &figures);
    rig->clock.now_us += 2000000;
    struct message_progress progress = {.position = 1, .figures = buf_slice_of(&figures)};
    message_encode_progress(&progress, &header);
    rig_say(rig, "t", &header);
    buf_fini(&header);
    buf_fini(&figures);
    return status_of(rig);
}

static char *
printed(const json_t *status)
{
    struct buf out = BUF_EMPTY;
    metrics_print(status, &out);
    char *text = malloc(out.len + 1);
    memcpy(text, out.data, out.len);
    text[out.len] = '\0';
    buf_fini(&out);
    return text;
}

static void
has_line(const char *text, const char *line)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (strstr(text, whole) == NULL) {
        fail_msg("no line “%s” in:\n%s", line, text);
    }
}

static void
what_a_broker_tells(void **state)
{
    json_t *status = status_full(*state);
    char *text = printed(status);
    has_line(text, "thidua_network_open 0");
    has_line(text, "thidua_problem{problem=\"network-closed\"} 1");
    has_line(text, "thidua_broker_records_total 3");
    has_line(text, "thidua_sessions{role=\"query\"} 1");
    has_line(text, "thidua_broker_busy_total{reason=\"quota\"} 0");
    has_line(text, "thidua_disk_min_free_bytes 268435456");
    has_line(text, "thidua_uptime_seconds 2.001");
    has_line(text, "thidua_receipt_seconds_bucket{le=\"0.001\"} 0");
    has_line(text, "thidua_receipt_seconds_bucket{le=\"0.0025\"} 1");
    has_line(text, "thidua_receipt_seconds_sum 0.0017");
    has_line(text, "thidua_receipt_seconds_count 1");
    has_line(text, "thidua_lag_seconds_sum 2");
    has_line(text, "thidua_shard_oldest_seconds{shard=\"0\"} 0");
    has_line(text, "thidua_transaction_seconds_bucket{shard=\"0\",le=\"60\"} 3");
    has_line(text, "thidua_transaction_seconds_bucket{shard=\"0\",le=\"+Inf\"} 4");
    has_line(text, "thidua_transaction_seconds_sum{shard=\"0\"} 90.0021");
    has_line(text, "thidua_verdicts_total{shard=\"0\",verdict=\"rejected\"} 5");
    has_line(text, "thidua_rejected_total{shard=\"0\",code=\"unit-unknown\"} 4");
    free(text);
    json_decref(status);
}

/* ---- the format ---- */

/* "# TYPE name kind": the name is of Prometheus's letters, and its end is the kind's. */
static void
type_check(const char *name, const char *kind)
{
    size_t len = strlen(name);
    bool total = len > 6 && strcmp(name + len - 6, "_total") == 0;
    assert_true(strncmp(name, "thidua_", 7) == 0);
    for (const char *c = name; *c != '\0'; c++) {
        assert_true(islower((unsigned char)*c) || *c == '_');
    }
    assert_int_equal(total, strcmp(kind, "counter") == 0);
    assert_true(total || strcmp(kind, "gauge") == 0 || strcmp(kind, "histogram") == 0);
    if (strcmp(kind, "histogram") == 0) {
        assert_string_equal(name + len - 8, "_seconds");
    }
}

static void
lines_by_the_format(void **state)
{
    json_t *status = status_full(*state);
    char *text = printed(status), *rest = text, *line;
    char name[80] = "", kind[16] = "";
    unsigned helps = 0, types = 0;
    assert_true(text[strlen(text) - 1] == '\n');
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char value[32];
        size_t len = strlen(name);
        if (strncmp(line, "# HELP ", 7) == 0) {
            helps++;
        } else if (sscanf(line, "# TYPE %79s %15s", name, kind) == 2) {
            type_check(name, kind);
            types++;
        } else { /* a sample stands below its own TYPE */
            assert_true(strncmp(line, name, len) == 0);
            assert_true(line[len] == ' ' || line[len] == '{' || strcmp(kind, "histogram") == 0);
            assert_int_equal(sscanf(strrchr(line, ' '), " %31[0-9.-]", value), 1);
            assert_true(strlen(strrchr(line, ' ')) == strlen(value) + 1);
        }
    }
    assert_true(helps == types && types > 30);
    free(text);
    json_decref(status);
}

static void
what_is_not_told_is_left_out(void **state)
{
    (void)state;
    json_t *status = json_pack("{s:b}", "ok", false);
    char *text = printed(status);
    assert_string_equal(text, "# HELP thidua_ok 1 where the broker knows of no problem.\n"
                              "# TYPE thidua_ok gauge\nthidua_ok 0\n");
    free(text);
    json_decref(status);
}

/* A broker that lies breaks no line. */
static void
labels_are_escaped(void **state)
{
    (void)state;
    json_t *status = json_pack("{s:[s, i], s:[{s:i, s:{s:i}}]}", "problems", "a\"b\\c\nd", 7,
                               "shards", "shard", -3, "rejected_by", "x\"} 1\nthidua_ok", 2);
    char *text = printed(status);
    has_line(text, "thidua_problem{problem=\"a\\\"b\\\\c\\nd\"} 1");
    has_line(text, "thidua_rejected_total{shard=\"-3\",code=\"x\\\"} 1\\nthidua_ok\"} 2");
    free(text);
    json_decref(status);
}

/* ---- the page ---- */

/* Whether the page has a row of this metric and kind. */
static void
documented(const char *page, const char *name, const char *kind)
{
    char row[128];
    snprintf(row, sizeof row, "| `%s` | %s |", name, kind);
    if (strstr(page, row) == NULL) {
        fail_msg("docs/METRICS.md has no row %s", row);
    }
}

static void
the_page_has_every_metric_and_no_other(void **state)
{
    json_t *status = status_full(*state);
    char *text = printed(status);
    struct buf page = BUF_EMPTY;
    unsigned told = 0, written = 0;
    assert_int_equal(file_read("docs/METRICS.md", 1 << 20, &page), ERR_OK);
    buf_byte(&page, '\0');
    for (const char *at = text; (at = strstr(at, "# TYPE ")) != NULL; at++) {
        char name[80], kind[16];
        assert_int_equal(sscanf(at, "# TYPE %79s %15s", name, kind), 2);
        documented((const char *)page.data, name, kind);
        told++;
    }
    for (const char *at = (const char *)page.data; (at = strstr(at, "\n| `thidua_")) != NULL;
         at++) {
        written += strncmp(at, "\n| `thidua_gateway_", 19) != 0;
    }
    assert_int_equal(told, written);
    buf_fini(&page);
    free(text);
    json_decref(status);
}

int
main(void)
{
#define IN_BROKER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_BROKER(what_a_broker_tells),
        IN_BROKER(lines_by_the_format),
        cmocka_unit_test(what_is_not_told_is_left_out),
        cmocka_unit_test(labels_are_escaped),
        IN_BROKER(the_page_has_every_metric_and_no_other),
    };
    log_open("test_metrics", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
