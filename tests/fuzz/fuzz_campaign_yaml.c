/* campaign.yaml: every mistake told, or a campaign that the tally worker takes as it is. */
#include "tests/fuzz/fuzz.h"

#include "clients/campaign_yaml.h"
#include "common/check.h"
#include "tests/lib/told.h"

void
fuzz_campaign_yaml(struct slice in)
{
    struct arena *arena = arena_new();
    struct campaign campaign, sent;
    struct complaint why;
    struct told told;
    told_begin(&told);
    uint32_t mistakes = campaign_yaml_read(in, arena, &campaign, &told.complaints);
    fuzz_told(&told, mistakes);
    if (mistakes == 0) {
        struct buf wire = BUF_EMPTY;
        campaign_encode(&campaign, &wire);
        CHECK(campaign_decode(buf_slice_of(&wire), arena, &sent, &why));
        CHECK(campaign_check(&sent, &told.complaints) == 0);
        buf_fini(&wire);
    }
    arena_free(&arena);
}
