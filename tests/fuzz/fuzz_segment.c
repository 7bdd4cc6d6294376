/* A segment's file, damaged in any places: read page by page it ends in a word and a place, or in blocks
 * that are sound and whole. The input is a row of patches over one good file: two bytes of place
 * (little-endian), one of length, the bytes; so that a small input reaches the middle of a tree. */
#include "tests/fuzz/fuzz.h"

#include "broker/limits.h"
#include "broker/pages.h"
#include "broker/segment.h"
#include "common/check.h"
#include "common/file.h"
#include "common/reader.h"
#include "proto/block.h"
#include "tests/lib/tempdir.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCKS 30

/* Blocks within leaves and on pages of their own, enough for a branch above the leaves. */
static void
input_place(struct segment *s)
{
    static uint8_t body[9000];
    uint8_t chain[BLOCK_CHAIN_SIZE] = {0};
    struct block_builder b = {0};
    struct block block;
    for (uint64_t n = 1; n <= BLOCKS; n++) {
        block_begin(&b, 1, 77, n);
        CHECK(block_add(&b, slice_text("local"), slice_text("u"),
                        slice_of(body, n % 7 == 0 ? sizeof body : 600)));
        block_finish(&b, n, (int64_t)n, 5, chain);
        CHECK(segment_append(s, n, buf_slice_of(&b.bytes)) == ERR_OK);
        CHECK(block_open(buf_slice_of(&b.bytes), &block) == ERR_OK);
        memcpy(chain, block.chain, sizeof chain);
    }
    block_builder_fini(&b);
}

static const struct buf *
good_file(void)
{
    static struct buf good;
    if (good.len == 0) {
        char *folder = tempdir_new(), *path = tempdir_path(folder, "segment");
        struct segment *s;
        CHECK(segment_create(path, SEGMENT_BYTES_MIN * 4) == ERR_OK);
        CHECK(segment_open(path, SEGMENT_WRITE, SEGMENT_BYTES_MIN * 4, &s) == ERR_OK);
        input_place(s);
        segment_close(&s);
        CHECK(file_read(path, 1 << 20, &good) == ERR_OK);
        free(path);
        tempdir_free(folder);
    }
    return &good;
}

static void
patches_put(struct slice in, uint8_t *bytes, size_t len)
{
    while (in.len >= 3) {
        size_t at = le16_get(in.data), n = in.data[2];
        in = slice_of(in.data + 3, in.len - 3);
        n = n < in.len ? n : in.len;
        for (size_t i = 0; i < n && at + i < len; i++) {
            bytes[at + i] = in.data[i];
        }
        in = slice_of(in.data + n, in.len - n);
    }
}

static void
read_all(const char *path)
{
    struct pages *pages;
    struct slice bytes;
    struct block block;
    uint64_t number, before = 0;
    unsigned count = 0;
    enum err err = pages_open(path, 0, &pages);
    while (err == ERR_OK && (err = pages_next(pages, &number, &bytes)) == ERR_OK) {
        CHECK(before == 0 || number == before + 1);
        CHECK(pages_place(pages) + bytes.len <= good_file()->len);
        (void)!block_open(bytes, &block);
        before = number;
        count++;
        CHECK(count <= BLOCKS * 100); /* a walk that goes round would not end */
    }
    err = err == ERR_NOT_FOUND ? pages_free_check(pages) : err;
    CHECK(err == ERR_OK || err == ERR_CORRUPT);
    CHECK((err == ERR_CORRUPT) == (pages_fault(pages)[0] != '\0'));
    CHECK(pages_place(pages) <= UINT32_MAX || err == ERR_CORRUPT);
    pages_close(&pages);
}

void
fuzz_segment(struct slice in)
{
    const struct buf *good = good_file();
    struct buf bytes = BUF_EMPTY;
    char path[64];
    buf_slice(&bytes, buf_slice_of(good));
    patches_put(in, bytes.data, bytes.len);
    int fd = memfd_create("segment", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(path);
    close(fd);
    buf_fini(&bytes);
}
