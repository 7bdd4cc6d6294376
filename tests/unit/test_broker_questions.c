/* Questions that the broker answers itself, asked wrongly: each is refused, naming the argument. */
#include "tests/lib/broker_rig.h"

#include "common/log.h"
#include "proto/cursor.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static int
set_up(void **state)
{
    struct broker_rig *rig = rig_new();
    struct message_receipts receipts;
    rig_start(rig);
    rig_client(rig, "a");
    rig_submit(rig, "a", 1, 3, 8);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_receipts, &receipts);
    assert_true(receipts.block == 1 && receipts.count == 3);
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

/* Consumes the arguments. */
static void
ask(struct broker_rig *rig, const char *name, struct buf *args)
{
    struct buf header = BUF_EMPTY;
    struct message_query query = {
        .request = 7, .name = slice_text(name), .args = buf_slice_of(args)};
    message_encode_query(&query, &header);
    rig_say(rig, "a", &header);
    rig_turn(rig);
    buf_fini(&header);
    buf_fini(args);
}

static void
refused(struct broker_rig *rig, const char *name, struct buf *args, enum code code,
        const char *subject)
{
    struct message_error error;
    ask(rig, name, args);
    rig_told(rig, "a", MESSAGE_error, &error);
    assert_true(error.request == 7);
    assert_string_equal(code_text(code_of_text(error.code)), code_text(code));
    assert_true(slice_is(error.subject, subject));
    rig_silent(rig, "a");
}

static void
arguments_of_another_shape(void **state)
{
    struct buf args = BUF_EMPTY;
    pack_array(&args, 0);
    refused(*state, "broker.status", &args, CODE_QUERY_INVALID, "args");
    pack_map(&args, 1);
    pack_uint(&args, 1);
    pack_uint(&args, 1);
    refused(*state, "broker.block", &args, CODE_QUERY_INVALID, "args");
}

static void
arguments_unknown_or_missing(void **state)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_key_uint(&args, "block", 1);
    refused(*state, "broker.head", &args, CODE_QUERY_INVALID, "block");
    pack_map(&args, 0);
    refused(*state, "broker.block", &args, CODE_QUERY_INVALID, "block");
    pack_map(&args, 1);
    pack_key_uint(&args, "block", 1);
    refused(*state, "broker.record", &args, CODE_QUERY_INVALID, "index");
}

static void
arguments_of_another_type(void **state)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_key_text(&args, "block", slice_text("1"));
    refused(*state, "broker.block", &args, CODE_QUERY_INVALID, "block");
    pack_map(&args, 1);
    pack_key_text(&args, "receipts", slice_text("1.0"));
    refused(*state, "broker.records", &args, CODE_QUERY_INVALID, "receipts");
}

static void
receipts_that_are_none(void **state)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 1);
    pack_uint(&args, 1);
    refused(*state, "broker.records", &args, CODE_QUERY_INVALID, "receipts");
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 1);
    pack_cstr(&args, "1.x");
    refused(*state, "broker.records", &args, CODE_QUERY_INVALID, "receipts");
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 101);
    for (int i = 0; i < 101; i++) {
        pack_cstr(&args, "1.0");
    }
    refused(*state, "broker.records", &args, CODE_TOO_MANY, "receipts");
}

static void
a_record_that_is_not_there(void **state)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 2);
    pack_key_uint(&args, "block", 1);
    pack_key_uint(&args, "index", 3);
    refused(*state, "broker.record", &args, CODE_RECEIPT_UNKNOWN, "");
}

/* A page begins where it is asked to, though that be behind the last record. */
static void
records_from_a_place(void **state)
{
    static const uint32_t left[] = {3, 2, 1, 0, 0};
    for (uint32_t start = 0; start < sizeof left / sizeof left[0]; start++) {
        struct buf args = BUF_EMPTY;
        struct message_answer answer;
        pack_map(&args, 2);
        pack_key_uint(&args, "block", 1);
        pack_key_uint(&args, "start", start);
        ask(*state, "broker.block", &args);
        rig_told(*state, "a", MESSAGE_answer, &answer);
        /* The records are the answer's last member: as many maps as are left. */
        uint32_t n, found = 0;
        struct slice key = {0};
        struct cursor c = cursor_of(answer.body);
        assert_int_equal(cursor_map(&c, &n), ERR_OK);
        for (; n > 0; n--) {
            assert_int_equal(cursor_text(&c, &key), ERR_OK);
            struct cursor value = c;
            if (slice_is(key, "records")) {
                assert_int_equal(cursor_array(&value, &found), ERR_OK);
            }
            assert_int_equal(cursor_skip(&c), ERR_OK);
        }
        assert_int_equal(found, left[start]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arguments_of_another_shape, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arguments_unknown_or_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arguments_of_another_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(receipts_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_that_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_from_a_place, set_up, tear_down),
    };
    log_open("test_broker_questions", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
