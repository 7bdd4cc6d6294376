/* The number is stored whole, in the machine's own order: both sides are the same machine. */
#include "common/note.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOTE_BYTES sizeof(uint64_t)

static enum err
note_failed(const char *path)
{
    log_error("note_failed", "path=\"%s\" error=\"%s\"", path, strerror(errno));
    return ERR_IO;
}

enum err
note_open(struct note *note, const char *path)
{
    *note = (struct note){0};
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return note_failed(path);
    }
    void *at = MAP_FAILED;
    if (ftruncate(fd, NOTE_BYTES) == 0) {
        at = mmap(NULL, NOTE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    enum err err = at == MAP_FAILED ? note_failed(path) : ERR_OK;
    close(fd);
    note->at = at == MAP_FAILED ? NULL : at;
    return err;
}

void
note_set(const struct note *note, uint64_t number)
{
    if (note->at != NULL) {
        /* Before anything that follows: what follows may be our end. */
        __atomic_store_n(note->at, number, __ATOMIC_SEQ_CST);
    }
}

void
note_fini(struct note *note)
{
    if (note->at != NULL) {
        munmap(note->at, NOTE_BYTES);
    }
    *note = (struct note){0};
}

uint64_t
note_read(const char *path)
{
    uint64_t number = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    bool whole = read(fd, &number, sizeof(number)) == (ssize_t)sizeof(number);
    close(fd);
    return whole ? number : 0;
}
