/* The watched folder on disk. Names come from whoever may write into the folder: only regular files are taken, by names
 * without a slash, and opened without following links. */
#include "clients/watch_folder.h"

#include "clients/answers.h"
#include "clients/pidlock.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define SEEN_BYTES_MAX ((size_t)4 << 20) /* a report is a tenth of it */
#define NAME_BYTES_MAX 200               /* so that .report.json and a number fit behind it */
#define COPIES_MAX 100000                /* of one name in done/ */
#define READ_BYTES (64u << 10)

static const char *const KINDS[] = {".csv", ".json", ".jsonl", ".ndjson"};

static bool
path_make(const struct watch_folder *w, char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s%s", w->path, folder, name) < PATH_MAX;
}

static int
folder_need(const struct watch_folder *w, const char *folder)
{
    char path[PATH_MAX];
    enum err err = path_make(w, path, folder, "") ? file_make_folder(path) : ERR_LIMIT;
    if (err == ERR_OK || err == ERR_EXISTS) {
        return 0;
    }
    return say_code(EX_CANTCREAT, tr("không tạo được %s: %s.", "%s cannot be made: %s."), path,
                    strerror(errno));
}

int
watch_folder_open(struct watch_folder *w, const char *path)
{
    static const char *const folders[] = {"done", "failed", ".thidua", ".thidua/taken",
                                          ".thidua/seen"};
    struct stat st;
    char lock[PATH_MAX];
    int code = 0;
    *w = (struct watch_folder){.lock = -1};
    if (snprintf(w->path, sizeof w->path, "%s", path) >= (int)sizeof w->path ||
        stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return say_code(EX_NOINPUT, tr("%s không phải là thư mục.", "%s is no folder."), path);
    }
    for (size_t i = 0; code == 0 && i < sizeof folders / sizeof *folders; i++) {
        code = folder_need(w, folders[i]);
    }
    if (code == 0 && path_make(w, lock, ".thidua/", "lock") &&
        pidlock_take(lock, &w->lock) != ERR_OK) {
        code = say_code(
            EX_TEMPFAIL,
            tr("đã có tiến trình khác theo dõi %s.", "another process watches %s already."), path);
    }
    return code;
}

void
watch_folder_close(struct watch_folder *w)
{
    if (w->lock >= 0) {
        close(w->lock);
    }
}

/* ---- taking ---- */

static bool
kind_is_ours(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strcasecmp(dot, KINDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool
name_is_ours(const char *name)
{
    return name[0] != '.' && strlen(name) <= NAME_BYTES_MAX && kind_is_ours(name) &&
           text_is_clean(slice_text(name));
}

/* Whether it is a file that nobody has open to write: a lease for reading is given for none that has a writer. Where
 * leases cannot be had (another's file, a file system without them) the moment of closing must do. */
static bool
file_is_whole(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool whole = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (whole && fcntl(fd, F_SETLEASE, F_RDLCK) != 0) {
        whole = errno != EAGAIN;
    }
    if (fd >= 0) {
        close(fd);
    }
    return whole;
}

/* The first by name, so that a day's files are taken in their order. */
static bool
first_find(const struct watch_folder *w, const char *folder, char first[NAME_MAX + 1])
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *dir = path_make(w, path, folder, "") ? opendir(path) : NULL;
    first[0] = '\0';
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        bool better =
            name_is_ours(entry->d_name) && (first[0] == '\0' || strcmp(entry->d_name, first) < 0);
        if (better && path_make(w, path, folder, entry->d_name) && file_is_whole(path)) {
            snprintf(first, NAME_MAX + 1, "%s", entry->d_name);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return first[0] != '\0';
}

static bool
hash_make(const char *path, char hash[WATCH_HASH])
{
    uint8_t bytes[READ_BYTES], result[(WATCH_HASH - 1) / 2];
    crypto_generichash_state state;
    ssize_t len;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    crypto_generichash_init(&state, NULL, 0, sizeof result);
    while ((len = read(fd, bytes, sizeof bytes)) > 0) {
        crypto_generichash_update(&state, bytes, (size_t)len);
    }
    close(fd);
    crypto_generichash_final(&state, result, sizeof result);
    sodium_bin2hex(hash, WATCH_HASH, result, sizeof result);
    return len == 0;
}

static bool
json_keep(const char *path, const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_SORT_KEYS);
    struct buf out = BUF_EMPTY;
    buf_printf(&out, "%s\n", text == NULL ? "{}" : text);
    enum err err = file_replace(path, buf_slice_of(&out));
    buf_fini(&out);
    free(text);
    if (err != ERR_OK) {
        say(tr("không ghi được %s: %s.", "%s cannot be written: %s."), path, strerror(errno));
    }
    return err == ERR_OK;
}

/* What is known of the content; where nothing is, its revision is made and kept. */
static bool
seen_read(struct watch_folder *w, struct watch_file *file)
{
    char path[PATH_MAX];
    struct buf text = BUF_EMPTY;
    struct clock clock = clock_real(0);
    uint64_t now_ms = (uint64_t)clock_wall_us(&clock) / 1000;
    if (!path_make(w, path, ".thidua/seen/", file->hash)) {
        return false;
    }
    enum err err = file_read(path, SEEN_BYTES_MAX, &text);
    json_t *seen = err == ERR_OK ? json_loadb((const char *)text.data, text.len, 0, NULL) : NULL;
    buf_fini(&text);
    file->revision = (uint64_t)json_number(seen, "revision");
    file->before = json_incref(json_object_get(seen, "report"));
    json_decref(seen);
    if (file->revision > 0) {
        return true;
    }
    w->revision = now_ms > w->revision ? now_ms : w->revision + 1;
    file->revision = w->revision;
    seen = json_pack("{s:I}", "revision", (json_int_t)file->revision);
    bool kept = json_keep(path, seen);
    json_decref(seen);
    return kept;
}

bool
watch_folder_take(struct watch_folder *w, struct watch_file *file)
{
    char from[PATH_MAX];
    *file = (struct watch_file){0};
    bool left = first_find(w, ".thidua/taken/", file->name);
    if (!left && !first_find(w, "", file->name)) {
        return false;
    }
    if (!path_make(w, file->path, ".thidua/taken/", file->name) ||
        !path_make(w, from, "", file->name)) {
        return false;
    }
    if ((!left && rename(from, file->path) != 0) || !hash_make(file->path, file->hash)) {
        say(tr("không lấy được %s: %s.", "%s cannot be taken: %s."), file->name, strerror(errno));
        return false;
    }
    return seen_read(w, file);
}

void
watch_file_fini(struct watch_file *file)
{
    json_decref(file->before);
    file->before = NULL;
}

/* ---- putting ---- */

/* A name that is free in the folder: NAME, NAME.2, … */
static bool
name_find(const struct watch_folder *w, const char *folder, const char *name, char path[PATH_MAX])
{
    struct stat st;
    char numbered[NAME_MAX + 1];
    for (unsigned i = 1; i < COPIES_MAX; i++) {
        snprintf(numbered, sizeof numbered, i == 1 ? "%s" : "%s.%u", name, i);
        if (!path_make(w, path, folder, numbered)) {
            return false;
        }
        if (lstat(path, &st) != 0) {
            return errno == ENOENT;
        }
    }
    return false;
}

static bool
seen_keep(const struct watch_folder *w, const struct watch_file *file, bool done, json_t *report)
{
    char path[PATH_MAX];
    if (!path_make(w, path, ".thidua/seen/", file->hash)) {
        return false;
    }
    if (!done) {
        /* What was wrong may be mended elsewhere: the same content may come again. */
        return file->before != NULL || unlink(path) == 0 || errno == ENOENT;
    }
    json_t *seen = json_pack("{s:I, s:O}", "revision", (json_int_t)file->revision, "report",
                             file->before != NULL ? file->before : report);
    bool kept = json_keep(path, seen);
    json_decref(seen);
    return kept;
}

static void
errors_put(const char *to, const char *errors)
{
    char path[PATH_MAX];
    struct stat st;
    if (errors != NULL && stat(errors, &st) == 0 && st.st_size > 0 &&
        snprintf(path, sizeof path, "%s.errors.csv", to) < (int)sizeof path &&
        rename(errors, path) != 0) {
        say(tr("không ghi được %s: %s.", "%s cannot be written: %s."), path, strerror(errno));
    }
}

bool
watch_folder_put(struct watch_folder *w, const struct watch_file *file, bool done, json_t *report,
                 const char *errors)
{
    char to[PATH_MAX], beside[PATH_MAX];
    const char *folder = done ? "done/" : "failed/";
    if (!name_find(w, folder, file->name, to) ||
        snprintf(beside, sizeof beside, "%s.report.json", to) >= (int)sizeof beside ||
        !seen_keep(w, file, done, report) || !json_keep(beside, report)) {
        return false;
    }
    errors_put(to, errors);
    if (rename(file->path, to) != 0) {
        say(tr("không chuyển được %s: %s.", "%s cannot be moved: %s."), file->name,
            strerror(errno));
        return false;
    }
    char *slash = strrchr(to, '/');
    *slash = '\0';
    return file_sync_folder(to) == ERR_OK;
}
