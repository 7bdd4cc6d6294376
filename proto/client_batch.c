/* Batches: the window of SUBMITs in flight. A batch keeps its encoded message until its answer, so
 * that sending again sends the same bytes. Each record gets exactly one result, because a batch
 * leaves READY or SENT once, through batch_finish, and an answer is taken only in those two states.
 * A late answer to an earlier try is as good as one to the last: the records are on disk. */
#include "proto/client_impl.h"

#include "common/mem.h"
#include "common/text.h"
#include "proto/pack.h"

#include <stdlib.h>

#define ENTRY_FRAMING 8 /* array of two, head of the unit, head of the body */
#define ARRAY_FRAMING 5 /* head of the array of entries */

static struct batch *
batch_unused(struct client *client)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        if (client->batches[i].state == BATCH_FREE) {
            return &client->batches[i];
        }
    }
    return NULL;
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
    struct batch *b = batch_unused(client);
    if (b != NULL) {
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

/* The entries become a SUBMIT. The time to give up runs from here, the first try, whether or not a
 * broker is there to be tried. */
void
batch_seal(struct client *client)
{
    struct batch *b = client->filling;
    if (b == NULL || b->count == 0) {
        return;
    }
    struct buf records = BUF_EMPTY;
    pack_array(&records, b->count);
    pack_raw(&records, buf_slice_of(&b->message));
    b->request = client->next_request++;
    struct message_submit submit = {.request = b->request, .records = buf_slice_of(&records)};
    buf_clear(&b->message);
    message_encode_submit(&submit, &b->message);
    buf_fini(&records);
    int64_t now = client_now(client);
    b->state = BATCH_READY;
    b->due_ms = now;
    b->give_up_ms = now + client->give_up_ms;
    b->patience_ms = RETRY_FIRST_MS;
    client->filling = NULL;
}

static bool
in_flight(const struct batch *b)
{
    return b->state == BATCH_READY || b->state == BATCH_SENT;
}

static struct batch *
batch_of_request(struct client *client, uint64_t request)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        if (in_flight(&client->batches[i]) && client->batches[i].request == request) {
            return &client->batches[i];
        }
    }
    return NULL;
}

/* The end of a batch. The callbacks may submit: the slot is neither theirs nor ours meanwhile. */
static void
batch_finish(struct client *client, struct batch *b, const struct client_result *like)
{
    b->state = BATCH_ANSWERING;
    struct client_result result = *like;
    for (uint32_t i = 0; i < b->count; i++) {
        result.tag = b->tags[i];
        client->pending--;
        if (client->on_result != NULL) {
            client->on_result(client->result_context, &result);
        }
        result.receipt.index++;
    }
    b->state = BATCH_FREE;
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
        b->due_ms = client_after_busy(client, busy);
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
batches_unsend(struct client *client)
{
    int64_t now = client_now(client);
    for (uint32_t i = 0; i < client->in_flight; i++) {
        struct batch *b = &client->batches[i];
        if (b->state == BATCH_SENT) {
            b->state = BATCH_READY;
            b->due_ms = now;
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

static void
batch_send(struct client *client, struct batch *b, int64_t now)
{
    if (session_send(client, buf_slice_of(&b->message), now)) {
        b->state = BATCH_SENT;
        b->due_ms = now + client_jitter(b->patience_ms);
        b->patience_ms = client_longer(b->patience_ms, RETRY_MAX_MS);
    } else {
        b->due_ms = now + SEND_AGAIN_MS;
    }
}

static void
batches_give_up(struct client *client, int64_t now)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        struct batch *b = &client->batches[i];
        if (in_flight(b) && now >= b->give_up_ms) {
            batch_finish(client, b,
                         &(struct client_result){.err = ERR_TIMEOUT, .why = client->session.why});
        }
    }
}

void
batches_tick(struct client *client, int64_t now)
{
    batches_give_up(client, now);
    struct batch *b;
    while (session_is_open(client) && (b = batch_due(client, now)) != NULL) {
        batch_send(client, b, now);
    }
}

/* What is due while the session is not open waits for the session's own deadline. */
int64_t
batches_deadline(const struct client *client)
{
    int64_t deadline = NEVER;
    for (uint32_t i = 0; i < client->in_flight; i++) {
        const struct batch *b = &client->batches[i];
        if (!in_flight(b)) {
            continue;
        }
        int64_t due = b->give_up_ms;
        if (session_is_open(client) && b->due_ms < due) {
            due = b->due_ms;
        }
        deadline = due < deadline ? due : deadline;
    }
    return deadline;
}

void
batches_free(struct client *client)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        free(client->batches[i].tags);
        buf_fini(&client->batches[i].message);
    }
    free(client->batches);
}
