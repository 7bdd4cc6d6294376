/* Drafts of reports. The values are packed as they come; only the map's header waits for the count. */
#include "proto/draft.h"

#include "common/clock.h"
#include "common/text.h"
#include "proto/pack.h"
#include "proto/ulid.h"

#include <inttypes.h>

#define CELL_MAX 64 /* bytes of a value's text: any number of int64 with its fraction fits well */
#define PERIOD_BYTES_MAX 16 /* as records.def has it */
#define INTEGER_DIGITS 18   /* fits int64 whatever the digits are */

void
draft_fini(struct draft *d)
{
    buf_fini(&d->values);
}

void
draft_clear(struct draft *d)
{
    struct buf values = d->values;
    buf_clear(&values);
    *d = (struct draft){.values = values};
}

static void
indicator_put(struct draft *d, struct slice indicator)
{
    pack_text(&d->values, indicator);
    d->count++;
}

void
draft_nil(struct draft *d, struct slice indicator)
{
    indicator_put(d, indicator);
    pack_nil(&d->values);
}

void
draft_int(struct draft *d, struct slice indicator, int64_t value)
{
    indicator_put(d, indicator);
    pack_int(&d->values, value);
}

void
draft_bool(struct draft *d, struct slice indicator, bool value)
{
    indicator_put(d, indicator);
    pack_bool(&d->values, value);
}

void
draft_decimal(struct draft *d, struct slice indicator, struct slice text)
{
    indicator_put(d, indicator);
    pack_text(&d->values, text);
}

/* [-]digits, few enough to fit. */
static bool
cell_integer(struct slice cell, int64_t *value)
{
    size_t at = cell.len > 0 && cell.data[0] == '-';
    if (cell.len - at == 0 || cell.len - at > INTEGER_DIGITS) {
        return false;
    }
    *value = 0;
    for (size_t i = at; i < cell.len; i++) {
        if (cell.data[i] < '0' || cell.data[i] > '9') {
            return false;
        }
        *value = *value * 10 + (cell.data[i] - '0');
    }
    *value = at == 1 ? -*value : *value;
    return true;
}

bool
draft_cell(struct draft *d, struct slice indicator, struct slice cell, struct complaint *why)
{
    int64_t number;
    if (cell_integer(cell, &number)) {
        draft_int(d, indicator, number);
    } else if (slice_is(cell, "true") || slice_is(cell, "false")) {
        draft_bool(d, indicator, cell.data[0] == 't');
    } else if (cell.len > CELL_MAX || !text_is_clean(cell)) {
        return complain(why, CODE_VALUE_TYPE, indicator, "%.*s", SLICE_ARG(cell));
    } else {
        draft_decimal(d, indicator, cell);
    }
    return true;
}

bool
draft_has(const struct draft *d, struct slice indicator)
{
    struct cursor c = cursor_of(buf_slice_of(&d->values));
    struct slice name;
    while (cursor_text(&c, &name) == ERR_OK && cursor_skip(&c) == ERR_OK) {
        if (slice_equal(name, indicator)) {
            return true;
        }
    }
    return false;
}

static bool
code_check(const char *field, struct slice code, bool required, struct complaint *why)
{
    if (code.len == 0) {
        return !required || complain(why, CODE_MISSING_FIELD, slice_text(field), "%s", field);
    }
    return code_is_valid(code) ||
           complain(why, CODE_CODE_INVALID, slice_text(field), "%.*s", SLICE_ARG(code));
}

bool
draft_check(const struct draft *d, struct complaint *why)
{
    if (!code_check("unit", d->unit, true, why) || !code_check("form", d->form, true, why) ||
        !code_check("source", d->source, false, why) ||
        !code_check("campaign", d->campaign, false, why)) {
        return false;
    }
    if (d->period.len == 0) {
        return complain(why, CODE_MISSING_FIELD, slice_text("period"), "period");
    }
    if (d->period.len > PERIOD_BYTES_MAX || !text_is_clean(d->period)) {
        return complain(why, CODE_PERIOD_INVALID, d->period, "%.*s", SLICE_ARG(d->period));
    }
    if (d->values.len > RECORD_BYTES_MAX / 2) {
        return complain(why, CODE_TOO_LARGE, slice_text("values"), "%zu > %u", d->values.len,
                        RECORD_BYTES_MAX / 2);
    }
    return true;
}

bool
draft_lacks_revision(const struct draft *d)
{
    return !d->merge && d->revision == 0;
}

void
draft_encode(const struct draft *d, struct buf *out)
{
    struct clock clock = clock_real(0);
    uint8_t id[ULID_SIZE] = {0};
    if (d->merge) {
        ulid_new(clock_wall_us(&clock), id);
    }
    draft_encode_as(d, id, out);
}

void
draft_encode_as(const struct draft *d, const uint8_t id[ULID_SIZE], struct buf *out)
{
    struct buf values = BUF_EMPTY;
    pack_map(&values, d->count);
    buf_slice(&values, buf_slice_of(&d->values));
    struct record_report report = {
        .campaign = d->campaign,
        .form = d->form,
        .unit = d->unit,
        .period = d->period,
        .source = d->source,
        .merge = d->merge,
        .revision = d->revision,
        .values = buf_slice_of(&values),
    };
    if (d->merge) {
        report.id = slice_of(id, ULID_SIZE);
    }
    buf_clear(out);
    record_encode_report(&report, out);
    buf_fini(&values);
}
