/* Bytes from the broker: read with the bounded cursor, refused whole where they are not what they
 * should be. A receipt told twice is skipped once. */
#include "workers/tally/quarantined.h"

#include "proto/cursor.h"
#include "workers/tally/skipped.h"

static enum err
read_skip(struct cursor *c, struct skip *skip)
{
    uint32_t n;
    uint64_t index = 0;
    enum err err = cursor_array(c, &n);
    if (err == ERR_OK && n != 3) {
        return ERR_FORMAT;
    }
    err = err == ERR_OK ? cursor_uint(c, &skip->receipt.block) : err;
    err = err == ERR_OK ? cursor_uint(c, &index) : err;
    err = err == ERR_OK ? cursor_uint(c, &skip->type) : err;
    skip->receipt.index = (uint32_t)index;
    return err == ERR_OK && index > UINT32_MAX ? ERR_FORMAT : err;
}

enum err
quarantined_tell(struct slice list, struct apply *apply)
{
    struct cursor c = cursor_of(list);
    uint32_t n;
    if (list.len == 0) {
        return ERR_OK;
    }
    if (cursor_array(&c, &n) != ERR_OK) {
        return ERR_FORMAT;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct skip skip;
        if (read_skip(&c, &skip) != ERR_OK) {
            return ERR_FORMAT;
        }
        apply_quarantine(apply, skip.receipt, skip.type);
    }
    return cursor_done(&c) ? ERR_OK : ERR_FORMAT;
}
