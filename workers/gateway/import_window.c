/* The windows of an import: records submitted, their receipts awaited, their verdicts asked for and counted. Each goes its
 * way by itself; they are sent in the body's order. A submit that finds no room is tried again when the next receipts
 * come. */
#include "common/check.h"
#include "common/mem.h"
#include "proto/answer_json.h"
#include "proto/pack.h"
#include "workers/gateway/import_impl.h"

#include <stdlib.h>

#define TAG_BITS 16   /* of a tag: which record of its window, */
#define WINDOW_BITS 4 /* and which window of its import */

/* ---- filling ---- */

void
window_put(struct import *im, struct slice unit, struct slice body, uint32_t line)
{
    struct window *w = im->filling;
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
        .cells = im->cells,
        .deleted = im->deleted,
        .line = line,
        .verdict = VERDICT_ACCEPTED,
    };
    buf_slice(&w->bytes, unit);
    buf_slice(&w->bytes, body);
    buf_slice(&w->places, buf_slice_of(&im->places));
}

static bool
window_is_full(const struct window *w)
{
    return w->count >= IMPORT_WINDOW || w->bytes.len >= IMPORT_WINDOW_BYTES;
}

/* Its memory too: another import may need it more. */
static void
window_free(struct window *w)
{
    struct imports *imports = w->import == NULL ? NULL : w->import->imports;
    question_forget(w->question);
    buf_fini(&w->bytes);
    buf_fini(&w->places);
    free(w->records);
    free(w->order);
    if (imports != NULL) {
        imports->windows -= w->state != WINDOW_FREE;
    }
    *w = (struct window){.state = WINDOW_FREE};
}

void
windows_fini(struct import *im)
{
    for (unsigned i = 0; i < IMPORT_WINDOWS; i++) {
        window_free(&im->windows[i]);
    }
}

bool
windows_are_free(const struct import *im)
{
    for (unsigned i = 0; i < IMPORT_WINDOWS; i++) {
        if (im->windows[i].state != WINDOW_FREE) {
            return false;
        }
    }
    return true;
}

/* One is everybody's right; more there are while few ask. */
static bool
window_may_be_had(const struct import *im)
{
    return windows_are_free(im) || im->imports->windows < WINDOWS_MAX - IMPORTS_MAX;
}

void
window_need(struct import *im)
{
    for (unsigned i = 0; im->filling == NULL && i < IMPORT_WINDOWS; i++) {
        if (im->windows[i].state == WINDOW_FREE && window_may_be_had(im)) {
            im->filling = &im->windows[i];
            *im->filling =
                (struct window){.import = im, .state = WINDOW_FILLING, .turn = im->turns++};
            im->imports->windows++;
        }
    }
}

/* Judged, or not to be judged: the import goes on. */
static void
window_end(struct window *w)
{
    struct import *im = w->import;
    window_free(w);
    if (!im->ended) {
        window_need(im);
    }
    im->woken(im->owner);
}

/* ---- verdicts ---- */

static const uint32_t *
places_of(const struct window *w, const struct window_record *r)
{
    return (const uint32_t *)(const void *)w->places.data + r->places_at;
}

/* Those of which no verdict was told one by one. */
static void
line_count(const struct window *w, const struct window_record *r)
{
    char receipt[RECEIPT_TEXT];
    struct import *im = w->import;
    uint32_t place = *places_of(w, r);
    if (!lines_told(im->lines, place)) {
        receipt_format(r->receipt, receipt);
        lines_judge(im->lines, place, r->line, receipt, NULL);
    }
}

static void
records_count(const struct window *w)
{
    struct import *im = w->import;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct window_record *r = &w->records[i];
        if (im->lines != NULL) {
            line_count(w, r);
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
verdict_take(struct window *w, const json_t *row)
{
    struct import *im = w->import;
    struct receipt receipt;
    struct window_record *r = NULL;
    if (receipt_parse(slice_text(json_text(row, "receipt")), &receipt) == ERR_OK) {
        r = record_find(w, receipt);
    }
    if (r == NULL) {
        return;
    }
    if (im->lines != NULL) {
        lines_judge(im->lines, *places_of(w, r), r->line, json_text(row, "receipt"), row);
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
        conflicts_add(&im->conflicts, &why, im->options.language, places_of(w, r),
                      r->cells + r->deleted);
    }
}

static void verdicts_ask(struct window *w, const char *start);

/* The records are on disk; what became of them is not known yet. */
static void
window_fail(struct window *w, const struct complaint *why)
{
    struct complaint told = *why;
    if (told.code == CODE_NONE) {
        complain(&told, CODE_NOT_READY, slice_text("verdicts"), "%s", "");
    }
    import_fail(w->import, &told, false);
    window_end(w);
}

static void
on_verdicts(void *owner, const struct answer *answer)
{
    struct window *w = owner;
    size_t i;
    json_t *row;
    w->question = NULL;
    if (answer->err != ERR_OK) {
        window_fail(w, &answer->why);
        return;
    }
    json_t *body = answer_json(answer->body);
    json_array_foreach(json_object_get(body, "records"), i, row)
    {
        verdict_take(w, row);
    }
    const char *next = json_text(body, "next");
    if (next[0] != '\0') {
        verdicts_ask(w, next);
    } else {
        records_count(w);
        window_end(w);
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
verdicts_ask(struct window *w, const char *start)
{
    struct import *im = w->import;
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
                            buf_slice_of(&args), w->newest, on_verdicts, w);
    buf_fini(&ranges);
    buf_fini(&args);
    if (w->question == NULL) {
        struct complaint why;
        complain(&why, CODE_BUSY, slice_text(""), "%s", "questions");
        window_fail(w, &why);
    }
}

/* ---- sending ---- */

/* All have their receipts, or some never will. */
static void
window_judge(struct window *w)
{
    if (w->broken) {
        window_end(w);
        return;
    }
    for (uint32_t i = 0; i < w->count; i++) {
        w->order[i] = (uint16_t)i;
    }
    qsort_r(w->order, w->count, sizeof *w->order, order_compare, w->records);
    verdicts_ask(w, "");
}

/* False: there is no room for more now. */
static bool
window_send(struct window *w)
{
    struct import *im = w->import;
    struct client *client = im->imports->links->submitter;
    uint64_t tag = (im->id << WINDOW_BITS | (uint64_t)(w - im->windows)) << TAG_BITS;
    enum err err = ERR_OK;
    client_speak_for(client, slice_text(im->principal));
    while (w->sent < w->count && err == ERR_OK) {
        const struct window_record *r = &w->records[w->sent];
        err = client_submit(client, slice_of(w->bytes.data + r->unit_at, r->unit_len),
                            slice_of(w->bytes.data + r->body_at, r->body_len), tag | w->sent);
        CHECK(err == ERR_OK || err == ERR_AGAIN); /* a code, and a record that fits */
        w->sent += err == ERR_OK;
    }
    client_flush(client);
    return err == ERR_OK;
}

/* The one that is to be sent before the others; NULL: all are out. */
static struct window *
window_next(struct import *im)
{
    struct window *next = NULL;
    for (unsigned i = 0; i < IMPORT_WINDOWS; i++) {
        struct window *w = &im->windows[i];
        if (w->state == WINDOW_SENT && w->sent < w->count &&
            (next == NULL || w->turn < next->turn)) {
            next = w;
        }
    }
    return next;
}

static void
windows_send(struct import *im)
{
    struct window *w = window_next(im);
    while (w != NULL && window_send(w)) {
        w = window_next(im);
    }
}

void
window_seal(struct import *im, bool all)
{
    struct window *w = im->filling;
    if (w == NULL || (!all && !window_is_full(w))) {
        return;
    }
    im->filling = NULL;
    if (w->count == 0) {
        window_free(w);
    } else {
        w->state = WINDOW_SENT;
        windows_send(im);
    }
    if (!all) {
        window_need(im);
    }
}

void
imports_on_result(void *context, const struct client_result *result)
{
    struct imports *imports = context;
    uint64_t id = result->tag >> TAG_BITS >> WINDOW_BITS;
    struct import *im = imports->slots[id % IMPORTS_MAX];
    if (im == NULL || im->id != id) {
        return; /* whoever sent it is gone; the record is where it is */
    }
    struct window *w = &im->windows[(result->tag >> TAG_BITS) % (1u << WINDOW_BITS)];
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

static void
import_step(struct import *im)
{
    windows_send(im);
    for (unsigned i = 0; i < IMPORT_WINDOWS; i++) {
        struct window *w = &im->windows[i];
        if (w->state == WINDOW_SENT && w->answered == w->count && w->question == NULL) {
            window_judge(w);
        }
    }
    /* Others may have given windows back. */
    if (!im->ended && im->filling == NULL) {
        window_need(im);
        if (im->filling != NULL) {
            im->woken(im->owner);
        }
    }
}

/* Results may not send or ask: that is done here, after them. */
void
imports_step(struct imports *imports)
{
    for (unsigned i = 0; i < IMPORTS_MAX; i++) {
        if (imports->slots[i] != NULL) {
            import_step(imports->slots[i]);
        }
    }
}
