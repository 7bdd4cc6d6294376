/* ZAP requests, good and bad; and what may be known of them. */
#include "broker/zap.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const uint8_t KEY[ACCESS_KEY_SIZE] = {0xab, 0xcd, 1, 2, 3};
#define LATER 0x77 /* first byte of a key whose peer has come too often */
#define KEY_HEX "abcd010203000000000000000000000000000000000000000000000000000000"

static enum zap_verdict
known(void *context, const uint8_t key[ACCESS_KEY_SIZE])
{
    ++*(int *)context;
    if (key[0] == LATER) {
        return ZAP_LATER;
    }
    return memcmp(key, KEY, ACCESS_KEY_SIZE) == 0 ? ZAP_ADMITTED : ZAP_UNKNOWN;
}

/* A good one; each test breaks it in one place. */
static void
request_make(struct slice frames[8])
{
    static const uint8_t nothing[1];
    frames[0] = slice_text("1.0");
    frames[1] = slice_text("id7");
    frames[2] = slice_text(ZAP_DOMAIN);
    frames[3] = slice_text("192.0.2.7");
    frames[4] = slice_of(nothing, 0);
    frames[5] = slice_text("CURVE");
    frames[6] = slice_of(KEY, sizeof(KEY));
    frames[7] = slice_text("more");
}

static void
answered(const struct slice *request, uint32_t count, const char *id, const char *status,
         int looked)
{
    struct zap_reply reply;
    int calls = 0;
    assert_int_equal(zap_answer(request, count, known, &calls, &reply), strcmp(status, "200") == 0);
    assert_true(slice_is(reply.frames[0], "1.0"));
    assert_true(slice_is(reply.frames[1], id));
    assert_true(slice_is(reply.frames[2], status));
    assert_true(slice_is(reply.frames[4], strcmp(status, "200") == 0 ? KEY_HEX : ""));
    assert_int_equal(reply.frames[5].len, 0);
    assert_int_equal(calls, looked);
}

static void
who_is_known_comes_in(void **state)
{
    struct slice r[8];
    (void)state;
    request_make(r);
    answered(r, 7, "id7", "200", 1);
}

static void
who_comes_too_often_is_put_off(void **state)
{
    static const uint8_t late[ACCESS_KEY_SIZE] = {LATER};
    struct slice r[8];
    (void)state;
    request_make(r);
    r[6] = slice_of(late, sizeof(late));
    answered(r, 7, "id7", "300", 1);
}

static void
who_is_not_stays_out(void **state)
{
    struct slice r[8];
    uint8_t other[ACCESS_KEY_SIZE];
    (void)state;
    request_make(r);
    memcpy(other, KEY, sizeof(other));
    other[ACCESS_KEY_SIZE - 1] ^= 1;
    r[6] = slice_of(other, sizeof(other));
    answered(r, 7, "id7", "400", 1);
}

/* Nothing of these is looked up at all. */
static void
another_domain_or_mechanism(void **state)
{
    static const char *const domains[] = {"", "thidua2", "thidu", "THIDUA", "global"};
    static const char *const mechanisms[] = {"", "NULL", "PLAIN", "GSSAPI", "curve", "CURVE2"};
    (void)state;
    for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
        struct slice r[8];
        request_make(r);
        r[2] = slice_text(domains[i]);
        answered(r, 7, "id7", "400", 0);
    }
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
        struct slice r[8];
        request_make(r);
        r[5] = slice_text(mechanisms[i]);
        answered(r, 7, "id7", "400", 0);
        answered(r, 6, "id7", "400", 0); /* NULL has no credentials */
    }
}

static void
requests_that_are_none(void **state)
{
    struct slice r[8];
    (void)state;
    request_make(r);
    answered(r, 0, "", "500", 0);
    answered(r, 1, "", "500", 0);
    for (uint32_t count = 2; count < 6; count++) {
        answered(r, count, "id7", "500", 0);
    }
    answered(r, 6, "id7", "500", 0);
    answered(r, 8, "id7", "500", 0);
    r[0] = slice_text("1.1");
    answered(r, 7, "id7", "500", 0);
    for (size_t len = 0; len < ACCESS_KEY_SIZE; len++) {
        request_make(r);
        r[6] = slice_of(KEY, len);
        answered(r, 7, "id7", "500", 0);
    }
    static const uint8_t longer[ACCESS_KEY_SIZE + 1] = {0xab, 0xcd, 1, 2, 3};
    r[6] = slice_of(longer, sizeof(longer));
    answered(r, 7, "id7", "500", 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_known_comes_in),  cmocka_unit_test(who_comes_too_often_is_put_off),
        cmocka_unit_test(who_is_not_stays_out),   cmocka_unit_test(another_domain_or_mechanism),
        cmocka_unit_test(requests_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
