/* The values of one report: see values.h. */
#include "workers/tally/values.h"

#include "common/decimal.h"

void
values_init(struct values *values, const struct form_plan *form, struct arena *arena)
{
    values->named = ARENA_ARRAY(arena, bool, form->slot_count);
    values->has = ARENA_ARRAY(arena, bool, form->slot_count);
    values->value = ARENA_ARRAY(arena, int64_t, form->slot_count);
}

static bool
flag_read(const struct indicator *indicator, const struct value *in, int64_t *out,
          struct complaint *why)
{
    bool is_number = in->kind == VALUE_BOOL || in->kind == VALUE_INT;
    if (!is_number) {
        return complain(why, CODE_VALUE_TYPE, indicator->code, "%.*s", SLICE_ARG(in->text));
    }
    if (in->number != 0 && in->number != 1) {
        return complain(why, CODE_VALUE_TYPE, indicator->code, "%lld", (long long)in->number);
    }
    *out = in->number;
    return true;
}

static bool
number_complain(const struct indicator *indicator, const struct value *in, enum err err,
                struct complaint *why)
{
    enum code code = err == ERR_FRACTION ? CODE_VALUE_FRACTION
                     : err == ERR_RANGE  ? CODE_VALUE_OVERFLOW
                                         : CODE_VALUE_TYPE;
    if (in->kind == VALUE_TEXT) {
        return complain(why, code, indicator->code, "%.*s", SLICE_ARG(in->text));
    }
    return complain(why, code, indicator->code, "%lld", (long long)in->number);
}

static bool
number_read(const struct indicator *indicator, const struct value *in, int64_t *out,
            struct complaint *why)
{
    enum err err;
    if (in->kind == VALUE_INT) {
        err = decimal_scale(in->number, indicator->decimals, out);
    } else if (in->kind == VALUE_TEXT) {
        err = decimal_parse(in->text, indicator->decimals, out);
    } else {
        return complain(why, CODE_VALUE_TYPE, indicator->code, "%s",
                        in->number != 0 ? "true" : "false");
    }
    return err == ERR_OK || number_complain(indicator, in, err, why);
}

static bool
range_check(const struct indicator *indicator, int64_t value, struct complaint *why)
{
    char bound[DECIMAL_TEXT];
    if (indicator->has_min && value < indicator->min) {
        decimal_format(indicator->min, indicator->decimals, bound);
        return complain(why, CODE_VALUE_TOO_LOW, indicator->code, "%s", bound);
    }
    if (indicator->has_max && value > indicator->max) {
        decimal_format(indicator->max, indicator->decimals, bound);
        return complain(why, CODE_VALUE_TOO_HIGH, indicator->code, "%s", bound);
    }
    return true;
}

static bool
value_read(struct values *values, const struct form_plan *form, struct slice code,
           const struct value *in, struct complaint *why)
{
    uint16_t slot = form_slot(form, code);
    if (slot == SLOT_NONE) {
        return complain(why, CODE_INDICATOR_UNKNOWN, code, "%s", "");
    }
    if (values->named[slot]) {
        return complain(why, CODE_DUPLICATE_KEY, code, "%s", "");
    }
    values->named[slot] = true;
    if (in->kind == VALUE_NIL) {
        return true;
    }
    const struct indicator *indicator = form->slots[slot].indicator;
    int64_t *value = &values->value[slot];
    bool right = indicator->type == TYPE_FLAG ? flag_read(indicator, in, value, why)
                                              : number_read(indicator, in, value, why);
    values->has[slot] = right;
    return right && range_check(indicator, *value, why);
}

bool
values_read(struct values *values, const struct form_plan *form, struct slice wire,
            struct complaint *why)
{
    struct cursor cursor;
    uint32_t count;
    if (!values_open(wire, &cursor, &count, why)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct slice code;
        struct value in;
        if (!values_next(&cursor, &code, &in, why) || !value_read(values, form, code, &in, why)) {
            return false;
        }
    }
    return true;
}

void
values_keep(struct values *values, const struct form_plan *form, const struct report_row *row)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < row->count; i++) {
        while (slot < form->slot_count && form->slots[slot].id < row->cells[i].indicator) {
            slot++;
        }
        bool asked = slot < form->slot_count && form->slots[slot].id == row->cells[i].indicator;
        if (asked && !values->named[slot]) {
            values->has[slot] = true;
            values->value[slot] = row->cells[i].value;
        }
    }
}

static bool
row_has(const struct report_row *row, uint16_t indicator)
{
    for (uint32_t i = 0; row != NULL && i < row->count; i++) {
        if (row->cells[i].indicator == indicator) {
            return true;
        }
    }
    return false;
}

uint32_t
values_leave(struct values *values, const struct form_plan *form, const struct report_row *row,
             enum values_only only)
{
    uint32_t left = 0;
    for (uint32_t slot = 0; only != ONLY_ALL && slot < form->slot_count; slot++) {
        if (values->has[slot] && row_has(row, form->slots[slot].id) == (only == ONLY_NEW)) {
            values->named[slot] = values->has[slot] = false;
            left++;
        }
    }
    return left;
}

bool
values_named(const struct values *values, const struct form_plan *form)
{
    for (uint32_t slot = 0; slot < form->slot_count; slot++) {
        if (values->named[slot]) {
            return true;
        }
    }
    return false;
}

bool
values_complete(const struct values *values, const struct form_plan *form)
{
    for (uint32_t i = 0; i < form->required.count; i++) {
        if (!values->has[form->required.slots[i]]) {
            return false;
        }
    }
    return true;
}

void
values_cells(const struct values *values, const struct form_plan *form, struct arena *arena,
             struct report_row *row)
{
    row->cells = ARENA_ARRAY(arena, struct cell, form->slot_count);
    row->count = 0;
    for (uint32_t slot = 0; slot < form->slot_count; slot++) {
        if (values->has[slot]) {
            row->cells[row->count++] = (struct cell){form->slots[slot].id, values->value[slot]};
        }
    }
}
