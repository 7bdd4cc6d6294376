/* The body of a campaign record: refused, or decoded and checked. One without a mistake is the same
 * when encoded again, and may follow itself. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/campaign.h"
#include "tests/lib/told.h"

static void
encode_again(const struct campaign *campaign, struct arena *arena)
{
    struct complaint why;
    struct campaign again;
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    campaign_encode(campaign, &once);
    CHECK(campaign_decode(buf_slice_of(&once), arena, &again, &why));
    campaign_encode(&again, &twice);
    CHECK(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    CHECK(campaign_may_follow(campaign, &again, &why));
    buf_fini(&once);
    buf_fini(&twice);
}

void
fuzz_campaign(struct slice in)
{
    struct arena *arena = arena_new();
    struct complaint why = {0};
    struct campaign campaign;
    struct told told;
    told_begin(&told);
    if (!campaign_decode(in, arena, &campaign, &why)) {
        fuzz_why(&why);
    } else {
        uint32_t mistakes = campaign_check(&campaign, &told.complaints);
        fuzz_told(&told, mistakes);
        if (mistakes == 0) {
            encode_again(&campaign, arena);
        }
    }
    arena_free(&arena);
}
