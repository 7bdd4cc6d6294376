/* Processes: signals as events, children that start clean and end with their parent. Every wait is
 * for a descriptor; none is for a time. */
#include "common/check.h"
#include "common/proc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 10000 /* a test that waits longer has failed */

static int signals;

static void
await(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&item, 1, PATIENCE_MS), 1);
}

static void
await_signal(int number)
{
    await(signals);
    assert_int_equal(proc_signals_next(signals), number);
    assert_int_equal(proc_signals_next(signals), 0);
}

static void
test_signals(void **state)
{
    (void)state;
    assert_int_equal(proc_signals_next(signals), 0);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    await_signal(SIGTERM);
    assert_int_equal(kill(getpid(), SIGINT), 0);
    await_signal(SIGINT);
    assert_int_equal(kill(getpid(), SIGPIPE), 0);
    assert_int_equal(proc_signals_next(signals), 0);
}

static void
test_start_and_reap(void **state)
{
    (void)state;
    char *argv[] = {"/bin/sh", "-c", "exit 7", NULL};
    pid_t pid;
    int status;
    assert_int_equal(proc_start(argv, &pid), ERR_OK);
    await_signal(SIGCHLD);
    assert_false(proc_alive(pid, 0)); /* a zombie */
    assert_int_equal(proc_reap(&status), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_int_equal(proc_reap(&status), 0);
    assert_false(proc_alive(pid, 0));
}

static void
test_start_fails(void **state)
{
    (void)state;
    char *none[] = {"/no/such/program", NULL};
    char *folder[] = {"/", NULL};
    pid_t pid;
    int status;
    assert_int_equal(proc_start(none, &pid), ERR_NOT_FOUND);
    assert_int_equal(proc_start(folder, &pid), ERR_IO);
    assert_int_equal(proc_reap(&status), 0);
    while (proc_signals_next(signals) != 0) {
    }
}

/* What we blocked and ignored is not inherited: it would end by SIGTERM and by SIGPIPE as programs
 * do. */
static void
test_child_is_clean(void **state)
{
    (void)state;
    static const char *const scripts[] = {"kill -TERM $$; exit 1", "kill -PIPE $$; exit 1"};
    static const int numbers[] = {SIGTERM, SIGPIPE};
    for (size_t i = 0; i < 2; i++) {
        char script[64];
        char *argv[] = {"/bin/sh", "-c", strcpy(script, scripts[i]), NULL};
        pid_t pid;
        int status;
        assert_int_equal(proc_start(argv, &pid), ERR_OK);
        await_signal(SIGCHLD);
        assert_int_equal(proc_reap(&status), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
    }
}

/* The middle process: starts a child that would live for ever, tells its pid, and is killed. */
_Noreturn static void
middle(int child_stdin, int child_stdout, int told)
{
    char *argv[] = {"/bin/cat", NULL};
    pid_t pid;
    CHECK(dup2(child_stdin, 0) == 0 && dup2(child_stdout, 1) == 1);
    CHECK(proc_start(argv, &pid) == ERR_OK);
    CHECK(write(told, &pid, sizeof pid) == (ssize_t)sizeof pid);
    raise(SIGKILL);
    abort();
}

static void
test_child_ends_with_its_parent(void **state)
{
    (void)state;
    int in[2];
    int out[2];
    int told[2];
    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC) | pipe2(told, O_CLOEXEC), 0);
    pid_t parent = fork();
    if (parent == 0) {
        middle(in[0], out[1], told[1]);
    }
    close(out[1]);
    pid_t child;
    char byte;
    await(told[0]);
    assert_int_equal(read(told[0], &child, sizeof child), sizeof child);
    /* cat holds the last writing end of `out` and would wait for `in`, which we hold open. */
    await(out[0]);
    assert_int_equal(read(out[0], &byte, 1), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    close(in[0]);
    close(in[1]);
    close(out[0]);
    close(told[0]);
    close(told[1]);
    while (proc_signals_next(signals) != 0) {
    }
}

static void
test_who_lives(void **state)
{
    (void)state;
    uint64_t start = proc_start_time(getpid());
    assert_true(start > 0);
    assert_true(proc_alive(getpid(), start));
    assert_true(proc_alive(getpid(), 0));
    assert_false(proc_alive(getpid(), start + 1));
    assert_false(proc_alive(0, 0));
    assert_false(proc_alive(-1, 0));
    assert_true(proc_memory_kib(getpid()) > 100);
    assert_int_equal(proc_memory_kib(0), 0);
    assert_int_equal(proc_start_time(0), 0);
}

static void
test_folder(void **state)
{
    (void)state;
    char *folder = proc_folder();
    assert_int_equal(folder[0], '/');
    assert_int_equal(access(folder, X_OK), 0);
    free(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_start_and_reap),
        cmocka_unit_test(test_start_fails),
        cmocka_unit_test(test_child_is_clean),
        cmocka_unit_test(test_child_ends_with_its_parent),
        cmocka_unit_test(test_who_lives),
        cmocka_unit_test(test_folder),
    };
    signals = proc_signals_open();
    CHECK(signals >= 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
