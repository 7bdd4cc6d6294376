/* The outbox's store: every move of an entry, on LMDB and in memory; what is refused, and what a damaged
 * one says. */
#include "clients/limits.h"
#include "clients/outbox.h"
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOON_US 1636088400000000

struct box {
    char *folder, *outbox_folder; /* NULL: in memory */
    struct outbox_mem *mem;
    struct outbox *outbox;
    char seen[4096]; /* what the last read gave, a word an entry */
};

static enum err
box_open(struct box *b)
{
    struct outbox_rows *rows = NULL;
    char why[160];
    if (b->mem != NULL) {
        rows = outbox_mem_open(b->mem);
    } else {
        enum err err = outbox_lmdb_open(b->outbox_folder, true, &rows);
        if (err != ERR_OK) {
            return err;
        }
    }
    return outbox_open(rows, &b->outbox, why);
}

static int
setup_lmdb(void **state)
{
    struct box *b = calloc(1, sizeof *b);
    CHECK(b != NULL);
    b->folder = tempdir_new();
    b->outbox_folder = tempdir_path(b->folder, "outbox");
    *state = b;
    return box_open(b) == ERR_OK ? 0 : -1;
}

static int
setup_mem(void **state)
{
    struct box *b = calloc(1, sizeof *b);
    CHECK(b != NULL);
    b->mem = outbox_mem_new();
    *state = b;
    return box_open(b) == ERR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    struct box *b = *state;
    outbox_free(&b->outbox);
    outbox_mem_free(&b->mem);
    if (b->folder != NULL) {
        free(b->outbox_folder);
        tempdir_free(b->folder);
    }
    free(b);
    return 0;
}

static void
reopen(struct box *b)
{
    outbox_free(&b->outbox);
    assert_int_equal(box_open(b), ERR_OK);
}

static uint64_t
put(struct box *b, const char *unit, const char *body)
{
    struct outbox_record record = {slice_text(unit), slice_text(body)};
    uint64_t first = 0;
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_OK);
    return first;
}

static bool
see(void *context, const struct outbox_entry *entry)
{
    struct box *b = context;
    size_t len = strlen(b->seen);
    char receipt[RECEIPT_TEXT];
    receipt_format(entry->fate.receipt, receipt);
    snprintf(b->seen + len, sizeof b->seen - len, "%llu:%s:%.*s:%.*s%s%s%s%s ",
             (unsigned long long)entry->number, outbox_state_name(entry->fate.state),
             SLICE_ARG(entry->unit), SLICE_ARG(entry->body),
             entry->fate.receipt.block == 0 ? "" : ":",
             entry->fate.receipt.block == 0 ? "" : receipt,
             entry->fate.why.code == CODE_NONE ? "" : ":", code_text(entry->fate.why.code));
    return true;
}

static const char *
read_all(struct box *b, enum outbox_state state)
{
    b->seen[0] = '\0';
    assert_int_equal(outbox_read(b->outbox, state, 0, see, b), ERR_OK);
    return b->seen;
}

static struct outbox_note
note_of(uint64_t number, enum outbox_state state, uint64_t block, uint32_t index)
{
    return (struct outbox_note){number,
                                {.state = state, .receipt = {block, index}, .time_us = NOON_US}};
}

static void
settle(struct box *b, struct outbox_note note)
{
    assert_int_equal(outbox_settle(b->outbox, &note, 1, NULL), ERR_OK);
}

static uint64_t
count_of(struct box *b, enum outbox_state state)
{
    struct outbox_totals totals;
    assert_int_equal(outbox_totals(b->outbox, &totals), ERR_OK);
    return totals.counts[state];
}

/* ---- moves ---- */

static void
entries_keep_their_order_and_their_bytes(void **state)
{
    struct box *b = *state;
    assert_int_equal(put(b, "00001", "one"), 1);
    assert_int_equal(put(b, "", "two"), 2);
    assert_int_equal(put(b, "00003", "three"), 3);
    assert_string_equal(read_all(b, 0),
                        "1:pending:00001:one 2:pending::two 3:pending:00003:three ");
    reopen(b);
    assert_string_equal(read_all(b, OUTBOX_PENDING),
                        "1:pending:00001:one 2:pending::two 3:pending:00003:three ");
    assert_int_equal(put(b, "00004", "four"), 4);
}

static void
an_entry_goes_its_way(void **state)
{
    struct box *b = *state;
    put(b, "a", "x");
    put(b, "b", "y");
    put(b, "c", "z");
    settle(b, note_of(1, OUTBOX_RECEIPTED, 7, 0));
    settle(b, note_of(2, OUTBOX_RECEIPTED, 7, 1));
    assert_string_equal(read_all(b, OUTBOX_RECEIPTED), "1:receipted:a:x:7.0 2:receipted:b:y:7.1 ");
    assert_string_equal(read_all(b, OUTBOX_PENDING), "3:pending:c:z ");
    struct outbox_note bad = note_of(2, OUTBOX_REJECTED, 7, 1);
    complain(&bad.fate.why, CODE_UNIT_UNKNOWN, slice_text("b"), "%s", "b");
    settle(b, note_of(1, OUTBOX_DONE, 7, 0));
    settle(b, bad);
    struct outbox_note refused = note_of(3, OUTBOX_REJECTED, 0, 0);
    complain(&refused.fate.why, CODE_TOO_LARGE, slice_text("c"), "%s", "");
    settle(b, refused);
    reopen(b);
    assert_string_equal(read_all(b, 0), "1:done:a:x:7.0 2:rejected:b:y:7.1:unit-unknown "
                                        "3:rejected:c:z:too-large ");
    assert_int_equal(count_of(b, OUTBOX_PENDING), 0);
    assert_int_equal(count_of(b, OUTBOX_DONE), 1);
    assert_int_equal(count_of(b, OUTBOX_REJECTED), 2);
}

static void
other_moves_are_passed_over(void **state)
{
    struct box *b = *state;
    put(b, "a", "x");
    settle(b, note_of(1, OUTBOX_DONE, 7, 0));     /* has no receipt yet */
    settle(b, note_of(1, OUTBOX_REJECTED, 7, 0)); /* nor this one */
    settle(b, note_of(9, OUTBOX_RECEIPTED, 7, 0));
    assert_string_equal(read_all(b, 0), "1:pending:a:x ");
    settle(b, note_of(1, OUTBOX_RECEIPTED, 7, 0));
    settle(b, note_of(1, OUTBOX_RECEIPTED, 8, 0)); /* the first receipt stays */
    assert_string_equal(read_all(b, 0), "1:receipted:a:x:7.0 ");
    settle(b, note_of(1, OUTBOX_DONE, 7, 0));
    settle(b, note_of(1, OUTBOX_RECEIPTED, 9, 0));
    assert_string_equal(read_all(b, 0), "1:done:a:x:7.0 ");
    reopen(b); /* the totals still agree */
}

static void
what_is_cleared_is_gone_and_nothing_else(void **state)
{
    struct box *b = *state;
    uint64_t cleared;
    for (uint64_t n = 1; n <= 4; n++) {
        put(b, "a", "x");
    }
    for (uint64_t n = 1; n <= 3; n++) {
        settle(b, note_of(n, OUTBOX_RECEIPTED, n, 0));
    }
    settle(b, note_of(1, OUTBOX_DONE, 1, 0));
    settle(b, note_of(2, OUTBOX_REJECTED, 2, 0));
    assert_int_equal(outbox_clear(b->outbox, OUTBOX_DONE, &cleared), ERR_OK);
    assert_int_equal(cleared, 1);
    assert_int_equal(outbox_clear(b->outbox, OUTBOX_REJECTED, &cleared), ERR_OK);
    assert_int_equal(cleared, 1);
    assert_int_equal(outbox_clear(b->outbox, OUTBOX_REJECTED, &cleared), ERR_OK);
    assert_int_equal(cleared, 0);
    reopen(b);
    assert_string_equal(read_all(b, 0), "3:receipted:a:x:3.0 4:pending:a:x ");
    assert_int_equal(put(b, "a", "x"), 5); /* a number is never used twice */
    struct outbox_totals totals;
    assert_int_equal(outbox_totals(b->outbox, &totals), ERR_OK);
    assert_int_equal(totals.bytes, 3 * (OUTBOX_ENTRY_BYTES + 2));
}

static void
the_line_is_remembered(void **state)
{
    struct box *b = *state;
    struct outbox_line line, told = {.broker = "tcp://10.0.0.1:5571", .contact_us = NOON_US};
    told.trouble_us = NOON_US + 1;
    complain(&told.trouble, CODE_KEY_REVOKED, slice_text("ward"), "%s", "x");
    assert_int_equal(outbox_line(b->outbox, &line), ERR_OK);
    assert_int_equal(line.contact_us, 0);
    assert_int_equal(outbox_settle(b->outbox, NULL, 0, &told), ERR_OK);
    reopen(b);
    assert_int_equal(outbox_line(b->outbox, &line), ERR_OK);
    assert_string_equal(line.broker, told.broker);
    assert_true(line.contact_us == NOON_US && line.trouble_us == NOON_US + 1);
    assert_int_equal(line.trouble.code, CODE_KEY_REVOKED);
    assert_string_equal(line.trouble.subject, "ward");
}

static void
a_campaign_is_kept(void **state)
{
    struct box *b = *state;
    struct buf answer = BUF_EMPTY;
    assert_int_equal(outbox_campaign(b->outbox, slice_text(""), &answer), ERR_NOT_FOUND);
    assert_int_equal(outbox_campaign_keep(b->outbox, slice_text(""), slice_text("old")), ERR_OK);
    assert_int_equal(outbox_campaign_keep(b->outbox, slice_text(""), slice_text("new")), ERR_OK);
    assert_int_equal(outbox_campaign(b->outbox, slice_text("covid"), &answer), ERR_NOT_FOUND);
    assert_int_equal(outbox_campaign(b->outbox, slice_text(""), &answer), ERR_OK);
    assert_true(slice_is(buf_slice_of(&answer), "new"));
    buf_fini(&answer);
}

/* ---- full ---- */

static void
a_full_outbox_takes_nothing_more(void **state)
{
    struct box *b = *state;
    uint8_t *body = calloc(1, RECORD_BYTES_MAX);
    struct outbox_record record = {slice_text("a"), slice_of(body, RECORD_BYTES_MAX)};
    uint64_t fits = OUTBOX_BYTES_MAX / (RECORD_BYTES_MAX + 1 + OUTBOX_ENTRY_BYTES), first, n = 0;
    assert_non_null(body);
    while (outbox_put(b->outbox, &record, 1, NOON_US, &first) == ERR_OK) {
        assert_int_equal(first, ++n);
    }
    assert_int_equal(n, fits);
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_LIMIT);
    assert_int_equal(count_of(b, OUTBOX_PENDING), fits);
    /* What is done makes room; the sender's notes always have it. */
    settle(b, note_of(1, OUTBOX_RECEIPTED, 1, 0));
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_LIMIT);
    settle(b, note_of(1, OUTBOX_DONE, 1, 0));
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_OK);
    assert_int_equal(count_of(b, OUTBOX_DONE), 0);
    reopen(b);
    free(body);
}

static void
only_so_many_done_are_kept(void **state)
{
    struct box *b = *state;
    enum { GROUP = 500, GROUPS = OUTBOX_DONE_MAX / GROUP + 2 };
    static struct outbox_record records[GROUP];
    static struct outbox_note notes[GROUP];
    for (int g = 0; g < GROUPS; g++) {
        uint64_t first = 0;
        for (int i = 0; i < GROUP; i++) {
            records[i] = (struct outbox_record){slice_text("a"), slice_text("x")};
        }
        assert_int_equal(outbox_put(b->outbox, records, GROUP, NOON_US, &first), ERR_OK);
        for (enum outbox_state s = OUTBOX_RECEIPTED; s <= OUTBOX_DONE; s++) {
            for (uint32_t i = 0; i < GROUP; i++) {
                notes[i] = note_of(first + i, s, (uint64_t)g + 1, i);
            }
            assert_int_equal(outbox_settle(b->outbox, notes, GROUP, NULL), ERR_OK);
        }
    }
    assert_int_equal(count_of(b, OUTBOX_DONE), OUTBOX_DONE_MAX);
    reopen(b);
    read_all(b, OUTBOX_DONE);
    char oldest[64];
    snprintf(oldest, sizeof oldest, "%d:done:", GROUPS * GROUP - OUTBOX_DONE_MAX + 1);
    assert_memory_equal(b->seen, oldest, strlen(oldest));
}

/* ---- a commit that fails ---- */

static void
a_lost_commit_leaves_nothing(void **state)
{
    struct box *b = *state;
    struct outbox_record record = {slice_text("a"), slice_text("x")};
    uint64_t first;
    put(b, "a", "w");
    outbox_mem_fail_next(b->mem, false);
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_IO);
    reopen(b);
    assert_string_equal(read_all(b, 0), "1:pending:a:w ");
    outbox_mem_fail_next(b->mem, true);
    assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_IO);
    reopen(b);
    assert_string_equal(read_all(b, 0), "1:pending:a:w 2:pending:a:x ");
}

/* ---- what is refused ---- */

static void
meta_write(struct box *b, const char *key, struct slice value, int table)
{
    struct outbox_rows *rows = NULL;
    outbox_free(&b->outbox);
    assert_int_equal(outbox_lmdb_open(b->outbox_folder, true, &rows), ERR_OK);
    assert_int_equal(rows_begin(rows, true), ERR_OK);
    assert_int_equal(rows_put(rows, (enum outbox_table)table, slice_text(key), value), ERR_OK);
    assert_int_equal(rows_commit(rows), ERR_OK);
    rows_free(&rows);
}

static void
a_newer_version_is_refused(void **state)
{
    struct box *b = *state;
    put(b, "a", "x");
    meta_write(b, "format", slice_of("Thi Dua outbox\0\0\0\2", 18), OUTBOX_META);
    assert_int_equal(box_open(b), ERR_VERSION);
    meta_write(b, "format", slice_text("Thi Dua outbook\1\1\1"), OUTBOX_META);
    assert_int_equal(box_open(b), ERR_CORRUPT);
}

static void
counts_that_do_not_agree_are_refused(void **state)
{
    struct box *b = *state;
    put(b, "a", "x");
    meta_write(b, "\1\0\0\0", slice_of(NULL, 0), OUTBOX_FATES);
    assert_int_equal(box_open(b), ERR_CORRUPT);
}

static void
a_flipped_bit_is_told(void **state)
{
    struct box *b = *state;
    put(b, "a", "x");
    put(b, "b", "y");
    struct slice value = {0};
    struct outbox_rows *rows = NULL;
    uint8_t copy[64];
    static const uint8_t KEY[] = {0, 0, 0, 0, 0, 0, 0, 1};
    outbox_free(&b->outbox);
    assert_int_equal(outbox_lmdb_open(b->outbox_folder, true, &rows), ERR_OK);
    assert_int_equal(rows_begin(rows, true), ERR_OK);
    assert_int_equal(rows_get(rows, OUTBOX_ENTRIES, slice_of(KEY, 8), &value), ERR_OK);
    assert_true(value.len < sizeof copy);
    memcpy(copy, value.data, value.len);
    copy[value.len - 1] ^= 4;
    assert_int_equal(rows_put(rows, OUTBOX_ENTRIES, slice_of(KEY, 8), slice_of(copy, value.len)),
                     ERR_OK);
    assert_int_equal(rows_commit(rows), ERR_OK);
    rows_free(&rows);
    assert_int_equal(box_open(b), ERR_OK);
    assert_string_equal(read_all(b, 0), "1:pending:: 2:pending:b:y ");
}

static void
a_file_that_is_no_outbox_is_refused(void **state)
{
    struct box *b = *state;
    outbox_free(&b->outbox);
    char *path = tempdir_path(b->outbox_folder, "data.mdb");
    struct buf bytes = BUF_EMPTY;
    assert_int_equal(box_open(b), ERR_OK);
    put(b, "a", "x");
    outbox_free(&b->outbox);
    assert_int_equal(file_read(path, 1 << 20, &bytes), ERR_OK);
    assert_int_equal(truncate(path, (off_t)bytes.len / 2), 0);
    assert_int_equal(box_open(b), ERR_CORRUPT);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(box_open(b), ERR_CORRUPT);
    assert_int_equal(file_replace(path, slice_text("this is a letter, not a tree of pages")),
                     ERR_OK);
    assert_int_not_equal(box_open(b), ERR_OK);
    buf_fini(&bytes);
    free(path);
}

static void
none_is_made_for_a_reader(void **state)
{
    struct box *b = *state;
    struct outbox_rows *rows;
    char *other = tempdir_path(b->folder, "other");
    assert_int_equal(outbox_lmdb_open(other, false, &rows), ERR_NOT_FOUND);
    assert_false(file_exists(other));
    free(other);
}

#define BOTH(test)                                                                                 \
    {#test " (LMDB)", test, setup_lmdb, teardown, NULL},                                           \
    {                                                                                              \
#test " (memory)", test, setup_mem, teardown, NULL                                         \
    }
#define LMDB_ONLY(test) cmocka_unit_test_setup_teardown(test, setup_lmdb, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(entries_keep_their_order_and_their_bytes),
        BOTH(an_entry_goes_its_way),
        BOTH(other_moves_are_passed_over),
        BOTH(what_is_cleared_is_gone_and_nothing_else),
        BOTH(the_line_is_remembered),
        BOTH(a_campaign_is_kept),
        BOTH(only_so_many_done_are_kept),
        LMDB_ONLY(a_full_outbox_takes_nothing_more),
        cmocka_unit_test_setup_teardown(a_lost_commit_leaves_nothing, setup_mem, teardown),
        LMDB_ONLY(a_newer_version_is_refused),
        LMDB_ONLY(counts_that_do_not_agree_are_refused),
        LMDB_ONLY(a_flipped_bit_is_told),
        LMDB_ONLY(a_file_that_is_no_outbox_is_refused),
        LMDB_ONLY(none_is_made_for_a_reader),
    };
    log_open("test", (enum log_level)(LOG_ERROR + 1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
