/* Quarantine in the state machine: a replay that has the list skips what is on it; a run that had
 * applied it knows that it is stale, and is made again; whoever watches is told of each record. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"
#include "tests/lib/tempdir.h"
#include "workers/tally/care.h"
#include "workers/tally/clear.h"
#include "workers/tally/quarantined.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_states_equal(struct state *a, struct state *b)
{
    char difference[256];
    assert_int_equal(state_begin(a, false), ERR_OK);
    assert_int_equal(state_begin(b, false), ERR_OK);
    enum err err = state_compare(a, b, difference);
    assert_string_equal(difference, "");
    assert_int_equal(err, ERR_OK);
    state_abort(b);
    state_abort(a);
}

/* Two records that are quarantined in the block behind theirs: a report of w1, and what cannot be
 * read. Gives the number of their block. */
static uint64_t
poison_quarantined(struct rig *met)
{
    rig_open_ready(met, 2);
    rig_report(met, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_add(met, "", slice_text("poison"));
    uint64_t block = rig_commit(met, "2021-11-05");
    rig_quarantine(met, 1, (struct receipt){block, 0});
    rig_quarantine(met, 2, (struct receipt){block, 1});
    rig_quarantine(met, 1, (struct receipt){block, 0});
    rig_quarantine(met, 3, (struct receipt){block + 1, 3});
    rig_quarantine(met, 4, (struct receipt){block + 9, 0});
    met->principal = "somebody";
    rig_quarantine(met, 5, (struct receipt){1, 0});
    met->principal = "local";
    rig_commit(met, "2021-11-05");
    return block;
}

/* The same journal for one shard that was told before its first block what to skip. */
static void
replay_skipping(const struct rig *met, struct rig *rig, uint32_t shard, uint64_t block)
{
    apply_quarantine(rig->applies[shard], (struct receipt){block, 1}, 0);
    apply_quarantine(rig->applies[shard], (struct receipt){block, 0}, RECORD_report);
    apply_quarantine(rig->applies[shard], (struct receipt){block, 0}, RECORD_report);
    for (uint32_t b = 0; b < met->block_count; b++) {
        struct slice bytes = buf_slice_of(&met->blocks[b]);
        assert_int_equal(apply_blocks(rig->applies[shard], &bytes, 1), ERR_OK);
    }
}

static void
test_quarantine(void **test)
{
    (void)test;
    struct rig met, rig;
    uint64_t block = poison_quarantined(&met);
    assert_string_equal(rig_verdict(&met, block + 1, 0), "accepted");
    assert_string_equal(rig_verdict(&met, block + 1, 2), "unchanged");
    assert_string_equal(rig_verdict(&met, block + 1, 3), "rejected receipt-unknown block |3.3");
    assert_string_equal(rig_verdict(&met, block + 1, 4), "rejected receipt-unknown block |11.0");
    assert_string_equal(rig_verdict(&met, block + 1, 5), "rejected not-allowed  |somebody");
    assert_int_equal(rig_rows(&met, TABLE_QUARANTINE), 4);
    rig_open(&rig, 2);
    for (uint32_t i = 0; i < 2; i++) {
        replay_skipping(&met, &rig, i, block);
        assert_false(apply_is_stale(rig.applies[i]));
    }
    assert_int_equal(rig_rows(&rig, TABLE_QUARANTINE), 4);
    assert_string_equal(rig_verdict(&rig, block, 0), "quarantined");
    assert_string_equal(rig_verdict(&rig, block, 1), "quarantined");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), "");
    assert_int_equal(apply_position(rig.applies[0])->quarantined +
                         apply_position(rig.applies[1])->quarantined,
                     2);
    rig_close(&rig);
    rig_close(&met);
}

/* Who had applied a record is stale once its quarantine comes, also after a new start; who had not
 * is what a replay is. Emptied and made again, both are. */
static void
test_quarantine_after_the_fact(void **test)
{
    (void)test;
    struct rig met, rig;
    uint64_t block = poison_quarantined(&met);
    uint32_t owner = shard_of_unit(slice_text("w1"), 2);
    rig_open(&rig, 2);
    for (uint32_t i = 0; i < 2; i++) {
        bool stale = i == owner || i == 0; /* shard 0 tells of what cannot be read */
        replay_skipping(&met, &rig, i, block);
        assert_true(apply_is_stale(met.applies[i]) == stale);
        apply_free(&met.applies[i]);
        assert_int_equal(apply_new(met.states[i], i, 2, &met.applies[i]), ERR_OK);
        assert_true(apply_is_stale(met.applies[i]) == stale);
        if (!stale) {
            assert_states_equal(met.states[i], rig.states[i]);
            continue;
        }
        apply_free(&met.applies[i]);
        assert_int_equal(state_clear(met.states[i]), ERR_OK);
        assert_int_equal(apply_new(met.states[i], i, 2, &met.applies[i]), ERR_OK);
        assert_int_equal(apply_position(met.applies[i])->block, 0);
        assert_false(apply_is_stale(met.applies[i]));
        replay_skipping(&met, &met, i, block);
        assert_states_equal(met.states[i], rig.states[i]);
    }
    rig_close(&rig);
    rig_close(&met);
}

/* A record that every shard applies is skipped by every shard, and told by one. */
static void
test_quarantine_of_a_campaign(void **test)
{
    (void)test;
    struct rig met, rig;
    rig_open_ready(&met, 3);
    rig_campaign(&met, 9, rig_campaign_new(&met));
    uint64_t block = rig_commit(&met, "2021-11-05");
    rig_quarantine(&met, 1, (struct receipt){block, 0});
    rig_commit(&met, "2021-11-05");
    rig_open(&rig, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(apply_is_stale(met.applies[i]));
        apply_quarantine(rig.applies[i], (struct receipt){block, 0}, RECORD_campaign);
        for (uint32_t b = 0; b < met.block_count; b++) {
            struct slice bytes = buf_slice_of(&met.blocks[b]);
            assert_int_equal(apply_blocks(rig.applies[i], &bytes, 1), ERR_OK);
        }
        assert_false(apply_is_stale(rig.applies[i]));
        assert_int_equal(apply_position(rig.applies[i])->quarantined, i == 0 ? 1 : 0);
    }
    assert_string_equal(rig_verdict(&rig, block, 0), "quarantined");
    rig_close(&rig);
    rig_close(&met);
}

struct watched {
    struct receipt seen[8];
    uint32_t count;
};

static void
watch(void *context, struct receipt receipt, struct slice unit)
{
    struct watched *w = context;
    (void)unit;
    assert_true(w->count < 8);
    w->seen[w->count++] = receipt;
}

/* Each record is told of before it is applied, but for those that are skipped; then the block's end. */
static void
test_watch(void **test)
{
    (void)test;
    struct rig rig;
    struct watched watched = {0};
    rig_open_ready(&rig, 1);
    apply_watch(rig.applies[0], watch, &watched);
    apply_quarantine(rig.applies[0], (struct receipt){2, 1}, RECORD_report);
    rig_report(&rig, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_report(&rig, "daily", "w2", "20211105", NULL, 1, "doses=1");
    rig_add(&rig, "", slice_text("unreadable"));
    assert_int_equal(rig_commit(&rig, "2021-11-05"), 2);
    assert_int_equal(watched.count, 3);
    assert_true(watched.seen[0].block == 2 && watched.seen[0].index == 0);
    assert_true(watched.seen[1].block == 2 && watched.seen[1].index == 2);
    assert_true(watched.seen[2].block == 0);
    rig_close(&rig);
}

/* Careful, a block that is applied stays so though the next one fails; at the head care ends. */
static void
test_careful(void **test)
{
    (void)test;
    struct rig journal, rig;
    rig_open_ready(&journal, 1);
    rig_report(&journal, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_commit(&journal, "2021-11-05");
    struct slice first = buf_slice_of(&journal.blocks[0]),
                 second = buf_slice_of(&journal.blocks[1]);
    struct slice broken[] = {first, first}, sound[] = {first, second};
    for (int careful = 0; careful < 2; careful++) {
        struct care care;
        struct care_options options = {.careful = careful != 0};
        struct intake in = {.blocks = broken, .count = 2, .next = 3, .head = 2};
        rig_open(&rig, 1);
        assert_int_equal(care_open(&care, &options), ERR_OK);
        assert_int_equal(care_apply(&care, rig.applies[0], &in), ERR_CORRUPT);
        assert_int_equal(apply_position(rig.applies[0])->block, careful);
        assert_true(care.careful == (careful != 0));
        in.blocks = sound + careful;
        in.count = 2 - (uint32_t)careful;
        assert_int_equal(care_apply(&care, rig.applies[0], &in), ERR_OK);
        assert_int_equal(apply_position(rig.applies[0])->block, 2);
        assert_false(care.careful);
        care_fini(&care);
        rig_close(&rig);
    }
    rig_close(&journal);
}

/* A worker of one shard, in a process of its own, that is to die at a report of `unit`: how it ended. */
static int
worker_end(const char *path, struct rig *rig, const struct rig *journal, uint32_t shard,
           const char *unit)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE,
                  &(struct rlimit){0}); /* a death that was wished for leaves no file */
        struct care care;
        struct care_options options = {.note = path, .hook = {.crash_unit = unit}};
        struct slice blocks[] = {buf_slice_of(&journal->blocks[0]),
                                 buf_slice_of(&journal->blocks[1])};
        struct intake in = {.blocks = blocks, .count = 2, .next = 3, .head = 2};
        bool ok = care_open(&care, &options) == ERR_OK;
        care_watch(&care, rig->applies[shard], shard, rig->shards);
        ok = ok && care_apply(&care, rig->applies[shard], &in) == ERR_OK;
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* Only the unit's own shard dies of its report, and leaves the receipt; who lives leaves none. */
static void
test_note_of_a_death(void **test)
{
    (void)test;
    static const char *const units[] = {"w1", "w2"};
    struct rig journal, rig;
    char *folder = tempdir_new();
    char *path = tempdir_path(folder, "note");
    rig_open_ready(&journal, 3);
    for (uint32_t i = 0; i < 2; i++) {
        rig_report(&journal, "daily", units[i], "20211105", NULL, 1, "doses=1");
    }
    rig_commit(&journal, "2021-11-05");
    rig_open(&rig, 3);
    for (uint32_t i = 0; i < 2; i++) {
        for (uint32_t shard = 0; shard < 3; shard++) {
            int status = worker_end(path, &rig, &journal, shard, units[i]);
            bool own = shard == shard_of_unit(slice_text(units[i]), 3);
            assert_true(WIFSIGNALED(status) == own);
            assert_int_equal(own ? WTERMSIG(status) : WEXITSTATUS(status), own ? SIGSEGV : 0);
            assert_true(note_read(path) == (own ? receipt_number((struct receipt){2, i}) : 0));
        }
    }
    rig_close(&rig);
    rig_close(&journal);
    free(path);
    tempdir_free(folder);
}

/* The list as a WELCOME has it: read whole, or refused. */
static void
test_list(void **test)
{
    (void)test;
    static const struct {
        const char *bytes;
        size_t len;
        enum err err;
    } lists[] = {
        {"", 0, ERR_OK},
        {"\x90", 1, ERR_OK},
        {"\x91\x93\x02\x00\x01", 5, ERR_OK},
        {"\x92\x93\x02\x00\x01\x93\x02\x01\x00", 9, ERR_OK},
        {"\x91\x92\x02\x00", 4, ERR_FORMAT},      /* no type */
        {"\x91\x93\x02\x00", 4, ERR_FORMAT},      /* cut short */
        {"\x91\x93\x02\xa1x\x01", 6, ERR_FORMAT}, /* a text */
        {"\x91\x93\x02\xcf\x00\x00\x00\x01\x00\x00\x00\x00\x01", 13,
         ERR_FORMAT},                                /* an index of 33 bits */
        {"\x91\x93\x02\x00\x01\xc0", 6, ERR_FORMAT}, /* more behind it */
        {"\x01", 1, ERR_FORMAT},
    };
    struct rig rig;
    rig_open(&rig, 1);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct slice list = slice_of(lists[i].bytes, lists[i].len);
        assert_int_equal(quarantined_tell(list, rig.applies[0]), lists[i].err);
    }
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarantine),
        cmocka_unit_test(test_quarantine_after_the_fact),
        cmocka_unit_test(test_quarantine_of_a_campaign),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_careful),
        cmocka_unit_test(test_note_of_a_death),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
