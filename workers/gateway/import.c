/* An import: cells gathered into merges. */
#include "workers/gateway/import_impl.h"

#include "common/check.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define ULID_BYTES 16
#define DEFAULT_COMBO "HllvX50cXC0" /* of every DHIS2: the combination of what has no categories */

void
imports_init(struct imports *imports, struct links *links)
{
    *imports = (struct imports){.links = links};
}

void
import_fail(struct import *im, const struct complaint *why, bool lasting)
{
    if (!im->failed) {
        im->why = *why;
        im->lasting = lasting;
    }
    im->failed = true;
}

/* ---- records ---- */

/* The same key, place and contents give the same id: whatever is sent again is the same merge. */
static void
id_make(const struct import *im, const struct record_report *report, uint8_t id[ULID_BYTES])
{
    struct clock clock = clock_real(0);
    if (im->options.key[0] == '\0') {
        ulid_new(clock_wall_us(&clock), id);
        return;
    }
    struct buf all = BUF_EMPTY;
    pack_cstr(&all, im->options.key);
    pack_uint(&all, im->ordinal);
    pack_text(&all, report->campaign);
    pack_text(&all, report->form);
    pack_text(&all, report->unit);
    pack_text(&all, report->period);
    pack_raw(&all, report->values);
    if (report->only != 0) {
        pack_uint(&all, report->only);
    }
    crypto_generichash(id, ULID_BYTES, all.data, all.len, NULL, 0);
    buf_fini(&all);
}

static void
record_close(struct import *im)
{
    uint32_t count = im->cells + im->deleted;
    if (count == 0) {
        return;
    }
    struct buf values = BUF_EMPTY, body = BUF_EMPTY;
    char period[PERIOD_TEXT];
    uint8_t id[ULID_BYTES];
    pack_map(&values, count);
    buf_slice(&values, buf_slice_of(&im->values));
    period_format(im->period, period);
    struct record_report report = {
        .campaign = slice_text(im->options.campaign),
        .form = im->form,
        .unit = buf_slice_of(&im->unit),
        .period = slice_text(period),
        .merge = true,
        .only = im->options.only,
        .values = buf_slice_of(&values),
    };
    id_make(im, &report, id);
    report.id = slice_of(id, sizeof id);
    record_encode_report(&report, &body);
    im->ordinal++;
    if (im->options.dry_run) {
        im->counts.imported += im->cells;
        im->counts.deleted += im->deleted;
    } else {
        window_put(&im->window, report.unit, buf_slice_of(&body), im, 0);
    }
    buf_fini(&values);
    buf_fini(&body);
    buf_clear(&im->values);
    buf_clear(&im->places);
    im->cells = im->deleted = 0;
    memset(im->has, 0, CAMPAIGN_INDICATORS_MAX);
}

/* ---- cells ---- */

static void
cell_refuse(struct import *im, const struct complaint *why)
{
    conflicts_add(&im->conflicts, why, im->options.language, &im->place, 1);
    im->counts.ignored++;
    im->place++;
}

static bool
combo_check(struct slice combo, struct complaint *why)
{
    return combo.len == 0 || slice_is(combo, "default") || slice_is(combo, DEFAULT_COMBO) ||
           complain(why, CODE_COMBO_UNKNOWN, combo, "%s", "");
}

static bool
takes_away(const struct import *im, const struct cell *cell)
{
    return cell->deleted || im->options.deletes || cell->value.len == 0;
}

/* What can be said without the units and the rights, which the tally worker knows. */
static bool
cell_check(const struct import *im, const struct cell *cell, struct period *period,
           struct place *place, struct complaint *why)
{
    struct slice set =
        im->options.data_set[0] != '\0' ? slice_text(im->options.data_set) : cell->data_set;
    if (!code_is_valid(cell->unit)) {
        return complain(why, CODE_UNIT_UNKNOWN, cell->unit, "%s", "");
    }
    if (period_parse(cell->period, period) != ERR_OK) {
        return complain(why, CODE_PERIOD_INVALID, cell->period, "%s", "");
    }
    if (!plan_place(im->plan, set, cell->element, *period, place, why) ||
        !combo_check(cell->category, why) || !combo_check(cell->attribute, why)) {
        return false;
    }
    return takes_away(im, cell) || plan_value(im->plan, place, cell->value, why);
}

/* Whether the cell goes into the record in hand; one that names an indicator again does not. */
static bool
record_takes(const struct import *im, const struct cell *cell, struct period period,
             const struct place *place)
{
    return im->cells + im->deleted < REPORT_VALUES_MAX && !im->has[place->indicator] &&
           period_equal(period, im->period) && slice_equal(place->form, im->form) &&
           slice_equal(cell->unit, buf_slice_of(&im->unit));
}

static void
on_cell(struct cells_sink *sink, const struct cell *cell)
{
    struct import *im = (struct import *)((char *)sink - offsetof(struct import, sink));
    struct complaint why = {0};
    struct period period;
    struct place place;
    im->imports->cells++;
    if (!cell_check(im, cell, &period, &place, &why)) {
        cell_refuse(im, &why);
        return;
    }
    if (im->options.only == ONLY_NEW && takes_away(im, cell)) {
        im->counts.ignored++; /* nothing is created by taking away */
        im->place++;
        return;
    }
    if (im->cells + im->deleted > 0 && !record_takes(im, cell, period, &place)) {
        record_close(im);
    }
    if (im->cells + im->deleted == 0) {
        buf_clear(&im->unit);
        buf_slice(&im->unit, cell->unit);
        im->period = period;
        im->form = place.form;
    }
    pack_text(&im->values, place.code);
    if (takes_away(im, cell)) {
        pack_nil(&im->values);
        im->deleted++;
    } else {
        plan_pack(im->plan, &place, cell->value, &im->values);
        im->cells++;
    }
    im->has[place.indicator] = true;
    buf_put(&im->places, &im->place, sizeof im->place);
    im->place++;
}

static void
on_mistake(struct cells_sink *sink, const struct complaint *why)
{
    cell_refuse((struct import *)((char *)sink - offsetof(struct import, sink)), why);
}

static void
on_complete(struct cells_sink *sink)
{
    ((struct import *)((char *)sink - offsetof(struct import, sink)))->complete = true;
}

/* ---- its life ---- */

struct import *
import_new(struct imports *imports, const struct import_options *options, struct plan *plan,
           struct slice principal, const struct cells_format *format, void (*woken)(void *),
           void *owner)
{
    unsigned slot = 0;
    while (slot < IMPORTS_MAX && imports->slots[slot] != NULL) {
        slot++;
    }
    if (slot == IMPORTS_MAX) {
        return NULL;
    }
    struct import *im = mem_alloc(sizeof *im);
    *im = (struct import){.imports = imports,
                          .id = imports->count++ * IMPORTS_MAX + slot,
                          .options = *options,
                          .plan = plan == NULL ? NULL : plan_keep(plan),
                          .lines = plan == NULL ? lines_new(options->language) : NULL,
                          .sink = {on_cell, on_mistake, on_complete, import_line},
                          .format = format,
                          .woken = woken,
                          .owner = owner};
    CHECK(principal.len <= CODE_MAX);
    memcpy(im->principal, principal.data, principal.len);
    im->has = mem_alloc(CAMPAIGN_INDICATORS_MAX);
    im->parser = format->open(&im->sink, options->header);
    conflicts_init(&im->conflicts);
    imports->slots[slot] = im;
    return im;
}

void
import_pass(struct import *im, void (*woken)(void *), void *owner)
{
    im->woken = woken;
    im->owner = owner;
}

void
import_free(struct import **import)
{
    struct import *im = *import;
    *import = NULL;
    if (im == NULL) {
        return;
    }
    im->imports->slots[im->id % IMPORTS_MAX] = NULL;
    question_forget(im->window.question);
    im->format->close(im->parser);
    conflicts_fini(&im->conflicts);
    lines_free(&im->lines);
    plan_drop(&im->plan);
    window_fini(&im->window);
    buf_fini(&im->unit);
    buf_fini(&im->values);
    buf_fini(&im->places);
    free(im->has);
    free(im);
}

void
import_feed(struct import *im, struct slice piece)
{
    struct complaint why = {0};
    if (im->failed) {
        return;
    }
    if (!im->format->feed(im->parser, piece, &why)) {
        import_fail(im, &why, true);
    }
    if (window_is_full(&im->window)) {
        window_send(im);
    }
}

void
import_end(struct import *im)
{
    struct complaint why = {0};
    if (im->ended) {
        return;
    }
    im->ended = true;
    if (!im->failed && !im->format->end(im->parser, &why)) {
        import_fail(im, &why, true);
    }
    record_close(im);
    window_send(im);
}

bool
import_waits(const struct import *im)
{
    return im->window.sent > 0 ||
           (im->window.count > 0 && (im->ended || window_is_full(&im->window)));
}

bool
import_is_over(const struct import *im)
{
    return im->ended && !import_waits(im);
}

const struct complaint *
import_failed(const struct import *im, bool *lasting)
{
    *lasting = im->lasting;
    return im->failed ? &im->why : NULL;
}

const struct lines *
import_lines(const struct import *im)
{
    return im->lines;
}

json_t *
import_summary(const struct import *im)
{
    const struct import_counts *c = &im->counts;
    uint64_t counted = c->imported + c->updated + c->deleted;
    bool clean = json_object_size(im->conflicts.by_object) == 0 && !im->failed;
    const char *status = clean ? "SUCCESS" : counted > 0 ? "WARNING" : "ERROR";
    char sentence[512] = "";
    if (im->failed) {
        complaint_sentence(&im->why, im->options.language, sentence, sizeof sentence);
    } else {
        snprintf(sentence, sizeof sentence, "%s",
                 im->options.language == LANGUAGE_VI
                     ? (clean ? "Đã nhận xong." : "Có giá trị không được nhận.")
                     : (clean ? "Import was successful." : "Some values were not taken."));
    }
    return json_pack("{s:s, s:s, s:s, s:{s:I, s:I, s:I, s:I}, s:o, s:O, s:s, s:b}", "responseType",
                     "ImportSummary", "status", status, "description", sentence, "importCount",
                     "imported", (json_int_t)c->imported, "updated", (json_int_t)c->updated,
                     "ignored", (json_int_t)c->ignored, "deleted", (json_int_t)c->deleted,
                     "conflicts", conflicts_list(&im->conflicts), "rejectedIndexes",
                     im->conflicts.rejected, "dataSetComplete", im->complete ? "derived" : "false",
                     "dryRun", im->options.dry_run);
}
