/* The local sequencer: numbers without gaps, time that never goes back, delivery after the append and
 * only then. */
#include "broker/sequencer.h"
#include "common/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct rig {
    struct journal *journal;
    struct sequencer *sequencer;
    uint32_t delivered;
    uint64_t number; /* of the block delivered last */
    int64_t time_us, made_us;
    uint64_t head_then; /* the journal's head at that moment */
};

static void
deliver(void *context, const struct block *block)
{
    struct rig *rig = context;
    struct journal_head head;
    journal_head(rig->journal, &head);
    rig->delivered++;
    rig->number = block->number;
    rig->time_us = block->time_us;
    rig->made_us = block->made_us;
    rig->head_then = head.number;
}

static struct rig
rig_open(void)
{
    return (struct rig){.journal = journal_mem_new()};
}

static void
rig_close(struct rig *rig)
{
    rig->sequencer->ops->free(rig->sequencer);
    journal_free(&rig->journal);
}

static enum err
submit(struct rig *rig, uint64_t made_count, int64_t now_us)
{
    struct block_builder b = {0};
    block_begin(&b, 1, 9, made_count);
    assert_true(block_add(&b, slice_text("local"), slice_text("u"), slice_text("body")));
    enum err err = rig->sequencer->ops->submit(rig->sequencer, &b, now_us);
    block_builder_fini(&b);
    return err;
}

static void
test_numbers_and_times(void **state)
{
    struct rig rig = rig_open();
    (void)state;
    rig.sequencer = sequencer_local_new(rig.journal, deliver, &rig);
    assert_int_equal(submit(&rig, 1, 1000), ERR_OK);
    assert_true(rig.number == 1 && rig.time_us == 1000);
    assert_int_equal(submit(&rig, 2, 3000), ERR_OK);
    assert_true(rig.number == 2 && rig.time_us == 3000);
    /* The clock was set back: the block says when it was made, and stands where it stands. */
    assert_int_equal(submit(&rig, 3, 2000), ERR_OK);
    assert_true(rig.number == 3 && rig.time_us == 3000 && rig.made_us == 2000);
    assert_true(rig.head_then == 3);
    rig_close(&rig);
}

static void
test_failed_append_delivers_nothing(void **state)
{
    struct rig rig = rig_open();
    (void)state;
    rig.sequencer = sequencer_local_new(rig.journal, deliver, &rig);
    journal_mem_fail_next(rig.journal, true);
    assert_int_equal(submit(&rig, 1, 1000), ERR_IO);
    assert_int_equal(rig.delivered, 0);
    rig_close(&rig);
}

/* A new sequencer goes on where the journal ends. */
static void
test_goes_on(void **state)
{
    struct rig rig = rig_open();
    (void)state;
    rig.sequencer = sequencer_local_new(rig.journal, deliver, &rig);
    assert_int_equal(submit(&rig, 1, 1000), ERR_OK);
    rig.sequencer->ops->free(rig.sequencer);
    rig.sequencer = sequencer_local_new(rig.journal, deliver, &rig);
    assert_int_equal(submit(&rig, 1, 500), ERR_OK);
    assert_true(rig.number == 2 && rig.time_us == 1000);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_and_times),
        cmocka_unit_test(test_failed_append_delivers_nothing),
        cmocka_unit_test(test_goes_on),
    };
    log_open("test_sequencer", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
