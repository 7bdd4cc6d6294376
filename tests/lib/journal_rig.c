/* A journal of small segments: see journal_rig.h. */
#include "tests/lib/journal_rig.h"

#include "broker/catalog.h"
#include "broker/limits.h"
#include "common/check.h"
#include "common/mem.h"
#include "tests/lib/tempdir.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
journal_rig_open(struct journal_rig *rig)
{
    CHECK(sodium_init() >= 0);
    rig->folder = tempdir_new();
    rig->journal = tempdir_path(rig->folder, "journal");
    rig->j = NULL;
    journal_rig_reopen(rig);
}

void
journal_rig_stop(struct journal_rig *rig)
{
    journal_free(&rig->j);
}

void
journal_rig_reopen(struct journal_rig *rig)
{
    struct journal_options options = {.segment_bytes = SEGMENT_BYTES_MIN};
    journal_free(&rig->j);
    CHECK(journal_lmdb_open(rig->journal, &options, &rig->j) == ERR_OK);
}

void
journal_rig_close(struct journal_rig *rig)
{
    journal_free(&rig->j);
    free(rig->journal);
    tempdir_free(rig->folder);
}

enum err
journal_rig_append(struct journal_rig *rig, size_t size)
{
    struct journal_head head;
    struct block_builder b = {0};
    journal_head(rig->j, &head);
    uint8_t *body = mem_alloc(size + 1);
    memset(body, (int)(head.number + 1) & 0xff, size);
    block_begin(&b, 1, 77, head.number + 1);
    CHECK(block_add(&b, slice_text("local"), slice_text("u"), slice_of(body, size)));
    block_finish(&b, head.number + 1, (int64_t)head.number + 1000, 5, head.chain);
    enum err err = journal_append(rig->j, buf_slice_of(&b.bytes));
    block_builder_fini(&b);
    free(body);
    return err;
}

void
journal_rig_fill(struct journal_rig *rig, int blocks)
{
    static const size_t sizes[] = {50, 900, 1800, 3000, 9000, 200, 20000, 1};
    for (int i = 0; i < blocks; i++) {
        CHECK(journal_rig_append(rig, sizes[(size_t)i % (sizeof sizes / sizeof sizes[0])]) ==
              ERR_OK);
    }
}

void
journal_rig_seal(struct journal_rig *rig)
{
    bool sealed = false;
    for (int i = 0; i < 100 && !sealed; i++) {
        struct catalog catalog;
        CHECK(catalog_read(rig->journal, &catalog) == ERR_OK);
        sealed = catalog_unsealed(&catalog) == NULL;
        catalog_fini(&catalog);
        if (!sealed) {
            journal_idle(rig->j);
        }
    }
    CHECK(sealed);
}

void
journal_rig_chain(struct journal_rig *rig, uint64_t number, uint8_t chain[BLOCK_CHAIN_SIZE])
{
    struct slice bytes;
    struct block block;
    CHECK(journal_read(rig->j, number, &bytes) == ERR_OK);
    CHECK(block_open(bytes, &block) == ERR_OK);
    memcpy(chain, block.chain, BLOCK_CHAIN_SIZE);
}

char *
journal_rig_path(const struct journal_rig *rig, uint64_t first, const char *suffix)
{
    char name[64];
    snprintf(name, sizeof name, "%016" PRIu64 ".%s", first, suffix);
    return tempdir_path(rig->journal, name);
}

void
bit_flip(const char *path, uint64_t bit)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 && pread(fd, &byte, 1, (off_t)(bit / 8)) == 1);
    byte ^= (uint8_t)(1u << bit % 8);
    CHECK(pwrite(fd, &byte, 1, (off_t)(bit / 8)) == 1 && close(fd) == 0);
}
