/* thidua backup DIR: while everything runs. thidua-tally copies the states, then thidua-broker the
 * journal, so that the journal covers the states; here the settings are added and the manifest is
 * written, last. One backup at a time into one directory: DIR/lock. */
#include "clients/answers.h"
#include "clients/backup_check.h"
#include "clients/options.h"
#include "clients/reading.h"
#include "clients/sibling.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/file.h"
#include "proto/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct backup {
    const struct options *options;
    struct settings settings;
    const char *folder;
    struct manifest former; /* the newest before this one; empty: none */
    struct manifest made;
};

static int
cannot_write(const char *path)
{
    return say_code(EX_CANTCREAT, tr("không ghi được %s: %s.", "%s cannot be written: %s."), path,
                    strerror(errno));
}

/* The descriptor keeps the lock until the process ends. */
static int
lock_take(const char *folder)
{
    enum err err = file_make_folder(folder);
    char *path = manifest_path(folder, "lock");
    int fd =
        err == ERR_OK || err == ERR_EXISTS ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    free(path);
    if (fd < 0) {
        return cannot_write(folder);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return say_code(
            EX_TEMPFAIL,
            tr("một lần sao lưu khác vào %s đang chạy.", "another backup into %s is running."),
            folder);
    }
    return 0;
}

/* ---- the parts ---- */

static int
programs_run(const struct backup *b)
{
    char *arguments[] = {
        NULL, (char *)"--backup", (char *)b->folder, (char *)"--data", (char *)b->settings.data,
        NULL};
    int code = sibling_run("thidua-tally", arguments);
    return code == 0 ? sibling_run("thidua-broker", arguments) : code;
}

/* thidua.conf under the name of its hash: what it was when is not lost by changing it. */
static enum err
settings_add(struct backup *b)
{
    char name[MANIFEST_NAME_MAX], hex[17];
    uint8_t hash[FILE_HASH_SIZE];
    char *conf = manifest_path(b->settings.data, "thidua.conf");
    char *folder = manifest_path(b->folder, "conf");
    enum err err = file_hash(conf, hash, NULL);
    sodium_bin2hex(hex, sizeof hex, hash, 8);
    snprintf(name, sizeof name, "conf/%s.conf", hex);
    char *copy = manifest_path(b->folder, name);
    if (err == ERR_OK) {
        err = file_make_folder(folder);
        err = err == ERR_EXISTS ? ERR_OK : err;
    }
    err = err == ERR_OK ? file_copy(conf, copy) : err;
    err = err == ERR_OK ? file_hash(copy, hash, NULL) : err;
    free(copy);
    free(folder);
    free(conf);
    if (err == ERR_OK) {
        manifest_add(&b->made, name, hash);
    }
    return err;
}

/* ---- what no manifest needs any more ---- */

/* Only names that backups make and replace: an open segment, a state, settings, half a file. */
static bool
may_go(const char *folder, const char *name)
{
    const char *end = strrchr(name, '.');
    if (end == NULL) {
        return false;
    }
    bool replaced = strcmp(folder, "conf") == 0 ? strcmp(end, ".conf") == 0
                                                : strchr(name, '-') != NULL && !strcmp(end, ".mdb");
    return replaced || strcmp(end, ".new") == 0;
}

/* What cannot be removed is removed next time: the backup is good without. */
static void
folder_clean(const struct backup *b, const char *folder)
{
    char *path = manifest_path(b->folder, folder);
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char name[MANIFEST_NAME_MAX];
        int len = snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (may_go(folder, entry->d_name) &&
            (len >= (int)sizeof name || manifest_find(&b->made, name) == NULL)) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    free(path);
}

static int
finish(struct backup *b)
{
    struct clock clock = clock_real(0);
    char name[MANIFEST_NAME_MAX];
    enum err err = manifest_read(b->folder, MANIFEST_PENDING, &b->made);
    b->made.taken_us = clock_wall_us(&clock);
    manifest_name(b->made.head, name);
    err = err == ERR_OK ? settings_add(b) : err;
    err = err == ERR_OK ? manifest_write(b->folder, name, &b->made) : err;
    if (err != ERR_OK) {
        return say_code(
            EX_IOERR,
            tr("không ghi được bản kê vào %s.", "the manifest cannot be written into %s."),
            b->folder);
    }
    char *pending = manifest_path(b->folder, MANIFEST_PENDING);
    unlink(pending);
    free(pending);
    folder_clean(b, "journal");
    folder_clean(b, "state");
    folder_clean(b, "conf");
    return 0;
}

/* ---- telling ---- */

static uint32_t
new_files(const struct backup *b)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->made.file_count; i++) {
        count += manifest_find(&b->former, b->made.files[i].name) == NULL;
    }
    return count;
}

static json_t *
states_json(const struct manifest *m)
{
    json_t *states = json_array();
    for (uint32_t i = 0; i < m->shards; i++) {
        char hex[2 * FILE_HASH_SIZE + 1];
        if (m->states[i].there) {
            sodium_bin2hex(hex, sizeof hex, m->states[i].hash, FILE_HASH_SIZE);
            json_array_append_new(states,
                                  json_pack("{s:I, s:I, s:s}", "shard", (json_int_t)i, "position",
                                            (json_int_t)m->states[i].position, "hash", hex));
        }
    }
    return states;
}

static int
tell(const struct backup *b)
{
    const struct manifest *m = &b->made;
    char hex[2 * BLOCK_CHAIN_SIZE + 1], moment[32];
    sodium_bin2hex(hex, sizeof hex, m->chain, BLOCK_CHAIN_SIZE);
    if (b->options->json) {
        return json_show(json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:I, s:I, s:o}", "backup",
                                   b->folder, "first", (json_int_t)m->first, "head",
                                   (json_int_t)m->head, "head_time_us", (json_int_t)m->head_time_us,
                                   "chain", hex, "taken_us", (json_int_t)m->taken_us, "files",
                                   (json_int_t)m->file_count, "new_files", (json_int_t)new_files(b),
                                   "states", states_json(m)));
    }
    moment_text(m->head_time_us, moment);
    printf(tr("%s: khối %" PRIu64 " đến %" PRIu64 ", %s; %" PRIu32 " tệp, %" PRIu32 " tệp mới\n",
              "%s: blocks %" PRIu64 " to %" PRIu64 ", %s; %" PRIu32 " files, %" PRIu32 " new\n"),
           b->folder, m->first, m->head, moment, m->file_count, new_files(b));
    return 0;
}

/* ---- --list ---- */

static json_t *
point_json(const struct manifest *m)
{
    return json_pack("{s:I, s:I, s:I}", "head", (json_int_t)m->head, "head_time_us",
                     (json_int_t)m->head_time_us, "taken_us", (json_int_t)m->taken_us);
}

static void
point_row(struct table *table, const struct manifest *m)
{
    char moment[32];
    table_number(table, (int64_t)m->head);
    moment_text(m->head_time_us, moment);
    table_text(table, moment);
    moment_text(m->taken_us, moment);
    table_text(table, moment);
}

/* Points in time that the backup can be restored to, beside any block between. */
static int
list(const char *folder, bool json)
{
    struct manifest_list all;
    struct table_column columns[] = {{tr("Khối cuối", "Last block"), true},
                                     {tr("Thời điểm của khối", "Time of the block"), false},
                                     {tr("Sao lưu lúc", "Backed up at"), false}};
    struct manifest m;
    int code = backup_open(folder, &m);
    manifest_fini(&m);
    if (code != 0 || manifest_list_read(folder, &all) != ERR_OK) {
        return code != 0 ? code : EX_IOERR;
    }
    struct table *table = table_new(columns, 3);
    json_t *points = json_array();
    for (uint32_t i = 0; i < all.count; i++) {
        char name[MANIFEST_NAME_MAX];
        manifest_name(all.heads[i], name);
        if (manifest_read(folder, name, &m) == ERR_OK) {
            json_array_append_new(points, point_json(&m));
            point_row(table, &m);
            manifest_fini(&m);
        } else {
            say(tr("không đọc được %s/%s.", "%s/%s cannot be read."), folder, name);
        }
    }
    manifest_list_fini(&all);
    if (json) {
        code = json_show(json_pack("{s:O}", "backups", points));
    } else {
        table_print(table, stdout);
    }
    json_decref(points);
    table_free(&table);
    return code;
}

/* ---- the verb ---- */

static int
backup_begin(struct backup *b)
{
    char why[512];
    if (!settings_read(&b->settings, b->options->data, why)) {
        return say_code(EX_NOINPUT, "%s", why);
    }
    int code = lock_take(b->folder);
    if (code != 0) {
        return code;
    }
    enum err err = manifest_newest(b->folder, &b->former);
    /* A newest manifest that is damaged is told by backup_open's words. */
    return err == ERR_OK || err == ERR_NOT_FOUND ? 0 : backup_open(b->folder, &b->former);
}

int
verb_backup(int argc, char **argv)
{
    struct options o;
    bool listing = false;
    const struct option_spec own[] = {
        SWITCH_OPTION("list", &listing, "liệt kê những lần sao lưu trong đó",
                      "list the backups that are in it"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (listing) {
        return list(o.args[0], o.json);
    }
    if (sodium_init() < 0) {
        return say_code(EX_OSERR, "libsodium");
    }
    umask(077);
    struct backup b = {.options = &o, .folder = o.args[0]};
    code = backup_begin(&b);
    code = code == 0 ? programs_run(&b) : code;
    code = code == 0 ? finish(&b) : code;
    code = code == 0 ? tell(&b) : code;
    manifest_fini(&b.made);
    manifest_fini(&b.former);
    return code;
}
