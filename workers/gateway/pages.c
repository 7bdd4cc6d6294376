/* The console's files: two tables, of what may be one and of what Debian has, and a walk through one folder. */
#include "workers/gateway/pages.h"

#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/proc.h"
#include "workers/gateway/limits.h"
#include "workers/gateway/zip.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ETAG_BYTES 16
#define PATH_ROOM 4096
#define INDEX "index.html"

static const struct {
    const char *ending, *type;
} TYPES[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
};

/* As Debian's libjs-bootstrap5 and libjs-chart.js ship them. */
static const struct {
    const char *name, *file;
} LIBRARIES[] = {
    {"lib/bootstrap.min.css", "/usr/share/javascript/bootstrap5/css/bootstrap.min.css"},
    {"lib/bootstrap.bundle.min.js", "/usr/share/javascript/bootstrap5/js/bootstrap.bundle.min.js"},
    {"lib/chart.min.js", "/usr/share/javascript/chart.js/chart.min.js"},
};

static const char *
type_of(const char *name)
{
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof TYPES / sizeof *TYPES; i++) {
        if (strcmp(ending, TYPES[i].ending) == 0) {
            return TYPES[i].type;
        }
    }
    return NULL;
}

static void
etag_make(struct page *page)
{
    uint8_t hash[ETAG_BYTES];
    char hex[2 * ETAG_BYTES + 1];
    crypto_generichash(hash, sizeof hash, page->body.data, page->body.len, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    snprintf(page->etag, sizeof page->etag, "\"%s\"", hex);
}

/* `name` is the page's, as in its address. */
static void
page_add(struct pages *pages, const char *name, const char *file)
{
    struct page page = {.type = type_of(name)};
    if (page.type == NULL) {
        return;
    }
    size_t room = pages->bytes < PAGES_BYTES_MAX ? PAGES_BYTES_MAX - pages->bytes : 0;
    enum err err = pages->count < PAGES_MAX ? file_read(file, room, &page.body) : ERR_LIMIT;
    if (err != ERR_OK) {
        log_warn("page_missing", "path=%s file=\"%s\" error=%s", name, file, err_name(err));
        buf_fini(&page.body);
        return;
    }
    if (asprintf(&page.path, PAGES_AT "%s", strcmp(name, INDEX) == 0 ? "" : name) < 0) {
        mem_exhausted(strlen(name));
    }
    buf_slice(&page.zipped, buf_slice_of(&page.body));
    if (!zip_bytes(&page.zipped)) {
        buf_fini(&page.zipped);
        page.zipped = BUF_EMPTY;
    }
    etag_make(&page);
    pages->bytes += page.body.len;
    pages->list[pages->count++] = page;
}

static void
folder_add(struct pages *pages, const char *folder, const char *name, unsigned depth)
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    if (open == NULL) {
        log_warn("pages_missing", "folder=\"%s\"", folder);
        return;
    }
    while ((entry = readdir(open)) != NULL) {
        char path[PATH_ROOM], below[PATH_ROOM];
        struct stat stat;
        int a = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int b = snprintf(below, sizeof below, "%s%s", name, entry->d_name);
        if (entry->d_name[0] == '.' || a >= PATH_ROOM || b >= PATH_ROOM - 1 ||
            lstat(path, &stat) != 0) {
            continue;
        }
        if (S_ISREG(stat.st_mode)) {
            page_add(pages, below, path);
        } else if (S_ISDIR(stat.st_mode) && depth < PAGES_DEPTH_MAX) {
            below[b] = '/';
            below[b + 1] = '\0';
            folder_add(pages, path, below, depth + 1);
        }
    }
    closedir(open);
}

static int
page_order(const void *a, const void *b)
{
    return strcmp(((const struct page *)a)->path, ((const struct page *)b)->path);
}

void
pages_load(struct pages *pages, const char *folder)
{
    *pages = (struct pages){.list = mem_alloc(PAGES_MAX * sizeof(struct page))};
    folder_add(pages, folder, "", 0);
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++) {
        page_add(pages, LIBRARIES[i].name, LIBRARIES[i].file);
    }
    qsort(pages->list, pages->count, sizeof *pages->list, page_order);
    log_info("pages", "folder=\"%s\" count=%u bytes=%zu", folder, pages->count, pages->bytes);
}

char *
pages_folder(void)
{
    /* As `make install` lays it out, and as a build (also a sanitizer's) lies in the source. */
    static const char *const places[] = {"../share/thidua/console", "../../workers/gateway/console",
                                         "../../../workers/gateway/console"};
    char *folder = proc_folder(), *found = NULL;
    for (size_t i = 0; folder != NULL && found == NULL && i < sizeof places / sizeof *places; i++) {
        char path[PATH_ROOM];
        int len = snprintf(path, sizeof path, "%s/%s/" INDEX, folder, places[i]);
        if (len < PATH_ROOM && file_exists(path)) {
            path[(size_t)len - strlen("/" INDEX)] = '\0';
            found = realpath(path, NULL);
        }
    }
    free(folder);
    return found;
}

void
pages_free(struct pages *pages)
{
    for (unsigned i = 0; i < pages->count; i++) {
        free(pages->list[i].path);
        buf_fini(&pages->list[i].body);
        buf_fini(&pages->list[i].zipped);
    }
    free(pages->list);
    *pages = (struct pages){0};
}

const struct page *
pages_find(const struct pages *pages, const char *path)
{
    struct page wanted = {.path = (char *)path};
    return pages->count == 0
               ? NULL
               : bsearch(&wanted, pages->list, pages->count, sizeof *pages->list, page_order);
}
