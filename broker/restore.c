/* The journal out of a backup: whole segments as they are; the one that the wanted block ends in is
 * built anew, block by block, as an open one. */
#include "broker/backup.h"

#include "broker/catalog.h"
#include "broker/journal.h"
#include "broker/limits.h"
#include "broker/segment.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A segment in the backup: blocks first to last. */
struct piece {
    const char *name;
    uint64_t first, last;
    bool sealed;
};

struct pieces {
    struct piece *list;
    uint32_t count;
};

static int
piece_order(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* Sealed ones are named by their first block, the open one by first and last. */
static bool
piece_of(const struct manifest_file *file, struct piece *piece)
{
    char end[8];
    *piece = (struct piece){.name = file->name};
    if (sscanf(file->name, "journal/%16" SCNu64 "-%16" SCNu64 ".%7s", &piece->first, &piece->last,
               end) == 3) {
        return strcmp(end, "mdb") == 0;
    }
    piece->sealed = true;
    return sscanf(file->name, "journal/%16" SCNu64 ".%7s", &piece->first, end) == 2 &&
           strcmp(end, "mdb") == 0;
}

/* In order, without a gap, from the manifest's first block to its head. */
static enum err
pieces_find(const struct manifest *m, struct pieces *p)
{
    p->list = mem_alloc((m->file_count + 1) * sizeof(*p->list));
    p->count = 0;
    for (uint32_t i = 0; i < m->file_count; i++) {
        p->count += piece_of(&m->files[i], &p->list[p->count]);
    }
    qsort(p->list, p->count, sizeof(*p->list), piece_order);
    for (uint32_t i = 0; i < p->count; i++) {
        struct piece *piece = &p->list[i];
        uint64_t end = i + 1 < p->count ? piece[1].first - 1 : m->head;
        if (end < piece->first || (!piece->sealed && piece->last != end)) {
            return ERR_CORRUPT;
        }
        piece->last = end;
    }
    return p->count > 0 && p->list[0].first == m->first ? ERR_OK : ERR_CORRUPT;
}

static enum err
piece_open(const char *backup, const struct piece *piece, struct segment **s)
{
    char *path = manifest_path(backup, piece->name);
    enum err err = segment_open(path, SEGMENT_SEALED, 0, s);
    free(path);
    return err;
}

/* ---- which block ---- */

/* A reader that meets a bad block says which. */
static enum err
unreadable(uint64_t number, enum err err)
{
    log_error("block_damaged", "block=%" PRIu64 " error=%s", number, err_name(err));
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static enum err
time_of(struct segment *s, uint64_t number, int64_t *time_us)
{
    struct slice bytes;
    struct block block;
    enum err err = segment_read(s, number, &bytes);
    err = err == ERR_OK ? block_open(bytes, &block) : err;
    *time_us = err == ERR_OK ? block.time_us : 0;
    return err == ERR_OK ? ERR_OK : unreadable(number, err);
}

/* The last block of the piece that is not later; first - 1 where all are. Times never go back. */
static enum err
piece_search(struct segment *s, const struct piece *piece, int64_t time_us, uint64_t *found)
{
    uint64_t low = piece->first, high = piece->last + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int64_t at;
        enum err err = time_of(s, middle, &at);
        if (err != ERR_OK) {
            return err;
        }
        if (at <= time_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low - 1;
    return ERR_OK;
}

static enum err
block_at_time(const char *backup, const struct pieces *p, int64_t time_us, uint64_t *block)
{
    for (uint32_t i = p->count; i-- > 0;) {
        struct segment *s;
        uint64_t found = 0;
        enum err err = piece_open(backup, &p->list[i], &s);
        if (err == ERR_OK) {
            err = piece_search(s, &p->list[i], time_us, &found);
            segment_close(&s);
        }
        if (err != ERR_OK) {
            return err;
        }
        if (found >= p->list[i].first) {
            *block = found;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- copying ---- */

static enum err
piece_copy(const char *backup, const struct piece *piece, const char *folder)
{
    char *from = manifest_path(backup, piece->name);
    char *to = catalog_path(folder, piece->first, "mdb");
    enum err err = file_copy(from, to);
    free(to);
    free(from);
    if (err != ERR_OK || !piece->sealed) {
        return err;
    }
    char name[MANIFEST_NAME_MAX];
    snprintf(name, sizeof(name), "journal/%016" PRIu64 ".seal", piece->first);
    from = manifest_path(backup, name);
    to = catalog_path(folder, piece->first, "seal");
    err = file_copy(from, to);
    free(to);
    free(from);
    return err;
}

static enum err
blocks_append(struct segment *from, struct segment *to, uint64_t first, uint64_t last)
{
    struct slice bytes;
    struct block block, former = {0};
    uint8_t chain[BLOCK_CHAIN_SIZE];
    enum err err = ERR_OK;
    for (uint64_t n = first; n <= last && err == ERR_OK; n++) {
        err = segment_read(from, n, &bytes);
        err = err == ERR_OK ? block_open(bytes, &block) : err;
        if (err == ERR_OK && n > first) {
            err = block_follows(&block, n - 1, former.time_us, chain);
        }
        if (err != ERR_OK) {
            return unreadable(n, err);
        }
        memcpy(chain, block.chain, sizeof(chain));
        former.time_us = block.time_us;
        err = segment_append(to, n, bytes);
    }
    return err == ERR_OK ? segment_sync(to) : err;
}

/* The segment's blocks as far as `last`, as an open segment. */
static enum err
piece_cut(const char *backup, const struct piece *piece, uint64_t last, const char *folder)
{
    struct segment *from, *to = NULL;
    enum err err = piece_open(backup, piece, &from);
    if (err != ERR_OK) {
        return err;
    }
    char *path = manifest_path(backup, piece->name);
    uint64_t bytes = 0;
    uint8_t hash[FILE_HASH_SIZE];
    err = file_hash(path, hash, &bytes);
    free(path);
    path = catalog_path(folder, piece->first, "mdb");
    /* Twice: what a packed copy saved is needed again. A map is address space, not disk. */
    err = err == ERR_OK ? segment_create(path, 2 * bytes) : err;
    err = err == ERR_OK ? segment_open(path, SEGMENT_BUILD, 2 * bytes, &to) : err;
    err = err == ERR_OK ? blocks_append(from, to, piece->first, last) : err;
    segment_close(&to);
    segment_close(&from);
    free(path);
    return err;
}

static enum err
pieces_restore(const char *backup, const struct pieces *p, uint64_t to, const char *folder)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < p->count && p->list[i].first <= to && err == ERR_OK; i++) {
        const struct piece *piece = &p->list[i];
        err = piece->last <= to ? piece_copy(backup, piece, folder)
                                : piece_cut(backup, piece, to, folder);
    }
    return err;
}

/* What was made opens as a journal, ends where it should, and has the chain that the manifest of that
 * block, if there is one, had when it was the head. */
static enum err
restored_check(const char *backup, uint64_t to, const char *folder, struct journal_head *head)
{
    struct journal_options options = {.read_only = true};
    struct journal *journal;
    struct manifest then;
    char name[MANIFEST_NAME_MAX];
    enum err err = journal_lmdb_open(folder, &options, &journal);
    if (err != ERR_OK) {
        return err;
    }
    journal_head(journal, head);
    journal_free(&journal);
    manifest_name(to, name);
    bool wrong = head->number != to;
    if (manifest_read(backup, name, &then) == ERR_OK) {
        wrong = wrong || memcmp(then.chain, head->chain, BLOCK_CHAIN_SIZE) != 0;
        manifest_fini(&then);
    }
    if (wrong) {
        log_error("restored_differs", "wanted=%" PRIu64 " made=%" PRIu64, to, head->number);
    }
    return wrong ? ERR_CORRUPT : ERR_OK;
}

enum err
journal_restore(const char *backup, const struct manifest *m, struct restore_point to,
                const char *folder, struct journal_head *head)
{
    struct pieces p;
    uint64_t block = to.block;
    enum err err = pieces_find(m, &p);
    if (err == ERR_OK && block == 0) {
        err = block_at_time(backup, &p, to.time_us, &block);
    }
    if (err == ERR_OK && (block < m->first || block > m->head)) {
        err = ERR_NOT_FOUND;
    }
    err = err == ERR_OK ? pieces_restore(backup, &p, block, folder) : err;
    err = err == ERR_OK ? file_sync_folder(folder) : err;
    err = err == ERR_OK ? restored_check(backup, block, folder, head) : err;
    free(p.list);
    return err;
}
