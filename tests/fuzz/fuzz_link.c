/* A worker's link, and what takes its blocks, facing a broker that says anything in any order. A real
 * socket on both sides, because a link has no other way in; the broker's is kept from input to input, and
 * each link is a new peer of it. A part is a message: its bytes are the header, and the control byte says
 * how many frames come with it. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/proc.h"
#include "tests/lib/tempdir.h"
#include "workers/limits.h"
#include "workers/link.h"
#include "workers/tally/intake.h"

#include <errno.h>
#include <stdlib.h>

#define NOON_US 1636088400000000
#define WAIT_MS 10000 /* for bytes that are on their way; a machine may stand still for a second */
#define HEAR_MS 2
#define PARTS_MAX 8

static struct {
    void *context, *router;
    char endpoint[256];
} broker;

static char *folder;

static void
broker_close(void)
{
    zmq_close(broker.router);
    zmq_ctx_term(broker.context);
    tempdir_free(folder);
}

static void
broker_open(void)
{
    if (broker.router != NULL) {
        return;
    }
    folder = tempdir_new();
    snprintf(broker.endpoint, sizeof broker.endpoint, "ipc://%s/broker", folder);
    broker.context = zmq_ctx_new();
    broker.router = socket_open(broker.context, ZMQ_ROUTER);
    CHECK(broker.router != NULL && zmq_bind(broker.router, broker.endpoint) == 0);
    atexit(broker_close);
}

/* The next message that comes to the broker; its sender into `peer`. */
static bool
broker_hears(struct buf *peer)
{
    struct frames in = {0};
    zmq_pollitem_t item = {.socket = broker.router, .events = ZMQ_POLLIN};
    int ready;
    do { /* the fuzzer's own alarm interrupts a wait now and then */
        ready = zmq_poll(&item, 1, WAIT_MS);
    } while (ready < 0 && errno == EINTR);
    bool heard = ready == 1 && frames_receive(&in, broker.router) == ERR_OK;
    if (heard) {
        buf_clear(peer);
        buf_slice(peer, frames_slice(&in, 0));
    }
    frames_fini(&in);
    return heard;
}

static void
broker_says(const struct buf *peer, const struct fuzz_part *part)
{
    struct slice parts[2 + 8];
    uint32_t count = 2 + (part->control & 7);
    parts[0] = buf_slice_of(peer);
    for (uint32_t i = 1; i < count; i++) {
        parts[i] = part->bytes;
    }
    (void)!frames_send(broker.router, parts, count);
}

/* Whatever comes is looked at as a worker does. */
static void
link_hears(struct link *link, struct intake *intake)
{
    const struct frames *frames;
    struct message_welcome welcome;
    uint64_t type;
    if (link_wait(link, HEAR_MS, &frames) !=
        ERR_OK) { /* what the link keeps to itself is not given */
        return;
    }
    if (link_welcome(link, &welcome)) {
        CHECK(welcome.quarantined.len == 0 || welcome.quarantined.data != NULL);
    }
    if (layout_peek(frames_slice(frames, 0), &type) && type == MESSAGE_blocks &&
        !intake_full(intake)) {
        intake_take(intake, frames);
    }
    CHECK(intake->count <= TALLY_TURN_BLOCKS);
}

void
fuzz_link(struct slice in)
{
    struct clock clock = clock_fake(NOON_US);
    struct buf peer = BUF_EMPTY;
    struct intake intake;
    struct fuzz_part part;
    broker_open();
    struct link_options options = {.endpoint = broker.endpoint, .role = ROLE_TALLY, .name = "fuzz"};
    struct link *link = link_new(&options, &clock);
    CHECK(link != NULL);
    intake_init(&intake, link, &clock);
    CHECK(broker_hears(&peer));
    for (int i = 0; i < PARTS_MAX && fuzz_part_next(&in, &part); i++) {
        clock.now_us += (int64_t)(part.control >> 4) * 100000;
        broker_says(&peer, &part);
        link_hears(link, &intake);
    }
    intake_fini(&intake);
    link_free(&link);
    while (zmq_poll(&(zmq_pollitem_t){.socket = broker.router, .events = ZMQ_POLLIN}, 1, 0) == 1) {
        CHECK(broker_hears(&peer));
    }
    buf_fini(&peer);
}
