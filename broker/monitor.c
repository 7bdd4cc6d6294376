/* The words of `problems`, which README.md explains: scripts and the command line rest on them. */
#include "broker/core.h"

#include "common/log.h"
#include "proto/pack.h"

#include <inttypes.h>

const char *const BUSY_REASON_NAMES[BUSY_REASONS] = {BUSY_DISK, BUSY_LAG, BUSY_SHARE, BUSY_QUOTA};

#define MB ((uint64_t)1 << 20)
#define LOOK_EVERY_MS 1000 /* statvfs is cheap; a disk does not fill in less */

void
monitor_init(struct broker *b)
{
    b->monitor.free_bytes = b->machine.free_bytes(b->machine.context);
    b->monitor.looked_ms = clock_mono_ms(b->clock);
}

static bool
disk_is_low(const struct broker *b)
{
    return b->monitor.free_bytes < b->settings.min_free_mb * MB;
}

void
monitor_tick(struct broker *b, int64_t now_ms)
{
    if (now_ms - b->monitor.looked_ms < LOOK_EVERY_MS) {
        return;
    }
    bool was_low = disk_is_low(b);
    b->monitor.looked_ms = now_ms;
    b->monitor.free_bytes = b->machine.free_bytes(b->machine.context);
    if (disk_is_low(b) != was_low) {
        log_warn(was_low ? "disk_enough" : "disk_low", "free_bytes=%" PRIu64,
                 b->monitor.free_bytes);
    }
}

static bool
lag_is_large(const struct broker *b)
{
    struct journal_head head;
    journal_head(b->journal, &head);
    return roster_lag(&b->roster, head.number) > b->settings.busy_lag_blocks;
}

const char *
monitor_busy(const struct broker *b, uint32_t *retry_ms)
{
    if (disk_is_low(b)) {
        *retry_ms = RETRY_DISK_MS;
        return BUSY_DISK;
    }
    if (lag_is_large(b)) {
        *retry_ms = RETRY_LAG_MS;
        return BUSY_LAG;
    }
    return NULL;
}

unsigned
monitor_busy_reason(const char *reason)
{
    unsigned i = 0;
    while (i + 1 < BUSY_REASONS && strcmp(BUSY_REASON_NAMES[i], reason) != 0) {
        i++;
    }
    return i;
}

bool
monitor_unreadable(struct broker *b, uint64_t number, enum err err, struct complaint *why)
{
    if (err == ERR_NOT_FOUND) {
        return complain(why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64, number);
    }
    b->monitor.damaged = number;
    log_error("block_unreadable", "block=%" PRIu64 " error=%s", number, err_name(err));
    return complain(why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64 " (%s)", number,
                    err_name(err));
}

/* ---- what is wrong ---- */

struct words {
    struct buf *packed;
    uint32_t count;
};

static void
word_add(struct words *words, const char *word)
{
    pack_cstr(words->packed, word);
    words->count++;
}

static void
worker_problems(const struct broker *b, struct words *problems)
{
    bool none = false, silent = false;
    for (uint32_t i = 0; i < b->roster.count; i++) {
        const char *state = roster_worker_state(b, i);
        none = none || strcmp(state, "none") == 0;
        silent = silent || strcmp(state, "silent") == 0;
    }
    if (none) {
        word_add(problems, "shard-without-worker");
    }
    if (silent) {
        word_add(problems, "worker-silent");
    }
    if (TAILQ_EMPTY(&b->roster.query_workers)) {
        word_add(problems, "no-query-worker");
    }
}

uint32_t
monitor_problems(const struct broker *b, struct buf *out)
{
    struct words problems = {.packed = out};
    worker_problems(b, &problems);
    if (lag_is_large(b)) {
        word_add(&problems, "lag-large");
    }
    if (b->settings.listen_tcp[0] != '\0' && !b->network_open) {
        word_add(&problems, "network-closed");
    }
    if (disk_is_low(b)) {
        word_add(&problems, "disk-low");
    }
    if (b->sessions.count >= sessions_of_clients(&b->sessions)) {
        word_add(&problems, "sessions-full");
    }
    if (b->monitor.damaged != 0) {
        word_add(&problems, "journal-damaged");
    }
    return problems.count;
}

const char *
monitor_network(const struct broker *b)
{
    if (b->network_open) {
        return "";
    }
    if (b->settings.listen_tcp[0] == '\0') {
        return "off";
    }
    if (!b->access.told) {
        return "access-unknown"; /* shard 0's worker has not said who may come in */
    }
    if (!broker_network_ready(b)) {
        return "shard-behind"; /* it has, but has not read all that may have been revoked since */
    }
    return "address-unusable"; /* the log says why */
}
