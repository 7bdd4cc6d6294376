/* What a power cut could have left: the seed chooses how cruel it is, and then what is lost. */
#include "tests/crash/disk_impl.h"

#include "common/check.h"
#include "common/mem.h"
#include "tests/crash/dice.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Kinds of cut: a disk that kept all, one that kept nothing unsynced, and those in between. */
enum cruelty { KEEP_ALL, KEEP_NONE, KEEP_WRITES, KEEP_SECTORS, KEEP_BUT_LAST, CRUELTY_COUNT };

struct cut {
    uint64_t seed;
    enum cruelty data, names;
    struct disk_figures *figures;
};

/* Whether this one, of all that are pending, is there. */
static bool
keep(struct cut *cut, enum cruelty cruelty, bool last)
{
    switch (cruelty) {
    case KEEP_ALL:
        return true;
    case KEEP_NONE:
        return false;
    case KEEP_BUT_LAST:
        return !last;
    default:
        return dice(&cut->seed, 2) == 0;
    }
}

/* Sector by sector, as far as they were kept. */
static void
write_tear(struct cut *cut, const struct disk_entry *entry, struct buf *bytes)
{
    uint64_t at = entry->head.at, end = at + entry->head.len;
    uint32_t kept = 0, sectors = 0;
    while (at < end) {
        uint64_t next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        sectors++;
        if (dice(&cut->seed, 2) == 0) {
            bytes_put(bytes, at, entry->bytes + (at - entry->head.at), next - at);
            kept++;
        }
        at = next;
    }
    cut->figures->writes_lost += kept == 0;
    cut->figures->writes_torn += kept > 0 && kept < sectors;
}

static void
pending_put(struct cut *cut, const struct disk_entry *entry, bool last, struct buf *bytes)
{
    bool truncation = entry->head.kind == SHIM_TRUNCATE;
    cut->figures->writes_pending++;
    if (!truncation && (cut->data == KEEP_SECTORS || (cut->data == KEEP_BUT_LAST && last))) {
        write_tear(cut, entry, bytes);
    } else if (!keep(cut, cut->data, last)) {
        cut->figures->writes_lost++;
    } else if (truncation) {
        bytes_resize(bytes, entry->head.at);
    } else {
        bytes_put(bytes, entry->head.at, entry->bytes, entry->head.len);
    }
}

/* The size may be on the disk before the bytes are. */
static void
size_grow(struct cut *cut, const struct disk_file *f, struct buf *bytes)
{
    uint64_t size = f->durable.len;
    for (uint32_t i = 0; i < f->pending_count; i++) {
        const struct shim_entry *head = &f->pending[i]->head;
        uint64_t end = head->at + head->len;
        size = head->kind == SHIM_TRUNCATE || end > size ? end : size;
    }
    if (size > bytes->len && dice(&cut->seed, 2) == 0) {
        bytes_resize(bytes, size);
    }
}

/* The bytes of one file. `under_way`: the entry at the cut, which has not come back. */
static void
file_cut(struct cut *cut, const struct disk_file *f, const struct disk_entry *under_way,
         struct buf *bytes)
{
    buf_clear(bytes);
    buf_slice(bytes, buf_slice_of(&f->durable));
    for (uint32_t i = 0; i < f->pending_count; i++) {
        const struct disk_entry *entry = f->pending[i];
        if (entry->head.synced && entry != under_way) {
            bytes_put(bytes, entry->head.at, entry->bytes, entry->head.len);
        } else {
            pending_put(cut, entry, i + 1 == f->pending_count, bytes);
        }
    }
    size_grow(cut, f, bytes);
}

static void
names_cut(struct cut *cut, const struct disk *d, struct disk_names *names)
{
    for (uint32_t i = 0; i < d->durable.count; i++) {
        names_set(names, d->durable.list[i].path, d->durable.list[i].file);
    }
    for (uint32_t i = 0; i < d->change_count; i++) {
        cut->figures->names_pending++;
        if (keep(cut, cut->names, i + 1 == d->change_count)) {
            names_change(names, &d->changes[i]);
        } else {
            cut->figures->names_lost++;
        }
    }
}

static void
file_write(const char *path, const struct buf *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    for (size_t at = 0; at < bytes->len;) {
        ssize_t done = write(fd, bytes->data + at, bytes->len - at);
        CHECK(done > 0);
        at += (size_t)done;
    }
    close(fd);
}

static int
by_path(const void *a, const void *b)
{
    return strcmp(((const struct disk_name *)a)->path, ((const struct disk_name *)b)->path);
}

/* Folders come before what is in them; what is in a folder that was lost is lost with it. */
static void
names_make(struct cut *cut, const struct disk *d, const struct disk_names *names,
           const char *folder)
{
    struct buf bytes = BUF_EMPTY;
    const struct disk_entry *under_way = d->at > 0 ? &d->entries[d->at - 1] : NULL;
    qsort(names->list, names->count, sizeof(*names->list), by_path);
    for (uint32_t i = 0; i < names->count; i++) {
        char path[1024], above[1024];
        int32_t file = names->list[i].file;
        snprintf(path, sizeof(path), "%s/%s", folder, names->list[i].path);
        snprintf(above, sizeof(above), "%.*s", (int)(strrchr(path, '/') - path), path);
        if (file == FILE_NONE || access(above, F_OK) != 0) {
            continue;
        }
        if (file == FILE_FOLDER) {
            CHECK(mkdir(path, 0750) == 0);
        } else {
            file_cut(cut, &d->files[file], under_way, &bytes);
            file_write(path, &bytes);
        }
    }
    buf_fini(&bytes);
}

void
disk_cut(const struct disk *d, uint64_t seed, const char *folder, struct disk_figures *figures)
{
    struct cut cut = {.seed = seed, .figures = figures};
    struct disk_names names = {0};
    cut.data = (enum cruelty)dice(&cut.seed, CRUELTY_COUNT);
    cut.names = (enum cruelty)dice(&cut.seed, CRUELTY_COUNT);
    CHECK(mkdir(folder, 0750) == 0);
    names_cut(&cut, d, &names);
    names_make(&cut, d, &names, folder);
    free(names.list);
}
