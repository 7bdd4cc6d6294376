/* Log lines, clocks and names of errors: what one event looks like on stderr. */
#include "common/check.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* Runs `say` in a process of its own whose stderr we read; gives back how it ended. */
static int
said(void (*say)(void), char *text, size_t size)
{
    int ends[2];
    int status;
    size_t len = 0;
    ssize_t got;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        log_open("test", LOG_INFO);
        say();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + len, size - 1 - len)) > 0) {
        len += (size_t)got;
    }
    text[len] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void
say_events(void)
{
    log_debug("hidden", NULL);
    log_info("listening", NULL);
    log_warn("unit", "unit=%s count=%d", "ba-dinh", 5);
    log_error("forged", "name=\"%s\"", "a\nlevel=error event=fake\x1b[0m\r");
}

static void
test_events(void **state)
{
    (void)state;
    char text[4096];
    assert_int_equal(said(say_events, text, sizeof text), 0);
    char *first = strtok(text, "\n");
    char *second = strtok(NULL, "\n");
    char *third = strtok(NULL, "\n");
    assert_non_null(third);
    assert_null(strtok(NULL, "\n"));
    assert_memory_equal(first, "time=20", 7);
    assert_string_equal(first + 28, "Z level=info process=test event=listening");
    assert_string_equal(second + 28, "Z level=warn process=test event=unit unit=ba-dinh count=5");
    assert_string_equal(third + 28, "Z level=error process=test event=forged "
                                    "name=\"a?level=error event=fake?[0m?\"");
}

static void
say_long(void)
{
    char value[9001];
    for (size_t i = 0; i < 9000; i += 3) {
        memcpy(value + i, "\xe1\xba\xbf", 4);
    }
    log_info("long", "value=%s", value);
    log_info("long", "value=x%s", value);
}

static void
test_long_lines_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[16384];
    assert_int_equal(said(say_long, text, sizeof text), 0);
    char *first = strtok(text, "\n");
    char *second = strtok(NULL, "\n");
    assert_null(strtok(NULL, "\n"));
    assert_true(strlen(first) < 4096 && strlen(first) > 4000);
    assert_true(text_is_utf8(slice_text(first)) && text_is_utf8(slice_text(second)));
}

static void
say_fatal(void)
{
    log_fatal(EX_CONFIG, "no data directory %s", "/x");
}

static void
test_fatal(void **state)
{
    (void)state;
    char text[4096];
    int status = said(say_fatal, text, sizeof text);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG);
    assert_string_equal(text, "test: no data directory /x\n");
}

static void
say_check(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none); /* the core would be this test's own */
    CHECK(strcmp("a", "b") == 0);
}

static void
test_check_tells_and_aborts(void **state)
{
    (void)state;
    char text[4096];
    int status = said(say_check, text, sizeof text);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "event=check_failed at=tests/unit/test_log.c:"));
    assert_non_null(strstr(text, "expression=\"strcmp('a', 'b') == 0\"\n"));
}

static void
test_clocks(void **state)
{
    (void)state;
    struct clock fake = clock_fake(1500000);
    assert_true(clock_wall_us(&fake) == 1500000 && clock_mono_ms(&fake) == 1500);
    fake.now_us += 2000;
    fake.offset_us = -1;
    assert_true(clock_wall_us(&fake) == 1501999 && clock_mono_ms(&fake) == 1502);

    struct clock real = clock_real(0);
    struct clock moved = clock_real(-INT64_C(1000000000000));
    assert_true(clock_wall_us(&moved) < clock_wall_us(&real));
    int64_t before = clock_mono_ms(&real);
    assert_true(clock_mono_ms(&moved) >= before);
}

static void
test_err_names(void **state)
{
    (void)state;
    for (enum err err = ERR_OK; err <= ERR_REFUSED; err++) {
        assert_non_null(err_name(err));
        assert_string_not_equal(err_name(err), "unknown");
    }
    assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
    assert_string_equal(err_name((enum err)99), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events), cmocka_unit_test(test_long_lines_are_cut_at_a_character),
        cmocka_unit_test(test_fatal),  cmocka_unit_test(test_check_tells_and_aborts),
        cmocka_unit_test(test_clocks), cmocka_unit_test(test_err_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
