# file: broker/sequencer_local.c
# Receipts are made before the append, and made whether or not it succeeds.
s|err = err == ERR_OK ? journal_append(s->journal, block.bytes) : err;|s->deliver(s->context, \&block);\n    (void)!journal_append(s->journal, block.bytes);|
/^    s->deliver(s->context, &block);$/d
