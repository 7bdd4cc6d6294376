/* The client library facing a broker that says anything, in any order, while reports and a question are
 * open: each record ends once, at most; an answer is the one that was asked for. A part's control byte
 * says how long the client's clock goes on before it, and whether the message's request is made one that
 * is open, so that what stands behind the request is reached. No socket: what the client says goes
 * nowhere, what it is told is given to client_take. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/client_impl.h"
#include "proto/pack.h"

#define REPORTS 12
#define NOON_US 1636088400000000

struct bench {
    struct clock clock;
    struct client *client;
    unsigned results[REPORTS];
    unsigned ended;
};

static void
on_result(void *context, const struct client_result *result)
{
    struct bench *b = context;
    CHECK(result->tag < REPORTS);
    CHECK(b->results[result->tag]++ == 0);
    b->ended++;
    if (result->err != ERR_OK) {
        fuzz_why(&result->why);
    }
}

static void
bench_open(struct bench *b)
{
    char why[256];
    struct client_options options = {.brokers = "ipc:///nowhere/a, ipc:///nowhere/b",
                                     .name = "fuzz",
                                     .in_flight = 3,
                                     .batch_records = 2,
                                     .give_up_ms = 60000};
    *b = (struct bench){.clock = clock_fake(NOON_US)};
    b->client = client_new_on(&options, &b->clock, why);
    CHECK(b->client != NULL);
    client_on_result(b->client, on_result, b);
}

/* The message with its request made one of the batches' or the question's. */
static void
request_put(const struct bench *b, uint8_t which, struct slice in, struct buf *out)
{
    struct cursor c = cursor_of(in);
    uint32_t pairs;
    bool is_map = cursor_map(&c, &pairs) == ERR_OK;
    uint64_t type;
    if (!is_map || pairs < 2 || !layout_peek(in, &type) || in.len < 5) {
        buf_slice(out, in);
        return;
    }
    const struct layout *layout = message_layout(type);
    uint64_t request = which < 3 ? b->client->batches[which].request : b->client->query.request;
    uint8_t fields[512] __attribute__((aligned(16)));
    struct complaint why;
    if (layout == NULL || layout->size > sizeof fields ||
        !layout_decode(layout, in, fields, &why)) {
        buf_slice(out, in);
        return;
    }
    for (unsigned i = 0; i < layout->count; i++) {
        if (layout->fields[i].kind == FIELD_UINT &&
            strcmp(layout->fields[i].name, "request") == 0) {
            *(uint64_t *)(void *)(fields + layout->fields[i].offset) = request;
        }
    }
    layout_encode(layout, fields, out);
}

static void
turn(struct bench *b, const struct fuzz_part *part)
{
    struct buf message = BUF_EMPTY;
    b->clock.now_us += (int64_t)(part->control >> 4) * 1000000;
    client_step(b->client, 0);
    if ((part->control & 4) != 0) {
        request_put(b, part->control & 3, part->bytes, &message);
    } else {
        buf_slice(&message, part->bytes);
    }
    client_take(b->client, buf_slice_of(&message));
    CHECK(client_pending(b->client) + b->ended <= REPORTS);
    buf_fini(&message);
}

void
fuzz_client(struct slice in)
{
    struct bench b;
    struct fuzz_part part;
    enum err err;
    struct slice body;
    uint64_t as_of, tag = 0;
    struct complaint why;
    bench_open(&b);
    client_ask(b.client, "tally", slice_text("\x80"), 0);
    while (fuzz_part_next(&in, &part)) {
        if (tag < REPORTS &&
            client_submit(b.client, slice_text("w1"), slice_text("\x80"), tag) == ERR_OK) {
            tag++;
        }
        turn(&b, &part);
    }
    CHECK(client_pending(b.client) + b.ended == tag);
    if (client_answered(b.client, &err, &body, &as_of, &why) && err == ERR_REFUSED) {
        fuzz_why(&why);
    }
    client_free(&b.client);
}
