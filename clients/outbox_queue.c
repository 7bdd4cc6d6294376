/* The queue: a group of records in memory, told to its caller only once it is on disk. */
#include "clients/outbox_queue.h"

#include "clients/limits.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/revision.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

struct item {
    uint64_t tag;
    size_t at; /* of its unit in `bytes`; the body follows */
    size_t unit_len, body_len;
};

struct outbox_queue {
    struct outbox_place place;
    struct outbox *outbox;
    struct revisions *revisions;
    struct clock clock;
    struct buf bytes;
    struct item items[OUTBOX_PUT_MAX];
    struct outbox_record records[OUTBOX_PUT_MAX];
    uint32_t count;
    outbox_queued_fn *told;
    void *context;
};

static int
queue_open(struct outbox_queue *q, const struct options *options, const char *dir)
{
    char why[256];
    int code = outbox_place_find(options, dir, &q->place);
    code = code == 0 ? outbox_place_open(&q->place, true, &q->outbox) : code;
    if (code == 0) {
        q->revisions = revisions_new(q->place.revision_file, why);
        code = q->revisions == NULL ? say_code(EX_CANTCREAT, "%s", why) : 0;
    }
    return code;
}

int
outbox_queue_open(struct outbox_queue **queue, struct contact *contact,
                  const struct options *options, const char *dir)
{
    struct outbox_queue *q = mem_alloc(sizeof *q);
    *contact = (struct contact){.options = options};
    q->clock = clock_real(0);
    int code = queue_open(q, options, dir);
    if (code != 0) {
        outbox_queue_free(&q);
    }
    *queue = q;
    return code;
}

int
outbox_or_contact(struct contact *contact, struct outbox_queue **queue,
                  const struct options *options, bool outbox, const char *dir, bool wait)
{
    *queue = NULL;
    if (!outbox && dir == NULL) {
        return contact_open(contact, options);
    }
    if (wait) {
        return say_code(EX_USAGE, tr("--wait và --outbox loại trừ nhau.",
                                     "--wait and --outbox exclude each other."));
    }
    return outbox_queue_open(queue, contact, options, dir);
}

void
outbox_queue_free(struct outbox_queue **queue)
{
    struct outbox_queue *q = *queue;
    if (q != NULL) {
        outbox_free(&q->outbox);
        revisions_free(&q->revisions);
        buf_fini(&q->bytes);
        free(q);
    }
    *queue = NULL;
}

void
outbox_queue_on_put(struct outbox_queue *q, outbox_queued_fn *fn, void *context)
{
    q->told = fn;
    q->context = context;
}

uint64_t
outbox_queue_revision(struct outbox_queue *q)
{
    return revisions_take(q->revisions, clock_wall_us(&q->clock) / 1000);
}

struct outbox *
outbox_queue_outbox(struct outbox_queue *q)
{
    return q->outbox;
}

bool
outbox_queue_add(struct outbox_queue *q, struct slice unit, struct slice body, uint64_t tag,
                 int *code, struct complaint *why)
{
    *code = 0;
    if (unit.len > 0 && !code_is_valid(unit)) {
        return complain(why, CODE_CODE_INVALID, slice_text("unit"), "%.*s", SLICE_ARG(unit));
    }
    if (body.len > RECORD_BYTES_MAX) {
        return complain(why, CODE_TOO_LARGE, unit, "%zu > %u", body.len, RECORD_BYTES_MAX);
    }
    if (q->count == OUTBOX_PUT_MAX) {
        *code = EX_TEMPFAIL; /* it could not be put, and that was told */
        return true;
    }
    q->items[q->count++] = (struct item){tag, q->bytes.len, unit.len, body.len};
    buf_slice(&q->bytes, unit);
    buf_slice(&q->bytes, body);
    if (q->count == OUTBOX_PUT_MAX || q->bytes.len >= OUTBOX_PUT_BYTES_MAX) {
        *code = outbox_queue_flush(q);
    }
    return true;
}

static int
queue_full(struct outbox_queue *q)
{
    struct outbox_totals totals = {0};
    enum err err = outbox_totals(q->outbox, &totals);
    if (err != ERR_OK) {
        return outbox_place_failed(&q->place, err, "");
    }
    return say_code(EX_TEMPFAIL,
                    tr("hộp thư đi %s đã đầy (%" PRIu64 " bản ghi chờ gửi): %" PRIu32
                       " bản ghi cuối chưa được nhận; hãy chạy “thidua outbox run” khi có mạng.",
                       "the outbox %s is full (%" PRIu64 " records wait): the last %" PRIu32
                       " records were not taken; run “thidua outbox run” when there is a line."),
                    q->place.folder, totals.counts[OUTBOX_PENDING], q->count);
}

int
outbox_queue_flush(struct outbox_queue *q)
{
    uint64_t first;
    if (q->count == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < q->count; i++) {
        const struct item *item = &q->items[i];
        q->records[i].unit = slice_of(q->bytes.data + item->at, item->unit_len);
        q->records[i].body = slice_of(q->bytes.data + item->at + item->unit_len, item->body_len);
    }
    enum err err = outbox_put(q->outbox, q->records, q->count, clock_wall_us(&q->clock), &first);
    if (err != ERR_OK) {
        return err == ERR_LIMIT ? queue_full(q) : outbox_place_failed(&q->place, err, "");
    }
    uint32_t count = q->count;
    q->count = 0;
    buf_clear(&q->bytes);
    for (uint32_t i = 0; i < count && q->told != NULL; i++) {
        q->told(q->context, q->items[i].tag, first + i);
    }
    return 0;
}

void
outbox_queue_warn(struct outbox_queue *q)
{
    struct outbox_totals totals;
    if (outbox_totals(q->outbox, &totals) != ERR_OK) {
        return; /* the entries are on disk, and that was told */
    }
    uint64_t percent = totals.bytes * 100 / OUTBOX_BYTES_MAX;
    if (percent >= OUTBOX_WARN_PERCENT) {
        say(tr("hộp thư đi %s đã dùng %" PRIu64
               " %%; khi đầy nó không nhận thêm: hãy nối mạng để gửi.",
               "the outbox %s is %" PRIu64
               " %% full; when full it takes no more: see to its line."),
            q->place.folder, percent);
    }
}
