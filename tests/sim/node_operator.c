/* The operator's process: has a record quarantined, as `thidua-tally --quarantine` does for one that killed
 * its worker twice. Any record will do: what must hold afterwards is the same. One at a time; asks again
 * until it is answered. */
#include "common/check.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdlib.h>

#define AGAIN_US 1500000

static void
say(struct sim *s, const struct buf *message)
{
    struct slice part = buf_slice_of(message);
    net_send(s, s->operator.socket, true, &part, 1);
}

static void
hello_say(struct sim *s)
{
    struct buf out = BUF_EMPTY;
    struct message_hello hello = {
        .version = PROTOCOL_VERSION, .role = ROLE_CLIENT, .name = slice_text("operator")};
    message_encode_hello(&hello, &out);
    say(s, &out);
    buf_fini(&out);
}

static void
quarantine_say(struct sim *s)
{
    struct buf out = BUF_EMPTY;
    struct message_quarantine quarantine = {
        .request = 1,
        .block = s->operator.target.block,
        .index = s->operator.target.index,
        .reason = slice_text("SIGSEGV"),
    };
    message_encode_quarantine(&quarantine, &out);
    say(s, &out);
    buf_fini(&out);
}

void
operator_start(struct sim *s)
{
    snprintf(s->operator.node.name, sizeof(s->operator.node.name), "operator");
    s->operator.node.alive = true;
    s->operator.node.wake_us = INT64_MAX;
    s->operator.socket = net_socket_open(s, &s->operator.node);
    s->net.sockets[s->operator.socket]->connected = true;
}

/* A record of the journal, but none of the broker's own. */
bool
operator_quarantine(struct sim *s)
{
    struct journal_head head;
    struct slice bytes;
    struct block block;
    struct block_record record = {0};
    journal_head(s->broker.journal, &head);
    if (s->operator.busy || head.number == 0) {
        return false;
    }
    uint64_t number = (uint64_t)rng_between(&s->fault_rng, 1, (int64_t)head.number);
    CHECK(journal_read(s->broker.journal, number, &bytes) == ERR_OK);
    CHECK(block_open(bytes, &block) == ERR_OK);
    uint32_t index = (uint32_t)rng_between(&s->fault_rng, 0, block.count - 1);
    struct block_records it = block_records(&block);
    while (block_next(&it, &record) && record.index < index) {
    }
    if (slice_is(record.principal, PRINCIPAL_BROKER)) {
        return false;
    }
    s->operator.busy = s->operator.ever = true;
    s->operator.target =(struct receipt){number, index};
    s->operator.node.wake_us = s->now_us;
    sim_trace("record %" PRIu64 ".%" PRIu32 " is to be quarantined", number, index);
    return true;
}

static void
answer_take(struct sim *s, struct slice header)
{
    uint64_t type;
    struct message_error error;
    struct complaint why;
    if (!s->operator.busy || !layout_peek(header, &type)) {
        return;
    }
    if (type == MESSAGE_welcome) {
        quarantine_say(s);
    } else if (type == MESSAGE_receipts) {
        s->operator.busy = false;
    } else if (type == MESSAGE_error && layout_decode(message_layout(type), header, &error, &why) &&
               code_of_text(error.code) != CODE_HELLO_FIRST) {
        sim_violation("a quarantine was refused: %.*s", SLICE_ARG(error.code));
    }
}

void
operator_turn(struct sim *s)
{
    struct parcel *p;
    while ((p = parcel_pop(&s->net.sockets[s->operator.socket]->inbox)) != NULL) {
        answer_take(s, p->parts[0]);
        free(p);
    }
    s->operator.node.wake_us = INT64_MAX;
    if (s->operator.busy) {
        if (s->now_us >= s->operator.again_us) {
            hello_say(s);
            s->operator.again_us = s->now_us + AGAIN_US;
        }
        s->operator.node.wake_us = s->operator.again_us;
    }
}
