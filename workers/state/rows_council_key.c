/* Keys of the council's tables. People's identities are 16 bytes, so that a key's parts need no
 * separator; days are stored with their sign turned, so that days before 1970 sort first. */
#include "common/collate.h"
#include "workers/state/rows_council.h"
#include "workers/state/rows_impl.h"

#include <sodium.h>

#define ID_SIZE 16
#define DAY_SIGN 0x80000000u

void
key_approval(struct buf *out, uint16_t campaign, uint32_t unit, struct period period)
{
    buf_clear(out);
    buf_be16(out, campaign);
    buf_be32(out, unit);
    buf_byte(out, (uint8_t)period.gran);
    buf_be32(out, period.ordinal);
}

enum err
approval_key_decode(struct slice key, uint16_t *campaign, uint32_t *unit, struct period *period)
{
    struct reader r = reader_of(key);
    *campaign = reader_be16(&r);
    *unit = reader_be32(&r);
    uint8_t gran = reader_byte(&r);
    period->gran = (enum granularity)gran;
    period->ordinal = reader_be32(&r);
    return gran < GRAN_DAY || gran > GRAN_YEAR ? ERR_CORRUPT : row_end(&r);
}

void
key_nomination(struct buf *out, struct slice nomination)
{
    buf_clear(out);
    buf_slice(out, nomination);
}

void
key_act(struct buf *out, struct slice nomination, struct receipt receipt)
{
    buf_clear(out);
    buf_slice(out, nomination);
    buf_be64(out, receipt.block);
    buf_be32(out, receipt.index);
}

void
key_queue(struct buf *out, uint32_t holder, enum review_state state, int32_t deadline,
          struct slice nomination)
{
    buf_clear(out);
    buf_be32(out, holder);
    buf_byte(out, (uint8_t)state);
    buf_be32(out, (uint32_t)deadline ^ DAY_SIGN);
    buf_slice(out, nomination);
}

enum err
queue_key_decode(struct slice key, uint32_t *holder, enum review_state *state, int32_t *deadline,
                 struct slice *nomination)
{
    struct reader r = reader_of(key);
    *holder = reader_be32(&r);
    uint8_t number = reader_byte(&r);
    *state = (enum review_state)number;
    *deadline = (int32_t)(reader_be32(&r) ^ DAY_SIGN);
    *nomination = reader_bytes(&r, ID_SIZE);
    return number == STATE_none || number > REVIEW_STATE_MAX ? ERR_CORRUPT : row_end(&r);
}

void
key_subject(struct buf *out, struct slice subject, struct slice nomination)
{
    buf_clear(out);
    buf_slice(out, subject);
    buf_byte(out, 0);
    buf_slice(out, nomination);
}

void
subject_fold(struct slice subject, struct buf *out)
{
    size_t before = out->len;
    collate_fold(subject, out);
    if (out->len - before > SUBJECT_FOLD_MAX) {
        out->len = before + SUBJECT_FOLD_MAX; /* decomposed, some scripts grow */
    }
}

void
key_meeting(struct buf *out, struct slice meeting)
{
    buf_clear(out);
    buf_slice(out, meeting);
}

void
key_vote(struct buf *out, struct slice meeting, struct slice nomination, struct slice principal)
{
    buf_clear(out);
    buf_slice(out, meeting);
    buf_slice(out, nomination);
    buf_slice(out, principal);
}

void
key_file(struct buf *out, struct slice hash, uint16_t chunk)
{
    buf_clear(out);
    buf_slice(out, hash);
    buf_be16(out, chunk);
}

void
file_stage(struct slice hash, uint64_t size, struct slice unit, uint8_t stage[32])
{
    crypto_generichash_state state;
    uint8_t size_bytes[8];
    le64_put(size_bytes, size);
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, hash.data, hash.len);
    crypto_generichash_update(&state, size_bytes, sizeof(size_bytes));
    crypto_generichash_update(&state, unit.data, unit.len);
    crypto_generichash_final(&state, stage, 32);
}
