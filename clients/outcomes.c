/* Receipts in, verdicts asked for in chunks. The client's results only append to `sent`; everything else
 * happens in outcomes_submit and outcomes_finish, never inside the library's callback. */
#include "clients/outcomes.h"

#include "clients/answers.h"
#include "clients/words.h"
#include "common/mem.h"
#include "proto/pack.h"

#include <stdlib.h>
#include <sysexits.h>

/* Records asked about at once: with each in a block of its own the ranges are 40 KiB of the 64 that a
 * question's arguments may have, and the verdicts are well below ANSWER_BYTES_MAX. */
#define CHUNK 2000
/* Asked for only when so many wait: by then the oldest have been dealt with, and asking is no waiting. */
#define BACKLOG 20000

static const char *const count_names[COUNTS] = {
    [COUNT_ACCEPTED] = "accepted",
    [COUNT_CORRECTED] = "corrected",
    [COUNT_UNCHANGED] = "unchanged",
    [COUNT_SUPERSEDED] = "superseded",
    [COUNT_REJECTED] = "rejected",
    [COUNT_QUARANTINED] = "quarantined",
    [COUNT_LATE] = "late",
    [COUNT_OUTLIER] = "outlier",
    [COUNT_INCOMPLETE] = "incomplete",
    [COUNT_WARNED] = "warned",
};

const char *
count_name(enum count count)
{
    return count_names[count];
}

void
outcomes_refuse(struct outcomes *o, uint64_t tag, const struct complaint *why)
{
    struct outcome outcome = {.tag = tag, .why = why};
    o->counts[COUNT_REJECTED]++;
    o->told(o->context, &outcome);
}

static void
sent_append(struct outcomes *o, const struct client_result *result)
{
    if (o->tail == o->cap && o->head >= o->cap / 2 && o->cap > 0) {
        memmove(o->sent, o->sent + o->head, (o->tail - o->head) * sizeof *o->sent);
        o->tail -= o->head;
        o->head = 0;
    }
    if (o->tail == o->cap) {
        o->cap = o->cap == 0 ? 1024 : o->cap * 2;
        o->sent = mem_resize(o->sent, o->cap * sizeof *o->sent);
    }
    o->sent[o->tail++] = (struct outcome_sent){result->tag, result->receipt};
}

static void
on_result(void *context, const struct client_result *result)
{
    struct outcomes *o = context;
    if (result->err == ERR_REFUSED) {
        outcomes_refuse(o, result->tag, &result->why);
        bool who = result->why.code == CODE_KEY_REVOKED || result->why.code == CODE_NOT_IN_ROLE;
        o->code = o->code == 0 && who ? EX_NOPERM : o->code;
        return;
    }
    if (result->err != ERR_OK) {
        o->code = o->code == 0 ? contact_failed(o->contact, &result->why) : o->code;
        return;
    }
    o->receipts++;
    o->newest = result->receipt.block > o->newest ? result->receipt.block : o->newest;
    if (o->want == WANT_RECEIPTS) {
        struct outcome outcome = {.tag = result->tag, .receipt = result->receipt};
        o->told(o->context, &outcome);
    } else {
        sent_append(o, result);
    }
}

void
outcomes_begin(struct outcomes *o, struct contact *contact, enum outcomes_want want,
               outcome_fn *told, void *context)
{
    *o = (struct outcomes){.contact = contact, .want = want, .told = told, .context = context};
    client_on_result(contact->client, on_result, o);
}

static void
on_queued(void *context, uint64_t tag, uint64_t entry)
{
    struct outcomes *o = context;
    struct outcome outcome = {.tag = tag, .entry = entry};
    o->queued++;
    o->told(o->context, &outcome);
}

void
outcomes_begin_queue(struct outcomes *o, struct contact *contact, struct outbox_queue *queue,
                     outcome_fn *told, void *context)
{
    *o = (struct outcomes){.contact = contact,
                           .queue = queue,
                           .want = WANT_RECEIPTS,
                           .told = told,
                           .context = context};
    outbox_queue_on_put(queue, on_queued, o);
}

uint64_t
outcomes_revision(struct outcomes *o)
{
    return o->queue != NULL ? outbox_queue_revision(o->queue) : client_revision(o->contact->client);
}

static void
code_note(struct outcomes *o, int code)
{
    o->code = o->code == 0 ? code : o->code;
}

void
outcomes_idle(struct outcomes *o)
{
    if (o->queue != NULL && o->code == 0) {
        code_note(o, outbox_queue_flush(o->queue));
    }
}

void
outcomes_fini(struct outcomes *o)
{
    free(o->sent);
    *o = (struct outcomes){0};
}

static int
sent_order(const void *left, const void *right)
{
    const struct receipt *a = &((const struct outcome_sent *)left)->receipt;
    const struct receipt *b = &((const struct outcome_sent *)right)->receipt;
    if (a->block != b->block) {
        return a->block < b->block ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* [block, first index, count] for each run of neighbours in the sorted chunk. */
static void
ranges_pack(struct question *question, const struct outcome_sent *sorted, size_t n)
{
    struct buf ranges = BUF_EMPTY;
    uint32_t count = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && sorted[end].receipt.block == sorted[i].receipt.block &&
               sorted[end].receipt.index == sorted[i].receipt.index + (end - i)) {
            end++;
        }
        pack_array(&ranges, 3);
        pack_uint(&ranges, sorted[i].receipt.block);
        pack_uint(&ranges, sorted[i].receipt.index);
        pack_uint(&ranges, end - i);
        count++;
        i = end;
    }
    question_key(question, "ranges");
    pack_array(&question->body, count);
    buf_slice(&question->body, buf_slice_of(&ranges));
    buf_fini(&ranges);
}

static void
counts_add(struct outcomes *o, const json_t *answer)
{
    const json_t *counts = json_object_get(answer, "counts");
    for (enum count c = 0; c < COUNTS; c++) {
        o->counts[c] += (uint64_t)json_number(counts, count_names[c]);
    }
}

static void
tell_one(struct outcomes *o, const struct outcome_sent *sent, const json_t *verdict)
{
    struct outcome outcome = {.tag = sent->tag, .receipt = sent->receipt, .verdict = verdict};
    struct complaint why;
    if (verdict == NULL && o->want != WANT_ALL) {
        return;
    }
    if (verdict != NULL && json_text(verdict, "code")[0] != '\0') {
        complain(&why, code_of_text(slice_text(json_text(verdict, "code"))),
                 slice_text(json_text(verdict, "subject")), "%s", json_text(verdict, "detail"));
        outcome.why = &why;
    }
    o->told(o->context, &outcome);
}

/* The verdicts by receipt, so that each record of the chunk finds its own, in the order of sending. */
static void
tell_chunk(struct outcomes *o, const struct outcome_sent *chunk, size_t n, const json_t *answer)
{
    json_t *by_receipt = json_object();
    const json_t *records = json_object_get(answer, "records");
    for (size_t i = 0; i < json_array_size(records); i++) {
        json_t *verdict = json_array_get(records, i);
        json_object_set(by_receipt, json_text(verdict, "receipt"), verdict);
    }
    for (size_t i = 0; i < n; i++) {
        char text[RECEIPT_TEXT];
        receipt_format(chunk[i].receipt, text);
        tell_one(o, &chunk[i], json_object_get(by_receipt, text));
    }
    json_decref(by_receipt);
}

/* Asks about the oldest records, at most a chunk of them. */
static void
settle(struct outcomes *o)
{
    size_t n = o->tail - o->head < CHUNK ? o->tail - o->head : CHUNK;
    struct outcome_sent *chunk = mem_alloc(2 * n * sizeof *chunk); /* results may move o->sent */
    struct outcome_sent *sorted = chunk + n;
    struct question question = {0};
    json_t *answer = NULL;
    memcpy(chunk, o->sent + o->head, n * sizeof *chunk);
    memcpy(sorted, chunk, n * sizeof *chunk);
    o->head += n;
    qsort(sorted, n, sizeof *sorted, sent_order);
    ranges_pack(&question, sorted, n);
    question_true(&question, "all", o->want == WANT_ALL);
    int code =
        contact_read(o->contact, "verdicts", &question, sorted[n - 1].receipt.block, &answer);
    if (code == 0) {
        counts_add(o, answer);
        tell_chunk(o, chunk, n, answer);
    }
    o->code = o->code == 0 ? code : o->code;
    json_decref(answer);
    question_fini(&question);
    free(chunk);
}

static int
outcomes_queue(struct outcomes *o, struct slice unit, struct slice body, uint64_t tag)
{
    struct complaint why;
    int code = 0;
    if (!outbox_queue_add(o->queue, unit, body, tag, &code, &why)) {
        outcomes_refuse(o, tag, &why);
    }
    code_note(o, code);
    return o->code;
}

int
outcomes_submit(struct outcomes *o, struct slice unit, struct slice body, uint64_t tag)
{
    struct complaint why;
    if (o->queue != NULL) {
        return outcomes_queue(o, unit, body, tag);
    }
    if (contact_submit(o->contact, unit, body, tag) != ERR_OK) {
        complain(&why, CODE_TOO_LARGE, unit, "%zu > %u", body.len, RECORD_BYTES_MAX);
        outcomes_refuse(o, tag, &why);
    }
    while (o->code == 0 && o->tail - o->head >= BACKLOG) {
        settle(o);
    }
    return o->code;
}

int
outcomes_finish(struct outcomes *o)
{
    if (o->queue != NULL) {
        outcomes_idle(o);
        outbox_queue_warn(o->queue);
        return o->code;
    }
    client_drain(o->contact->client);
    while (o->code == 0 && o->tail > o->head) {
        settle(o);
    }
    return o->code;
}
