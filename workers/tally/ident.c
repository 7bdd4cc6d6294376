/* Numbers for codes: see ident.h. */
#include "workers/tally/ident.h"

static bool
starts_with(struct slice bytes, struct slice prefix)
{
    return bytes.len >= prefix.len && memcmp(bytes.data, prefix.data, prefix.len) == 0;
}

enum err
idents_open(struct idents *idents, struct apply *a, enum ident_kind kind, uint16_t campaign)
{
    *idents = (struct idents){a, kind, campaign, 0};
    struct state_cursor *cursor;
    enum err err = state_cursor_open(a->state, TABLE_IDENT, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    key_ident(&a->key, kind, campaign, slice_text(""));
    struct slice prefix = buf_slice_of(&a->key);
    struct state_row row;
    err = cursor_seek(cursor, prefix, &row);
    while (err == ERR_OK && starts_with(row.key, prefix)) {
        idents->next++;
        err = cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
ident_find(const struct idents *idents, struct slice code, uint32_t *id)
{
    struct apply *a = idents->apply;
    struct slice value;
    key_ident(&a->key, idents->kind, idents->campaign, code);
    enum err err = state_get(a->state, TABLE_IDENT, buf_slice_of(&a->key), &value);
    if (err != ERR_OK) {
        return err;
    }
    return ident_decode(value, id);
}

enum err
ident_give(struct idents *idents, struct slice code, uint32_t *id)
{
    enum err err = ident_find(idents, code, id);
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    struct apply *a = idents->apply;
    *id = idents->next++;
    buf_clear(&a->value);
    ident_encode(*id, &a->value);
    return state_put(a->state, TABLE_IDENT, buf_slice_of(&a->key), buf_slice_of(&a->value));
}
