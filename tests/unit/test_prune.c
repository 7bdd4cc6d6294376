/* broker.prune: what it wants for proof, and what it does. */
#include "common/log.h"
#include "proto/codes.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "tests/lib/broker_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#define OPERATOR "operator"

static int
setup(void **state)
{
    struct broker_rig *rig = rig_new();
    rig->settings.shards = 2;
    rig_start(rig);
    rig_client(rig, OPERATOR);
    for (uint64_t i = 1; i <= 20; i++) {
        struct message_receipts receipts;
        rig_submit(rig, OPERATOR, i, 1, 10);
        rig_turn(rig);
        rig_told(rig, OPERATOR, MESSAGE_receipts, &receipts);
    }
    rig_worker(rig, "w0", ROLE_TALLY, 101);
    rig_worker(rig, "w1", ROLE_TALLY, 102);
    *state = rig;
    return 0;
}

static int
teardown(void **state)
{
    struct broker_rig *rig = *state;
    rig_free(&rig);
    return 0;
}

/* Asks to prune below `before` with these positions of a backup. */
static void
ask(struct broker_rig *rig, uint64_t before, const uint64_t *positions, uint32_t count)
{
    struct buf args = BUF_EMPTY, header = BUF_EMPTY;
    pack_map(&args, 2);
    pack_key_uint(&args, "before", before);
    pack_cstr(&args, "positions");
    pack_array(&args, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_uint(&args, positions[i]);
    }
    struct message_query query = {
        .request = 500, .name = slice_text("broker.prune"), .args = buf_slice_of(&args)};
    message_encode_query(&query, &header);
    rig_say(rig, OPERATOR, &header);
    rig_turn(rig);
    buf_fini(&header);
    buf_fini(&args);
}

static void
assert_first(struct broker_rig *rig, uint64_t first)
{
    struct journal_head head;
    journal_head(rig->journal, &head);
    assert_true(head.first == first);
}

static void
progress(struct broker_rig *rig, uint64_t first, uint64_t second)
{
    rig_progress(rig, "w0", first);
    rig_progress(rig, "w1", second);
    rig_turn(rig);
}

static void
refused(struct broker_rig *rig, uint64_t before, uint64_t a, uint64_t b, enum code code)
{
    uint64_t positions[] = {a, b};
    ask(rig, before, positions, 2);
    rig_told_error(rig, OPERATOR, 500, code);
    assert_first(rig, 1);
}

static void
test_refused(void **state)
{
    struct broker_rig *rig = *state;
    uint64_t three[] = {20, 20, 20};
    /* No worker has told a position since this start. */
    refused(rig, 10, 20, 20, CODE_PRUNE_REFUSED);
    progress(rig, 20, 8);
    /* A live shard is behind what is to go; one in the backup is. */
    refused(rig, 10, 20, 20, CODE_PRUNE_REFUSED);
    progress(rig, 20, 20);
    refused(rig, 10, 20, 8, CODE_PRUNE_REFUSED);
    refused(rig, 10, 0, 20, CODE_PRUNE_REFUSED);
    /* A live state that is behind its own backup is being made again. */
    refused(rig, 10, 20, 21, CODE_PRUNE_REFUSED);
    refused(rig, 0, 20, 20, CODE_BLOCK_UNKNOWN);
    refused(rig, 21, 20, 20, CODE_BLOCK_UNKNOWN);
    refused(rig, UINT64_MAX, UINT64_MAX, UINT64_MAX, CODE_BLOCK_UNKNOWN);
    ask(rig, 10, three, 3);
    rig_told_error(rig, OPERATOR, 500, CODE_QUERY_INVALID);
    ask(rig, 10, three, 0);
    rig_told_error(rig, OPERATOR, 500, CODE_QUERY_INVALID);
    rig_query(rig, OPERATOR, 501, "broker.prune", 0, 0);
    rig_turn(rig);
    rig_told_error(rig, OPERATOR, 501, CODE_QUERY_INVALID);
    assert_first(rig, 1);
}

static void
test_pruned(void **state)
{
    struct broker_rig *rig = *state;
    uint64_t positions[] = {9, 15};
    struct message_answer answer;
    progress(rig, 9, 20); /* block 9 is the last to go: both need no more than block 10 */
    ask(rig, 10, positions, 2);
    rig_told(rig, OPERATOR, MESSAGE_answer, &answer);
    assert_true(answer.request == 500);
    assert_first(rig, 10);
    /* The slower one goes on from there. */
    struct message_blocks blocks;
    rig_fetch(rig, "w0", 10, 5, 1 << 20);
    rig_turn(rig);
    rig_told(rig, "w0", MESSAGE_blocks, &blocks);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pruned, setup, teardown),
    };
    log_open("test_prune", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
