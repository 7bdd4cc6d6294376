/* One flipped bit, anywhere in a journal: a thousand of them in the sealed part, each found and named,
 * the block where it lies in one; and in the open segment, and in a full one that has no seal yet, each
 * either found, or in bytes that hold no block and lead to none. Then the journal itself opens the damaged
 * segment: told or unharmed, never a signal, because no page is given to LMDB before pages.h has walked it.
 *
 *     test_journal_bits [SEED]
 *
 * Not part of what is proved, and why: `lock` and *.mdb-lock hold no content, they are made anew;
 * `quarantine` carries a hash of its own and is made again from the journal where it is wrong. */
#include "broker/pages.h"
#include "broker/prove.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/reader.h"
#include "tests/crash/dice.h"
#include "tests/lib/journal_rig.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCKS 55 /* the last of them fill most of an open segment */
#define BITS 1000
#define LIVE_OPENS 250 /* each is a process */
#define FULL_OPENS 100
#define FILES_MAX 64
#define PAGE_BYTES 4096 /* of LMDB here */
#define META_BYTES 152
#define META_TXN 144
#define META_FREE_ROOT 80

static uint64_t seed;

/* Where each block's bytes lie in its file. */
struct span {
    uint64_t from, to;
};

struct bits_file {
    char name[32];
    char *path;
    uint64_t bytes;
    bool live, seal; /* live: no seal tells what it holds */
};

struct bits {
    struct journal_rig rig;
    struct bits_file files[FILES_MAX];
    unsigned count;
    struct span spans[BLOCKS + 1];
    uint64_t in_file[BLOCKS + 1]; /* the first block of the block's segment */
    struct proof whole;
    struct buf live; /* the open segment's bytes */
};

/* ---- the journal, and where what lies in it ---- */

static bool
is_proved(const char *name)
{
    const char *end = strchr(name, '.');
    return end != NULL && (strcmp(end, ".mdb") == 0 || strcmp(end, ".seal") == 0);
}

static void
files_list(struct bits *b)
{
    DIR *dir = opendir(b->rig.journal);
    struct dirent *entry;
    struct stat there;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (!is_proved(entry->d_name)) {
            bool known =
                strcmp(entry->d_name, "lock") == 0 || strstr(entry->d_name, ".mdb-lock") != NULL;
            assert_true(known); /* the list on top is whole */
            continue;
        }
        struct bits_file *file = &b->files[b->count++];
        snprintf(file->name, sizeof file->name, "%.31s", entry->d_name);
        file->path = tempdir_path(b->rig.journal, file->name);
        assert_int_equal(stat(file->path, &there), 0);
        file->bytes = (uint64_t)there.st_size;
        file->seal = strstr(file->name, ".seal") != NULL;
        char *seal = journal_rig_path(&b->rig, strtoull(file->name, NULL, 10), "seal");
        file->live = !file->seal && !file_exists(seal);
        free(seal);
    }
    closedir(dir);
}

static void
spans_find(struct bits *b)
{
    for (unsigned i = 0; i < b->count; i++) {
        struct pages *pages;
        struct slice bytes;
        uint64_t number;
        if (b->files[i].seal) {
            continue;
        }
        assert_int_equal(pages_open(b->files[i].path, 0, &pages), ERR_OK);
        while (pages_next(pages, &number, &bytes) == ERR_OK) {
            b->spans[number] = (struct span){pages_place(pages), pages_place(pages) + bytes.len};
            b->in_file[number] = strtoull(b->files[i].name, NULL, 10);
        }
        pages_close(&pages);
    }
}

/* With no hash from outside: what is found here, the files alone tell. */
static enum err
prove(struct bits *b, struct proof *proof)
{
    struct prove_options options = {.folder = b->rig.journal};
    return prove_journal(&options, proof);
}

/* Of the segments without a seal the newest, or the oldest. */
static struct bits_file *
unsealed_file(struct bits *b, bool newest)
{
    struct bits_file *found = NULL;
    for (unsigned i = 0; i < b->count; i++) {
        struct bits_file *file = &b->files[i];
        if (file->live && (found == NULL || (strcmp(file->name, found->name) > 0) == newest)) {
            found = file;
        }
    }
    assert_non_null(found);
    return found;
}

static int
setup_with(void **state, void (*last)(struct journal_rig *rig))
{
    struct bits *b = calloc(1, sizeof(*b));
    journal_rig_open(&b->rig);
    journal_rig_fill(&b->rig, BLOCKS);
    if (last != NULL) {
        last(&b->rig);
    }
    journal_rig_stop(&b->rig);
    files_list(b);
    spans_find(b);
    assert_int_equal(prove(b, &b->whole), ERR_OK);
    assert_int_equal(b->whole.head, BLOCKS);
    assert_int_equal(file_read(unsealed_file(b, true)->path, 64 << 20, &b->live), ERR_OK);
    *state = b;
    return 0;
}

static int
setup(void **state)
{
    return setup_with(state, journal_rig_seal);
}

/* As a kill leaves it right after the roll-over. */
static int
setup_unsealed(void **state)
{
    return setup_with(state, NULL);
}

static int
teardown(void **state)
{
    struct bits *b = *state;
    for (unsigned i = 0; i < b->count; i++) {
        free(b->files[i].path);
    }
    buf_fini(&b->live);
    journal_rig_close(&b->rig);
    free(b);
    return 0;
}

/* The block that the byte lies in; 0: none. */
static uint64_t
block_at(const struct bits *b, const struct bits_file *file, uint64_t byte)
{
    uint64_t first = strtoull(file->name, NULL, 10);
    for (uint64_t n = 1; n <= BLOCKS && !file->seal; n++) {
        if (b->in_file[n] == first && byte >= b->spans[n].from && byte < b->spans[n].to) {
            return n;
        }
    }
    return 0;
}

/* ---- sealed ---- */

/* Found, in this segment; and in this block, where it lies in one. */
static void
sealed_bit(struct bits *b, const struct bits_file *file, uint64_t bit)
{
    struct proof proof;
    uint64_t block = block_at(b, file, bit / 8);
    bit_flip(file->path, bit);
    enum err err = prove(b, &proof);
    bit_flip(file->path, bit);
    bool named = err == ERR_CORRUPT && strncmp(proof.file, file->name, 16) == 0 &&
                 (block == 0 || (proof.block == block && proof.byte == b->spans[block].from));
    if (!named) {
        fail_msg("seed %" PRIu64 ": bit %" PRIu64 " of %s (block %" PRIu64 ") gave %s: %s %s"
                 " block %" PRIu64 " byte %" PRIu64,
                 seed, bit, file->name, block, err_name(err), prove_fault_name(proof.fault),
                 proof.file, proof.block, proof.byte);
    }
}

/* Any bit of all the sealed files, as one row of bits. */
static void
test_sealed(void **state)
{
    struct bits *b = *state;
    uint64_t all = 0, in_blocks = 0;
    for (unsigned i = 0; i < b->count; i++) {
        all += b->files[i].live ? 0 : b->files[i].bytes * 8;
    }
    for (int n = 0; n < BITS; n++) {
        uint64_t bit = dice(&seed, all);
        unsigned i = 0;
        while (b->files[i].live || bit >= b->files[i].bytes * 8) {
            bit -= b->files[i].live ? 0 : b->files[i].bytes * 8;
            i++;
        }
        in_blocks += block_at(b, &b->files[i], bit / 8) != 0;
        sealed_bit(b, &b->files[i], bit);
    }
    print_message("# %d bits of %" PRIu64 " found, %" PRIu64 " of them in a block\n", BITS, all,
                  in_blocks);
    assert_true(in_blocks > BITS / 10 && in_blocks < BITS); /* both kinds were met */
}

/* A seal is short, so that few of the thousand fall on one: every bit of every seal. */
static void
test_seals(void **state)
{
    struct bits *b = *state;
    unsigned seals = 0;
    for (unsigned i = 0; i < b->count; i++) {
        for (uint64_t bit = 0; b->files[i].seal && bit < b->files[i].bytes * 8; bit++) {
            sealed_bit(b, &b->files[i], bit);
        }
        seals += b->files[i].seal;
    }
    assert_true(seals > 2);
}

/* ---- segments without a seal ---- */

static struct bits_file *
live_file(struct bits *b)
{
    return unsealed_file(b, true);
}

/* Found and named; or nothing that is proved has changed: the head's chain rests on all of it. */
static bool
live_bit(struct bits *b, const struct bits_file *file, uint64_t bit)
{
    struct proof proof;
    uint64_t block = block_at(b, file, bit / 8);
    bit_flip(file->path, bit);
    enum err err = prove(b, &proof);
    bit_flip(file->path, bit);
    bool named = err == ERR_CORRUPT && strcmp(proof.file, file->name) == 0 &&
                 (block == 0 || (proof.block == block && proof.byte == b->spans[block].from));
    bool same = err == ERR_OK && block == 0 && proof.head == b->whole.head &&
                memcmp(proof.chain, b->whole.chain, BLOCK_CHAIN_SIZE) == 0;
    if (!named && !same) {
        fail_msg("seed %" PRIu64 ": bit %" PRIu64 " (block %" PRIu64 ") gave %s: %s block %" PRIu64,
                 seed, bit, block, err_name(err), prove_fault_name(proof.fault), proof.block);
    }
    return named;
}

static void
any_bits(struct bits *b, const struct bits_file *file)
{
    uint64_t found = 0;
    for (int n = 0; n < BITS; n++) {
        found += live_bit(b, file, dice(&seed, file->bytes * 8));
    }
    print_message("# %d bits of %s: %" PRIu64
                  " found, the others in no block and no page of the tree\n",
                  BITS, file->name, found);
    assert_true(found > BITS / 10);
}

static void
test_live(void **state)
{
    any_bits(*state, live_file(*state));
}

/* Two metas say where everything begins; one of them is the former. A bit that makes that one look newer
 * would take back the last block. Every bit of both. */
static void
meta_bits(struct bits *b, const struct bits_file *file)
{
    uint64_t found = 0;
    for (uint64_t page = 0; page < 2; page++) {
        for (uint64_t bit = 0; bit < META_BYTES * 8; bit++) {
            found += live_bit(b, file, page * PAGE_BYTES * 8 + bit);
        }
    }
    print_message("# of %d bits of the metas %" PRIu64 " found\n", 2 * META_BYTES * 8, found);
}

static void
test_live_metas(void **state)
{
    meta_bits(*state, live_file(*state));
}

/* In a process of its own: 0 all blocks are what they were, 1 told. */
static int
journal_use(const struct bits *b)
{
    struct journal_options options = {0};
    struct journal *j;
    struct slice bytes;
    struct block block;
    struct proof after;
    struct prove_options proving = {.folder = b->rig.journal, .block = b->whole.head};
    proving.hash = b->whole.chain;
    if (journal_lmdb_open(b->rig.journal, &options, &j) != ERR_OK) {
        return 1;
    }
    bool all = true;
    for (uint64_t n = 1; n <= BLOCKS && all; n++) {
        all = journal_read(j, n, &bytes) == ERR_OK && block_open(bytes, &block) == ERR_OK &&
              block.number == n;
    }
    if (!all) {
        journal_free(&j);
        return 1;
    }
    /* What is read whole may be written on, and the blocks before stay what they were. */
    struct journal_rig rig = b->rig;
    rig.j = j;
    for (int i = 0; i < 3; i++) {
        if (journal_rig_append(&rig, 3000) != ERR_OK) {
            return 1;
        }
    }
    journal_free(&rig.j);
    return prove_journal(&proving, &after) == ERR_OK && after.head == BLOCKS + 3 ? 0 : 2;
}

static void
file_put(const char *path, const struct buf *bytes)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

/* Whether it was told. Then the file, and the one that was written on, are put back as they were. */
static bool
opened_with(struct bits *b, const struct bits_file *file, uint64_t bit, const struct buf *good)
{
    int status;
    bit_flip(file->path, bit);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        /* Its log is not this test's output. */
        _exit(freopen("/dev/null", "we", stderr) == NULL ? 9 : journal_use(b));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        fail_msg("seed %" PRIu64 ": bit %" PRIu64 " of %s: status %x", seed, bit, file->name,
                 (unsigned)status);
    }
    file_put(unsealed_file(b, true)->path, &b->live);
    file_put(file->path, good);
    return WEXITSTATUS(status) == 1;
}

static void
openings(struct bits *b, const struct bits_file *file, int count)
{
    struct buf good = BUF_EMPTY;
    unsigned told = 0;
    assert_int_equal(file_read(file->path, 64 << 20, &good), ERR_OK);
    for (int n = 0; n < count; n++) {
        /* Half of them where LMDB finds its way: the metas, and the heads of pages. */
        uint64_t byte = n % 2 == 0
                            ? dice(&seed, file->bytes)
                            : dice(&seed, file->bytes / PAGE_BYTES) * PAGE_BYTES + dice(&seed, 160);
        told += opened_with(b, file, byte * 8 + dice(&seed, 8), &good);
    }
    buf_fini(&good);
    print_message("# %d openings: %u told, the others unharmed\n", count, told);
    assert_true(told > (unsigned)count / 10 && told < (unsigned)count);
}

static void
test_live_is_opened(void **state)
{
    openings(*state, live_file(*state), LIVE_OPENS);
}

/* The newest but one: its blocks must reach the next segment, so that its former meta hides nothing. */
static void
test_full_without_seal(void **state)
{
    struct bits *b = *state;
    struct bits_file *file = unsealed_file(b, false);
    assert_string_not_equal(file->name, live_file(b)->name);
    any_bits(b, file);
    meta_bits(b, file);
    openings(b, file, FULL_OPENS);
}

/* A page that is wrongly told to be free would be written over by the next append. A bit of each byte of
 * the list. */
static void
test_free_list(void **state)
{
    struct bits *b = *state;
    struct bits_file *file = live_file(b);
    struct buf good = BUF_EMPTY;
    unsigned told = 0, bytes = 0;
    assert_int_equal(file_read(file->path, 64 << 20, &good), ERR_OK);
    const uint8_t *odd = good.data + PAGE_BYTES;
    const uint8_t *meta =
        le64_get(good.data + META_TXN) > le64_get(odd + META_TXN) ? good.data : odd;
    uint64_t at = le64_get(meta + META_FREE_ROOT) * PAGE_BYTES;
    assert_true(at > PAGE_BYTES && at < good.len);
    for (uint64_t byte = le16_get(good.data + at + 14); byte < PAGE_BYTES; byte++, bytes++) {
        told += opened_with(b, file, (at + byte) * 8 + dice(&seed, 4), &good);
    }
    buf_fini(&good);
    print_message("# a bit of each of %u bytes of the free list: %u told\n", bytes, told);
    assert_true(told > 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_seals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_live, setup, teardown),
        cmocka_unit_test_setup_teardown(test_live_metas, setup, teardown),
        cmocka_unit_test_setup_teardown(test_live_is_opened, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_without_seal, setup_unsealed, teardown),
    };
    /* Another each day, so that a year of pushes meets them all; it is printed, and replays. */
    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL) / 86400;
    print_message("# seed %" PRIu64 "\n", seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
