/* The table of rights: that several roles add up, that "local" may all, that nothing unknown is
 * allowed, that every record has its line, and that docs/RIGHTS.md shows it. (Each line, against a table that was written for the test:
 * test_rights_applied.c.) */
#include "common/buf.h"
#include "common/file.h"
#include "proto/rights.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define SUBMITTER ACCESS_BIT(ACCESS_SUBMITTER)
#define COUNCIL ACCESS_BIT(ACCESS_COUNCIL)
#define OPERATOR ACCESS_BIT(ACCESS_OPERATOR)
#define AUDITOR ACCESS_BIT(ACCESS_AUDITOR)
#define WORKER ACCESS_BIT(ACCESS_WORKER)

static void
the_widest_counts(void **state)
{
    (void)state;
    struct slice tally = slice_text("tally");
    assert_int_equal(rights_query(SUBMITTER, tally), REACH_OWN);
    assert_int_equal(rights_query(SUBMITTER | COUNCIL, tally), REACH_ALL);
    assert_int_equal(rights_query(COUNCIL | SUBMITTER | WORKER, tally), REACH_ALL);
    assert_int_equal(rights_record(SUBMITTER | OPERATOR, RECORD_report), REACH_OWN);
    assert_int_equal(rights_record(SUBMITTER | OPERATOR, RECORD_access), REACH_ALL);
}

static void
local_may_all(void **state)
{
    (void)state;
    assert_int_equal(rights_record(ACCESS_ALL, RECORD_report), REACH_ALL);
    assert_int_equal(rights_query(ACCESS_ALL, slice_text("reports")), REACH_ALL);
    assert_int_equal(rights_query(ACCESS_ALL, slice_text("broker.prune")), REACH_ALL);
    for (int session = ROLE_CLIENT; session <= ROLE_READER; session++) {
        assert_true(rights_session(ACCESS_ALL, (enum role)session));
    }
}

static void
what_is_unknown_is_not_allowed(void **state)
{
    (void)state;
    assert_int_equal(rights_record(ACCESS_ALL, 0), REACH_NONE);
    assert_int_equal(rights_record(ACCESS_ALL, 200), REACH_NONE);
    assert_int_equal(rights_record(ACCESS_ALL, UINT64_MAX), REACH_NONE);
    assert_int_equal(rights_query(ACCESS_ALL, slice_text("broker.nothing")), REACH_NONE);
    assert_int_equal(rights_query(ACCESS_ALL, slice_text("")), REACH_NONE);
    assert_false(rights_session(ACCESS_ALL, (enum role)0));
    assert_false(rights_session(ACCESS_ALL, (enum role)(ROLE_READER + 1)));
}

static void
no_role_may_nothing(void **state)
{
    (void)state;
    for (uint64_t type = 0; type < 20; type++) {
        assert_int_equal(rights_record(0, type), REACH_NONE);
    }
    assert_int_equal(rights_query(0, slice_text("campaigns")), REACH_NONE);
    assert_false(rights_session(0, ROLE_CLIENT));
}

/* A record that nobody may publish was forgotten in the table. */
static void
every_record_has_a_line(void **state)
{
    (void)state;
    for (uint64_t type = 0; type < 64; type++) {
        enum reach reach = REACH_NONE;
        for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
            enum reach one = rights_record(ACCESS_BIT(role), type);
            reach = one > reach ? one : reach;
        }
        assert_true((reach != REACH_NONE) == (record_layout(type) != NULL));
    }
}

static void
sessions(void **state)
{
    (void)state;
    assert_true(rights_session(SUBMITTER, ROLE_CLIENT));
    assert_false(rights_session(SUBMITTER, ROLE_READER));
    assert_false(rights_session(OPERATOR, ROLE_TALLY));
    assert_true(rights_session(AUDITOR, ROLE_READER));
    assert_true(rights_session(WORKER, ROLE_TALLY) && rights_session(WORKER, ROLE_QUERY));
    assert_false(rights_session(WORKER, ROLE_CLIENT));
}

/* ---- the page ---- */

static const char *
word(const char *cell)
{
    return strcmp(cell, "ALL") == 0 ? "all" : strcmp(cell, "OWN") == 0 ? "own" : "–";
}

struct line {
    const char *name;
    const char *cells[ACCESS_ROLE_COUNT];
};

#define LINE(name, s, i, c, e, o, a, g, w) {name, {#s, #i, #c, #e, #o, #a, #g, #w}},
#define RECORD_RIGHT(record, ...) LINE(#record, __VA_ARGS__)
#define QUERY_RIGHT(name, ...) LINE(name, __VA_ARGS__)
#define SESSION_RIGHT(session, ...) LINE(#session, __VA_ARGS__)
static const struct line LINES[] = {
#include "proto/rights.def"
};
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT

/* "ROLE_CLIENT" is "client" to a reader. */
static void
name_put(struct buf *out, const char *name)
{
    static const char before[] = "ROLE_";
    if (strncmp(name, before, sizeof(before) - 1) != 0) {
        buf_printf(out, "%s", name);
        return;
    }
    for (const char *at = name + sizeof(before) - 1; *at != '\0'; at++) {
        buf_byte(out, (uint8_t)(*at - 'A' + 'a'));
    }
}

/* Every line of the table stands in docs/RIGHTS.md as it is, and no other does. */
static void
the_page_shows_the_table(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY, line = BUF_EMPTY;
    size_t shown = 0;
    assert_int_equal(file_read("docs/RIGHTS.md", 1 << 20, &page), ERR_OK);
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        buf_clear(&line);
        buf_printf(&line, "\n| `");
        name_put(&line, LINES[i].name);
        buf_printf(&line, "` |");
        for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
            buf_printf(&line, " %s |", word(LINES[i].cells[role]));
        }
        buf_byte(&line, '\n');
        if (memmem(page.data, page.len, line.data, line.len) == NULL) {
            fail_msg("docs/RIGHTS.md lacks%.*s", (int)line.len, (const char *)line.data);
        }
    }
    static const char row[] = "\n| `";
    for (const uint8_t *at = page.data; at != NULL; shown += at != NULL) {
        at = memmem(at + 1, page.len - (size_t)(at + 1 - page.data), row, sizeof(row) - 1);
    }
    assert_int_equal(shown, sizeof(LINES) / sizeof(LINES[0]));
    buf_fini(&page);
    buf_fini(&line);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_widest_counts),
        cmocka_unit_test(local_may_all),
        cmocka_unit_test(what_is_unknown_is_not_allowed),
        cmocka_unit_test(no_role_may_nothing),
        cmocka_unit_test(every_record_has_a_line),
        cmocka_unit_test(sessions),
        cmocka_unit_test(the_page_shows_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
