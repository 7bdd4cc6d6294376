/* Seals: BLAKE2b-256 over a segment's file. */
#include "broker/seal.h"

#include "common/file.h"
#include "common/file_copy.h"
#include "common/log.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEAL_TEXT_MAX 512 /* two short lines */

_Static_assert(SEAL_HASH_SIZE == FILE_HASH_SIZE, "the seal's hash is BLAKE2b-256");

static enum err
hash_file(const char *path, uint8_t hash[SEAL_HASH_SIZE], uint64_t *bytes)
{
    enum err err = file_hash(path, hash, bytes);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        log_error("segment_unreadable", "path=\"%s\" error=%s", path, err_name(err));
    }
    return err;
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void
seal_text(const struct seal *seal, const char *name, struct buf *text)
{
    char hex[2 * SEAL_HASH_SIZE + 1];
    sodium_bin2hex(hex, sizeof(hex), seal->hash, SEAL_HASH_SIZE);
    buf_printf(text, "# blocks %" PRIu64 " to %" PRIu64 ", %" PRIu64 " bytes\n%s  %s\n",
               seal->first, seal->last, seal->bytes, hex, name);
}

enum err
seal_write(const char *path, const struct seal *seal, const char *segment)
{
    struct buf text = BUF_EMPTY;
    seal_text(seal, base_name(segment), &text);
    enum err err = file_replace(path, buf_slice_of(&text));
    buf_fini(&text);
    return err;
}

/* A number may be written in more ways than one, and what is behind the hash is not read: so it is a
 * seal where the same text would be written again. */
static enum err
seal_parse(struct slice bytes, const char *segment, struct seal *seal)
{
    char hex[2 * SEAL_HASH_SIZE + 1], text[SEAL_TEXT_MAX + 1];
    struct buf again = BUF_EMPTY;
    size_t len;
    snprintf(text, sizeof(text), "%.*s", (int)bytes.len, (const char *)bytes.data);
    if (sscanf(text, "# blocks %" SCNu64 " to %" SCNu64 ", %" SCNu64 " bytes\n%64[0-9a-f]  ",
               &seal->first, &seal->last, &seal->bytes, hex) != 4) {
        return ERR_CORRUPT;
    }
    if (sodium_hex2bin(seal->hash, SEAL_HASH_SIZE, hex, strlen(hex), NULL, &len, NULL) != 0 ||
        len != SEAL_HASH_SIZE || seal->first == 0 || seal->last < seal->first) {
        return ERR_CORRUPT;
    }
    seal_text(seal, segment, &again);
    bool same = slice_equal(buf_slice_of(&again), bytes);
    buf_fini(&again);
    return same ? ERR_OK : ERR_CORRUPT;
}

/* The segment of the seal at `path`: the same name with the other suffix. */
static void
segment_name(const char *path, char name[SEAL_TEXT_MAX])
{
    const char *base = base_name(path), *dot = strrchr(base, '.');
    int len = dot == NULL ? (int)strlen(base) : (int)(dot - base);
    snprintf(name, SEAL_TEXT_MAX, "%.*s.mdb", len, base);
}

enum err
seal_read(const char *path, struct seal *seal)
{
    char segment[SEAL_TEXT_MAX];
    if (!file_exists(path)) {
        return ERR_NOT_FOUND;
    }
    struct buf text = BUF_EMPTY;
    enum err err = file_read(path, SEAL_TEXT_MAX, &text);
    if (err == ERR_OK) {
        segment_name(path, segment);
        err = seal_parse(buf_slice_of(&text), segment, seal);
    }
    if (err != ERR_OK) {
        log_error("seal_unreadable", "path=\"%s\" error=%s", path, err_name(err));
    }
    buf_fini(&text);
    return err == ERR_LIMIT ? ERR_CORRUPT : err;
}

enum err
seal_check(const char *segment, const struct seal *seal)
{
    struct stat file;
    uint8_t hash[SEAL_HASH_SIZE] = {0};
    uint64_t bytes = 0;
    if (stat(segment, &file) != 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    if ((uint64_t)file.st_size == seal->bytes) {
        enum err err = hash_file(segment, hash, &bytes);
        if (err != ERR_OK) {
            return err;
        }
    }
    if (bytes != seal->bytes || memcmp(hash, seal->hash, SEAL_HASH_SIZE) != 0) {
        log_error("segment_damaged", "path=\"%s\" sealed_bytes=%" PRIu64 " bytes=%lld", segment,
                  seal->bytes, (long long)file.st_size);
        return ERR_CORRUPT;
    }
    return ERR_OK;
}
