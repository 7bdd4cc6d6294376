/* Reading the shim's log, and following it. */
#include "tests/crash/disk_impl.h"

#include "common/check.h"
#include "common/mem.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- bytes and names ---- */

void
bytes_resize(struct buf *bytes, uint64_t size)
{
    if (size > bytes->len) {
        uint64_t more = size - bytes->len;
        memset(buf_reserve(bytes, more), 0, more);
    } else {
        bytes->len = size;
    }
}

void
bytes_put(struct buf *bytes, uint64_t at, const uint8_t *from, uint64_t len)
{
    if (len == 0) {
        return;
    }
    if (at + len > bytes->len) {
        bytes_resize(bytes, at + len);
    }
    memcpy(bytes->data + at, from, len);
}

static struct disk_name *
name_of(const struct disk_names *names, const char *path)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i].path, path) == 0) {
            return &names->list[i];
        }
    }
    return NULL;
}

int32_t
names_find(const struct disk_names *names, const char *path)
{
    const struct disk_name *name = name_of(names, path);
    return name == NULL ? FILE_NONE : name->file;
}

void
names_set(struct disk_names *names, const char *path, int32_t file)
{
    struct disk_name *name = name_of(names, path);
    if (name == NULL) {
        names->list = mem_resize(names->list, (names->count + 1) * sizeof(*names->list));
        name = &names->list[names->count++];
        name->path = path;
    }
    name->file = file;
}

void
names_change(struct disk_names *names, const struct disk_change *change)
{
    const struct disk_entry *entry = change->entry;
    switch (entry->head.kind) {
    case SHIM_RENAME:
        names_set(names, entry->path, FILE_NONE);
        names_set(names, entry->other, change->file);
        break;
    case SHIM_LINK:
        names_set(names, entry->other, change->file);
        break;
    default:
        names_set(names, entry->path, change->file);
    }
}

bool
path_in(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    if (len > 0) {
        if (strncmp(path, folder, len) != 0 || path[len] != '/') {
            return false;
        }
        path += len + 1;
    }
    return strchr(path, '/') == NULL;
}

/* ---- following the log ---- */

/* A file is there before it is written: a number that we do not know would be a hole in the log. */
static struct disk_file *
file_of(struct disk *d, uint64_t ino)
{
    for (uint32_t i = d->file_count; i > 0; i--) {
        if (d->files[i - 1].ino == ino) {
            return &d->files[i - 1];
        }
    }
    CHECK(!"a write to a file that the log has not seen made");
    return NULL;
}

static void
file_pend(struct disk *d, const struct disk_entry *entry)
{
    struct disk_file *f = file_of(d, entry->head.ino);
    f->pending = mem_resize(f->pending, (f->pending_count + 1) * sizeof(struct disk_entry *));
    f->pending[f->pending_count++] = entry;
}

static void
file_sync(struct disk_file *f)
{
    for (uint32_t i = 0; i < f->pending_count; i++) {
        const struct disk_entry *entry = f->pending[i];
        if (entry->head.kind == SHIM_TRUNCATE) {
            bytes_resize(&f->durable, entry->head.at);
        } else {
            bytes_put(&f->durable, entry->head.at, entry->bytes, entry->head.len);
        }
    }
    f->pending_count = 0;
}

static void
name_pend(struct disk *d, const struct disk_entry *entry, int32_t file)
{
    struct disk_change change = {entry, file};
    d->changes = mem_resize(d->changes, (d->change_count + 1) * sizeof(*d->changes));
    d->changes[d->change_count++] = change;
    names_change(&d->current, &change);
}

static void
folder_sync(struct disk *d, const char *folder)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < d->change_count; i++) {
        if (path_in(d->changes[i].entry->path, folder)) {
            names_change(&d->durable, &d->changes[i]);
        } else {
            d->changes[left++] = d->changes[i];
        }
    }
    d->change_count = left;
}

static int32_t
file_make(struct disk *d, uint64_t ino)
{
    d->files = mem_resize(d->files, (d->file_count + 1) * sizeof(*d->files));
    d->files[d->file_count] = (struct disk_file){.ino = ino};
    return (int32_t)d->file_count++;
}

static void
happen(struct disk *d, const struct disk_entry *entry)
{
    switch (entry->head.kind) {
    case SHIM_CREATE:
        name_pend(d, entry, file_make(d, entry->head.ino));
        break;
    case SHIM_MKDIR:
        name_pend(d, entry, FILE_FOLDER);
        break;
    case SHIM_UNLINK:
        name_pend(d, entry, FILE_NONE);
        break;
    case SHIM_RENAME:
    case SHIM_LINK:
        name_pend(d, entry, names_find(&d->current, entry->path));
        break;
    case SHIM_WRITE:
    case SHIM_TRUNCATE:
        file_pend(d, entry);
        break;
    case SHIM_SYNC:
        file_sync(file_of(d, entry->head.ino));
        break;
    case SHIM_SYNC_FOLDER:
        folder_sync(d, entry->path);
        break;
    case SHIM_MARK:
        if (entry->head.at > d->marks[entry->head.ino]) {
            d->marks[entry->head.ino] = entry->head.at;
        }
        break;
    }
}

void
disk_advance(struct disk *d, uint64_t entries)
{
    CHECK(entries >= d->at && entries <= d->count);
    while (d->at < entries) {
        happen(d, &d->entries[d->at++]);
    }
}

uint64_t
disk_entries(const struct disk *d)
{
    return d->count;
}

uint64_t
disk_mark(const struct disk *d, unsigned which)
{
    return d->marks[which];
}

/* ---- reading the log ---- */

static char *
text_of(const uint8_t *bytes, size_t len)
{
    char *text = mem_alloc(len + 1);
    memcpy(text, bytes, len);
    return text;
}

/* A rename between folders would be two changes that a cut may part: none of ours does that. */
static bool
can_be_followed(const struct disk_entry *entry)
{
    char folder[256];
    switch (entry->head.kind) {
    case SHIM_BLIND:
        fprintf(stderr, "written through a map, unseen: %s\n", entry->path);
        return false;
    case SHIM_RENAME:
    case SHIM_LINK:
        snprintf(folder, sizeof(folder), "%s", entry->path);
        char *slash = strrchr(folder, '/');
        *(slash == NULL ? folder : slash) = '\0';
        if (path_in(entry->other, folder)) {
            return true;
        }
        fprintf(stderr, "renamed to another folder: %s\n", entry->path);
        return false;
    default:
        return entry->head.kind >= SHIM_CREATE && entry->head.kind < SHIM_BLIND;
    }
}

/* The next entry, or false at the end or where it is not whole. */
static bool
entry_read(struct slice *log, struct disk_entry *entry)
{
    struct shim_entry *head = &entry->head;
    if (log->len < sizeof(*head)) {
        return false;
    }
    memcpy(head, log->data, sizeof(*head));
    size_t size = sizeof(*head) + head->path_len + head->other_len + head->len;
    if (log->len < size) {
        return false;
    }
    const uint8_t *at = log->data + sizeof(*head);
    entry->path = text_of(at, head->path_len);
    entry->other = text_of(at + head->path_len, head->other_len);
    entry->bytes = at + head->path_len + head->other_len;
    *log = slice_of(log->data + size, log->len - size);
    return true;
}

struct disk *
disk_new(struct slice log)
{
    struct disk *d = mem_alloc(sizeof(*d));
    struct disk_entry entry;
    uint64_t room = 0;
    bool sound = true;
    while (sound && entry_read(&log, &entry)) {
        if (d->count == room) {
            room = room == 0 ? 1024 : room * 2;
            d->entries = mem_resize(d->entries, room * sizeof(entry));
        }
        d->entries[d->count++] = entry;
        sound = can_be_followed(&entry);
    }
    if (!sound || log.len != 0) {
        disk_free(&d);
    }
    return d;
}

void
disk_free(struct disk **disk)
{
    struct disk *d = *disk;
    if (d == NULL) {
        return;
    }
    for (uint64_t i = 0; i < d->count; i++) {
        free(d->entries[i].path);
        free(d->entries[i].other);
    }
    for (uint32_t i = 0; i < d->file_count; i++) {
        buf_fini(&d->files[i].durable);
        free(d->files[i].pending);
    }
    free(d->entries);
    free(d->files);
    free(d->durable.list);
    free(d->current.list);
    free(d->changes);
    free(d);
    *disk = NULL;
}
