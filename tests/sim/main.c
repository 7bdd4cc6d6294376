/* sim --seeds N [--from S] [--jobs J]: that many runs, over J processes (default 2), and what was done to
 *     the system in them. A violation prints its seed and one sentence; exit 1.
 * sim --seed N [--trace]: one run; with --trace each event of it, in order. */
#include "common/check.h"
#include "common/log.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX 64
#define VIOLATIONS_SHOWN 5 /* a process stops there: the rest would say the same */

struct command {
    uint64_t from, seeds, jobs;
    bool trace, stop; /* --stop: at the first violation, and print how many seeds it took */
};

static int
usage(void)
{
    fputs("usage: sim --seeds N [--from S] [--jobs J] [--stop] | --seed N [--trace]\n", stderr);
    return EX_USAGE;
}

static bool
command_read(int argc, char **argv, struct command *c)
{
    *c = (struct command){.from = 1, .seeds = 1000, .jobs = 2};
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--trace") == 0) {
            c->trace = true;
        } else if (strcmp(argv[i], "--stop") == 0) {
            c->stop = true;
        } else if (more && strcmp(argv[i], "--seed") == 0) {
            c->from = strtoull(argv[++i], NULL, 10);
            c->seeds = c->jobs = 1;
        } else if (more && strcmp(argv[i], "--seeds") == 0) {
            c->seeds = strtoull(argv[++i], NULL, 10);
        } else if (more && strcmp(argv[i], "--from") == 0) {
            c->from = strtoull(argv[++i], NULL, 10);
        } else if (more && strcmp(argv[i], "--jobs") == 0) {
            c->jobs = strtoull(argv[++i], NULL, 10);
        } else {
            return false;
        }
    }
    return c->jobs >= 1 && c->jobs <= JOBS_MAX && c->seeds >= 1;
}

/* Seeds from + job, + jobs, ...: whichever fails first is near the first that would. */
static void
runs(const struct command *c, uint64_t job, struct sim_stats *stats)
{
    for (uint64_t i = job; i < c->seeds; i += c->jobs) {
        char why[400];
        if (!sim_run(c->from + i, c->trace, stats, why)) {
            printf("seed %" PRIu64 ": %s\n", c->from + i, why);
            fflush(stdout);
            if (c->stop || stats->violations == VIOLATIONS_SHOWN) {
                return;
            }
        }
    }
}

static void
stats_add(struct sim_stats *sum, const struct sim_stats *more)
{
    sum->runs += more->runs;
    sum->violations += more->violations;
    sum->records += more->records;
    sum->blocks += more->blocks;
    sum->simulated_ms += more->simulated_ms;
    for (int i = 0; i < COUNT_COUNT; i++) {
        sum->counts[i] += more->counts[i];
    }
}

static pid_t
job_start(const struct command *c, uint64_t job, int out)
{
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    struct sim_stats stats = {0};
    runs(c, job, &stats);
    ssize_t written = write(out, &stats, sizeof(stats));
    _exit(written == sizeof(stats) && stats.violations == 0 ? EX_OK : 1);
}

/* A process that died has told why, and its runs are not in the sums: it counts as a violation. */
static void
jobs_run(const struct command *c, struct sim_stats *sum)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    fflush(stdout);
    for (uint64_t job = 0; job < c->jobs; job++) {
        CHECK(job_start(c, job, ends[1]) > 0);
    }
    close(ends[1]);
    struct sim_stats one;
    uint64_t told = 0;
    while (read(ends[0], &one, sizeof(one)) == sizeof(one)) {
        stats_add(sum, &one);
        told++;
    }
    while (wait(NULL) > 0) {
    }
    close(ends[0]);
    sum->violations += c->jobs - told;
}

static void
stats_print(const struct sim_stats *sum, double seconds)
{
    printf("runs %" PRIu64 " · records %" PRIu64 " · blocks %" PRIu64 " · simulated hours %.1f · "
           "%.1f s\n",
           sum->runs, sum->records, sum->blocks, (double)sum->simulated_ms / 3.6e6, seconds);
    for (int i = 0; i < COUNT_COUNT; i++) {
        printf("%12" PRIu64 "  %s\n", sum->counts[i], COUNT_WORDS[i]);
    }
    printf("violations %" PRIu64 "\n", sum->violations);
}

int
main(int argc, char **argv)
{
    struct command c;
    struct timespec began, ended;
    struct sim_stats sum = {0};
    if (!command_read(argc, argv, &c)) {
        return usage();
    }
    CHECK(sodium_init() >= 0); /* it draws numbers, once: not from the first run's seed */
    log_open("sim", c.trace ? LOG_DEBUG : (enum log_level)(LOG_ERROR + 1));
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (c.seeds == 1) {
        runs(&c, 0, &sum);
    } else {
        jobs_run(&c, &sum);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    stats_print(&sum, (double)(ended.tv_sec - began.tv_sec) +
                          (double)(ended.tv_nsec - began.tv_nsec) / 1e9);
    return sum.violations == 0 ? EX_OK : 1;
}
