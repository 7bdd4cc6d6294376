/* The state machine alone: the workload in blocks, made beforehand, applied in one process in turns as
 * large as the worker's behind a backlog, to an LMDB state that is never synced. What a report costs
 * here is apply and LMDB and nothing else: no socket, no broker, no other process's share of a core.
 * The hash of the state is printed: a change of the machine that should change no row changes it not. */
#include "tests/bench/bench.h"

#include "clients/campaign_yaml.h"
#include "clients/units_csv.h"
#include "common/check.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/period.h"
#include "proto/block.h"
#include "proto/limits.h"
#include "proto/records.h"
#include "workers/limits.h"
#include "workers/tally/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define BLOCK_RECORDS 4000 /* what a busy broker puts into one */
#define FILE_MOST (16u << 20)

/* Blocks that follow one another. */
struct blocks {
    struct buf bytes;
    size_t *ends;
    uint32_t count, cap;
    struct block_builder builder;
    uint8_t chain[BLOCK_CHAIN_SIZE];
};

static void
block_close(struct blocks *b)
{
    int64_t time_us;
    CHECK(time_parse(slice_text(WORKLOAD_CLOCK), &time_us) == ERR_OK);
    time_us += b->count;
    block_finish(&b->builder, b->count + 1, time_us, time_us, b->chain);
    struct block made;
    CHECK(block_open(buf_slice_of(&b->builder.bytes), &made) == ERR_OK);
    memcpy(b->chain, made.chain, sizeof(b->chain));
    buf_slice(&b->bytes, made.bytes);
    if (b->count == b->cap) {
        b->cap = b->cap == 0 ? 64 : 2 * b->cap;
        b->ends = mem_resize(b->ends, b->cap * sizeof(*b->ends));
    }
    b->ends[b->count++] = b->bytes.len;
    block_begin(&b->builder, 0, 1, b->count + 1);
}

static void
record_add(struct blocks *b, const char *unit, const struct buf *body)
{
    CHECK(block_add(&b->builder, slice_text("local"), slice_text(unit), buf_slice_of(body)));
}

static void
units_add(struct blocks *b, const char *folder, struct arena *arena)
{
    char path[PATH_ROOM];
    struct complaints complaints = {0};
    struct units units;
    uint32_t mistakes;
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    snprintf(path, sizeof(path), "%s/units.csv", folder);
    FILE *in = fopen(path, "re");
    CHECK(in != NULL && units_csv_read(in, arena, &units, &complaints, &mistakes) == ERR_OK);
    fclose(in);
    units_encode(&units, &wire);
    struct record_units record = {.id = slice_text("bench-units-0001"),
                                  .rows = buf_slice_of(&wire)};
    record_encode_units(&record, &body);
    record_add(b, "", &body);
    buf_fini(&body);
    buf_fini(&wire);
}

static void
campaign_add(struct blocks *b, const char *folder, struct arena *arena)
{
    char path[PATH_ROOM];
    struct complaints complaints = {0};
    struct campaign campaign;
    struct buf text = BUF_EMPTY, wire = BUF_EMPTY, body = BUF_EMPTY;
    snprintf(path, sizeof(path), "%s/campaign.yaml", folder);
    CHECK(file_read(path, FILE_MOST, &text) == ERR_OK);
    CHECK(campaign_yaml_read(buf_slice_of(&text), arena, &campaign, &complaints) == 0);
    campaign_encode(&campaign, &wire);
    struct record_campaign record = {.campaign = campaign.code,
                                     .id = slice_text("bench-campaign-1"),
                                     .body = buf_slice_of(&wire)};
    record_encode_campaign(&record, &body);
    record_add(b, "", &body);
    buf_fini(&body);
    buf_fini(&wire);
    buf_fini(&text);
}

static void
blocks_make(struct blocks *b, const char *folder, uint64_t records)
{
    struct arena *arena = arena_new();
    struct buf body = BUF_EMPTY;
    char unit[CODE_MAX + 1];
    block_begin(&b->builder, 0, 1, 1);
    units_add(b, folder, arena);
    campaign_add(b, folder, arena);
    block_close(b);
    for (uint64_t n = 0; n < records; n++) {
        workload_report(n, n + 1, &body, unit);
        record_add(b, unit, &body);
        if (b->builder.count == BLOCK_RECORDS || n + 1 == records) {
            block_close(b);
        }
    }
    buf_fini(&body);
    arena_free(&arena);
}

static void
blocks_fini(struct blocks *b)
{
    block_builder_fini(&b->builder);
    buf_fini(&b->bytes);
    free(b->ends);
}

static double
processor_s(void)
{
    struct rusage used;
    CHECK(getrusage(RUSAGE_SELF, &used) == 0);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* A turn takes blocks until it has as much as a worker's. */
static void
turns_apply(struct apply *apply, const struct blocks *b)
{
    struct slice turn[TALLY_TURN_BLOCKS];
    for (uint32_t next = 0; next < b->count;) {
        size_t bytes = 0;
        uint32_t count = 0;
        while (next < b->count && count < TALLY_TURN_BLOCKS && bytes < TALLY_TURN_BYTES) {
            size_t from = next == 0 ? 0 : b->ends[next - 1];
            turn[count] = slice_of(b->bytes.data + from, b->ends[next] - from);
            bytes += turn[count++].len;
            next++;
        }
        CHECK(apply_blocks(apply, turn, count) == ERR_OK);
    }
}

static void
hash_tell(struct state *state)
{
    uint8_t hash[32];
    CHECK(state_begin(state, false) == ERR_OK && state_hash(state, hash) == ERR_OK);
    state_abort(state);
    fprintf(stderr, "state: ");
    for (size_t i = 0; i < sizeof(hash); i++) {
        fprintf(stderr, "%02x", hash[i]);
    }
    fputc('\n', stderr);
}

void
mode_machine(struct figures *f, const struct site *s, uint64_t records)
{
    char folder[PATH_ROOM + 16];
    struct blocks blocks = {0};
    struct state *state;
    struct apply *apply;
    snprintf(folder, sizeof(folder), "%s/machine", s->folder);
    blocks_make(&blocks, s->folder, records);
    CHECK(state_lmdb_open(folder, STATE_TEMPORARY, &state) == ERR_OK &&
          apply_new(state, 0, 1, &apply) == ERR_OK);
    double start = processor_s();
    turns_apply(apply, &blocks);
    figure_add(f, "the state machine alone: processor a report", "µs",
               (processor_s() - start) * 1e6 / (double)records);
    CHECK(apply_position(apply)->accepted + apply_position(apply)->corrected > records / 2);
    hash_tell(state);
    apply_free(&apply);
    state_free(&state);
    CHECK(file_remove_tree(folder) == ERR_OK);
    blocks_fini(&blocks);
}
