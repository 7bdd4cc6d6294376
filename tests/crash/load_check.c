/* What must be true after a crash. */
#include "tests/crash/load_site.h"

#include "common/check.h"

#include <inttypes.h>
#include <stdio.h>

/* Every block, in order, with the bytes that were appended. */
static bool
journal_check(const struct load *load, struct site *site, const struct promise *promise,
              char why[256])
{
    struct journal_head head;
    journal_head(site->journal, &head);
    if (head.number < promise->receipts || head.number > load->blocks) {
        snprintf(why, 256, "the journal ends at block %" PRIu64 ", receipts up to %" PRIu64,
                 head.number, promise->receipts);
        return false;
    }
    for (uint64_t n = 1; n <= head.number; n++) {
        struct slice bytes;
        enum err err = journal_read(site->journal, n, &bytes);
        if (err != ERR_OK || !slice_equal(bytes, buf_slice_of(&load->rig.blocks[n - 1]))) {
            snprintf(why, 256, "block %" PRIu64 " of %" PRIu64 ": %s", n, head.number,
                     err == ERR_OK ? "other bytes" : err_name(err));
            return false;
        }
    }
    return true;
}

static bool
state_is(const struct load *load, struct site *site, uint32_t shard, char why[256])
{
    uint8_t hash[32];
    uint64_t block = apply_position(site->applies[shard])->block;
    CHECK(state_begin(site->states[shard], false) == ERR_OK);
    enum err err = state_hash(site->states[shard], hash);
    state_abort(site->states[shard]);
    if (err == ERR_OK && memcmp(hash, load->hash[block][shard], sizeof(hash)) == 0) {
        return true;
    }
    snprintf(why, 256, "shard %u at block %" PRIu64 " is not what a replay gives (%s)", shard,
             block, err_name(err));
    return false;
}

static bool
shard_check(const struct load *load, struct site *site, uint32_t shard, uint64_t synced,
            char why[256])
{
    struct journal_head head;
    uint64_t block = apply_position(site->applies[shard])->block;
    journal_head(site->journal, &head);
    if (block < synced || block > head.number) {
        snprintf(why, 256,
                 "shard %u stands at block %" PRIu64 ", synced %" PRIu64 ", head %" PRIu64, shard,
                 block, synced, head.number);
        return false;
    }
    if (!state_is(load, site, shard, why)) {
        return false;
    }
    enum err err = site_apply(site, shard, head.number, APPLIED_MAX);
    if (err != ERR_OK) {
        snprintf(why, 256, "shard %u cannot be replayed from block %" PRIu64 ": %s", shard, block,
                 err_name(err));
        return false;
    }
    return state_is(load, site, shard, why);
}

/* Life goes on: the next block is taken, and counts. */
static bool
goes_on(const struct load *load, struct site *site, char why[256])
{
    struct journal_head head;
    journal_head(site->journal, &head);
    if (head.number == load->blocks) {
        return true;
    }
    enum err err = journal_append(site->journal, buf_slice_of(&load->rig.blocks[head.number]));
    for (uint32_t s = 0; s < LOAD_SHARDS && err == ERR_OK; s++) {
        err = site_apply(site, s, head.number + 1, 1);
        if (err == ERR_OK && !state_is(load, site, s, why)) {
            return false;
        }
    }
    if (err != ERR_OK) {
        snprintf(why, 256, "block %" PRIu64 " cannot be added: %s", head.number + 1, err_name(err));
    }
    return err == ERR_OK;
}

bool
load_check(const struct load *load, const char *folder, const struct promise *promise,
           char why[256])
{
    struct site site;
    enum err err = site_start(&site, folder);
    bool good = err == ERR_OK;
    if (!good) {
        snprintf(why, 256, "cannot be opened: %s (the log says what)", err_name(err));
    }
    good = good && journal_check(load, &site, promise, why);
    for (uint32_t s = 0; s < LOAD_SHARDS && good; s++) {
        good = shard_check(load, &site, s, promise->synced[s], why);
    }
    good = good && goes_on(load, &site, why);
    site_stop(&site);
    return good;
}
