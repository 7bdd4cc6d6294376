/* JSON: {dataSet, completeDate, period, orgUnit, attributeOptionCombo, dataValues: [{dataElement, value, …}]}, where
 * a data value may have a period, orgUnit and dataSet of its own. yajl reads it as it comes, so that what
 * holds for all values must stand before them. Members that are not known are passed over.
 *
 * yajl keeps a piece of syntax until it is whole and grows its stack with the nesting: both are bounded
 * here, by the bytes since the last whole piece and by the depth. */
#include "common/buf.h"
#include "common/mem.h"
#include "workers/gateway/cells.h"
#include "workers/gateway/limits.h"

#include <stdlib.h>
#include <yajl/yajl_parse.h>

enum field { SET, PERIOD, UNIT, ATTRIBUTE, ELEMENT, CATEGORY, VALUE, DELETED, COMPLETE, FIELDS };

static const char *const NAMES[FIELDS] = {
    [SET] = "dataSet",           [PERIOD] = "period",
    [UNIT] = "orgUnit",          [ATTRIBUTE] = "attributeOptionCombo",
    [ELEMENT] = "dataElement",   [CATEGORY] = "categoryOptionCombo",
    [VALUE] = "value",           [DELETED] = "deleted",
    [COMPLETE] = "completeDate",
};

/* Where the values of the whole set and those of one cell stand. */
#define DEPTH_SET 1
#define DEPTH_CELL 3

struct cells_parser {
    struct cells_sink *sink;
    yajl_handle yajl;
    unsigned depth;
    bool in_values; /* inside of the array dataValues */
    bool key_is_values;
    enum field key; /* of the value that comes; FIELDS: none that is known */
    struct buf set[FIELDS], cell[FIELDS];
    bool given[FIELDS]; /* by the cell itself */
    uint64_t fed, event;
    enum code wrong; /* why a callback ended the parsing */
};

static int
stop(struct cells_parser *p, enum code code)
{
    p->wrong = code;
    return 0;
}

static int
on_scalar(struct cells_parser *p, const void *text, size_t len)
{
    p->event = p->fed;
    bool cell = p->in_values && p->depth == DEPTH_CELL;
    if (p->key == FIELDS || (!cell && p->depth != DEPTH_SET)) {
        return 1;
    }
    if (len > IMPORT_FIELD_MAX) {
        return stop(p, CODE_TOO_LARGE);
    }
    struct buf *to = cell ? &p->cell[p->key] : &p->set[p->key];
    buf_clear(to);
    buf_put(to, text, len);
    p->given[p->key] = cell || p->given[p->key];
    if (!cell && p->key == COMPLETE && len > 0) {
        p->sink->complete(p->sink);
    }
    return 1;
}

static int
on_null(void *context)
{
    return on_scalar(context, "", 0);
}

static int
on_boolean(void *context, int value)
{
    return value ? on_scalar(context, "true", 4) : on_scalar(context, "false", 5);
}

static int
on_number(void *context, const char *text, size_t len)
{
    return on_scalar(context, text, len);
}

static int
on_string(void *context, const unsigned char *text, size_t len)
{
    return on_scalar(context, text, len);
}

static int
on_key(void *context, const unsigned char *text, size_t len)
{
    struct cells_parser *p = context;
    struct slice name = slice_of(text, len);
    p->event = p->fed;
    p->key = SET;
    while (p->key < FIELDS && !slice_is(name, NAMES[p->key])) {
        p->key++;
    }
    p->key_is_values = p->depth == DEPTH_SET && slice_is(name, "dataValues");
    return 1;
}

static int
deeper(struct cells_parser *p)
{
    p->event = p->fed;
    return ++p->depth <= IMPORT_DEPTH_MAX ? 1 : stop(p, CODE_TOO_DEEP);
}

static int
on_map(void *context)
{
    struct cells_parser *p = context;
    p->key = FIELDS;
    if (p->in_values && p->depth == DEPTH_CELL - 1) {
        for (unsigned i = 0; i < FIELDS; i++) {
            buf_clear(&p->cell[i]);
            p->given[i] = false;
        }
    }
    return deeper(p);
}

static int
on_array(void *context)
{
    struct cells_parser *p = context;
    if (p->depth == 0) {
        return stop(p, CODE_SHAPE_INVALID);
    }
    p->in_values = p->in_values || p->key_is_values;
    p->key_is_values = false;
    p->key = FIELDS;
    return deeper(p);
}

static struct slice
field(const struct cells_parser *p, enum field f)
{
    return buf_slice_of(p->given[f] ? &p->cell[f] : &p->set[f]);
}

static void
cell_give(struct cells_parser *p)
{
    struct cell cell = {
        .data_set = field(p, SET),
        .element = buf_slice_of(&p->cell[ELEMENT]),
        .period = field(p, PERIOD),
        .unit = field(p, UNIT),
        .category = buf_slice_of(&p->cell[CATEGORY]),
        .attribute = field(p, ATTRIBUTE),
        .value = buf_slice_of(&p->cell[VALUE]),
        .deleted = slice_is(buf_slice_of(&p->cell[DELETED]), "true"),
    };
    p->sink->cell(p->sink, &cell);
}

static int
on_map_end(void *context)
{
    struct cells_parser *p = context;
    p->event = p->fed;
    p->key = FIELDS;
    if (p->in_values && p->depth == DEPTH_CELL) {
        cell_give(p);
    }
    p->depth--;
    return 1;
}

static int
on_array_end(void *context)
{
    struct cells_parser *p = context;
    p->event = p->fed;
    p->key = FIELDS;
    p->depth--;
    p->in_values = p->in_values && p->depth > DEPTH_SET;
    return 1;
}

static const yajl_callbacks CALLBACKS = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_map_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

static struct cells_parser *
json_open(struct cells_sink *sink, bool header)
{
    (void)header;
    struct cells_parser *p = mem_alloc(sizeof *p);
    p->sink = sink;
    p->key = FIELDS;
    p->yajl = yajl_alloc(&CALLBACKS, NULL, p);
    if (p->yajl == NULL) {
        mem_exhausted(sizeof *p);
    }
    return p;
}

static bool
syntax(struct cells_parser *p, struct slice piece, struct complaint *why)
{
    if (p->wrong != CODE_NONE) {
        return complain(why, p->wrong, slice_text("JSON"), "%s",
                        p->wrong == CODE_SHAPE_INVALID ? "{…}" : "JSON");
    }
    unsigned char *text = yajl_get_error(p->yajl, 0, piece.data, piece.len);
    complain(why, CODE_SYNTAX, slice_text("JSON"), "%s", text == NULL ? "JSON" : (char *)text);
    yajl_free_error(p->yajl, text);
    return false;
}

static bool
json_feed(struct cells_parser *p, struct slice piece, struct complaint *why)
{
    p->fed += piece.len;
    if (yajl_parse(p->yajl, piece.data, piece.len) != yajl_status_ok) {
        return syntax(p, piece, why);
    }
    return p->fed - p->event <= IMPORT_TOKEN_MAX + piece.len ||
           complain(why, CODE_TOO_LARGE, slice_text("JSON"), "> %u", IMPORT_TOKEN_MAX);
}

static bool
json_end(struct cells_parser *p, struct complaint *why)
{
    if (p->fed == 0) {
        return complain(why, CODE_NOTHING_THERE, slice_text("JSON"), "%s", "");
    }
    return yajl_complete_parse(p->yajl) == yajl_status_ok || syntax(p, slice_text(""), why);
}

static void
json_close(struct cells_parser *p)
{
    yajl_free(p->yajl);
    for (unsigned i = 0; i < FIELDS; i++) {
        buf_fini(&p->set[i]);
        buf_fini(&p->cell[i]);
    }
    free(p);
}

const struct cells_format CELLS_JSON = {"json", json_open, json_feed, json_end, json_close};
