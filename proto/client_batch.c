/* Batches: the window of SUBMITs in flight. A batch keeps its encoded message until its answer, so
 * that sending again sends the same bytes. Each record gets exactly one result, because a batch
 * leaves READY or SENT once, through batch_finish, and an answer is taken only in those two states.
 * A late answer to an earlier try is as good as one to the last: the records are on disk. */
#include "proto/client_impl.h"

#include "common/check.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/pack.h"

#include <stdlib.h>

#define ENTRY_FRAMING 8 /* array of two, head of the unit, head of the body */
#define ARRAY_FRAMING 5 /* head of the array of entries */

void
batches_init(struct client *client)
{
    client->batches = mem_alloc(client->in_flight * sizeof(struct batch));
    client->buckets = mem_alloc(client->in_flight * sizeof(struct batch *));
    for (uint32_t i = client->in_flight; i-- > 0;) {
        client->batches[i].next = client->unused;
        client->unused = &client->batches[i];
    }
    client->first_due_ms = NEVER;
    client->first_give_up_ms = NEVER;
}

static void
batch_unuse(struct client *client, struct batch *b)
{
    b->state = BATCH_FREE;
    b->next = client->unused;
    client->unused = b;
}

/* Requests are consecutive: where a bucket holds two, an answer is a whole window late. */
static struct batch **
bucket_of(struct client *client, uint64_t request)
{
    return &client->buckets[request % client->in_flight];
}

static void
bucket_put(struct client *client, struct batch *b)
{
    struct batch **bucket = bucket_of(client, b->request);
    b->next = *bucket;
    *bucket = b;
}

static void
bucket_take(struct client *client, const struct batch *b)
{
    struct batch **at = bucket_of(client, b->request);
    while (*at != b) {
        CHECK(*at != NULL);
        at = &(*at)->next;
    }
    *at = b->next;
}

/* Whether an entry of `len` bytes still fits the batch that fills. A lone one always does. */
static bool
batch_takes(const struct client *client, size_t len)
{
    const struct batch *b = client->filling;
    return b->count == 0 || b->message.len + len + ARRAY_FRAMING <= client->batch_bytes;
}

static struct batch *
batch_open(struct client *client)
{
    struct batch *b = client->unused;
    if (b != NULL) {
        client->unused = b->next;
        b->state = BATCH_FILLING;
        b->count = 0;
        buf_clear(&b->message);
        if (b->tags == NULL) {
            b->tags = mem_alloc(client->batch_records * sizeof(uint64_t));
        }
    }
    client->filling = b;
    return b;
}

enum err
batch_add(struct client *client, struct slice unit, struct slice body, uint64_t tag)
{
    if (unit.len != 0 && !code_is_valid(unit)) {
        return ERR_FORMAT;
    }
    if (body.len > RECORD_BYTES_MAX) {
        return ERR_LIMIT;
    }
    if (client->filling != NULL && !batch_takes(client, unit.len + body.len + ENTRY_FRAMING)) {
        batch_seal(client);
    }
    struct batch *b = client->filling != NULL ? client->filling : batch_open(client);
    if (b == NULL) {
        return ERR_AGAIN;
    }
    pack_array(&b->message, 2);
    pack_text(&b->message, unit);
    pack_bytes(&b->message, body);
    b->tags[b->count++] = tag;
    client->pending++;
    if (b->count == client->batch_records || b->message.len >= client->batch_bytes) {
        batch_seal(client);
    }
    return ERR_OK;
}

/* All that makes a batch due comes through here. */
static void
due_set(struct client *client, struct batch *b, int64_t due_ms)
{
    b->due_ms = due_ms;
    client->first_due_ms = client_earlier(client->first_due_ms, due_ms);
}

static void
batch_send(struct client *client, struct batch *b, int64_t now)
{
    if (session_send(client, buf_slice_of(&b->message), now)) {
        b->state = BATCH_SENT;
        due_set(client, b, now + client_jitter(client, b->patience_ms));
        b->patience_ms = client_longer(b->patience_ms, RETRY_MAX_MS);
    } else {
        due_set(client, b, now + SEND_AGAIN_MS);
    }
}

/* The entries become a SUBMIT, which is sent at once unless others are due before it: a sender's
 * reports keep their order. The time to give up runs from here, the first try, whether or not a
 * broker is there to be tried. */
void
batch_seal(struct client *client)
{
    struct batch *b = client->filling;
    if (b == NULL || b->count == 0) {
        return;
    }
    struct buf *records = &client->scratch;
    buf_clear(records);
    pack_array(records, b->count);
    pack_raw(records, buf_slice_of(&b->message));
    b->request = client->next_request++;
    struct message_submit submit = {.request = b->request,
                                    .records = buf_slice_of(records),
                                    .principal = slice_text(client->principal)};
    buf_clear(&b->message);
    message_encode_submit(&submit, &b->message);
    int64_t now = client_now(client);
    b->state = BATCH_READY;
    b->busy[0] = '\0';
    b->give_up_ms = now + client->give_up_ms;
    b->patience_ms = RETRY_FIRST_MS;
    client->first_give_up_ms = client_earlier(client->first_give_up_ms, b->give_up_ms);
    client->filling = NULL;
    bucket_put(client, b);
    if (session_is_open(client) && now < batches_deadline(client)) {
        batch_send(client, b, now);
    } else {
        due_set(client, b, now);
    }
}

static bool
in_flight(const struct batch *b)
{
    return b->state == BATCH_READY || b->state == BATCH_SENT;
}

static struct batch *
batch_of_request(struct client *client, uint64_t request)
{
    struct batch *b = *bucket_of(client, request);
    while (b != NULL && b->request != request) {
        b = b->next;
    }
    return b;
}

/* The end of a batch. The callbacks may submit: the slot is neither theirs nor ours meanwhile. */
static void
batch_finish(struct client *client, struct batch *b, const struct client_result *like)
{
    b->state = BATCH_ANSWERING;
    bucket_take(client, b);
    struct client_result result = *like;
    for (uint32_t i = 0; i < b->count; i++) {
        result.tag = b->tags[i];
        client->pending--;
        if (client->on_result != NULL) {
            client->on_result(client->result_context, &result);
        }
        result.receipt.index++;
    }
    batch_unuse(client, b);
}

void
batch_on_receipts(struct client *client, struct slice header)
{
    struct message_receipts receipts;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_receipts), header, &receipts, &why)) {
        return;
    }
    struct batch *b = batch_of_request(client, receipts.request);
    if (b == NULL || receipts.count != b->count) {
        return;
    }
    struct client_result result = {
        .receipt = {receipts.block, (uint32_t)receipts.first},
        .time_us = (int64_t)receipts.time_us,
        .err = ERR_OK,
    };
    batch_finish(client, b, &result);
}

bool
batch_on_busy(struct client *client, const struct message_busy *busy)
{
    struct batch *b = batch_of_request(client, busy->request);
    if (b != NULL) {
        b->state = BATCH_READY;
        memcpy(b->busy, busy->reason.data, busy->reason.len);
        b->busy[busy->reason.len] = '\0';
        due_set(client, b, client_after_busy(client, busy));
        b->patience_ms = RETRY_FIRST_MS;
    }
    return b != NULL;
}

bool
batch_on_error(struct client *client, uint64_t request, const struct complaint *why)
{
    struct batch *b = batch_of_request(client, request);
    if (b != NULL) {
        batch_finish(client, b, &(struct client_result){.err = ERR_REFUSED, .why = *why});
    }
    return b != NULL;
}

void
batches_refuse(struct client *client, const struct complaint *why)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        if (in_flight(&client->batches[i])) {
            batch_finish(client, &client->batches[i],
                         &(struct client_result){.err = ERR_REFUSED, .why = *why});
        }
    }
}

void
batches_unsend(struct client *client)
{
    int64_t now = client_now(client);
    for (uint32_t i = 0; i < client->in_flight; i++) {
        struct batch *b = &client->batches[i];
        if (b->state == BATCH_SENT) {
            b->state = BATCH_READY;
            due_set(client, b, now);
            b->patience_ms = RETRY_FIRST_MS;
        }
    }
}

/* The oldest that is due: a sender's reports reach a new broker in the order they were made in. */
static struct batch *
batch_due(struct client *client, int64_t now)
{
    struct batch *oldest = NULL;
    for (uint32_t i = 0; i < client->in_flight; i++) {
        struct batch *b = &client->batches[i];
        if (in_flight(b) && b->due_ms <= now && (oldest == NULL || b->request < oldest->request)) {
            oldest = b;
        }
    }
    return oldest;
}

/* A broker that is there and busy is a better reason than what another refused us with. */
static void
batch_give_up(struct client *client, struct batch *b)
{
    struct client_result result = {.err = ERR_TIMEOUT, .why = client->session.why};
    if (b->busy[0] != '\0') {
        complain(&result.why, CODE_BUSY, slice_text(""), "%s", b->busy);
    }
    batch_finish(client, b, &result);
}

static void
batches_give_up(struct client *client, int64_t now)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        struct batch *b = &client->batches[i];
        if (in_flight(b) && now >= b->give_up_ms) {
            batch_give_up(client, b);
        }
    }
}

static void
deadlines_renew(struct client *client)
{
    client->first_due_ms = NEVER;
    client->first_give_up_ms = NEVER;
    for (uint32_t i = 0; i < client->in_flight; i++) {
        const struct batch *b = &client->batches[i];
        if (in_flight(b)) {
            client->first_due_ms = client_earlier(client->first_due_ms, b->due_ms);
            client->first_give_up_ms = client_earlier(client->first_give_up_ms, b->give_up_ms);
        }
    }
}

/* A window may be of a thousand batches, and a caller ticks for each: all are looked at only when
 * the first of them may be due, which is when one was not answered for a second. */
void
batches_tick(struct client *client, int64_t now)
{
    if (now < batches_deadline(client)) {
        return;
    }
    batches_give_up(client, now);
    struct batch *b;
    while (session_is_open(client) && (b = batch_due(client, now)) != NULL) {
        batch_send(client, b, now);
    }
    deadlines_renew(client);
}

/* What is due while the session is not open waits for the session's own deadline. */
int64_t
batches_deadline(const struct client *client)
{
    return session_is_open(client) ? client_earlier(client->first_due_ms, client->first_give_up_ms)
                                   : client->first_give_up_ms;
}

void
batches_free(struct client *client)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        free(client->batches[i].tags);
        buf_fini(&client->batches[i].message);
    }
    free(client->batches);
    free(client->buckets);
}
