/* What a client is started with and cannot work with is told at the start, in one sentence that names it. */
#include "common/file.h"
#include "common/lang.h"
#include "proto/client_impl.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int
set_up(void **state)
{
    *state = tempdir_new();
    lang_set(false);
    return 0;
}

static int
tear_down(void **state)
{
    tempdir_free(*state);
    return 0;
}

static void
refused(const char *brokers, const char *revision_file, const char *said)
{
    char why[256] = "";
    struct client_options options = {.brokers = brokers, .revision_file = revision_file};
    assert_null(client_new(&options, why));
    assert_non_null(strstr(why, said));
}

static void
brokers_that_are_none(void **state)
{
    char many[CLIENT_BROKERS_MAX + 1][32];
    struct buf list = BUF_EMPTY;
    (void)state;
    refused(NULL, NULL, "No broker was named");
    refused("", NULL, "No broker was named");
    refused(" , ,", NULL, "No broker was named");
    refused("ipc:///nowhere/a, tcp://", NULL, "“tcp://”");
    refused("post://office", NULL, "“post://office”");
    for (int i = 0; i <= CLIENT_BROKERS_MAX; i++) {
        snprintf(many[i], sizeof many[i], "ipc:///nowhere/%d", i);
        buf_printf(&list, "%s,", many[i]);
    }
    buf_byte(&list, '\0');
    refused((const char *)list.data, NULL, "More than 16 brokers");
    buf_fini(&list);
}

static void
as_many_brokers_as_there_may_be(void **state)
{
    struct buf list = BUF_EMPTY;
    char why[256] = "";
    (void)state;
    for (int i = 0; i < CLIENT_BROKERS_MAX; i++) {
        buf_printf(&list, " ipc:///nowhere/%d ,", i);
    }
    buf_byte(&list, '\0');
    struct client_options options = {.brokers = (const char *)list.data};
    struct client *client = client_new(&options, why);
    assert_non_null(client);
    assert_int_equal(client->broker_count, CLIENT_BROKERS_MAX);
    assert_string_equal(client->brokers[15].address, "ipc:///nowhere/15");
    client_free(&client);
    buf_fini(&list);
}

static void
a_revision_file_that_cannot_be(void **state)
{
    char longest[5000];
    char *missing = tempdir_path(*state, "no/such/revision");
    refused("ipc:///nowhere/a", missing, "Cannot open");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    refused("ipc:///nowhere/a", longest, "too long");
    free(missing);
}

/* Numbers end where a range behind them would pass what a record can hold. */
static void
revisions_that_are_used_up(void **state)
{
    char why[256];
    char *path = tempdir_path(*state, "revision");
    assert_int_equal(file_replace(path, slice_text("9223372036854767615\n")), ERR_OK);
    struct revisions *r = revisions_new(path, why);
    assert_non_null(r);
    assert_true(revisions_take(r, 0) == 0);
    revisions_free(&r);
    assert_int_equal(file_replace(path, slice_text("9223372036854767616\n")), ERR_OK);
    refused("ipc:///nowhere/a", path, "does not hold a revision");
    free(path);
}

/* A wall clock before 1970 is no reason to stamp nothing. */
static void
revisions_before_1970(void **state)
{
    char why[256];
    (void)state;
    struct revisions *r = revisions_new(NULL, why);
    assert_non_null(r);
    assert_true(revisions_take(r, -5) == 1);
    assert_true(revisions_take(r, -4) == 2);
    revisions_free(&r);
}

/* Spoilt while we hold it: no number is given out, rather than one that was given before. */
static void
a_revision_file_that_is_spoilt(void **state)
{
    char why[256];
    char *path = tempdir_path(*state, "revision");
    struct revisions *r = revisions_new(path, why);
    assert_non_null(r);
    assert_true(revisions_take(r, 5) == 5);
    assert_int_equal(file_replace(path, slice_text("many\n")), ERR_OK);
    assert_true(revisions_take(r, 1000) == 0);
    revisions_free(&r);
    free(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(brokers_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_many_brokers_as_there_may_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_revision_file_that_cannot_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(revisions_that_are_used_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(revisions_before_1970, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_revision_file_that_is_spoilt, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
