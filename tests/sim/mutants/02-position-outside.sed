# file: workers/tally/apply.c
# The position is committed by a second transaction behind that of the effects.
s|return err == ERR_OK ? position_write(a) : err;|return err;|
s|^        err = state_commit(a->state);|        err = state_commit(a->state);\n        if (err == ERR_OK \&\& (err = state_begin(a->state, true)) == ERR_OK) {\n            err = position_write(a);\n            err = err == ERR_OK ? state_commit(a->state) : (state_abort(a->state), err);\n        }|
