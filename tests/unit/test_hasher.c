/* Passwords looked at in a thread: right, wrong, together, forgotten, too many. The hashes are the cheapest that
 * libsodium makes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "workers/gateway/hasher.h"

#include <poll.h>
#include <sodium.h>
#include <string.h>

struct told {
    unsigned right, wrong;
};

static void
on_hashed(void *owner, bool right)
{
    struct told *told = owner;
    told->right += right;
    told->wrong += !right;
}

static void
key_of(uint8_t number, uint8_t key[HASHER_KEY])
{
    memset(key, number, HASHER_KEY);
}

static struct hash_wait *
ask_as(struct hasher *h, uint64_t pair, uint8_t number, const char *password, struct told *told)
{
    static char hash[crypto_pwhash_STRBYTES];
    uint8_t key[HASHER_KEY];
    key_of(number, key);
    if (hash[0] == '\0') {
        assert_int_equal(crypto_pwhash_str(hash, "horse", 5, crypto_pwhash_OPSLIMIT_MIN,
                                           crypto_pwhash_MEMLIMIT_MIN),
                         0);
    }
    return hasher_ask(h, key, pair, password, hash, on_hashed, told);
}

static struct hash_wait *
ask(struct hasher *h, uint8_t number, const char *password, struct told *told)
{
    return ask_as(h, number, number, password, told);
}

static void
wait_for(struct hasher *h, const struct told *told, unsigned count)
{
    while (told->right + told->wrong < count) {
        struct pollfd fd = {.fd = hasher_fd(h), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, 60000), 1);
        hasher_step(h);
    }
}

static void
right_and_wrong(void **state)
{
    struct hasher *h = hasher_new();
    struct told told = {0};
    (void)state;
    assert_non_null(ask(h, 1, "horse", &told));
    assert_non_null(ask(h, 2, "donkey", &told));
    assert_non_null(ask(h, 3, "", &told));
    assert_int_equal(told.right + told.wrong, 0); /* never from within the call */
    wait_for(h, &told, 3);
    assert_int_equal(told.right, 1);
    assert_int_equal(told.wrong, 2);
    hasher_free(&h);
    assert_null(h);
}

/* What is no hash at all is a wrong password. */
static void
no_hash(void **state)
{
    struct hasher *h = hasher_new();
    struct told told = {0};
    uint8_t key[HASHER_KEY];
    (void)state;
    key_of(1, key);
    assert_non_null(hasher_ask(h, key, 1, "horse", "$argon2id$nonsense", on_hashed, &told));
    wait_for(h, &told, 1);
    assert_int_equal(told.wrong, 1);
    hasher_free(&h);
}

static void
the_same_is_looked_at_once(void **state)
{
    struct hasher *h = hasher_new();
    struct told told = {0};
    (void)state;
    for (unsigned i = 0; i < 10 * HASHES_MAX; i++) {
        assert_non_null(ask(h, 1, "horse", &told));
    }
    wait_for(h, &told, 10 * HASHES_MAX);
    assert_int_equal(told.right, 10 * HASHES_MAX);
    hasher_free(&h);
}

static void
the_queue_is_bounded(void **state)
{
    struct hasher *h = hasher_new();
    struct told told = {0};
    (void)state;
    for (unsigned i = 0; i < HASHES_MAX; i++) {
        assert_non_null(ask(h, (uint8_t)i, "horse", &told));
    }
    assert_null(ask(h, HASHES_MAX, "horse", &told));
    assert_non_null(ask(h, 0, "horse", &told)); /* looked at anyway */
    wait_for(h, &told, HASHES_MAX + 1);
    assert_non_null(ask(h, HASHES_MAX, "horse", &told)); /* there is room again */
    wait_for(h, &told, HASHES_MAX + 2);
    hasher_free(&h);
}

/* Else as many passwords could be tried as the queue is long before the first is found wrong. */
static void
nobody_guesses_in_parallel(void **state)
{
    struct hasher *h = hasher_new();
    struct told told = {0};
    (void)state;
    for (unsigned i = 0; i < HASHES_EACH; i++) {
        assert_non_null(ask_as(h, 7, (uint8_t)i, "donkey", &told));
    }
    assert_null(ask_as(h, 7, HASHES_EACH, "horse", &told));
    assert_non_null(ask_as(h, 8, HASHES_EACH, "horse", &told)); /* another may */
    wait_for(h, &told, HASHES_EACH + 1);
    assert_non_null(ask_as(h, 7, HASHES_EACH, "horse", &told));
    wait_for(h, &told, HASHES_EACH + 2);
    hasher_free(&h);
}

static void
forgotten_ones_are_not_called(void **state)
{
    struct hasher *h = hasher_new();
    struct told gone = {0}, told = {0};
    (void)state;
    hash_wait_forget(ask(h, 1, "horse", &gone));
    assert_non_null(ask(h, 1, "horse", &told));
    wait_for(h, &told, 1);
    assert_int_equal(gone.right + gone.wrong, 0);
    /* and whoever ends with some under way leaves nothing behind */
    ask(h, 2, "horse", &gone);
    ask(h, 3, "horse", &gone);
    hasher_free(&h);
    assert_int_equal(gone.right + gone.wrong, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_and_wrong),
        cmocka_unit_test(no_hash),
        cmocka_unit_test(the_same_is_looked_at_once),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(nobody_guesses_in_parallel),
        cmocka_unit_test(forgotten_ones_are_not_called),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
