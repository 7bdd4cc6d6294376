# file: workers/tally/once.c
# The ULID of what was applied is not kept.
s|^    return state_put(a->state, TABLE_ULID,.*|    return ERR_OK;|
