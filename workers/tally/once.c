/* Which ULIDs were used: see once.h. A row's key is the table's with the unit's code behind it. */
#include "workers/tally/once.h"

#include "proto/access.h"

#define ULID_SIZE 16

bool
once_check(struct slice id, struct complaint *why)
{
    if (id.len != ULID_SIZE) {
        return complain(why, CODE_MISSING_FIELD, slice_text("id"), "%zu bytes", id.len);
    }
    return true;
}

static void
once_key(struct apply *a, const struct once *once)
{
    struct slice who, via; /* by whichever gateway: sent again through another it is the same */
    principal_split(once->principal, &who, &via);
    key_ulid(&a->key, who, once->id);
    buf_slice(&a->key, once->unit);
}

enum err
once_seen(struct apply *a, const struct once *once, bool *seen)
{
    *seen = false;
    /* Nobody with a longer name may speak, so none was kept; and the key has its limit. */
    if (once->principal.len > PRINCIPAL_MAX) {
        return ERR_OK;
    }
    struct slice value;
    once_key(a, once);
    enum err err = state_get(a->state, TABLE_ULID, buf_slice_of(&a->key), &value);
    *seen = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
once_keep(struct apply *a, const struct once *once, struct receipt receipt)
{
    once_key(a, once);
    key_receipt(&a->value, receipt);
    return state_put(a->state, TABLE_ULID, buf_slice_of(&a->key), buf_slice_of(&a->value));
}
