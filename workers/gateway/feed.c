/* What was decided, as an Atom feed (RFC 4287): the newest decision first, at most FEED_ENTRIES of them. */
#include "workers/gateway/request.h"

#include "proto/answer_json.h"

#include <stdlib.h>
#include <string.h>

#define EPOCH "1970-01-01" /* of an entry whose decision names no day */

/* What XML knows of is written as XML wants it: names come from outside. Control characters cannot come:
 * records have none but tab and newline. */
static void
text_put(struct buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            buf_printf(out, "&amp;");
            break;
        case '<':
            buf_printf(out, "&lt;");
            break;
        case '>':
            buf_printf(out, "&gt;");
            break;
        case '"':
            buf_printf(out, "&quot;");
            break;
        default:
            buf_byte(out, (uint8_t)*c);
        }
    }
}

static const char *
day_of(const json_t *honour)
{
    const char *date = json_text(honour, "date");
    return strlen(date) == strlen(EPOCH) ? date : EPOCH;
}

static void
entry_put(struct buf *out, const json_t *honour, bool vi)
{
    buf_printf(out, " <entry>\n  <id>urn:thidua:nomination:");
    text_put(out, json_text(honour, "nomination"));
    buf_printf(out, "</id>\n  <title>");
    text_put(out, json_text(honour, "subject"));
    buf_printf(out, " — ");
    text_put(out, json_text(honour, vi ? "title_vi" : "title_en"));
    buf_printf(out, "</title>\n  <updated>%sT00:00:00+07:00</updated>\n  <author><name>",
               day_of(honour));
    text_put(out, json_text(honour, "holder_name"));
    buf_printf(out, "</name></author>\n  <summary>");
    text_put(out, json_text(honour, "number"));
    buf_printf(out, ", ");
    text_put(out, json_text(honour, "date"));
    buf_printf(out, ": ");
    text_put(out, json_text(honour, "subject_unit_name"));
    buf_printf(out, "</summary>\n </entry>\n");
}

static int
newest_first(const void *a, const void *b)
{
    return strcmp(day_of(*(json_t *const *)b), day_of(*(json_t *const *)a));
}

static void
entries_put(struct buf *out, json_t *honours, bool vi)
{
    size_t count = json_array_size(honours);
    json_t **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i] = json_array_get(honours, i);
    }
    if (list != NULL) {
        qsort(list, count, sizeof *list, newest_first);
    }
    buf_printf(out, " <updated>%sT00:00:00+07:00</updated>\n",
               list != NULL && count > 0 ? day_of(list[0]) : EPOCH);
    for (size_t i = 0; list != NULL && i < count && i < FEED_ENTRIES; i++) {
        entry_put(out, list[i], vi);
    }
    free(list);
}

void
handle_feed(struct request *r)
{
    bool vi = r->language == LANGUAGE_VI;
    if (r->asked == NOT_ASKED) {
        struct buf args = BUF_EMPTY;
        arguments_pack(r, &args);
        request_ask(r, r->route->query, buf_slice_of(&args), 0, true);
        buf_fini(&args);
    }
    if (!request_answered(r)) {
        return;
    }
    json_t *body = answer_json(r->answer.body);
    struct buf out = BUF_EMPTY;
    buf_printf(
        &out,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n <id>urn:thidua:honours:",
        vi ? "vi" : "en");
    text_put(&out, json_text(body, "campaign"));
    buf_printf(&out, "</id>\n <title>%s</title>\n", vi ? "Khen thưởng" : "Honours");
    entries_put(&out, json_object_get(body, "honours"), vi);
    buf_printf(&out, "</feed>\n");
    json_decref(body);
    buf_fini(&r->body);
    r->body = out;
    r->type = "application/atom+xml; charset=utf-8";
    r->status = MHD_HTTP_OK;
}
