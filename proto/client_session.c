/* The session: one socket to one broker of the list. A new socket is a new session for the broker
 * and drops whatever libzmq still held for the old one, so that "not answered" is all that batches
 * and the query need to know. States and moves:
 *
 *     CLOSED --deadline--> HELLO --WELCOME--> OPEN --hello-first--> HELLO
 *       ^                    |                 |
 *       +---- refused -------+-----------------+---- silent: HELLO with the next broker
 *
 * Silence counts only from the first thing that we said without hearing anything since: a caller
 * that did not step for an hour has not been ignored for an hour. Heartbeats are answered, so that
 * a broker that died is noticed also when all we do is wait. */
#include "proto/client_impl.h"

#include "common/log.h"

#include <inttypes.h>

#define HEARTBEAT_LEAST_MS 100 /* whatever a broker asks for: no faster than this */
#define GOODBYE_MS 50          /* for BYE to leave, when we end */

bool
session_is_open(const struct client *client)
{
    return client->session.state == SESSION_OPEN;
}

int64_t
session_deadline(const struct client *client)
{
    const struct session *s = &client->session;
    bool heartbeat_first = s->state == SESSION_OPEN && s->heartbeat_due_ms < s->deadline_ms;
    return heartbeat_first ? s->heartbeat_due_ms : s->deadline_ms;
}

static void
socket_drop(struct client *client, int linger_ms)
{
    if (client->socket != NULL) {
        if (client->handshake.monitor != NULL) {
            handshake_stop(&client->handshake, client->socket);
        }
        zmq_setsockopt(client->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
        zmq_close(client->socket);
        client->socket = NULL;
    }
    batches_unsend(client);
    query_unsend(client);
}

/* No answer to HELLO by the deadline means the next broker, also where nothing could be sent. */
static void
hello_send(struct client *client, int64_t now)
{
    struct session *s = &client->session;
    struct message_hello hello = {
        .version = PROTOCOL_VERSION,
        .role = ROLE_CLIENT,
        .name = slice_text(client->name),
    };
    buf_clear(&client->scratch);
    message_encode_hello(&hello, &client->scratch);
    struct slice header = buf_slice_of(&client->scratch);
    if (frames_send(client->socket, &header, 1) != ERR_OK) {
        log_debug("hello_not_sent", "endpoint=\"%s\"", client->brokers[s->broker_at].address);
    }
    s->state = SESSION_HELLO;
    s->deadline_ms = now + client_jitter(client, s->retry_ms);
}

/* A handshake that cannot be watched is still one: only its reason will be missing. */
static bool
socket_connect(struct client *client, const struct endpoint *broker)
{
    client->socket = socket_open(client->context, ZMQ_DEALER);
    if (client->socket == NULL || !client_curve(client, client->socket, broker)) {
        return false;
    }
    if (broker->has_key && !handshake_watch(&client->handshake, client->context, client->socket)) {
        log_debug("handshake_not_watched", "endpoint=\"%s\"", broker->address);
    }
    return zmq_connect(client->socket, broker->address) == 0;
}

static void
session_dial(struct client *client, int64_t now)
{
    struct session *s = &client->session;
    socket_drop(client, 0);
    if (!socket_connect(client, &client->brokers[s->broker_at])) {
        /* Out of descriptors, most likely: as good as a broker that does not answer. */
        socket_drop(client, 0);
        s->state = SESSION_CLOSED;
        s->deadline_ms = now + client_jitter(client, s->retry_ms);
        s->broker_at = (s->broker_at + 1) % client->broker_count;
        return;
    }
    hello_send(client, now);
}

static void
next_broker(struct client *client)
{
    struct session *s = &client->session;
    s->broker_at = (s->broker_at + 1) % client->broker_count;
    s->retry_ms = client_longer(s->retry_ms, RETRY_MAX_MS);
}

static void
heartbeat_send(struct client *client, int64_t now)
{
    buf_clear(&client->scratch);
    message_encode_heartbeat(&(struct message_heartbeat){}, &client->scratch);
    if (!session_send(client, buf_slice_of(&client->scratch), now)) {
        client->session.heartbeat_due_ms = now + client->session.heartbeat_ms;
    }
}

void
session_tick(struct client *client, int64_t now)
{
    struct session *s = &client->session;
    if (now >= s->deadline_ms) {
        if (s->state != SESSION_CLOSED) {
            log_debug("broker_silent", "endpoint=\"%s\"", client->brokers[s->broker_at].address);
            next_broker(client);
        }
        session_dial(client, now);
    } else if (s->state == SESSION_OPEN && now >= s->heartbeat_due_ms) {
        heartbeat_send(client, now);
    }
}

bool
session_send(struct client *client, struct slice message, int64_t now)
{
    struct session *s = &client->session;
    bool sent = frames_send(client->socket, &message, 1) == ERR_OK;
    if (s->deadline_ms == NEVER) {
        s->deadline_ms = now + client_jitter(client, s->retry_ms);
    }
    if (sent) {
        s->heartbeat_due_ms = now + s->heartbeat_ms;
    }
    return sent;
}

void
session_heard(struct client *client)
{
    struct session *s = &client->session;
    if (s->state == SESSION_OPEN) {
        s->deadline_ms = NEVER;
        s->retry_ms = RETRY_FIRST_MS;
        s->why = (struct complaint){0};
    }
}

void
session_on_welcome(struct client *client, struct slice header)
{
    struct session *s = &client->session;
    struct message_welcome welcome;
    struct complaint why;
    if (s->state != SESSION_HELLO) {
        return;
    }
    if (!layout_decode(message_layout(MESSAGE_welcome), header, &welcome, &why)) {
        session_refused(client, &why);
        return;
    }
    if (welcome.version != PROTOCOL_VERSION) {
        complain(&why, CODE_VERSION_UNKNOWN, slice_text("welcome"), "%" PRIu64, welcome.version);
        session_refused(client, &why);
        return;
    }
    s->state = SESSION_OPEN;
    s->barred = 0;
    s->deadline_ms = NEVER;
    s->welcome_ms = client_now(client);
    s->heartbeat_ms = welcome.heartbeat_ms > HEARTBEAT_LEAST_MS ? (uint32_t)welcome.heartbeat_ms
                                                                : HEARTBEAT_LEAST_MS;
    s->heartbeat_due_ms = s->welcome_ms + s->heartbeat_ms;
}

/* Every message in flight is answered so: only the first one, when open, says anything new. A
 * broker that forgets us straight after WELCOME would have us say HELLO for ever, so that it is
 * left. */
void
session_unknown(struct client *client)
{
    struct session *s = &client->session;
    if (s->state != SESSION_OPEN) {
        return;
    }
    int64_t now = client_now(client);
    if (now - s->welcome_ms < RETRY_FIRST_MS) {
        struct complaint why;
        complain(&why, CODE_HELLO_FIRST, slice_text(""), "%s", "");
        session_refused(client, &why);
        return;
    }
    batches_unsend(client);
    query_unsend(client);
    hello_send(client, now);
}

void
session_refused(struct client *client, const struct complaint *why)
{
    struct session *s = &client->session;
    s->why = *why;
    socket_drop(client, 0);
    s->state = SESSION_CLOSED;
    s->deadline_ms = client_now(client) + client_jitter(client, s->retry_ms);
    next_broker(client);
}

/* Twice by each: a key or a role that was granted a moment ago reaches the brokers a moment later. */
void
session_barred(struct client *client, const struct complaint *why)
{
    struct session *s = &client->session;
    session_refused(client, why);
    if (++s->barred >= 2 * client->broker_count) {
        s->barred = 0;
        batches_refuse(client, why);
        query_refuse(client, why);
    }
}

static void
key_refused(struct client *client)
{
    struct complaint why;
    complain(&why, CODE_KEY_REVOKED, slice_text(client->key.principal), "%s",
             client->brokers[client->session.broker_at].address);
    session_barred(client, &why);
}

void
session_watch(struct client *client)
{
    struct session *s = &client->session;
    enum handshake_end end = handshake_read(&client->handshake);
    if (s->state != SESSION_HELLO || end == HANDSHAKE_QUIET) {
        return; /* an open session that broke down is found by its silence */
    }
    if (end == HANDSHAKE_REFUSED) {
        key_refused(client);
        return;
    }
    complain(&s->why, CODE_HANDSHAKE_FAILED, slice_text(client->brokers[s->broker_at].address),
             "%s", "");
}

void
session_close(struct client *client)
{
    if (session_is_open(client)) {
        buf_clear(&client->scratch);
        message_encode_bye(&(struct message_bye){}, &client->scratch);
        session_send(client, buf_slice_of(&client->scratch), client_now(client));
    }
    socket_drop(client, session_is_open(client) ? GOODBYE_MS : 0);
    client->session.state = SESSION_CLOSED;
    client->session.deadline_ms = NEVER;
}
