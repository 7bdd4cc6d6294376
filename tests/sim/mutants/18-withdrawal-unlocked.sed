# file: workers/tally/validate.c
# The lock of an approved period is forgotten for withdrawals.
s|    if (approval_locks(&of, &by)) {|    if (c->record->type != RECORD_withdrawal \&\& approval_locks(\&of, \&by)) {|
