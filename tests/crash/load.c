/* Making the blocks, and running them onto a disk. */
#include "tests/crash/load.h"

#include "broker/journal.h"
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "tests/crash/dice.h"
#include "tests/crash/load_site.h"
#include "tests/crash/shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define UNITS 40
#define RECORDS_MAX 24 /* of one block */
#define RESTART_EVERY 60
#define SYNC_EVERY 25
#define APPLIED_AT_ONCE 4 /* blocks, at most: a worker that is a little behind */

/* ---- the blocks ---- */

static void
hashes_take(struct load *load)
{
    for (uint32_t s = 0; s < LOAD_SHARDS; s++) {
        struct state *state = load->rig.states[s];
        CHECK(state_begin(state, false) == ERR_OK);
        CHECK(state_hash(state, load->hash[load->rig.block_count][s]) == ERR_OK);
        state_abort(state);
    }
}

static void
units_add(struct rig *rig)
{
    struct unit_row rows[UNITS + 2] = {rig_unit("city//city"), rig_unit("d1/city/district")};
    for (uint32_t i = 0; i < UNITS; i++) {
        char text[32];
        snprintf(text, sizeof(text), "w%u/d1/commune", i + 1);
        rows[i + 2] = rig_unit(arena_text(rig->arena, slice_text(text)));
    }
    rig_units(rig, 103, rows, UNITS + 2);
}

/* Reports, corrections, merges, withdrawals and what is refused. */
static void
record_add(struct rig *rig, uint64_t *seed, uint64_t revision)
{
    char unit[16], period[16], values[96];
    unsigned first = (unsigned)dice(seed, 50), second = (unsigned)dice(seed, 50);
    snprintf(unit, sizeof(unit), "w%u", 1 + (unsigned)dice(seed, UNITS + 1));
    snprintf(period, sizeof(period), "202111%02u", 1 + (unsigned)dice(seed, 19));
    snprintf(values, sizeof(values), "doses=%u first=%u second=%u beds=%u peak=%u", first + second,
             first, second, (unsigned)dice(seed, 9), (unsigned)dice(seed, 900));
    switch (dice(seed, 10)) {
    case 0:
        rig_withdraw(rig, "daily", unit, period, NULL, revision);
        break;
    case 1:
        rig_merge(rig, "daily", unit, period, (uint8_t)dice(seed, 100), "beds=3");
        break;
    default:
        rig_report(rig, "daily", unit, period, NULL, revision, values);
    }
}

void
load_make(struct load *load, uint32_t blocks, uint64_t seed)
{
    CHECK(blocks >= 2 && blocks <= LOAD_BLOCKS_MAX);
    load->blocks = blocks;
    rig_open(&load->rig, LOAD_SHARDS);
    hashes_take(load);
    rig_close(&load->rig);
    rig_open_ready(&load->rig, LOAD_SHARDS);
    hashes_take(load);
    units_add(&load->rig);
    for (uint32_t b = 2; b <= blocks; b++) {
        uint64_t records = 1 + dice(&seed, RECORDS_MAX);
        for (uint64_t i = 0; i < records; i++) {
            record_add(&load->rig, &seed, b * 100 + i);
        }
        rig_commit(&load->rig, "2021-11-20");
        hashes_take(load);
    }
}

void
load_fini(struct load *load)
{
    rig_close(&load->rig);
}

/* ---- a site in one process ---- */

enum err
site_start(struct site *site, const char *folder)
{
    char path[1024];
    *site = (struct site){0};
    snprintf(path, sizeof(path), "%s/journal", folder);
    struct journal_options options = {.segment_bytes = SITE_SEGMENT_BYTES};
    enum err err = journal_lmdb_open(path, &options, &site->journal);
    snprintf(path, sizeof(path), "%s/state", folder);
    if (err == ERR_OK) {
        err = file_make_folder(path);
        err = err == ERR_EXISTS ? ERR_OK : err;
    }
    for (uint32_t s = 0; s < LOAD_SHARDS && err == ERR_OK; s++) {
        snprintf(path, sizeof(path), "%s/state/%02u", folder, s);
        err = state_lmdb_open_sized(path, STATE_WRITE, SITE_MAP_BYTES, &site->states[s]);
        err = err == ERR_OK ? apply_new(site->states[s], s, LOAD_SHARDS, &site->applies[s]) : err;
    }
    if (err != ERR_OK) {
        log_error("site_unopened", "error=%s", err_name(err));
    }
    return err;
}

void
site_stop(struct site *site)
{
    for (uint32_t s = 0; s < LOAD_SHARDS; s++) {
        apply_free(&site->applies[s]);
        state_free(&site->states[s]);
    }
    journal_free(&site->journal);
}

enum err
site_apply(struct site *site, uint32_t shard, uint64_t upto, uint32_t at_once)
{
    enum err err = ERR_OK;
    uint64_t next = apply_position(site->applies[shard])->block + 1;
    struct slice blocks[APPLIED_MAX];
    struct buf kept[APPLIED_MAX] = {{0}};
    while (err == ERR_OK && next <= upto) {
        uint32_t count = 0;
        for (; err == ERR_OK && next <= upto && count < at_once; count++) {
            struct slice bytes = {0};
            err = journal_read(site->journal, next++, &bytes);
            buf_clear(&kept[count]); /* what the journal gave ends with the next read */
            buf_slice(&kept[count], bytes);
            blocks[count] = buf_slice_of(&kept[count]);
        }
        err = err == ERR_OK ? apply_blocks(site->applies[shard], blocks, count) : err;
    }
    for (uint32_t i = 0; i < APPLIED_MAX; i++) {
        buf_fini(&kept[i]);
    }
    return err;
}

/* ---- a run ---- */

static enum err
synced(struct site *site, uint64_t block)
{
    uint32_t shard = (uint32_t)(block / SYNC_EVERY % LOAD_SHARDS);
    if (block % SYNC_EVERY != 0) {
        return ERR_OK;
    }
    enum err err = state_sync(site->states[shard]);
    if (err == ERR_OK && shim_mark != NULL) {
        shim_mark(MARK_SYNCED + shard, apply_position(site->applies[shard])->block);
    }
    return err;
}

/* One block, from the broker to the workers. */
static enum err
block_run(const struct load *load, struct site *site, uint64_t block)
{
    enum err err = journal_append(site->journal, buf_slice_of(&load->rig.blocks[block - 1]));
    if (err == ERR_OK && shim_mark != NULL) {
        shim_mark(MARK_RECEIPTS, block);
    }
    journal_idle(site->journal);
    for (uint32_t s = 0; s < LOAD_SHARDS && err == ERR_OK; s++) {
        /* The second worker is behind, and takes more at once. */
        if (s == 0 || block % APPLIED_AT_ONCE == 0) {
            err = site_apply(site, s, block, APPLIED_AT_ONCE);
        }
    }
    return err == ERR_OK ? synced(site, block) : err;
}

int
load_run(const struct load *load, const char *folder)
{
    struct journal_head head;
    struct site site;
    enum err err;
    do {
        err = site_start(&site, folder);
        if (err == ERR_OK) {
            journal_head(site.journal, &head);
        }
        uint64_t end = err == ERR_OK ? head.number + RESTART_EVERY : 0;
        end = end < load->blocks ? end : load->blocks;
        while (err == ERR_OK && head.number < end) {
            err = block_run(load, &site, ++head.number);
        }
        for (uint32_t s = 0; s < LOAD_SHARDS && err == ERR_OK && end == load->blocks; s++) {
            err = site_apply(&site, s, end, APPLIED_AT_ONCE);
        }
        site_stop(&site);
    } while (err == ERR_OK && head.number < load->blocks);
    if (err != ERR_OK) {
        log_error("run_failed", "error=%s", err_name(err));
    }
    return err == ERR_OK ? 0 : EX_IOERR;
}
