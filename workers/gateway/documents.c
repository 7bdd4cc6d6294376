/* A document of a nomination as a download. It is somebody's upload: it is never shown as a page of ours, whatever
 * it says it is (an attachment, its type unknown, sandboxed as every reply is). */
#include "workers/gateway/request.h"

#include "proto/answer_json.h"
#include "proto/cursor.h"
#include "proto/pack.h"

#include <stdio.h>
#include <stdlib.h>

static void
page_ask(struct request *r, const char *start)
{
    const char *nomination = request_argument(r, "nomination");
    const char *document = request_argument(r, "document");
    struct buf args = BUF_EMPTY;
    pack_map(&args, start[0] == '\0' ? 2 : 3);
    pack_key_text(&args, "nomination", slice_text(nomination == NULL ? "" : nomination));
    pack_key_text(&args, "document", slice_text(document == NULL ? "" : document));
    if (start[0] != '\0') {
        pack_key_text(&args, "start", slice_text(start));
    }
    request_ask(r, r->route->query, buf_slice_of(&args), 0, false);
    buf_fini(&args);
}

struct document_page {
    struct slice name, data, next;
};

static bool
page_read(struct slice body, struct document_page *page)
{
    struct cursor c = cursor_of(body);
    uint32_t pairs;
    bool good = cursor_map(&c, &pairs) == ERR_OK;
    *page = (struct document_page){0};
    for (uint32_t i = 0; good && i < pairs; i++) {
        struct slice key;
        good = cursor_text(&c, &key) == ERR_OK;
        if (good && slice_is(key, "name")) {
            good = cursor_text(&c, &page->name) == ERR_OK;
        } else if (good && slice_is(key, "next")) {
            good = cursor_text(&c, &page->next) == ERR_OK;
        } else if (good && slice_is(key, "data")) {
            good = cursor_bytes(&c, &page->data) == ERR_OK;
        } else {
            good = good && cursor_skip(&c) == ERR_OK;
        }
    }
    return good;
}

/* True: there is more to ask for. */
static bool
page_take(struct request *r)
{
    struct document_page page;
    char next[16];
    struct gateway *g = r->gateway;
    if (!page_read(r->answer.body, &page) || r->in.len + page.data.len > FILE_BYTES_MAX) {
        reply_complaint(r, &(struct complaint){.code = CODE_NONE});
        return false;
    }
    if (g->gathered + page.data.len > GATHERED_BYTES_MAX) {
        reply_complaint(r, &(struct complaint){.code = CODE_BUSY});
        return false;
    }
    buf_slice(&r->in, page.data);
    g->gathered += page.data.len;
    snprintf(next, sizeof next, "%.*s", SLICE_ARG(page.next));
    if (next[0] != '\0') {
        page_ask(r, next);
        return r->status == 0;
    }
    snprintf(r->name, sizeof r->name, "%.*s", SLICE_ARG(page.name));
    return false;
}

void
handle_file(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        page_ask(r, "");
    }
    if (!request_answered(r) || r->status != 0) {
        return;
    }
    if (page_take(r)) {
        (void)request_answered(r); /* waits */
    } else if (r->status == 0) {
        r->gateway->gathered -= r->in.len;
        buf_fini(&r->body);
        r->body = r->in;
        r->in = BUF_EMPTY;
        r->file_name = r->name;
        r->type = "application/octet-stream";
        r->status = MHD_HTTP_OK;
    }
}
