/* The journal on disk: a row of segments (segment.h), the newest one live, the others sealed
 * (seal.h). Owns the folder, its lock and the open segments.
 *
 *     DATA/journal/lock                    flock: one writer
 *     DATA/journal/NNNNNNNNNNNNNNNN.mdb    a segment, named by its first block
 *     DATA/journal/NNNNNNNNNNNNNNNN.seal   the seal of a full one
 *
 * Rolling over: close the live segment, create the next; then, in steps between appends, hash the
 * former and write its seal, at the latest before the next rolls over. A power cut after any of these
 * steps leaves a folder that journal_lmdb_open understands: a newest segment that is full (the next is
 * made by the next append) or empty (the head is its predecessor's), and one before it without a seal
 * (its pages and blocks are walked, and it is hashed anew).
 *
 * Invariants: head is what is on disk; every sealed segment that is open was checked against its
 * seal by this process; no seal is made of a file that this process neither wrote nor walked; the bytes
 * handed out last belong to `reading`. */
#include "broker/journal.h"

#include "broker/catalog.h"
#include "broker/limits.h"
#include "broker/sealing.h"
#include "broker/segment.h"
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

struct journal_lmdb {
    struct journal base;
    char *folder;
    int lock_fd; /* -1: read only */
    bool read_only;
    uint64_t segment_bytes;
    struct catalog catalog;
    struct journal_head head;
    struct sealing *sealing; /* of catalog_unsealed; NULL: not begun */
    size_t appended;         /* bytes since the last step of it */
    bool seal_later;         /* it failed: not again before the live one is full */
    struct segment *reading;
    uint64_t reads; /* counted, for closing the one used longest ago */
};

/* ---- segments ---- */

static struct catalog_entry *
newest(struct journal_lmdb *j)
{
    return j->catalog.count == 0 ? NULL : &j->catalog.entries[j->catalog.count - 1];
}

static void
reading_end(struct journal_lmdb *j)
{
    if (j->reading != NULL) {
        segment_release(j->reading);
        j->reading = NULL;
    }
}

static void
entry_close(struct journal_lmdb *j, struct catalog_entry *entry)
{
    if (entry->segment == j->reading) {
        j->reading = NULL;
    }
    segment_close(&entry->segment);
}

/* Keeps the number of open sealed segments in bounds: workers far behind walk through all. */
static void
sealed_make_room(struct journal_lmdb *j)
{
    struct catalog_entry *oldest = NULL;
    uint32_t open = 0;
    for (uint32_t i = 0; i < j->catalog.count; i++) {
        struct catalog_entry *entry = &j->catalog.entries[i];
        if (entry->segment != NULL && entry->sealed) {
            open++;
            oldest = oldest == NULL || entry->used_at < oldest->used_at ? entry : oldest;
        }
    }
    if (open >= SEGMENTS_OPEN_MAX) {
        entry_close(j, oldest);
    }
}

static enum err
sealed_check(struct journal_lmdb *j, struct catalog_entry *entry, const char *path)
{
    if (!entry->checked) {
        enum err err = seal_check(path, &entry->seal);
        if (err != ERR_OK) {
            return err;
        }
        entry->checked = true;
    }
    sealed_make_room(j);
    return ERR_OK;
}

static enum err
entry_open(struct journal_lmdb *j, struct catalog_entry *entry)
{
    entry->used_at = ++j->reads;
    if (entry->segment != NULL) {
        return ERR_OK;
    }
    char *path = catalog_path(j->folder, entry->first, "mdb");
    /* One that is full is never written again, whether or not its seal is there. */
    bool full = entry != newest(j);
    enum segment_mode mode = entry->sealed || (full && entry->checked) ? SEGMENT_SEALED
                             : full                                    ? SEGMENT_FULL
                             : j->read_only                            ? SEGMENT_FOLLOW
                                                                       : SEGMENT_WRITE;
    enum err err = entry->sealed ? sealed_check(j, entry, path) : ERR_OK;
    err = err == ERR_OK ? segment_open(path, mode, j->segment_bytes, &entry->segment) : err;
    free(path);
    return err;
}

/* ---- reading ---- */

/* A block that the catalog says is there; anything else is damage. */
static enum err
block_read(struct journal_lmdb *j, uint64_t number, struct block *block)
{
    struct catalog_entry *entry = catalog_find(&j->catalog, number);
    if (entry == NULL) {
        return ERR_NOT_FOUND;
    }
    enum err err = entry_open(j, entry);
    if (err != ERR_OK) {
        return err;
    }
    struct slice bytes;
    reading_end(j);
    j->reading = entry->segment;
    err = segment_read(entry->segment, number, &bytes);
    err = err == ERR_OK ? block_open(bytes, block) : err;
    if (err == ERR_OK && block->number == number) {
        return ERR_OK;
    }
    if (err == ERR_OK || err == ERR_NOT_FOUND || err == ERR_CORRUPT) {
        log_error("block_damaged", "folder=\"%s\" segment=%" PRIu64 " block=%" PRIu64, j->folder,
                  entry->first, number);
        return ERR_CORRUPT;
    }
    return err;
}

static void
head_set(struct journal_head *head, const struct block *block)
{
    head->number = block->number;
    head->time_us = block->time_us;
    memcpy(head->chain, block->chain, BLOCK_CHAIN_SIZE);
}

/* The number of the newest block on disk, 0 where there is none. */
static enum err
last_number(struct journal_lmdb *j, uint64_t *number)
{
    struct catalog_entry *entry = newest(j);
    *number = 0;
    if (entry == NULL) {
        return ERR_OK;
    }
    if (entry->sealed) {
        *number = entry->seal.last;
        return ERR_OK;
    }
    enum err err = entry_open(j, entry);
    err = err == ERR_OK ? segment_last(entry->segment, number) : err;
    if (err == ERR_NOT_FOUND) {
        *number = entry->first - 1; /* made, and nothing written yet */
        return ERR_OK;
    }
    return err;
}

/* Reads the newest block and proves that it follows its predecessor, where that is kept. */
static enum err
head_read(struct journal_lmdb *j)
{
    uint64_t number;
    enum err err = last_number(j, &number);
    if (err != ERR_OK) {
        return err;
    }
    uint64_t first = j->catalog.count == 0 ? 1 : j->catalog.entries[0].first;
    struct journal_head head = {.first = first}, before = {0};
    if (number < first) {
        j->head = head;
        return number == 0 ? ERR_OK
                           : ERR_CORRUPT; /* only an empty one left: what does it follow? */
    }
    struct block block;
    if (number > first) {
        err = block_read(j, number - 1, &block);
        if (err != ERR_OK) {
            return err;
        }
        head_set(&before, &block);
    }
    err = block_read(j, number, &block);
    if (err == ERR_OK && (number > first || first == 1)) {
        err = block_follows(&block, before.number, before.time_us, before.chain);
    }
    if (err == ERR_OK) {
        head_set(&head, &block);
        j->head = head;
    }
    return err;
}

/* ---- following a broker that writes ---- */

/* A new catalog takes over what is open and what was checked. */
static enum err
catalog_renew(struct journal_lmdb *j)
{
    struct catalog renewed;
    enum err err = catalog_read(j->folder, &renewed);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < j->catalog.count; i++) {
        struct catalog_entry *old = &j->catalog.entries[i];
        struct catalog_entry *entry = catalog_find(&renewed, old->first);
        if (entry != NULL && entry->first == old->first && entry->sealed == old->sealed) {
            entry->checked = old->checked;
            entry->used_at = old->used_at;
            entry->segment = old->segment;
        } else {
            entry_close(j,
                        old); /* pruned, or sealed by now: opened anew once its hash is compared */
        }
    }
    catalog_fini(&j->catalog);
    j->catalog = renewed;
    return ERR_OK;
}

/* Whether the catalog is out of date: there is a segment after the newest one that we know, which ends
 * with `last`, or that was sealed or pruned since. */
static bool
rolled_over(struct journal_lmdb *j, uint64_t last)
{
    struct catalog_entry *entry = newest(j);
    if (entry == NULL || entry->sealed) {
        return true;
    }
    char *own = catalog_path(j->folder, entry->first, "mdb");
    char *seal = catalog_path(j->folder, entry->first, "seal");
    char *next = catalog_path(j->folder, last + 1, "mdb");
    bool rolled =
        !file_exists(own) || file_exists(seal) || (last + 1 > entry->first && file_exists(next));
    free(own);
    free(seal);
    free(next);
    return rolled;
}

static enum err
follow(struct journal_lmdb *j)
{
    uint64_t number = 0;
    enum err err = last_number(j, &number);
    if (err == ERR_OK && rolled_over(j, number)) {
        err = catalog_renew(j);
        err = err == ERR_OK ? last_number(j, &number) : err;
    }
    return err == ERR_OK && number != j->head.number ? head_read(j) : err;
}

/* ---- writing ---- */

/* A step of the seal that is still to be made; ERR_OK where there is none (any more). */
static enum err
seal_some(struct journal_lmdb *j, size_t bytes)
{
    struct catalog_entry *entry = catalog_unsealed(&j->catalog);
    enum err err = ERR_OK;
    if (entry == NULL) {
        return ERR_OK;
    }
    if (j->sealing == NULL) {
        err = sealing_begin(j->folder, entry->first, newest(j)->first - 1, &j->sealing);
    }
    err = err == ERR_OK ? sealing_step(j->sealing, bytes, &entry->seal) : err;
    if (err == ERR_AGAIN) {
        return err;
    }
    sealing_end(&j->sealing);
    if (err == ERR_OK) {
        char *lock = catalog_path(j->folder, entry->first, "mdb-lock");
        entry->sealed = true;
        entry->checked = true; /* it was this process that wrote and hashed it */
        unlink(lock);          /* LMDB's table of readers: nobody locks a sealed one */
        free(lock);
        log_info("segment_sealed", "segment=%" PRIu64 " last=%" PRIu64 " bytes=%" PRIu64,
                 entry->first, entry->seal.last, entry->seal.bytes);
    }
    return err;
}

/* The live one is full. Only two may be without a seal, so that the one before gets its own now. */
static enum err
live_end(struct journal_lmdb *j)
{
    enum err err;
    do {
        err = seal_some(j, SEAL_STEP_BYTES);
    } while (err == ERR_AGAIN);
    err = err == ERR_OK ? segment_trim(newest(j)->segment) : err;
    if (err == ERR_OK) {
        entry_close(j, newest(j));
        newest(j)->checked = true; /* every page was walked at the opening, or made here */
        j->seal_later = false;
    }
    return err;
}

static enum err
live_create(struct journal_lmdb *j)
{
    uint64_t first = j->head.number + 1;
    char *path = catalog_path(j->folder, first, "mdb");
    enum err err = segment_create(path, j->segment_bytes);
    free(path);
    if (err != ERR_OK) {
        return err;
    }
    if (j->head.number == 0) {
        j->head.first = first;
    }
    return entry_open(j, catalog_add(&j->catalog, first));
}

/* A live segment with room for one more block. */
static enum err
live_ready(struct journal_lmdb *j)
{
    struct catalog_entry *live = newest(j);
    if (live != NULL && !live->sealed) {
        enum err err = entry_open(j, live);
        bool full = err == ERR_OK && j->head.number >= live->first &&
                    segment_used(live->segment) >= j->segment_bytes;
        if (err != ERR_OK || !full) {
            return err;
        }
        err = live_end(j);
        if (err != ERR_OK) {
            return err;
        }
    }
    return live_create(j);
}

static enum err
lmdb_append(struct journal *base, struct slice bytes)
{
    struct journal_lmdb *j = (struct journal_lmdb *)base;
    struct block block;
    CHECK(!j->read_only);
    /* The checksum once more, right before the disk: it is cheap. The chain was hashed over the same
     * bytes by whoever finished the block, which is most of what an append costs: it is compared by
     * the simulator's journal, by every tally worker and by each opening, not here again. */
    CHECK(block_open(bytes, &block) == ERR_OK);
    CHECK(block.number == j->head.number + 1 && block.time_us >= j->head.time_us);
    reading_end(j);
    enum err err = live_ready(j);
    err = err == ERR_OK ? segment_append(newest(j)->segment, block.number, bytes) : err;
    if (err == ERR_OK) {
        head_set(&j->head, &block);
        j->appended += bytes.len;
    }
    return err;
}

/* A seal that cannot be written now is left to live_end, which ends us where it still cannot. */
static void
lmdb_idle(struct journal *base)
{
    struct journal_lmdb *j = (struct journal_lmdb *)base;
    struct catalog_entry *live = newest(j);
    if (catalog_unsealed(&j->catalog) != NULL && !j->seal_later) {
        enum err err = seal_some(j, SEAL_STEP_BYTES + SEAL_STEP_TIMES * j->appended);
        j->appended = 0;
        j->seal_later = err != ERR_OK && err != ERR_AGAIN;
    } else if (live != NULL && !live->sealed && live->segment != NULL) {
        segment_fill(live->segment);
    }
}

static enum err
lmdb_read(struct journal *base, uint64_t number, struct slice *bytes)
{
    struct journal_lmdb *j = (struct journal_lmdb *)base;
    reading_end(j);
    if (j->read_only && number > j->head.number) {
        enum err err = follow(j);
        if (err != ERR_OK) {
            return err;
        }
    }
    if (number < j->head.first || number > j->head.number) {
        return ERR_NOT_FOUND;
    }
    struct block block;
    enum err err = block_read(j, number, &block);
    if (err == ERR_OK) {
        *bytes = block.bytes;
    }
    return err;
}

static void
lmdb_head(const struct journal *base, struct journal_head *head)
{
    *head = ((const struct journal_lmdb *)base)->head;
}

static enum err
file_unlink(const char *folder, uint64_t first, const char *suffix)
{
    char *path = catalog_path(folder, first, suffix);
    enum err err = unlink(path) == 0 || errno == ENOENT ? ERR_OK : ERR_IO;
    if (err != ERR_OK) {
        log_error("prune_failed", "path=\"%s\" error=\"%s\"", path, strerror(errno));
    }
    free(path);
    return err;
}

/* Oldest first, the segment before its seal: a power cut leaves a shorter journal, never a gap. */
static enum err
lmdb_prune(struct journal *base, uint64_t before)
{
    struct journal_lmdb *j = (struct journal_lmdb *)base;
    enum err err = ERR_OK;
    uint32_t gone = 0;
    CHECK(!j->read_only);
    reading_end(j);
    /* The newest stays, sealed or not: the next block must follow something. */
    while (err == ERR_OK && gone < PRUNE_SEGMENTS_MAX && gone + 1 < j->catalog.count &&
           j->catalog.entries[gone + 1].first <= before) {
        struct catalog_entry *entry = &j->catalog.entries[gone];
        if (!entry->sealed || j->catalog.entries[gone + 1].first > j->head.number) {
            break; /* being hashed, or what follows is empty still */
        }
        entry_close(j, entry);
        err = file_unlink(j->folder, entry->first, "mdb");
        err = err == ERR_OK ? file_sync_folder(j->folder) : err;
        err = err == ERR_OK ? file_unlink(j->folder, entry->first, "seal") : err;
        gone += err == ERR_OK;
    }
    if (gone > 0) {
        catalog_drop_oldest(&j->catalog, gone);
        j->head.first = j->catalog.entries[0].first;
        log_info("journal_pruned", "segments=%u first=%" PRIu64, gone, j->head.first);
    }
    return err;
}

/* ---- opening ---- */

static void
lmdb_free(struct journal *base)
{
    struct journal_lmdb *j = (struct journal_lmdb *)base;
    for (uint32_t i = 0; i < j->catalog.count; i++) {
        entry_close(j, &j->catalog.entries[i]);
    }
    catalog_fini(&j->catalog);
    sealing_end(&j->sealing);
    if (j->lock_fd >= 0) {
        close(j->lock_fd);
    }
    free(j->folder);
    free(j);
}

static const struct journal_ops LMDB_OPS = {
    .append = lmdb_append,
    .idle = lmdb_idle,
    .read = lmdb_read,
    .head = lmdb_head,
    .prune = lmdb_prune,
    .free = lmdb_free,
};

/* One writer: a second broker on the same folder would end in two histories. */
static enum err
writer_lock(struct journal_lmdb *j)
{
    enum err err = file_make_folder(j->folder);
    if (err != ERR_OK && err != ERR_EXISTS) {
        return err;
    }
    char *path = NULL;
    if (asprintf(&path, "%s/lock", j->folder) < 0) {
        return ERR_IO;
    }
    j->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (j->lock_fd < 0) {
        return ERR_IO;
    }
    if (flock(j->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? ERR_EXISTS : ERR_IO;
    }
    return ERR_OK;
}

/* A segment without a seal says nothing about its end: its blocks do. */
static enum err
unsealed_check(struct journal_lmdb *j)
{
    struct catalog_entry *entry = catalog_unsealed(&j->catalog);
    uint64_t last = 0;
    if (entry == NULL) {
        return ERR_OK;
    }
    enum err err = entry_open(j, entry);
    err = err == ERR_OK ? segment_last(entry->segment, &last) : err;
    if (err == ERR_NOT_FOUND || (err == ERR_OK && last + 1 != newest(j)->first)) {
        log_error("journal_seal_missing", "folder=\"%s\" segment=%" PRIu64 " last=%" PRIu64,
                  j->folder, entry->first, last);
        return ERR_CORRUPT;
    }
    return err;
}

/* Its seal will say that its file is right, so that each block is looked at before: its checksum, that it
 * follows the one before, and that the next segment's first follows the last. */
static enum err
unsealed_walk(struct journal_lmdb *j)
{
    const struct catalog_entry *entry = catalog_unsealed(&j->catalog);
    struct journal_head before = {0};
    struct block block;
    if (entry == NULL) {
        return ERR_OK;
    }
    uint64_t first = entry->first, next = newest(j)->first;
    uint64_t end = j->head.number < next ? j->head.number : next;
    for (uint64_t n = first; n <= end; n++) {
        enum err err = block_read(j, n, &block);
        if (err == ERR_OK && n > first &&
            block_follows(&block, before.number, before.time_us, before.chain) != ERR_OK) {
            log_error("block_damaged", "folder=\"%s\" segment=%" PRIu64 " block=%" PRIu64,
                      j->folder, n < next ? first : next, n);
            err = ERR_CORRUPT;
        }
        if (err != ERR_OK) {
            return err;
        }
        head_set(&before, &block);
    }
    return ERR_OK;
}

static uint64_t
segment_size(const struct journal_options *options)
{
    uint64_t bytes = options->segment_bytes == 0 ? SEGMENT_BYTES_DEFAULT : options->segment_bytes;
    return bytes < SEGMENT_BYTES_MIN ? SEGMENT_BYTES_MIN : bytes;
}

enum err
journal_lmdb_open(const char *folder, const struct journal_options *options,
                  struct journal **journal)
{
    struct journal_lmdb *j = mem_alloc(sizeof(*j));
    j->base.ops = &LMDB_OPS;
    j->folder = mem_text(folder);
    j->lock_fd = -1;
    j->read_only = options->read_only;
    j->segment_bytes = segment_size(options);
    *journal = NULL;

    enum err err = j->read_only ? ERR_OK : writer_lock(j);
    err = err == ERR_OK ? catalog_read(folder, &j->catalog) : err;
    if (err == ERR_OK && j->read_only && j->catalog.count == 0) {
        err = ERR_NOT_FOUND;
    }
    err = err == ERR_OK ? unsealed_check(j) : err;
    err = err == ERR_OK ? head_read(j) : err;
    err = err == ERR_OK && !j->read_only ? unsealed_walk(j) : err;
    reading_end(j);
    if (err != ERR_OK) {
        lmdb_free(&j->base);
        return err;
    }
    *journal = &j->base;
    return ERR_OK;
}
