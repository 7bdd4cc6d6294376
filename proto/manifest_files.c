/* Manifests and their files in a backup directory. */
#include "proto/manifest.h"

#include "common/file.h"
#include "common/mem.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PREFIX "manifest-"
#define DIGITS 16

char *
manifest_path(const char *backup, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", backup, name) < 0) {
        mem_exhausted(strlen(backup) + strlen(name) + 2);
    }
    return path;
}

void
manifest_name(uint64_t head, char name[MANIFEST_NAME_MAX])
{
    snprintf(name, MANIFEST_NAME_MAX, PREFIX "%0*" PRIu64, DIGITS, head);
}

void
manifest_state_name(uint32_t shard, uint64_t position, char name[MANIFEST_NAME_MAX])
{
    snprintf(name, MANIFEST_NAME_MAX, "state/%02" PRIu32 "-%0*" PRIu64 ".mdb", shard, DIGITS,
             position);
}

enum err
manifest_read(const char *backup, const char *name, struct manifest *m)
{
    struct buf text = BUF_EMPTY;
    char *path = manifest_path(backup, name);
    *m = (struct manifest){0};
    enum err err = file_read(path, MANIFEST_BYTES_MAX, &text);
    err = err == ERR_OK ? manifest_decode(buf_slice_of(&text), m) : err;
    buf_fini(&text);
    free(path);
    return err;
}

enum err
manifest_write(const char *backup, const char *name, const struct manifest *m)
{
    struct buf text = BUF_EMPTY;
    char *path = manifest_path(backup, name);
    manifest_encode(m, &text);
    enum err err = file_replace(path, buf_slice_of(&text));
    buf_fini(&text);
    free(path);
    return err;
}

/* 0 where the name is not a manifest's. */
static uint64_t
head_of_name(const char *name)
{
    const char *digits = name + strlen(PREFIX);
    bool ours = strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(digits) == DIGITS &&
                strspn(digits, "0123456789") == DIGITS;
    return ours ? strtoull(digits, NULL, 10) : 0;
}

static int
head_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum err
manifest_list_read(const char *backup, struct manifest_list *list)
{
    *list = (struct manifest_list){0};
    DIR *folder = opendir(backup);
    if (folder == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        uint64_t head = head_of_name(entry->d_name);
        if (head == 0) {
            continue;
        }
        if ((list->count & (list->count - 1)) == 0) {
            size_t room = list->count == 0 ? 1 : (size_t)list->count * 2;
            list->heads = mem_resize(list->heads, room * sizeof(*list->heads));
        }
        list->heads[list->count++] = head;
    }
    closedir(folder);
    if (list->count > 0) {
        qsort(list->heads, list->count, sizeof(*list->heads), head_order);
    }
    return ERR_OK;
}

void
manifest_list_fini(struct manifest_list *list)
{
    free(list->heads);
    *list = (struct manifest_list){0};
}

enum err
manifest_newest(const char *backup, struct manifest *m)
{
    struct manifest_list list;
    char name[MANIFEST_NAME_MAX];
    *m = (struct manifest){0};
    enum err err = manifest_list_read(backup, &list);
    if (err == ERR_OK && list.count == 0) {
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_OK) {
        manifest_name(list.heads[list.count - 1], name);
        err = manifest_read(backup, name, m);
    }
    manifest_list_fini(&list);
    return err;
}

enum err
manifest_check(const char *backup, const struct manifest_file *file)
{
    uint8_t hash[FILE_HASH_SIZE];
    char *path = manifest_path(backup, file->name);
    enum err err = file_hash(path, hash, NULL);
    free(path);
    if (err == ERR_OK && memcmp(hash, file->hash, sizeof(hash)) != 0) {
        err = ERR_CORRUPT;
    }
    return err;
}

enum err
manifest_keep(const char *backup, const struct manifest *former, const char *name,
              struct manifest *m)
{
    const struct manifest_file *file = manifest_find(former, name);
    if (file == NULL || manifest_check(backup, file) != ERR_OK) {
        return ERR_NOT_FOUND;
    }
    manifest_add(m, file->name, file->hash);
    return ERR_OK;
}
