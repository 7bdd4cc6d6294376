/* units.csv: every mistake told, or a registry that the tally worker takes as it is. */
#include "tests/fuzz/fuzz.h"

#include "clients/units_csv.h"
#include "common/check.h"
#include "tests/lib/told.h"

void
fuzz_units_csv(struct slice in)
{
    struct arena *arena = arena_new();
    struct units units, sent;
    struct complaint why;
    struct told told;
    uint32_t mistakes = 0;
    FILE *file = fuzz_file(in);
    told_begin(&told);
    CHECK(units_csv_read(file, arena, &units, &told.complaints, &mistakes) == ERR_OK);
    fclose(file);
    fuzz_told(&told, mistakes);
    if (mistakes == 0) {
        struct buf wire = BUF_EMPTY;
        units_encode(&units, &wire);
        CHECK(units_decode(buf_slice_of(&wire), arena, &sent, &why));
        CHECK(sent.count == units.count);
        CHECK(units_check(&sent, arena, &told.complaints) == 0);
        buf_fini(&wire);
    }
    arena_free(&arena);
}
