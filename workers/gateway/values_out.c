/* Data values out: questions in a row, rows into text. Codes need no escapes, and a value is an integer or a decimal. */
#include "workers/gateway/values_out.h"

#include "common/mem.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct values_out *
values_out_new(void)
{
    return mem_alloc(sizeof(struct values_out));
}

void
values_out_free(struct values_out **out)
{
    if (*out != NULL) {
        buf_fini(&(*out)->page);
        free((*out)->columns);
        free(*out);
        *out = NULL;
    }
}

bool
values_out_next(const struct values_out *out, struct buf *args)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    if (out->set == out->set_count) {
        return false;
    }
    date_format(out->spans[out->span].first, from);
    date_format(out->spans[out->span].last, to);
    pack_map(args, 5u + (out->campaign[0] != '\0') + (out->start[0] != '\0'));
    pack_key_text(args, "form", slice_text(out->sets[out->set]));
    pack_key_text(args, "unit", slice_text(out->units[out->unit]));
    pack_key_text(args, "from", slice_text(from));
    pack_key_text(args, "to", slice_text(to));
    pack_key_bool(args, "beneath", out->beneath);
    if (out->campaign[0] != '\0') {
        pack_key_text(args, "campaign", slice_text(out->campaign));
    }
    if (out->start[0] != '\0') {
        pack_key_text(args, "start", slice_text(out->start));
    }
    return true;
}

/* To the next page, or the next of spans, units and sets. */
static void
step(struct values_out *out, struct slice next)
{
    snprintf(out->start, sizeof out->start, "%.*s", SLICE_ARG(next));
    if (next.len > 0) {
        return;
    }
    if (++out->span == out->span_count) {
        out->span = 0;
        out->unit++;
    }
    if (out->unit == out->unit_count) {
        out->unit = 0;
        out->set++;
    }
}

static bool
columns_read(struct values_out *out, struct cursor *c)
{
    uint32_t count;
    if (cursor_array(c, &count) != ERR_OK) {
        return false;
    }
    free(out->columns);
    out->columns = mem_alloc((count + 1) * sizeof *out->columns);
    out->column_count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (cursor_text(c, &out->columns[i]) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool
member_read(struct values_out *out, struct cursor *c, struct slice name, struct slice *next)
{
    if (slice_is(name, "columns")) {
        return columns_read(out, c);
    }
    if (slice_is(name, "rows")) {
        out->rows = *c;
        return cursor_array(&out->rows, &out->row_count) == ERR_OK && cursor_skip(c) == ERR_OK;
    }
    return slice_is(name, "next") ? cursor_text(c, next) == ERR_OK : cursor_skip(c) == ERR_OK;
}

bool
values_out_take(struct values_out *out, struct slice answer)
{
    struct slice name, next = {0};
    uint32_t count;
    buf_clear(&out->page);
    buf_slice(&out->page, answer);
    out->row_count = out->column_count = 0;
    struct cursor c = cursor_of(buf_slice_of(&out->page));
    if (cursor_map(&c, &count) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (cursor_text(&c, &name) != ERR_OK || !member_read(out, &c, name, &next)) {
            return false;
        }
    }
    out->page_set = out->sets[out->set];
    step(out, next);
    return true;
}

/* ---- text ---- */

static void
head_write(struct values_out *out, struct buf *text)
{
    bool one = out->set_count == 1;
    if (out->csv) {
        buf_printf(text,
                   "dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby,"
                   "lastupdated,comment,followup,deleted%s\r\n",
                   one ? "" : ",dataset");
    } else if (one) {
        buf_printf(text, "{\"dataSet\":\"%s\",\"dataValues\":[", out->sets[0]);
    } else {
        buf_printf(text, "{\"dataValues\":[");
    }
    out->begun = true;
}

static void
value_write(struct values_out *out, struct slice set, struct slice where[2], struct slice element,
            struct slice value, struct buf *text)
{
    bool one = out->set_count == 1;
    if (out->csv) {
        buf_printf(text, "%.*s,%.*s,%.*s,default,default,%.*s,,,,,%s%.*s\r\n", SLICE_ARG(element),
                   SLICE_ARG(where[0]), SLICE_ARG(where[1]), SLICE_ARG(value), one ? "" : ",",
                   one ? 0 : (int)set.len, (const char *)set.data);
        return;
    }
    buf_printf(text,
               "%s{\"dataElement\":\"%.*s\",\"period\":\"%.*s\",\"orgUnit\":\"%.*s\","
               "\"categoryOptionCombo\":\"default\",\"attributeOptionCombo\":\"default\","
               "\"value\":\"%.*s\"",
               out->some ? "," : "", SLICE_ARG(element), SLICE_ARG(where[0]), SLICE_ARG(where[1]),
               SLICE_ARG(value));
    if (!one) {
        buf_printf(text, ",\"dataSet\":\"%.*s\"", SLICE_ARG(set));
    }
    buf_byte(text, '}');
}

/* Integers as they come, decimals as the text that they are. */
static bool
value_read(struct cursor *c, char number[24], struct slice *value)
{
    int64_t integer;
    if (cursor_text(c, value) == ERR_OK) {
        return true;
    }
    if (cursor_int(c, &integer) != ERR_OK) {
        return false;
    }
    snprintf(number, 24, "%" PRId64, integer);
    *value = slice_text(number);
    return true;
}

static void
row_write(struct values_out *out, struct buf *text)
{
    struct slice where[2], value, set = slice_text(out->page_set);
    char number[24];
    uint32_t count;
    if (cursor_array(&out->rows, &count) != ERR_OK || count != 2 + out->column_count ||
        cursor_text(&out->rows, &where[0]) != ERR_OK ||
        cursor_text(&out->rows, &where[1]) != ERR_OK) {
        out->row_count = 0;
        out->broken = true;
        return;
    }
    for (uint32_t i = 0; i < out->column_count; i++) {
        if (cursor_nil(&out->rows) == ERR_OK) {
            continue;
        }
        if (!value_read(&out->rows, number, &value)) {
            out->row_count = 0;
            out->broken = true;
            return;
        }
        value_write(out, set, where, out->columns[i], value, text);
        out->some = true;
    }
    out->row_count--;
}

bool
values_out_write(struct values_out *out, size_t most, struct buf *text)
{
    if (!out->begun) {
        head_write(out, text);
    }
    while (out->row_count > 0 && text->len < most) {
        row_write(out, text);
    }
    return out->row_count > 0;
}

void
values_out_close(struct values_out *out, struct buf *text)
{
    if (!out->csv) {
        buf_printf(text, "]}");
    }
}
