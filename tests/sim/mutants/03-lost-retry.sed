# file: proto/client_batch.c
# A SUBMIT that was sent and not answered is not sent again while its session lives.
s|if (in_flight(b) && b->due_ms <= now|if (b->state == BATCH_READY \&\& b->due_ms <= now|
