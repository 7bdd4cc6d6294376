# file: clients/outbox_sender.c
# A group that got no receipts is not sent again before what is behind it.
s|outbox_read(s->outbox, OUTBOX_PENDING, 0, gather, s)|outbox_read(s->outbox, OUTBOX_PENDING, g->notes[0].number + 1, gather, s)|
