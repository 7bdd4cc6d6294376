/* The journal: what both implementations promise, one table of tests; then what only a disk can do to
 * one: segments that roll over, seals, damage, a second process that reads along. */
#include "broker/journal.h"
#include "broker/limits.h"
#include "common/file.h"
#include "common/log.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct rig {
    char *folder; /* of journal_lmdb; NULL: journal_mem */
    struct journal *j;
    uint64_t segment_bytes;
};

/* ---- the rig ---- */

static enum err
rig_open(struct rig *rig, bool read_only)
{
    char *path = tempdir_path(rig->folder, "journal");
    struct journal_options options = {rig->segment_bytes, read_only};
    enum err err = journal_lmdb_open(path, &options, &rig->j);
    free(path);
    return err;
}

static int
setup_mem(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    rig->j = journal_mem_new();
    *state = rig;
    return 0;
}

static int
setup_lmdb(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    rig->folder = tempdir_new();
    rig->segment_bytes = SEGMENT_BYTES_MIN;
    *state = rig;
    return rig_open(rig, false) == ERR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    struct rig *rig = *state;
    journal_free(&rig->j);
    if (rig->folder != NULL) {
        tempdir_free(rig->folder);
    }
    free(rig);
    return 0;
}

/* The next block, with one record of `size` bytes that tell its number. */
static enum err
append(struct rig *rig, size_t size)
{
    struct journal_head head;
    struct block_builder b = {0};
    journal_head(rig->j, &head);
    uint8_t *body = malloc(size);
    memset(body, (int)(head.number + 1) & 0xff, size);
    block_begin(&b, 1, 77, head.number + 1);
    assert_true(block_add(&b, slice_text("local"), slice_text("u"), slice_of(body, size)));
    block_finish(&b, head.number + 1, (int64_t)head.number + 1000, 5, head.chain);
    enum err err = journal_append(rig->j, buf_slice_of(&b.bytes));
    block_builder_fini(&b);
    free(body);
    return err;
}

static void
append_many(struct rig *rig, int n, size_t size)
{
    for (int i = 0; i < n; i++) {
        assert_int_equal(append(rig, size), ERR_OK);
    }
}

static void
assert_block(struct rig *rig, uint64_t number)
{
    struct slice bytes;
    struct block block;
    struct block_record record;
    assert_int_equal(journal_read(rig->j, number, &bytes), ERR_OK);
    assert_int_equal(block_open(bytes, &block), ERR_OK);
    assert_true(block.number == number);
    struct block_records it = block_records(&block);
    assert_true(block_next(&it, &record));
    assert_int_equal(record.body.data[0], number & 0xff);
}

static void
assert_head(struct rig *rig, uint64_t first, uint64_t number)
{
    struct journal_head head;
    journal_head(rig->j, &head);
    assert_true(head.first == first);
    assert_true(head.number == number);
}

/* FOLDER/journal/NAME */
static char *
file_of(struct rig *rig, const char *name)
{
    char *folder = tempdir_path(rig->folder, "journal");
    char *path = tempdir_path(folder, name);
    free(folder);
    return path;
}

static char *
segment_of(struct rig *rig, uint64_t first, const char *suffix)
{
    char name[64];
    snprintf(name, sizeof(name), "%016llu.%s", (unsigned long long)first, suffix);
    return file_of(rig, name);
}

static void
remove_file(char *path)
{
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* Flips one bit of the byte at `at`, counted from the end where negative. */
static void
flip(char *path, off_t at)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    off_t from = at < 0 ? lseek(fd, at, SEEK_END) : at;
    assert_int_equal(pread(fd, &byte, 1, from), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, from), 1);
    close(fd);
    free(path);
}

/* The place of the first run of `byte`, 200 long, in the file: inside a block's body. */
static off_t
find_body(const char *path, uint8_t byte)
{
    struct buf file = BUF_EMPTY;
    assert_int_equal(file_read(path, 64 << 20, &file), ERR_OK);
    size_t run = 0, at = 0;
    while (at < file.len && run < 200) {
        run = file.data[at] == byte ? run + 1 : 0;
        at++;
    }
    assert_int_equal(run, 200);
    buf_fini(&file);
    return (off_t)at - 100;
}

/* ---- what every journal promises ---- */

static void
test_empty(void **state)
{
    struct slice bytes;
    struct rig *rig = *state;
    assert_head(rig, 1, 0);
    assert_int_equal(journal_read(rig->j, 0, &bytes), ERR_NOT_FOUND);
    assert_int_equal(journal_read(rig->j, 1, &bytes), ERR_NOT_FOUND);
}

static void
test_append_and_read(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 20, 300);
    assert_head(rig, 1, 20);
    for (uint64_t n = 20; n > 0; n--) {
        assert_block(rig, n);
    }
    struct slice bytes;
    assert_int_equal(journal_read(rig->j, 21, &bytes), ERR_NOT_FOUND);
}

static void
test_sizes(void **state)
{
    static const size_t sizes[] = {1, 1900, 2000, 2100, 4000, 4080, 4100, 65536, 1000000, 8000000};
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        append_many(rig, 1, sizes[i]);
    }
    for (uint64_t n = 1; n <= sizeof(sizes) / sizeof(sizes[0]); n++) {
        assert_block(rig, n);
    }
}

static void
test_prune(void **state)
{
    struct rig *rig = *state;
    struct journal_head head;
    struct slice bytes;
    append_many(rig, 60, 10000);
    assert_int_equal(journal_prune(rig->j, 40), ERR_OK);
    journal_head(rig->j, &head);
    assert_true(head.first > 1 && head.first <= 40);
    assert_int_equal(journal_read(rig->j, head.first - 1, &bytes), ERR_NOT_FOUND);
    assert_block(rig, head.first);
    assert_block(rig, 60);
    /* However much is asked for, the newest block stays: the next must follow something. */
    assert_int_equal(journal_prune(rig->j, UINT64_MAX), ERR_OK);
    assert_block(rig, 60);
    append_many(rig, 1, 10);
    assert_block(rig, 61);
}

static void
test_failed_append(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 1, 10);
    journal_mem_fail_next(rig->j, false);
    assert_int_equal(append(rig, 10), ERR_IO);
    assert_head(rig, 1, 1);
    journal_mem_fail_next(rig->j, true);
    assert_int_equal(append(rig, 10), ERR_IO);
    assert_head(rig, 1, 2);
    append_many(rig, 1, 10);
    assert_head(rig, 1, 3);
}

/* ---- on disk ---- */

static void
test_reopen(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < 12; i++) {
        append_many(rig, 7, 3000);
        journal_free(&rig->j);
        assert_int_equal(rig_open(rig, false), ERR_OK);
        assert_head(rig, 1, 7 * (uint64_t)(i + 1));
    }
    for (uint64_t n = 1; n <= 84; n++) {
        assert_block(rig, n);
    }
}

static void
test_roll_over(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 40, 10000);
    char *seal = segment_of(rig, 1, "seal");
    char *lock = segment_of(rig, 1, "mdb-lock");
    assert_true(file_exists(seal));
    assert_false(file_exists(lock));
    /* An operator's own check of the seals. */
    char command[600];
    snprintf(command, sizeof(command), "cd %s/journal && b2sum --check --strict --quiet *.seal",
             rig->folder);
    assert_int_equal(system(command), 0);
    free(seal);
    free(lock);
    journal_free(&rig->j);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    assert_head(rig, 1, 40);
    for (uint64_t n = 1; n <= 40; n++) {
        assert_block(rig, n);
    }
}

/* The number of the segment after the first one. */
static uint64_t
second_segment(struct rig *rig)
{
    for (uint64_t first = 2; first < 1000; first++) {
        char *path = segment_of(rig, first, "mdb");
        bool found = file_exists(path);
        free(path);
        if (found) {
            return first;
        }
    }
    fail_msg("there is no second segment");
    return 0;
}

static off_t
size_of(struct rig *rig, uint64_t first)
{
    struct stat file;
    char *path = segment_of(rig, first, "mdb");
    assert_int_equal(stat(path, &file), 0);
    free(path);
    return file.st_size;
}

static bool
ends_in_zeros(struct rig *rig, uint64_t first)
{
    struct buf file = BUF_EMPTY;
    char *path = segment_of(rig, first, "mdb");
    assert_int_equal(file_read(path, 64 << 20, &file), ERR_OK);
    size_t zeros = 0;
    while (zeros < 4096 && file.data[file.len - 1 - zeros] == 0) {
        zeros++;
    }
    buf_fini(&file);
    free(path);
    return zeros == 4096;
}

/* Zeros ahead of the last page: nobody reads them, a segment that is sealed has none, and a broker that
 * was killed finds its journal as it was. */
static void
test_filled_ahead(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 1, 300);
    off_t before = size_of(rig, 1);
    journal_idle(rig->j);
    assert_true(size_of(rig, 1) > before && size_of(rig, 1) <= 64 << 10);
    assert_true(ends_in_zeros(rig, 1));
    for (int i = 0; i < 200; i++) {
        append_many(rig, 1, 5000);
        journal_idle(rig->j);
        if (i % 9 == 0) {
            journal_free(&rig->j);
            assert_int_equal(rig_open(rig, false), ERR_OK);
        }
    }
    char command[600];
    snprintf(command, sizeof(command), "cd %s/journal && b2sum --check --strict --quiet *.seal",
             rig->folder);
    assert_int_equal(system(command), 0);
    for (uint64_t n = 1; n <= 201; n++) {
        assert_block(rig, n);
    }
}

static bool
is_sealed(struct rig *rig, uint64_t first)
{
    char *path = segment_of(rig, first, "seal");
    bool sealed = file_exists(path);
    free(path);
    return sealed;
}

/* A segment of 1 MiB is full with block 11; nothing was hashed yet. */
static void
roll_over_large(struct rig *rig)
{
    journal_free(&rig->j);
    rig->segment_bytes = 1 << 20;
    assert_int_equal(rig_open(rig, false), ERR_OK);
    append_many(rig, 11, 90000);
    append_many(rig, 1, 300);
    assert_int_equal(second_segment(rig), 12);
    assert_false(is_sealed(rig, 1));
}

static void
test_sealed_in_steps(void **state)
{
    struct rig *rig = *state;
    int steps = 0;
    roll_over_large(rig);
    for (uint64_t n = 1; n <= 12; n++) {
        assert_block(rig, n);
    }
    assert_int_equal(journal_prune(rig->j, 12), ERR_OK); /* not while it is being hashed */
    assert_head(rig, 1, 12);
    journal_idle(rig->j); /* takes twice what was appended before, too: all of it */
    assert_true(is_sealed(rig, 1));
    append_many(rig, 11, 90000);
    assert_false(is_sealed(rig, 12));
    append_many(rig, 1, 300);
    journal_free(&rig->j);
    assert_int_equal(rig_open(rig, true), ERR_OK); /* a reader, before there is a seal */
    assert_block(rig, 12);
    assert_block(rig, 24);
    journal_free(&rig->j);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    while (!is_sealed(rig, 12) && steps++ < 100) {
        journal_idle(rig->j);
    }
    assert_int_equal(steps, 5); /* of 256 KiB: the file is a little over 1 MiB */
    assert_int_equal(journal_prune(rig->j, 12), ERR_OK);
    assert_head(rig, 12, 24);
}

/* The process ends between two steps, each time; then the next segment is full, and waits for the seal. */
static void
test_sealing_interrupted(void **state)
{
    struct rig *rig = *state;
    roll_over_large(rig);
    for (int i = 0; i < 3; i++) {
        journal_free(&rig->j);
        assert_int_equal(rig_open(rig, false), ERR_OK);
        journal_idle(rig->j);
        assert_false(is_sealed(rig, 1));
    }
    append_many(rig, 10, 90000);
    assert_false(is_sealed(rig, 1));
    append_many(rig, 3, 90000);
    assert_true(is_sealed(rig, 1));
    for (uint64_t n = 1; n <= 25; n++) {
        assert_block(rig, n);
    }
}

/* What has no seal yet must reach to where the next begins. */
static void
test_unsealed_cut_short(void **state)
{
    struct rig *rig = *state;
    roll_over_large(rig);
    journal_free(&rig->j);
    char *from = segment_of(rig, 12, "mdb"), *to = segment_of(rig, 14, "mdb");
    assert_int_equal(rename(from, to), 0);
    free(from);
    free(to);
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
}

/* A segment is full before its zeros are used up only where `segment_mb` was lowered meanwhile. */
static void
test_filled_too_far(void **state)
{
    struct rig *rig = *state;
    journal_free(&rig->j);
    rig->segment_bytes = 1 << 20;
    assert_int_equal(rig_open(rig, false), ERR_OK);
    append_many(rig, 10, 10000);
    journal_idle(rig->j);
    assert_int_equal(size_of(rig, 1), 1 << 20);
    journal_free(&rig->j);
    rig->segment_bytes = SEGMENT_BYTES_MIN;
    assert_int_equal(rig_open(rig, false), ERR_OK);
    append_many(rig, 1, 300);
    assert_int_equal(second_segment(rig), 11);
    assert_false(ends_in_zeros(rig, 1));
    for (uint64_t n = 1; n <= 11; n++) {
        assert_block(rig, n);
    }
}

/* No room for zeros is no error: they are left out, and appends go on. */
static void
test_filled_ahead_without_room(void **state)
{
    struct rig *rig = *state;
    struct rlimit limit, all;
    append_many(rig, 1, 300);
    off_t before = size_of(rig, 1);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
    limit = all;
    limit.rlim_cur = (rlim_t)before;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    journal_idle(rig->j);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
    assert_true(size_of(rig, 1) == before);
    append_many(rig, 3, 300);
    journal_idle(rig->j);
    for (uint64_t n = 1; n <= 4; n++) {
        assert_block(rig, n);
    }
}

static void
test_one_writer(void **state)
{
    struct rig *rig = *state;
    struct rig other = *rig;
    assert_int_equal(rig_open(&other, false), ERR_EXISTS);
    assert_null(other.j);
}

static void
test_read_only_needs_a_journal(void **state)
{
    struct rig *rig = *state;
    journal_free(&rig->j);
    char *folder = tempdir_path(rig->folder, "elsewhere");
    struct journal_options options = {.read_only = true};
    assert_int_equal(journal_lmdb_open(folder, &options, &rig->j), ERR_NOT_FOUND);
    free(folder);
}

static void
test_sealed_segment_damaged(void **state)
{
    struct rig *rig = *state;
    struct slice bytes;
    append_many(rig, 40, 10000);
    journal_free(&rig->j);
    /* In a tree page, where LMDB itself might stumble over it: the file must not even be opened. */
    flip(segment_of(rig, 1, "mdb"), 2 * 4096 + 8);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    assert_int_equal(journal_read(rig->j, 1, &bytes), ERR_CORRUPT);
    assert_int_equal(journal_read(rig->j, 1, &bytes), ERR_CORRUPT);
    assert_block(rig, 40);
    append_many(rig, 1, 10); /* what is new is not the worse for it */
}

static void
test_sealed_segment_cut(void **state)
{
    struct rig *rig = *state;
    struct slice bytes;
    append_many(rig, 40, 10000);
    journal_free(&rig->j);
    char *path = segment_of(rig, 1, "mdb");
    assert_int_equal(truncate(path, 20000), 0);
    free(path);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    assert_int_equal(journal_read(rig->j, 1, &bytes), ERR_CORRUPT);
}

static void
test_live_block_flipped(void **state)
{
    struct rig *rig = *state;
    struct slice bytes;
    append_many(rig, 3, 5000);
    journal_free(&rig->j);
    char *path = segment_of(rig, 1, "mdb");
    flip(path, find_body(path, 1));
    /* The newest two are looked at when the journal is opened; the first when it is read. */
    assert_int_equal(rig_open(rig, false), ERR_OK);
    assert_int_equal(journal_read(rig->j, 1, &bytes), ERR_CORRUPT);
    assert_block(rig, 2);
    journal_free(&rig->j);
    path = segment_of(rig, 1, "mdb");
    flip(path, find_body(path, 3));
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
}

static void
test_live_segment_cut(void **state)
{
    struct rig *rig = *state;
    struct stat file;
    append_many(rig, 3, 9000);
    journal_free(&rig->j);
    char *path = segment_of(rig, 1, "mdb");
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(truncate(path, file.st_size - 4096), 0);
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
    assert_int_equal(truncate(path, 5000), 0);
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
    free(path);
}

static void
test_missing_files(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 40, 10000);
    uint64_t second = second_segment(rig);
    journal_free(&rig->j);
    remove_file(segment_of(rig, second, "mdb"));
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
}

static void
test_missing_seal(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 40, 10000);
    journal_free(&rig->j);
    remove_file(segment_of(rig, 1, "seal"));
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
}

static void
test_damaged_seal(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 40, 10000);
    journal_free(&rig->j);
    char *path = segment_of(rig, 1, "seal");
    assert_int_equal(file_replace(path, slice_text("# blocks many\n")), ERR_OK);
    free(path);
    assert_int_equal(rig_open(rig, false), ERR_CORRUPT);
}

/* A power cut between the seal and the next segment: the newest one is sealed. */
static void
test_cut_after_seal(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 4, 10000);
    uint64_t second = second_segment(rig);
    journal_free(&rig->j);
    remove_file(segment_of(rig, second, "mdb"));
    assert_int_equal(rig_open(rig, false), ERR_OK);
    assert_head(rig, 1, second - 1);
    append_many(rig, 1, 10);
    assert_block(rig, second);
    assert_block(rig, second - 1);
}

/* A power cut while the next segment was made: half a file beside, or an empty segment. */
static void
test_cut_in_create(void **state)
{
    struct rig *rig = *state;
    append_many(rig, 4, 10000);
    uint64_t second = second_segment(rig);
    journal_free(&rig->j);
    remove_file(segment_of(rig, second, "mdb"));
    char *half = segment_of(rig, second, "mdb.tmp");
    assert_int_equal(file_replace(half, slice_text("half a head")), ERR_OK);
    free(half);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    append_many(rig, 1, 10);
    assert_block(rig, second);
}

static void
test_pruned_reopens(void **state)
{
    struct rig *rig = *state;
    struct journal_head before, after;
    append_many(rig, 60, 10000);
    assert_int_equal(journal_prune(rig->j, 30), ERR_OK);
    journal_head(rig->j, &before);
    journal_free(&rig->j);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    journal_head(rig->j, &after);
    assert_memory_equal(&before, &after, sizeof(before));
}

/* ---- beside a running broker ---- */

static void
say(int fd, char word)
{
    assert_int_equal(write(fd, &word, 1), 1);
}

static void
hear(int fd)
{
    char word;
    assert_int_equal(read(fd, &word, 1), 1);
}

static bool
read_all(struct rig *rig, uint64_t from, uint64_t to)
{
    bool good = true;
    for (uint64_t n = from; n <= to && good; n++) {
        struct slice bytes;
        struct block block;
        good = journal_read(rig->j, n, &bytes) == ERR_OK && block_open(bytes, &block) == ERR_OK &&
               block.number == n;
    }
    return good;
}

/* Another process, as LMDB wants it: 0 where it read all that the writer told it to. */
static int
follower_run(struct rig *rig, int from_writer, int to_writer)
{
    struct rig mine = *rig;
    struct slice bytes;
    struct journal_head head;
    hear(from_writer);
    if (rig_open(&mine, true) != ERR_OK) {
        return 1;
    }
    say(to_writer, 'o');
    hear(from_writer);
    if (!read_all(&mine, 1, 5)) {
        return 2;
    }
    say(to_writer, 'r');
    hear(from_writer);
    if (!read_all(&mine, 1, 60)) {
        return 3;
    }
    journal_head(mine.j, &head);
    if (head.number != 60 || journal_read(mine.j, 61, &bytes) != ERR_NOT_FOUND) {
        return 4;
    }
    journal_free(&mine.j);
    return 0;
}

static void
test_follow(void **state)
{
    struct rig *rig = *state;
    int there[2], back[2], status;
    journal_free(&rig->j); /* LMDB's rule: opened after fork */
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody waiting */
        _exit(follower_run(rig, there[0], back[1]));
    }
    close(there[0]); /* theirs alone: if they end early, we hear of it */
    close(back[1]);
    assert_int_equal(rig_open(rig, false), ERR_OK);
    append_many(rig, 3, 10000);
    say(there[1], 'b');
    hear(back[0]);
    append_many(rig, 2, 10000); /* it rolls over once, and nothing is sealed */
    assert_true(second_segment(rig) == 4 && !is_sealed(rig, 1));
    say(there[1], 'n');
    hear(back[0]);
    append_many(rig, 55, 10000); /* and many times */
    say(there[1], 'e');
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(there[1]);
    close(back[0]);
}

#define BOTH(test)                                                                                 \
    {#test "_mem", test, setup_mem, teardown, NULL},                                               \
    {                                                                                              \
#test "_lmdb", test, setup_lmdb, teardown, NULL                                            \
    }
#define MEM(test) cmocka_unit_test_setup_teardown(test, setup_mem, teardown)
#define LMDB(test) cmocka_unit_test_setup_teardown(test, setup_lmdb, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_empty),
        BOTH(test_append_and_read),
        BOTH(test_sizes),
        BOTH(test_prune),
        MEM(test_failed_append),
        LMDB(test_reopen),
        LMDB(test_roll_over),
        LMDB(test_one_writer),
        LMDB(test_read_only_needs_a_journal),
        LMDB(test_filled_ahead),
        LMDB(test_sealed_in_steps),
        LMDB(test_sealing_interrupted),
        LMDB(test_unsealed_cut_short),
        LMDB(test_filled_too_far),
        LMDB(test_filled_ahead_without_room),
        LMDB(test_sealed_segment_damaged),
        LMDB(test_sealed_segment_cut),
        LMDB(test_live_block_flipped),
        LMDB(test_live_segment_cut),
        LMDB(test_missing_files),
        LMDB(test_missing_seal),
        LMDB(test_damaged_seal),
        LMDB(test_cut_after_seal),
        LMDB(test_cut_in_create),
        LMDB(test_pruned_reopens),
        LMDB(test_follow),
    };
    log_open("test_journal", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
