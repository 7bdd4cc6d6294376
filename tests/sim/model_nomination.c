/* Nominations and the documents that they name: a record's own form, and all that it refers to. */
#include "common/check.h"
#include "common/text.h"
#include "proto/limits.h"
#include "tests/sim/model.h"

#include <sodium.h>

/* ---- nominations ---- */

static bool
proposer_is_right(struct model *m, const struct council_turn *t, const struct record_nomination *in,
                  uint32_t *proposer)
{
    uint32_t roles = ACCESS_BIT(ACCESS_SUBMITTER) | ACCESS_BIT(ACCESS_SECRETARY);
    if (!m->has_campaign ||
        (in->campaign.len > 0 && !slice_equal(in->campaign, m->campaign.code))) {
        return model_refuse(m, CODE_CAMPAIGN_UNKNOWN);
    }
    *proposer = model_code(&m->units, in->unit);
    if (*proposer == UINT32_MAX) {
        return model_refuse(m, CODE_UNIT_UNKNOWN);
    }
    return model_may_for(m, t->principal, roles, *proposer, t->today) &&
           (model_version_on(m, *proposer, t->today) != NULL ||
            model_refuse(m, CODE_UNIT_NOT_THEN));
}

static bool
subject_is_right(struct model *m, const struct record_nomination *in, const struct award *award,
                 uint32_t proposer, uint32_t *unit)
{
    if (in->kind < 1 || in->kind > 3) {
        return model_refuse(m, CODE_CHOICE_INVALID);
    }
    if ((award->subjects >> (in->kind - 1) & 1) == 0) {
        return model_refuse(m, CODE_SUBJECT_REFUSED);
    }
    *unit = in->subject_unit.len == 0 ? proposer : model_code(&m->units, in->subject_unit);
    if (*unit == UINT32_MAX) {
        return model_refuse(m, CODE_REFERENCE_UNKNOWN);
    }
    if (text_trim(in->subject).len == 0) {
        return model_refuse(m, CODE_NOTHING_THERE);
    }
    for (size_t i = 0; i < in->subject.len; i++) {
        if (in->subject.data[i] < ' ') {
            return model_refuse(m, CODE_CONTROL_CHARACTER);
        }
    }
    return true;
}

static bool
theme_is_right(struct model *m, struct slice theme)
{
    for (uint32_t i = 0; i < m->campaign.theme_count; i++) {
        if (slice_equal(m->campaign.themes[i].code, theme)) {
            return true;
        }
    }
    return theme.len == 0 || model_refuse(m, CODE_REFERENCE_UNKNOWN);
}

/* Cells of tallies: [unit, period, indicator]. */
static bool
evidence_is_right(struct model *m, struct slice evidence)
{
    struct cursor c = cursor_of(evidence);
    uint32_t count = 0, parts;
    CHECK(evidence.len == 0 || cursor_array(&c, &count) == ERR_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct slice unit, text, indicator;
        struct period period;
        CHECK(cursor_array(&c, &parts) == ERR_OK && cursor_text(&c, &unit) == ERR_OK);
        CHECK(cursor_text(&c, &text) == ERR_OK && cursor_text(&c, &indicator) == ERR_OK);
        uint32_t at = model_code(&m->units, unit);
        if (at == UINT32_MAX) {
            return model_refuse(m, CODE_REFERENCE_UNKNOWN);
        }
        if (period_parse(text, &period) != ERR_OK) {
            return model_refuse(m, CODE_PERIOD_INVALID);
        }
        if (model_version_in(m, at, period) == NULL) {
            return model_refuse(m, CODE_UNIT_NOT_THEN);
        }
        if (period_last_day(period) < m->campaign.from ||
            period_first_day(period) > m->campaign.to) {
            return model_refuse(m, CODE_PERIOD_OUTSIDE);
        }
        if (campaign_indicator(&m->campaign, indicator) == INDEX_NONE) {
            return model_refuse(m, CODE_REFERENCE_UNKNOWN);
        }
    }
    return true;
}

static struct slice
kept(struct model *m, struct slice bytes)
{
    return bytes.len == 0 ? slice_text("") : arena_copy(m->arena, bytes);
}

static struct record_nomination
form_keep(struct model *m, const struct record_nomination *in)
{
    struct record_nomination form = *in;
    form.award = kept(m, in->award);
    form.subject = kept(m, in->subject);
    form.theme = kept(m, in->theme);
    form.summary = kept(m, in->summary);
    form.evidence = kept(m, in->evidence);
    form.documents = kept(m, in->documents);
    return form;
}

/* A place for a new one. It is there only once it is counted. */
static struct model_nomination *
draft(struct model *m, struct slice id)
{
    struct model_council *c = m->council;
    CHECK(c->nomination_count < MODEL_NOMINATIONS_MAX);
    struct model_nomination *n = &c->nominations[c->nomination_count];
    *n = (struct model_nomination){.state = STATE_none};
    memcpy(n->id, id.data, 16);
    return n;
}

bool
model_nominate(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_nomination *in = record;
    const struct act_says says = {0};
    uint32_t proposer, subject_unit = 0;
    if (in->nomination.len != 16) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    uint32_t at = model_nomination_find(m, in->nomination);
    struct model_nomination *n =
        at == UINT32_MAX ? draft(m, in->nomination) : &m->council->nominations[at];
    if (!proposer_is_right(m, t, in, &proposer)) {
        return false;
    }
    if (at != UINT32_MAX && n->proposer != proposer) {
        return model_refuse(m, CODE_NOMINATION_TAKEN);
    }
    const struct review_move *move = model_move_find(m, t, n, REVIEW_submit, &says);
    if (move == NULL) {
        return false;
    }
    const struct award *award = model_award(m, in->award);
    if (award == NULL) {
        return model_refuse(m, CODE_AWARD_UNKNOWN);
    }
    if (!subject_is_right(m, in, award, proposer, &subject_unit) || !theme_is_right(m, in->theme)) {
        return false;
    }
    if (text_trim(in->summary).len == 0) {
        return model_refuse(m, CODE_NOTHING_THERE);
    }
    if (!evidence_is_right(m, in->evidence)) {
        return false;
    }
    if (at == UINT32_MAX) {
        m->council->nomination_count++;
        n->proposer = n->holder = proposer;
        n->submitted_us = t->time_us;
    }
    n->form = form_keep(m, in);
    n->subject_unit = subject_unit;
    n->receipt = t->receipt;
    model_move(m, t, n, move);
    return true;
}

/* ---- documents: those of one chunk ---- */

static const struct model_file *
file_find(const struct model *m, struct slice hash)
{
    for (uint32_t i = 0; i < m->council->file_count; i++) {
        if (slice_equal(hash, slice_of(m->council->files[i].hash, 32))) {
            return &m->council->files[i];
        }
    }
    return NULL;
}

bool
model_file(struct model *m, struct council_turn *t, const struct record_file *in)
{
    uint32_t roles = ACCESS_BIT(ACCESS_SUBMITTER) | ACCESS_BIT(ACCESS_SECRETARY);
    uint32_t unit = model_code(&m->units, in->unit);
    uint8_t hash[32];
    if (in->hash.len != 32 || in->size == 0) {
        return false;
    }
    CHECK(in->size <= FILE_CHUNK_BYTES);
    if (in->index != 0 || in->bytes.len != in->size) {
        return model_refuse(m, CODE_SHAPE_INVALID);
    }
    if (unit == UINT32_MAX) {
        return model_refuse(m, CODE_UNIT_UNKNOWN);
    }
    if (!model_may_for(m, t->principal, roles, unit, t->today)) {
        return false;
    }
    crypto_generichash(hash, sizeof(hash), in->bytes.data, in->bytes.len, NULL, 0);
    if (!slice_equal(in->hash, slice_of(hash, 32))) {
        return model_refuse(m, CODE_DOCUMENT_WRONG);
    }
    if (file_find(m, in->hash) != NULL) {
        t->unchanged = true;
        return true;
    }
    CHECK(m->council->file_count < MODEL_FILES_MAX);
    struct model_file *file = &m->council->files[m->council->file_count++];
    memcpy(file->hash, hash, sizeof(hash));
    file->size = in->size;
    return true;
}
