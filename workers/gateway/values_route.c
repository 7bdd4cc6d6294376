/* GET /api/dataValueSets: which values, from the URL as DHIS2 has it; then the answer, a piece at a time, the
 * connection suspended while the next page is asked for. The first page is awaited before anything is sent, so that
 * what is wrong is told with its status; what goes wrong later cuts the answer off, and chunked coding tells. */
#include "workers/gateway/request.h"
#include "workers/gateway/values_out.h"

#include "common/text.h"

#include <stdio.h>
#include <strings.h>

/* ---- the URL ---- */

struct reading {
    struct request *r;
    struct values_out *out;
};

static bool
too_many(struct request *r, const char *name)
{
    struct complaint why;
    complain(&why, CODE_TOO_MANY, slice_text(name), "%u", EXPORT_NAMES_MAX);
    reply_complaint(r, &why);
    return false;
}

static bool
name_add(struct request *r, const char *name, const char *value,
         char names[EXPORT_NAMES_MAX][CODE_MAX + 1], unsigned *count)
{
    if (!code_is_valid(slice_text(value))) {
        struct complaint why;
        complain(&why, CODE_CODE_INVALID, slice_text(name), "%s", value);
        reply_complaint(r, &why);
        return false;
    }
    if (*count == EXPORT_NAMES_MAX) {
        return too_many(r, name);
    }
    snprintf(names[(*count)++], CODE_MAX + 1, "%s", value);
    return true;
}

static bool
period_add(struct request *r, const char *value, struct values_out *out)
{
    struct period period;
    if (period_parse(slice_text(value), &period) != ERR_OK) {
        struct complaint why;
        complain(&why, CODE_PERIOD_INVALID, slice_text(value), "%s", "");
        reply_complaint(r, &why);
        return false;
    }
    if (out->span_count == EXPORT_NAMES_MAX) {
        return too_many(r, "period");
    }
    out->spans[out->span_count++] =
        (struct span){period_first_day(period), period_last_day(period)};
    return true;
}

static enum MHD_Result
argument_read(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct reading *in = context;
    bool good = true;
    (void)kind;
    value = value == NULL ? "" : value;
    if (strcmp(name, "dataSet") == 0) {
        good = name_add(in->r, name, value, in->out->sets, &in->out->set_count);
    } else if (strcmp(name, "orgUnit") == 0) {
        good = name_add(in->r, name, value, in->out->units, &in->out->unit_count);
    } else if (strcmp(name, "period") == 0) {
        good = period_add(in->r, value, in->out);
    }
    return good ? MHD_YES : MHD_NO;
}

static bool
dates_read(struct request *r, struct values_out *out)
{
    const char *first = request_argument(r, "startDate"), *last = request_argument(r, "endDate");
    struct complaint why;
    struct span span;
    if (first == NULL && last == NULL) {
        return true;
    }
    first = first == NULL ? "" : first;
    last = last == NULL ? "" : last;
    if (date_parse(slice_text(first), &span.first) != ERR_OK) {
        complain(&why, CODE_DATE_INVALID, slice_text("startDate"), "%s", first);
    } else if (date_parse(slice_text(last), &span.last) != ERR_OK) {
        complain(&why, CODE_DATE_INVALID, slice_text("endDate"), "%s", last);
    } else if (span.last < span.first) {
        complain(&why, CODE_DATE_ORDER, slice_text("endDate"), "%s < %s", last, first);
    } else if (out->span_count == EXPORT_NAMES_MAX) {
        return too_many(r, "period");
    } else {
        out->spans[out->span_count++] = span;
        return true;
    }
    reply_complaint(r, &why);
    return false;
}

/* DHIS2's own codes for what is left out. */
static bool
all_named(struct request *r, const struct values_out *out)
{
    if (out->set_count == 0) {
        reply_error(r, MHD_HTTP_CONFLICT, "E2001", "Cần ít nhất một dataSet.",
                    "At least one dataSet must be named.");
    } else if (out->span_count == 0) {
        reply_error(r, MHD_HTTP_CONFLICT, "E2002",
                    "Cần ít nhất một period, hoặc startDate và endDate.",
                    "At least one period, or startDate and endDate, must be named.");
    } else if (out->unit_count == 0) {
        reply_error(r, MHD_HTTP_CONFLICT, "E2006", "Cần ít nhất một orgUnit.",
                    "At least one orgUnit must be named.");
    }
    return r->status == 0;
}

static bool
csv_wanted(const struct request *r)
{
    const char *accept = request_header(r, MHD_HTTP_HEADER_ACCEPT);
    const char *format = request_argument(r, "format");
    size_t len = strlen(r->path);
    if (format != NULL) {
        return strcasecmp(format, "csv") == 0;
    }
    return (len > 4 && strcmp(r->path + len - 4, ".csv") == 0) ||
           (accept != NULL && strstr(accept, "/csv") != NULL);
}

static bool
out_make(struct request *r)
{
    struct values_out *out = r->out = values_out_new();
    struct reading in = {r, out};
    const char *campaign = request_argument(r, "campaign");
    out->csv = csv_wanted(r);
    out->beneath = request_switch(r, "children");
    if (campaign != NULL && campaign[0] != '\0') {
        unsigned count = 0;
        char one[EXPORT_NAMES_MAX][CODE_MAX + 1];
        if (!name_add(r, "campaign", campaign, one, &count)) {
            return false;
        }
        memcpy(out->campaign, one[0], sizeof out->campaign);
    }
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, argument_read, &in);
    return r->status == 0 && schemes_check(r) && dates_read(r, out) && all_named(r, out);
}

/* ---- the answer ---- */

/* False: nothing more is to be asked. */
static bool
page_ask(struct request *r)
{
    struct buf args = BUF_EMPTY;
    bool more = values_out_next(r->out, &args);
    r->asked = NOT_ASKED;
    if (more) {
        request_ask(r, "values", buf_slice_of(&args), 0, false);
    }
    buf_fini(&args);
    return more;
}

/* Makes text until there is some, or a page must be awaited. False: the answer is over, or broken. */
static bool
text_make(struct request *r)
{
    while (r->text.len == 0 && !r->out_over) {
        if (r->asked == ASKED) {
            return true;
        }
        if (r->asked == REFUSED || r->out->broken ||
            (r->asked == ANSWERED && !values_out_take(r->out, r->answer.body))) {
            return false;
        }
        r->asked = NOT_ASKED;
        if (values_out_write(r->out, EXPORT_PIECE, &r->text)) {
            continue;
        }
        if (!page_ask(r)) {
            values_out_close(r->out, &r->text);
            r->out_over = true;
        } else if (r->asked != ASKED) {
            return false; /* no room for the question */
        }
    }
    return true;
}

static ssize_t
values_read(void *request, uint64_t at, char *to, size_t room)
{
    struct request *r = request;
    (void)at;
    if (r->text_at == r->text.len) {
        buf_clear(&r->text);
        r->text_at = 0;
        if (!text_make(r)) {
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
    }
    size_t len = r->text.len - r->text_at;
    if (len == 0 && r->out_over) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (len == 0) {
        request_wait(r);
        return 0;
    }
    len = len < room ? len : room;
    memcpy(to, r->text.data + r->text_at, len);
    r->text_at += len;
    return (ssize_t)len;
}

void
handle_values(struct request *r)
{
    if (r->out == NULL) {
        if (r->gateway->exports == EXPORTS_MAX) {
            reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "busy", "Đang có quá nhiều lượt xuất.",
                        "Too many exports are under way.");
            return;
        }
        r->gateway->exports++;
        if (!out_make(r)) {
            return;
        }
        page_ask(r);
    }
    if (r->asked == REFUSED) {
        reply_complaint(r, &r->answer.why);
    } else if (r->asked == ASKED && r->status == 0) {
        request_wait(r);
    } else if (r->asked == ANSWERED) {
        reply_stream(r, r->out->csv ? "application/csv; charset=utf-8" : NULL, values_read);
    }
}

void
values_end(struct request *r)
{
    if (r->out != NULL) {
        r->gateway->exports--;
        values_out_free(&r->out);
        buf_fini(&r->text);
    }
}
