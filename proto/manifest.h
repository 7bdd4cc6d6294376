/* A backup directory and the manifest that says what is in it. Three programs write one together
 * (thidua-tally the states, thidua-broker the journal, thidua the rest), so its shape stands here.
 *
 *     BACKUP/manifest-HHHHHHHHHHHHHHHH        of the backup whose newest block is H; the last counts
 *     BACKUP/pending                          the next one, while it is made
 *     BACKUP/journal/FFFFFFFFFFFFFFFF.mdb     a sealed segment, and .seal: as in DATA/journal
 *     BACKUP/journal/FFFFFFFFFFFFFFFF-HHHHHHHHHHHHHHHH.mdb   the open segment, as far as block H
 *     BACKUP/state/NN-PPPPPPPPPPPPPPPP.mdb    the state of shard NN at block P
 *     BACKUP/conf/HHHHHHHHHHHHHHHH.conf       thidua.conf, named by its hash
 *
 * A manifest is text. Its last lines are what `b2sum --check` reads, so that an operator can check a
 * backup without us:
 *
 *     # thidua backup 1
 *     # taken 1636074000000000
 *     # journal 1 60 1636073999000000 <chain of block 60>
 *     # shards 2
 *     # state 0 58 <hash over the rows>
 *     # state 1 60 <hash over the rows>
 *     <BLAKE2b-256>  journal/0000000000000001.mdb
 *     …
 *     # sum <BLAKE2b-256 of every byte above>
 *
 * Rules that make an interrupted backup harmless: a file never changes under its name; a manifest is
 * written when all of its files are synced; what no manifest needs is removed after that. Only the
 * newest manifest's files are all there: the older ones are points in time, which the newest
 * journal reaches too. */
#ifndef PROTO_MANIFEST_H
#define PROTO_MANIFEST_H

#include "common/buf.h"
#include "common/err.h"
#include "common/file_copy.h"
#include "proto/block.h"

/* Raise when an older program would misread a manifest. */
#define MANIFEST_VERSION 1
#define MANIFEST_NAME_MAX 64
#define MANIFEST_SHARDS_MAX 1024 /* as settings.shards */
/* Two lines a segment: 300,000 segments, 18 TiB of journal. */
#define MANIFEST_BYTES_MAX (64u << 20)
#define MANIFEST_PENDING "pending"

struct manifest_file {
    char name[MANIFEST_NAME_MAX]; /* within the backup directory */
    uint8_t hash[FILE_HASH_SIZE];
};

struct manifest_state {
    bool there;
    uint64_t position;
    uint8_t hash[32]; /* state_hash at that position */
};

struct manifest {
    int64_t taken_us;
    uint64_t first, head; /* blocks of the journal in the backup; head 0: not known yet */
    int64_t head_time_us;
    uint8_t chain[BLOCK_CHAIN_SIZE]; /* of the head */
    uint32_t shards;
    struct manifest_state *states; /* `shards` of them */
    struct manifest_file *files;
    uint32_t file_count;
};

/* Start as {0}. */
void manifest_fini(struct manifest *m);
void manifest_shards_set(struct manifest *m, uint32_t shards); /* none is there yet */
void manifest_add(struct manifest *m, const char *name, const uint8_t hash[FILE_HASH_SIZE]);
const struct manifest_file *manifest_find(const struct manifest *m, const char *name); /* NULL */

void manifest_encode(const struct manifest *m, struct buf *text);
/* ERR_FORMAT: not a manifest, cut or changed; ERR_VERSION. *m is empty then. */
enum err manifest_decode(struct slice text, struct manifest *m) MUST_CHECK;

/* BACKUP/name. As manifest_decode, and ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
enum err manifest_read(const char *backup, const char *name, struct manifest *m) MUST_CHECK;
enum err manifest_write(const char *backup, const char *name, const struct manifest *m) MUST_CHECK;
/* The names of all finished manifests, by their head. ERR_NOT_FOUND: no such directory. */
struct manifest_list {
    uint64_t *heads;
    uint32_t count;
};
enum err manifest_list_read(const char *backup, struct manifest_list *list) MUST_CHECK;
void manifest_list_fini(struct manifest_list *list);
void manifest_name(uint64_t head, char name[MANIFEST_NAME_MAX]);
/* The newest; ERR_NOT_FOUND where there is none. */
enum err manifest_newest(const char *backup, struct manifest *m) MUST_CHECK;

/* Names of files. */
void manifest_state_name(uint32_t shard, uint64_t position, char name[MANIFEST_NAME_MAX]);
/* BACKUP/name; the caller frees. */
char *manifest_path(const char *backup, const char *name);

/* Compares one file with its hash: ERR_CORRUPT, ERR_NOT_FOUND, ERR_IO. */
enum err manifest_check(const char *backup, const struct manifest_file *file) MUST_CHECK;
/* A file of the former backup that is still what it was is taken over: ERR_OK; ERR_NOT_FOUND where
 * there is none, or it was changed: make it anew. */
enum err manifest_keep(const char *backup, const struct manifest *former, const char *name,
                       struct manifest *m) MUST_CHECK;

#endif
