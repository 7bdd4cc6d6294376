/* The tables' keys: big-endian, so that LMDB's order of bytes is the order of numbers, and a range
 * (a period's tallies, a unit's reports) is one run of neighbours. A variable part that something
 * follows ends with a zero byte, which no code and no principal contains. */
#include "workers/state/rows_impl.h"

#define RECEIPT_KEY_SIZE 12

void
key_ident(struct buf *out, enum ident_kind kind, uint16_t campaign, struct slice code)
{
    buf_clear(out);
    buf_byte(out, (uint8_t)kind);
    buf_be16(out, campaign);
    buf_slice(out, code);
}

enum err
ident_key_decode(struct slice key, struct ident_key *k)
{
    struct reader r = reader_of(key);
    uint8_t kind = reader_byte(&r);
    k->kind = (enum ident_kind)kind;
    k->campaign = reader_be16(&r);
    k->code = reader_bytes(&r, reader_left(&r));
    if (kind < IDENT_CAMPAIGN || kind > IDENT_SOURCE || k->code.len == 0) {
        return ERR_CORRUPT;
    }
    return row_end(&r);
}

void
key_campaign(struct buf *out, uint16_t campaign)
{
    buf_clear(out);
    buf_be16(out, campaign);
}

enum err
campaign_key_decode(struct slice key, uint16_t *campaign)
{
    struct reader r = reader_of(key);
    *campaign = reader_be16(&r);
    return row_end(&r);
}

void
key_unit(struct buf *out, uint32_t unit, int32_t from)
{
    buf_clear(out);
    buf_be32(out, unit);
    buf_be32(out, (uint32_t)from);
}

enum err
unit_key_decode(struct slice key, uint32_t *unit, int32_t *from)
{
    struct reader r = reader_of(key);
    *unit = reader_be32(&r);
    uint32_t day = reader_be32(&r);
    *from = (int32_t)day;
    return day > DAY_MAX ? ERR_CORRUPT : row_end(&r);
}

static void
put_receipt(struct buf *out, struct receipt receipt)
{
    buf_be64(out, receipt.block);
    buf_be32(out, receipt.index);
}

static struct receipt
get_receipt(struct reader *r)
{
    struct receipt receipt = {.block = reader_be64(r)};
    receipt.index = reader_be32(r);
    return receipt;
}

void
key_receipt(struct buf *out, struct receipt receipt)
{
    buf_clear(out);
    put_receipt(out, receipt);
}

enum err
receipt_key_decode(struct slice key, struct receipt *receipt)
{
    struct reader r = reader_of(key);
    *receipt = get_receipt(&r);
    return row_end(&r);
}

void
key_rejected(struct buf *out, struct slice unit, struct receipt receipt)
{
    buf_clear(out);
    buf_slice(out, unit);
    buf_byte(out, 0);
    put_receipt(out, receipt);
}

enum err
rejected_key_decode(struct slice key, struct slice *unit, struct receipt *receipt)
{
    if (key.len < RECEIPT_KEY_SIZE + 1) {
        return ERR_CORRUPT;
    }
    struct reader r = reader_of(key);
    *unit = reader_bytes(&r, key.len - RECEIPT_KEY_SIZE - 1);
    uint8_t end = reader_byte(&r);
    *receipt = get_receipt(&r);
    return end != 0 ? ERR_CORRUPT : row_end(&r);
}

void
key_ulid(struct buf *out, struct slice principal, struct slice id)
{
    buf_clear(out);
    buf_slice(out, principal);
    buf_byte(out, 0);
    buf_slice(out, id);
}

void
key_report(struct buf *out, const struct report_key *k)
{
    buf_clear(out);
    buf_be16(out, k->campaign);
    buf_be16(out, k->form);
    buf_be32(out, k->unit);
    buf_be32(out, k->period);
    buf_be16(out, k->source);
}

enum err
report_key_decode(struct slice key, struct report_key *k)
{
    struct reader r = reader_of(key);
    k->campaign = reader_be16(&r);
    k->form = reader_be16(&r);
    k->unit = reader_be32(&r);
    k->period = reader_be32(&r);
    k->source = reader_be16(&r);
    if (reader_left(&r) != 0) {
        reader_bytes(&r, RECEIPT_KEY_SIZE);
    }
    return row_end(&r);
}

void
key_history(struct buf *out, const struct report_key *k, struct receipt receipt)
{
    key_report(out, k);
    put_receipt(out, receipt);
}

void
key_tally(struct buf *out, const struct tally_key *k)
{
    buf_clear(out);
    buf_be16(out, k->campaign);
    buf_be16(out, k->form);
    buf_byte(out, (uint8_t)k->gran);
    buf_be32(out, k->period);
    buf_be32(out, k->unit);
}

enum err
tally_key_decode(struct slice key, struct tally_key *k)
{
    struct reader r = reader_of(key);
    k->campaign = reader_be16(&r);
    k->form = reader_be16(&r);
    uint8_t gran = reader_byte(&r);
    k->gran = (enum granularity)gran;
    k->period = reader_be32(&r);
    k->unit = reader_be32(&r);
    return gran < GRAN_DAY || gran > GRAN_YEAR ? ERR_CORRUPT : row_end(&r);
}
