# file: broker/sequencer_local.c
# Receipts are made before the append, and made whether or not it succeeds.
/^        s->deliver(s->context, &block);$/d
s|    enum err err = journal_append(s->journal, block.bytes);|    enum err err = ERR_OK;\n    s->deliver(s->context, \&block);\n    (void)!journal_append(s->journal, block.bytes);|
