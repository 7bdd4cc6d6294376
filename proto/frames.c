/* ZeroMQ messages of several frames. The one place that calls libzmq's send, receive and options.
 *
 * Invariants of struct frames: the first `count` of `cap` messages are open and belong to us. A
 * zmq_msg_t is only ever moved by zmq_msg_move, as libzmq asks: a plain realloc would copy it. */
#include "proto/frames.h"
#include "common/check.h"
#include "common/log.h"
#include "common/mem.h"
#include "proto/limits.h"

#include <errno.h>
#include <stdlib.h>

#define FRAMES_FIRST 8 /* identity and header, with room */

/* Messages that wait in one direction of one session. Beyond SENT_MAX the sender is told ERR_AGAIN,
 * beyond RECEIVED_MAX the peer's kernel holds the rest back. libzmq hears only at every half of the
 * mark what was read meanwhile, so that a sender's mark is worth half of itself: a whole window of
 * SUBMITs, and all of their receipts, must fit that half, or the window would wait for nothing. */
#define SENT_MAX (2 * CLIENT_IN_FLIGHT_MAX + 500)
#define RECEIVED_MAX 1000

/* A peer that vanished without a word is noticed after 30 + 3 * 10 s; heartbeats of the protocol
 * are faster, this also ends connections that never said HELLO. */
#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_COUNT 3

/* A broker that restarts is found at once; one that is away for long is not knocked at by
 * thousands of peers more than once a second. */
#define RECONNECT_MS 50
#define RECONNECT_MAX_MS 1000

static enum err
err_of_errno(const char *doing)
{
    switch (errno) {
    case EAGAIN:
        return ERR_AGAIN;
    case EHOSTUNREACH:
        return ERR_NOT_FOUND;
    case ETERM:
        return ERR_CLOSED;
    default:
        log_error("socket_failed", "doing=%s error=\"%s\"", doing, zmq_strerror(errno));
        return ERR_IO;
    }
}

static void
frames_clear(struct frames *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        zmq_msg_close(&f->msgs[i]);
    }
    f->count = 0;
}

void
frames_fini(struct frames *f)
{
    frames_clear(f);
    free(f->msgs);
    *f = (struct frames){0};
}

static void
frames_grow(struct frames *f)
{
    uint32_t cap = f->cap == 0 ? FRAMES_FIRST : f->cap * 2;
    zmq_msg_t *msgs = mem_alloc(cap * sizeof *msgs);
    for (uint32_t i = 0; i < f->count; i++) {
        zmq_msg_init(&msgs[i]);
        zmq_msg_move(&msgs[i], &f->msgs[i]);
        zmq_msg_close(&f->msgs[i]);
    }
    free(f->msgs);
    f->msgs = msgs;
    f->cap = cap;
}

/* One frame into *msg, which is open afterwards only on ERR_OK. */
static enum err
receive_one(zmq_msg_t *msg, void *socket)
{
    int rc;
    zmq_msg_init(msg);
    do {
        rc = zmq_msg_recv(msg, socket, ZMQ_DONTWAIT);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0) {
        enum err err = err_of_errno("receive");
        zmq_msg_close(msg);
        return err;
    }
    return ERR_OK;
}

/* Reads the frames of a message that is too long, so that the next receive starts at a message. */
static enum err
skip_rest(void *socket)
{
    bool more = true;
    while (more) {
        zmq_msg_t msg;
        enum err err = receive_one(&msg, socket);
        if (err != ERR_OK) {
            return err;
        }
        more = zmq_msg_more(&msg);
        zmq_msg_close(&msg);
    }
    return ERR_OK;
}

enum err
frames_receive(struct frames *f, void *socket)
{
    frames_clear(f);
    bool more = true;
    while (more) {
        if (f->count == FRAMES_MAX) {
            frames_clear(f);
            return skip_rest(socket);
        }
        if (f->count == f->cap) {
            frames_grow(f);
        }
        enum err err = receive_one(&f->msgs[f->count], socket);
        if (err != ERR_OK) {
            frames_clear(f);
            return err;
        }
        more = zmq_msg_more(&f->msgs[f->count]);
        f->count++;
    }
    return ERR_OK;
}

struct slice
frames_slice(const struct frames *f, uint32_t i)
{
    CHECK(i < f->count);
    return slice_of(zmq_msg_data(&f->msgs[i]), zmq_msg_size(&f->msgs[i]));
}

struct slice
frames_user(const struct frames *f)
{
    /* Of the last frame: the first is the identity, which a ROUTER makes by itself. */
    const char *user = f->count > 1 ? zmq_msg_gets(&f->msgs[f->count - 1], "User-Id") : NULL;
    return user == NULL ? slice_of(NULL, 0) : slice_text(user);
}

static enum err
send_one(void *socket, struct slice part, int flags)
{
    int rc;
    do {
        rc = zmq_send(socket, part.data, part.len, flags);
    } while (rc < 0 && errno == EINTR);
    return rc < 0 ? err_of_errno("send") : ERR_OK;
}

struct counted {
    frames_gone_fn *gone;
    void *context;
    uint8_t bytes[];
};

static void
counted_gone(void *bytes, void *hint)
{
    struct counted *counted = hint;
    (void)bytes;
    counted->gone(counted->context);
    free(counted);
}

/* zmq_msg_close calls counted_gone where the message was not taken. */
static enum err
send_counted(void *socket, struct slice part, frames_gone_fn *gone, void *context)
{
    zmq_msg_t msg;
    int rc;
    struct counted *counted = mem_alloc(sizeof(*counted) + part.len);
    counted->gone = gone;
    counted->context = context;
    if (part.len > 0) {
        memcpy(counted->bytes, part.data, part.len);
    }
    rc = zmq_msg_init_data(&msg, counted->bytes, part.len, counted_gone, counted);
    CHECK(rc == 0);
    do {
        rc = zmq_msg_send(&msg, socket, ZMQ_DONTWAIT);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0) {
        enum err err = err_of_errno("send");
        zmq_msg_close(&msg);
        return err;
    }
    return ERR_OK;
}

enum err
frames_send(void *socket, const struct slice *parts, uint32_t count)
{
    return frames_send_counted(socket, parts, count, NULL, NULL);
}

enum err
frames_send_counted(void *socket, const struct slice *parts, uint32_t count, frames_gone_fn *gone,
                    void *context)
{
    CHECK(count > 0);
    enum err result = ERR_OK;
    for (uint32_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        enum err err = last && gone != NULL
                           ? send_counted(socket, parts[i], gone, context)
                           : send_one(socket, parts[i], ZMQ_DONTWAIT | (last ? 0 : ZMQ_SNDMORE));
        /* Refused with its first frame, a message has not begun, and nothing of it may follow. Once
         * that is taken there is room for the rest. ERR_AGAIN of a later frame is a connection that
         * ended meanwhile: libzmq takes back the frames before it and drops those behind it up to
         * the message's last, so that must still be sent or it would swallow the next message. */
        if (err != ERR_OK && (i == 0 || err != ERR_AGAIN)) {
            if (gone != NULL && !last) {
                gone(context);
            }
            return err;
        }
        result = result == ERR_OK ? err : result;
    }
    return result;
}

static bool
set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool
set_options(void *socket, int type)
{
    int64_t message_max = MESSAGE_BYTES_MAX;
    return set_int(socket, ZMQ_LINGER, 0) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max) == 0 &&
           set_int(socket, ZMQ_SNDHWM, SENT_MAX) && set_int(socket, ZMQ_RCVHWM, RECEIVED_MAX) &&
           set_int(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
           set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT) &&
           (type != ZMQ_ROUTER || set_int(socket, ZMQ_ROUTER_MANDATORY, 1));
}

void *
socket_open(void *context, int type)
{
    void *socket = zmq_socket(context, type);
    if (socket != NULL && !set_options(socket, type)) {
        int reason = errno;
        zmq_close(socket);
        errno = reason;
        return NULL;
    }
    return socket;
}
