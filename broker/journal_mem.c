/* The journal in memory, for the simulator and tests. A crash of the broker is: free the broker,
 * keep the journal. What append took is there; what it did not take never was; a failed append is
 * the one case between, and a test chooses which. */
#include "broker/journal.h"

#include "common/check.h"
#include "common/mem.h"

#include <stdlib.h>

struct journal_mem {
    struct journal base;
    struct buf *blocks; /* block n is blocks[n - 1]; empty where pruned */
    size_t cap;
    struct journal_head head;
    enum { FAIL_NOT, FAIL_LOST, FAIL_KEPT } fail;
};

static void
block_keep(struct journal_mem *j, const struct block *block)
{
    if (block->number > j->cap) {
        size_t cap = j->cap == 0 ? 64 : j->cap * 2;
        j->blocks = mem_resize(j->blocks, cap * sizeof(*j->blocks));
        memset(j->blocks + j->cap, 0, (cap - j->cap) * sizeof(*j->blocks));
        j->cap = cap;
    }
    buf_slice(&j->blocks[block->number - 1], block->bytes);
    j->head.number = block->number;
    j->head.time_us = block->time_us;
    memcpy(j->head.chain, block->chain, BLOCK_CHAIN_SIZE);
}

static enum err
mem_append(struct journal *base, struct slice bytes)
{
    struct journal_mem *j = (struct journal_mem *)base;
    struct block block;
    CHECK(block_open(bytes, &block) == ERR_OK);
    CHECK(block_follows(&block, j->head.number, j->head.time_us, j->head.chain) == ERR_OK);
    if (j->fail != FAIL_LOST) {
        block_keep(j, &block);
    }
    enum err err = j->fail == FAIL_NOT ? ERR_OK : ERR_IO;
    j->fail = FAIL_NOT;
    return err;
}

static enum err
mem_read(struct journal *base, uint64_t number, struct slice *block)
{
    struct journal_mem *j = (struct journal_mem *)base;
    if (number < j->head.first || number > j->head.number) {
        return ERR_NOT_FOUND;
    }
    *block = buf_slice_of(&j->blocks[number - 1]);
    return ERR_OK;
}

static void
mem_head(const struct journal *base, struct journal_head *head)
{
    *head = ((const struct journal_mem *)base)->head;
}

/* Here every block is a segment of its own; the newest stays, as on disk. */
static enum err
mem_prune(struct journal *base, uint64_t before)
{
    struct journal_mem *j = (struct journal_mem *)base;
    while (j->head.first < before && j->head.first < j->head.number) {
        buf_fini(&j->blocks[j->head.first - 1]);
        j->head.first++;
    }
    return ERR_OK;
}

static void
mem_free(struct journal *base)
{
    struct journal_mem *j = (struct journal_mem *)base;
    for (uint64_t n = j->head.first; n <= j->head.number; n++) {
        buf_fini(&j->blocks[n - 1]);
    }
    free(j->blocks);
    free(j);
}

static const struct journal_ops MEM_OPS = {
    .append = mem_append,
    .read = mem_read,
    .head = mem_head,
    .prune = mem_prune,
    .free = mem_free,
};

struct journal *
journal_mem_new(void)
{
    struct journal_mem *j = mem_alloc(sizeof(*j));
    j->base.ops = &MEM_OPS;
    j->head.first = 1;
    return &j->base;
}

void
journal_mem_fail_next(struct journal *base, bool kept)
{
    struct journal_mem *j = (struct journal_mem *)base;
    CHECK(base->ops == &MEM_OPS);
    j->fail = kept ? FAIL_KEPT : FAIL_LOST;
}
