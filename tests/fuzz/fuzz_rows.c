/* Rows and keys of the state, as a disk that lied would give them: ERR_CORRUPT, or decoded; then what
 * is encoded again decodes, and encodes to the same bytes. Those are the bytes that were read, too: a
 * number that lost its upper half on the way would come back shorter. (Unless a varint was written
 * longer than it need be, which ends in a byte of 0 behind one that says that more follows.) */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "workers/state/rows.h"

/* Decodes `in` and appends the row encoded anew to `out`. False: refused. */
typedef bool again_fn(struct slice in, struct arena *arena, struct buf *out);

static bool
refused(enum err err)
{
    CHECK(err == ERR_OK || err == ERR_CORRUPT);
    return err != ERR_OK;
}

#define ROW(name, type, decode, encode)                                                            \
    static bool again_##name(struct slice in, struct arena *arena, struct buf *out)                \
    {                                                                                              \
        type row;                                                                                  \
        (void)arena;                                                                               \
        if (refused(decode)) {                                                                     \
            return false;                                                                          \
        }                                                                                          \
        encode;                                                                                    \
        return true;                                                                               \
    }
ROW(position, struct position, position_decode(in, &row), position_encode(&row, out))
ROW(shape, struct shape, shape_decode(in, &row), shape_encode(&row, out))
ROW(ident, uint32_t, ident_decode(in, &row), ident_encode(row, out))
ROW(unit, struct registry_version, unit_row_decode(in, &row), unit_row_encode(&row, out))
ROW(report, struct report_row, report_decode(in, arena, &row), report_encode(&row, out))
ROW(tally, struct tally_row, tally_decode(in, arena, &row), tally_encode(&row, out))
ROW(verdict, struct verdict_row, verdict_decode(in, &row), verdict_encode(&row, out))
ROW(ident_key, struct ident_key, ident_key_decode(in, &row),
    key_ident(out, row.kind, row.campaign, row.code))
ROW(campaign_key, uint16_t, campaign_key_decode(in, &row), key_campaign(out, row))
ROW(receipt_key, struct receipt, receipt_key_decode(in, &row), key_receipt(out, row))
ROW(tally_key, struct tally_key, tally_key_decode(in, &row), key_tally(out, &row))
#undef ROW

static bool
again_unit_key(struct slice in, struct arena *arena, struct buf *out)
{
    uint32_t unit;
    int32_t from;
    (void)arena;
    if (refused(unit_key_decode(in, &unit, &from))) {
        return false;
    }
    key_unit(out, unit, from);
    return true;
}

/* A history's key is a report's with a receipt behind it, which is passed over. */
static bool
again_report_key(struct slice in, struct arena *arena, struct buf *out)
{
    struct report_key row;
    (void)arena;
    if (refused(report_key_decode(in, &row))) {
        return false;
    }
    key_report(out, &row);
    buf_put(out, in.data + out->len, in.len - out->len);
    return true;
}

static bool
again_rejected_key(struct slice in, struct arena *arena, struct buf *out)
{
    struct slice unit;
    struct receipt receipt;
    (void)arena;
    if (refused(rejected_key_decode(in, &unit, &receipt))) {
        return false;
    }
    key_rejected(out, unit, receipt);
    return true;
}

static again_fn *const AGAIN[] = {
    again_position,   again_shape,     again_ident,     again_unit,         again_report,
    again_tally,      again_verdict,   again_ident_key, again_campaign_key, again_receipt_key,
    again_report_key, again_tally_key, again_unit_key,  again_rejected_key,
};

static bool
has_long_varint(struct slice in)
{
    for (size_t i = 1; i < in.len; i++) {
        if (in.data[i] == 0 && in.data[i - 1] >= 0x80) {
            return true;
        }
    }
    return false;
}

void
fuzz_rows(struct slice in)
{
    again_fn *again = AGAIN[fuzz_byte(&in) % (sizeof AGAIN / sizeof AGAIN[0])];
    struct arena *arena = arena_new();
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    if (again(in, arena, &once)) {
        CHECK(slice_equal(buf_slice_of(&once), in) || has_long_varint(in));
        CHECK(again(buf_slice_of(&once), arena, &twice));
        CHECK(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    }
    buf_fini(&once);
    buf_fini(&twice);
    arena_free(&arena);
}
