/* Proving a journal: see prove.h. Every function that gives ERR_CORRUPT has named the fault. */
#include "broker/prove.h"

#include "broker/catalog.h"
#include "broker/limits.h"
#include "broker/pages.h"
#include "broker/prove_files.h"
#include "broker/segment.h"
#include "common/file.h"
#include "common/file_copy.h"
#include "common/lang.h"
#include "common/mem.h"
#include "proto/manifest.h"

#include <stdio.h>
#include <stdlib.h>

struct prover {
    const struct prove_options *options;
    struct proof *proof;
    struct prove_files files;
    uint64_t next;                   /* the block that must come */
    bool known;                      /* what it must follow: */
    int64_t time_us;                 /* its predecessor's time, */
    uint8_t chain[BLOCK_CHAIN_SIZE]; /* and chain hash */
    bool met;                        /* the block that was written down was compared */
};

/* ---- names of faults ---- */

const char *
prove_fault_name(enum prove_fault fault)
{
    static const char *const names[] = {
#define FAULT(name, vi, en) #name,
#include "broker/prove_faults.def"
#undef FAULT
    };
    static char text[sizeof(names) / sizeof(names[0])][32];
    char *to = text[fault];
    snprintf(to, sizeof(text[0]), "%s", names[fault]);
    for (char *c = to; *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return to;
}

const char *
prove_fault_sentence(enum prove_fault fault)
{
    static const char *const sentences[][2] = {
#define FAULT(name, vi, en) {vi, en},
#include "broker/prove_faults.def"
#undef FAULT
    };
    return LANG_PICK(sentences[fault][0], sentences[fault][1]);
}

static enum err
wrong(struct prover *v, enum prove_fault fault, const char *file, uint64_t block, uint64_t byte)
{
    v->proof->fault = fault;
    v->proof->block = block;
    v->proof->byte = byte;
    snprintf(v->proof->file, sizeof(v->proof->file), "%s", file);
    return ERR_CORRUPT;
}

/* ---- blocks ---- */

/* What the first block that is kept must follow: nothing, or the hash of the one before it. */
static void
first_expect(struct prover *v, uint64_t first)
{
    const struct prove_options *o = v->options;
    v->proof->first = v->next = first;
    if (first == 1) {
        v->known = true;
    } else if (o->block == first - 1) {
        v->known = v->met = true;
        v->time_us = INT64_MIN; /* a hash tells no time */
        memcpy(v->chain, o->hash, BLOCK_CHAIN_SIZE);
    }
    v->proof->first_rests = v->known;
}

static enum err
block_take(struct prover *v, struct slice bytes, const char *file, uint64_t place)
{
    struct block block;
    uint64_t n = v->next;
    if (block_open(bytes, &block) != ERR_OK || block.number != n) {
        return wrong(v, PROVE_block_damaged, file, n, place);
    }
    if (v->known && block_follows(&block, n - 1, v->time_us, v->chain) != ERR_OK) {
        return wrong(v, PROVE_chain_broken, file, n, place);
    }
    if (n == v->options->block) {
        if (memcmp(block.chain, v->options->hash, BLOCK_CHAIN_SIZE) != 0) {
            return wrong(v, PROVE_hash_differs, file, n, place);
        }
        v->met = true;
    }
    v->known = true;
    v->time_us = block.time_us;
    memcpy(v->chain, block.chain, BLOCK_CHAIN_SIZE);
    v->next++;
    return ERR_OK;
}

/* Every block of the file, and that they end where they should: `last` 0 is wherever they do. */
static enum err
blocks_take(struct prover *v, struct pages *pages, const char *file, uint64_t last)
{
    struct slice bytes;
    uint64_t number;
    enum err err;
    while ((err = pages_next(pages, &number, &bytes)) == ERR_OK) {
        if (number != v->next || (last != 0 && number > last)) {
            return wrong(v, number > v->next ? PROVE_block_missing : PROVE_page_damaged, file,
                         v->next, pages_place(pages));
        }
        err = block_take(v, bytes, file, pages_place(pages));
        if (err != ERR_OK) {
            return err;
        }
        if (v->options->progress != NULL) {
            const struct prove_files *all = &v->files;
            v->options->progress(v->options->context, number, all->list[all->count - 1].first);
        }
    }
    if (err == ERR_CORRUPT) {
        return wrong(v, PROVE_page_damaged, file, v->next, pages_place(pages));
    }
    if (err == ERR_NOT_FOUND && last != 0 && v->next != last + 1) {
        return wrong(v, PROVE_block_missing, file, v->next, 0);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- files ---- */

static enum err
pages_take(struct prover *v, const char *path, const char *file, uint64_t txn, uint64_t last)
{
    struct pages *pages;
    enum err err = pages_open(path, txn, &pages);
    if (err == ERR_CORRUPT) {
        err = wrong(v, PROVE_page_damaged, file, 0, pages_place(pages));
    }
    err = err == ERR_OK ? blocks_take(v, pages, file, last) : err;
    pages_close(&pages);
    return err;
}

/* The open segment of a site, whose broker may be writing it: what a snapshot holds. LMDB looks at the
 * file's first two pages for that, and segment_open has looked at them before. A lock file that is not
 * there would be made: then nobody writes, and none is. */
static enum err
live_take(struct prover *v, const char *path, const char *file)
{
    struct segment *segment = NULL;
    uint64_t txn = 0, began = v->next;
    char *lock = NULL;
    if (asprintf(&lock, "%s-lock", path) < 0) {
        return ERR_IO;
    }
    bool shared = file_exists(lock);
    free(lock);
    enum err err = shared ? segment_open(path, SEGMENT_FOLLOW, 0, &segment) : ERR_OK;
    if (err == ERR_CORRUPT) {
        err = ERR_OK; /* so that its place is named below */
    }
    enum err read = err;
    for (int i = 0; err == ERR_OK && i < SEGMENT_TRIES_MAX; i++) {
        err = segment != NULL ? segment_hold(segment, &txn) : ERR_OK;
        read = err == ERR_OK ? pages_take(v, path, file, txn, 0) : err;
        /* The first two pages may have been in the middle of being written. */
        if (segment == NULL || v->next != began || (read != ERR_AGAIN && read != ERR_CORRUPT)) {
            break;
        }
    }
    segment_close(&segment);
    return read;
}

static enum err
seal_take(struct prover *v, const struct prove_file *file, struct seal *seal, bool *sealed)
{
    const struct prove_files *all = &v->files;
    char name[PROVE_FILE_MAX];
    char *path = catalog_path(v->options->folder, file->first, "seal");
    enum err err = file->last == 0 ? seal_read(path, seal) : ERR_NOT_FOUND;
    free(path);
    snprintf(name, sizeof(name), "%.16s.seal", file->name);
    *sealed = err == ERR_OK;
    if (err == ERR_CORRUPT) {
        return wrong(v, PROVE_seal_damaged, name, 0, 0);
    }
    /* The newest is not full, and the one before it may still be being hashed. */
    if (err == ERR_NOT_FOUND) {
        return file + 2 < all->list + all->count ? wrong(v, PROVE_seal_missing, file->name, 0, 0)
                                                 : ERR_OK;
    }
    return err == ERR_OK && seal->first != file->first
               ? wrong(v, PROVE_seal_wrong, name, file->first, 0)
               : err;
}

/* The blocks first, so that what is wrong with the file is named by its block where it is in one. */
static enum err
sealed_take(struct prover *v, const char *path, const char *file, const struct seal *seal)
{
    uint8_t hash[FILE_HASH_SIZE];
    uint64_t bytes = 0;
    enum err err = pages_take(v, path, file, 0, seal->last);
    if (err != ERR_OK) {
        return err;
    }
    err = file_hash(path, hash, &bytes);
    if (err == ERR_OK && (bytes != seal->bytes || memcmp(hash, seal->hash, FILE_HASH_SIZE) != 0)) {
        return wrong(v, PROVE_file_differs, file, 0, 0);
    }
    v->proof->sealed++;
    return err;
}

/* One without a seal: a backup's copy ends where its name says, a full one where the next begins, and the
 * newest wherever it does. */
static enum err
unsealed_take(struct prover *v, const char *path, const struct prove_file *file)
{
    bool newest = file + 1 == v->files.list + v->files.count;
    if (newest && v->options->site && file->last == 0) {
        return live_take(v, path, file->name);
    }
    return pages_take(v, path, file->name, 0,
                      file->last != 0 ? file->last
                      : newest        ? 0
                                      : file[1].first - 1);
}

static enum err
file_take(struct prover *v, const struct prove_file *file)
{
    struct seal seal;
    bool sealed = false;
    if (file->first != v->next) {
        return wrong(v, PROVE_segment_missing, file->name, v->next, 0);
    }
    enum err err = seal_take(v, file, &seal, &sealed);
    if (err != ERR_OK) {
        return err;
    }
    char *path = manifest_path(v->options->folder, file->name);
    err = sealed ? sealed_take(v, path, file->name, &seal) : unsealed_take(v, path, file);
    free(path);
    if (err == ERR_IO) {
        snprintf(v->proof->file, sizeof(v->proof->file), "%s", file->name);
    }
    v->proof->segments++;
    return err;
}

/* ---- the whole ---- */

/* A seal behind the last segment is that of one which is gone. One before the first is what a prune that
 * was interrupted leaves. */
static enum err
end_check(struct prover *v)
{
    const struct prove_options *o = v->options;
    struct proof *proof = v->proof;
    char name[PROVE_FILE_MAX];
    if (v->files.last_seal >= v->next) {
        snprintf(name, sizeof(name), "%016llu.mdb", (unsigned long long)v->files.last_seal);
        return wrong(v, PROVE_segment_missing, name, v->files.last_seal, 0);
    }
    proof->head = v->next - 1;
    proof->head_time_us = v->time_us;
    memcpy(proof->chain, v->chain, BLOCK_CHAIN_SIZE);
    if (o->block > proof->head) {
        return wrong(v, PROVE_journal_short, v->files.list[v->files.count - 1].name, o->block, 0);
    }
    return proof->head < proof->first ? ERR_NOT_FOUND : ERR_OK;
}

/* The last file, or the one before where the last holds no block yet. */
static uint32_t
newest_find(struct prover *v)
{
    const struct prove_file *last = &v->files.list[v->files.count - 1];
    struct pages *pages;
    struct slice bytes;
    uint64_t number;
    char *path = manifest_path(v->options->folder, last->name);
    enum err err = pages_open(path, 0, &pages);
    err = err == ERR_OK ? pages_next(pages, &number, &bytes) : err;
    pages_close(&pages);
    free(path);
    uint32_t back = err == ERR_NOT_FOUND && v->files.count > 1 ? 2 : 1;
    uint32_t from = v->files.count - back;
    v->next = v->files.list[from].first;
    v->known = v->known && from == 0;
    return from;
}

static enum err
all_take(struct prover *v)
{
    const struct prove_options *o = v->options;
    enum err err = ERR_OK;
    if (v->files.count == 0) {
        return ERR_NOT_FOUND;
    }
    first_expect(v, v->files.list[0].first);
    if (o->block != 0 && o->block + 1 < v->proof->first) {
        return ERR_RANGE;
    }
    for (uint32_t i = o->newest ? newest_find(v) : 0; i < v->files.count && err == ERR_OK; i++) {
        err = file_take(v, &v->files.list[i]);
    }
    /* It was there when the names were read. */
    if (err == ERR_NOT_FOUND) {
        return ERR_AGAIN;
    }
    return err == ERR_OK ? end_check(v) : err;
}

enum err
prove_journal(const struct prove_options *options, struct proof *proof)
{
    struct prover v = {.options = options, .proof = proof};
    *proof = (struct proof){0};
    enum err err = prove_files_read(options->folder, &v.files);
    err = err == ERR_OK ? all_take(&v) : err;
    prove_files_fini(&v.files);
    return err == ERR_LIMIT ? ERR_IO : err;
}
