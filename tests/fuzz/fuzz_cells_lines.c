/* A body of reports to the gateway's parser of lines: however it is cut, the same cells come out. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "tests/lib/cells_log.h"

void
fuzz_cells_lines(struct slice in)
{
    struct buf whole = BUF_EMPTY, cut = BUF_EMPTY;
    struct complaint why = {0}, again = {0};
    uint8_t control = fuzz_byte(&in);
    bool header = control >= 128;
    bool good = cells_log(&CELLS_LINES, header, in, 0, &whole, &why);
    CHECK(cells_log(&CELLS_LINES, header, in, 1 + control % 16, &cut, &again) == good);
    CHECK(slice_equal(buf_slice_of(&whole), buf_slice_of(&cut)));
    CHECK(good == (why.code == CODE_NONE));
    if (!good) {
        fuzz_why(&why);
    }
    buf_fini(&whole);
    buf_fini(&cut);
}
