/* The states of a backup as the beginning of a replay. */
#include "workers/tally/verify_from.h"

#include "common/file.h"
#include "common/lang.h"
#include "proto/manifest.h"
#include "proto/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static int
told(const char *vi, const char *en, const char *what, enum err err)
{
    fprintf(stderr, "%s: %s (%s)\n", what, LANG_PICK(vi, en), err_name(err));
    return err == ERR_IO || err == ERR_FULL ? EX_IOERR : EX_DATAERR;
}

static int
copy_state(const char *backup, const struct manifest_file *file, const char *folder, uint32_t shard)
{
    char to[SETTINGS_PATH_MAX + 64];
    snprintf(to, sizeof(to), "%s/%02" PRIu32, folder, shard);
    enum err err = manifest_check(backup, file);
    if (err != ERR_OK) {
        return told("tệp trong bản sao bị hỏng hoặc thiếu",
                    "a file of the backup is damaged or gone", file->name, err);
    }
    err = file_make_folder(to);
    char *from = manifest_path(backup, file->name);
    snprintf(to, sizeof(to), "%s/%02" PRIu32 "/data.mdb", folder, shard);
    err = err == ERR_OK ? file_copy(from, to) : err;
    free(from);
    return err == ERR_OK ? EX_OK : told("không chép được", "cannot be copied", file->name, err);
}

static int
copy_states(const char *backup, const struct manifest *m, const char *folder)
{
    int code = EX_OK;
    for (uint32_t i = 0; i < m->shards && code == EX_OK; i++) {
        char name[MANIFEST_NAME_MAX];
        manifest_state_name(i, m->states[i].position, name);
        const struct manifest_file *file = manifest_find(m, name);
        if (m->states[i].there && file != NULL) {
            code = copy_state(backup, file, folder, i);
        }
    }
    return code;
}

int
verify_from(const char *backup, const char *folder, uint32_t shards)
{
    struct manifest m;
    enum err err = manifest_newest(backup, &m);
    if (err != ERR_OK) {
        return told("không đọc được bản sao", "the backup cannot be read", backup, err);
    }
    int code = m.shards == shards
                   ? copy_states(backup, &m, folder)
                   : told("bản sao có số phân mảnh khác", "the backup has another number of shards",
                          backup, ERR_CONFLICT);
    manifest_fini(&m);
    return code;
}
