/* Power cuts: one run of the small site under the shim, then folders as a cut at any point of it could
 * have left them, each opened and proved (load_check). TAP; a failure names its seed, which makes the
 * same folder again and keeps it.
 *
 *     LD_PRELOAD=shim.so powercut CUTS [SEED [BLOCKS]]
 *     LD_PRELOAD=shim.so powercut one SEED ENTRY CUT-SEED [BLOCKS]   one cut, its folder kept
 */
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "tests/crash/child.h"
#include "tests/crash/dice.h"
#include "tests/crash/disk.h"
#include "tests/crash/load.h"
#include "tests/crash/shim.h"
#include "tests/lib/tempdir.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BLOCKS 300
#define RUN_S 120
#define CHECK_S 30
#define LOG_MAX (2ull << 30)
#define FAILURES_SHOWN 5

struct powercut {
    struct load load;
    char *folder, *log, *said;
    struct buf bytes;
    struct disk *disk;
    struct disk_figures figures;
    struct promise promise; /* of the cut at hand */
    char *cut;
    uint64_t failures, promised;
};

static int
run(void *context)
{
    struct powercut *p = context;
    char *data = tempdir_path(p->folder, "data");
    CHECK(file_make_folder(data) == ERR_OK);
    shim_watch(data);
    shim_record(p->log);
    int code = load_run(&p->load, data);
    shim_record(NULL);
    free(data);
    return code;
}

static int
check(void *context)
{
    struct powercut *p = context;
    char why[256] = "";
    if (load_check(&p->load, p->cut, &p->promise, why)) {
        return 0;
    }
    fprintf(stderr, "%s\n", why);
    return 1;
}

/* Where the disk stands now, cut with that seed. */
static bool
cut_once(struct powercut *p, uint64_t seed, uint64_t entry, uint64_t cut_seed)
{
    p->promise = (struct promise){.receipts = disk_mark(p->disk, MARK_RECEIPTS)};
    for (unsigned s = 0; s < LOAD_SHARDS; s++) {
        p->promise.synced[s] = disk_mark(p->disk, MARK_SYNCED + s);
    }
    p->promised += p->promise.receipts;
    disk_cut(p->disk, cut_seed, p->cut, &p->figures);
    struct child_end end = child_run(check, p, CHECK_S, p->said);
    if (end.status == 0) {
        return true;
    }
    if (p->failures++ < FAILURES_SHOWN) {
        printf("# cut at entry %" PRIu64 " of %" PRIu64 ": exit %d, signal %d; again with:\n"
               "#   powercut one %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 "\n",
               entry, disk_entries(p->disk), end.status, end.signal, seed, entry, cut_seed,
               p->load.blocks);
        fflush(stdout);
        child_show(p->said);
    }
    return false;
}

static int
ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void
cuts(struct powercut *p, uint64_t count, uint64_t seed)
{
    uint64_t *entries = mem_alloc(count * sizeof(*entries));
    uint64_t die = seed;
    for (uint64_t i = 0; i < count; i++) {
        entries[i] = dice(&die, disk_entries(p->disk) + 1);
    }
    qsort(entries, count, sizeof(*entries), ascending);
    for (uint64_t i = 0; i < count; i++) {
        disk_advance(p->disk, entries[i]);
        cut_once(p, seed, entries[i], dice(&die, UINT32_MAX));
        CHECK(file_remove_tree(p->cut) == ERR_OK);
    }
    free(entries);
}

static bool
record(struct powercut *p, uint32_t blocks, uint64_t seed)
{
    load_make(&p->load, blocks, seed);
    p->folder = tempdir_new();
    p->log = tempdir_path(p->folder, "log");
    p->said = tempdir_path(p->folder, "said");
    p->cut = tempdir_path(p->folder, "cut");
    struct child_end end = child_run(run, p, RUN_S, p->said);
    if (end.status != 0 || file_read(p->log, LOG_MAX, &p->bytes) != ERR_OK) {
        child_show(p->said);
        return false;
    }
    p->disk = disk_new(buf_slice_of(&p->bytes));
    return p->disk != NULL;
}

static void
finish(struct powercut *p, bool keep)
{
    disk_free(&p->disk);
    buf_fini(&p->bytes);
    load_fini(&p->load);
    free(p->log);
    free(p->said);
    free(p->cut);
    if (keep) {
        free(p->folder);
    } else {
        tempdir_free(p->folder);
    }
}

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
one(struct powercut *p, char **argv, uint32_t blocks)
{
    uint64_t seed = strtoull(argv[2], NULL, 10), entry = strtoull(argv[3], NULL, 10);
    CHECK(record(p, blocks, seed));
    disk_advance(p->disk, entry);
    bool good = cut_once(p, seed, entry, strtoull(argv[4], NULL, 10));
    printf("%sok 1 - the cut in %s\n1..1\n", good ? "" : "not ", p->cut);
    finish(p, true);
    return !good;
}

static int
many(struct powercut *p, uint64_t count, uint64_t seed, uint32_t blocks)
{
    double began = now_s();
    bool recorded = record(p, blocks, seed);
    printf("%sok 1 - %" PRIu32 " blocks under the shim, seed %" PRIu64 "\n", recorded ? "" : "not ",
           blocks, seed);
    if (!recorded) {
        printf("1..2\n");
        return 1;
    }
    uint64_t entries = disk_entries(p->disk);
    double cut_from = now_s();
    cuts(p, count, seed);
    const struct disk_figures *f = &p->figures;
    printf("# %" PRIu64 " cuts in a log of %" PRIu64 " entries (%zu KiB): %" PRIu64
           " writes unsynced, %" PRIu64 " lost, %" PRIu64 " torn; %" PRIu64
           " names unsynced, %" PRIu64 " lost\n"
           "# %" PRIu64 " blocks with receipts looked for; %.1f s to record, %.1f s to cut\n",
           count, entries, p->bytes.len >> 10, f->writes_pending, f->writes_lost, f->writes_torn,
           f->names_pending, f->names_lost, p->promised, cut_from - began, now_s() - cut_from);
    bool good = p->failures == 0;
    printf("%sok 2 - %" PRIu64 " of %" PRIu64 " cuts leave all that was promised\n1..2\n",
           good ? "" : "not ", count - p->failures, count);
    finish(p, false);
    return !good;
}

int
main(int argc, char **argv)
{
    static struct powercut p;
    CHECK(argc >= 2);
    if (shim_watch == NULL) {
        fprintf(stderr, "powercut: run me under the shim (tests/crash/README.md)\n");
        return 64;
    }
    log_open("powercut", LOG_WARN);
    if (argc >= 5 && strcmp(argv[1], "one") == 0) {
        return one(&p, argv, argc > 5 ? (uint32_t)strtoul(argv[5], NULL, 10) : BLOCKS);
    }
    return many(&p, strtoull(argv[1], NULL, 10), argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
                argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : BLOCKS);
}
