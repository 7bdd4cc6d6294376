/* Any records in any blocks, to a state machine of two shards that has the rig's campaign with awards
 * (fuzz_apply.h). Whatever they
 * are, each has exactly one verdict, and the same journal in other transactions gives the same states.
 * An input is parts; the control byte of each:
 *     bits 0-1  the unit of the envelope      bit 2     the block is closed behind this record
 *     bits 3-4  days until the next block     bit 5     the broker's own record, else a sender's
 *     bits 6-7  which sender */
#include "tests/fuzz/fuzz_apply.h"

#include "common/check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/council_rig.h"
#include "workers/state/state.h"

#define SHARDS 2
#define PARTS_MAX 64
#define FIRST_DAY 18936 /* 2021-11-05 */

static const char *const UNITS[] = {"w1", "w2", "d1", ""};
static const char *const SENDERS[] = {"local", "ward", "boss", "ward@gate"};
static const int32_t DAYS[] = {0, 1, 7, 31};

void
fuzz_apply_open(struct rig *rig, uint32_t shards)
{
    rig_open_ready(rig, shards);
    struct campaign *campaign = council_campaign_new(rig);
    for (uint32_t i = 0; i < campaign->award_count; i++) {
        struct award *award = &campaign->awards[i];
        award->secret = award->written = slice_is(award->code, "quick");
        award->percent = award->percent > 0 ? 50 : 0;
        award->quorum = award->secret ? 50 : 0;
    }
    campaign->stages.consulting = 5;
    rig_access(rig, 103, "ward roles=submitter units=d1+ keys=1");
    rig_access(rig, 104, "boss roles=operator+council+secretary units=city+ keys=2");
    rig_access(rig, 105, "gate roles=gateway for=ward keys=3");
    rig_campaign(rig, 106, campaign);
}

int
fuzz_apply_control(struct slice principal)
{
    for (size_t i = 0; i < sizeof(SENDERS) / sizeof(SENDERS[0]); i++) {
        if (slice_is(principal, SENDERS[i])) {
            return (int)(i << 6);
        }
    }
    return slice_is(principal, PRINCIPAL_BROKER) ? 32 : -1;
}

static void
block_close(struct rig *rig, int32_t day)
{
    char date[DATE_TEXT];
    date_format(day, date);
    rig_commit(rig, date);
}

static uint64_t
verdict_count(const struct rig *rig)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < rig->shards; i++) {
        const struct position *p = apply_position(rig->applies[i]);
        count += p->accepted + p->corrected + p->unchanged + p->superseded + p->rejected +
                 p->quarantined;
    }
    return count;
}

/* rig_verdict fails where two shards have told it. */
static uint64_t
verdicts_read(struct rig *rig)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < rig->block_count; i++) {
        struct block block;
        CHECK(block_open(buf_slice_of(&rig->blocks[i]), &block) == ERR_OK);
        for (uint32_t k = 0; k < block.count; k++, records++) {
            CHECK(rig_verdict(rig, block.number, k)[0] != '\0');
        }
    }
    return records;
}

static void
replay_same(const struct rig *rig)
{
    struct rig again;
    rig_replay(rig, &again, SHARDS, 5);
    for (uint32_t i = 0; i < SHARDS; i++) {
        uint8_t ours[32], theirs[32];
        CHECK(state_begin(rig->states[i], false) == ERR_OK);
        CHECK(state_begin(again.states[i], false) == ERR_OK);
        CHECK(state_hash(rig->states[i], ours) == ERR_OK);
        CHECK(state_hash(again.states[i], theirs) == ERR_OK);
        state_abort(rig->states[i]);
        state_abort(again.states[i]);
        CHECK(memcmp(ours, theirs, sizeof ours) == 0);
    }
    rig_close(&again);
}

void
fuzz_apply(struct slice in)
{
    struct rig rig;
    struct fuzz_part part;
    int32_t day = FIRST_DAY;
    fuzz_apply_open(&rig, SHARDS);
    for (int i = 0; i < PARTS_MAX && fuzz_part_next(&in, &part); i++) {
        rig.principal = (part.control & 32) != 0 ? PRINCIPAL_BROKER : SENDERS[part.control >> 6];
        rig_add(&rig, UNITS[part.control & 3], part.bytes);
        if ((part.control & 4) != 0) {
            block_close(&rig, day);
            day += DAYS[part.control >> 3 & 3];
        }
    }
    block_close(&rig, day);
    CHECK(verdicts_read(&rig) == verdict_count(&rig));
    replay_same(&rig);
    rig_close(&rig);
}
