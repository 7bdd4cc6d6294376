/* Manifests in memory and as text. What stands in a backup directory is read by other programs of
 * other days: every line is checked, and a name must be one of ours before a file is touched. */
#include "proto/manifest.h"

#include "common/mem.h"
#include "proto/limits.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define HEX_SIZE (2 * FILE_HASH_SIZE + 1)
#define SUM_MARK "# sum "

void
manifest_fini(struct manifest *m)
{
    free(m->states);
    free(m->files);
    *m = (struct manifest){0};
}

void
manifest_shards_set(struct manifest *m, uint32_t shards)
{
    free(m->states);
    m->shards = shards;
    m->states = shards == 0 ? NULL : mem_alloc(shards * sizeof(*m->states));
}

void
manifest_add(struct manifest *m, const char *name, const uint8_t hash[FILE_HASH_SIZE])
{
    /* Grown by doubling at the powers of two: no capacity to keep beside the count. */
    if ((m->file_count & (m->file_count - 1)) == 0) {
        size_t room = m->file_count == 0 ? 1 : (size_t)m->file_count * 2;
        m->files = mem_resize(m->files, room * sizeof(*m->files));
    }
    struct manifest_file *file = &m->files[m->file_count++];
    snprintf(file->name, sizeof(file->name), "%s", name);
    memcpy(file->hash, hash, FILE_HASH_SIZE);
}

const struct manifest_file *
manifest_find(const struct manifest *m, const char *name)
{
    for (uint32_t i = 0; i < m->file_count; i++) {
        if (strcmp(m->files[i].name, name) == 0) {
            return &m->files[i];
        }
    }
    return NULL;
}

/* ---- writing ---- */

static void
put_hex(struct buf *text, const uint8_t bytes[FILE_HASH_SIZE], const char *after)
{
    char hex[HEX_SIZE];
    sodium_bin2hex(hex, sizeof(hex), bytes, FILE_HASH_SIZE);
    buf_printf(text, "%s%s", hex, after);
}

void
manifest_encode(const struct manifest *m, struct buf *text)
{
    uint8_t sum[FILE_HASH_SIZE];
    buf_clear(text);
    buf_printf(text, "# thidua backup %d\n# taken %" PRId64 "\n", MANIFEST_VERSION, m->taken_us);
    buf_printf(text, "# journal %" PRIu64 " %" PRIu64 " %" PRId64 " ", m->first, m->head,
               m->head_time_us);
    put_hex(text, m->chain, "\n");
    buf_printf(text, "# shards %" PRIu32 "\n", m->shards);
    for (uint32_t i = 0; i < m->shards; i++) {
        if (m->states[i].there) {
            buf_printf(text, "# state %" PRIu32 " %" PRIu64 " ", i, m->states[i].position);
            put_hex(text, m->states[i].hash, "\n");
        }
    }
    for (uint32_t i = 0; i < m->file_count; i++) {
        put_hex(text, m->files[i].hash, "  ");
        buf_printf(text, "%s\n", m->files[i].name);
    }
    crypto_generichash(sum, sizeof(sum), text->data, text->len, NULL, 0);
    buf_printf(text, SUM_MARK);
    put_hex(text, sum, "\n");
}

/* ---- reading ---- */

static bool
hex_read(const char *hex, uint8_t bytes[FILE_HASH_SIZE])
{
    size_t len;
    return sodium_hex2bin(bytes, FILE_HASH_SIZE, hex, strlen(hex), NULL, &len, NULL) == 0 &&
           len == FILE_HASH_SIZE;
}

/* The lines above the sum, once it is right. */
static bool
sum_check(struct slice text, size_t *above)
{
    const size_t tail = strlen(SUM_MARK) + HEX_SIZE; /* the line's end in place of hex's zero */
    uint8_t sum[FILE_HASH_SIZE], told[FILE_HASH_SIZE];
    char hex[HEX_SIZE];
    if (text.len < tail || memchr(text.data, 0, text.len) != NULL) {
        return false;
    }
    *above = text.len - tail;
    if (memcmp(text.data + *above, SUM_MARK, strlen(SUM_MARK)) != 0) {
        return false;
    }
    memcpy(hex, text.data + *above + strlen(SUM_MARK), HEX_SIZE);
    hex[HEX_SIZE - 1] = '\0';
    crypto_generichash(sum, sizeof(sum), text.data, *above, NULL, 0);
    return hex_read(hex, told) && memcmp(sum, told, sizeof(sum)) == 0;
}

/* journal/, state/ or conf/ and a plain name: a manifest never leads out of its directory. */
static bool
name_is_ours(const char *name)
{
    const char *slash = strchr(name, '/');
    if (slash == NULL || slash[1] == '.' || slash[1] == '\0') {
        return false;
    }
    bool folder = strncmp(name, "journal/", 8) == 0 || strncmp(name, "state/", 6) == 0 ||
                  strncmp(name, "conf/", 5) == 0;
    return folder &&
           strspn(slash + 1, "0123456789abcdefghijklmnopqrstuvwxyz.-") == strlen(slash + 1);
}

static bool
state_line(struct manifest *m, const char *line)
{
    uint32_t shard;
    uint64_t position;
    char hex[HEX_SIZE];
    if (sscanf(line, "# state %" SCNu32 " %" SCNu64 " %64[0-9a-f]", &shard, &position, hex) != 3 ||
        shard >= m->shards) {
        return false;
    }
    m->states[shard].there = true;
    m->states[shard].position = position;
    return hex_read(hex, m->states[shard].hash);
}

static bool
shards_line(struct manifest *m, const char *line)
{
    uint32_t shards;
    if (sscanf(line, "# shards %" SCNu32, &shards) != 1 || shards > MANIFEST_SHARDS_MAX) {
        return false;
    }
    manifest_shards_set(m, shards);
    return true;
}

static bool
journal_line(struct manifest *m, const char *line)
{
    char hex[HEX_SIZE];
    return sscanf(line, "# journal %" SCNu64 " %" SCNu64 " %" SCNd64 " %64[0-9a-f]", &m->first,
                  &m->head, &m->head_time_us, hex) == 4 &&
           hex_read(hex, m->chain);
}

static bool
file_line(struct manifest *m, const char *line)
{
    char hex[HEX_SIZE], name[MANIFEST_NAME_MAX];
    uint8_t hash[FILE_HASH_SIZE];
    if (sscanf(line, "%64[0-9a-f]  %63s", hex, name) != 2 || !hex_read(hex, hash) ||
        !name_is_ours(name)) {
        return false;
    }
    manifest_add(m, name, hash);
    return true;
}

static bool
line_read(struct manifest *m, const char *line)
{
    if (line[0] != '#') {
        return file_line(m, line);
    }
    if (strncmp(line, "# journal ", 10) == 0) {
        return journal_line(m, line);
    }
    if (strncmp(line, "# shards ", 9) == 0) {
        return shards_line(m, line);
    }
    if (strncmp(line, "# state ", 8) == 0) {
        return state_line(m, line);
    }
    /* A remark that a later program of this version may add. */
    return strncmp(line, "# taken ", 8) != 0 || sscanf(line, "# taken %" SCNd64, &m->taken_us) == 1;
}

static enum err
lines_read(struct manifest *m, char *text)
{
    char *rest = text;
    char *line = strsep(&rest, "\n");
    unsigned version;
    if (line == NULL || sscanf(line, "# thidua backup %u", &version) != 1) {
        return ERR_FORMAT;
    }
    if (version != MANIFEST_VERSION) {
        return ERR_VERSION;
    }
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[0] != '\0' && !line_read(m, line)) {
            return ERR_FORMAT;
        }
    }
    return m->head == 0 || (m->first >= 1 && m->first <= m->head) ? ERR_OK : ERR_FORMAT;
}

enum err
manifest_decode(struct slice text, struct manifest *m)
{
    size_t above;
    *m = (struct manifest){0};
    if (!sum_check(text, &above)) {
        return ERR_FORMAT;
    }
    char *lines = mem_alloc(above + 1);
    memcpy(lines, text.data, above);
    enum err err = lines_read(m, lines);
    free(lines);
    if (err != ERR_OK) {
        manifest_fini(m);
    }
    return err;
}
