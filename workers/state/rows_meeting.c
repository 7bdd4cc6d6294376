/* MEETING and VOTE, where the opening of a secret vote stands under no name. */
#include "workers/state/rows_council.h"
#include "workers/state/rows_impl.h"

#define ID_SIZE 16

static void
put_members(const struct meeting_row *m, struct buf *out)
{
    buf_varint(out, m->member_count);
    for (uint32_t i = 0; i < m->member_count; i++) {
        row_put_text(out, m->members[i]);
        buf_byte(out, m->present[i] ? 1 : 0);
    }
}

static void
get_members(struct reader *r, struct arena *arena, struct meeting_row *m)
{
    m->member_count = row_count(r, 2);
    if (m->member_count == 0) {
        return;
    }
    m->members = ARENA_ARRAY(arena, struct slice, m->member_count);
    m->present = ARENA_ARRAY(arena, bool, m->member_count);
    for (uint32_t i = 0; i < m->member_count; i++) {
        m->members[i] = row_text(r);
        m->present[i] = row_choice(r, 0, 1) == 1;
    }
}

void
meeting_encode(const struct meeting_row *m, struct buf *out)
{
    buf_varint(out, m->campaign);
    buf_varint(out, m->unit);
    buf_byte(out, m->closed ? 1 : 0);
    buf_zigzag(out, m->time_us);
    row_put_receipt(out, m->receipt);
    row_put_text(out, m->title);
    row_put_text(out, m->date);
    row_put_text(out, m->teller);
    row_put_text(out, m->ballot_key);
    put_members(m, out);
    buf_varint(out, m->nomination_count);
    for (uint32_t i = 0; i < m->nomination_count; i++) {
        buf_slice(out, m->nominations[i]);
    }
}

enum err
meeting_decode(struct slice value, struct arena *arena, struct meeting_row *m)
{
    struct reader r = reader_of(value);
    memset(m, 0, sizeof(*m));
    m->campaign = (uint16_t)row_uint(&r, UINT16_MAX);
    m->unit = (uint32_t)row_uint(&r, UINT32_MAX);
    m->closed = row_choice(&r, 0, 1) == 1;
    m->time_us = reader_zigzag(&r);
    m->receipt = row_receipt(&r);
    m->title = row_text(&r);
    m->date = row_text(&r);
    m->teller = row_text(&r);
    m->ballot_key = row_text(&r);
    get_members(&r, arena, m);
    m->nomination_count = row_count(&r, ID_SIZE);
    if (m->nomination_count > 0) {
        m->nominations = ARENA_ARRAY(arena, struct slice, m->nomination_count);
    }
    for (uint32_t i = 0; i < m->nomination_count; i++) {
        m->nominations[i] = reader_bytes(&r, ID_SIZE);
    }
    return row_end(&r);
}

void
vote_encode(const struct vote_row *v, struct buf *out)
{
    buf_byte(out, (uint8_t)v->choice);
    buf_byte(out, v->written ? 1 : 0);
    buf_zigzag(out, v->time_us);
    row_put_receipt(out, v->receipt);
    row_put_text(out, v->commitment);
    row_put_text(out, v->sealed);
}

enum err
vote_decode(struct slice value, struct vote_row *v)
{
    struct reader r = reader_of(value);
    v->choice = (enum choice)row_choice(&r, 0, CHOICE_ABSTAIN);
    v->written = row_choice(&r, 0, 1) == 1;
    v->time_us = reader_zigzag(&r);
    v->receipt = row_receipt(&r);
    v->commitment = row_text(&r);
    v->sealed = row_text(&r);
    return row_end(&r);
}

void
opening_encode(const struct opening_row *o, struct buf *out)
{
    buf_varint(out, o->yes);
    buf_varint(out, o->no);
    buf_varint(out, o->abstain);
    row_put_receipt(out, o->receipt);
    row_put_text(out, o->blinding);
    buf_varint(out, o->spoilt_count);
    for (uint32_t i = 0; i < o->spoilt_count; i++) {
        row_put_text(out, o->spoilt[i]);
    }
}

enum err
opening_decode(struct slice value, struct arena *arena, struct opening_row *o)
{
    struct reader r = reader_of(value);
    memset(o, 0, sizeof(*o));
    o->yes = (uint32_t)row_uint(&r, UINT32_MAX);
    o->no = (uint32_t)row_uint(&r, UINT32_MAX);
    o->abstain = (uint32_t)row_uint(&r, UINT32_MAX);
    o->receipt = row_receipt(&r);
    o->blinding = row_text(&r);
    o->spoilt_count = row_count(&r, 1);
    o->spoilt = o->spoilt_count == 0 ? NULL : ARENA_ARRAY(arena, struct slice, o->spoilt_count);
    for (uint32_t i = 0; i < o->spoilt_count; i++) {
        o->spoilt[i] = row_text(&r);
    }
    return row_end(&r);
}
