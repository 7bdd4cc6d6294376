# file: clients/outbox_sender.c
# An entry of an outbox is noted as receipted when it is sent, before its receipt.
s|^    client_flush(s->client);|    for (uint32_t i = 0; i < g->count; i++) {\n        g->notes[i].fate = (struct outbox_fate){.state = OUTBOX_RECEIPTED, .receipt = {1, 0}};\n    }\n    err = err == ERR_OK ? outbox_settle(s->outbox, g->notes, g->count, NULL) : err;\n    client_flush(s->client);|
