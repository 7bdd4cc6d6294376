/* A journal that can be proved: what proves it, what is found and named where it is not what it was,
 * and what is said where it cannot be known. */
#include "broker/backup.h"
#include "broker/prove.h"
#include "common/file.h"
#include "common/file_copy.h"
#include "tests/lib/journal_rig.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCKS 60

static int
setup(void **state)
{
    struct journal_rig *rig = calloc(1, sizeof(*rig));
    journal_rig_open(rig);
    journal_rig_fill(rig, BLOCKS);
    journal_rig_seal(rig);
    *state = rig;
    return 0;
}

/* The newest but one has no seal, as for a while after each roll-over. */
static int
setup_unsealed(void **state)
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

static enum err
prove(const struct journal_rig *rig, uint64_t block, const uint8_t *hash, struct proof *proof)
{
    struct prove_options options = {.folder = rig->journal, .block = block, .hash = hash};
    return prove_journal(&options, proof);
}

static void
assert_fault(enum err err, const struct proof *proof, enum prove_fault fault, uint64_t block)
{
    assert_int_equal(err, ERR_CORRUPT);
    assert_string_equal(prove_fault_name(proof->fault), prove_fault_name(fault));
    assert_int_equal(proof->block, block);
}

/* The first block of the second segment. */
static uint64_t
second_segment(const struct journal_rig *rig)
{
    for (uint64_t first = 2; first < BLOCKS; first++) {
        char *path = journal_rig_path(rig, first, "mdb");
        bool there = file_exists(path);
        free(path);
        if (there) {
            return first;
        }
    }
    fail_msg("there is no second segment");
    return 0;
}

static void
file_remove(const struct journal_rig *rig, uint64_t first, const char *suffix)
{
    char *path = journal_rig_path(rig, first, suffix);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* ---- what is proved ---- */

static void
test_every_block_can_be_written_down(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_head head;
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE];
    journal_head(rig->j, &head);
    for (uint64_t n = 1; n <= BLOCKS; n++) {
        journal_rig_chain(rig, n, hash);
        assert_int_equal(prove(rig, n, hash, &proof), ERR_OK);
        assert_int_equal(proof.first, 1);
        assert_int_equal(proof.head, BLOCKS);
        assert_true(proof.first_rests);
        assert_memory_equal(proof.chain, head.chain, BLOCK_CHAIN_SIZE);
        assert_int_equal(proof.head_time_us, head.time_us);
        hash[n % BLOCK_CHAIN_SIZE] ^= 1;
        assert_fault(prove(rig, n, hash, &proof), &proof, PROVE_hash_differs, n);
    }
    assert_true(proof.sealed > 2);
}

static void
test_without_a_hash(void **state)
{
    struct journal_rig *rig = *state;
    struct proof proof;
    assert_int_equal(prove(rig, 0, NULL, &proof), ERR_OK);
    assert_int_equal(proof.head, BLOCKS);
    assert_int_equal(proof.segments, proof.sealed + 1);
}

static void
test_newest_but_one_without_its_seal(void **state)
{
    struct journal_rig *rig = *state;
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE];
    journal_rig_chain(rig, 5, hash);
    assert_int_equal(prove(rig, 5, hash, &proof), ERR_OK);
    assert_int_equal(proof.head, BLOCKS);
    assert_int_equal(proof.segments, proof.sealed + 2);
    journal_rig_seal(rig);
    assert_int_equal(prove(rig, 5, hash, &proof), ERR_OK);
    assert_int_equal(proof.segments, proof.sealed + 1);
}

/* Only what somebody wrote down finds this: every checksum, link and seal is right. */
static void
test_rewritten_as_a_whole(void **state)
{
    struct journal_rig *rig = *state, other;
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE];
    journal_rig_chain(rig, BLOCKS / 2, hash);
    journal_rig_open(&other);
    assert_int_equal(journal_rig_append(&other, 51), ERR_OK); /* one byte more in block 1 */
    journal_rig_fill(&other, BLOCKS);
    assert_int_equal(prove(&other, 0, NULL, &proof), ERR_OK);
    assert_fault(prove(&other, BLOCKS / 2, hash, &proof), &proof, PROVE_hash_differs, BLOCKS / 2);
    journal_rig_close(&other);
}

static void
test_last_blocks_taken_away(void **state)
{
    struct journal_rig *rig = *state;
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE] = {0};
    assert_fault(prove(rig, BLOCKS + 1, hash, &proof), &proof, PROVE_journal_short, BLOCKS + 1);
}

static void
test_pruned(void **state)
{
    struct journal_rig *rig = *state;
    uint8_t hashes[BLOCKS + 1][BLOCK_CHAIN_SIZE];
    struct journal_head head;
    struct proof proof;
    for (uint64_t n = 1; n <= BLOCKS; n++) {
        journal_rig_chain(rig, n, hashes[n]);
    }
    assert_int_equal(journal_prune(rig->j, BLOCKS / 2), ERR_OK);
    journal_head(rig->j, &head);
    assert_true(head.first > 2);
    for (uint64_t n = head.first; n <= BLOCKS; n++) {
        assert_int_equal(prove(rig, n, hashes[n], &proof), ERR_OK);
        assert_int_equal(proof.first, head.first);
        assert_false(proof.first_rests);
    }
    /* The hash of the block before makes the first one whole, and any other does not. */
    assert_int_equal(prove(rig, head.first - 1, hashes[head.first - 1], &proof), ERR_OK);
    assert_true(proof.first_rests);
    assert_fault(prove(rig, head.first - 1, hashes[head.first], &proof), &proof, PROVE_chain_broken,
                 head.first);
    assert_int_equal(prove(rig, head.first - 2, hashes[head.first - 2], &proof), ERR_RANGE);
    assert_int_equal(proof.first, head.first);
}

static void
test_backup_holds_what_was_pruned(void **state)
{
    struct journal_rig *rig = *state;
    struct manifest former = {0}, m = {0};
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE];
    char *backup = tempdir_path(rig->folder, "backup");
    char *journal = tempdir_path(backup, "journal");
    journal_rig_chain(rig, 3, hash);
    journal_rig_stop(rig);
    assert_int_equal(file_make_folder(backup), ERR_OK);
    assert_int_equal(journal_backup(rig->journal, backup, &former, &m), ERR_OK);
    struct prove_options options = {.folder = journal, .block = 3, .hash = hash};
    assert_int_equal(prove_journal(&options, &proof), ERR_OK);
    assert_int_equal(proof.first, 1);
    assert_int_equal(proof.head, BLOCKS);
    manifest_fini(&m);
    free(journal);
    free(backup);
}

static void
test_nothing_there(void **state)
{
    struct journal_rig *rig = *state, empty;
    struct proof proof;
    struct prove_options options = {.folder = rig->folder};
    assert_int_equal(prove_journal(&options, &proof), ERR_NOT_FOUND);
    options.folder = "/nonexistent";
    assert_int_equal(prove_journal(&options, &proof), ERR_NOT_FOUND);
    journal_rig_open(&empty);
    assert_int_equal(prove(&empty, 0, NULL, &proof), ERR_NOT_FOUND);
    journal_rig_close(&empty);
}

/* What the newest segment says, and no more than that is read. */
static void
test_head_only(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_head head;
    struct proof proof;
    struct prove_options options = {.folder = rig->journal, .newest = true};
    char *path = journal_rig_path(rig, 1, "mdb");
    journal_head(rig->j, &head);
    bit_flip(path, 99999);
    assert_int_equal(prove_journal(&options, &proof), ERR_OK);
    assert_int_equal(proof.head, BLOCKS);
    assert_int_equal(proof.first, 1);
    assert_memory_equal(proof.chain, head.chain, BLOCK_CHAIN_SIZE);
    free(path);
}

/* ---- files that are gone ---- */

static void
test_segment_gone(void **state)
{
    struct journal_rig *rig = *state;
    struct proof proof;
    uint64_t second = second_segment(rig);
    file_remove(rig, second, "mdb");
    assert_fault(prove(rig, 0, NULL, &proof), &proof, PROVE_segment_missing, second);
}

static void
test_newest_segment_gone(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_head head;
    struct proof proof;
    uint64_t sealed = second_segment(rig), live = 0;
    journal_rig_stop(rig);
    for (uint64_t first = sealed; first <= BLOCKS; first++) {
        char *path = journal_rig_path(rig, first, "mdb");
        char *seal = journal_rig_path(rig, first, "seal");
        live = file_exists(path) ? first : live;
        sealed = file_exists(seal) ? first : sealed;
        free(seal);
        free(path);
    }
    assert_true(live > sealed);
    /* Only its seal tells that it was there. */
    file_remove(rig, live, "mdb");
    file_remove(rig, sealed, "mdb");
    assert_fault(prove(rig, 0, NULL, &proof), &proof, PROVE_segment_missing, sealed);
    /* And where that is gone too, only who knows a later block. */
    file_remove(rig, sealed, "seal");
    assert_int_equal(prove(rig, 0, NULL, &proof), ERR_OK);
    assert_int_equal(proof.head, sealed - 1);
    memset(&head, 0, sizeof head);
    assert_fault(prove(rig, BLOCKS, head.chain, &proof), &proof, PROVE_journal_short, BLOCKS);
}

static void
test_seal_gone(void **state)
{
    struct journal_rig *rig = *state;
    struct proof proof;
    file_remove(rig, 1, "seal");
    assert_fault(prove(rig, 0, NULL, &proof), &proof, PROVE_seal_missing, 0);
    assert_string_equal(proof.file, "0000000000000001.mdb");
}

/* A segment that is sound, and was put in the place of the one that it became: what is missing at its end
 * is what the next one does not follow. */
static void
test_newest_but_one_cut(void **state)
{
    struct journal_rig rig;
    struct journal_options options = {0};
    struct proof proof;
    uint64_t last = 0;
    (void)state;
    journal_rig_open(&rig);
    char *path = journal_rig_path(&rig, 1, "mdb"), *former = journal_rig_path(&rig, 1, "former");
    for (int segments = 0; segments < 2;) {
        journal_rig_stop(&rig);
        if (last == 2) {
            assert_int_equal(file_copy(path, former), ERR_OK);
        }
        journal_rig_reopen(&rig);
        assert_int_equal(journal_rig_append(&rig, 9000), ERR_OK);
        char *next = journal_rig_path(&rig, ++last, "mdb");
        segments += file_exists(next);
        free(next);
    }
    journal_rig_stop(&rig);
    assert_int_equal(rename(former, path), 0);
    assert_fault(prove(&rig, 0, NULL, &proof), &proof, PROVE_block_missing, 3);
    assert_string_equal(proof.file, "0000000000000001.mdb");
    assert_int_equal(journal_lmdb_open(rig.journal, &options, &rig.j), ERR_CORRUPT);
    options.read_only = true;
    assert_int_equal(journal_lmdb_open(rig.journal, &options, &rig.j), ERR_CORRUPT);
    free(former);
    free(path);
    journal_rig_close(&rig);
}

/* ---- beside a broker that writes ---- */

/* A process that appends until its pipe is closed; it tells each append by a byte. */
static void
writer_run(struct journal_rig *rig, int tell, int end)
{
    char byte = 0;
    journal_rig_reopen(rig);
    do {
        if (journal_rig_append(rig, 700) != ERR_OK || write(tell, &byte, 1) != 1) {
            _exit(1);
        }
    } while (read(end, &byte, 1) == 1);
    journal_rig_stop(rig);
    _exit(0);
}

static void
test_beside_a_writer(void **state)
{
    struct journal_rig *rig = *state;
    struct prove_options options = {.folder = rig->journal, .site = true, .block = 7};
    struct proof proof;
    uint8_t hash[BLOCK_CHAIN_SIZE];
    uint64_t head = 0;
    int tell[2], end[2], status;
    char bytes[64] = {0};
    journal_rig_chain(rig, 7, hash);
    options.hash = hash;
    journal_rig_stop(rig);
    assert_int_equal(pipe(tell) | pipe(end), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(end[1]);
        writer_run(rig, tell[1], end[0]);
    }
    close(tell[1]);
    /* Each proof runs beside the writer's next append; it rolls over several times meanwhile. */
    for (int i = 0; i < 200; i++) {
        assert_int_equal(read(tell[0], bytes, 1), 1);
        assert_int_equal(write(end[1], bytes, 1), 1);
        enum err err = prove_journal(&options, &proof);
        assert_string_equal(prove_fault_name(proof.fault), "none");
        assert_int_equal(err, ERR_OK);
        assert_true(proof.head >= head && proof.head >= BLOCKS + (uint64_t)i + 1);
        head = proof.head;
    }
    close(end[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(tell[0]);
    close(end[0]);
    assert_true(head >= BLOCKS + 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_block_can_be_written_down, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_a_hash, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rewritten_as_a_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_last_blocks_taken_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pruned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backup_holds_what_was_pruned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_head_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_segment_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_newest_segment_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_seal_gone, setup, teardown),
        cmocka_unit_test(test_newest_but_one_cut),
        cmocka_unit_test_setup_teardown(test_newest_but_one_without_its_seal, setup_unsealed,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_backup_holds_what_was_pruned, setup_unsealed,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_beside_a_writer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
