/* Backups of a journal that grows and of a state beside it: a month of days into one directory, out of
 * which each day can be restored; what is damaged, foreign, pruned or interrupted. */
#include "broker/backup.h"
#include "broker/journal.h"
#include "broker/limits.h"
#include "common/file.h"
#include "common/log.h"
#include "tests/lib/tempdir.h"
#include "workers/state/rows.h"
#include "workers/tally/backup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAYS 30
#define DAY_US INT64_C(86400000000)

struct rig {
    char *folder, *data, *journal_folder, *state_folder, *backup;
    struct journal *j;
    struct state *state;
    int64_t now_us;
};

/* Held open by one at a time: LMDB's locks are the process's, and the backup opens them too. */
static void
rig_open(struct rig *rig)
{
    struct journal_options options = {.segment_bytes = SEGMENT_BYTES_MIN};
    assert_int_equal(journal_lmdb_open(rig->journal_folder, &options, &rig->j), ERR_OK);
    assert_int_equal(state_lmdb_open_sized(rig->state_folder, STATE_WRITE, 64 << 20, &rig->state),
                     ERR_OK);
}

static void
rig_shut(struct rig *rig)
{
    journal_free(&rig->j);
    state_free(&rig->state);
}

static int
setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    rig->folder = tempdir_new();
    rig->data = tempdir_path(rig->folder, "data");
    rig->journal_folder = tempdir_path(rig->data, "journal");
    char *states = tempdir_path(rig->data, "state");
    rig->state_folder = tempdir_path(states, "00");
    rig->backup = tempdir_path(rig->folder, "backup");
    assert_int_equal(file_make_folder(rig->data), ERR_OK);
    assert_int_equal(file_make_folder(states), ERR_OK);
    assert_int_equal(file_make_folder(rig->backup), ERR_OK);
    rig_open(rig);
    free(states);
    *state = rig;
    return 0;
}

static int
teardown(void **state)
{
    struct rig *rig = *state;
    rig_shut(rig);
    free(rig->data);
    free(rig->journal_folder);
    free(rig->state_folder);
    free(rig->backup);
    tempdir_free(rig->folder);
    free(rig);
    return 0;
}

/* ---- a journal that grows, a state that follows ---- */

static void
append(struct rig *rig, uint32_t size)
{
    struct journal_head head;
    struct block_builder b = {0};
    uint8_t *body = malloc(size);
    journal_head(rig->j, &head);
    randombytes_buf(body, size);
    block_begin(&b, 1, 77, head.number + 1);
    assert_true(block_add(&b, slice_text("local"), slice_text("u"), slice_of(body, size)));
    block_finish(&b, head.number + 1, rig->now_us, rig->now_us, head.chain);
    assert_int_equal(journal_append(rig->j, buf_slice_of(&b.bytes)), ERR_OK);
    rig->now_us += 1000;
    block_builder_fini(&b);
    free(body);
}

static void
append_many(struct rig *rig, int n)
{
    for (int i = 0; i < n; i++) {
        append(rig, 2000 + (uint32_t)i % 7 * 1000);
    }
}

/* The state takes what the journal has, one row and the position. */
static void
apply(struct rig *rig)
{
    struct journal_head head;
    struct position position = {0};
    struct buf value = BUF_EMPTY;
    journal_head(rig->j, &head);
    position.block = head.number;
    position_encode(&position, &value);
    assert_int_equal(state_begin(rig->state, true), ERR_OK);
    assert_int_equal(state_put(rig->state, TABLE_META, META_POSITION, buf_slice_of(&value)),
                     ERR_OK);
    assert_int_equal(state_put(rig->state, TABLE_TALLY, slice_of(head.chain, 8), slice_text("x")),
                     ERR_OK);
    assert_int_equal(state_commit(rig->state), ERR_OK);
    buf_fini(&value);
}

/* Both halves, as `thidua backup` does it. */
static enum err
halves(struct rig *rig, const struct manifest *former, struct manifest *m)
{
    rig_shut(rig);
    *m = (struct manifest){0};
    manifest_shards_set(m, 1);
    enum err err = state_backup(rig->data, 0, rig->backup, former, m);
    err = err == ERR_OK ? journal_backup(rig->journal_folder, rig->backup, former, m) : err;
    rig_open(rig);
    return err;
}

/* And the manifest. */
static enum err
back_up(struct rig *rig, struct manifest *m)
{
    struct manifest former;
    char name[MANIFEST_NAME_MAX];
    enum err err = manifest_newest(rig->backup, &former);
    assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
    err = halves(rig, &former, m);
    manifest_name(m->head, name);
    err = err == ERR_OK ? manifest_write(rig->backup, name, m) : err;
    manifest_fini(&former);
    return err;
}

static void
back_up_well(struct rig *rig)
{
    struct manifest m;
    assert_int_equal(back_up(rig, &m), ERR_OK);
    for (uint32_t i = 0; i < m.file_count; i++) {
        assert_int_equal(manifest_check(rig->backup, &m.files[i]), ERR_OK);
    }
    manifest_fini(&m);
}

/* Restores into a new folder and compares every block with the journal's own. */
static enum err
restore(struct rig *rig, struct restore_point to, struct journal_head *head)
{
    struct manifest m;
    char *folder = tempdir_path(rig->folder, "restored");
    assert_int_equal(manifest_newest(rig->backup, &m), ERR_OK);
    assert_int_equal(file_make_folder(folder), ERR_OK);
    enum err err = journal_restore(rig->backup, &m, to, folder, head);
    struct journal_options options = {.segment_bytes = SEGMENT_BYTES_MIN};
    struct journal *made = NULL;
    if (err == ERR_OK) {
        assert_int_equal(journal_lmdb_open(folder, &options, &made), ERR_OK);
        for (uint64_t n = head->first; n <= head->number; n++) {
            struct slice a, b;
            assert_int_equal(journal_read(made, n, &a), ERR_OK);
            if (journal_read(rig->j, n, &b) == ERR_OK) {
                assert_true(slice_equal(a, b));
            }
        }
    }
    journal_free(&made);
    manifest_fini(&m);
    assert_int_equal(file_remove_tree(folder), ERR_OK);
    free(folder);
    return err;
}

static ino_t
inode_of(struct rig *rig, const char *name)
{
    struct stat st;
    char *path = manifest_path(rig->backup, name);
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_ino;
}

static void
flip(struct rig *rig, const char *name)
{
    uint8_t byte;
    char *path = manifest_path(rig->backup, name);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, 20000), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 20000), 1);
    close(fd);
    free(path);
}

#define FIRST_SEGMENT "journal/0000000000000001.mdb"

/* ---- tests ---- */

static void
test_month(void **state)
{
    struct rig *rig = *state;
    struct journal_head heads[DAYS], head;
    ino_t first = 0;
    for (int day = 0; day < DAYS; day++) {
        rig->now_us = (day + 1) * DAY_US;
        append_many(rig, 3 + day % 4 * 3);
        apply(rig);
        journal_head(rig->j, &heads[day]);
        back_up_well(rig);
        if (day == 5) {
            first = inode_of(rig, FIRST_SEGMENT);
        }
    }
    assert_true(inode_of(rig, FIRST_SEGMENT) == first);
    for (int day = 0; day < DAYS; day++) {
        /* The same day by its block, by its end, by the moment of its last block, in turn. */
        const struct restore_point points[] = {{.block = heads[day].number},
                                               {.time_us = (day + 2) * DAY_US - 1},
                                               {.time_us = heads[day].time_us}};
        assert_int_equal(restore(rig, points[day % 3], &head), ERR_OK);
        assert_memory_equal(&head, &heads[day], sizeof(head));
    }
    struct restore_point before = {.time_us = DAY_US - 1}, all = {.time_us = INT64_MAX};
    struct restore_point beyond = {.block = heads[DAYS - 1].number + 1};
    assert_int_equal(restore(rig, before, &head), ERR_NOT_FOUND);
    assert_int_equal(restore(rig, beyond, &head), ERR_NOT_FOUND);
    assert_int_equal(restore(rig, all, &head), ERR_OK);
    assert_true(head.number == heads[DAYS - 1].number);
}

/* Every block is a place where a restore may end: in the first of a segment, in its last, between. */
static void
test_every_block(void **state)
{
    struct rig *rig = *state;
    struct journal_head head;
    append_many(rig, 25);
    back_up_well(rig);
    for (uint64_t n = 1; n <= 25; n++) {
        assert_int_equal(restore(rig, (struct restore_point){.block = n}, &head), ERR_OK);
        assert_true(head.number == n && head.first == 1);
    }
}

static void
test_state_copy(void **state)
{
    struct rig *rig = *state;
    struct manifest m;
    uint8_t hash[32];
    append_many(rig, 3);
    apply(rig);
    assert_int_equal(state_begin(rig->state, false), ERR_OK);
    assert_int_equal(state_hash(rig->state, hash), ERR_OK);
    state_abort(rig->state);
    append_many(rig, 1); /* not applied yet: the journal covers the state */
    assert_int_equal(back_up(rig, &m), ERR_OK);
    assert_true(m.states[0].there && m.states[0].position == 3 && m.head == 4);
    assert_memory_equal(m.states[0].hash, hash, sizeof(hash));
    assert_non_null(manifest_find(&m, "state/00-0000000000000003.mdb"));
    manifest_fini(&m);
    /* A shard that nobody has made yet is left out. */
    manifest_shards_set(&m, 2);
    struct manifest none = {0};
    assert_int_equal(state_backup(rig->data, 1, rig->backup, &none, &m), ERR_OK);
    assert_false(m.states[1].there);
    manifest_fini(&m);
}

static void
test_nothing_there(void **state)
{
    struct rig *rig = *state;
    struct manifest m;
    assert_int_equal(back_up(rig, &m), ERR_NOT_FOUND);
    manifest_fini(&m);
}

/* A damaged copy is made anew while the journal still has the segment. */
static void
test_damaged_copy(void **state)
{
    struct rig *rig = *state;
    struct journal_head head;
    append_many(rig, 40);
    back_up_well(rig);
    flip(rig, FIRST_SEGMENT);
    append_many(rig, 1);
    back_up_well(rig);
    assert_int_equal(restore(rig, (struct restore_point){.block = 41}, &head), ERR_OK);
}

/* What was pruned is only in the backup: there, damage ends it. */
static void
test_pruned(void **state)
{
    struct rig *rig = *state;
    struct journal_head head;
    struct manifest m;
    append_many(rig, 60);
    back_up_well(rig);
    assert_int_equal(journal_prune(rig->j, 50), ERR_OK);
    append_many(rig, 10);
    back_up_well(rig);
    assert_int_equal(restore(rig, (struct restore_point){.block = 5}, &head), ERR_OK);
    assert_true(head.number == 5);
    assert_int_equal(restore(rig, (struct restore_point){.block = 70}, &head), ERR_OK);
    assert_true(head.first == 1);
    flip(rig, FIRST_SEGMENT);
    assert_int_equal(back_up(rig, &m), ERR_CORRUPT);
    manifest_fini(&m);
    /* A new directory begins where the journal does. */
    free(rig->backup);
    rig->backup = tempdir_path(rig->folder, "fresh");
    assert_int_equal(file_make_folder(rig->backup), ERR_OK);
    back_up_well(rig);
    assert_int_equal(restore(rig, (struct restore_point){.block = 70}, &head), ERR_OK);
    assert_true(head.first > 1 && head.number == 70);
    assert_int_equal(restore(rig, (struct restore_point){.block = head.first}, &head), ERR_OK);
    assert_int_equal(restore(rig, (struct restore_point){.block = 1}, &head), ERR_NOT_FOUND);
}

/* Blocks that were pruned after the last backup, and are in no backup: told, not passed over. */
static void
test_gap(void **state)
{
    struct rig *rig = *state;
    struct manifest m;
    append_many(rig, 10);
    back_up_well(rig);
    append_many(rig, 60);
    assert_int_equal(journal_prune(rig->j, 60), ERR_OK);
    assert_int_equal(back_up(rig, &m), ERR_CONFLICT);
    manifest_fini(&m);
}

static void
test_another_history(void **state)
{
    struct rig *rig = *state;
    struct manifest m;
    append_many(rig, 20);
    back_up_well(rig);
    rig_shut(rig);
    assert_int_equal(file_remove_tree(rig->journal_folder), ERR_OK);
    rig_open(rig);
    append_many(rig, 10); /* behind the backup */
    assert_int_equal(back_up(rig, &m), ERR_CONFLICT);
    manifest_fini(&m);
    append_many(rig, 20); /* and beyond it, with other blocks */
    assert_int_equal(back_up(rig, &m), ERR_CONFLICT);
    manifest_fini(&m);
}

/* Too few blocks for a seal to tell the two apart: the chain does. */
static void
test_another_short_history(void **state)
{
    struct rig *rig = *state;
    struct manifest m;
    append_many(rig, 3);
    back_up_well(rig);
    rig_shut(rig);
    assert_int_equal(file_remove_tree(rig->journal_folder), ERR_OK);
    rig_open(rig);
    append_many(rig, 5);
    assert_int_equal(back_up(rig, &m), ERR_CONFLICT);
    manifest_fini(&m);
}

/* Ended before its manifest: the former one is as good as it was, and the next backup goes on. */
static void
test_interrupted(void **state)
{
    struct rig *rig = *state;
    struct manifest former, m;
    append_many(rig, 30);
    apply(rig);
    back_up_well(rig);
    append_many(rig, 30);
    apply(rig);
    assert_int_equal(manifest_newest(rig->backup, &former), ERR_OK);
    assert_int_equal(halves(rig, &former, &m), ERR_OK);
    manifest_fini(&m);
    for (uint32_t i = 0; i < former.file_count; i++) {
        assert_int_equal(manifest_check(rig->backup, &former.files[i]), ERR_OK);
    }
    struct journal_head head;
    assert_int_equal(restore(rig, (struct restore_point){.time_us = INT64_MAX}, &head), ERR_OK);
    assert_true(head.number == 30);
    manifest_fini(&former);
    back_up_well(rig);
    assert_int_equal(restore(rig, (struct restore_point){.time_us = INT64_MAX}, &head), ERR_OK);
    assert_true(head.number == 60);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(test_month),        WITH_RIG(test_every_block),
        WITH_RIG(test_state_copy),   WITH_RIG(test_nothing_there),
        WITH_RIG(test_damaged_copy), WITH_RIG(test_pruned),
        WITH_RIG(test_gap),          WITH_RIG(test_another_history),
        WITH_RIG(test_interrupted),  WITH_RIG(test_another_short_history),
    };
    log_open("test_backup", LOG_ERROR);
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
