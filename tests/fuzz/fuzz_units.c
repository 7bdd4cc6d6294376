/* The rows of a units record: refused, or decoded, checked, and the same when encoded again. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/units.h"
#include "tests/lib/told.h"

void
fuzz_units(struct slice in)
{
    struct arena *arena = arena_new();
    struct complaint why = {0};
    struct units units, again;
    struct told told;
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    if (units_decode(in, arena, &units, &why)) {
        told_begin(&told);
        fuzz_told(&told, units_check(&units, arena, &told.complaints));
        units_encode(&units, &once);
        CHECK(units_decode(buf_slice_of(&once), arena, &again, &why));
        CHECK(again.count == units.count);
        units_encode(&again, &twice);
        CHECK(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    } else {
        fuzz_why(&why);
    }
    buf_fini(&once);
    buf_fini(&twice);
    arena_free(&arena);
}
