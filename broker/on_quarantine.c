/* QUARANTINE: who runs the workers saw a record kill one twice. The broker journals it as a record of
 * its own; its ULID comes from the receipt, so that told by two at once it still counts once. It is
 * taken however far the workers are behind: a worker that dies of a record is why they are. */
#include "broker/core.h"

#include <inttypes.h>
#include <sodium.h>

#define ULID_SIZE 16
#define ULID_TIME 6 /* bytes of milliseconds */

/* A principal of another machine may not silence what others reported. */
#define OPERATOR "local"

static void
ulid_of(struct receipt receipt, int64_t time_us, uint8_t id[ULID_SIZE])
{
    char text[RECEIPT_TEXT];
    uint8_t hash[crypto_generichash_BYTES_MIN];
    uint64_t ms = (uint64_t)(time_us / 1000);
    receipt_format(receipt, text);
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, strlen(text), NULL, 0);
    for (int i = 0; i < ULID_TIME; i++) {
        id[i] = (uint8_t)(ms >> (8 * (ULID_TIME - 1 - i)));
    }
    memcpy(id + ULID_TIME, hash, ULID_SIZE - ULID_TIME);
}

static void
tell_known(struct broker *b, const struct peer *from, uint64_t request,
           const struct quarantined *known)
{
    struct block block;
    struct block_record record;
    bool read = quarantine_read(b, known->own, &block, &record) == ERR_OK;
    struct message_receipts receipts = {.request = request,
                                        .block = known->own.block,
                                        .first = known->own.index,
                                        .count = 1,
                                        .time_us = read ? (uint64_t)block.time_us : 0};
    message_encode_receipts(&receipts, replies_open(&b->replies));
    replies_close(&b->replies, from->identity);
}

/* The unit and the type are told along, so that a shard knows from this record alone whether it has
 * applied the other. Of the other's body nothing but its type is read. */
static enum err
journal_it(struct broker *b, const struct peer *from, const struct message_quarantine *m,
           const struct block *block, const struct block_record *record)
{
    uint8_t id[ULID_SIZE];
    uint64_t type = 0;
    struct buf body = BUF_EMPTY;
    ulid_of((struct receipt){block->number, record->index}, block->time_us, id);
    if (!layout_peek(record->body, &type) || type > UINT16_MAX) {
        type = 0;
    }
    struct record_quarantine own = {.block = block->number,
                                    .index = record->index,
                                    .unit = record->unit,
                                    .id = slice_of(id, sizeof(id)),
                                    .reason = m->reason,
                                    .record = type};
    record_encode_quarantine(&own, &body);
    enum err err = batch_take_own(b, from->session, m->request, buf_slice_of(&body));
    buf_fini(&body);
    return err;
}

enum err
on_quarantine(struct broker *b, const struct peer *from, const union message *message)
{
    const struct message_quarantine *m = &message->quarantine;
    struct receipt receipt = {m->block, (uint32_t)m->index};
    const struct quarantined *known = quarantine_find(&b->quarantine, receipt);
    struct block block;
    struct block_record record;
    struct complaint why;
    if (strcmp(from->session->principal, OPERATOR) != 0) {
        complain(&why, CODE_NOT_ALLOWED, slice_text(""), "%s", from->session->principal);
    } else if (known != NULL) {
        tell_known(b, from, m->request, known);
        return ERR_OK;
    } else if (quarantine_read(b, receipt, &block, &record) != ERR_OK) {
        complain(&why, CODE_RECEIPT_UNKNOWN, slice_text(""), "%" PRIu64 ".%" PRIu64, m->block,
                 m->index);
    } else if (b->quarantine.count >= QUARANTINES_MAX) {
        complain(&why, CODE_TOO_MANY, slice_text("quarantined"), "%d", QUARANTINES_MAX);
    } else {
        return journal_it(b, from, m, &block, &record);
    }
    broker_refuse(b, from->identity, m->request, &why);
    return ERR_OK;
}
