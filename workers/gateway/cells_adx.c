/* ADX: <adx xmlns="urn:ihe:qrph:adx:2015"><group dataSet period orgUnit completeDate><dataValue dataElement
 * value/></group></adx>. A period is a day and a length (2021-11-05/P1D); DHIS2's own way of writing it is taken
 * too. expat reads it as it comes.
 *
 * A document type is refused before it is read: nothing here needs an entity, and with none declared none
 * expands. expat keeps a tag until it is whole: bounded by the bytes since the last one. */
#include "common/buf.h"
#include "common/mem.h"
#include "common/period.h"
#include "workers/gateway/cells.h"
#include "workers/gateway/limits.h"

#include <expat.h>
#include <stdlib.h>

#define NAMESPACE "urn:ihe:qrph:adx:2015"
#define ADX_TAG(name) NAMESPACE "|" name

struct cells_parser {
    struct cells_sink *sink;
    XML_Parser xml;
    unsigned depth;
    struct buf set, period, unit, attribute; /* of the group */
    uint64_t fed, event;
    enum code wrong;
};

static void
stop(struct cells_parser *p, enum code code)
{
    p->wrong = p->wrong == CODE_NONE ? code : p->wrong;
    XML_StopParser(p->xml, XML_FALSE);
}

static struct slice
attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return slice_text(attributes[1]);
        }
    }
    return slice_of(NULL, 0);
}

/* Nothing that is longer reaches the import. */
static bool
fits(struct cells_parser *p, struct slice text)
{
    if (text.len > IMPORT_FIELD_MAX) {
        stop(p, CODE_TOO_LARGE);
    }
    return text.len <= IMPORT_FIELD_MAX;
}

static void
keep(struct cells_parser *p, struct buf *to, struct slice text)
{
    buf_clear(to);
    if (fits(p, text)) {
        buf_slice(to, text);
    }
}

/* "2021-11-05/P1D" as we write it; anything else as it came, for the import to refuse. */
static void
period_keep(struct cells_parser *p, struct slice text)
{
    static const struct {
        const char *length;
        enum granularity gran;
    } lengths[] = {{"P1D", GRAN_DAY},   {"P7D", GRAN_WEEK},    {"P1W", GRAN_WEEK},
                   {"P1M", GRAN_MONTH}, {"P3M", GRAN_QUARTER}, {"P1Q", GRAN_QUARTER},
                   {"P1Y", GRAN_YEAR}};
    const uint8_t *slash = text.len == 0 ? NULL : memchr(text.data, '/', text.len);
    size_t at = slash == NULL ? text.len : (size_t)(slash - text.data);
    int32_t day;
    keep(p, &p->period, text);
    if (slash == NULL || date_parse(slice_of(text.data, at), &day) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct period period = period_of_day(lengths[i].gran, day);
        /* A length that begins in the middle of a month is no month. */
        if (slice_is(slice_of(slash + 1, text.len - at - 1), lengths[i].length) &&
            period_first_day(period) == day) {
            char written[PERIOD_TEXT];
            period_format(period, written);
            keep(p, &p->period, slice_text(written));
            return;
        }
    }
}

static void
group_begin(struct cells_parser *p, const char **attributes)
{
    keep(p, &p->set, attribute(attributes, "dataSet"));
    keep(p, &p->unit, attribute(attributes, "orgUnit"));
    keep(p, &p->attribute, attribute(attributes, "attributeOptionCombo"));
    period_keep(p, attribute(attributes, "period"));
    if (attribute(attributes, "completeDate").len > 0) {
        p->sink->complete(p->sink);
    }
}

static void
value_give(struct cells_parser *p, const char **attributes)
{
    struct cell cell = {
        .data_set = buf_slice_of(&p->set),
        .element = attribute(attributes, "dataElement"),
        .period = buf_slice_of(&p->period),
        .unit = buf_slice_of(&p->unit),
        .category = attribute(attributes, "categoryOptionCombo"),
        .attribute = buf_slice_of(&p->attribute),
        .value = attribute(attributes, "value"),
    };
    if (fits(p, cell.element) && fits(p, cell.value)) {
        p->sink->cell(p->sink, &cell);
    }
}

static void
on_start(void *context, const char *name, const char **attributes)
{
    struct cells_parser *p = context;
    p->event = p->fed;
    if (p->wrong != CODE_NONE) {
        return; /* expat hands over what it still has of a piece that was stopped */
    }
    if (++p->depth > IMPORT_DEPTH_MAX) {
        stop(p, CODE_TOO_DEEP);
    } else if (p->depth == 1 && strcmp(name, ADX_TAG("adx")) != 0) {
        stop(p, CODE_SHAPE_INVALID);
    } else if (p->depth == 2 && strcmp(name, ADX_TAG("group")) == 0) {
        group_begin(p, attributes);
    } else if (p->depth == 3 && strcmp(name, ADX_TAG("dataValue")) == 0) {
        value_give(p, attributes);
    }
}

static void
on_end(void *context, const char *name)
{
    struct cells_parser *p = context;
    (void)name;
    p->event = p->fed;
    p->depth--;
}

static void
on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(context, CODE_CHOICE_INVALID);
}

static struct cells_parser *
adx_open(struct cells_sink *sink, bool header)
{
    (void)header;
    struct cells_parser *p = mem_alloc(sizeof *p);
    p->sink = sink;
    p->xml = XML_ParserCreateNS(NULL, '|');
    if (p->xml == NULL) {
        mem_exhausted(sizeof *p);
    }
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    return p;
}

static bool
adx_wrong(struct cells_parser *p, struct complaint *why)
{
    if (p->wrong != CODE_NONE) {
        complain(why, p->wrong, slice_text("ADX"), "%s",
                 p->wrong == CODE_CHOICE_INVALID ? "<!DOCTYPE>" : "<adx xmlns=\"" NAMESPACE "\">");
    } else {
        complain(why, CODE_SYNTAX, slice_text("ADX"), "%s",
                 XML_ErrorString(XML_GetErrorCode(p->xml)));
    }
    why->line = (uint32_t)XML_GetCurrentLineNumber(p->xml);
    return false;
}

static bool
adx_feed(struct cells_parser *p, struct slice piece, struct complaint *why)
{
    p->fed += piece.len;
    if (XML_Parse(p->xml, (const char *)piece.data, (int)piece.len, 0) != XML_STATUS_OK) {
        return adx_wrong(p, why);
    }
    return p->fed - p->event <= IMPORT_TOKEN_MAX + piece.len ||
           complain(why, CODE_TOO_LARGE, slice_text("ADX"), "> %u", IMPORT_TOKEN_MAX);
}

static bool
adx_end(struct cells_parser *p, struct complaint *why)
{
    return XML_Parse(p->xml, "", 0, 1) == XML_STATUS_OK || adx_wrong(p, why);
}

static void
adx_close(struct cells_parser *p)
{
    XML_ParserFree(p->xml);
    buf_fini(&p->set);
    buf_fini(&p->period);
    buf_fini(&p->unit);
    buf_fini(&p->attribute);
    free(p);
}

const struct cells_format CELLS_ADX = {"adx", adx_open, adx_feed, adx_end, adx_close};
