/* The journal into a backup. Every step leaves BACKUP with its former manifest valid: files are new ones
 * under new names, settled whole; only `pending` tells of them.
 *
 * A segment's seal is copied before the segment: a segment in BACKUP without its seal would look like an
 * open one, and hide a gap. */
#include "broker/backup.h"

#include "broker/catalog.h"
#include "broker/journal.h"
#include "broker/segment.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct backup {
    const char *folder; /* DATA/journal */
    const char *backup;
    char *ours; /* BACKUP/journal */
    const struct manifest *former;
    struct manifest *m;
};

static void
journal_file_name(uint64_t first, const char *suffix, char name[MANIFEST_NAME_MAX])
{
    snprintf(name, MANIFEST_NAME_MAX, "journal/%016" PRIu64 ".%s", first, suffix);
}

/* ---- the same history? ---- */

/* The former head is a block of this journal, or the one before its first. */
static enum err
history_compare(struct journal *journal, const struct manifest *former)
{
    struct journal_head head;
    struct slice bytes;
    struct block block;
    journal_head(journal, &head);
    uint64_t at = former->head < head.first ? head.first : former->head;
    if (former->head > head.number || head.first > former->head + 1) {
        return ERR_CONFLICT;
    }
    enum err err = journal_read(journal, at, &bytes);
    err = err == ERR_OK ? block_open(bytes, &block) : err;
    if (err != ERR_OK) {
        return err;
    }
    bool same = at == former->head ? memcmp(block.chain, former->chain, BLOCK_CHAIN_SIZE) == 0
                                   : block_follows(&block, former->head, former->head_time_us,
                                                   former->chain) == ERR_OK;
    return same ? ERR_OK : ERR_CONFLICT;
}

static enum err
history_check(const struct backup *b)
{
    struct journal_options options = {.read_only = true};
    struct journal *journal;
    if (b->former->head == 0) {
        return ERR_OK;
    }
    enum err err = journal_lmdb_open(b->folder, &options, &journal);
    if (err != ERR_OK) {
        return err;
    }
    err = history_compare(journal, b->former);
    journal_free(&journal);
    if (err == ERR_CONFLICT) {
        log_error("backup_of_another_history", "backup=\"%s\" head=%" PRIu64, b->backup,
                  b->former->head);
    }
    return err;
}

/* ---- sealed segments ---- */

static enum err
copy_one(const struct backup *b, uint64_t first, const char *suffix)
{
    char *from = catalog_path(b->folder, first, suffix);
    char *to = catalog_path(b->ours, first, suffix);
    enum err err = file_copy(from, to);
    free(from);
    free(to);
    return err;
}

static enum err
segment_check(const struct backup *b, const struct catalog_entry *entry)
{
    char *path = catalog_path(b->ours, entry->first, "mdb");
    enum err err = seal_check(path, &entry->seal);
    free(path);
    return err;
}

static enum err
sealed_copy(const struct backup *b, const struct catalog_entry *theirs)
{
    enum err err = copy_one(b, theirs->first, "seal");
    err = err == ERR_OK ? copy_one(b, theirs->first, "mdb") : err;
    if (err == ERR_NOT_FOUND) {
        return ERR_AGAIN; /* it was pruned meanwhile */
    }
    /* Compared as it arrived: a copy of a damaged segment is not a backup. */
    return err == ERR_OK ? segment_check(b, theirs) : err;
}

/* What was there stays, if it is still what its seal says; else it is copied again. */
static enum err
sealed_take(const struct backup *b, struct catalog *ours, const struct catalog_entry *theirs)
{
    struct catalog_entry *entry = catalog_find(ours, theirs->first);
    if (entry == NULL || entry->first != theirs->first) {
        return sealed_copy(b, theirs);
    }
    if (memcmp(entry->seal.hash, theirs->seal.hash, SEAL_HASH_SIZE) != 0) {
        log_error("backup_of_another_history", "backup=\"%s\" segment=%" PRIu64, b->backup,
                  entry->first);
        return ERR_CONFLICT;
    }
    return segment_check(b, entry) == ERR_OK ? ERR_OK : sealed_copy(b, theirs);
}

static enum err
sealed_add(const struct backup *b, const struct catalog_entry *entry)
{
    char name[MANIFEST_NAME_MAX];
    uint8_t hash[FILE_HASH_SIZE];
    char *seal = catalog_path(b->ours, entry->first, "seal");
    enum err err = file_hash(seal, hash, NULL);
    free(seal);
    journal_file_name(entry->first, "mdb", name);
    manifest_add(b->m, name, entry->seal.hash);
    journal_file_name(entry->first, "seal", name);
    manifest_add(b->m, name, hash);
    return err;
}

/* All that BACKUP holds now: also what was pruned from the journal since. */
static enum err
sealed_list(const struct backup *b, uint64_t checked_from)
{
    struct catalog ours;
    enum err err = catalog_read(b->ours, &ours);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < ours.count && err == ERR_OK; i++) {
        struct catalog_entry *entry = &ours.entries[i];
        err = !entry->sealed                 ? ERR_CORRUPT
              : entry->first >= checked_from ? ERR_OK
                                             : segment_check(b, entry);
        err = err == ERR_OK ? sealed_add(b, entry) : err;
        b->m->first = i == 0 ? entry->first : b->m->first;
    }
    catalog_fini(&ours);
    return err;
}

static enum err
sealed_all(const struct backup *b, const struct catalog *theirs)
{
    struct catalog ours;
    enum err err = catalog_read(b->ours, &ours);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < theirs->count && err == ERR_OK; i++) {
        if (theirs->entries[i].sealed) {
            err = sealed_take(b, &ours, &theirs->entries[i]);
        }
    }
    catalog_fini(&ours);
    return err == ERR_OK ? sealed_list(b, theirs->entries[0].first) : err;
}

/* ---- the head ---- */

/* Reads blocks `from` to `last` and proves that each follows its predecessor, also that of the segment
 * before where it was read last. The last is the head. */
static enum err
blocks_check(struct segment *s, uint64_t from, uint64_t last, struct manifest *m)
{
    struct slice bytes;
    struct block block;
    for (uint64_t n = from; n <= last; n++) {
        enum err err = segment_read(s, n, &bytes);
        err = err == ERR_OK ? block_open(bytes, &block) : err;
        if (err == ERR_OK && n == m->head + 1) {
            err = block_follows(&block, m->head, m->head_time_us, m->chain);
        }
        if (err != ERR_OK) {
            log_error("block_damaged", "block=%" PRIu64 " error=%s", n, err_name(err));
            return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
        }
        m->head = block.number;
        m->head_time_us = block.time_us;
        memcpy(m->chain, block.chain, BLOCK_CHAIN_SIZE);
    }
    segment_release(s);
    return ERR_OK;
}

/* The last block of a segment that is sealed. */
static enum err
sealed_head(const struct backup *b, const struct catalog_entry *entry)
{
    struct segment *s;
    char *path = catalog_path(b->ours, entry->first, "mdb");
    enum err err = segment_open(path, SEGMENT_SEALED, 0, &s);
    free(path);
    if (err == ERR_OK) {
        err = blocks_check(s, entry->seal.last, entry->seal.last, b->m);
        segment_close(&s);
    }
    return err;
}

/* The snapshot at `made` becomes a file of the backup; ERR_NOT_FOUND where it holds no block. */
static enum err
open_settle(const struct backup *b, uint64_t first, const char *made)
{
    struct segment *s;
    uint64_t last = 0;
    enum err err = segment_open(made, SEGMENT_SEALED, 0, &s);
    if (err != ERR_OK) {
        return err;
    }
    err = segment_last(s, &last);
    err = err == ERR_OK ? blocks_check(s, first, last, b->m) : err;
    segment_close(&s);
    char name[MANIFEST_NAME_MAX];
    uint8_t hash[FILE_HASH_SIZE];
    snprintf(name, sizeof(name), "journal/%016" PRIu64 "-%016" PRIu64 ".mdb", first, last);
    if (err != ERR_OK || manifest_keep(b->backup, b->former, name, b->m) == ERR_OK) {
        return err;
    }
    char *path = manifest_path(b->backup, name);
    err = file_settle(made, path);
    err = err == ERR_OK ? file_hash(path, hash, NULL) : err;
    free(path);
    if (err == ERR_OK) {
        manifest_add(b->m, name, hash);
    }
    return err;
}

static enum err
open_copy(const struct backup *b, const struct catalog_entry *live, enum segment_mode mode)
{
    struct segment *s;
    char *path = catalog_path(b->folder, live->first, "mdb");
    char *made = catalog_path(b->ours, live->first, "new");
    enum err err = segment_open(path, mode, 0, &s);
    if (err == ERR_OK) {
        err = segment_copy(s, made);
        segment_close(&s);
    }
    err = err == ERR_OK ? open_settle(b, live->first, made) : err;
    unlink(made);
    free(made);
    free(path);
    if (err == ERR_OK && b->m->first == 0) {
        b->m->first = live->first;
    }
    return err;
}

/* The segment that is full and has no seal yet: nobody writes it, and it ends where the next begins. */
static enum err
full_copy(const struct backup *b, const struct catalog_entry *unsealed)
{
    enum err err = open_copy(b, unsealed, SEGMENT_FULL);
    if (err == ERR_OK && b->m->head + 1 != unsealed[1].first) {
        log_error("journal_seal_missing", "folder=\"%s\" segment=%" PRIu64 " last=%" PRIu64,
                  b->folder, unsealed->first, b->m->head);
        return ERR_CORRUPT;
    }
    return err == ERR_NOT_FOUND ? ERR_AGAIN : err;
}

/* The open segment, and before it the one that has no seal yet: their copies are alike. Where there is
 * none, or it is still empty, the one before has the head. */
static enum err
head_take(const struct backup *b, const struct catalog *theirs)
{
    const struct catalog_entry *newest = &theirs->entries[theirs->count - 1];
    const struct catalog_entry *unsealed = catalog_unsealed(theirs);
    enum err err = unsealed != NULL ? full_copy(b, unsealed) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    err = newest->sealed ? ERR_NOT_FOUND : open_copy(b, newest, SEGMENT_FOLLOW);
    if (err != ERR_NOT_FOUND || unsealed != NULL) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    if (!newest->sealed && theirs->count == 1) {
        return ERR_NOT_FOUND; /* nothing was ever journalled */
    }
    return sealed_head(b, newest->sealed ? newest : newest - 1);
}

static enum err
folder_ready(const char *path)
{
    enum err err = file_make_folder(path);
    return err == ERR_EXISTS ? ERR_OK : err;
}

enum err
journal_backup(const char *folder, const char *backup, const struct manifest *former,
               struct manifest *m)
{
    struct backup b = {folder, backup, manifest_path(backup, "journal"), former, m};
    struct catalog theirs = {0};
    enum err err = folder_ready(b.ours);
    err = err == ERR_OK ? history_check(&b) : err;
    /* Only now: it must reach as far as what was compared. */
    err = err == ERR_OK ? catalog_read(folder, &theirs) : err;
    if (err == ERR_OK && theirs.count == 0) {
        err = ERR_NOT_FOUND;
    }
    err = err == ERR_OK ? sealed_all(&b, &theirs) : err;
    err = err == ERR_OK ? head_take(&b, &theirs) : err;
    catalog_fini(&theirs);
    free(b.ours);
    return err;
}
