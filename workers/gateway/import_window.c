/* The window of an import: its records submitted, their receipts awaited, their verdicts asked for and counted.
 * One window at a time, so that a body can be of any length; a submit that finds no room is tried again when
 * the next receipts come. */
#include "common/check.h"
#include "common/mem.h"
#include "proto/answer_json.h"
#include "proto/pack.h"
#include "workers/gateway/import_impl.h"

#include <stdlib.h>

#define TAG_BITS 16

/* ---- filling ---- */

void
window_put(struct window *w, struct slice unit, struct slice body, const struct import *from,
           uint32_t line)
{
    CHECK(w->count < WINDOW_RECORDS_MAX);
    if (w->records == NULL) {
        w->records = mem_alloc(WINDOW_RECORDS_MAX * sizeof *w->records);
        w->order = mem_alloc(WINDOW_RECORDS_MAX * sizeof *w->order);
    }
    struct window_record *r = &w->records[w->count++];
    *r = (struct window_record){
        .unit_at = (uint32_t)w->bytes.len,
        .unit_len = (uint32_t)unit.len,
        .body_at = (uint32_t)(w->bytes.len + unit.len),
        .body_len = (uint32_t)body.len,
        .places_at = (uint32_t)(w->places.len / sizeof(uint32_t)),
        .cells = from->cells,
        .deleted = from->deleted,
        .line = line,
        .verdict = VERDICT_ACCEPTED,
    };
    buf_slice(&w->bytes, unit);
    buf_slice(&w->bytes, body);
    buf_slice(&w->places, buf_slice_of(&from->places));
}

bool
window_is_full(const struct window *w)
{
    return w->count >= IMPORT_WINDOW || w->bytes.len >= IMPORT_WINDOW_BYTES;
}

static void
window_clear(struct window *w)
{
    buf_clear(&w->bytes);
    buf_clear(&w->places);
    w->count = w->sent = w->answered = 0;
    w->newest = 0;
    w->broken = false;
}

void
window_fini(struct window *w)
{
    buf_fini(&w->bytes);
    buf_fini(&w->places);
    free(w->records);
    free(w->order);
}

/* ---- verdicts ---- */

static uint32_t
place_of(const struct import *im, const struct window_record *r)
{
    return ((const uint32_t *)(const void *)im->window.places.data)[r->places_at];
}

/* Those of which no verdict was told one by one. */
static void
line_count(struct import *im, const struct window_record *r)
{
    char receipt[RECEIPT_TEXT];
    uint32_t place = place_of(im, r);
    if (!lines_told(im->lines, place)) {
        receipt_format(r->receipt, receipt);
        lines_judge(im->lines, place, r->line, receipt, NULL);
    }
}

static void
records_count(struct import *im)
{
    for (uint32_t i = 0; i < im->window.count; i++) {
        const struct window_record *r = &im->window.records[i];
        if (im->lines != NULL) {
            line_count(im, r);
            continue;
        }
        uint32_t left = r->left < r->cells ? r->left : r->cells;
        bool made = r->verdict == VERDICT_ACCEPTED ||
                    (r->verdict == VERDICT_CORRECTED && im->options.only == ONLY_NEW);
        if (made) {
            im->counts.imported += r->cells - left;
        } else if (r->verdict == VERDICT_REJECTED || r->verdict == VERDICT_QUARANTINED) {
            im->counts.ignored += r->cells + r->deleted;
            continue;
        } else {
            im->counts.updated += r->cells - left;
        }
        im->counts.ignored += left;
        im->counts.deleted += r->deleted;
    }
}

static int
receipt_order(const struct receipt *a, const struct receipt *b)
{
    return a->block != b->block ? (a->block > b->block) - (a->block < b->block)
                                : (a->index > b->index) - (a->index < b->index);
}

static int
order_compare(const void *a, const void *b, void *records)
{
    const struct window_record *all = records;
    return receipt_order(&all[*(const uint16_t *)a].receipt, &all[*(const uint16_t *)b].receipt);
}

static struct window_record *
record_find(struct window *w, struct receipt receipt)
{
    uint32_t low = 0, high = w->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct window_record *r = &w->records[w->order[middle]];
        int order = receipt_order(&r->receipt, &receipt);
        if (order == 0) {
            return r;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static enum verdict
verdict_of(const char *name)
{
    for (enum verdict v = VERDICT_ACCEPTED; v <= VERDICT_QUARANTINED; v++) {
        if (strcmp(name, verdict_name(v)) == 0) {
            return v;
        }
    }
    return VERDICT_REJECTED; /* a newer worker's word: not to be counted as taken */
}

static void
verdict_take(struct import *im, const json_t *row)
{
    struct receipt receipt;
    struct window_record *r = NULL;
    if (receipt_parse(slice_text(json_text(row, "receipt")), &receipt) == ERR_OK) {
        r = record_find(&im->window, receipt);
    }
    if (r == NULL) {
        return;
    }
    if (im->lines != NULL) {
        lines_judge(im->lines, place_of(im, r), r->line, json_text(row, "receipt"), row);
        return;
    }
    r->verdict = verdict_of(json_text(row, "verdict"));
    enum code code = code_of_text(slice_text(json_text(row, "code")));
    if (code == CODE_VALUES_LEFT) {
        r->left = (uint32_t)strtoul(json_text(row, "detail"), NULL, 10);
    }
    if (r->verdict == VERDICT_REJECTED || r->verdict == VERDICT_QUARANTINED) {
        struct complaint why = {0};
        complain(&why, code == CODE_NONE ? CODE_MALFORMED : code,
                 slice_text(json_text(row, "subject")), "%s", json_text(row, "detail"));
        conflicts_add(&im->conflicts, &why, im->options.language,
                      (const uint32_t *)(const void *)im->window.places.data + r->places_at,
                      r->cells + r->deleted);
    }
}

static void verdicts_ask(struct import *im, const char *start);

static void
on_verdicts(void *owner, const struct answer *answer)
{
    struct import *im = owner;
    size_t i;
    json_t *row;
    im->window.question = NULL;
    if (answer->err != ERR_OK) {
        /* The records are on disk; what became of them is not known yet. */
        struct complaint why = answer->why;
        if (why.code == CODE_NONE) {
            complain(&why, CODE_NOT_READY, slice_text("verdicts"), "%s", "");
        }
        import_fail(im, &why, false);
        window_clear(&im->window);
        im->woken(im->owner);
        return;
    }
    json_t *body = answer_json(answer->body);
    json_array_foreach(json_object_get(body, "records"), i, row)
    {
        verdict_take(im, row);
    }
    const char *next = json_text(body, "next");
    if (next[0] != '\0') {
        verdicts_ask(im, next);
    } else {
        records_count(im);
        window_clear(&im->window);
        im->woken(im->owner);
    }
    json_decref(body);
}

/* Receipts in a row are one range. */
static uint32_t
ranges_pack(const struct window *w, struct buf *ranges)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->count;) {
        struct receipt first = w->records[w->order[i]].receipt;
        uint32_t n = 1;
        while (i + n < w->count && w->records[w->order[i + n]].receipt.block == first.block &&
               w->records[w->order[i + n]].receipt.index == first.index + n) {
            n++;
        }
        pack_array(ranges, 3);
        pack_uint(ranges, first.block);
        pack_uint(ranges, first.index);
        pack_uint(ranges, n);
        count++;
        i += n;
    }
    return count;
}

static void
verdicts_ask(struct import *im, const char *start)
{
    struct window *w = &im->window;
    struct buf ranges = BUF_EMPTY, args = BUF_EMPTY;
    uint32_t count = ranges_pack(w, &ranges);
    pack_map(&args, start[0] == '\0' ? 2 : 3);
    pack_cstr(&args, "ranges");
    pack_array(&args, count);
    pack_raw(&args, buf_slice_of(&ranges));
    pack_key_bool(&args, "all", true);
    if (start[0] != '\0') {
        pack_key_text(&args, "start", slice_text(start));
    }
    w->question = links_ask(im->imports->links, "verdicts", slice_text(im->principal),
                            buf_slice_of(&args), w->newest, on_verdicts, im);
    buf_fini(&ranges);
    buf_fini(&args);
    if (w->question == NULL) {
        struct complaint why;
        complain(&why, CODE_BUSY, slice_text(""), "%s", "questions");
        import_fail(im, &why, false);
        window_clear(w);
        im->woken(im->owner);
    }
}

/* ---- sending ---- */

/* All have their receipts, or the import has failed. */
static void
window_done(struct import *im)
{
    struct window *w = &im->window;
    if (w->broken) {
        window_clear(w);
        im->woken(im->owner);
        return;
    }
    for (uint32_t i = 0; i < w->count; i++) {
        w->order[i] = (uint16_t)i;
    }
    qsort_r(w->order, w->count, sizeof *w->order, order_compare, w->records);
    verdicts_ask(im, "");
}

void
window_send(struct import *im)
{
    struct window *w = &im->window;
    struct client *client = im->imports->links->submitter;
    if (w->sent == w->count) {
        return;
    }
    client_speak_for(client, slice_text(im->principal));
    while (w->sent < w->count) {
        const struct window_record *r = &w->records[w->sent];
        enum err err = client_submit(client, slice_of(w->bytes.data + r->unit_at, r->unit_len),
                                     slice_of(w->bytes.data + r->body_at, r->body_len),
                                     im->id << TAG_BITS | w->sent);
        if (err == ERR_AGAIN) {
            break;
        }
        CHECK(err == ERR_OK); /* the unit is a code, and 500 values fit a record */
        w->sent++;
    }
    client_flush(client);
}

void
imports_on_result(void *context, const struct client_result *result)
{
    struct imports *imports = context;
    uint64_t id = result->tag >> TAG_BITS;
    struct import *im = imports->slots[id % IMPORTS_MAX];
    if (im == NULL || im->id != id) {
        return; /* whoever sent it is gone; the record is where it is */
    }
    struct window *w = &im->window;
    if (result->err == ERR_OK) {
        w->records[result->tag & UINT16_MAX].receipt = result->receipt;
        w->newest = result->receipt.block > w->newest ? result->receipt.block : w->newest;
    } else {
        struct complaint why = result->why;
        if (why.code == CODE_NONE) {
            complain(&why, CODE_NOT_READY, slice_text(""), "%s", "");
        }
        import_fail(im, &why, result->err == ERR_REFUSED && why.code != CODE_BUSY);
        w->broken = true;
    }
    w->answered++;
}

/* Results may not send or ask: that is done here, after them. */
void
imports_step(struct imports *imports)
{
    for (unsigned i = 0; i < IMPORTS_MAX; i++) {
        struct import *im = imports->slots[i];
        if (im == NULL || im->window.count == 0 || im->window.question != NULL) {
            continue;
        }
        struct window *w = &im->window;
        if (w->answered == w->count) {
            window_done(im);
        } else if (import_waits(im) && w->sent < w->count) {
            window_send(im);
        }
    }
}
