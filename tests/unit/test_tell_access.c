/* Telling the broker who may speak: pages that fit a message, in order, the last one marked, and together
 * the whole table, whatever its size. The link is the test's own: it keeps what is sent. */
#include "proto/access_table.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "tests/lib/access_words.h"
#include "workers/tally/tell_access.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#define PAGES_MAX 32

static struct sent {
    struct buf messages[PAGES_MAX];
    uint32_t count;
    uint32_t full_at; /* the line takes no more than so many */
} sent;

enum err
link_send(struct link *link, struct slice header)
{
    (void)link;
    if (sent.count == sent.full_at) {
        return ERR_AGAIN;
    }
    assert_true(sent.count < PAGES_MAX);
    buf_slice(&sent.messages[sent.count++], header);
    return ERR_OK;
}

static int
set_up(void **context)
{
    sent.full_at = PAGES_MAX;
    *context = state_mem_new();
    return 0;
}

static int
tear_down(void **context)
{
    struct state *state = *context;
    for (uint32_t i = 0; i < PAGES_MAX; i++) {
        buf_fini(&sent.messages[i]);
    }
    sent.count = 0;
    state_free(&state);
    return 0;
}

/* `count` principals, each with `units` units. */
static void
fill(struct state *state, uint32_t count, uint32_t units)
{
    static const uint8_t id[16] = {1};
    assert_int_equal(state_begin(state, true), ERR_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct buf words = BUF_EMPTY, body = BUF_EMPTY;
        char name[CODE_MAX];
        snprintf(name, sizeof(name), "p-%05u", i);
        buf_printf(&words, "%s roles=submitter units=", name);
        for (uint32_t k = 0; k < units; k++) {
            buf_printf(&words, "%sa-unit-with-a-long-name-%06u", k == 0 ? "" : ",", k);
        }
        buf_byte(&words, '\0');
        access_words((const char *)words.data, id, &body);
        assert_int_equal(state_put(state, TABLE_ACCESS, slice_text(name), buf_slice_of(&body)),
                         ERR_OK);
        buf_fini(&words);
        buf_fini(&body);
    }
    assert_int_equal(state_commit(state), ERR_OK);
}

static void
page_take(const struct message_access *page, struct access_table *table)
{
    struct cursor c = cursor_of(page->rows);
    uint32_t n;
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    while (n-- > 0) {
        struct slice body;
        struct complaint why;
        assert_int_equal(cursor_bytes(&c, &body), ERR_OK);
        assert_true(access_table_put(table, body, &why));
    }
    assert_true(cursor_done(&c));
}

/* How many principals the pages have together. */
static uint32_t
pages_read(uint64_t revision)
{
    struct access_table *table = access_table_new();
    for (uint32_t i = 0; i < sent.count; i++) {
        struct message_access page;
        struct complaint why;
        assert_true(layout_decode(message_layout(MESSAGE_access), buf_slice_of(&sent.messages[i]),
                                  &page, &why));
        assert_int_equal(page.page, i);
        assert_int_equal(page.revision, revision);
        assert_int_equal(page.last, i + 1 == sent.count);
        page_take(&page, table);
    }
    uint32_t count = access_table_count(table);
    access_table_free(&table);
    return count;
}

static void
nobody_is_a_page_too(void **context)
{
    assert_int_equal(tell_access(*context, 0, NULL), ERR_OK);
    assert_int_equal(sent.count, 1);
    assert_int_equal(pages_read(0), 0);
}

static void
few_are_one_page(void **context)
{
    fill(*context, 3, 2);
    assert_int_equal(tell_access(*context, 77, NULL), ERR_OK);
    assert_int_equal(sent.count, 1);
    assert_int_equal(pages_read(77), 3);
}

static void
many_are_pages(void **context)
{
    fill(*context, 100, ACCESS_UNITS_MAX);
    assert_int_equal(tell_access(*context, 78, NULL), ERR_OK);
    assert_true(sent.count > 2);
    assert_int_equal(pages_read(78), 100);
}

/* The largest record that a SUBMIT can bring fits a page, and two of them do not. */
static void
the_largest_record_fits(void **context)
{
    struct state *state = *context;
    uint8_t *body = calloc(1, RECORD_BYTES_MAX);
    assert_int_equal(state_begin(state, true), ERR_OK);
    for (int i = 0; i < 3; i++) {
        char name[] = {(char)('a' + i), '\0'};
        assert_int_equal(state_put(state, TABLE_ACCESS, slice_text(name),
                                   slice_of(body, i < 2 ? RECORD_BYTES_MAX : 10)),
                         ERR_OK);
    }
    assert_int_equal(state_commit(state), ERR_OK);
    assert_int_equal(tell_access(state, 1, NULL), ERR_OK);
    assert_int_equal(sent.count, 2); /* the small one fits beside the second */
    free(body);
}

/* Cut short it has no last page, so that a broker takes none of it; and it begins anew. */
static void
a_full_line_begins_anew(void **context)
{
    fill(*context, 100, ACCESS_UNITS_MAX);
    sent.full_at = 2;
    assert_int_equal(tell_access(*context, 5, NULL), ERR_AGAIN);
    for (uint32_t i = 0; i < sent.count; i++) {
        struct message_access page;
        struct complaint why;
        assert_true(layout_decode(message_layout(MESSAGE_access), buf_slice_of(&sent.messages[i]),
                                  &page, &why));
        assert_false(page.last);
        buf_clear(&sent.messages[i]);
    }
    sent.count = 0;
    sent.full_at = PAGES_MAX;
    assert_int_equal(tell_access(*context, 5, NULL), ERR_OK);
    assert_int_equal(pages_read(5), 100);
}

int
main(void)
{
#define ON_A_STATE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_STATE(nobody_is_a_page_too),    ON_A_STATE(few_are_one_page),
        ON_A_STATE(many_are_pages),          ON_A_STATE(the_largest_record_fits),
        ON_A_STATE(a_full_line_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
