/* POST /api/reports: our own reports, one a line of JSON, and what became of each, one a line. 200 where all were taken,
 * 409 where some were not: both have the same lines. */
#include "workers/gateway/request.h"

#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char *const TYPES[] = {"application/x-ndjson", "application/jsonl"};

static bool
type_check(struct request *r)
{
    const char *type = request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *coding = request_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING);
    size_t len = type == NULL ? 0 : strcspn(type, "; ");
    bool plain = coding == NULL || strcasecmp(coding, "identity") == 0;
    for (size_t i = 0; plain && i < sizeof TYPES / sizeof *TYPES; i++) {
        if (len == strlen(TYPES[i]) && strncasecmp(type, TYPES[i], len) == 0) {
            return true;
        }
    }
    reply_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media-type",
                "Content-Type phải là application/x-ndjson, không nén.",
                "Content-Type must be application/x-ndjson, not compressed.");
    return false;
}

static void
import_make(struct request *r)
{
    struct import_options options = {.language = r->language};
    if (!type_check(r) || !key_read(r, &options)) {
        return;
    }
    r->format = &CELLS_LINES;
    r->import = import_new(&r->gateway->imports, &options, NULL, slice_text(r->principal),
                           r->format, request_wake, r);
    if (r->import == NULL) {
        reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "busy", "Đang có quá nhiều lượt nhập.",
                    "Too many imports are under way.");
    }
}

/* What the body could not be read beyond: the last line. */
static void
end_write(struct request *r, const struct complaint *why, struct buf *out)
{
    char sentence[512];
    complaint_sentence(why, r->language, sentence, sizeof sentence);
    json_t *line = json_pack("{s:I, s:s, s:s}", "line", (json_int_t)why->line, "code",
                             code_text(why->code), "message", sentence);
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    buf_printf(out, "%s\n", text == NULL ? "{}" : text);
    free(text);
    json_decref(line);
}

static void
lines_reply(struct request *r)
{
    bool lasting;
    const struct complaint *why = import_failed(r->import, &lasting);
    const struct lines *lines = import_lines(r->import);
    struct buf out = BUF_EMPTY;
    if (why != NULL && (!lasting || lines->count == 0 || why->code == CODE_NOT_IN_ROLE)) {
        reply_complaint(r, why);
        return;
    }
    if (why == NULL && lines->count == 0) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "nothing-there", "Không có báo cáo nào.",
                    "There is no report.");
        return;
    }
    lines_write(lines, &out);
    if (why != NULL) {
        end_write(r, why, &out);
    }
    reply_text(r,
               why != NULL          ? MHD_HTTP_BAD_REQUEST
               : lines->refused > 0 ? MHD_HTTP_CONFLICT
                                    : MHD_HTTP_OK,
               "application/x-ndjson; charset=utf-8", &out);
}

void
handle_reports(struct request *r)
{
    if (r->import == NULL) {
        import_make(r);
    }
    if (r->import == NULL) {
        return;
    }
    if (r->body_over) {
        import_end(r->import);
    }
    if (import_waits(r->import)) {
        request_wait(r);
    } else if (import_is_over(r->import)) {
        lines_reply(r);
    }
}
