/* The state machine on a bench: see apply_rig.h. */
#include "tests/lib/apply_rig.h"

#include "common/check.h"
#include "common/decimal.h"
#include "proto/pack.h"
#include "tests/lib/access_words.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the rig's campaign ---- */

static const struct {
    const char *code;
    enum indicator_type type;
    uint8_t decimals;
    enum over over_time;
    const char *bounds; /* "" or "min" or "both": 0 and 100 */
} INDICATORS[] = {
    {"doses", TYPE_INTEGER, 0, OVER_SUM, "min"}, {"first", TYPE_INTEGER, 0, OVER_SUM, ""},
    {"second", TYPE_INTEGER, 0, OVER_SUM, ""},   {"beds", TYPE_INTEGER, 0, OVER_LAST, ""},
    {"peak", TYPE_INTEGER, 0, OVER_MAX, ""},     {"low", TYPE_INTEGER, 0, OVER_MIN, ""},
    {"temp", TYPE_DECIMAL, 1, OVER_MEAN, ""},    {"rate", TYPE_PERCENT, 2, OVER_LAST, "both"},
    {"open", TYPE_FLAG, 0, OVER_MAX, ""},        {"here", TYPE_INTEGER, 0, OVER_SUM, ""},
    {"there", TYPE_INTEGER, 0, OVER_SUM, ""},    {"extra", TYPE_INTEGER, 0, OVER_SUM, ""},
};

#define INDICATOR_COUNT (sizeof(INDICATORS) / sizeof(INDICATORS[0]))

static struct slice *
codes_of(struct arena *arena, const char *words, uint32_t *count)
{
    struct slice *codes = ARENA_ARRAY(arena, struct slice, 20);
    char *text = arena_text(arena, slice_text(words));
    *count = 0;
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        codes[(*count)++] = slice_text(word);
    }
    return *count == 0 ? NULL : codes;
}

static struct index_list
indices_of(struct arena *arena, const char *words)
{
    struct index_list list = {0};
    list.codes = codes_of(arena, words, &list.count);
    return list;
}

static struct code_list
list_of(struct arena *arena, const char *words)
{
    struct code_list list = {0};
    list.codes = codes_of(arena, words, &list.count);
    return list;
}

static struct title
title_of(const char *text)
{
    return (struct title){slice_text(text), slice_text(text)};
}

static struct form
form_of(struct arena *arena, const char *code, enum granularity period, const char *levels,
        const char *sources, const char *indicators)
{
    return (struct form){
        .code = slice_text(code),
        .title = title_of(code),
        .period = period,
        .levels = list_of(arena, levels),
        .sources = list_of(arena, sources),
        .indicators = indices_of(arena, indicators),
        .due = -1,
        .expires = -1,
    };
}

static struct rule
rule_of(struct arena *arena, const char *code, enum rule_kind kind, const char *left,
        const char *right, enum severity severity)
{
    return (struct rule){
        .code = slice_text(code),
        .form_code = slice_text("daily"),
        .kind = kind,
        .left = indices_of(arena, left),
        .right = indices_of(arena, right),
        .severity = severity,
    };
}

static void
indicators_fill(struct campaign *c, struct arena *arena)
{
    c->indicators = ARENA_ARRAY(arena, struct indicator, INDICATOR_COUNT);
    c->indicator_count = INDICATOR_COUNT;
    for (uint32_t i = 0; i < INDICATOR_COUNT; i++) {
        bool both = strcmp(INDICATORS[i].bounds, "both") == 0;
        c->indicators[i] = (struct indicator){
            .code = slice_text(INDICATORS[i].code),
            .theme_code = slice_text("all"),
            .title = title_of(INDICATORS[i].code),
            .type = INDICATORS[i].type,
            .decimals = INDICATORS[i].decimals,
            .over_time = INDICATORS[i].over_time,
            .over_units = OVER_SUM,
            .has_min = both || strcmp(INDICATORS[i].bounds, "min") == 0,
            .has_max = both,
            .max = both ? 10000 : 0,
        };
    }
}

struct campaign *
rig_campaign_new(struct rig *rig)
{
    struct arena *arena = rig->arena;
    struct campaign *c = ARENA_NEW(arena, struct campaign);
    c->code = slice_text("cv");
    c->title = title_of("cv");
    CHECK(date_parse(slice_text("2021-08-31"), &c->from) == ERR_OK);
    CHECK(date_parse(slice_text("2022-12-31"), &c->to) == ERR_OK);
    c->utc_offset_minutes = 7 * 60;
    c->themes = ARENA_NEW(arena, struct theme);
    c->theme_count = 1;
    c->themes[0] = (struct theme){.code = slice_text("all"), .title = title_of("all")};
    indicators_fill(c, arena);
    c->forms = ARENA_ARRAY(arena, struct form, 4);
    c->form_count = 4;
    c->forms[0] = form_of(arena, "daily", GRAN_DAY, "commune", "office health",
                          "there here open rate temp low peak beds second first doses");
    c->forms[0].required = indices_of(arena, "doses");
    c->forms[0].due = 1;
    c->forms[0].expires = 30;
    c->forms[1] = form_of(arena, "weekly", GRAN_WEEK, "commune", "office", "doses beds peak");
    c->forms[2] = form_of(arena, "monthly", GRAN_MONTH, "district", "office", "doses");
    c->forms[3] = form_of(arena, "yearly", GRAN_YEAR, "", "office", "doses");
    c->rules = ARENA_ARRAY(arena, struct rule, 4);
    c->rule_count = 4;
    c->rules[0] = rule_of(arena, "parts", RULE_EQ, "first second", "doses", SEVERITY_REJECT);
    c->rules[1] = rule_of(arena, "spread", RULE_LE, "low", "temp", SEVERITY_WARN);
    c->rules[2] = rule_of(arena, "pair", RULE_TOGETHER, "first second", "", SEVERITY_REJECT);
    c->rules[3] = rule_of(arena, "either", RULE_EXCLUSIVE, "here there", "", SEVERITY_REJECT);
    campaign_link(c, arena);
    return c;
}

struct unit_row
rig_unit(const char *text)
{
    struct unit_row row = {.from = DAY_MIN, .to = DAY_MAX};
    struct slice *fields[] = {&row.code, &row.parent, &row.level};
    for (int i = 0; text != NULL && i < 5; i++) {
        const char *end = strchr(text, '/');
        struct slice word = slice_of(text, end != NULL ? (size_t)(end - text) : strlen(text));
        if (i < 3) {
            *fields[i] = word;
        } else if (word.len != 0) {
            CHECK(date_parse(word, i == 3 ? &row.from : &row.to) == ERR_OK);
        }
        text = end != NULL ? end + 1 : NULL;
    }
    row.name = row.code;
    return row;
}

/* ---- the bench ---- */

void
rig_open(struct rig *rig, uint32_t shards)
{
    *rig = (struct rig){.shards = shards, .principal = "local", .arena = arena_new()};
    for (uint32_t i = 0; i < shards; i++) {
        rig->states[i] = state_mem_new();
        CHECK(apply_new(rig->states[i], i, shards, &rig->applies[i]) == ERR_OK);
    }
    block_begin(&rig->builder, 1, 7, 1);
}

void
rig_open_ready(struct rig *rig, uint32_t shards)
{
    rig_open(rig, shards);
    const struct unit_row rows[] = {
        rig_unit("city//city"),
        rig_unit("d1/city/district"),
        rig_unit("w1/d1/commune"),
        rig_unit("w2/d1/commune"),
        rig_unit("w3/d1/commune/2021-10-01/2021-12-31"),
    };
    rig_units(rig, 101, rows, sizeof(rows) / sizeof(rows[0]));
    rig_campaign(rig, 102, rig_campaign_new(rig));
    rig_commit(rig, "2021-08-31");
    for (uint32_t i = 0; i < 2; i++) {
        const char *verdict = rig_verdict(rig, 1, i);
        if (strcmp(verdict, "accepted") != 0) {
            fprintf(stderr, "the rig's own record 1.%u: %s\n", i, verdict);
            abort();
        }
    }
}

void
rig_close(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->shards; i++) {
        apply_free(&rig->applies[i]);
        state_free(&rig->states[i]);
    }
    for (uint32_t i = 0; i < rig->block_count; i++) {
        buf_fini(&rig->blocks[i]);
    }
    block_builder_fini(&rig->builder);
    arena_free(&rig->arena);
    buf_fini(&rig->text);
}

uint32_t
rig_add(struct rig *rig, const char *unit, struct slice body)
{
    const char *envelope = rig->envelope != NULL ? rig->envelope : unit;
    CHECK(block_add(&rig->builder, slice_text(rig->principal), slice_text(envelope), body));
    rig->envelope = NULL;
    return rig->builder.count - 1;
}

static void
value_pack(struct buf *out, const char *word)
{
    if (strcmp(word, "nil") == 0) {
        pack_nil(out);
    } else if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
        pack_bool(out, word[0] == 't');
    } else if (strspn(word, "-0123456789") == strlen(word) && strlen(word) < 19) {
        pack_int(out, strtoll(word, NULL, 10));
    } else {
        pack_cstr(out, word);
    }
}

static void
values_pack(struct rig *rig, struct buf *out, const char *values)
{
    uint32_t count;
    struct slice *pairs = codes_of(rig->arena, values, &count);
    pack_map(out, count);
    for (uint32_t i = 0; i < count; i++) {
        char *pair = arena_text(rig->arena, pairs[i]);
        char *value = strchr(pair, '=');
        CHECK(value != NULL);
        *value++ = '\0';
        pack_cstr(out, pair);
        value_pack(out, value);
    }
}

static uint32_t
report_add(struct rig *rig, struct record_report *in, const char *values)
{
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    values_pack(rig, &wire, values);
    in->values = buf_slice_of(&wire);
    record_encode_report(in, &body);
    uint32_t index = rig_add(rig, arena_text(rig->arena, in->unit), buf_slice_of(&body));
    buf_fini(&wire);
    buf_fini(&body);
    return index;
}

uint32_t
rig_report(struct rig *rig, const char *form, const char *unit, const char *period,
           const char *source, uint64_t revision, const char *values)
{
    struct record_report in = {
        .form = slice_text(form),
        .unit = slice_text(unit),
        .period = slice_text(period),
        .source = slice_text(source != NULL ? source : ""),
        .revision = revision,
    };
    return report_add(rig, &in, values);
}

static struct slice
ulid_of(struct rig *rig, uint8_t ulid)
{
    uint8_t *id = arena_alloc(rig->arena, 16);
    id[15] = ulid;
    return slice_of(id, 16);
}

uint32_t
rig_merge_only(struct rig *rig, const char *form, const char *unit, const char *period,
               uint8_t ulid, uint64_t only, const char *values)
{
    struct record_report in = {
        .form = slice_text(form),
        .unit = slice_text(unit),
        .period = slice_text(period),
        .merge = true,
        .only = only,
        .id = ulid_of(rig, ulid),
    };
    return report_add(rig, &in, values);
}

uint32_t
rig_merge(struct rig *rig, const char *form, const char *unit, const char *period, uint8_t ulid,
          const char *values)
{
    return rig_merge_only(rig, form, unit, period, ulid, 0, values);
}

uint32_t
rig_withdraw(struct rig *rig, const char *form, const char *unit, const char *period,
             const char *source, uint64_t revision)
{
    struct record_withdrawal in = {
        .form = slice_text(form),
        .unit = slice_text(unit),
        .period = slice_text(period),
        .source = slice_text(source != NULL ? source : ""),
        .revision = revision,
    };
    struct buf body = BUF_EMPTY;
    record_encode_withdrawal(&in, &body);
    uint32_t index = rig_add(rig, unit, buf_slice_of(&body));
    buf_fini(&body);
    return index;
}

uint32_t
rig_units(struct rig *rig, uint8_t ulid, const struct unit_row *rows, uint32_t count)
{
    struct unit_row *copy = ARENA_ARRAY(rig->arena, struct unit_row, count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = rows[i];
    }
    struct units units = {copy, count};
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    units_encode(&units, &wire);
    struct record_units in = {.id = ulid_of(rig, ulid), .rows = buf_slice_of(&wire)};
    record_encode_units(&in, &body);
    uint32_t index = rig_add(rig, "", buf_slice_of(&body));
    buf_fini(&wire);
    buf_fini(&body);
    return index;
}

uint32_t
rig_campaign(struct rig *rig, uint8_t ulid, const struct campaign *campaign)
{
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    campaign_encode(campaign, &wire);
    struct record_campaign in = {
        .campaign = campaign->code, .id = ulid_of(rig, ulid), .body = buf_slice_of(&wire)};
    record_encode_campaign(&in, &body);
    uint32_t index = rig_add(rig, "", buf_slice_of(&body));
    buf_fini(&wire);
    buf_fini(&body);
    return index;
}

uint32_t
rig_access(struct rig *rig, uint8_t ulid, const char *words)
{
    struct buf body = BUF_EMPTY;
    access_words(words, ulid_of(rig, ulid).data, &body);
    uint32_t index = rig_add(rig, "", buf_slice_of(&body));
    buf_fini(&body);
    return index;
}

static uint32_t
approval_add(struct rig *rig, const struct record_approval *in)
{
    struct buf body = BUF_EMPTY;
    record_encode_approval(in, &body);
    uint32_t index = rig_add(rig, arena_text(rig->arena, in->unit), buf_slice_of(&body));
    buf_fini(&body);
    return index;
}

uint32_t
rig_approve(struct rig *rig, uint8_t ulid, const char *unit, const char *period)
{
    struct record_approval in = {
        .unit = slice_text(unit), .period = slice_text(period), .id = ulid_of(rig, ulid)};
    return approval_add(rig, &in);
}

uint32_t
rig_reopen(struct rig *rig, uint8_t ulid, const char *unit, const char *period, const char *reason)
{
    struct record_approval in = {.reopen = true,
                                 .unit = slice_text(unit),
                                 .period = slice_text(period),
                                 .reason = slice_text(reason),
                                 .id = ulid_of(rig, ulid)};
    return approval_add(rig, &in);
}

/* What the broker says of the record: its envelope's unit and its type. */
static void
target_describe(const struct rig *rig, struct receipt target, struct record_quarantine *in)
{
    struct block block;
    struct block_record record;
    if (target.block > rig->block_count ||
        block_open(buf_slice_of(&rig->blocks[target.block - 1]), &block) != ERR_OK) {
        return;
    }
    struct block_records it = block_records(&block);
    while (block_next(&it, &record)) {
        if (record.index == target.index) {
            in->unit = record.unit;
            in->record = 0;
            layout_peek(record.body, &in->record);
        }
    }
}

uint32_t
rig_quarantine(struct rig *rig, uint8_t ulid, struct receipt target)
{
    struct record_quarantine in = {
        .block = target.block, .index = target.index, .id = ulid_of(rig, ulid)};
    struct buf body = BUF_EMPTY;
    const char *principal = rig->principal;
    target_describe(rig, target, &in);
    record_encode_quarantine(&in, &body);
    rig->principal = strcmp(principal, "local") == 0 ? PRINCIPAL_BROKER : principal;
    uint32_t index = rig_add(rig, "", buf_slice_of(&body));
    rig->principal = principal;
    buf_fini(&body);
    return index;
}

uint64_t
rig_commit(struct rig *rig, const char *date)
{
    static const uint8_t zero[BLOCK_CHAIN_SIZE];
    const struct position *before = apply_position(rig->applies[0]);
    int32_t day;
    CHECK(date_parse(slice_text(date), &day) == ERR_OK);
    int64_t time_us = ((int64_t)day * 24 + 5) * 3600 * 1000000;
    CHECK(rig->block_count < RIG_BLOCKS_MAX);
    block_finish(&rig->builder, before->block + 1, time_us, time_us,
                 before->block == 0 ? zero : before->chain);
    struct buf *kept = &rig->blocks[rig->block_count++];
    buf_slice(kept, buf_slice_of(&rig->builder.bytes));
    struct slice block = buf_slice_of(kept);
    for (uint32_t i = 0; i < rig->shards; i++) {
        CHECK(apply_blocks(rig->applies[i], &block, 1) == ERR_OK);
    }
    block_builder_fini(&rig->builder);
    block_begin(&rig->builder, 1, 7, rig->block_count + 1);
    return apply_position(rig->applies[0])->block;
}

void
rig_replay(const struct rig *from, struct rig *to, uint32_t shards, uint32_t step)
{
    rig_open(to, shards);
    for (uint32_t at = 0; at < from->block_count; at += step) {
        struct slice blocks[64];
        uint32_t count = 0;
        for (; count < step && at + count < from->block_count; count++) {
            blocks[count] = buf_slice_of(&from->blocks[at + count]);
        }
        for (uint32_t i = 0; i < shards; i++) {
            CHECK(apply_blocks(to->applies[i], blocks, count) == ERR_OK);
        }
    }
}

/* ---- what became of it ---- */

static const char *
text_done(struct rig *rig)
{
    buf_byte(&rig->text, '\0');
    return arena_text(rig->arena, slice_text((const char *)rig->text.data));
}

static void
verdict_print(struct buf *out, const struct verdict_row *row)
{
    buf_printf(out, "%s", verdict_name(row->verdict));
    const char *before = " ";
    for (unsigned flag = FLAG_LATE; flag <= FLAG_WARNED; flag *= 2) {
        if ((row->flags & flag) != 0) {
            buf_printf(out, "%s%s", before, flag_name(flag));
            before = "+";
        }
    }
    if (row->code.len != 0) {
        buf_printf(out, " %.*s %.*s |%.*s", SLICE_ARG(row->code), SLICE_ARG(row->subject),
                   SLICE_ARG(row->detail));
    }
}

const char *
rig_verdict(struct rig *rig, uint64_t block, uint32_t index)
{
    struct buf key = BUF_EMPTY;
    uint32_t told = 0;
    buf_clear(&rig->text);
    key_receipt(&key, (struct receipt){block, index});
    for (uint32_t i = 0; i < rig->shards; i++) {
        struct slice value;
        struct verdict_row row;
        CHECK(state_begin(rig->states[i], false) == ERR_OK);
        if (state_get(rig->states[i], TABLE_VERDICT, buf_slice_of(&key), &value) == ERR_OK) {
            CHECK(verdict_decode(value, &row) == ERR_OK && told++ == 0);
            verdict_print(&rig->text, &row);
        }
        state_abort(rig->states[i]);
    }
    buf_fini(&key);
    if (told == 0) {
        buf_printf(&rig->text, "accepted");
    }
    return text_done(rig);
}

const char *
rig_tell(struct rig *rig, const char *date, const char *form, const char *unit, const char *period,
         const char *source, uint64_t revision, const char *values)
{
    uint32_t index = rig_report(rig, form, unit, period, source, revision, values);
    return rig_verdict(rig, rig_commit(rig, date), index);
}

/* Ids of the rig's campaign are the places in its lists: it is the first there is. */
static uint32_t
ident_of(struct state *state, enum ident_kind kind, const char *code)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    uint32_t id = UINT32_MAX;
    key_ident(&key, kind, 0, slice_text(code));
    if (state_get(state, TABLE_IDENT, buf_slice_of(&key), &value) == ERR_OK) {
        CHECK(ident_decode(value, &id) == ERR_OK);
    }
    buf_fini(&key);
    return id;
}

static void
cell_print(struct buf *out, uint16_t indicator, int64_t value)
{
    char text[DECIMAL_TEXT];
    CHECK(indicator < INDICATOR_COUNT);
    decimal_format(value, INDICATORS[indicator].decimals, text);
    buf_printf(out, " %s=%s", INDICATORS[indicator].code, text);
}

static void
tally_print(struct buf *out, struct arena *arena, struct slice value)
{
    struct tally_row row;
    CHECK(tally_decode(value, arena, &row) == ERR_OK);
    buf_printf(out, "%u/%u/%u/%u/%u", row.received, row.on_time, row.complete, row.disagreements,
               row.outliers);
    for (uint32_t i = 0; i < row.count; i++) {
        cell_print(out, row.cells[i].indicator, row.cells[i].value);
        buf_printf(out, "*%u", row.cells[i].periods);
    }
}

const char *
rig_tally(struct rig *rig, const char *form, const char *unit, const char *period)
{
    struct state *state = rig->states[shard_of_unit(slice_text(unit), rig->shards)];
    struct period parsed;
    struct slice value;
    struct buf key = BUF_EMPTY;
    CHECK(period_parse(slice_text(period), &parsed) == ERR_OK);
    CHECK(state_begin(state, false) == ERR_OK);
    struct tally_key named = {0, (uint16_t)ident_of(state, IDENT_FORM, form), parsed.gran,
                              parsed.ordinal, ident_of(state, IDENT_UNIT, unit)};
    key_tally(&key, &named);
    buf_clear(&rig->text);
    if (state_get(state, TABLE_TALLY, buf_slice_of(&key), &value) == ERR_OK) {
        tally_print(&rig->text, rig->arena, value);
    }
    state_abort(state);
    buf_fini(&key);
    return text_done(rig);
}

static void
report_print(struct buf *out, struct arena *arena, struct slice value)
{
    struct report_row row;
    CHECK(report_decode(value, arena, &row) == ERR_OK);
    buf_printf(out, "revision %llu:%s", (unsigned long long)row.revision,
               row.withdrawn ? " withdrawn" : "");
    for (uint32_t i = 0; i < row.count; i++) {
        cell_print(out, row.cells[i].indicator, row.cells[i].value);
    }
}

const char *
rig_stored(struct rig *rig, const char *form, const char *unit, const char *period,
           const char *source)
{
    struct state *state = rig->states[shard_of_unit(slice_text(unit), rig->shards)];
    struct period parsed;
    struct slice value;
    struct buf key = BUF_EMPTY;
    CHECK(period_parse(slice_text(period), &parsed) == ERR_OK);
    CHECK(state_begin(state, false) == ERR_OK);
    struct report_key named = {0, (uint16_t)ident_of(state, IDENT_FORM, form),
                               ident_of(state, IDENT_UNIT, unit), parsed.ordinal,
                               (uint16_t)ident_of(state, IDENT_SOURCE, source)};
    key_report(&key, &named);
    buf_clear(&rig->text);
    if (state_get(state, TABLE_REPORT, buf_slice_of(&key), &value) == ERR_OK) {
        report_print(&rig->text, rig->arena, value);
    }
    state_abort(state);
    buf_fini(&key);
    return text_done(rig);
}

static uint64_t
rows_count(struct state *state, enum table table)
{
    struct state_cursor *cursor;
    struct state_row row;
    uint64_t count = 0;
    CHECK(state_begin(state, false) == ERR_OK);
    CHECK(state_cursor_open(state, table, &cursor) == ERR_OK);
    enum err err = cursor_seek(cursor, slice_text(""), &row);
    for (; err == ERR_OK; err = cursor_next(cursor, &row)) {
        count++;
    }
    cursor_close(cursor);
    state_abort(state);
    return count;
}

uint64_t
rig_rows(struct rig *rig, enum table table)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < rig->shards; i++) {
        count += rows_count(rig->states[i], table);
    }
    return count;
}
