/* Figures of a whole site on this machine, over several runs, each on a fresh site: how long a lone
 * report waits for its receipt, how fast a stream of reports is receipted and in the tallies, how
 * long each waits at a steady pace, how fast the journal replays, what each process takes; and
 * beside each, in the same run and the same folder, what the bare machine takes for as much.
 *
 *     bench BIN-FOLDER [RECORDS] [RUNS] [SECONDS] [MODES]
 *
 * RECORDS of each stream, SECONDS of each steady run, MODES a word list of: lone 100 1 steady
 * replay, which are run where there is no list, and some which are not: machine, the state machine
 * alone, rank, a city scored and rolled up, long, a site that holds RECORDS reports (10,000,000 at most) beside a new one, and over the
 * network curve, offices (10,000 of them) and hostile, each on a site of its own. A run's
 * receipts must all be good, or the bench fails. */
#include "tests/bench/bench.h"

#include "common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RECORDS_DEFAULT 300000
#define RECORDS_MOST 10000000 /* the campaign's window has days for these and two samples of long */
#define STREAM_MOST 5000000   /* and two streams share them */
#define LONG_DEFAULT 1000000  /* a quarter of a minute; 10,000,000 are asked for by name */
#define SECONDS_DEFAULT 5

struct plan {
    const char *bin;
    uint64_t records;
    uint32_t runs;
    uint32_t seconds;
    const char *modes;
};

double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
wanted(const struct plan *plan, const char *mode)
{
    size_t len = strlen(mode);
    for (const char *at = plan->modes; (at = strstr(at, mode)) != NULL; at += len) {
        bool begins = at == plan->modes || at[-1] == ' ';
        if (begins && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return plan->modes[0] == '\0';
}

static void
stream(const struct plan *plan, struct figures *f, struct site *s, uint32_t per_message)
{
    char mode[32];
    uint64_t records = plan->records == 0 ? RECORDS_DEFAULT : plan->records;
    records = records < STREAM_MOST ? records : STREAM_MOST;
    snprintf(mode, sizeof(mode), "%u a message", per_message);
    mode_stream(f, s, mode, records, per_message);
    floor_libzmq(f, s, records, per_message);
}

static uint64_t
run_workers(const struct plan *plan, struct figures *f)
{
    struct site s;
    site_open(&s, plan->bin);
    if (wanted(plan, "machine")) {
        mode_machine(f, &s, plan->records);
    }
    if (strcmp(plan->modes, "machine") == 0) { /* nothing else is wanted: no site */
        site_close(&s);
        return 0;
    }
    site_start(&s);
    if (wanted(plan, "lone")) {
        mode_lone(f, &s);
    }
    if (wanted(plan, "100")) {
        stream(plan, f, &s, 100);
    }
    if (wanted(plan, "1")) {
        stream(plan, f, &s, 1);
    }
    if (wanted(plan, "steady")) {
        mode_steady(f, &s, true, plan->seconds);
    }
    if (wanted(plan, "replay")) {
        mode_replay(f, &s);
    }
    uint64_t failures = s.failures;
    site_close(&s);
    return failures;
}

static uint64_t
run_long(const struct plan *plan, struct figures *f)
{
    struct site s;
    site_open(&s, plan->bin);
    site_start(&s);
    mode_long(f, &s, plan->records == 0 ? LONG_DEFAULT : plan->records);
    uint64_t failures = s.failures;
    site_close(&s);
    return failures;
}

static uint64_t
run_network(const struct plan *plan, struct figures *f, network_mode_fn *mode)
{
    struct site s;
    site_open(&s, plan->bin);
    /* A stream is not to meet its quota, an attack is; and ten thousand offices in four processes
     * are not asked for a heartbeat every second. */
    network_configure(&s, mode == mode_curve ? 100000 : 1000, mode == mode_offices ? 60000 : 5000);
    site_start(&s);
    mode(f, &s, plan->records == 0 ? RECORDS_DEFAULT : plan->records);
    uint64_t failures = s.failures;
    site_close(&s);
    return failures;
}

static bool
named(const struct plan *plan, const char *mode)
{
    return plan->modes[0] != '\0' && wanted(plan, mode);
}

/* The modes that are run only where they are named; each has a site of its own. */
static uint64_t
run_named(const struct plan *plan, struct figures *f)
{
    uint64_t failures = named(plan, "long") ? run_long(plan, f) : 0;
    failures += named(plan, "curve") ? run_network(plan, f, mode_curve) : 0;
    failures += named(plan, "offices") ? run_network(plan, f, mode_offices) : 0;
    failures += named(plan, "hostile") ? run_network(plan, f, mode_hostile) : 0;
    return failures;
}

static bool
workers_wanted(const struct plan *plan)
{
    static const char *const modes[] = {"machine", "lone", "100", "1", "steady", "replay"};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (wanted(plan, modes[i])) {
            return true;
        }
    }
    return false;
}

static uint64_t
run_alone(const struct plan *plan, struct figures *f)
{
    struct site s;
    site_open(&s, plan->bin);
    site_start_broker(&s);
    mode_steady(f, &s, false, plan->seconds);
    uint64_t failures = s.failures;
    site_close(&s);
    return failures;
}

static uint64_t
argument(int argc, char **argv, int at, uint64_t otherwise, uint64_t most)
{
    uint64_t v = argc > at ? strtoull(argv[at], NULL, 10) : 0;
    v = v == 0 ? otherwise : v;
    return v < most ? v : most;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: bench BIN-FOLDER [RECORDS] [RUNS] [SECONDS] [MODES]\n");
        return 64;
    }
    struct plan plan = {
        .bin = argv[1],
        .records = argument(argc, argv, 2, 0, RECORDS_MOST),
        .runs = (uint32_t)argument(argc, argv, 3, 1, RUNS_MAX),
        .seconds = (uint32_t)argument(argc, argv, 4, SECONDS_DEFAULT, 60),
        .modes = argc > 5 ? argv[5] : "",
    };
    struct figures *f = figures_new();
    uint64_t failures = 0;
    for (uint32_t i = 0; i < plan.runs; i++) {
        fprintf(stderr, "run %u of %u\n", i + 1, plan.runs);
        floor_decode(f);
        if (named(&plan, "rank")) {
            mode_rank(f);
        }
        if (named(&plan, "http")) {
            mode_http(f, plan.bin);
        }
        failures += run_named(&plan, f);
        failures += workers_wanted(&plan) ? run_workers(&plan, f) : 0;
        if (wanted(&plan, "steady")) {
            failures += run_alone(&plan, f);
        }
    }
    figures_print(f);
    figures_free(&f);
    printf("receipts that failed: %llu\n", (unsigned long long)failures);
    return failures == 0 ? 0 : 1;
}
