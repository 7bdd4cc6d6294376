/* What became of a record, written down: see verdicts.h. */
#include "workers/tally/verdicts.h"

#include "common/check.h"
#include "common/text.h"

#include <sodium.h>

static uint64_t *
counter_of(struct position *position, enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPTED:
        return &position->accepted;
    case VERDICT_CORRECTED:
        return &position->corrected;
    case VERDICT_UNCHANGED:
        return &position->unchanged;
    case VERDICT_SUPERSEDED:
        return &position->superseded;
    case VERDICT_REJECTED:
        return &position->rejected;
    case VERDICT_QUARANTINED:
        return &position->quarantined;
    }
    CHECK(!"a verdict");
}

static void
chain_add(struct apply *a, const struct record *record, const struct outcome *outcome)
{
    const char *code = code_text(outcome->why.code);
    buf_be32(&a->told, record->receipt.index);
    buf_byte(&a->told, (uint8_t)outcome->verdict);
    buf_byte(&a->told, outcome->flags);
    buf_byte(&a->told, (uint8_t)strlen(code));
    buf_put(&a->told, code, strlen(code));
}

void
verdicts_close_block(struct apply *a)
{
    if (a->told.len == 0) {
        return;
    }
    crypto_generichash_state hash;
    uint8_t *chain = a->position.verdict_chain;
    crypto_generichash_init(&hash, NULL, 0, BLOCK_CHAIN_SIZE);
    crypto_generichash_update(&hash, chain, BLOCK_CHAIN_SIZE);
    crypto_generichash_update(&hash, a->told.data, a->told.len);
    crypto_generichash_final(&hash, chain, BLOCK_CHAIN_SIZE);
    buf_clear(&a->told);
}

/* Whether the unit says whose the record was. Of a report or a withdrawal that had an effect it does: that
 * is by far the most of what is stored here. An act is often about another's unit (who approves a ward's
 * month is its district), and who sent it must still be told what became of it. */
static bool
unit_says_whose(uint8_t type, const struct outcome *outcome, struct slice unit)
{
    bool refused = outcome->verdict == VERDICT_REJECTED || outcome->verdict == VERDICT_QUARANTINED;
    return !refused && unit.len > 0 && (type == RECORD_report || type == RECORD_withdrawal);
}

static enum err
verdict_store(struct apply *a, const struct record *record, uint8_t type,
              const struct outcome *outcome)
{
    /* An envelope may say anything; only a code is a key that fits and that someone can ask for. */
    struct slice unit = code_is_valid(record->unit) ? record->unit : slice_text("");
    bool refused = outcome->verdict == VERDICT_REJECTED || outcome->verdict == VERDICT_QUARANTINED;
    struct verdict_row row = {
        .verdict = outcome->verdict,
        .flags = outcome->flags,
        .record_type = type,
        .unit = unit,
        .code = slice_text(code_text(outcome->why.code)),
        .subject = slice_text(outcome->why.subject),
        .detail = slice_text(outcome->why.detail),
        .principal = unit_says_whose(type, outcome, unit) ? slice_text("") : record->principal,
    };
    key_receipt(&a->key, record->receipt);
    buf_clear(&a->value);
    verdict_encode(&row, &a->value);
    enum err err =
        state_put(a->state, TABLE_VERDICT, buf_slice_of(&a->key), buf_slice_of(&a->value));
    if (err != ERR_OK || !refused) {
        return err;
    }
    key_rejected(&a->key, unit, record->receipt);
    return state_put(a->state, TABLE_REJECTED, buf_slice_of(&a->key), slice_text(""));
}

enum err
verdict_tell(struct apply *a, const struct record *record, uint8_t type,
             const struct outcome *outcome)
{
    *counter_of(&a->position, outcome->verdict) += 1;
    chain_add(a, record, outcome);
    a->rejected[outcome->verdict == VERDICT_REJECTED ? outcome->why.code : CODE_NONE]++;
    if (outcome->verdict == VERDICT_ACCEPTED && outcome->flags == 0) {
        return ERR_OK;
    }
    return verdict_store(a, record, type, outcome);
}
