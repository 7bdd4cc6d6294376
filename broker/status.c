/* broker.status: how the broker is, in one answer; QUERIES.md has its shape. What is wrong monitor.c knows,
 * how long things take timing.c and the workers. */
#include "broker/core.h"

#include "proto/pack.h"

/* ---- shards ---- */

/* Since when the oldest record that the shard has not applied waits; nil: that is not known. */
static void
oldest_pack(const struct broker *b, const struct shard *shard, uint64_t head, struct buf *body)
{
    struct slice bytes;
    struct block block;
    int64_t age_ms = shard->position >= head ? 0 : timing_age_ms(b, shard->position + 1);
    if (!shard->reported) {
        age_ms = -1;
    } else if (age_ms < 0 && journal_read(b->journal, shard->position + 1, &bytes) == ERR_OK &&
               block_open(bytes, &block) == ERR_OK) {
        age_ms = (clock_wall_us(b->clock) - block.time_us) / 1000;
    }
    if (age_ms < 0) {
        pack_cstr(body, "oldest_ms");
        pack_nil(body);
    } else {
        pack_key_int(body, "oldest_ms", age_ms);
    }
}

static void
codes_pack(const uint64_t *codes, struct buf *body)
{
    uint32_t told = 0;
    for (unsigned c = 1; c < CODE_COUNT; c++) {
        told += codes[c] > 0;
    }
    pack_cstr(body, "rejected_by");
    pack_map(body, told);
    for (unsigned c = 1; c < CODE_COUNT; c++) {
        if (codes[c] > 0) {
            pack_key_uint(body, code_text((enum code)c), codes[c]);
        }
    }
}

/* Three pairs; nil until the worker has told. */
static void
figures_answer(const struct shard *shard, struct buf *body)
{
    const struct figures *f = &shard->figures;
    pack_cstr(body, "transactions");
    if (shard->has_figures) {
        histogram_pack(&f->transactions, body);
    } else {
        pack_nil(body);
    }
    pack_cstr(body, "verdicts");
    if (shard->has_figures) {
        pack_map(body, FIGURES_VERDICTS);
        for (unsigned v = 0; v < FIGURES_VERDICTS; v++) {
            pack_key_uint(body, figures_verdict_name(v), f->verdicts[v]);
        }
    } else {
        pack_nil(body);
    }
    codes_pack(f->codes, body);
}

static void
shards_pack(const struct broker *b, uint64_t head, struct buf *body)
{
    pack_cstr(body, "shards");
    pack_array(body, b->roster.count);
    for (uint32_t i = 0; i < b->roster.count; i++) {
        const struct shard *shard = &b->roster.shards[i];
        pack_map(body, 9);
        pack_key_uint(body, "shard", i);
        pack_key_uint(body, "position", shard->position);
        pack_key_uint(body, "lag_blocks", head - shard->position);
        oldest_pack(b, shard, head, body);
        pack_key_uint(body, "pid", shard->holder.pid);
        pack_key_text(body, "worker", slice_text(roster_worker_state(b, i)));
        figures_answer(shard, body);
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
    pack_map(body, 10);
    pack_key_uint(body, "records", counts->records);
    pack_key_uint(body, "blocks", counts->blocks);
    pack_key_uint(body, "submits", counts->submits);
    pack_key_uint(body, "bytes", counts->bytes);
    pack_key_uint(body, "busy", counts->busy);
    pack_key_uint(body, "errors", counts->errors);
    pack_key_uint(body, "dropped", counts->dropped);
    pack_key_uint(body, "queries", counts->queries);
    pack_key_uint(body, "sessions_refused", counts->sessions_refused);
    pack_cstr(body, "busy_by");
    pack_map(body, BUSY_REASONS);
    for (unsigned i = 0; i < BUSY_REASONS; i++) {
        pack_key_uint(body, BUSY_REASON_NAMES[i], counts->busy_by[i]);
    }
}

static void
sessions_pack(const struct sessions *sessions, struct buf *body)
{
    pack_key_uint(body, "sessions", sessions->count);
    pack_key_uint(body, "sessions_max", sessions->limit);
    pack_cstr(body, "session_roles");
    pack_map(body, 4);
    pack_key_uint(body, "client", sessions->by_role[ROLE_CLIENT]);
    pack_key_uint(body, "tally", sessions->by_role[ROLE_TALLY]);
    pack_key_uint(body, "query", sessions->by_role[ROLE_QUERY]);
    pack_key_uint(body, "reader", sessions->by_role[ROLE_READER]);
}

static void
times_pack(const struct timing *timing, struct buf *body)
{
    pack_cstr(body, "times");
    pack_map(body, 4);
    pack_cstr(body, "bounds_us");
    pack_array(body, HISTOGRAM_BOUNDS);
    for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
        pack_uint(body, HISTOGRAM_BOUND_US[i]);
    }
    pack_cstr(body, "receipts");
    histogram_pack(&timing->receipts, body);
    pack_cstr(body, "commits");
    histogram_pack(&timing->commits, body);
    pack_cstr(body, "lag");
    histogram_pack(&timing->lag, body);
}

static void
problems_pack(const struct broker *b, struct buf *body)
{
    struct buf problems = BUF_EMPTY;
    uint32_t count = monitor_problems(b, &problems);
    pack_key_bool(body, "ok", count == 0);
    pack_cstr(body, "problems");
    pack_array(body, count);
    buf_slice(body, buf_slice_of(&problems));
    buf_fini(&problems);
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

static void
network_pack(const struct broker *b, struct buf *body)
{
    pack_cstr(body, "network");
    pack_map(body, 4);
    pack_key_text(body, "endpoint", slice_text(b->settings.listen_tcp));
    pack_key_bool(body, "open", b->network_open);
    pack_key_text(body, "why", slice_text(monitor_network(b)));
    pack_key_uint(body, "principals", access_table_count(b->access.table));
}

void
monitor_status(const struct broker *b, struct buf *body)
{
    struct journal_head head;
    journal_head(b->journal, &head);
    pack_map(body, 26);
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
    pack_key_uint(body, "min_free_bytes", b->settings.min_free_mb << 20);
    pack_key_uint(body, "busy_lag_blocks", b->settings.busy_lag_blocks);
    pack_key_uint(body, "records_10s", timing_records(b, 10));
    pack_key_uint(body, "records_60s", timing_records(b, 60));
    pack_key_uint(body, "quarantined", b->quarantine.count);
    sessions_pack(&b->sessions, body);
    pack_key_uint(body, "queries_waiting", b->routes.count);
    busy_pack(b, body);
    shards_pack(b, head.number, body);
    query_workers_pack(b, body);
    network_pack(b, body);
    counts_pack(&b->counts, body);
    times_pack(&b->timing, body);
}
