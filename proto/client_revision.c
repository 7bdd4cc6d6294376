/* Revisions: numbers that grow and are never given twice, by this process, its next start, or
 * another process with the same file.
 *
 * The file holds one decimal number: the highest revision that anybody may have stamped. A range
 * above it is reserved by replacing the file before the first number of the range is used, so that
 * a crash loses numbers, never repeats them. FILE.lock is held (flock) meanwhile: the file itself
 * is replaced, and a lock on it would be a lock on what was. A range begins at the clock's
 * milliseconds, or above the stored number where that is later, and is left as soon as the clock
 * has passed its end; it covers REVISION_RANGE_MIN (as many ms, when stamps are rare) and doubles
 * while stamping outruns the clock. Two processes never stamp the same, but within those ms one may
 * stamp lower after the other did: corrections of one report belong in one process. */
#include "proto/client_impl.h"

#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define NUMBER_BYTES_MAX 32 /* of the file: a number and its newline, with room */
#define LOCK_TRIES 400      /* of LOCK_PAUSE_MS: two seconds; a holder keeps it for one sync */
#define LOCK_PAUSE_MS 5
#define REVISION_MOST ((uint64_t)INT64_MAX - 2 * REVISION_RANGE_MAX)

struct revisions {
    char *path; /* NULL: in memory only */
    int lock_fd;
    uint64_t next;  /* the least that may still be given */
    uint64_t end;   /* of the range: next may not reach it */
    uint32_t range; /* how many that is */
};

/* ERR_FORMAT where the file holds anything but one number. */
static enum err
stored_read(const struct revisions *r, uint64_t *stored)
{
    struct buf text = BUF_EMPTY;
    enum err err = file_read(r->path, NUMBER_BYTES_MAX, &text);
    *stored = 0;
    if (err == ERR_NOT_FOUND) {
        buf_fini(&text);
        return ERR_OK;
    }
    size_t digits = 0;
    while (err == ERR_OK && digits < text.len && text.data[digits] >= '0' &&
           text.data[digits] <= '9' && *stored <= REVISION_MOST / 10) {
        *stored = *stored * 10 + (text.data[digits++] - '0');
    }
    bool whole = digits + 1 == text.len && digits > 0 && text.data[digits] == '\n';
    if (err == ERR_OK && (!whole || *stored > REVISION_MOST)) {
        err = ERR_FORMAT;
    }
    buf_fini(&text);
    return err;
}

/* Never waits for ever: a holder may have been stopped. */
static enum err
lock_take(const struct revisions *r)
{
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        if (flock(r->lock_fd, LOCK_EX | LOCK_NB) == 0) {
            return ERR_OK;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return ERR_IO;
        }
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
    return ERR_TIMEOUT;
}

static enum err
range_write(struct revisions *r, uint64_t least)
{
    uint64_t stored;
    enum err err = stored_read(r, &stored);
    if (err != ERR_OK) {
        return err;
    }
    uint64_t start = stored + 1 > least ? stored + 1 : least;
    char text[NUMBER_BYTES_MAX];
    if (start > REVISION_MOST) {
        return ERR_RANGE;
    }
    snprintf(text, sizeof(text), "%" PRIu64 "\n", start + r->range - 1);
    err = file_replace(r->path, slice_text(text));
    if (err == ERR_OK) {
        r->next = start;
        r->end = start + r->range;
    }
    return err;
}

/* A new range from `least` on. */
static enum err
range_reserve(struct revisions *r, uint64_t least)
{
    bool used_up = r->next == r->end;
    r->range = used_up ? client_longer(r->range, REVISION_RANGE_MAX) : REVISION_RANGE_MIN;
    enum err err = lock_take(r);
    if (err != ERR_OK) {
        return err;
    }
    err = range_write(r, least);
    flock(r->lock_fd, LOCK_UN);
    return err;
}

uint64_t
revisions_take(struct revisions *r, int64_t wall_ms)
{
    uint64_t wall = wall_ms > 0 ? (uint64_t)wall_ms : 0;
    uint64_t revision = r->next > wall ? r->next : wall;
    if (r->path != NULL && revision >= r->end) {
        enum err err = range_reserve(r, revision);
        if (err != ERR_OK) {
            log_error("revision_not_kept", "path=\"%s\" error=%s", r->path, err_name(err));
            return 0;
        }
        revision = r->next;
    }
    r->next = revision + 1;
    return revision;
}

static bool
file_open(struct revisions *r, const char *path, char why[256])
{
    char lock[4096];
    uint64_t stored;
    r->path = mem_text(path);
    if (snprintf(lock, sizeof(lock), "%s.lock", path) >= (int)sizeof(lock)) {
        snprintf(why, 256, "%s", LANG_PICK("Đường dẫn quá dài.", "The path is too long."));
        return false;
    }
    r->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (r->lock_fd < 0) {
        snprintf(why, 256, LANG_PICK("Không mở được “%.150s”: %s.", "Cannot open “%.150s”: %s."),
                 lock, strerror(errno));
        return false;
    }
    if (stored_read(r, &stored) != ERR_OK) {
        snprintf(why, 256,
                 LANG_PICK("“%.150s” không chứa số lần sửa; hãy khôi phục hoặc xóa tệp này.",
                           "“%.150s” does not hold a revision; restore or remove it."),
                 path);
        return false;
    }
    return true;
}

struct revisions *
revisions_new(const char *path, char why[256])
{
    struct revisions *r = mem_alloc(sizeof(*r));
    r->lock_fd = -1;
    r->next = 1;
    r->range = REVISION_RANGE_MIN;
    if (path != NULL && !file_open(r, path, why)) {
        revisions_free(&r);
    }
    return r;
}

void
revisions_free(struct revisions **revisions)
{
    struct revisions *r = *revisions;
    if (r == NULL) {
        return;
    }
    if (r->lock_fd >= 0) {
        close(r->lock_fd);
    }
    free(r->path);
    free(r);
    *revisions = NULL;
}
