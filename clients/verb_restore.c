/* thidua restore BACKUP --data NEWDIR [--to BLOCK|DATE|TIME]: a data directory out of a backup. Every file
 * is compared with its hash before anything is made; the directory is made beside and renamed at
 * the end, so that it is there whole or not at all. thidua-broker restores the journal; a state is copied
 * where it is not ahead of it, and made again by replay otherwise. */
#include "clients/answers.h"
#include "clients/backup_check.h"
#include "clients/options.h"
#include "clients/reading.h"
#include "clients/restore_point.h"
#include "clients/sibling.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "proto/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct restore {
    const struct options *options;
    const char *backup;
    struct settings settings;          /* of the new directory; only its path counts */
    char made[SETTINGS_PATH_MAX + 16]; /* the directory beside */
    char point[64];                    /* for thidua-broker: --block or --time-us, and its value */
    const char *point_option;          /* NULL: all of it */
    struct manifest from;
    struct manifest journal; /* what the restored journal is: first, head, time, chain */
    uint32_t states;         /* copied */
};

/* ---- the parts ---- */

static int
cannot_make(const struct restore *r, enum err err)
{
    return say_code(EX_CANTCREAT, tr("không tạo được %s (%s).", "%s cannot be made (%s)."),
                    r->settings.data, err_name(err));
}

static enum err
folders_make(const struct restore *r)
{
    static const char *const names[] = {"journal", "state", "run", "client", "first"};
    enum err err = ERR_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && err == ERR_OK; i++) {
        char *path = manifest_path(r->made, names[i]);
        err = file_make_folder(path);
        free(path);
    }
    return err;
}

static enum err
settings_copy(const struct restore *r)
{
    for (uint32_t i = 0; i < r->from.file_count; i++) {
        if (strncmp(r->from.files[i].name, "conf/", 5) == 0) {
            char *from = manifest_path(r->backup, r->from.files[i].name);
            char *to = manifest_path(r->made, "thidua.conf");
            enum err err = file_copy(from, to);
            free(from);
            free(to);
            return err;
        }
    }
    return ERR_NOT_FOUND;
}

static int
journal_make(struct restore *r)
{
    char *arguments[8] = {NULL, (char *)"--restore", (char *)r->backup, (char *)"--data", r->made};
    if (r->point_option != NULL) {
        arguments[5] = (char *)r->point_option;
        arguments[6] = r->point;
    }
    int code = sibling_run("thidua-broker", arguments);
    if (code != 0) {
        return code;
    }
    enum err err = manifest_read(r->made, MANIFEST_PENDING, &r->journal);
    char *pending = manifest_path(r->made, MANIFEST_PENDING);
    unlink(pending);
    free(pending);
    return err == ERR_OK ? 0 : cannot_make(r, err);
}

static enum err
state_copy(const struct restore *r, uint32_t shard)
{
    char name[MANIFEST_NAME_MAX], folder[32];
    manifest_state_name(shard, r->from.states[shard].position, name);
    snprintf(folder, sizeof folder, "state/%02" PRIu32, shard);
    char *from = manifest_path(r->backup, name);
    char *to = manifest_path(r->made, folder);
    enum err err = file_make_folder(to);
    free(to);
    snprintf(folder, sizeof folder, "state/%02" PRIu32 "/data.mdb", shard);
    to = manifest_path(r->made, folder);
    err = err == ERR_OK ? file_copy(from, to) : err;
    free(to);
    free(from);
    return err;
}

/* A state may not be ahead of the journal; and where the journal does not begin with block 1, nothing
 * else can take a worker to its first block. */
static int
states_make(struct restore *r)
{
    for (uint32_t i = 0; i < r->from.shards; i++) {
        const struct manifest_state *state = &r->from.states[i];
        bool fits = state->there && state->position <= r->journal.head;
        if (fits && state->position + 1 >= r->journal.first) {
            enum err err = state_copy(r, i);
            if (err != ERR_OK) {
                return cannot_make(r, err);
            }
            r->states++;
        } else if (r->journal.first > 1) {
            return say_code(EX_DATAERR,
                            tr("nhật ký trong bản sao bắt đầu từ khối %" PRIu64
                               ", nên không dựng lại được trạng thái đến khối %" PRIu64
                               "; phân mảnh %" PRIu32 " có bản sao ở khối %" PRIu64 ".",
                               "the backup's journal begins with block %" PRIu64
                               ", so that the state at block %" PRIu64
                               " cannot be made; the copy of shard %" PRIu32 " is at block %" PRIu64
                               "."),
                            r->journal.first, r->journal.head, i, state->position);
        }
    }
    return 0;
}

static int
directory_fill(struct restore *r)
{
    enum err err = folders_make(r);
    err = err == ERR_OK ? settings_copy(r) : err;
    if (err != ERR_OK) {
        return cannot_make(r, err);
    }
    int code = journal_make(r);
    code = code == 0 ? states_make(r) : code;
    if (code == 0 && rename(r->made, r->settings.data) != 0) {
        code = cannot_make(r, ERR_EXISTS);
    }
    return code;
}

static int
directory_make(struct restore *r)
{
    snprintf(r->made, sizeof r->made, "%s.XXXXXX", r->settings.data);
    if (mkdtemp(r->made) == NULL || chmod(r->made, 0750) != 0) {
        return say_code(EX_CANTCREAT, tr("không tạo được %s: %s.", "%s cannot be made: %s."),
                        r->settings.data, strerror(errno));
    }
    int code = directory_fill(r);
    if (code != 0 && file_remove_tree(r->made) != ERR_OK) {
        say(tr("hãy xóa thư mục tạm %s.", "remove the temporary folder %s."), r->made);
    }
    return code;
}

/* ---- the verb ---- */

static int
tell(const struct restore *r)
{
    const struct manifest *j = &r->journal;
    char hex[2 * BLOCK_CHAIN_SIZE + 1], moment[32];
    sodium_bin2hex(hex, sizeof hex, j->chain, BLOCK_CHAIN_SIZE);
    if (r->options->json) {
        return json_show(json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:I}", "data", r->settings.data,
                                   "first", (json_int_t)j->first, "head", (json_int_t)j->head,
                                   "head_time_us", (json_int_t)j->head_time_us, "chain", hex,
                                   "shards", (json_int_t)r->from.shards, "states",
                                   (json_int_t)r->states));
    }
    moment_text(j->head_time_us, moment);
    printf(tr("%s: khối %" PRIu64 " đến %" PRIu64 ", %s; trạng thái có sẵn của %" PRIu32
              " / %" PRIu32 " phân mảnh\n",
              "%s: blocks %" PRIu64 " to %" PRIu64 ", %s; the states of %" PRIu32 " of %" PRIu32
              " shards are there\n"),
           r->settings.data, j->first, j->head, moment, r->states, r->from.shards);
    return 0;
}

static int
restore_run(struct restore *r, const char *to)
{
    char why[512];
    struct stat there;
    if (!settings_defaults(&r->settings, r->options->data, why)) {
        return say_code(EX_USAGE, "%s", why);
    }
    int code = restore_point_read(to, &r->point_option, r->point);
    if (code != 0) {
        return code;
    }
    if (lstat(r->settings.data, &there) == 0) {
        return say_code(EX_CANTCREAT,
                        tr("%s đã có; hãy chọn một thư mục mới bằng --data.",
                           "%s is there already; name a new directory with --data."),
                        r->settings.data);
    }
    code = backup_open_checked(r->backup, r->options->quiet, &r->from);
    code = code == 0 ? directory_make(r) : code;
    return code == 0 ? tell(r) : code;
}

int
verb_restore(int argc, char **argv)
{
    struct options o;
    const char *to = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("to", "BLOCK|DATE|TIME", &to, false,
                    "chỉ đến khối này, hết ngày này hoặc đến thời điểm này; mặc định: tất cả",
                    "only as far as that block, the end of that day, or that time; default: all"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    umask(077);
    struct restore r = {.options = &o, .backup = o.args[0]};
    code = restore_run(&r, to);
    manifest_fini(&r.from);
    manifest_fini(&r.journal);
    return code;
}
