/* The model's records: see model.h. */
#include "tests/sim/model.h"

#include "common/check.h"
#include "common/decimal.h"
#include "common/mem.h"

#include <stdlib.h>

struct model *
model_new(const struct book *book)
{
    struct model *m = mem_alloc(sizeof(*m));
    m->arena = arena_new();
    m->turn = arena_new();
    m->council = mem_alloc(sizeof(*m->council));
    m->council->book = book;
    return m;
}

void
model_free(struct model **model)
{
    if (*model != NULL) {
        arena_free(&(*model)->arena);
        arena_free(&(*model)->turn);
        free((*model)->council);
        free(*model);
    }
    *model = NULL;
}

uint32_t
model_code(const struct model_codes *codes, struct slice code)
{
    for (uint32_t i = 0; i < codes->count; i++) {
        if (slice_is(code, codes->text[i])) {
            return i;
        }
    }
    return UINT32_MAX;
}

uint32_t
model_code_add(struct model_codes *codes, struct slice code)
{
    uint32_t known = model_code(codes, code);
    if (known != UINT32_MAX) {
        return known;
    }
    CHECK(codes->count < MODEL_CODES_MAX && code.len <= CODE_MAX);
    memcpy(codes->text[codes->count], code.data, code.len);
    return codes->count++;
}

/* 1 ‖ form 6 ‖ unit 6 ‖ source 6 ‖ granularity 4 ‖ period 32 */
uint64_t
model_key_pack(const struct model_key *k)
{
    return (uint64_t)1 << 60 | (uint64_t)k->form << 48 | (uint64_t)k->unit << 42 |
           (uint64_t)k->source << 36 | (uint64_t)k->period.gran << 32 | k->period.ordinal;
}

struct model_key
model_key_unpack(uint64_t packed)
{
    return (struct model_key){
        .form = packed >> 48 & 63,
        .unit = packed >> 42 & 63,
        .source = packed >> 36 & 63,
        .period = {(enum granularity)(packed >> 32 & 15), (uint32_t)packed},
    };
}

static uint32_t
slot_of(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 40) % MODEL_KEYS_MAX;
}

struct model_report *
model_report_at(struct model *m, uint64_t key)
{
    uint32_t at = slot_of(key);
    while (m->reports[at].key != 0 && m->reports[at].key != key) {
        at = (at + 1) % MODEL_KEYS_MAX;
    }
    return &m->reports[at];
}

struct model_tally *
model_tally_at(struct model_tally *table, uint64_t key)
{
    uint32_t at = slot_of(key);
    while (table[at].key != 0 && table[at].key != key) {
        at = (at + 1) % MODEL_KEYS_MAX;
    }
    return &table[at];
}

/* ---- values ---- */

static bool
number_read(struct model *m, const struct indicator *indicator, const struct value *in,
            int64_t *out)
{
    enum err err = in->kind == VALUE_INT    ? decimal_scale(in->number, indicator->decimals, out)
                   : in->kind == VALUE_TEXT ? decimal_parse(in->text, indicator->decimals, out)
                                            : ERR_FORMAT;
    if (err != ERR_OK || (indicator->has_min && *out < indicator->min) ||
        (indicator->has_max && *out > indicator->max)) {
        return false;
    }
    m->huge = m->huge || *out > INT64_MAX / 8192 || *out < INT64_MIN / 8192;
    return true;
}

static bool
form_has(const struct form *form, struct slice indicator)
{
    for (uint32_t i = 0; i < form->indicators.count; i++) {
        if (slice_equal(form->indicators.codes[i], indicator)) {
            return true;
        }
    }
    return false;
}

/* Into `values`, which holds what was there before a merge. */
static bool
values_read(struct model *m, const struct form *form, struct slice wire,
            struct model_values *values)
{
    bool named[MODEL_INDICATORS_MAX] = {false};
    struct cursor c;
    struct complaint why;
    uint32_t n;
    if (!values_open(wire, &c, &n, &why)) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice code;
        struct value in;
        if (!values_next(&c, &code, &in, &why) || !form_has(form, code)) {
            return false;
        }
        uint32_t at = model_code(&m->indicators, code);
        if (named[at]) {
            return false;
        }
        named[at] = true;
        values->has[at] = in.kind != VALUE_NIL;
        values->value[at] = 0;
        const struct indicator *indicator =
            &m->campaign.indicators[campaign_indicator(&m->campaign, code)];
        if (in.kind != VALUE_NIL && !number_read(m, indicator, &in, &values->value[at])) {
            return false;
        }
    }
    return true;
}

/* The simulator's campaigns have rules of one kind: one value at most another. */
static bool
rules_hold(const struct model *m, const struct form *form, const struct model_values *values)
{
    for (uint32_t i = 0; i < m->campaign.rule_count; i++) {
        const struct rule *rule = &m->campaign.rules[i];
        if (!slice_equal(rule->form_code, form->code)) {
            continue;
        }
        CHECK(rule->kind == RULE_LE && rule->left.count == 1 && rule->right.count == 1);
        uint32_t left = model_code(&m->indicators, rule->left.codes[0]);
        uint32_t right = model_code(&m->indicators, rule->right.codes[0]);
        if (values->has[left] && values->has[right] && values->value[left] > values->value[right]) {
            return false;
        }
    }
    return true;
}

static bool
values_equal(const struct model_values *a, const struct model_values *b)
{
    for (uint32_t i = 0; i < MODEL_INDICATORS_MAX; i++) {
        if (a->has[i] != b->has[i] || (a->has[i] && a->value[i] != b->value[i])) {
            return false;
        }
    }
    return true;
}

/* What a merge starts from: of the old report what the form still asks. */
static void
values_keep(const struct model *m, const struct form *form, const struct model_report *old,
            struct model_values *values)
{
    for (uint32_t i = 0; i < m->indicators.count && old->key != 0; i++) {
        if (old->values.has[i] && form_has(form, slice_text(m->indicators.text[i]))) {
            values->has[i] = true;
            values->value[i] = old->values.value[i];
        }
    }
}

/* ---- reports and withdrawals ---- */

static enum verdict
report_settle(struct model *m, const struct model_place *place, struct model_report *new)
{
    struct model_report *old = model_report_at(m, new->key);
    bool there = old->key != 0;
    if (there && old->revision > new->revision) {
        return VERDICT_SUPERSEDED;
    }
    if (there && !old->withdrawn && values_equal(&old->values, &new->values)) {
        if (new->revision > old->revision) {
            old->revision = new->revision;
            old->receipt = new->receipt;
        }
        return VERDICT_UNCHANGED;
    }
    if (there && old->revision == new->revision) {
        return VERDICT_REJECTED;
    }
    bool live = there && !old->withdrawn;
    new->on_time = live ? old->on_time : !place->late;
    if (!model_replace(m, place, new)) {
        return VERDICT_REJECTED;
    }
    return live ? VERDICT_CORRECTED : VERDICT_ACCEPTED;
}

static uint64_t
merge_revision(const struct block *block, const struct model_report *old)
{
    uint64_t time_ms = block->time_us > 0 ? (uint64_t)block->time_us / 1000 : 0;
    uint64_t next = old->key != 0 ? old->revision + 1 : 0;
    return next > time_ms ? next : time_ms;
}

static enum verdict
report(struct model *m, const struct block *block, const struct block_record *record)
{
    struct record_report in;
    struct complaint why;
    struct model_place place;
    struct model_report new = {.receipt = {block->number, record->index}};
    if (!layout_decode(record_layout(RECORD_report), record->body, &in, &why) ||
        (in.merge ? in.id.len != 16 : in.revision == 0)) {
        return VERDICT_REJECTED;
    }
    uint32_t unit = model_code(&m->units, in.unit);
    /* Another unit's envelope is refused first: its shard need not know the ULIDs of this one. */
    bool own = slice_equal(in.unit, record->unit);
    if (in.merge && own && unit != UINT32_MAX &&
        model_ulid_seen(m, record->principal, in.id, unit)) {
        return VERDICT_UNCHANGED;
    }
    struct model_claim claim = {in.campaign, in.form, in.unit, in.period, in.source};
    if (!model_place_find(m, block, record, &claim, &place)) {
        return VERDICT_REJECTED;
    }
    new.key = model_key_pack(&place.key);
    const struct model_report *old = model_report_at(m, new.key);
    new.revision = in.merge ? merge_revision(block, old) : in.revision;
    if (in.merge) {
        values_keep(m, place.form, old, &new.values);
    }
    if (!values_read(m, place.form, in.values, &new.values) ||
        !rules_hold(m, place.form, &new.values)) {
        return VERDICT_REJECTED;
    }
    enum verdict verdict = report_settle(m, &place, &new);
    if (in.merge && verdict != VERDICT_REJECTED) {
        model_ulid_keep(m, record->principal, in.id, unit);
    }
    return verdict;
}

static enum verdict
withdrawal(struct model *m, const struct block *block, const struct block_record *record)
{
    struct record_withdrawal in;
    struct complaint why;
    struct model_place place;
    if (!layout_decode(record_layout(RECORD_withdrawal), record->body, &in, &why) ||
        in.revision == 0) {
        return VERDICT_REJECTED;
    }
    struct model_claim claim = {in.campaign, in.form, in.unit, in.period, in.source};
    if (!model_place_find(m, block, record, &claim, &place)) {
        return VERDICT_REJECTED;
    }
    struct model_report new = {
        .key = model_key_pack(&place.key),
        .revision = in.revision,
        .receipt = {block->number, record->index},
        .withdrawn = true,
    };
    const struct model_report *old = model_report_at(m, new.key);
    if (old->key != 0 && old->revision > new.revision) {
        return VERDICT_SUPERSEDED;
    }
    if (old->key != 0 && old->revision == new.revision) {
        return old->withdrawn ? VERDICT_UNCHANGED : VERDICT_REJECTED;
    }
    return model_replace(m, &place, &new) ? VERDICT_ACCEPTED : VERDICT_REJECTED;
}

/* ---- quarantine ---- */

void
model_skip(struct model *m, struct receipt receipt)
{
    CHECK(m->skip_count < MODEL_SKIPS_MAX);
    m->skips[m->skip_count++] = receipt;
}

static bool
is_skipped(const struct model *m, uint64_t block, uint32_t index)
{
    for (uint32_t i = 0; i < m->skip_count; i++) {
        if (m->skips[i].block == block && m->skips[i].index == index) {
            return true;
        }
    }
    return false;
}

static enum verdict
quarantine(struct model *m, const struct block *block, const struct block_record *record)
{
    struct record_quarantine in;
    struct complaint why;
    if (!layout_decode(record_layout(RECORD_quarantine), record->body, &in, &why) ||
        in.id.len != 16 || !slice_is(record->principal, PRINCIPAL_BROKER)) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, record->principal, in.id, UINT32_MAX)) {
        return VERDICT_UNCHANGED;
    }
    if (in.block > block->number || (in.block == block->number && in.index >= record->index)) {
        return VERDICT_REJECTED;
    }
    model_ulid_keep(m, record->principal, in.id, UINT32_MAX);
    return VERDICT_ACCEPTED;
}

/* ---- any record ---- */

bool
model_refuse(struct model *m, enum code code)
{
    m->code = code;
    return false;
}

static enum verdict
judge(struct model *m, const struct block *block, const struct block_record *record)
{
    uint64_t type;
    if (is_skipped(m, block->number, record->index)) {
        return VERDICT_QUARANTINED;
    }
    if (!layout_peek(record->body, &type)) {
        return VERDICT_REJECTED;
    }
    switch (type) {
    case RECORD_report:
        return report(m, block, record);
    case RECORD_withdrawal:
        return withdrawal(m, block, record);
    case RECORD_units:
        return model_units(m, block, record);
    case RECORD_campaign:
        return model_campaign(m, record);
    case RECORD_access:
        return model_access(m, record);
    case RECORD_quarantine:
        return quarantine(m, block, record);
    case RECORD_approval:
        return model_approval(m, block, record);
    case RECORD_nomination ... RECORD_file:
        return model_council(m, block, record, type);
    default:
        return VERDICT_REJECTED;
    }
}

enum verdict
model_record(struct model *m, const struct block *block, const struct block_record *record)
{
    m->code = CODE_NONE;
    enum verdict verdict = judge(m, block, record);
    m->verdicts[verdict]++;
    arena_reset(m->turn);
    return verdict;
}
