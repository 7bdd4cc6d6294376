/* A shard's disk: a state_mem that outlives its worker. Stands where the worker opens LMDB. A
 * transaction is whole or not there; a write or a commit may fail, which ends the worker; a power cut
 * may take the last committed transactions back, as MDB_NOMETASYNC allows. */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "common/buf.h"
#include "workers/state/state.h"

#define DISK_UNDO_MAX 2 /* transactions that a power cut may take back */

enum disk_fault { DISK_SOUND, DISK_WRITE_FAILS, DISK_COMMIT_LOST, DISK_COMMIT_KEPT };

struct disk {
    struct state *base;
    bool keeps_undo;
    struct buf undo[DISK_UNDO_MAX]; /* newest last */
    uint32_t undo_count;
    struct buf open_undo; /* of the open transaction */
    enum disk_fault fault;
    uint32_t writes_left; /* DISK_WRITE_FAILS: until then */
    bool failed;          /* it has said no: whoever heard it must end */
};

void disk_init(struct disk *d, bool keeps_undo);
void disk_fini(struct disk *d);
/* A worker's view; state_free gives it back, the disk stays. */
struct state *disk_open(struct disk *d);
/* Takes back the newest transactions, at most `count`; gives how many. */
uint32_t disk_undo(struct disk *d, uint32_t count);
/* The position's block; 0: none. */
uint64_t disk_position(struct disk *d);
/* It has applied a record that was quarantined later. */
bool disk_is_stale(struct disk *d);

#endif
