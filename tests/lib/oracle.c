/* The oracle's model: units, the life of a report, what a unit's period holds. */
#include "tests/lib/oracle.h"

#include "common/check.h"

#include <stdio.h>

const char *const ORACLE_SOURCE_CODES[ORACLE_SOURCES] = {"office", "health"};

void
oracle_unit_code(int32_t unit, char text[8])
{
    snprintf(text, 8, "u%02d", unit % 100);
}

void
oracle_indicator_code(uint32_t indicator, char text[8])
{
    snprintf(text, 8, "i%02u", indicator % 100);
}

enum over
oracle_over_time(uint32_t indicator)
{
    return (enum over)(OVER_SUM + indicator % 5);
}

enum over
oracle_over_units(uint32_t indicator)
{
    static const enum over OVERS[] = {OVER_SUM, OVER_MEAN, OVER_MAX, OVER_MIN};
    return OVERS[indicator / 5];
}

uint8_t
oracle_decimals(uint32_t indicator)
{
    return indicator % 3 == 2 ? (uint8_t)(1 + indicator % 2) : 0;
}

/* ---- units ---- */

const struct oracle_row *
oracle_row_in(const struct oracle *o, int32_t unit, int32_t first, int32_t last)
{
    for (int32_t day = last; day >= first; day--) {
        for (uint32_t i = 0; i < o->row_count; i++) {
            const struct oracle_row *row = &o->rows[i];
            if (row->unit == unit && row->from <= day && day <= row->to) {
                return row;
            }
        }
    }
    return NULL;
}

void
oracle_publish(struct oracle *o, const struct oracle_row *rows, uint32_t count)
{
    struct oracle_row kept[ORACLE_ROWS];
    uint32_t kept_count = 0;
    for (uint32_t i = 0; i < o->row_count; i++) {
        struct oracle_row row = o->rows[i];
        bool listed = false;
        for (uint32_t k = 0; k < count; k++) {
            listed = listed || rows[k].unit == row.unit;
        }
        row.to = row.to < o->today ? row.to : o->today;
        if (!listed && row.from <= o->today) {
            kept[kept_count++] = row;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        CHECK(kept_count < ORACLE_ROWS);
        kept[kept_count++] = rows[i];
    }
    memcpy(o->rows, kept, sizeof(kept));
    o->row_count = kept_count;
    for (uint32_t i = 0; i < o->days.count; i++) {
        for (int32_t unit = 0; unit < ORACLE_UNITS; unit++) {
            const struct oracle_period *p = &o->days.periods[i];
            const struct oracle_row *row = oracle_row_in(o, unit, p->first, p->last);
            o->row_in[unit][i] = row == NULL ? -1 : (int8_t)(row - o->rows);
        }
    }
}

bool
oracle_asks(const struct oracle_form *form, const struct oracle_row *row)
{
    return form->level == NULL || strcmp(form->level, row->level) == 0;
}

bool
oracle_counts_in(const struct oracle *o, uint32_t fine, uint32_t coarse)
{
    const struct oracle_period *f = &o->days.periods[fine], *c = &o->days.periods[coarse];
    return f->gran <= c->gran && strcmp(f->up[c->gran], c->text) == 0;
}

/* ---- a report ---- */

static bool
place_is_right(const struct oracle *o, const struct oracle_report *in)
{
    const struct oracle_form *form = &o->forms[in->form];
    const struct oracle_period *p = &o->days.periods[in->period];
    const struct oracle_row *row = oracle_row_in(o, in->unit, p->first, p->last);
    bool source = false;
    for (uint32_t i = 0; i < form->source_count; i++) {
        source = source || form->sources[i] == in->source;
    }
    return form->live && row != NULL && oracle_asks(form, row) && source && p->gran == form->gran &&
           p->last >= o->from && p->first <= o->to && p->first <= o->today &&
           (form->expires < 0 || o->today <= p->last + form->expires);
}

static struct oracle_report *
report_at(struct oracle *o, const struct oracle_report *in)
{
    for (uint32_t i = 0; i < o->report_count; i++) {
        struct oracle_report *r = &o->reports[i];
        if (r->form == in->form && r->unit == in->unit && r->period == in->period &&
            r->source == in->source) {
            return r;
        }
    }
    CHECK(o->report_count < ORACLE_REPORTS);
    struct oracle_report *r = &o->reports[o->report_count++];
    *r = (struct oracle_report){
        .form = in->form, .unit = in->unit, .period = in->period, .source = in->source};
    return r;
}

static struct oracle_base *
base_at(struct oracle *o, const struct oracle_report *in)
{
    for (uint32_t i = 0; i < o->base_count; i++) {
        struct oracle_base *b = &o->bases[i];
        if (b->form == in->form && b->unit == in->unit && b->period == in->period) {
            return b;
        }
    }
    struct oracle_base *b = &o->bases[o->base_count++];
    *b = (struct oracle_base){.form = in->form, .unit = in->unit, .period = in->period};
    return b;
}

/* From the reports of all sources that the form has today. */
static void
base_make(struct oracle *o, struct oracle_base *b)
{
    const struct oracle_form *form = &o->forms[b->form];
    bool differs[ORACLE_INDICATORS] = {false};
    *b = (struct oracle_base){.form = b->form, .unit = b->unit, .period = b->period};
    for (uint32_t i = 0; i < form->source_count; i++) {
        struct oracle_report key = {
            .form = b->form, .unit = b->unit, .period = b->period, .source = form->sources[i]};
        const struct oracle_report *r = report_at(o, &key);
        if (!r->there || r->withdrawn) {
            continue;
        }
        b->received = 1;
        b->on_time = b->on_time != 0 || r->on_time;
        for (uint32_t k = 0; k < form->ask_count; k++) {
            uint32_t n = form->asks[k];
            if (r->values.has[n] && !b->values.has[n]) {
                b->values.has[n] = true;
                b->values.value[n] = r->values.value[n];
            } else if (r->values.has[n] && b->values.value[n] != r->values.value[n]) {
                b->disagreements += !differs[n];
                differs[n] = true;
            }
        }
    }
    b->complete = b->received;
    for (uint32_t k = 0; k < form->ask_count; k++) {
        uint32_t n = form->asks[k];
        b->complete = b->complete != 0 && (!form->required[n] || b->values.has[n]);
    }
}

/* Whether a sum over time of the unit's form is past 64 bits in a period that this one counts in. */
static bool
overflows(const struct oracle *o, const struct oracle_base *changed, uint32_t indicator)
{
    const struct oracle_period *p = &o->days.periods[changed->period];
    enum over over = oracle_over_time(indicator);
    bool adds = (over == OVER_SUM || over == OVER_MEAN) && o->has_indicator[indicator];
    for (enum granularity gran = p->gran + 1; adds && gran <= GRAN_YEAR; gran++) {
        wide sum = 0;
        for (uint32_t i = 0; i < o->base_count; i++) {
            const struct oracle_base *b = &o->bases[i];
            if (b->form == changed->form && b->unit == changed->unit && b->values.has[indicator] &&
                strcmp(o->days.periods[b->period].up[gran], p->up[gran]) == 0) {
                sum += b->values.value[indicator];
            }
        }
        if (sum > INT64_MAX || sum < INT64_MIN) {
            return true;
        }
    }
    return false;
}

static bool
values_equal(const struct oracle_report *a, const struct oracle_report *b)
{
    bool equal = a->withdrawn == b->withdrawn;
    for (uint32_t n = 0; n < ORACLE_INDICATORS; n++) {
        equal = equal && a->values.has[n] == b->values.has[n] &&
                (!a->values.has[n] || a->values.value[n] == b->values.value[n]);
    }
    return equal;
}

/* The merged report, under the revision that a merge gets: noon at +07:00 of today in ms, or one
 * more than what is there. */
static void
merge_make(const struct oracle *o, const struct oracle_report *old, struct oracle_report *new)
{
    const struct oracle_form *form = &o->forms[new->form];
    uint64_t noon_ms = ((uint64_t)o->today * 24 + 5) * 3600 * 1000;
    uint64_t next = old->there ? old->revision + 1 : 0;
    new->revision = next > noon_ms ? next : noon_ms;
    for (uint32_t k = 0; k < form->ask_count && old->there && !old->withdrawn; k++) {
        uint32_t n = form->asks[k];
        if (!new->named[n]) {
            new->values.has[n] = old->values.has[n];
            new->values.value[n] = old->values.value[n];
        }
    }
}

static const char *
revision_judge(const struct oracle_report *old, const struct oracle_report *new)
{
    if (!old->there) {
        return "accepted";
    }
    if (old->revision > new->revision) {
        return "superseded";
    }
    bool same =
        new->withdrawn ? old->withdrawn && old->revision == new->revision : values_equal(old, new);
    if (same) {
        return "unchanged";
    }
    if (old->revision == new->revision) {
        return "rejected";
    }
    return old->withdrawn || new->withdrawn ? "accepted" : "corrected";
}

const char *
oracle_apply(struct oracle *o, const struct oracle_report *in)
{
    if (!place_is_right(o, in)) {
        return "rejected";
    }
    struct oracle_report *old = report_at(o, in), new = *in, before = *old;
    const struct oracle_form *form = &o->forms[in->form];
    const struct oracle_period *p = &o->days.periods[in->period];
    if (in->merge) {
        merge_make(o, old, &new);
    }
    new.there = true;
    bool late = form->due >= 0 && o->today > p->last + form->due;
    new.on_time = !in->withdrawn && (old->there && !old->withdrawn ? old->on_time : !late);
    const char *verdict = revision_judge(old, &new);
    if (strcmp(verdict, "unchanged") == 0 && new.revision > old->revision) {
        old->revision = new.revision;
    }
    if (strcmp(verdict, "accepted") != 0 && strcmp(verdict, "corrected") != 0) {
        return verdict;
    }
    struct oracle_base *b = base_at(o, in), base_before = *b;
    *old = new;
    base_make(o, b);
    for (uint32_t n = 0; n < ORACLE_INDICATORS; n++) {
        if (overflows(o, b, n)) {
            *report_at(o, in) = before;
            *b = base_before;
            return "rejected";
        }
    }
    return verdict;
}
