/* Power cuts of an outbox: entries put and settled under the shim, then folders as a cut at any point could
 * have left them. Each must open, hold every entry that was acknowledged, word for word, and let nothing
 * go back behind what was noted. TAP.
 *
 *     LD_PRELOAD=shim.so outbox_cut CUTS [SEED]
 */
#include "clients/outbox.h"
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "tests/crash/child.h"
#include "tests/crash/dice.h"
#include "tests/crash/disk.h"
#include "tests/crash/shim.h"
#include "tests/lib/tempdir.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 200
#define MAKING 60 /* entries of the log in which the outbox is made, and a few more */
#define RUN_S 120
#define CHECK_S 30
#define LOG_MAX (1ull << 30)

enum { MARK_PUT, MARK_RECEIPTED, MARK_DONE }; /* the highest number acknowledged to be so */

struct cut {
    char *folder, *log, *said, *place;
    uint64_t seed;
    struct disk *disk;
    uint64_t put, receipted, done; /* promised at the cut at hand */
};

static size_t
body_make(uint64_t number, char body[600])
{
    int len = snprintf(body, 600, "entry %" PRIu64 " ", number);
    size_t end = (size_t)len + number * 37 % 500;
    memset(body + len, 'a' + (int)(number % 26), end - (size_t)len);
    return end;
}

static enum err
box_open(const char *folder, struct outbox **outbox)
{
    struct outbox_rows *rows = NULL;
    char why[160];
    enum err err = outbox_lmdb_open(folder, true, &rows);
    return err == ERR_OK ? outbox_open(rows, outbox, why) : err;
}

static void
put(struct outbox *o, uint64_t *last, uint32_t count)
{
    struct outbox_record records[8];
    char bodies[8][600];
    uint64_t first;
    for (uint32_t i = 0; i < count; i++) {
        size_t len = body_make(*last + 1 + i, bodies[i]);
        records[i] = (struct outbox_record){slice_text("w1"), slice_of(bodies[i], len)};
    }
    CHECK(outbox_put(o, records, count, 1, &first) == ERR_OK && first == *last + 1);
    *last += count;
    shim_mark(MARK_PUT, *last);
}

static void
settle(struct outbox *o, uint64_t from, uint64_t to, enum outbox_state state, unsigned mark)
{
    for (uint64_t n = from + 1; n <= to; n++) {
        struct outbox_note note = {n, {.state = state, .receipt = {n, 0}, .verdict = 1}};
        CHECK(outbox_settle(o, &note, 1, NULL) == ERR_OK);
        shim_mark(mark, n);
    }
}

static int
run(void *context)
{
    struct cut *c = context;
    struct outbox *o = NULL;
    char *data = tempdir_path(c->folder, "data"), *folder = tempdir_path(data, "outbox");
    uint64_t die = c->seed, last = 0, receipted = 0, done = 0;
    CHECK(file_make_folder(data) == ERR_OK);
    shim_watch(data);
    shim_record(c->log);
    for (int round = 0; round < ROUNDS; round++) {
        CHECK(o != NULL || box_open(folder, &o) == ERR_OK);
        put(o, &last, 1 + (uint32_t)dice(&die, 8));
        uint64_t to = receipted + dice(&die, last - receipted + 1);
        settle(o, receipted, to, OUTBOX_RECEIPTED, MARK_RECEIPTED);
        receipted = to;
        to = done + dice(&die, receipted - done + 1);
        settle(o, done, to, OUTBOX_DONE, MARK_DONE);
        done = to;
        if (dice(&die, 10) == 0) {
            outbox_free(&o);
        }
    }
    outbox_free(&o);
    shim_record(NULL);
    return 0;
}

struct seen {
    const struct cut *cut;
    uint64_t next;
    bool good;
};

static bool
see(void *context, const struct outbox_entry *entry)
{
    struct seen *s = context;
    char body[600];
    size_t len = body_make(entry->number, body);
    enum outbox_state least = entry->number <= s->cut->done        ? OUTBOX_DONE
                              : entry->number <= s->cut->receipted ? OUTBOX_RECEIPTED
                                                                   : OUTBOX_PENDING;
    s->good = !entry->damaged && entry->number == s->next++ &&
              slice_equal(entry->body, slice_of(body, len)) && entry->fate.state >= least;
    if (!s->good) {
        fprintf(stderr, "entry %" PRIu64 " is %s%s\n", entry->number,
                entry->damaged ? "damaged, " : "", outbox_state_name(entry->fate.state));
    }
    return s->good;
}

static int
check(void *context)
{
    const struct cut *c = context;
    struct outbox *o = NULL;
    struct seen seen = {c, 1, true};
    struct outbox_record more = {slice_text("w1"), slice_text("x")};
    uint64_t first;
    char *folder = tempdir_path(c->place, "outbox");
    enum err err = box_open(folder, &o);
    if (err != ERR_OK) {
        /* Not made yet is no loss, where nothing was acknowledged. */
        fprintf(stderr, "it does not open: %s\n", err_name(err));
        return 1;
    }
    if (outbox_read(o, 0, 0, see, &seen) != ERR_OK || !seen.good || seen.next <= c->put) {
        fprintf(stderr, "%" PRIu64 " acknowledged, %" PRIu64 " there\n", c->put, seen.next - 1);
        return 1;
    }
    return outbox_put(o, &more, 1, 1, &first) == ERR_OK && first == seen.next ? 0 : 1;
}

/* Ascending, for the disk never goes back; a third of them while the file is made. */
static uint64_t
entry_of(uint64_t i, uint64_t count, uint64_t entries)
{
    uint64_t third = count / 3;
    return i < third ? i * MAKING / third
                     : MAKING + (entries - MAKING) * (i + 1 - third) / (count - third);
}

static uint64_t
cuts(struct cut *c, uint64_t count)
{
    struct disk_figures figures = {0};
    uint64_t entries = disk_entries(c->disk), die = c->seed, failures = 0;
    for (uint64_t i = 0; i < count; i++) {
        disk_advance(c->disk, entry_of(i, count, entries));
        c->put = disk_mark(c->disk, MARK_PUT);
        c->receipted = disk_mark(c->disk, MARK_RECEIPTED);
        c->done = disk_mark(c->disk, MARK_DONE);
        disk_cut(c->disk, dice(&die, UINT32_MAX), c->place, &figures);
        struct child_end end = child_run(check, c, CHECK_S, c->said);
        if (end.status != 0 && failures++ < 3) {
            printf("# cut %" PRIu64 " of %" PRIu64 ": exit %d, signal %d\n", i, count, end.status,
                   end.signal);
            child_show(c->said);
        }
        CHECK(file_remove_tree(c->place) == ERR_OK);
    }
    printf("# log of %" PRIu64 " entries: %" PRIu64 " writes unsynced, %" PRIu64 " lost, %" PRIu64
           " torn; %" PRIu64 " names unsynced, %" PRIu64 " lost; %" PRIu64 " entries put\n",
           entries, figures.writes_pending, figures.writes_lost, figures.writes_torn,
           figures.names_pending, figures.names_lost, c->put);
    return failures;
}

int
main(int argc, char **argv)
{
    static struct cut c;
    struct buf bytes = BUF_EMPTY;
    CHECK(argc >= 2);
    if (shim_watch == NULL) {
        fprintf(stderr, "outbox_cut: run me under the shim (tests/crash/README.md)\n");
        return 64;
    }
    log_open("outbox_cut", LOG_WARN);
    uint64_t count = strtoull(argv[1], NULL, 10);
    c.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    c.folder = tempdir_new();
    c.log = tempdir_path(c.folder, "log");
    c.said = tempdir_path(c.folder, "said");
    c.place = tempdir_path(c.folder, "cut");
    struct child_end end = child_run(run, &c, RUN_S, c.said);
    bool recorded = end.status == 0 && file_read(c.log, LOG_MAX, &bytes) == ERR_OK;
    c.disk = recorded ? disk_new(buf_slice_of(&bytes)) : NULL;
    printf("%sok 1 - an outbox under the shim, seed %" PRIu64 "\n", c.disk ? "" : "not ", c.seed);
    if (c.disk == NULL) {
        child_show(c.said);
        printf("1..2\n");
        return 1;
    }
    uint64_t failures = cuts(&c, count);
    printf("%sok 2 - %" PRIu64 " of %" PRIu64 " cuts leave all that was acknowledged\n1..2\n",
           failures == 0 ? "" : "not ", count - failures, count);
    disk_free(&c.disk);
    buf_fini(&bytes);
    free(c.log);
    free(c.said);
    free(c.place);
    tempdir_free(c.folder);
    return failures != 0;
}
