/* Invariants: the copy's position never passes the target; the target never passes the live state's
 * position, and both only grow, so that replaying on always reaches a snapshot taken later. */
#include "workers/tally/replica.h"

#include "common/check.h"
#include "common/log.h"

#include <inttypes.h>
#include <stdio.h>

static enum err
open_live(struct replica *r, const struct settings *settings)
{
    char path[SETTINGS_PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/state/%02" PRIu32, settings->data, r->shard);
    enum err err = state_lmdb_open(path, STATE_READ, &r->live);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
open_copy(struct replica *r, const struct settings *settings, const char *folder, uint32_t shards)
{
    char path[SETTINGS_PATH_MAX + 64];
    snprintf(path, sizeof(path), "%s/%02" PRIu32, folder, r->shard);
    enum err err = state_lmdb_open_sized(path, STATE_TEMPORARY, settings->map_gb << 30, &r->copy);
    return err == ERR_OK ? apply_new(r->copy, r->shard, shards, &r->apply) : err;
}

enum err
replica_open(struct replica *r, const struct settings *settings, const char *folder, uint32_t shard,
             uint32_t shards)
{
    *r = (struct replica){.shard = shard};
    enum err err = open_live(r, settings);
    if (err == ERR_OK) {
        err = open_copy(r, settings, folder, shards);
    }
    if (err != ERR_OK) {
        log_error("verify_open_failed", "shard=%" PRIu32 " error=%s", shard, err_name(err));
        replica_close(r);
    }
    return err;
}

void
replica_close(struct replica *r)
{
    if (r->held) {
        state_abort(r->live);
        r->held = false;
    }
    apply_free(&r->apply);
    state_free(&r->copy);
    state_free(&r->live);
}

static enum err
read_position(struct replica *r)
{
    struct slice value;
    struct position position;
    enum err err = state_get(r->live, TABLE_META, META_POSITION, &value);
    if (err == ERR_NOT_FOUND) {
        return ERR_OK; /* made, and no block applied */
    }
    if (err == ERR_OK) {
        err = position_decode(value, &position);
    }
    if (err == ERR_OK) {
        r->target = position.block;
    }
    return err;
}

enum err
replica_look(struct replica *r, bool hold)
{
    CHECK(!r->held);
    if (r->live == NULL) {
        return ERR_OK;
    }
    enum err err = state_begin(r->live, false);
    if (err != ERR_OK) {
        return err;
    }
    err = read_position(r);
    if (err == ERR_OK && hold) {
        r->held = true;
    } else {
        state_abort(r->live);
    }
    return err;
}

bool
replica_done(const struct replica *r)
{
    return apply_position(r->apply)->block >= r->target;
}

enum err
replica_apply(struct replica *r, uint64_t first, const struct slice *blocks, uint32_t count)
{
    uint64_t from = apply_position(r->apply)->block + 1;
    uint64_t end = first + count; /* one past the last */
    uint64_t last = r->target < end - 1 ? r->target : end - 1;
    if (from > last) {
        return ERR_OK;
    }
    CHECK(from >= first);
    return apply_blocks(r->apply, blocks + (from - first), (uint32_t)(last - from + 1));
}

enum err
replica_compare(struct replica *r)
{
    if (r->live == NULL) {
        r->result = REPLICA_ABSENT;
        return ERR_OK;
    }
    CHECK(r->held && replica_done(r));
    if (apply_position(r->apply)->block > r->target) { /* began with a backup that is newer */
        r->result = REPLICA_DIFFERENT;
        snprintf(r->difference, sizeof(r->difference), "the backup is ahead: block %" PRIu64,
                 apply_position(r->apply)->block);
        return state_hash(r->live, r->hash);
    }
    enum err err = state_begin(r->copy, false);
    if (err != ERR_OK) {
        return err;
    }
    err = state_compare(r->live, r->copy, r->difference);
    state_abort(r->copy);
    if (err != ERR_OK && err != ERR_CONFLICT) {
        return err;
    }
    r->result = err == ERR_OK ? REPLICA_EQUAL : REPLICA_DIFFERENT;
    return state_hash(r->live, r->hash);
}
