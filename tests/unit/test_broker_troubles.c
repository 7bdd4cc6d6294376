/* What goes wrong around the broker: blocks that cannot be read, a disk that fails within a turn, workers
 * that fall silent. Each is told to whom it concerns, and broker.status names it. */
#include "tests/lib/broker_rig.h"

#include "common/log.h"
#include "proto/block.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

/* A journal of which one block cannot be read. */
struct damaged {
    struct journal base;
    struct journal *behind;
    uint64_t bad; /* 0: none */
};

static enum err
damaged_append(struct journal *j, struct slice block)
{
    return journal_append(((struct damaged *)j)->behind, block);
}

static enum err
damaged_read(struct journal *j, uint64_t number, struct slice *block)
{
    const struct damaged *d = (struct damaged *)j;
    return number == d->bad ? ERR_CORRUPT : journal_read(d->behind, number, block);
}

static void
damaged_head(const struct journal *j, struct journal_head *head)
{
    journal_head(((const struct damaged *)j)->behind, head);
}

static enum err
damaged_prune(struct journal *j, uint64_t before)
{
    return journal_prune(((struct damaged *)j)->behind, before);
}

static void
damaged_free(struct journal *j)
{
    journal_free(&((struct damaged *)j)->behind);
    free(j);
}

static const struct journal_ops DAMAGED_OPS = {
    .append = damaged_append,
    .read = damaged_read,
    .head = damaged_head,
    .prune = damaged_prune,
    .free = damaged_free,
};

static int
set_up(void **state)
{
    struct broker_rig *rig = rig_new();
    struct damaged *damaged = calloc(1, sizeof *damaged);
    assert_non_null(damaged);
    damaged->base.ops = &DAMAGED_OPS;
    damaged->behind = rig->journal;
    rig->journal = &damaged->base;
    rig_start(rig);
    rig_client(rig, "a");
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

static void
blocks_make(struct broker_rig *rig, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct message_receipts receipts;
        rig_submit(rig, "a", 100 + i, 1, 8);
        rig_turn(rig);
        rig_told(rig, "a", MESSAGE_receipts, &receipts);
    }
}

/* Whether broker.status has this word among its problems. */
static bool
has_problem(struct broker_rig *rig, const char *problem)
{
    struct message_answer answer;
    rig_query(rig, "a", 1, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_answer, &answer);
    return memmem(answer.body.data, answer.body.len, problem, strlen(problem)) != NULL;
}

static void
a_block_that_cannot_be_read(void **state)
{
    struct broker_rig *rig = *state;
    struct message_blocks blocks;
    blocks_make(rig, 3);
    rig_worker(rig, "t", ROLE_TALLY, 101);
    assert_false(has_problem(rig, "journal-damaged"));
    ((struct damaged *)rig->journal)->bad = 2;
    /* What stands before it is given. */
    rig_fetch(rig, "t", 1, 10, 1 << 20);
    rig_turn(rig);
    assert_int_equal(rig_told(rig, "t", MESSAGE_blocks, &blocks)->blocks, 1);
    assert_true(blocks.first == 1 && blocks.count == 1 && blocks.head == 3);
    assert_false(has_problem(rig, "journal-damaged"));
    rig_fetch(rig, "t", 2, 10, 1 << 20);
    rig_turn(rig);
    rig_told_error(rig, "t", 0, CODE_BLOCK_UNKNOWN);
    assert_true(has_problem(rig, "journal-damaged"));
}

static void
blocks_end_where_the_worker_said(void **state)
{
    struct broker_rig *rig = *state;
    struct message_blocks blocks;
    blocks_make(rig, 4);
    rig_worker(rig, "t", ROLE_TALLY, 101);
    rig_fetch(rig, "t", 1, 3, 1 << 20);
    rig_turn(rig);
    rig_told(rig, "t", MESSAGE_blocks, &blocks);
    assert_true(blocks.count == 3);
    rig_fetch(rig, "t", 1, 10, 1);
    rig_turn(rig);
    rig_told(rig, "t", MESSAGE_blocks, &blocks);
    assert_true(blocks.count == 1); /* at least one, or a worker would ask for ever */
}

/* "a" says a heartbeat, so that its own lease never ends. */
static void
second_pass(struct broker_rig *rig)
{
    struct message_heartbeat heartbeat = {};
    struct buf header = BUF_EMPTY;
    message_encode_heartbeat(&heartbeat, &header);
    rig_advance(rig, 1000);
    rig_say(rig, "a", &header);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_heartbeat, &heartbeat);
    buf_fini(&header);
}

static void
problems_that_status_names(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t", ROLE_TALLY, 101);
    assert_false(has_problem(rig, "worker-silent"));
    assert_false(has_problem(rig, "disk-low"));
    assert_false(has_problem(rig, "lag-large"));
    rig->free_bytes = 1 << 20;
    second_pass(rig);
    assert_true(has_problem(rig, "disk-low"));
    rig->free_bytes = (uint64_t)1 << 40;
    second_pass(rig);
    blocks_make(rig, 1);
    rig_progress(rig, "t", 1);
    blocks_make(rig, 11);
    assert_true(has_problem(rig, "lag-large"));
    rig_progress(rig, "t", 12);
    assert_false(has_problem(rig, "lag-large"));
    for (int i = 0; i < 6; i++) {
        second_pass(rig);
    }
    /* Its process is there and holds the shard's lock: nobody else can have the shard. */
    assert_true(has_problem(rig, "worker-silent"));
}

/* The block is full in mid-turn and must go to disk; when it does not, the process ends. */
static void
a_full_block_that_is_not_written(void **state)
{
    struct broker_rig *rig = *state;
    struct journal *memory = ((struct damaged *)rig->journal)->behind;
    uint64_t request = 1;
    uint32_t left = BLOCK_BYTES_MAX / (SUBMIT_BYTES_MAX / 2);
    rig_client(rig, "b");
    rig_client(rig, "c");
    journal_mem_fail_next(memory, false);
    for (; left > 0; left--) {
        const char *who = (const char *[]){"a", "b", "c"}[left % 3];
        struct buf records = BUF_EMPTY, header = BUF_EMPTY;
        static uint8_t body[SUBMIT_BYTES_MAX / 2];
        pack_array(&records, 1);
        pack_array(&records, 2);
        pack_cstr(&records, "w1");
        pack_bytes(&records, slice_of(body, sizeof body));
        struct message_submit submit = {.request = request++, .records = buf_slice_of(&records)};
        message_encode_submit(&submit, &header);
        enum err err = broker_receive(rig->broker, slice_text(who), slice_of(NULL, 0),
                                      buf_slice_of(&header), 1);
        buf_fini(&records);
        buf_fini(&header);
        if (err != ERR_OK) {
            assert_int_equal(err, ERR_IO);
            break;
        }
    }
    assert_true(left > 0);
    rig_silent(rig, "a");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_block_that_cannot_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_end_where_the_worker_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_that_status_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_block_that_is_not_written, set_up, tear_down),
    };
    log_open("test_broker_troubles", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
