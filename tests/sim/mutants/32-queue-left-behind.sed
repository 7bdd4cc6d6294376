# file: workers/tally/council.c
# The queue keeps the row of the state before.
s|        enum err err = state_del(a->state, TABLE_QUEUE, buf_slice_of(&a->key));|        enum err err = ERR_OK;|
