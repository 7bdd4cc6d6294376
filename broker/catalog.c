/* Reading the journal's folder. Owns nothing but the list. */
#include "broker/catalog.h"

#include "broker/limits.h"
#include "common/log.h"
#include "common/mem.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_DIGITS 16

char *
catalog_path(const char *folder, uint64_t first, const char *suffix)
{
    size_t size = strlen(folder) + strlen(suffix) + 24;
    char *path = mem_alloc(size);
    snprintf(path, size, "%s/%0*" PRIu64 ".%s", folder, NAME_DIGITS, first, suffix);
    return path;
}

/* Whether a file's name is a segment's: 16 digits and ".mdb", nothing else (not "…mdb-lock"). */
static bool
name_is_segment(const char *name, uint64_t *first)
{
    if (strlen(name) != NAME_DIGITS + 4 || strcmp(name + NAME_DIGITS, ".mdb") != 0) {
        return false;
    }
    *first = 0;
    for (int i = 0; i < NAME_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return false;
        }
        *first = *first * 10 + (uint64_t)(name[i] - '0');
    }
    return *first > 0;
}

struct catalog_entry *
catalog_add(struct catalog *catalog, uint64_t first)
{
    /* Grown by doubling at the powers of two: no capacity to keep beside the count. */
    if ((catalog->count & (catalog->count - 1)) == 0) {
        size_t room = catalog->count == 0 ? 1 : (size_t)catalog->count * 2;
        catalog->entries = mem_resize(catalog->entries, room * sizeof(*catalog->entries));
    }
    struct catalog_entry *entry = &catalog->entries[catalog->count++];
    *entry = (struct catalog_entry){.first = first};
    return entry;
}

void
catalog_fini(struct catalog *catalog)
{
    free(catalog->entries);
    *catalog = (struct catalog){0};
}

static int
entry_order(const void *a, const void *b)
{
    const struct catalog_entry *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static enum err
names_read(const char *folder, struct catalog *catalog)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    struct dirent *file;
    uint64_t first;
    enum err err = ERR_OK;
    errno = 0;
    while (err == ERR_OK && (file = readdir(dir)) != NULL) {
        if (catalog->count == SEGMENTS_MAX) {
            log_error("journal_too_long", "folder=\"%s\" segments=%d", folder, SEGMENTS_MAX);
            err = ERR_LIMIT;
        } else if (name_is_segment(file->d_name, &first)) {
            catalog_add(catalog, first);
        }
        errno = 0;
    }
    err = errno == 0 ? err : ERR_IO;
    closedir(dir);
    if (catalog->count > 0) {
        qsort(catalog->entries, catalog->count, sizeof(*catalog->entries), entry_order);
    }
    return err;
}

static enum err
seals_read(const char *folder, struct catalog *catalog)
{
    for (uint32_t i = 0; i < catalog->count; i++) {
        struct catalog_entry *entry = &catalog->entries[i];
        char *path = catalog_path(folder, entry->first, "seal");
        enum err err = seal_read(path, &entry->seal);
        free(path);
        if (err != ERR_OK && err != ERR_NOT_FOUND) {
            return err;
        }
        entry->sealed = err == ERR_OK;
    }
    return ERR_OK;
}

/* Every segment but the newest two is sealed, and the next begins where it ends. */
static enum err
row_check(const char *folder, const struct catalog *catalog)
{
    for (uint32_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        const struct catalog_entry *next = i + 1 < catalog->count ? entry + 1 : NULL;
        if (!entry->sealed && i + 2 < catalog->count) {
            log_error("journal_seal_missing", "folder=\"%s\" segment=%" PRIu64, folder,
                      entry->first);
            return ERR_CORRUPT;
        }
        if (entry->sealed && entry->seal.first != entry->first) {
            log_error("journal_seal_wrong", "folder=\"%s\" segment=%" PRIu64, folder, entry->first);
            return ERR_CORRUPT;
        }
        if (entry->sealed && next != NULL && next->first != entry->seal.last + 1) {
            log_error("journal_segment_missing",
                      "folder=\"%s\" expected=%" PRIu64 " found=%" PRIu64, folder,
                      entry->seal.last + 1, next->first);
            return ERR_CORRUPT;
        }
    }
    return ERR_OK;
}

enum err
catalog_read(const char *folder, struct catalog *catalog)
{
    *catalog = (struct catalog){0};
    enum err err = names_read(folder, catalog);
    err = err == ERR_OK ? seals_read(folder, catalog) : err;
    err = err == ERR_OK ? row_check(folder, catalog) : err;
    if (err != ERR_OK) {
        catalog_fini(catalog);
    }
    return err;
}

struct catalog_entry *
catalog_unsealed(const struct catalog *catalog)
{
    struct catalog_entry *entry = catalog->count < 2 ? NULL : &catalog->entries[catalog->count - 2];
    return entry != NULL && !entry->sealed ? entry : NULL;
}

struct catalog_entry *
catalog_find(struct catalog *catalog, uint64_t number)
{
    uint32_t low = 0, high = catalog->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (catalog->entries[middle].first <= number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &catalog->entries[low - 1];
}

void
catalog_drop_oldest(struct catalog *catalog, uint32_t count)
{
    catalog->count -= count;
    memmove(catalog->entries, catalog->entries + count, catalog->count * sizeof(*catalog->entries));
    size_t room = 1;
    while (room < catalog->count) {
        room *= 2;
    }
    /* catalog_add rests on the room being the power of two that the count has reached. */
    catalog->entries = mem_resize(catalog->entries, room * sizeof(*catalog->entries));
}
