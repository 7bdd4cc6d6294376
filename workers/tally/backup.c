/* A copy is made in a folder of its own, because LMDB opens folders; its position and its hash are read
 * from the copy itself and not from the state that goes on; then it is settled under the name that
 * tells its position. */
#include "workers/tally/backup.h"

#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "proto/settings.h"
#include "workers/state/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define MAKING "state/making" /* within BACKUP */

static enum err
copy_live(const char *data, uint32_t shard, const char *to)
{
    char folder[SETTINGS_PATH_MAX + 32];
    struct state *live;
    snprintf(folder, sizeof(folder), "%s/state/%02" PRIu32, data, shard);
    enum err err = state_lmdb_open(folder, STATE_READ, &live);
    if (err == ERR_OK) {
        err = state_lmdb_copy(live, to);
        state_free(&live);
    }
    return err;
}

static enum err
read_rows(struct state *copy, struct manifest_state *told)
{
    struct slice value;
    struct position position = {0};
    enum err err = state_get(copy, TABLE_META, META_POSITION, &value);
    if (err == ERR_NOT_FOUND) {
        err = ERR_OK; /* made, and no block applied */
    } else if (err == ERR_OK) {
        err = position_decode(value, &position);
    }
    told->position = position.block;
    return err == ERR_OK ? state_hash(copy, told->hash) : err;
}

static enum err
read_copy(const char *folder, struct manifest_state *told)
{
    struct state *copy;
    enum err err = state_lmdb_open(folder, STATE_READ, &copy);
    if (err != ERR_OK) {
        return err;
    }
    err = state_begin(copy, false);
    if (err == ERR_OK) {
        err = read_rows(copy, told);
        state_abort(copy);
    }
    state_free(&copy);
    return err;
}

static enum err
settle(const char *made, uint32_t shard, const char *backup, const struct manifest *former,
       struct manifest *m)
{
    char name[MANIFEST_NAME_MAX];
    uint8_t hash[FILE_HASH_SIZE];
    manifest_state_name(shard, m->states[shard].position, name);
    if (manifest_keep(backup, former, name, m) == ERR_OK) {
        return ERR_OK;
    }
    char *path = manifest_path(backup, name);
    enum err err = file_settle(made, path);
    err = err == ERR_OK ? file_hash(path, hash, NULL) : err;
    free(path);
    if (err == ERR_OK) {
        manifest_add(m, name, hash);
    }
    return err;
}

/* `folder` is empty, and removed by the caller. */
static enum err
copy_through(const char *data, uint32_t shard, const char *folder, const char *backup,
             const struct manifest *former, struct manifest *m)
{
    char *made = manifest_path(folder, "data.mdb");
    enum err err = copy_live(data, shard, made);
    if (err == ERR_OK) {
        err = read_copy(folder, &m->states[shard]);
        err = err == ERR_OK ? settle(made, shard, backup, former, m) : err;
        m->states[shard].there = err == ERR_OK;
    } else if (err == ERR_NOT_FOUND) {
        err = ERR_OK; /* its worker has not made it yet: replay will */
    }
    free(made);
    return err;
}

static enum err
folder_ready(const char *backup, const char *name)
{
    char *path = manifest_path(backup, name);
    enum err err = file_make_folder(path);
    free(path);
    return err == ERR_EXISTS ? ERR_OK : err;
}

enum err
state_backup(const char *data, uint32_t shard, const char *backup, const struct manifest *former,
             struct manifest *m)
{
    char *folder = manifest_path(backup, MAKING);
    enum err err = folder_ready(backup, "state");
    if (err == ERR_OK && file_exists(folder)) {
        err = file_remove_tree(folder); /* of a backup that was interrupted */
    }
    err = err == ERR_OK ? folder_ready(backup, MAKING) : err;
    if (err == ERR_OK) {
        err = copy_through(data, shard, folder, backup, former, m);
        enum err gone = file_remove_tree(folder);
        err = err == ERR_OK ? gone : err;
    }
    free(folder);
    return err;
}

static enum err
copy_all(const char *data, uint32_t shards, const char *backup)
{
    struct manifest former, m = {0};
    enum err err = manifest_newest(backup, &former);
    err = err == ERR_NOT_FOUND ? ERR_OK : err;
    manifest_shards_set(&m, shards);
    for (uint32_t i = 0; i < shards && err == ERR_OK; i++) {
        err = state_backup(data, i, backup, &former, &m);
    }
    err = err == ERR_OK ? manifest_write(backup, MANIFEST_PENDING, &m) : err;
    manifest_fini(&m);
    manifest_fini(&former);
    return err;
}

int
backup_run(const char *data, uint32_t shards, const char *backup)
{
    enum err err = copy_all(data, shards, backup);
    if (err != ERR_OK) {
        log_fatal(err == ERR_CORRUPT || err == ERR_FORMAT ? EX_DATAERR : EX_IOERR,
                  LANG_PICK("Không sao lưu được trạng thái của %s vào %s (%s; xem dòng trên).",
                            "The states of %s cannot be backed up into %s (%s; see above)."),
                  data, backup, err_name(err));
    }
    return EX_OK;
}
