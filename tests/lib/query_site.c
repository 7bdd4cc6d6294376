#include "tests/lib/query_site.h"

#include "common/check.h"
#include "common/mem.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "tests/lib/access_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NOON_US INT64_C(18000000000) /* 12:00 at +07:00 is 05:00 UTC */
#define DAY_US INT64_C(86400000000)

void
site_open(struct query_site *s, uint32_t shards)
{
    *s = (struct query_site){.shards = shards, .principal = "local"};
    for (uint32_t i = 0; i < shards; i++) {
        s->states[i] = state_mem_new();
        CHECK(apply_new(s->states[i], i, shards, &s->applies[i]) == ERR_OK);
    }
    s->query = query_new(s->states, shards);
    block_begin(&s->block, 1, 1, 1);
}

void
site_close(struct query_site *s)
{
    query_free(&s->query);
    for (uint32_t i = 0; i < s->shards; i++) {
        apply_free(&s->applies[i]);
        state_free(&s->states[i]);
    }
    block_builder_fini(&s->block);
    buf_fini(&s->body);
    free(s->text);
}

uint32_t
site_record(struct query_site *s, const char *unit, struct slice body)
{
    CHECK(block_add(&s->block, slice_text(s->principal), slice_text(unit), body));
    return s->block.count - 1;
}

static uint32_t
add_record(struct query_site *s, const char *unit, struct buf *body)
{
    uint32_t index = site_record(s, unit, buf_slice_of(body));
    buf_fini(body);
    return index;
}

uint32_t
site_units(struct query_site *s, const struct unit_row *rows, uint32_t count)
{
    const struct units units = {(struct unit_row *)rows, count};
    struct buf packed = BUF_EMPTY, body = BUF_EMPTY;
    uint8_t id[16];
    units_encode(&units, &packed);
    ulid_new((int64_t)++s->revision, id);
    const struct record_units record = {.id = slice_of(id, sizeof id),
                                        .rows = buf_slice_of(&packed)};
    record_encode_units(&record, &body);
    buf_fini(&packed);
    return add_record(s, "", &body);
}

uint32_t
site_campaign(struct query_site *s, const struct campaign *campaign)
{
    struct buf packed = BUF_EMPTY, body = BUF_EMPTY;
    uint8_t id[16];
    campaign_encode(campaign, &packed);
    ulid_new((int64_t)++s->revision, id);
    const struct record_campaign record = {
        .campaign = campaign->code, .id = slice_of(id, sizeof id), .body = buf_slice_of(&packed)};
    record_encode_campaign(&record, &body);
    buf_fini(&packed);
    return add_record(s, "", &body);
}

uint32_t
site_access(struct query_site *s, const char *words)
{
    struct buf body = BUF_EMPTY;
    uint8_t id[16];
    ulid_new((int64_t)++s->revision, id);
    access_words(words, id, &body);
    return add_record(s, "", &body);
}

uint32_t
site_approval(struct query_site *s, const char *unit, const char *period, const char *reason)
{
    struct buf body = BUF_EMPTY;
    uint8_t id[16];
    ulid_new((int64_t)++s->revision, id);
    const struct record_approval record = {.reopen = reason != NULL,
                                           .unit = slice_text(unit),
                                           .period = slice_text(period),
                                           .reason = slice_text(reason == NULL ? "" : reason),
                                           .id = slice_of(id, sizeof id)};
    record_encode_approval(&record, &body);
    return add_record(s, unit, &body);
}

/* "a=1 b=2.5" to a map; a number without a point goes as an integer. */
static void
pack_values(struct buf *b, const char *text)
{
    uint32_t count = 0;
    for (const char *at = strchr(text, '='); at != NULL; at = strchr(at + 1, '=')) {
        count++;
    }
    pack_map(b, count);
    while (*text != '\0') {
        size_t name = strcspn(text, "="), value = strcspn(text + name + 1, " ");
        const char *number = text + name + 1;
        pack_text(b, slice_of(text, name));
        if (memchr(number, '.', value) != NULL) {
            pack_text(b, slice_of(number, value));
        } else {
            pack_int(b, strtoll(number, NULL, 10));
        }
        text = number + value;
        text += *text == ' ';
    }
}

uint32_t
site_report(struct query_site *s, const char *form, const char *unit, const char *period,
            const char *source, const char *values)
{
    struct buf packed = BUF_EMPTY, body = BUF_EMPTY;
    pack_values(&packed, values);
    const struct record_report record = {
        .form = slice_text(form),
        .unit = slice_text(unit),
        .period = slice_text(period),
        .source = slice_text(source == NULL ? "" : source),
        .revision = ++s->revision,
        .values = buf_slice_of(&packed),
    };
    record_encode_report(&record, &body);
    buf_fini(&packed);
    return add_record(s, unit, &body);
}

uint32_t
site_withdraw(struct query_site *s, const char *form, const char *unit, const char *period)
{
    struct buf body = BUF_EMPTY;
    const struct record_withdrawal record = {.form = slice_text(form),
                                             .unit = slice_text(unit),
                                             .period = slice_text(period),
                                             .revision = ++s->revision};
    record_encode_withdrawal(&record, &body);
    return add_record(s, unit, &body);
}

void
site_commit_behind(struct query_site *s, const char *date, uint32_t behind)
{
    int32_t day;
    CHECK(date_parse(slice_text(date), &day) == ERR_OK);
    int64_t time_us = day * DAY_US + NOON_US;
    block_finish(&s->block, ++s->number, time_us, time_us, s->chain);
    struct slice bytes = buf_slice_of(&s->block.bytes);
    for (uint32_t i = 0; i + behind < s->shards; i++) {
        CHECK(apply_blocks(s->applies[i], &bytes, 1) == ERR_OK);
    }
    struct block block;
    CHECK(block_open(bytes, &block) == ERR_OK);
    memcpy(s->chain, block.chain, sizeof s->chain);
    block_builder_fini(&s->block);
    block_begin(&s->block, 1, 1, s->number + 1);
}

void
site_commit(struct query_site *s, const char *date)
{
    site_commit_behind(s, date, 0);
}

/* ---- questions ---- */

/* "1:0:5,2:0:1" or "x,y" to arrays. */
static void
pack_list(struct buf *b, const char *text, size_t len, bool ranges)
{
    uint32_t count = len > 0;
    for (size_t i = 0; i < len; i++) {
        count += text[i] == ',';
    }
    pack_array(b, count);
    for (const char *end = text + len; count > 0; count--) {
        size_t item = 0;
        while (text + item < end && text[item] != ',') {
            item++;
        }
        if (ranges) {
            unsigned long long v[3] = {0};
            CHECK(sscanf(text, "%llu:%llu:%llu", &v[0], &v[1], &v[2]) == 3);
            pack_array(b, 3);
            for (int i = 0; i < 3; i++) {
                pack_uint(b, v[i]);
            }
        } else {
            pack_text(b, slice_of(text, item));
        }
        text += item + 1;
    }
}

static void
pack_args(struct buf *b, const char *args)
{
    struct buf pairs = BUF_EMPTY;
    uint32_t count = 0;
    while (*args != '\0') {
        size_t word = strcspn(args, " "), name = strcspn(args, "= ");
        struct slice key = slice_of(args, name);
        bool ranges = slice_is(key, "ranges");
        pack_text(&pairs, key);
        if (name == word) {
            pack_bool(&pairs, true);
        } else if (ranges || slice_is(key, "indicators")) {
            pack_list(&pairs, args + name + 1, word - name - 1, ranges);
        } else {
            pack_text(&pairs, slice_of(args + name + 1, word - name - 1));
        }
        count++;
        args += word;
        args += *args == ' ';
    }
    pack_map(b, count);
    buf_slice(b, buf_slice_of(&pairs));
    buf_fini(&pairs);
}

/* Depth: an answer's own, a handful. */
static void
print_object(struct cursor *c, struct buf *out)
{
    uint32_t n = 0;
    uint64_t u;
    int64_t i;
    bool b, map = false;
    struct slice text;
    switch (cursor_kind(c)) {
    case KIND_UINT:
        CHECK(cursor_uint(c, &u) == ERR_OK);
        buf_printf(out, "%" PRIu64, u);
        return;
    case KIND_INT:
        CHECK(cursor_int(c, &i) == ERR_OK);
        buf_printf(out, "%" PRId64, i);
        return;
    case KIND_BOOL:
        CHECK(cursor_bool(c, &b) == ERR_OK);
        buf_printf(out, "%s", b ? "true" : "false");
        return;
    case KIND_TEXT:
        CHECK(cursor_text(c, &text) == ERR_OK);
        buf_printf(out, "\"%.*s\"", SLICE_ARG(text));
        return;
    case KIND_BYTES:
        CHECK(cursor_bytes(c, &text) == ERR_OK);
        buf_printf(out, "<%zu>", text.len);
        return;
    case KIND_MAP:
        map = true;
        CHECK(cursor_map(c, &n) == ERR_OK);
        break;
    case KIND_ARRAY:
        CHECK(cursor_array(c, &n) == ERR_OK);
        break;
    default:
        CHECK(cursor_nil(c) == ERR_OK);
        buf_printf(out, "nil");
        return;
    }
    buf_byte(out, map ? '{' : '[');
    for (uint32_t k = 0; k < n; k++) {
        buf_printf(out, "%s", k == 0 ? "" : ",");
        if (map) {
            CHECK(cursor_text(c, &text) == ERR_OK);
            buf_printf(out, "%.*s:", SLICE_ARG(text));
        }
        print_object(c, out);
    }
    buf_byte(out, map ? '}' : ']');
}

static bool
ask(struct query_site *s, const char *name, const char *args)
{
    struct buf packed = BUF_EMPTY;
    pack_args(&packed, args);
    const struct question question = {slice_text(s->principal), slice_text(name),
                                      buf_slice_of(&packed)};
    bool ok = query_answer(s->query, &question, &s->body, &s->as_of, &s->why);
    buf_fini(&packed);
    return ok;
}

/* Takes the bytes over as the site's text. */
static const char *
keep(struct query_site *s, struct buf *text)
{
    buf_byte(text, '\0');
    free(s->text);
    s->text = mem_text((const char *)text->data);
    buf_fini(text);
    return s->text;
}

static const char *
refused(struct query_site *s)
{
    struct buf out = BUF_EMPTY;
    buf_printf(&out, "%s|%s|%s", code_text(s->why.code), s->why.subject, s->why.detail);
    return keep(s, &out);
}

const char *
site_ask(struct query_site *s, const char *name, const char *args)
{
    struct buf out = BUF_EMPTY;
    if (!ask(s, name, args)) {
        return refused(s);
    }
    struct cursor c = cursor_of(buf_slice_of(&s->body));
    print_object(&c, &out);
    CHECK(cursor_done(&c));
    return keep(s, &out);
}

/* Moves to the value of a map's next key, which must be this one or come later. */
static void
move_to(struct cursor *c, const char *key)
{
    struct slice name;
    for (;;) {
        CHECK(cursor_text(c, &name) == ERR_OK);
        if (slice_is(name, key)) {
            return;
        }
        CHECK(cursor_skip(c) == ERR_OK);
    }
}

static void
print_next(struct cursor *c, const char *key, const char *before, struct buf *out)
{
    struct slice text;
    move_to(c, key);
    buf_printf(out, "%s", before);
    if (cursor_kind(c) == KIND_TEXT) {
        CHECK(cursor_text(c, &text) == ERR_OK);
        buf_printf(out, "%.*s", SLICE_ARG(text));
    } else {
        print_object(c, out);
    }
}

const char *
site_tally(struct query_site *s, const char *args)
{
    struct buf out = BUF_EMPTY;
    uint32_t n, rows, values;
    if (!ask(s, "tally", args)) {
        return refused(s);
    }
    struct cursor c = cursor_of(buf_slice_of(&s->body));
    CHECK(cursor_map(&c, &n) == ERR_OK);
    move_to(&c, "rows");
    CHECK(cursor_array(&c, &rows) == ERR_OK);
    for (; rows > 0; rows--) {
        CHECK(cursor_map(&c, &n) == ERR_OK);
        print_next(&c, "unit", "", &out);
        print_next(&c, "expected", " ", &out);
        print_next(&c, "received", "/", &out);
        move_to(&c, "values");
        CHECK(cursor_array(&c, &values) == ERR_OK);
        for (; values > 0; values--) {
            CHECK(cursor_map(&c, &n) == ERR_OK);
            print_next(&c, "indicator", " ", &out);
            print_next(&c, "value", "=", &out);
            print_next(&c, "units", "(", &out);
            print_next(&c, "periods", ",", &out);
            buf_byte(&out, ')');
        }
        buf_byte(&out, '\n');
    }
    return keep(s, &out);
}
