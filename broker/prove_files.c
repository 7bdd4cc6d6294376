/* Reading the names in a journal's folder, for the proof. */
#include "broker/prove_files.h"

#include "broker/limits.h"
#include "common/mem.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* 16 digits; what stands behind them. NULL: none. */
static const char *
number_read(const char *name, uint64_t *number)
{
    *number = 0;
    for (int i = 0; i < 16; i++, name++) {
        if (*name < '0' || *name > '9') {
            return NULL;
        }
        *number = *number * 10 + (uint64_t)(*name - '0');
    }
    return name;
}

static void
name_take(struct prove_files *files, const char *name)
{
    struct prove_file file = {0};
    const char *end = number_read(name, &file.first);
    if (end == NULL || file.first == 0) {
        return;
    }
    if (strcmp(end, ".seal") == 0) {
        files->last_seal = file.first > files->last_seal ? file.first : files->last_seal;
        return;
    }
    if (*end == '-' && (end = number_read(end + 1, &file.last)) == NULL) {
        return;
    }
    if (strcmp(end, ".mdb") == 0) {
        snprintf(file.name, sizeof(file.name), "%.*s", PROVE_FILE_MAX - 1, name);
        files->list = mem_resize(files->list, (files->count + 1) * sizeof(*files->list));
        files->list[files->count++] = file;
    }
}

/* By the first block; what a backup made of an open segment comes before the segment itself, and a
 * longer one behind a shorter. */
static int
file_order(const void *a, const void *b)
{
    const struct prove_file *x = a, *y = b;
    uint64_t left = x->last - 1, right = y->last - 1; /* no last is the largest of all */
    return x->first != y->first ? (x->first > y->first) - (x->first < y->first)
                                : (left > right) - (left < right);
}

/* One file a first block: the last of those that there are. */
static void
doubles_drop(struct prove_files *files)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < files->count; i++) {
        if (i + 1 == files->count || files->list[i + 1].first != files->list[i].first) {
            files->list[kept++] = files->list[i];
        }
    }
    files->count = kept;
}

enum err
prove_files_read(const char *folder, struct prove_files *files)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    *files = (struct prove_files){0};
    if (dir == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    }
    errno = 0;
    while (files->count <= SEGMENTS_MAX && (entry = readdir(dir)) != NULL) {
        name_take(files, entry->d_name);
        errno = 0;
    }
    enum err err = errno != 0 ? ERR_IO : files->count > SEGMENTS_MAX ? ERR_LIMIT : ERR_OK;
    closedir(dir);
    if (files->count > 0) {
        qsort(files->list, files->count, sizeof(*files->list), file_order);
        doubles_drop(files);
    }
    return err;
}

void
prove_files_fini(struct prove_files *files)
{
    free(files->list);
    *files = (struct prove_files){0};
}
