/* The client's public calls and its step: what is due is sent, what came is handed to whom it is
 * for. A message that cannot be read, or answers what was never asked or is answered already, is
 * passed over: sending again makes stale answers a matter of course. */
#include "proto/client_impl.h"

#include "common/check.h"
#include "common/lang.h"
#include "common/mem.h"
#include "common/text.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define IN_FLIGHT_DEFAULT 16
#define BATCH_RECORDS_DEFAULT 500
#define BATCH_BYTES_DEFAULT (256u << 10)
#define GIVE_UP_DEFAULT_MS 30000
#define BUSY_LEAST_MS 10     /* a broker that says "at once" is not asked in a circle */
#define DRAIN_STEP_MS 1000   /* any: a step ends when something happens or is due */
#define STEP_MESSAGES_MAX 64 /* a broker that never stops talking must not keep us from sending */

int64_t
client_now(const struct client *client)
{
    return clock_mono_ms(client->clock);
}

/* SplitMix64 from a random seed: spreading peers in time needs no secrets, and the system's numbers
 * cost a call for every batch. */
uint32_t
client_jitter(struct client *client, uint32_t ms)
{
    uint64_t x = client->jitter += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return ms + (uint32_t)((x ^ (x >> 31)) % (ms / 4 + 1));
}

uint32_t
client_longer(uint32_t amount, uint32_t most)
{
    return amount < most / 2 ? amount * 2 : most;
}

int64_t
client_earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t
client_after_busy(struct client *client, const struct message_busy *busy)
{
    uint64_t wait = busy->retry_ms > BUSY_LEAST_MS ? busy->retry_ms : BUSY_LEAST_MS;
    return client_now(client) + client_jitter(client, (uint32_t)wait);
}

static uint32_t
option_or(uint32_t given, uint32_t otherwise, uint32_t most)
{
    uint32_t v = given == 0 ? otherwise : given;
    return v < most ? v : most;
}

/* What a broker on another machine asks of us, told before anything is sent. */
static bool
broker_check(const struct client *client, const struct endpoint *broker, char why[256])
{
    if (!broker->has_key || client->has_key) {
        return true;
    }
    snprintf(why, 256,
             LANG_PICK("Nối tới “%.100s” cần tệp khóa: hãy chỉ bằng --key hoặc --office.",
                       "The broker “%.100s” wants a key file: name it with --key or --office."),
             broker->address);
    return false;
}

static bool
broker_add(struct client *client, struct slice text, char why[256])
{
    if (client->broker_count == CLIENT_BROKERS_MAX) {
        snprintf(why, 256, LANG_PICK("Quá %d địa chỉ broker.", "More than %d brokers."),
                 CLIENT_BROKERS_MAX);
        return false;
    }
    struct endpoint *broker = &client->brokers[client->broker_count];
    if (!endpoint_parse(text, broker, why) || !broker_check(client, broker, why)) {
        return false;
    }
    client->broker_count++;
    return true;
}

/* Cuts the list at its commas. False: none, too many, or one that cannot be. */
static bool
brokers_read(struct client *client, const char *list, char why[256])
{
    const char *rest = list == NULL ? "" : list;
    while (*rest != '\0') {
        size_t len = strcspn(rest, ",");
        struct slice text = text_trim(slice_of(rest, len));
        if (text.len > 0 && !broker_add(client, text, why)) {
            return false;
        }
        rest += len + (rest[len] == ',');
    }
    if (client->broker_count == 0) {
        snprintf(why, 256, "%s",
                 LANG_PICK("Chưa cho biết địa chỉ broker nào.", "No broker was named."));
    }
    return client->broker_count > 0;
}

bool
client_curve(const struct client *client, void *socket, const struct endpoint *broker)
{
    return !broker->has_key || curve_connect(socket, &client->key, broker->key);
}

/* A mistyped endpoint is told at the start, not found out by waiting. */
static bool
brokers_try(struct client *client, char why[256])
{
    for (uint32_t i = 0; i < client->broker_count; i++) {
        const struct endpoint *broker = &client->brokers[i];
        void *socket = socket_open(client->context, ZMQ_DEALER);
        bool taken = socket != NULL && client_curve(client, socket, broker) &&
                     zmq_connect(socket, broker->address) == 0;
        int reason = zmq_errno();
        if (socket != NULL) {
            zmq_close(socket);
        }
        if (!taken) {
            snprintf(why, 256,
                     LANG_PICK("Không nối được tới broker “%.120s”: %s.",
                               "Cannot connect to the broker “%.120s”: %s."),
                     broker->address, zmq_strerror(reason));
            return false;
        }
    }
    return true;
}

static bool
key_read(struct client *client, const char *path, char why[256])
{
    client->has_key = path != NULL && curve_key_read(path, &client->key, why) == ERR_OK;
    return path == NULL || client->has_key;
}

static void
options_read(struct client *client, const struct client_options *options)
{
    snprintf(client->name, sizeof(client->name), "%s", options->name == NULL ? "" : options->name);
    client->in_flight = option_or(options->in_flight, IN_FLIGHT_DEFAULT, CLIENT_IN_FLIGHT_MAX);
    client->batch_records =
        option_or(options->batch_records, BATCH_RECORDS_DEFAULT, SUBMIT_RECORDS_MAX);
    client->batch_bytes = option_or(options->batch_bytes, BATCH_BYTES_DEFAULT, SUBMIT_BYTES_MAX);
    client->give_up_ms = option_or(options->give_up_ms, GIVE_UP_DEFAULT_MS, INT32_MAX);
    batches_init(client);
}

struct client *
client_new_on(const struct client_options *options, struct clock *clock, char why[256])
{
    CHECK(sodium_init() >= 0);
    struct client *client = mem_alloc(sizeof(*client));
    client->system = clock_real(0);
    client->clock = clock != NULL ? clock : &client->system;
    client->next_request = 1;
    randombytes_buf(&client->jitter, sizeof(client->jitter));
    client->session.retry_ms = RETRY_FIRST_MS;
    options_read(client, options);
    client->context = zmq_ctx_new();
    client->revisions = revisions_new(options->revision_file, why);
    if (client->revisions == NULL || !key_read(client, options->key_file, why) ||
        !brokers_read(client, options->brokers, why) || !brokers_try(client, why)) {
        client_free(&client);
    }
    return client;
}

struct client *
client_new(const struct client_options *options, char why[256])
{
    return client_new_on(options, NULL, why);
}

void
client_free(struct client **client)
{
    struct client *c = *client;
    if (c == NULL) {
        return;
    }
    session_close(c);
    zmq_ctx_term(c->context);
    batches_free(c);
    revisions_free(&c->revisions);
    buf_fini(&c->query.args);
    buf_fini(&c->query.body);
    buf_fini(&c->scratch);
    frames_fini(&c->frames);
    curve_key_wipe(&c->key);
    free(c);
    *client = NULL;
}

void
client_on_result(struct client *client, client_result_fn *fn, void *context)
{
    client->on_result = fn;
    client->result_context = context;
}

uint64_t
client_revision(struct client *client)
{
    return revisions_take(client->revisions, clock_wall_us(client->clock) / 1000);
}

uint64_t
client_pending(const struct client *client)
{
    return client->pending;
}

/* ---- what comes in ---- */

static void
on_receipts(struct client *client, struct slice header)
{
    session_heard(client);
    batch_on_receipts(client, header);
}

static void
on_answer(struct client *client, struct slice header)
{
    session_heard(client);
    query_on_answer(client, header);
}

static void
on_heartbeat(struct client *client, struct slice header)
{
    (void)header;
    session_heard(client);
}

static void
on_busy(struct client *client, struct slice header)
{
    struct message_busy busy;
    struct complaint why;
    session_heard(client);
    if (layout_decode(message_layout(MESSAGE_busy), header, &busy, &why) &&
        !batch_on_busy(client, &busy)) {
        query_on_busy(client, &busy);
    }
}

static void
complaint_of_error(const struct message_error *error, struct complaint *why)
{
    enum code code = code_of_text(error->code);
    if (code != CODE_NONE) {
        complain(why, code, error->subject, "%.*s", SLICE_ARG(error->detail));
    } else {
        /* A newer broker's code: its words are better than none. */
        complain(why, CODE_MALFORMED, error->subject, "%.*s %.*s", SLICE_ARG(error->code),
                 SLICE_ARG(error->detail));
    }
}

static void
on_error(struct client *client, struct slice header)
{
    struct message_error error;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_error), header, &error, &why)) {
        return;
    }
    complaint_of_error(&error, &why);
    if (why.code == CODE_HELLO_FIRST) {
        session_unknown(client);
        return;
    }
    if (why.code == CODE_NOT_IN_ROLE && client->session.state == SESSION_HELLO) {
        session_barred(client, &why);
        return;
    }
    if (why.code == CODE_SESSIONS_FULL ||
        (error.request == 0 && client->session.state == SESSION_HELLO)) {
        session_refused(client, &why);
        return;
    }
    session_heard(client);
    if (!batch_on_error(client, error.request, &why)) {
        query_on_error(client, error.request, &why);
    }
}

typedef void on_message_fn(struct client *client, struct slice header);

static on_message_fn *const handlers[MESSAGE_TYPE_MAX + 1] = {
    [MESSAGE_welcome] = session_on_welcome,
    [MESSAGE_receipts] = on_receipts,
    [MESSAGE_busy] = on_busy,
    [MESSAGE_error] = on_error,
    [MESSAGE_answer] = on_answer,
    [MESSAGE_heartbeat] = on_heartbeat,
};

void
client_take(struct client *client, struct slice header)
{
    uint64_t type;
    if (layout_peek(header, &type) && type <= MESSAGE_TYPE_MAX && handlers[type] != NULL) {
        handlers[type](client, header);
    }
}

static void
receive_all(struct client *client)
{
    for (unsigned i = 0; i < STEP_MESSAGES_MAX && client->socket != NULL; i++) {
        if (frames_receive(&client->frames, client->socket) != ERR_OK) {
            return;
        }
        if (client->frames.count == 1) {
            client_take(client, frames_slice(&client->frames, 0));
        }
    }
}

/* ---- the step ---- */

/* The session first: what it opens, the others use. */
static void
tick(struct client *client)
{
    int64_t now = client_now(client);
    session_tick(client, now);
    batches_tick(client, now);
    query_tick(client, now);
}

static long
wait_of(const struct client *client, uint32_t wait_ms)
{
    int64_t due = client_earlier(session_deadline(client),
                                 client_earlier(batches_deadline(client), query_deadline(client)));
    int64_t now = client_now(client);
    int64_t left = due <= now ? 0 : due - now;
    return (long)client_earlier(left, wait_ms);
}

unsigned
client_poll(const struct client *client, zmq_pollitem_t *items, uint32_t *wait_ms)
{
    *wait_ms = (uint32_t)wait_of(client, UINT32_MAX);
    if (client->socket == NULL) {
        return 0;
    }
    items[0] = (zmq_pollitem_t){.socket = client->socket, .events = ZMQ_POLLIN};
    items[1] = (zmq_pollitem_t){.socket = client->handshake.monitor, .events = ZMQ_POLLIN};
    return client->handshake.monitor == NULL ? 1 : 2;
}

void
client_step(struct client *client, uint32_t wait_ms)
{
    uint32_t due_ms;
    tick(client);
    zmq_pollitem_t items[CLIENT_POLL_MAX];
    int count = (int)client_poll(client, items, &due_ms);
    zmq_poll(items, count, due_ms < wait_ms ? due_ms : wait_ms);
    session_watch(client);
    receive_all(client);
    tick(client);
}

void
client_speak_for(struct client *client, struct slice principal)
{
    if (slice_is(principal, client->principal)) {
        return;
    }
    CHECK(principal.len == 0 || code_is_valid(principal));
    batch_seal(client);
    memcpy(client->principal, principal.data, principal.len);
    client->principal[principal.len] = '\0';
}

enum err
client_submit(struct client *client, struct slice unit, struct slice body, uint64_t tag)
{
    uint64_t sealed = client->next_request;
    enum err err = batch_add(client, unit, body, tag);
    if (client->next_request != sealed) {
        batches_tick(client, client_now(client));
    }
    return err;
}

void
client_flush(struct client *client)
{
    batch_seal(client);
    tick(client);
}

void
client_drain(struct client *client)
{
    client_flush(client);
    while (client->pending > 0) {
        client_step(client, DRAIN_STEP_MS);
    }
}

void
client_ask(struct client *client, const char *name, struct slice args, uint64_t after)
{
    query_start(client, name, args, after);
}

bool
client_answered(struct client *client, enum err *err, struct slice *body, uint64_t *as_of,
                struct complaint *why)
{
    struct query_wait *q = &client->query;
    if (q->state != QUERY_DONE) {
        return false;
    }
    q->state = QUERY_NONE;
    *body = buf_slice_of(&q->body);
    *as_of = q->as_of;
    *why = q->why;
    *err = q->err;
    return true;
}

enum err
client_query(struct client *client, const char *name, struct slice args, uint64_t after,
             struct slice *body, uint64_t *as_of, struct complaint *why)
{
    enum err err;
    client_ask(client, name, args, after);
    while (!client_answered(client, &err, body, as_of, why)) {
        client_step(client, DRAIN_STEP_MS);
    }
    return err;
}

const char *
client_broker(const struct client *client)
{
    return session_is_open(client) ? client->brokers[client->session.broker_at].address : NULL;
}

bool
client_is_put_off(const struct client *client)
{
    for (uint32_t i = 0; i < client->in_flight; i++) {
        const struct batch *b = &client->batches[i];
        if (b->state == BATCH_READY && b->busy[0] != '\0' && b->due_ms > client_now(client)) {
            return true;
        }
    }
    return false;
}

const struct complaint *
client_refusal(const struct client *client)
{
    return &client->session.why;
}
