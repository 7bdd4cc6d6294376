/* Revisions grow and are never given twice. */
#include "common/file.h"
#include "tests/lib/played_broker.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void
revisions_grow_with_the_clock_and_without_it(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    uint64_t first = client_revision(w->client);
    assert_int_equal(first, NOON_US / 1000);
    assert_int_equal(client_revision(w->client), first + 1);
    time_pass(w, 1000);
    assert_int_equal(client_revision(w->client), first + 1000);
    time_pass(w, -60000);
    assert_int_equal(client_revision(w->client), first + 1001);
}

static void
revisions_survive_a_restart_and_a_clock_set_back(void **state)
{
    struct world *w = *state;
    char why[256];
    char *path = tempdir_path(w->folder, "revision");
    struct revisions *r = revisions_new(path, why);
    assert_non_null(r);
    uint64_t last = 0;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t revision = revisions_take(r, 5000);
        assert_true(revision > last);
        last = revision;
    }
    assert_int_equal(last, 5999);
    revisions_free(&r);
    r = revisions_new(path, why);
    assert_true(revisions_take(r, 17) > last);
    revisions_free(&r);
    free(path);
}

#define EACH 3000

/* Two processes at once on one file, each writing what it took to a pipe. */
static void
processes_never_stamp_the_same(void **state)
{
    struct world *w = *state;
    char *path = tempdir_path(w->folder, "revision");
    int pipes[2][2];
    pid_t pids[2];
    for (int p = 0; p < 2; p++) {
        assert_int_equal(pipe(pipes[p]), 0);
        pids[p] = fork();
        if (pids[p] == 0) {
            char why[256];
            static uint64_t taken[EACH];
            struct revisions *r = revisions_new(path, why);
            for (unsigned i = 0; r != NULL && i < EACH; i++) {
                taken[i] = revisions_take(r, 1000 + i / 10);
            }
            ssize_t written = write(pipes[p][1], taken, sizeof(taken));
            _exit(written == (ssize_t)sizeof(taken) ? 0 : 1);
        }
    }
    uint64_t all[2 * EACH];
    for (int p = 0; p < 2; p++) {
        size_t have = 0;
        int status;
        while (have < EACH * sizeof(uint64_t)) {
            ssize_t got =
                read(pipes[p][0], (char *)(all + p * EACH) + have, EACH * sizeof(uint64_t) - have);
            assert_true(got > 0);
            have += (size_t)got;
        }
        assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
        assert_int_equal(status, 0);
        close(pipes[p][0]);
        close(pipes[p][1]);
    }
    for (unsigned i = 0, j = EACH; i < EACH && j < 2 * EACH;) {
        assert_true(all[i] > 0 && all[j] > 0);
        assert_int_not_equal(all[i], all[j]);
        all[i] < all[j] ? i++ : j++;
    }
    free(path);
}

static void
a_broken_revision_file_is_told(void **state)
{
    struct world *w = *state;
    char *path = tempdir_path(w->folder, "revision");
    const char *const bad[] = {
        "", "x\n", "12", "12\n\n", "-1\n", "99999999999999999999\n", "9223372036854775807\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char why[256] = "";
        assert_int_equal(file_replace(path, slice_text(bad[i])), ERR_OK);
        assert_null(revisions_new(path, why));
        assert_non_null(strstr(why, path));
    }
    free(path);
}

int
main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(revisions_grow_with_the_clock_and_without_it),
        WITH_WORLD(revisions_survive_a_restart_and_a_clock_set_back),
        WITH_WORLD(processes_never_stamp_the_same),
        WITH_WORLD(a_broken_revision_file_is_told),
    };
#undef WITH_WORLD
    return cmocka_run_group_tests(tests, NULL, NULL);
}
