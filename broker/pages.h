/* A segment's file, read page by page without LMDB: nothing in the file is believed before it was
 * compared with the file's own bounds, so that damage, or a file made to do harm, ends in a word and a
 * place and never in a crash. It reads; it never writes, locks or maps. What is read is LMDB 0.9's
 * format on a little-endian machine of 64 bits, as Debian 12 writes it:
 *
 *   page      0 u64 number, 8 u16 pad, 10 u16 flags, 12 u16 lower, 14 u16 upper (an overflow page:
 *             12 u32 pages), 16 u16 places of its nodes, or the value
 *   node      0 u16 low, 2 u16 high, 4 u16 flags, 6 u16 length of key, key, value. In a leaf low and
 *             high are the value's length, and with flag 1 the value is the number of an overflow page;
 *             in a branch low, high and flags are the number of the child
 *   meta      pages 0 and 1; 16 u32 0xBEEFC0DE, 20 u32 1, 24 address, 32 map size, 40 and 88 the trees
 *             of free pages and of blocks, 136 u64 last page, 144 u64 transaction
 *   tree      0 u32 (of the first: bytes of a page), 4 u16 flags, 6 u16 depth, 8 u64 branches, leaves,
 *             overflow pages, entries, 40 u64 root
 *
 * Sound is: both metas of one file, their transactions one apart and each in its place; every page of
 * both trees within the file, of the kind and number that it should be, and used once; every node
 * within its page; block numbers without a gap, as many as the tree says; free pages used by nobody. */
#ifndef BROKER_PAGES_H
#define BROKER_PAGES_H

#include "common/err.h"
#include "common/slice.h"

struct pages;

/* `txn`: the transaction whose snapshot the caller holds against a broker that writes (segment_hold);
 * 0: the newest, of a file that nobody writes. ERR_NOT_FOUND; ERR_AGAIN: that snapshot is not in the
 * file any more; ERR_CORRUPT; ERR_IO. There is something to close in any case. */
enum err pages_open(const char *path, uint64_t txn, struct pages **pages) MUST_CHECK;
void pages_close(struct pages **pages);
/* The next block in order; the bytes are good until the next call. ERR_NOT_FOUND: that was the last;
 * ERR_CORRUPT, ERR_IO. */
enum err pages_next(struct pages *p, uint64_t *number, struct slice *bytes) MUST_CHECK;
/* After the last block: what is told to be free is free. A writer would write there. */
enum err pages_free_check(struct pages *p) MUST_CHECK;

/* Where in the file the last block, or what is wrong, begins. */
uint64_t pages_place(const struct pages *p);
/* After ERR_CORRUPT: what is wrong, a fixed word for logs. */
const char *pages_fault(const struct pages *p);

/* All of the above over a file: before it is given to LMDB, which believes what it reads. ERR_CORRUPT
 * is told in the log. */
enum err pages_check(const char *path, uint64_t txn) MUST_CHECK;

#endif
