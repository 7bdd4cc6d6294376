/* Text as each of the small things that are written as text. What is taken has one text of its own,
 * which reads back as the same thing. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/decimal.h"
#include "common/period.h"
#include "common/text.h"
#include "proto/records.h"

static void
period_try(struct slice in)
{
    struct period period, again;
    char text[PERIOD_TEXT];
    if (period_parse(in, &period) != ERR_OK) {
        return;
    }
    period_format(period, text);
    CHECK(period_parse(slice_text(text), &again) == ERR_OK && period_equal(period, again));
    CHECK(period_first_day(period) <= period_last_day(period));
    CHECK(period_first_day(period_next(period)) == period_last_day(period) + 1);
    for (enum granularity gran = period.gran; gran <= GRAN_YEAR; gran++) {
        struct period first, last, coarse = period_up(period, gran);
        period_finer(coarse, period.gran, &first, &last);
        CHECK(first.ordinal <= period.ordinal && period.ordinal <= last.ordinal);
    }
}

static void
day_try(struct slice in)
{
    int32_t day, again, minutes;
    char text[DATE_TEXT], offset[7];
    if (date_parse(in, &day) == ERR_OK) {
        CHECK(day >= DAY_MIN && day <= DAY_MAX);
        date_format(day, text);
        CHECK(slice_is(in, text) && date_parse(slice_text(text), &again) == ERR_OK && again == day);
    }
    if (utc_offset_parse(in, &minutes) == ERR_OK) {
        utc_offset_format(minutes, offset);
        CHECK(utc_offset_parse(slice_text(offset), &again) == ERR_OK && again == minutes);
    }
}

static void
time_try(struct slice in)
{
    int64_t time_us, again;
    char text[32];
    if (time_parse(in, &time_us) == ERR_OK) {
        int64_t ms = time_us - ((time_us % 1000) + 1000) % 1000;
        time_format(time_us, 0, text);
        CHECK(time_parse(slice_text(text), &again) != ERR_OK || again == ms);
    }
}

static void
decimal_try(struct slice in, unsigned decimals)
{
    int64_t value, again;
    char text[DECIMAL_TEXT];
    enum err err = decimal_parse(in, decimals, &value);
    CHECK(err != ERR_OK || decimals <= DECIMALS_MAX);
    if (err == ERR_OK) {
        CHECK(decimal_format(value, decimals, text) == strlen(text));
        CHECK(decimal_parse(slice_text(text), decimals, &again) == ERR_OK && again == value);
    }
}

static void
receipt_try(struct slice in)
{
    struct receipt receipt;
    char text[RECEIPT_TEXT];
    if (receipt_parse(in, &receipt) == ERR_OK) {
        receipt_format(receipt, text);
        CHECK(slice_is(in, text));
    }
}

static void
text_try(struct slice in)
{
    struct arena *arena = arena_new();
    struct slice trimmed = text_trim(in);
    CHECK(trimmed.len <= in.len);
    CHECK(!code_is_valid(in) || (in.len >= 1 && in.len <= CODE_MAX && text_is_clean(in)));
    CHECK(!text_is_clean(in) || text_is_utf8(in));
    if (text_is_utf8(in)) {
        struct slice nfc = text_nfc(arena, in);
        CHECK(text_is_utf8(nfc) && slice_equal(text_nfc(arena, nfc), nfc));
        CHECK(!text_is_clean(in) || slice_equal(nfc, in));
        CHECK(text_columns(in) <= 2 * in.len);
    }
    char *cut = arena_text(arena, in);
    text_cut(cut);
    CHECK(strlen(cut) <= in.len);
    struct complaint why;
    complain(&why, CODE_CODE_INVALID, in, "%.*s", SLICE_ARG(in));
    fuzz_why(&why);
    arena_free(&arena);
}

void
fuzz_parsers(struct slice in)
{
    enum granularity gran;
    unsigned decimals = fuzz_byte(&in) % (DECIMALS_MAX + 2);
    period_try(in);
    day_try(in);
    time_try(in);
    decimal_try(in, decimals);
    receipt_try(in);
    text_try(in);
    if (granularity_parse(in, &gran) == ERR_OK) {
        CHECK(slice_is(in, granularity_name(gran)));
    }
}
