/* VERDICT: what became of a record that was not plainly accepted. */
#include "workers/state/rows_impl.h"

void
verdict_encode(const struct verdict_row *v, struct buf *out)
{
    buf_byte(out, (uint8_t)v->verdict);
    buf_byte(out, v->flags);
    buf_byte(out, v->record_type);
    row_put_text(out, v->unit);
    row_put_text(out, v->code);
    row_put_text(out, v->subject);
    row_put_text(out, v->detail);
    row_put_text(out, v->principal);
}

enum err
verdict_decode(struct slice value, struct verdict_row *v)
{
    struct reader r = reader_of(value);
    uint8_t verdict = reader_byte(&r);
    v->verdict = (enum verdict)verdict;
    v->flags = reader_byte(&r);
    v->record_type = reader_byte(&r);
    v->unit = row_text(&r);
    v->code = row_text(&r);
    v->subject = row_text(&r);
    v->detail = row_text(&r);
    v->principal = row_text(&r);
    if (verdict < VERDICT_ACCEPTED || verdict > VERDICT_QUARANTINED) {
        return ERR_CORRUPT;
    }
    return row_end(&r);
}
