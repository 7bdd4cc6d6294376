/* The oracle's roll-ups: every answer goes through all units and all that they ever reported. */
#include "tests/lib/oracle.h"

#include <inttypes.h>

#define NOBODY (-1)

/* ---- who counts where ---- */

static const struct oracle_row *
row_of(const struct oracle *o, int32_t unit, uint32_t period)
{
    int8_t row = o->row_in[unit][period];
    return row < 0 ? NULL : &o->rows[row];
}

/* The child of `top` that `unit` counts beneath, `top` for itself; top NOBODY: everybody counts. */
static int32_t
child_towards(const struct oracle *o, int32_t unit, int32_t top, uint32_t period)
{
    if (top == NOBODY) {
        return row_of(o, unit, period) != NULL ? unit : NOBODY;
    }
    for (int steps = 0; unit != top && steps < ORACLE_UNITS; steps++) {
        const struct oracle_row *row = row_of(o, unit, period);
        if (row == NULL || row->parent == NOBODY) {
            return NOBODY;
        }
        if (row->parent == top) {
            return unit;
        }
        unit = row->parent;
    }
    return unit == top ? top : NOBODY;
}

/* Whether `unit` counts in the row of `member`, which is `top` itself (all beneath it) or a child. */
static bool
counts_for(const struct oracle *o, int32_t unit, int32_t member, int32_t top, uint32_t period)
{
    int32_t child = child_towards(o, unit, top, period);
    return child != NOBODY && (member == top || child == member);
}

static bool
is_child(const struct oracle *o, int32_t unit, int32_t top, uint32_t period)
{
    const struct oracle_row *row = row_of(o, unit, period);
    return row != NULL && row->parent == top;
}

/* ---- counting ---- */

struct counts {
    uint64_t expected, received, on_time, complete, disagreements;
};

static void
expected_add(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
             struct counts *counts)
{
    const struct oracle_form *f = &o->forms[form];
    for (uint32_t i = 0; i < o->days.count; i++) {
        const struct oracle_period *p = &o->days.periods[i];
        if (p->gran != f->gran || !oracle_counts_in(o, i, period) || p->last < o->from ||
            p->first > o->to || p->first > o->today) {
            continue;
        }
        const struct oracle_row *row = oracle_row_in(o, unit, p->last, p->last);
        counts->expected += row != NULL && oracle_asks(f, row);
    }
}

static void
unit_add(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
         struct counts *counts)
{
    expected_add(o, unit, form, period, counts);
    for (uint32_t i = 0; i < o->base_count; i++) {
        const struct oracle_base *b = &o->bases[i];
        if (b->form == form && b->unit == unit && oracle_counts_in(o, b->period, period)) {
            counts->received += b->received;
            counts->on_time += b->on_time;
            counts->complete += b->complete;
            counts->disagreements += b->disagreements;
        }
    }
}

static void
member_add(const struct oracle *o, int32_t member, int32_t top, uint32_t form, uint32_t period,
           struct counts *counts)
{
    for (int32_t unit = 0; unit < ORACLE_UNITS; unit++) {
        if (counts_for(o, unit, member, top, period)) {
            unit_add(o, unit, form, period, counts);
        }
    }
}

/* ---- values ---- */

struct cell {
    wide value;
    uint32_t units, periods;
};

static wide
mean_of(wide sum, uint32_t count)
{
    wide twice = 2 * (sum < 0 ? -sum : sum);
    wide rounded = (twice + count) / (2 * (wide)count);
    return sum < 0 ? -rounded : rounded;
}

static void
gather(enum over over, wide value, struct cell *cell)
{
    bool better = over == OVER_MAX ? value > cell->value : value < cell->value;
    if (over == OVER_SUM || over == OVER_MEAN) {
        cell->value += value;
    } else if (over == OVER_LAST || cell->units == 0 || better) {
        cell->value = value;
    }
    cell->units++;
}

/* A unit's own value over the period; `units` counts form periods here. */
static struct cell
over_time(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period, uint32_t indicator)
{
    enum over over = oracle_over_time(indicator);
    uint32_t latest = 0;
    struct cell cell = {0};
    for (uint32_t i = 0; i < o->base_count; i++) {
        const struct oracle_base *b = &o->bases[i];
        if (b->form != form || b->unit != unit || !b->values.has[indicator] ||
            !oracle_counts_in(o, b->period, period)) {
            continue;
        }
        wide kept = cell.value;
        gather(over, b->values.value[indicator], &cell);
        if (over == OVER_LAST && b->period < latest) {
            cell.value = kept;
        }
        latest = b->period > latest ? b->period : latest;
    }
    if (cell.units > 0 && over == OVER_MEAN) {
        cell.value = mean_of(cell.value, cell.units);
    }
    return cell;
}

static struct cell
over_units(const struct oracle *o, int32_t member, int32_t top, uint32_t form, uint32_t period,
           uint32_t indicator)
{
    struct cell cell = {0};
    int32_t last = o->days.periods[period].last;
    for (int32_t unit = 0; unit < ORACLE_UNITS; unit++) {
        bool there =
            oracle_over_time(indicator) == OVER_SUM || oracle_row_in(o, unit, last, last) != NULL;
        if (!there || !counts_for(o, unit, member, top, period)) {
            continue;
        }
        struct cell own = over_time(o, unit, form, period, indicator);
        if (own.units > 0) {
            gather(oracle_over_units(indicator), own.value, &cell);
            cell.periods += own.units;
        }
    }
    if (cell.units > 0 && oracle_over_units(indicator) == OVER_MEAN) {
        cell.value = mean_of(cell.value, cell.units);
    }
    return cell;
}

/* ---- writing ---- */

static void
put_value(uint32_t indicator, wide value, struct buf *out)
{
    char digits[48];
    uint8_t decimals = oracle_decimals(indicator);
    bool whole = decimals == 0;
    unsigned __int128 left = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    size_t at = sizeof(digits);
    digits[--at] = '\0';
    while (decimals > 0 && left % 10 == 0) {
        left /= 10;
        decimals--;
    }
    for (int place = 0; left > 0 || place <= decimals; place++) {
        if (place == decimals && place > 0) {
            digits[--at] = '.';
        }
        digits[--at] = (char)('0' + (int)(left % 10));
        left /= 10;
    }
    bool plain = whole && value >= INT64_MIN && value <= INT64_MAX;
    buf_printf(out, plain ? "%s%s" : "\"%s%s\"", value < 0 ? "-" : "", digits + at);
}

static void
put_unit(const struct oracle *o, int32_t unit, uint32_t period, struct buf *out)
{
    const struct oracle_row *row = row_of(o, unit, period);
    char code[8];
    oracle_unit_code(unit, code);
    buf_printf(out, "unit:\"%s\",name:\"%s\",level:\"%s\"", code, row->name, row->level);
}

static void
put_tally_value(const struct oracle_form *form, uint32_t indicator, const struct cell *cell,
                struct buf *out)
{
    char code[8];
    uint8_t decimals = oracle_decimals(indicator);
    oracle_indicator_code(indicator, code);
    buf_printf(out,
               "{form:\"%s\",indicator:\"%s\",theme:\"all\",title_vi:\"t\",title_en:\"t\","
               "type:\"%s\",decimals:%u,value:",
               form->code, code, decimals > 0 ? "decimal" : "integer", decimals);
    put_value(indicator, cell->value, out);
    buf_printf(out, ",units:%u,periods:%u}", cell->units, cell->periods);
}

static void
put_tally_row(const struct oracle *o, int32_t member, int32_t top, uint32_t period, struct buf *out)
{
    struct counts c = {0};
    struct buf values = BUF_EMPTY;
    for (uint32_t f = 0; f < ORACLE_FORMS; f++) {
        const struct oracle_form *form = &o->forms[f];
        if (!form->live || form->gran > o->days.periods[period].gran) {
            continue;
        }
        member_add(o, member, top, f, period, &c);
        for (uint32_t k = 0; k < form->ask_count; k++) {
            struct cell cell = over_units(o, member, top, f, period, form->asks[k]);
            if (cell.units > 0) {
                buf_printf(&values, "%s", values.len > 0 ? "," : "");
                put_tally_value(form, form->asks[k], &cell, &values);
            }
        }
    }
    buf_printf(out, "{");
    put_unit(o, member, period, out);
    buf_printf(out,
               ",expected:%" PRIu64 ",received:%" PRIu64 ",on_time:%" PRIu64 ",complete:%" PRIu64
               ",disagreements:%" PRIu64 ",values:[",
               c.expected, c.received, c.on_time, c.complete, c.disagreements);
    buf_slice(out, buf_slice_of(&values));
    buf_printf(out, "]}");
    buf_fini(&values);
}

void
oracle_tally(const struct oracle *o, int32_t unit, uint32_t period, struct buf *out)
{
    buf_printf(out, "{campaign:\"oracle\",period:\"%s\",rows:[", o->days.periods[period].text);
    put_tally_row(o, unit, unit, period, out);
    for (int32_t child = 0; child < ORACLE_UNITS; child++) {
        if (is_child(o, child, unit, period)) {
            buf_printf(out, ",");
            put_tally_row(o, child, unit, period, out);
        }
    }
    buf_printf(out, "]}");
}

static void
put_completeness_row(const struct oracle *o, int32_t member, int32_t top, uint32_t form,
                     uint32_t period, struct buf *out)
{
    struct counts c = {0};
    member_add(o, member, top, form, period, &c);
    buf_printf(out, "{");
    put_unit(o, member, period, out);
    buf_printf(
        out, ",expected:%" PRIu64 ",received:%" PRIu64 ",on_time:%" PRIu64 ",complete:%" PRIu64 "}",
        c.expected, c.received, c.on_time, c.complete);
}

void
oracle_completeness(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
                    struct buf *out)
{
    buf_printf(out, "{campaign:\"oracle\",form:\"%s\",period:\"%s\",rows:[", o->forms[form].code,
               o->days.periods[period].text);
    put_completeness_row(o, unit, unit, form, period, out);
    for (int32_t child = 0; child < ORACLE_UNITS; child++) {
        if (is_child(o, child, unit, period)) {
            buf_printf(out, ",");
            put_completeness_row(o, child, unit, form, period, out);
        }
    }
    buf_printf(out, "]}");
}

static void
put_missing(const struct oracle *o, int32_t unit, uint32_t period, const struct counts *c,
            struct buf *out)
{
    const struct oracle_row *row = row_of(o, unit, period), *above = NULL;
    char code[8], parent[8] = "";
    oracle_unit_code(unit, code);
    if (row->parent != NOBODY) {
        oracle_unit_code(row->parent, parent);
        above = row_of(o, row->parent, period);
    }
    buf_printf(
        out,
        "{unit:\"%s\",name:\"%s\",contact:\"\",parent:\"%s\",parent_name:\"%s\",expected:%" PRIu64
        ",received:%" PRIu64 "}",
        code, row->name, parent, above != NULL ? above->name : "", c->expected, c->received);
}

void
oracle_missing(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
               struct buf *out)
{
    struct buf list = BUF_EMPTY;
    struct counts sum = {0};
    for (int32_t i = 0; i < ORACLE_UNITS; i++) {
        struct counts c = {0};
        if (!counts_for(o, i, unit, unit, period)) {
            continue;
        }
        unit_add(o, i, form, period, &c);
        sum.expected += c.expected;
        sum.received += c.received;
        if (c.received < c.expected) {
            buf_printf(&list, "%s", list.len > 0 ? "," : "");
            put_missing(o, i, period, &c, &list);
        }
    }
    buf_printf(out,
               "{campaign:\"oracle\",form:\"%s\",period:\"%s\",expected:%" PRIu64
               ",received:%" PRIu64 ",missing:[",
               o->forms[form].code, o->days.periods[period].text, sum.expected, sum.received);
    buf_slice(out, buf_slice_of(&list));
    buf_printf(out, "]}");
    buf_fini(&list);
}

static void
put_export_row(const struct oracle *o, int32_t member, int32_t top, uint32_t form, uint32_t period,
               struct buf *out)
{
    const struct oracle_form *f = &o->forms[form];
    char code[8];
    oracle_unit_code(member, code);
    buf_printf(out, "[\"%s\",\"%s\"", o->days.periods[period].text, code);
    for (uint32_t k = 0; k < f->ask_count; k++) {
        struct cell cell = over_units(o, member, top, form, period, f->asks[k]);
        buf_printf(out, cell.units > 0 ? "," : ",nil");
        if (cell.units > 0) {
            put_value(f->asks[k], cell.value, out);
        }
    }
    buf_printf(out, "]");
}

void
oracle_export(const struct oracle *o, int32_t unit, uint32_t form, uint32_t from, uint32_t to,
              bool children, struct buf *out)
{
    const struct oracle_form *f = &o->forms[form];
    struct buf rows = BUF_EMPTY;
    for (uint32_t period = from; period <= to; period++) {
        bool there = row_of(o, unit, period) != NULL;
        for (int32_t member = 0; there && member < ORACLE_UNITS; member++) {
            if (children ? is_child(o, member, unit, period) : member == unit) {
                buf_printf(&rows, "%s", rows.len > 0 ? "," : "");
                put_export_row(o, member, unit, form, period, &rows);
            }
        }
    }
    buf_printf(out, "{columns:[");
    for (uint32_t k = 0; k < f->ask_count; k++) {
        char code[8];
        oracle_indicator_code(f->asks[k], code);
        buf_printf(out, "%s\"%s\"", k > 0 ? "," : "", code);
    }
    buf_printf(out, "],rows:[");
    buf_slice(out, buf_slice_of(&rows));
    buf_printf(out, "]}");
    buf_fini(&rows);
}
