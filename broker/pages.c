/* Reading a segment's file without LMDB: see pages.h for the format and for what is sound.
 *
 * Invariants: a page is in memory of its own before it is looked at; no number from the file is an
 * offset or a length before it was compared with the page or the file; `used` has a bit for each page
 * of the file, set by the first that points to it, so that no walk goes round. */
#include "broker/pages.h"

#include "common/buf.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/reader.h"
#include "proto/block.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum place {
    PAGE_FLAGS = 10,
    PAGE_LOWER = 12,
    PAGE_UPPER = 14,
    PAGE_COUNT = 12,
    PAGE_NODES = 16,
    NODE_FLAGS = 4,
    NODE_KEY_LEN = 6,
    NODE_KEY = 8,
    META_MAGIC = 16,
    META_VERSION = 20,
    META_FREE = 40,
    META_BLOCKS = 88,
    META_LAST_PAGE = 136,
    META_TXN = 144,
    META_END = 152,
    TREE_FLAGS = 4,
    TREE_DEPTH = 6,
    TREE_ENTRIES = 32,
    TREE_ROOT = 40,
};

enum page_kind { PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_OVERFLOW = 4, PAGE_META = 8 };

#define MAGIC 0xBEEFC0DEu
#define VERSION 1
#define NO_PAGE UINT64_MAX
#define NODE_BIG 1         /* the value is on pages of its own */
#define FREE_FLAGS 8       /* of the tree of free pages: keys are integers */
#define FREE_PLAIN 0x4000u /* there too: the environment is one file, not a folder */
#define DEPTH_MAX 32       /* LMDB's own */
#define PAGE_MIN 256       /* smaller ones cannot hold a meta */
#define PAGE_MAX 65536     /* what 16 bits can point into */
#define KEY_SIZE 8

struct tree {
    uint64_t root, entries;
    uint16_t depth;
};

struct level {
    struct buf page;
    uint64_t number;
    uint32_t at, count; /* the node that is next; of all */
};

struct pages {
    int fd;
    uint64_t bytes;      /* of the file */
    uint32_t page_bytes; /* 0: not known yet */
    uint64_t last;       /* page of the snapshot */
    uint64_t txn;        /* that wrote it */
    uint8_t *used;
    struct tree blocks, free;
    struct level levels[DEPTH_MAX];
    uint16_t height; /* levels in use */
    uint16_t depth;  /* of the tree that is walked */
    struct buf value;
    uint64_t entries, expected; /* blocks seen; number of the next, 0: any */
    uint64_t bound; /* what the branch passed last says that the next key is; 0: nothing */
    bool begun;
    uint64_t place;
    const char *fault;
};

static enum err
bad(struct pages *p, uint64_t place, const char *fault)
{
    p->place = place;
    p->fault = fault;
    return ERR_CORRUPT;
}

/* ---- bytes of the file ---- */

static enum err
bytes_read(struct pages *p, uint64_t place, void *to, size_t len)
{
    uint8_t *at = to;
    p->place = place;
    while (len > 0) {
        ssize_t n = pread(p->fd, at, len, (off_t)place);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0 ? bad(p, place, "cut") : ERR_IO;
        }
        at += n;
        place += (uint64_t)n;
        len -= (size_t)n;
    }
    return ERR_OK;
}

/* Marks pages as used; false where they are not all in the snapshot, or one of them was before. */
static bool
pages_use(struct pages *p, uint64_t number, uint64_t count)
{
    if (number < 2 || number > p->last || count == 0 || count > p->last - number + 1) {
        return false;
    }
    for (uint64_t n = number; n < number + count; n++) {
        uint8_t bit = (uint8_t)(1u << (n & 7));
        if ((p->used[n >> 3] & bit) != 0) {
            return false;
        }
        p->used[n >> 3] |= bit;
    }
    return true;
}

/* Reads `count` pages and compares the first one's number and kind. */
static enum err
page_read(struct pages *p, uint64_t number, uint64_t count, uint16_t kind, struct buf *to)
{
    if (number < 2 || number > p->last || count > p->last - number + 1) {
        return bad(p, p->place, "page-outside");
    }
    uint64_t place = number * p->page_bytes;
    size_t len = (size_t)(count * p->page_bytes);
    buf_clear(to);
    enum err err = bytes_read(p, place, buf_reserve(to, len), len);
    if (err != ERR_OK) {
        return err;
    }
    if (le64_get(to->data) != number || le16_get(to->data + PAGE_FLAGS) != kind) {
        return bad(p, place, "page-of-another-kind");
    }
    return ERR_OK;
}

/* ---- metas ---- */

static bool
meta_is_sound(const uint8_t *meta, uint64_t number)
{
    uint32_t page = le32_get(meta + META_FREE);
    return le64_get(meta) == number && le16_get(meta + PAGE_FLAGS) == PAGE_META &&
           le32_get(meta + META_MAGIC) == MAGIC && le32_get(meta + META_VERSION) == VERSION &&
           page >= PAGE_MIN && page <= PAGE_MAX && (page & (page - 1)) == 0 &&
           (le16_get(meta + META_FREE + TREE_FLAGS) & ~FREE_PLAIN) == FREE_FLAGS &&
           le16_get(meta + META_BLOCKS + TREE_FLAGS) == 0 && le32_get(meta + META_BLOCKS) == 0;
}

/* LMDB writes them in turn, one a transaction: a bit that makes the former one look newer would take
 * back the last block. */
static bool
metas_follow(uint64_t even, uint64_t odd)
{
    if (even == 0) {
        return odd <= 1;
    }
    return even % 2 == 0 && odd % 2 == 1 && (even + 1 == odd || odd + 1 == even);
}

static struct tree
tree_of(const uint8_t *meta, enum place place)
{
    return (struct tree){.root = le64_get(meta + place + TREE_ROOT),
                         .entries = le64_get(meta + place + TREE_ENTRIES),
                         .depth = le16_get(meta + place + TREE_DEPTH)};
}

static enum err
meta_choose(struct pages *p, uint8_t metas[2][META_END], uint64_t txn)
{
    uint64_t even = le64_get(metas[0] + META_TXN), odd = le64_get(metas[1] + META_TXN);
    if (!metas_follow(even, odd)) {
        return bad(p, (even < odd ? p->page_bytes : 0) + META_TXN, "meta-transaction");
    }
    uint64_t newest = even > odd ? even : odd;
    if (txn != 0 && txn != even && txn != odd) {
        return ERR_AGAIN;
    }
    txn = txn == 0 ? newest : txn;
    p->txn = txn;
    const uint8_t *meta = metas[txn % 2];
    uint64_t place = txn % 2 * p->page_bytes;
    p->last = le64_get(meta + META_LAST_PAGE);
    p->blocks = tree_of(meta, META_BLOCKS);
    p->free = tree_of(meta, META_FREE);
    if (p->last < 1 || p->last >= p->bytes / p->page_bytes) {
        return bad(p, place + META_LAST_PAGE, "cut");
    }
    p->used = mem_alloc((size_t)(p->last / 8 + 1));
    return ERR_OK;
}

static enum err
metas_read(struct pages *p, uint64_t txn)
{
    uint8_t metas[2][META_END];
    enum err err = bytes_read(p, 0, metas[0], META_END);
    if (err == ERR_OK && !meta_is_sound(metas[0], 0)) {
        err = bad(p, 0, "meta");
    }
    if (err != ERR_OK) {
        return err;
    }
    p->page_bytes = le32_get(metas[0] + META_FREE);
    err = bytes_read(p, p->page_bytes, metas[1], META_END);
    if (err == ERR_OK &&
        (!meta_is_sound(metas[1], 1) || le32_get(metas[1] + META_FREE) != p->page_bytes)) {
        err = bad(p, p->page_bytes, "meta");
    }
    return err == ERR_OK ? meta_choose(p, metas, txn) : err;
}

enum err
pages_open(const char *path, uint64_t txn, struct pages **pages)
{
    struct stat file;
    struct pages *p = mem_alloc(sizeof(*p));
    *pages = p;
    p->fault = "";
    p->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (p->fd < 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    if (fstat(p->fd, &file) != 0) {
        return ERR_IO;
    }
    p->bytes = S_ISREG(file.st_mode) ? (uint64_t)file.st_size : 0;
    return metas_read(p, txn);
}

void
pages_close(struct pages **pages)
{
    struct pages *p = *pages;
    *pages = NULL;
    if (p == NULL) {
        return;
    }
    for (int i = 0; i < DEPTH_MAX; i++) {
        buf_fini(&p->levels[i].page);
    }
    buf_fini(&p->value);
    free(p->used);
    if (p->fd >= 0) {
        close(p->fd);
    }
    free(p);
}

/* ---- walking a tree ---- */

static enum err
level_push(struct pages *p, uint64_t number)
{
    bool leaf = p->height + 1 == p->depth;
    struct level *l = &p->levels[p->height];
    enum err err = page_read(p, number, 1, leaf ? PAGE_LEAF : PAGE_BRANCH, &l->page);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t lower = le16_get(l->page.data + PAGE_LOWER);
    uint32_t upper = le16_get(l->page.data + PAGE_UPPER);
    if (!pages_use(p, number, 1)) {
        return bad(p, p->place, "page-used-twice");
    }
    if (lower < PAGE_NODES + 2 || lower > upper || upper > p->page_bytes || lower % 2 != 0) {
        return bad(p, p->place, "page-bounds");
    }
    l->number = number;
    l->at = 0;
    l->count = (lower - PAGE_NODES) / 2;
    p->height++;
    return ERR_OK;
}

static enum err
tree_begin(struct pages *p, const struct tree *tree)
{
    p->height = 0;
    p->depth = tree->depth;
    p->bound = 0;
    if (tree->root == NO_PAGE && tree->depth == 0 && tree->entries == 0) {
        return ERR_OK;
    }
    if (tree->depth == 0 || tree->depth > DEPTH_MAX) {
        return bad(p, p->place, "tree-depth");
    }
    return level_push(p, tree->root);
}

/* The next node of the level, wholly in its page; NULL: it is not. */
static const uint8_t *
node_next(struct pages *p, struct level *l)
{
    const uint8_t *page = l->page.data;
    uint32_t at = le16_get(page + PAGE_NODES + 2 * (size_t)l->at);
    l->at++;
    p->place = l->number * p->page_bytes + at;
    if (at < le16_get(page + PAGE_UPPER) || at % 2 != 0 || at + NODE_KEY > p->page_bytes ||
        le16_get(page + at + NODE_KEY_LEN) > p->page_bytes - at - NODE_KEY) {
        return NULL;
    }
    return page + at;
}

static uint64_t
key_number(const uint8_t *key)
{
    uint64_t number = 0;
    for (int i = 0; i < KEY_SIZE; i++) {
        number = number << 8 | key[i];
    }
    return number;
}

static enum err
branch_pass(struct pages *p, const struct level *l, const uint8_t *node)
{
    uint64_t child = le16_get(node) | (uint64_t)le16_get(node + 2) << 16 |
                     (uint64_t)le16_get(node + NODE_FLAGS) << 32;
    /* The first key of a branch means nothing, and is often empty. */
    if (l->at > 1 && le16_get(node + NODE_KEY_LEN) != KEY_SIZE) {
        return bad(p, p->place, "branch-key");
    }
    if (l->at > 1) {
        p->bound = key_number(node + NODE_KEY);
    }
    return level_push(p, child);
}

static enum err
value_big(struct pages *p, uint64_t number, size_t len, struct slice *value)
{
    uint64_t count = (PAGE_NODES + (uint64_t)len + p->page_bytes - 1) / p->page_bytes;
    enum err err = page_read(p, number, count, PAGE_OVERFLOW, &p->value);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t pages = le32_get(p->value.data + PAGE_COUNT);
    if (pages < count || !pages_use(p, number, pages)) {
        return bad(p, p->place, "overflow-pages");
    }
    p->place += PAGE_NODES;
    *value = slice_of(p->value.data + PAGE_NODES, len);
    return ERR_OK;
}

static enum err
leaf_value(struct pages *p, const struct level *l, const uint8_t *node, struct slice *value)
{
    uint32_t len = le16_get(node) | (uint32_t)le16_get(node + 2) << 16;
    uint16_t flags = le16_get(node + NODE_FLAGS);
    const uint8_t *at = node + NODE_KEY + le16_get(node + NODE_KEY_LEN);
    size_t room = (size_t)(l->page.data + p->page_bytes - at);
    if ((flags & ~NODE_BIG) != 0 || room < (flags == NODE_BIG ? sizeof(uint64_t) : len) ||
        len > BLOCK_BYTES_MAX) {
        return bad(p, p->place, "node");
    }
    if (flags == NODE_BIG) {
        return value_big(p, le64_get(at), len, value);
    }
    p->place += NODE_KEY + KEY_SIZE;
    *value = slice_of(at, len);
    return ERR_OK;
}

/* The next key and value of the tree, both keys of KEY_SIZE bytes. ERR_NOT_FOUND: no more. */
static enum err
tree_next(struct pages *p, const uint8_t **key, struct slice *value)
{
    while (p->height > 0) {
        struct level *l = &p->levels[p->height - 1];
        if (l->at == l->count) {
            p->height--;
            continue;
        }
        const uint8_t *node = node_next(p, l);
        if (node == NULL) {
            return bad(p, p->place, "node");
        }
        if (p->height == p->depth) {
            *key = node + NODE_KEY;
            return le16_get(node + NODE_KEY_LEN) == KEY_SIZE ? leaf_value(p, l, node, value)
                                                             : bad(p, p->place, "node");
        }
        enum err err = branch_pass(p, l, node);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_NOT_FOUND;
}

enum err
pages_next(struct pages *p, uint64_t *number, struct slice *bytes)
{
    const uint8_t *key;
    enum err err = p->begun ? ERR_OK : tree_begin(p, &p->blocks);
    p->begun = true;
    err = err == ERR_OK ? tree_next(p, &key, bytes) : err;
    if (err == ERR_NOT_FOUND && p->entries != p->blocks.entries) {
        return bad(p, p->place, "tree-entries");
    }
    if (err != ERR_OK) {
        return err;
    }
    *number = key_number(key);
    if ((p->expected != 0 && *number != p->expected) || (p->bound != 0 && *number != p->bound)) {
        return bad(p, p->place, "block-number");
    }
    p->bound = 0;
    p->entries++;
    p->expected = *number + 1;
    return ERR_OK;
}

/* ---- free pages ---- */

/* A value of the tree of free pages: how many, and their numbers. */
static bool
list_is_free(struct pages *p, struct slice list)
{
    if (list.len < sizeof(uint64_t) || list.len % sizeof(uint64_t) != 0) {
        return false;
    }
    uint64_t count = le64_get(list.data); /* may be less than there is room for */
    if (count > list.len / sizeof(uint64_t) - 1) {
        return false;
    }
    for (uint64_t i = 1; i <= count; i++) {
        if (!pages_use(p, le64_get(list.data + i * sizeof(uint64_t)), 1)) {
            return false;
        }
    }
    return true;
}

/* Each list stands under the transaction that freed its pages: LMDB gives up over one of the future. */
enum err
pages_free_check(struct pages *p)
{
    const uint8_t *key;
    struct slice list;
    uint64_t entries = 0, before = 0;
    enum err err = tree_begin(p, &p->free);
    while (err == ERR_OK && (err = tree_next(p, &key, &list)) == ERR_OK) {
        uint64_t txn = le64_get(key);
        bool sound = txn > before && txn <= p->txn && list_is_free(p, list);
        err = sound ? ERR_OK : bad(p, p->place, "free-pages");
        before = txn;
        entries++;
    }
    if (err == ERR_NOT_FOUND) {
        err = entries == p->free.entries ? ERR_OK : bad(p, p->place, "tree-entries");
    }
    return err;
}

/* ---- all of it ---- */

uint64_t
pages_place(const struct pages *p)
{
    return p->place;
}

const char *
pages_fault(const struct pages *p)
{
    return p->fault;
}

enum err
pages_check(const char *path, uint64_t txn)
{
    struct pages *p;
    struct slice bytes;
    uint64_t number;
    enum err err = pages_open(path, txn, &p);
    while (err == ERR_OK && (err = pages_next(p, &number, &bytes)) == ERR_OK) {
    }
    err = err == ERR_NOT_FOUND && p->begun ? pages_free_check(p) : err;
    if (err == ERR_CORRUPT) {
        log_error("segment_damaged", "path=\"%s\" byte=%" PRIu64 " what=%s", path, p->place,
                  p->fault);
    }
    pages_close(&p);
    return err;
}
