/* The words of `problems`, which README.md explains: scripts and the command line rest on them. */
#include "broker/core.h"

#include "common/log.h"
#include "proto/pack.h"

#include <inttypes.h>

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

/* ---- broker.status ---- */

/* Packs one array of words without knowing its length before. */
struct words {
    struct buf packed;
    uint32_t count;
};

static void
word_add(struct words *words, const char *word)
{
    pack_cstr(&words->packed, word);
    words->count++;
}

static void
problems_find(const struct broker *b, struct words *problems)
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
    if (lag_is_large(b)) {
        word_add(problems, "lag-large");
    }
    if (b->settings.listen_tcp[0] != '\0' && !b->network_open) {
        word_add(problems, "network-closed");
    }
    if (disk_is_low(b)) {
        word_add(problems, "disk-low");
    }
    if (b->monitor.damaged != 0) {
        word_add(problems, "journal-damaged");
    }
}

static void
shards_pack(const struct broker *b, uint64_t head, struct buf *body)
{
    pack_cstr(body, "shards");
    pack_array(body, b->roster.count);
    for (uint32_t i = 0; i < b->roster.count; i++) {
        const struct shard *shard = &b->roster.shards[i];
        pack_map(body, 5);
        pack_key_uint(body, "shard", i);
        pack_key_uint(body, "position", shard->position);
        pack_key_uint(body, "lag_blocks", head - shard->position);
        pack_key_uint(body, "pid", shard->holder.pid);
        pack_key_text(body, "worker", slice_text(roster_worker_state(b, i)));
    }
}

static void
query_workers_pack(const struct broker *b, struct buf *body)
{
    const struct session *s;
    uint32_t n = 0;
    TAILQ_FOREACH(s, &b->roster.query_workers, by_work)
    {
        n++;
    }
    pack_cstr(body, "query_workers");
    pack_array(body, n);
    TAILQ_FOREACH(s, &b->roster.query_workers, by_work)
    {
        pack_map(body, 2);
        pack_key_uint(body, "pid", s->process.pid);
        pack_key_uint(body, "outstanding", s->outstanding);
    }
}

static void
counts_pack(const struct counts *counts, struct buf *body)
{
    pack_cstr(body, "counts");
    pack_map(body, 8);
    pack_key_uint(body, "records", counts->records);
    pack_key_uint(body, "blocks", counts->blocks);
    pack_key_uint(body, "submits", counts->submits);
    pack_key_uint(body, "bytes", counts->bytes);
    pack_key_uint(body, "busy", counts->busy);
    pack_key_uint(body, "errors", counts->errors);
    pack_key_uint(body, "dropped", counts->dropped);
    pack_key_uint(body, "queries", counts->queries);
}

static void
problems_pack(const struct broker *b, struct buf *body)
{
    struct words problems = {0};
    problems_find(b, &problems);
    pack_key_bool(body, "ok", problems.count == 0);
    pack_cstr(body, "problems");
    pack_array(body, problems.count);
    buf_slice(body, buf_slice_of(&problems.packed));
    buf_fini(&problems.packed);
}

static void
busy_pack(const struct broker *b, struct buf *body)
{
    uint32_t retry_ms;
    const char *busy = monitor_busy(b, &retry_ms);
    pack_cstr(body, "busy");
    if (busy == NULL) {
        pack_nil(body);
    } else {
        pack_cstr(body, busy);
    }
}

/* Why the network's endpoint is not open; "" where it is. */
static const char *
network_why(const struct broker *b)
{
    if (b->settings.listen_tcp[0] == '\0') {
        return "off";
    }
    if (!b->access.told) {
        return "access-unknown"; /* shard 0's worker has not said who may come in */
    }
    if (!broker_network_ready(b)) {
        return "shard-behind"; /* it has, but has not read all that may have been revoked since */
    }
    return b->network_open ? "" : "address-unusable"; /* the log says why */
}

static void
network_pack(const struct broker *b, struct buf *body)
{
    pack_cstr(body, "network");
    pack_map(body, 4);
    pack_key_text(body, "endpoint", slice_text(b->settings.listen_tcp));
    pack_key_bool(body, "open", b->network_open);
    pack_key_text(body, "why", slice_text(b->network_open ? "" : network_why(b)));
    pack_key_uint(body, "principals", access_table_count(b->access.table));
}

void
monitor_status(const struct broker *b, struct buf *body)
{
    struct journal_head head;
    journal_head(b->journal, &head);
    pack_map(body, 18);
    problems_pack(b, body);
    pack_key_uint(body, "site", b->settings.site);
    pack_key_uint(body, "start_id", b->start_id);
    pack_key_int(body, "time_us", clock_wall_us(b->clock));
    pack_key_int(body, "uptime_ms", clock_mono_ms(b->clock) - b->started_ms);
    pack_key_uint(body, "pid", b->pid);
    pack_key_uint(body, "head", head.number);
    pack_key_int(body, "head_time_us", head.time_us);
    pack_key_uint(body, "first", head.first);
    pack_key_uint(body, "free_bytes", b->monitor.free_bytes);
    pack_key_uint(body, "sessions", b->sessions.count);
    pack_key_uint(body, "queries_waiting", b->routes.count);
    busy_pack(b, body);
    shards_pack(b, head.number, body);
    query_workers_pack(b, body);
    network_pack(b, body);
    counts_pack(&b->counts, body);
}
