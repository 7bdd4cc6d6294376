/* The Nth call that fails, for every N: a disk that says no, a table of files that is full, memory that
 * is used up, and a kill -9 before or after each write, sync and change of a name. Each run of the small
 * site must end well, or with words and an exit code; afterwards, without faults, the folder opens, every
 * receipt that was given is there and the replay is equal. TAP.
 *
 *     LD_PRELOAD=shim.so faults [STEP [SEED]]
 *     LD_PRELOAD=shim.so faults one CALL N ACTION SEED    one run, its folder kept; numbers of shim.h
 *
 * STEP 1 tries every N; a greater one leaves out N at random, STEP on average. */
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "tests/crash/child.h"
#include "tests/crash/dice.h"
#include "tests/crash/load.h"
#include "tests/crash/shim.h"
#include "tests/lib/tempdir.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCKS 24 /* the journal rolls over once, and the site starts once */
#define RUN_S 20
#define FAILURES_SHOWN 5

struct faults {
    struct load load;
    char *folder, *data, *said;
    enum shim_call call;
    uint64_t n;
    int action;
    bool armed; /* the run at hand shall fail; else it is the proof */
    uint64_t runs, fired, ended_well, refused, killed, failures, promised;
};

static const struct {
    const char *name;
    enum shim_call call;
    int action;
} KINDS[] = {
    {"a write: EIO", CALL_WRITE, EIO},
    {"a write: ENOSPC", CALL_WRITE, ENOSPC},
    {"half a write, then ENOSPC", CALL_WRITE, ACTION_HALF},
    {"kill -9 before a write", CALL_WRITE, ACTION_KILL_BEFORE},
    {"kill -9 after a write", CALL_WRITE, ACTION_KILL_AFTER},
    {"a sync: EIO", CALL_SYNC, EIO},
    {"a sync: ENOSPC", CALL_SYNC, ENOSPC},
    {"kill -9 before a sync", CALL_SYNC, ACTION_KILL_BEFORE},
    {"kill -9 after a sync", CALL_SYNC, ACTION_KILL_AFTER},
    {"a rename, link, unlink, mkdir: EIO", CALL_NAME, EIO},
    {"a rename, link, unlink, mkdir: ENOSPC", CALL_NAME, ENOSPC},
    {"kill -9 before a rename, link, unlink, mkdir", CALL_NAME, ACTION_KILL_BEFORE},
    {"kill -9 after a rename, link, unlink, mkdir", CALL_NAME, ACTION_KILL_AFTER},
    {"an open: EMFILE", CALL_OPEN, EMFILE},
    {"an open: EIO", CALL_OPEN, EIO},
    {"memory: ENOMEM", CALL_MEMORY, ENOMEM},
};

static int
run(void *context)
{
    struct faults *f = context;
    shim_watch(f->data);
    shim_arm(f->call, f->n, f->action);
    return load_run(&f->load, f->data);
}

static int
prove(void *context)
{
    struct faults *f = context;
    char why[256] = "";
    struct promise promise = {.receipts = shim_look()->marks[MARK_RECEIPTS]};
    for (unsigned s = 0; s < LOAD_SHARDS; s++) {
        promise.synced[s] = shim_look()->marks[MARK_SYNCED + s];
    }
    if (load_check(&f->load, f->data, &promise, why)) {
        return 0;
    }
    fprintf(stderr, "%s\n", why);
    return 1;
}

static void
failed(struct faults *f, const char *what, struct child_end end)
{
    if (f->failures++ < FAILURES_SHOWN) {
        printf("# %s: exit %d, signal %d; again with: faults one %d %" PRIu64 " %d SEED\n", what,
               end.status, end.signal, (int)f->call, f->n, f->action);
        fflush(stdout);
        child_show(f->said);
    }
}

/* How the run may end: well; with words and a code; or by the kill that was asked for. */
static bool
ended_as_it_may(struct faults *f, struct child_end end)
{
    bool fired = shim_look()->fired;
    bool kill_asked = f->action == ACTION_KILL_BEFORE || f->action == ACTION_KILL_AFTER;
    if (end.signal == SIGKILL && fired && kill_asked) {
        f->killed++;
        return true;
    }
    if (end.status == 0) {
        f->ended_well += fired;
        return true;
    }
    f->refused++;
    return fired && !kill_asked && end.signal == 0 && end.said;
}

/* One run and its proof. False once the run has fewer calls than that. */
static bool
run_once(struct faults *f)
{
    struct shim_shared *shared = shim_look();
    memset(shared, 0, sizeof(*shared));
    CHECK(file_make_folder(f->data) == ERR_OK);
    struct child_end end = child_run(run, f, RUN_S, f->said);
    bool fired = shared->fired;
    f->runs++;
    f->fired += fired;
    f->promised += shared->marks[MARK_RECEIPTS];
    if (!ended_as_it_may(f, end)) {
        failed(f, "a bad end", end);
    }
    end = child_run(prove, f, RUN_S, f->said);
    if (end.status != 0) {
        failed(f, "a promise is broken", end);
    }
    return fired;
}

static void
kind_run(struct faults *f, unsigned number, uint64_t step, uint64_t *seed)
{
    uint64_t before = f->failures, runs = f->runs;
    bool fired;
    f->call = KINDS[number].call;
    f->action = KINDS[number].action;
    f->n = 1;
    do {
        fired = run_once(f);
        f->n += 1 + (step > 1 ? dice(seed, 2 * step - 1) : 0);
        CHECK(file_remove_tree(f->data) == ERR_OK);
    } while (fired);
    printf("%sok %u - %s: %" PRIu64 " runs\n", f->failures == before ? "" : "not ", number + 1,
           KINDS[number].name, f->runs - runs);
}

static void
open_all(struct faults *f, uint64_t seed)
{
    load_make(&f->load, BLOCKS, seed);
    f->folder = tempdir_new();
    f->data = tempdir_path(f->folder, "data");
    f->said = tempdir_path(f->folder, "said");
}

static int
one(struct faults *f, char **argv)
{
    open_all(f, strtoull(argv[5], NULL, 10));
    f->call = (enum shim_call)atoi(argv[2]);
    f->n = strtoull(argv[3], NULL, 10);
    f->action = atoi(argv[4]);
    bool fired = run_once(f);
    printf("%sok 1 - %s, in %s\n1..1\n", f->failures == 0 ? "" : "not ",
           fired ? "it happened" : "it did not come to it", f->data);
    return f->failures != 0;
}

int
main(int argc, char **argv)
{
    static struct faults f;
    uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (shim_watch == NULL) {
        fprintf(stderr, "faults: run me under the shim (tests/crash/README.md)\n");
        return 64;
    }
    log_open("faults", LOG_WARN);
    if (argc == 6 && strcmp(argv[1], "one") == 0) {
        return one(&f, argv);
    }
    open_all(&f, seed);
    unsigned kinds = sizeof(KINDS) / sizeof(KINDS[0]);
    uint64_t die = seed;
    printf("# seed %" PRIu64 ", step %" PRIu64 "\n", seed, step);
    for (unsigned i = 0; i < kinds; i++) {
        kind_run(&f, i, step, &die);
    }
    printf("# %" PRIu64 " runs, %" PRIu64 " with a fault: %" PRIu64 " killed, %" PRIu64
           " ended with words and a code, %" PRIu64 " ended well; %" PRIu64
           " blocks with receipts looked for\n1..%u\n",
           f.runs, f.fired, f.killed, f.refused, f.ended_well, f.promised, kinds);
    load_fini(&f.load);
    free(f.data);
    free(f.said);
    tempdir_free(f.folder);
    return f.failures != 0;
}
