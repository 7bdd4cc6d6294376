/* Settings: defaults, the file, the command line, in that order; the shipped file reads back. */
#include "proto/settings.h"
#include "common/file.h"
#include "common/lang.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int
setup(void **state)
{
    *state = tempdir_new();
    return 0;
}

static int
teardown(void **state)
{
    tempdir_free(*state);
    return 0;
}

static void
conf_write(const char *folder, const char *text)
{
    char *path = tempdir_path(folder, "thidua.conf");
    assert_int_equal(file_replace(path, slice_text(text)), ERR_OK);
    free(path);
}

#define LOAD(s, why, ...)                                                                          \
    settings_load(s, (int)(sizeof((char *[]){"x", __VA_ARGS__}) / sizeof(char *)),                 \
                  (char *[]){"x", __VA_ARGS__}, why)

static void
test_defaults(void **state)
{
    char *folder = *state;
    struct settings s;
    char why[512];
    char listen[SETTINGS_PATH_MAX + 32];
    conf_write(folder, "# nothing\n");
    assert_true(settings_read(&s, folder, why));
    snprintf(listen, sizeof listen, "ipc://%s/run/broker", s.data);
    assert_string_equal(s.listen, listen);
    assert_int_equal(s.data[0], '/');
    assert_true(s.shards == 1 && s.segment_mb == 64 && s.min_free_mb == 256);
    assert_true(s.busy_lag_blocks == 100000 && s.share_kb == 4096 && s.sessions == 2000);
    assert_true(s.heartbeat_ms == 1000 && s.lease_ms == 5000 && s.map_gb == 64);
    assert_true(s.clock_offset_us == 0);
}

static void
test_file_then_options(void **state)
{
    char *folder = *state;
    struct settings s;
    char why[512];
    conf_write(folder, "shards = 3\nmin_free_mb = 9\nlisten = ipc:///tmp/here\n");
    assert_true(LOAD(&s, why, "--min-free-mb", "10", "--data", folder, "--lease_ms=9000",
                     "--clock-offset-us", "-5"));
    assert_true(s.shards == 3 && s.min_free_mb == 10 && s.lease_ms == 9000);
    assert_string_equal(s.listen, "ipc:///tmp/here");
    assert_true(s.clock_offset_us == -5);
    assert_true(LOAD(&s, why, "--data", "/nowhere", "--data", folder));
}

static void
test_environment_names_the_folder(void **state)
{
    char *folder = *state;
    struct settings s;
    char why[512];
    conf_write(folder, "shards = 4\n");
    setenv("THIDUA_DATA", folder, 1);
    char *argv[] = {"x", NULL};
    assert_true(settings_load(&s, 1, argv, why));
    assert_true(s.shards == 4);
    unsetenv("THIDUA_DATA");
}

static void
check_why(bool right, const char *why, const char *part)
{
    assert_false(right);
    if (strstr(why, part) == NULL) {
        fail_msg("“%s” is not in “%s”", part, why);
    }
}

static void
test_mistakes(void **state)
{
    char *folder = *state;
    struct settings s;
    char why[512];
    check_why(settings_read(&s, folder, why), why, "thidua init");
    check_why(LOAD(&s, why, "--data", "/nowhere/at/all"), why, "/nowhere/at/all");
    conf_write(folder, "shards = 1\nclock_offset_us = 5\n");
    check_why(settings_read(&s, folder, why), why,
              "line 2: the key “clock_offset_us” is not known");
    conf_write(folder, "shards = 0\n");
    check_why(settings_read(&s, folder, why), why, "line 1: shards: a whole number from 1 to 1024");
    conf_write(folder, "heartbeat_ms = 1000\nlease_ms = 1999\n");
    check_why(settings_read(&s, folder, why), why, "at least twice heartbeat_ms");
    conf_write(folder, "listen = /run/broker\n");
    check_why(settings_read(&s, folder, why), why, "listen must be ipc:///a/path, not");
    conf_write(folder, "listen = ipc://run/broker\n");
    check_why(settings_read(&s, folder, why), why, "not “ipc://run/broker”");
    conf_write(folder, "");
    check_why(LOAD(&s, why, "--data", folder, "--sites", "1"), why, "the key “sites” is not known");
    check_why(LOAD(&s, why, "--data", folder, "--site"), why, "--site: the value is missing");
    check_why(LOAD(&s, why, "--data", folder, "site"), why, "unexpected argument “site”");
    check_why(LOAD(&s, why, "--data", folder, "--", "1"), why, "unexpected argument “--”");
    check_why(LOAD(&s, why, "--data", folder, "--site", "65536"), why, "from 0 to 65535");
    check_why(LOAD(&s, why, "--data", folder, "--clock-offset-us", "9223372036854775807"), why,
              "a number of µs");
    lang_set(true);
    check_why(LOAD(&s, why, "--data", folder, "--site"), why, "--site: thiếu giá trị");
    lang_set(false);
}

static void
test_socket_path_too_long(void **state)
{
    struct settings s;
    char why[512];
    char *folder = tempdir_path(
        *state,
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901");
    assert_int_equal(file_make_folder(folder), ERR_OK);
    conf_write(folder, "");
    check_why(settings_read(&s, folder, why), why, "the system takes only 107");
    check_why(settings_defaults(&s, folder, why), why, "shorter path");
    conf_write(folder, "listen = ipc:///tmp/short\n");
    assert_true(settings_read(&s, folder, why));
    free(folder);
}

/* What init is about to make does not exist yet, and a link on the way is resolved. */
static void
test_data_is_absolute(void **state)
{
    struct settings s;
    char why[512];
    char *before = getcwd(NULL, 0);
    char *real = realpath(*state, NULL);
    char *expected = tempdir_path(real, "a/b");
    char *link = tempdir_path(*state, "link");
    char *through = tempdir_path(link, "a/b//");
    assert_int_equal(symlink(".", link), 0);
    assert_true(settings_defaults(&s, through, why));
    assert_string_equal(s.data, expected);
    assert_int_equal(chdir(*state), 0);
    assert_true(settings_defaults(&s, "a/b", why));
    assert_string_equal(s.data, expected);
    assert_true(settings_defaults(&s, ".", why));
    assert_string_equal(s.data, real);
    assert_int_equal(chdir("/"), 0);
    assert_true(settings_defaults(&s, "no-such-folder/x", why));
    assert_string_equal(s.data, "/no-such-folder/x");
    assert_true(settings_defaults(&s, "/", why));
    assert_string_equal(s.data, "/");
    assert_int_equal(chdir(before), 0);
    free(before);
    free(real);
    free(expected);
    free(link);
    free(through);
}

static void
test_long_paths(void **state)
{
    (void)state;
    struct settings s;
    char why[512];
    char path[SETTINGS_PATH_MAX + 10];
    for (size_t len = SETTINGS_PATH_MAX - 40; len < sizeof path; len++) {
        memset(path, 'x', len);
        path[0] = '/';
        path[len] = '\0';
        assert_false(settings_defaults(&s, path, why));
    }
}

static void
test_written_reads_back(void **state)
{
    char *folder = *state;
    struct settings s;
    struct settings back;
    char why[512];
    char text[8192];
    assert_true(settings_defaults(&s, folder, why));
    s.shards = 5;
    s.map_gb = 7;
    int len = settings_write(&s, text, sizeof text);
    assert_true(len > 0 && (size_t)len == strlen(text));
    assert_int_equal(settings_write(&s, NULL, 0), len);
    conf_write(folder, text);
    assert_true(settings_read(&back, folder, why));
    assert_true(back.shards == 5 && back.map_gb == 7);
    assert_string_equal(back.listen, s.listen);

    strcpy(s.listen, "ipc:///tmp/there");
    strcpy(s.listen_tcp, "tcp://*:7000");
    settings_write(&s, text, sizeof text);
    conf_write(folder, text);
    assert_true(settings_read(&back, folder, why));
    assert_string_equal(back.listen, "ipc:///tmp/there");
    assert_string_equal(back.listen_tcp, "tcp://*:7000");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file_then_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_environment_names_the_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_socket_path_too_long, setup, teardown),
        cmocka_unit_test_setup_teardown(test_data_is_absolute, setup, teardown),
        cmocka_unit_test(test_long_paths),
        cmocka_unit_test_setup_teardown(test_written_reads_back, setup, teardown),
    };
    lang_set(false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
