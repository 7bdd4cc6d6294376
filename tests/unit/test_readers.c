/* A reader that meets a bad block says which, and never goes on past it in silence: each of those that
 * read the journal, with one bit flipped in one block. (The feed: test_broker_troubles; the state
 * machine: test_apply_replay; `thidua verify` and `journal prove`: tests/system/test_prove.sh.) */
#include "broker/backup.h"
#include "broker/journal.h"
#include "broker/pages.h"
#include "common/file.h"
#include "common/log.h"
#include "proto/pack.h"
#include "tests/lib/broker_rig.h"
#include "tests/lib/journal_rig.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCKS 60
#define BAD 58 /* in the open segment, and neither of its last two: those are read at the opening */

#define UNSEALED_BAD 52 /* in the one before it, which is full and has no seal */

static int
setup(void **state)
{
    struct journal_rig *rig = calloc(1, sizeof(*rig));
    journal_rig_open(rig);
    journal_rig_fill(rig, BLOCKS);
    *state = rig;
    return 0;
}

static int
teardown(void **state)
{
    journal_rig_close(*state);
    free(*state);
    return 0;
}

/* Flips a bit in the records of a block, in the file at `path`. */
static void
block_flip(const char *path, uint64_t block)
{
    struct pages *pages;
    struct slice bytes;
    uint64_t number = 0;
    assert_int_equal(pages_open(path, 0, &pages), ERR_OK);
    while (number != block) {
        assert_int_equal(pages_next(pages, &number, &bytes), ERR_OK);
    }
    bit_flip(path, (pages_place(pages) + bytes.len - 1) * 8 + 3);
    pages_close(&pages);
}

/* The segment that holds the block. */
static char *
file_of(const struct journal_rig *rig, uint64_t block)
{
    for (uint64_t first = block; first > 0; first--) {
        char *path = journal_rig_path(rig, first, "mdb");
        if (file_exists(path)) {
            return path;
        }
        free(path);
    }
    fail_msg("no segment");
    return NULL;
}

static void
spoil(struct journal_rig *rig, uint64_t block)
{
    char *path = file_of(rig, block);
    journal_rig_stop(rig);
    block_flip(path, block);
    free(path);
}

/* ---- what is said ---- */

static int real_stderr;
static char *said_file;

static void
listen(const struct journal_rig *rig)
{
    said_file = tempdir_path(rig->folder, "said");
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    int fd = open(said_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
}

/* An error in the log that has this in it. */
static void
assert_said(const char *what)
{
    struct buf text = BUF_EMPTY;
    fflush(stderr);
    assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
    close(real_stderr);
    assert_int_equal(file_read(said_file, 1 << 20, &text), ERR_OK);
    buf_byte(&text, 0);
    const char *found = strstr((const char *)text.data, what);
    if (found == NULL) {
        fail_msg("%s was not said, but: %s", what, (const char *)text.data);
    }
    buf_fini(&text);
    free(said_file);
}

/* ---- the journal ---- */

static void
test_journal(void **state)
{
    struct journal_rig *rig = *state;
    struct slice bytes;
    spoil(rig, BAD);
    journal_rig_reopen(rig);
    for (uint64_t n = 1; n <= BLOCKS; n++) {
        if (n == BAD) {
            listen(rig);
            assert_int_equal(journal_read(rig->j, n, &bytes), ERR_CORRUPT);
            assert_said("event=block_damaged");
        } else {
            assert_int_equal(journal_read(rig->j, n, &bytes), ERR_OK);
        }
    }
}

static void
test_journal_opening(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_options options = {0};
    char word[32];
    spoil(rig, BLOCKS);
    listen(rig);
    assert_int_equal(journal_lmdb_open(rig->journal, &options, &rig->j), ERR_CORRUPT);
    snprintf(word, sizeof word, "block=%d\n", BLOCKS);
    assert_said(word);
}

/* A full segment that has no seal yet: its seal would say that the file is right, so that none is made. */
static void
test_journal_opening_unsealed(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_options options = {0};
    char word[32];
    spoil(rig, UNSEALED_BAD);
    listen(rig);
    assert_int_equal(journal_lmdb_open(rig->journal, &options, &rig->j), ERR_CORRUPT);
    snprintf(word, sizeof word, "block=%d\n", UNSEALED_BAD);
    assert_said(word);
}

/* ---- backup and restore ---- */

static enum err
back_up(const struct journal_rig *rig, struct manifest *m)
{
    struct manifest former = {0};
    char *backup = tempdir_path(rig->folder, "backup");
    enum err err = file_make_folder(backup);
    assert_int_equal(err, ERR_OK);
    *m = (struct manifest){0};
    err = journal_backup(rig->journal, backup, &former, m);
    free(backup);
    return err;
}

static void
test_backup_open_segment(void **state)
{
    struct journal_rig *rig = *state;
    struct manifest m;
    char word[32];
    spoil(rig, BAD);
    listen(rig);
    assert_int_equal(back_up(rig, &m), ERR_CORRUPT);
    snprintf(word, sizeof word, "block=%d ", BAD);
    assert_said(word);
    manifest_fini(&m);
}

static void
test_backup_unsealed_segment(void **state)
{
    struct journal_rig *rig = *state;
    struct manifest m;
    char word[32];
    spoil(rig, UNSEALED_BAD);
    listen(rig);
    assert_int_equal(back_up(rig, &m), ERR_CORRUPT);
    snprintf(word, sizeof word, "block=%d ", UNSEALED_BAD);
    assert_said(word);
    manifest_fini(&m);
}

static void
test_backup_sealed_segment(void **state)
{
    struct journal_rig *rig = *state;
    struct manifest m;
    spoil(rig, 2);
    listen(rig);
    assert_int_equal(back_up(rig, &m), ERR_CORRUPT);
    assert_said("event=segment_damaged");
    manifest_fini(&m);
}

/* The file is as it was backed up, so that its hash is right: it was damaged in memory before. */
static void
test_restore(void **state)
{
    struct journal_rig *rig = *state;
    struct manifest m;
    struct journal_head head;
    char name[MANIFEST_NAME_MAX], word[32];
    uint64_t first = 0;
    journal_rig_stop(rig);
    assert_int_equal(back_up(rig, &m), ERR_OK);
    for (uint32_t i = 0; i < m.file_count; i++) {
        if (strchr(m.files[i].name, '-') != NULL) {
            snprintf(name, sizeof name, "%s", m.files[i].name);
            sscanf(name, "journal/%" SCNu64, &first);
        }
    }
    char *backup = tempdir_path(rig->folder, "backup");
    char *path = manifest_path(backup, name), *made = tempdir_path(rig->folder, "made");
    assert_true(first != 0 && first < BAD);
    block_flip(path, BAD);
    assert_int_equal(file_make_folder(made), ERR_OK);
    struct restore_point to = {.block = BLOCKS - 1};
    listen(rig);
    assert_int_equal(journal_restore(backup, &m, to, made, &head), ERR_CORRUPT);
    snprintf(word, sizeof word, "block=%d ", BAD);
    assert_said(word);
    /* Looking for a moment among its blocks reads the one in the middle, and then that one. */
    to = (struct restore_point){.time_us = (BAD - 1) + 1000};
    listen(rig);
    assert_int_equal(journal_restore(backup, &m, to, made, &head), ERR_CORRUPT);
    assert_said(word);
    manifest_fini(&m);
    free(made);
    free(path);
    free(backup);
}

/* ---- the broker's own questions ---- */

static void
assert_refused(struct broker_rig *broker, const char *name, struct buf *args)
{
    struct message_error error;
    struct buf header = BUF_EMPTY;
    struct message_query query = {
        .request = 7, .name = slice_text(name), .args = buf_slice_of(args)};
    char detail[32];
    message_encode_query(&query, &header);
    rig_say(broker, "a", &header);
    rig_turn(broker);
    rig_told(broker, "a", MESSAGE_error, &error);
    assert_string_equal(code_text(code_of_text(error.code)), code_text(CODE_BLOCK_UNKNOWN));
    snprintf(detail, sizeof detail, "%d (corrupt)", BAD);
    assert_true(slice_is(error.detail, detail));
    buf_fini(&header);
    buf_fini(args);
}

static void
test_questions(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_options options = {.read_only = true};
    struct broker_rig *broker = rig_new();
    struct message_answer answer;
    struct buf args = BUF_EMPTY;
    char receipt[32], detail[32];
    spoil(rig, BAD);
    journal_free(&broker->journal);
    assert_int_equal(journal_lmdb_open(rig->journal, &options, &broker->journal), ERR_OK);
    /* The list of what is quarantined is made from the journal: what it could not read, it says. */
    listen(rig);
    rig_start(broker);
    snprintf(detail, sizeof detail, "block=%d ", BAD);
    assert_said(detail);
    rig_client(broker, "a");
    rig_query(broker, "a", 1, "broker.status", 0, 0);
    rig_turn(broker);
    rig_told(broker, "a", MESSAGE_answer, &answer);
    assert_non_null(memmem(answer.body.data, answer.body.len, "journal-damaged", 15));

    pack_map(&args, 1);
    pack_key_uint(&args, "block", BAD);
    assert_refused(broker, "broker.block", &args);
    pack_map(&args, 2);
    pack_key_uint(&args, "block", BAD);
    pack_key_uint(&args, "index", 0);
    assert_refused(broker, "broker.record", &args);
    /* A list without that record would look like one in which it never was. */
    snprintf(receipt, sizeof receipt, "%d.0", BAD);
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 2);
    pack_cstr(&args, "1.0");
    pack_cstr(&args, receipt);
    assert_refused(broker, "broker.records", &args);
    rig_free(&broker);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_journal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_journal_opening, setup, teardown),
        cmocka_unit_test_setup_teardown(test_journal_opening_unsealed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_unsealed_segment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_open_segment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_sealed_segment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_restore, setup, teardown),
        cmocka_unit_test_setup_teardown(test_questions, setup, teardown),
    };
    log_open("test_readers", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
