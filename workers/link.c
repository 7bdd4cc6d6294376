/* The session of a worker, or of a reader, with its broker: one DEALER socket, and the process's
 * signals beside it in one poll.
 *
 *     opened ── HELLO ──▶ asking ── WELCOME ──▶ welcomed
 *                           ▲  │ no answer: a new socket, HELLO    │
 *                           └──┴─────────── ERROR hello-first ◀────┘
 *
 * A new socket, because what waits in the old one for a broker that is away would all reach the
 * next broker at once, every HELLO of it. Invariants: at most one HELLO is out; nothing else is
 * sent before its WELCOME; `welcome` points into `quarantined`, which is ours. */
#include "workers/link.h"

#include "common/buf.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/proc.h"
#include "proto/curve.h"
#include "proto/handshake.h"
#include "workers/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct link {
    struct clock *clock;
    struct endpoint endpoint;
    struct curve_key key; /* where the endpoint has one */
    struct handshake handshake;
    char *name;
    struct message_hello hello; /* sent again as it is; the shard follows the WELCOME */
    struct message_progress progress;
    void *context;
    void *socket;
    int signals;
    bool closing;     /* SIGTERM or SIGINT came */
    bool welcomed;    /* `welcome` is of the session that is */
    bool answered;    /* something came since the last HELLO: the broker is there */
    int64_t hello_ms; /* when it was sent */
    int64_t sent_ms;  /* when anything was */
    struct message_welcome welcome;
    struct buf quarantined;
    struct buf out; /* the message in the making */
    struct frames frames;
};

/* ---- sending ---- */

static enum err
send_out(struct link *link, struct slice header)
{
    enum err err = frames_send(link->socket, &header, 1);
    if (err == ERR_OK) {
        link->sent_ms = clock_mono_ms(link->clock);
    }
    return err;
}

/* What fails here is asked again by its timer; the log has the words of what is worse. */
static void
say_hello(struct link *link)
{
    buf_clear(&link->out);
    message_encode_hello(&link->hello, &link->out);
    link->welcomed = false;
    link->answered = false;
    link->hello_ms = clock_mono_ms(link->clock);
    (void)!send_out(link, buf_slice_of(&link->out));
}

static void
say_alive(struct link *link)
{
    buf_clear(&link->out);
    if (link->hello.role == ROLE_READER) {
        message_encode_heartbeat(&(struct message_heartbeat){}, &link->out);
    } else {
        message_encode_progress(&link->progress, &link->out);
    }
    (void)!send_out(link, buf_slice_of(&link->out));
}

enum err
link_send(struct link *link, struct slice header)
{
    return link->welcomed ? send_out(link, header) : ERR_AGAIN;
}

void
link_progress(struct link *link, const struct message_progress *progress)
{
    link->progress = *progress;
}

/* ---- opening and closing ---- */

static void
close_socket(struct link *link)
{
    if (link->handshake.monitor != NULL) {
        handshake_stop(&link->handshake, link->socket);
    }
    zmq_close(link->socket);
    link->socket = NULL;
}

/* A handshake that cannot be watched is still one: only its reason will be missing. */
static bool
key_put(struct link *link)
{
    if (!link->endpoint.has_key) {
        return true;
    }
    (void)!handshake_watch(&link->handshake, link->context, link->socket);
    return curve_connect(link->socket, &link->key, link->endpoint.key);
}

static bool
connect_socket(struct link *link)
{
    link->socket = socket_open(link->context, ZMQ_DEALER);
    if (link->socket == NULL) {
        return false;
    }
    if (!key_put(link) || zmq_connect(link->socket, link->endpoint.address) != 0) {
        int reason = errno;
        close_socket(link);
        errno = reason;
        return false;
    }
    return true;
}

static bool
read_place(struct link *link, const struct link_options *options)
{
    char why[256] = "";
    bool good = endpoint_parse(slice_text(options->endpoint), &link->endpoint, why);
    if (good && link->endpoint.has_key && options->key_file == NULL) {
        snprintf(why, sizeof(why), "tcp:// needs --key FILE");
        good = false;
    }
    if (good && link->endpoint.has_key) {
        good = curve_key_read(options->key_file, &link->key, why) == ERR_OK;
    }
    if (!good) {
        log_error("link_refused", "why=\"%s\"", why);
        errno = EINVAL;
    }
    return good;
}

static void
fill_hello(struct link *link, const struct link_options *options)
{
    link->hello = (struct message_hello){
        .version = PROTOCOL_VERSION,
        .role = options->role,
        .name = slice_text(link->name),
        .pid = (uint64_t)getpid(),
        .start_time = proc_start_time(getpid()),
        .shard = options->shard,
    };
}

/* Signals first: libzmq's threads must be born with them blocked. */
static bool
open_all(struct link *link, const struct link_options *options)
{
    if (!read_place(link, options)) {
        return false;
    }
    link->signals = proc_signals_open();
    if (link->signals < 0) {
        return false;
    }
    link->context = zmq_ctx_new();
    return link->context != NULL && connect_socket(link);
}

static void
release(struct link *link)
{
    if (link->socket != NULL) {
        close_socket(link);
    }
    if (link->context != NULL) {
        zmq_ctx_term(link->context);
    }
    if (link->signals >= 0) {
        close(link->signals);
    }
    frames_fini(&link->frames);
    buf_fini(&link->quarantined);
    buf_fini(&link->out);
    curve_key_wipe(&link->key);
    free(link->name);
    free(link);
}

struct link *
link_new(const struct link_options *options, struct clock *clock)
{
    struct link *link = mem_alloc(sizeof(*link));
    link->clock = clock;
    link->signals = -1;
    link->name = mem_text(options->name);
    fill_hello(link, options);
    if (!open_all(link, options)) {
        int reason = errno;
        release(link);
        errno = reason;
        return NULL;
    }
    say_hello(link);
    return link;
}

void
link_free(struct link **link)
{
    struct link *l = *link;
    *link = NULL;
    if (l == NULL) {
        return;
    }
    if (l->welcomed) {
        int linger_ms = LINK_FREE_LINGER_MS;
        zmq_setsockopt(l->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
        buf_clear(&l->out);
        message_encode_bye(&(struct message_bye){}, &l->out);
        (void)!send_out(l, buf_slice_of(&l->out));
    }
    release(l);
}

/* ---- receiving ---- */

/* True: the caller must see it. */
static bool
take_welcome(struct link *link, struct slice header)
{
    struct message_welcome welcome;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_welcome), header, &welcome, &why)) {
        log_warn("welcome_unreadable", "code=%s subject=\"%s\"", code_text(why.code), why.subject);
        return false;
    }
    buf_clear(&link->quarantined);
    buf_slice(&link->quarantined, welcome.quarantined);
    welcome.quarantined = buf_slice_of(&link->quarantined);
    link->welcome = welcome;
    link->welcomed = true;
    if (link->hello.role == ROLE_TALLY) {
        link->hello.shard = welcome.shard;
    }
    log_info("welcome", "start_id=%016" PRIx64, welcome.start_id);
    return true;
}

static bool
take_error(struct link *link, struct slice header)
{
    struct message_error error;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_error), header, &error, &why)) {
        log_warn("error_unreadable", "code=%s subject=\"%s\"", code_text(why.code), why.subject);
        return false;
    }
    if (code_of_text(error.code) != CODE_HELLO_FIRST) {
        return true;
    }
    /* One for each message that the broker does not know us by; the first is enough. */
    if (link->welcomed) {
        say_hello(link);
    }
    return false;
}

static bool
take_message(struct link *link)
{
    uint64_t type;
    if (link->frames.count == 0) {
        log_warn("message_too_long", NULL);
        return false;
    }
    struct slice header = frames_slice(&link->frames, 0);
    if (!layout_peek(header, &type)) {
        log_warn("message_unreadable", "bytes=%zu", header.len);
        return false;
    }
    link->answered = true;
    switch (type) {
    case MESSAGE_welcome:
        return take_welcome(link, header);
    case MESSAGE_error:
        return take_error(link, header);
    case MESSAGE_heartbeat:
        return false;
    default:
        return link->welcomed; /* else it is for the session before */
    }
}

/* ---- the turn ---- */

static void
reopen(struct link *link)
{
    struct handshake handshake = link->handshake;
    void *old = link->socket;
    link->handshake.monitor = NULL;
    if (!connect_socket(link)) {
        log_error("link_failed", "endpoint=\"%s\" why=\"%s\"", link->endpoint.address,
                  zmq_strerror(errno));
        link->socket = old;
        link->handshake.monitor = handshake.monitor;
        return;
    }
    if (handshake.monitor != NULL) {
        handshake_stop(&handshake, old);
    }
    zmq_close(old);
}

/* Nobody but the log hears it: whoever grants keys also starts workers. */
static void
watch(struct link *link)
{
    enum handshake_end end = handshake_read(&link->handshake);
    if (end != HANDSHAKE_QUIET && !link->welcomed) {
        log_error(end == HANDSHAKE_REFUSED ? "key_refused" : "handshake_failed",
                  "endpoint=\"%s\" principal=%s", link->endpoint.address, link->key.principal);
    }
}

/* What is due by the clock; gives how long nothing will be. */
static int64_t
tick(struct link *link)
{
    int64_t now = clock_mono_ms(link->clock);
    int64_t due = link->welcomed ? link->sent_ms + (int64_t)link->welcome.heartbeat_ms
                                 : link->hello_ms + LINK_HELLO_AGAIN_MS;
    if (now < due) {
        return due - now;
    }
    if (link->welcomed) {
        say_alive(link);
        return (int64_t)link->welcome.heartbeat_ms;
    }
    if (!link->answered) {
        reopen(link);
    }
    say_hello(link);
    return LINK_HELLO_AGAIN_MS;
}

static bool
signalled(struct link *link)
{
    int signal;
    while ((signal = proc_signals_next(link->signals)) != 0) {
        if (signal == SIGTERM || signal == SIGINT) {
            link->closing = true;
        }
    }
    return link->closing;
}

/* ERR_AGAIN: the wait ended without any. ERR_OK: there may be something, on either. */
static enum err
poll_once(struct link *link, int64_t wait_ms)
{
    zmq_pollitem_t items[] = {
        {.socket = link->socket, .events = ZMQ_POLLIN},
        {.fd = link->signals, .events = ZMQ_POLLIN},
        {.socket = link->handshake.monitor, .events = ZMQ_POLLIN},
    };
    int ready = zmq_poll(items, link->handshake.monitor == NULL ? 2 : 3, (long)wait_ms);
    watch(link);
    if (ready < 0 && errno != EINTR) {
        log_error("link_failed", "action=poll why=\"%s\"", zmq_strerror(errno));
        return ERR_IO;
    }
    return ready == 0 ? ERR_AGAIN : ERR_OK;
}

enum err
link_wait(struct link *link, uint32_t wait_ms, const struct frames **frames)
{
    for (;;) {
        int64_t quiet_ms = tick(link);
        enum err err = poll_once(link, quiet_ms < wait_ms ? quiet_ms : wait_ms);
        if (err != ERR_OK) {
            return err;
        }
        if (signalled(link)) {
            return ERR_CLOSED;
        }
        err = frames_receive(&link->frames, link->socket);
        if (err != ERR_OK) {
            return err;
        }
        if (take_message(link)) {
            *frames = &link->frames;
            return ERR_OK;
        }
        wait_ms = 0; /* what was taken inside ends the wait once nothing else has arrived */
    }
}

bool
link_welcome(const struct link *link, struct message_welcome *welcome)
{
    if (link->welcomed) {
        *welcome = link->welcome;
    }
    return link->welcomed;
}
