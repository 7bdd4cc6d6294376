/* Hashing in steps. Owns a descriptor of the file, which is closed data: LMDB's locks are on another. A
 * process that ends in the middle leaves nothing; the next one begins anew. */
#include "broker/sealing.h"

#include "broker/catalog.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK                                                                                      \
    ((size_t)64 << 10) /* read at once: stays in the processor's cache until it is hashed */

struct sealing {
    char *segment, *path;
    int fd;
    struct seal seal;
    crypto_generichash_state state;
    uint8_t chunk[CHUNK];
};

static enum err
unreadable(const struct sealing *s)
{
    int reason = errno;
    log_error("segment_unreadable", "path=\"%s\" error=\"%s\"", s->segment, strerror(reason));
    return reason == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

enum err
sealing_begin(const char *folder, uint64_t first, uint64_t last, struct sealing **sealing)
{
    struct sealing *s = mem_alloc(sizeof(*s));
    s->segment = catalog_path(folder, first, "mdb");
    s->path = catalog_path(folder, first, "seal");
    s->seal.first = first;
    s->seal.last = last;
    crypto_generichash_init(&s->state, NULL, 0, SEAL_HASH_SIZE);
    s->fd = open(s->segment, O_RDONLY | O_CLOEXEC);
    enum err err = s->fd >= 0 ? ERR_OK : unreadable(s);
    *sealing = s;
    if (err != ERR_OK) {
        sealing_end(sealing);
    }
    return err;
}

void
sealing_end(struct sealing **sealing)
{
    struct sealing *s = *sealing;
    if (s == NULL) {
        return;
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    free(s->segment);
    free(s->path);
    free(s);
    *sealing = NULL;
}

enum err
sealing_step(struct sealing *s, size_t bytes, struct seal *seal)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = read(s->fd, s->chunk, CHUNK);
        if (got < 0 && errno != EINTR) {
            return unreadable(s);
        }
        if (got == 0) {
            crypto_generichash_final(&s->state, s->seal.hash, SEAL_HASH_SIZE);
            *seal = s->seal;
            return seal_write(s->path, seal, s->segment);
        }
        size_t more = got > 0 ? (size_t)got : 0;
        crypto_generichash_update(&s->state, s->chunk, more);
        s->seal.bytes += more;
        done += more;
    }
    return ERR_AGAIN;
}
