/* The network's endpoint with real sockets: a broker in a process of its own (the journal is in memory),
 * and peers over tcp://127.0.0.1 that have the right key, a wrong one, none, or no manners. Nobody
 * waits for time to pass: a peer that is turned away is told so by its own socket's monitor, and that
 * nothing came is asked after others have been answered. */
#include "broker/journal.h"
#include "broker/loop.h"
#include "common/file.h"
#include "common/log.h"
#include "common/proc.h"
#include "proto/access.h"
#include "proto/cursor.h"
#include "proto/curve.h"
#include "proto/frames.h"
#include "proto/pack.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOCKETS_MAX 16
#define PATIENCE_MS 20000 /* only a failing test waits so long */

struct site {
    char *folder;
    struct settings settings;
    pid_t broker;
    void *context;
    void *tally; /* local, holds shard 0 */
    void *local; /* a local client */
    struct frames frames;
    char endpoint[SETTINGS_TCP_MAX];
    struct curve_key server, ward, other;
    void *sockets
        [SOCKETS_MAX]; /* open; a test that fails leaves some, and the context waits for all */
};

/* ---- speaking ---- */

static void
send_buf(void *socket, struct buf *header)
{
    struct slice part = buf_slice_of(header);
    assert_int_equal(frames_send(socket, &part, 1), ERR_OK);
    buf_fini(header);
}

/* The next message, which must be of this type. */
static void
await(struct site *s, void *socket, enum message_type type, void *message)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    struct complaint why;
    uint64_t found;
    assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
    assert_int_equal(frames_receive(&s->frames, socket), ERR_OK);
    struct slice header = frames_slice(&s->frames, 0);
    assert_true(layout_peek(header, &found));
    assert_int_equal(found, type);
    assert_true(layout_decode(message_layout(type), header, message, &why));
}

static void
await_error(struct site *s, void *socket, enum code code)
{
    struct message_error error;
    await(s, socket, MESSAGE_error, &error);
    assert_string_equal(code_text(code_of_text(error.code)), code_text(code));
}

static void
hello(void *socket, enum role role)
{
    struct buf header = BUF_EMPTY;
    struct message_hello hello = {.version = PROTOCOL_VERSION, .role = role};
    if (role == ROLE_TALLY) {
        hello.pid = (uint64_t)getpid();
        hello.start_time = proc_start_time(getpid());
    }
    message_encode_hello(&hello, &header);
    send_buf(socket, &header);
}

static void
welcomed(struct site *s, void *socket, enum role role)
{
    struct message_welcome welcome;
    hello(socket, role);
    await(s, socket, MESSAGE_welcome, &welcome);
}

static void
submit(void *socket)
{
    struct buf records = BUF_EMPTY, header = BUF_EMPTY;
    pack_array(&records, 1);
    pack_array(&records, 2);
    pack_cstr(&records, "ba-dinh");
    pack_bytes(&records, slice_text("x"));
    struct message_submit submit = {.request = 1, .records = buf_slice_of(&records)};
    message_encode_submit(&submit, &header);
    send_buf(socket, &header);
    buf_fini(&records);
}

static void
receipt(struct site *s, void *socket)
{
    struct message_receipts receipts;
    submit(socket);
    await(s, socket, MESSAGE_receipts, &receipts);
}

static void
silent(void *socket)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, 0), 0);
}

/* ---- the site ---- */

static pid_t
broker_fork(const struct settings *settings)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        log_open("broker", LOG_ERROR);
        struct clock clock = clock_real(0);
        struct journal *journal = journal_mem_new();
        _exit(loop_run(settings, journal, &clock, proc_signals_open()));
    }
    return pid;
}

static void *
socket_begin(struct site *s, void *socket)
{
    int linger_ms = 0, i = 0;
    assert_non_null(socket);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
    while (s->sockets[i] != NULL) {
        assert_true(++i < SOCKETS_MAX);
    }
    return s->sockets[i] = socket;
}

static void
socket_end(struct site *s, void *socket)
{
    for (int i = 0; i < SOCKETS_MAX; i++) {
        s->sockets[i] = s->sockets[i] == socket ? NULL : s->sockets[i];
    }
    zmq_close(socket);
}

static void *
dealer(struct site *s, const char *routing_id)
{
    void *socket = socket_begin(s, socket_open(s->context, ZMQ_DEALER));
    if (routing_id != NULL) {
        assert_int_equal(zmq_setsockopt(socket, ZMQ_ROUTING_ID, routing_id, strlen(routing_id)), 0);
    }
    return socket;
}

static void *
local_peer(struct site *s, const char *routing_id)
{
    void *socket = dealer(s, routing_id);
    assert_int_equal(zmq_connect(socket, s->settings.listen), 0);
    return socket;
}

/* `key` NULL: without CURVE. */
static void *
network_peer(struct site *s, const struct curve_key *key, const struct curve_key *server,
             const char *routing_id)
{
    void *socket = dealer(s, routing_id);
    assert_true(key == NULL || curve_connect(socket, key, server->public_key));
    assert_int_equal(zmq_connect(socket, s->endpoint), 0);
    return socket;
}

static struct slice
value_of(struct cursor *map, const char *wanted)
{
    uint32_t pairs;
    struct slice key, value = slice_of(NULL, 0);
    assert_int_equal(cursor_map(map, &pairs), ERR_OK);
    while (pairs-- > 0) {
        assert_int_equal(cursor_text(map, &key), ERR_OK);
        if (slice_is(key, wanted)) {
            assert_int_equal(cursor_raw(map, &value), ERR_OK);
            return value;
        }
        assert_int_equal(cursor_skip(map), ERR_OK);
    }
    fail_msg("no %s", wanted);
    return value;
}

/* A value of broker.status's `network`. */
static struct slice
network_status(struct site *s, const char *key)
{
    struct buf header = BUF_EMPTY;
    struct message_answer answer;
    struct message_query query = {.request = 1, .name = slice_text("broker.status")};
    message_encode_query(&query, &header);
    send_buf(s->local, &header);
    await(s, s->local, MESSAGE_answer, &answer);
    struct cursor c = cursor_of(answer.body);
    struct cursor network = cursor_of(value_of(&c, "network"));
    return value_of(&network, key);
}

static bool
network_is_open(struct site *s)
{
    struct cursor c = cursor_of(network_status(s, "open"));
    bool open;
    assert_int_equal(cursor_bool(&c, &open), ERR_OK);
    return open;
}

/* Told by the worker: these principals, one key each. */
static void
tell_access(struct site *s, const struct curve_key *keys[], uint32_t count)
{
    static const uint8_t id[16];
    struct buf rows = BUF_EMPTY, header = BUF_EMPTY;
    pack_array(&rows, count);
    for (uint32_t i = 0; i < count; i++) {
        struct buf body = BUF_EMPTY;
        struct access_entry entry = {.principal = slice_text(keys[i]->principal),
                                     .roles = ACCESS_BIT(ACCESS_SUBMITTER),
                                     .key_count = 1};
        memcpy(entry.keys[0], keys[i]->public_key, ACCESS_KEY_SIZE);
        access_encode(&entry, id, &body);
        pack_bytes(&rows, buf_slice_of(&body));
        buf_fini(&body);
    }
    struct message_access access = {.last = true, .rows = buf_slice_of(&rows)};
    message_encode_access(&access, &header);
    send_buf(s->tally, &header);
    message_encode_progress(&(struct message_progress){.position = 0}, &header);
    send_buf(s->tally, &header);
    buf_fini(&rows);
}

static void
open_network(struct site *s)
{
    const struct curve_key *keys[] = {&s->ward, &s->other};
    tell_access(s, keys, 2);
    while (!network_is_open(s)) {
        /* the worker's words are on another socket than the question: it may overtake them */
    }
    struct cursor c = cursor_of(network_status(s, "endpoint"));
    struct slice endpoint;
    assert_int_equal(cursor_text(&c, &endpoint), ERR_OK);
    snprintf(s->endpoint, sizeof(s->endpoint), "%.*s", SLICE_ARG(endpoint));
}

static int
set_up_closed(void **state)
{
    struct site *s = calloc(1, sizeof(*s));
    char why[512], sentence[256];
    s->folder = tempdir_new();
    assert_true(settings_defaults(&s->settings, s->folder, why));
    snprintf(s->settings.listen_tcp, sizeof(s->settings.listen_tcp), "tcp://127.0.0.1:*");
    curve_key_new("broker", &s->server);
    curve_key_new("ward", &s->ward);
    curve_key_new("other", &s->other);
    char *keys = tempdir_path(s->folder, "keys");
    char *path = tempdir_path(s->folder, "keys/broker");
    assert_int_equal(file_make_folder(keys), ERR_OK);
    assert_int_equal(curve_key_write(path, &s->server, sentence), ERR_OK);
    free(keys);
    free(path);
    s->broker = broker_fork(&s->settings);
    s->context = zmq_ctx_new();
    s->tally = local_peer(s, NULL);
    s->local = local_peer(s, NULL);
    welcomed(s, s->tally, ROLE_TALLY);
    welcomed(s, s->local, ROLE_CLIENT);
    *state = s;
    return 0;
}

static int
set_up(void **state)
{
    set_up_closed(state);
    open_network(*state);
    return 0;
}

/* The broker is still there, and ends in order. */
static int
tear_down(void **state)
{
    struct site *s = *state;
    int status;
    for (int i = 0; i < SOCKETS_MAX; i++) {
        if (s->sockets[i] != NULL) {
            zmq_close(s->sockets[i]);
        }
    }
    frames_fini(&s->frames);
    zmq_ctx_term(s->context);
    kill(s->broker, SIGTERM);
    assert_int_equal(waitpid(s->broker, &status, 0), s->broker);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    tempdir_free(s->folder);
    free(s);
    return 0;
}

/* ---- being turned away ---- */

static void *
monitor(struct site *s, void *socket, const char *name)
{
    char endpoint[64];
    snprintf(endpoint, sizeof(endpoint), "inproc://monitor-%s", name);
    assert_int_equal(
        zmq_socket_monitor(socket, endpoint,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED),
        0);
    void *watch = socket_begin(s, zmq_socket(s->context, ZMQ_PAIR));
    assert_int_equal(zmq_connect(watch, endpoint), 0);
    return watch;
}

/* The next event, and its value. */
static uint16_t
event_next(struct site *s, void *watch, uint32_t *value)
{
    zmq_pollitem_t item = {.socket = watch, .events = ZMQ_POLLIN};
    uint16_t event;
    assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
    assert_int_equal(frames_receive(&s->frames, watch), ERR_OK);
    memcpy(&event, frames_slice(&s->frames, 0).data, sizeof(event));
    memcpy(value, frames_slice(&s->frames, 0).data + 2, sizeof(*value));
    return event;
}

/* Connects, says HELLO and SUBMIT, is turned away and hears nothing; others are served. */
static void
stays_out(struct site *s, void *socket, uint32_t wanted, uint32_t status)
{
    void *watch = monitor(s, socket, "out");
    uint32_t value;
    assert_int_equal(zmq_connect(socket, s->endpoint), 0);
    hello(socket, ROLE_CLIENT);
    submit(socket);
    uint16_t event = event_next(s, watch, &value);
    assert_true((event & wanted) != 0);
    assert_true(status == 0 || value == status);
    receipt(s, s->local);
    silent(socket);
    zmq_socket_monitor(socket, NULL, 0);
    socket_end(s, watch);
    socket_end(s, socket);
}

static void
served(struct site *s)
{
    void *good = network_peer(s, &s->ward, &s->server, NULL);
    welcomed(s, good, ROLE_CLIENT);
    receipt(s, good);
    socket_end(s, good);
}

#define TURNED_AWAY                                                                                \
    (ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |                  \
     ZMQ_EVENT_DISCONNECTED)

static void
closed_until_it_is_known_who_may(void **state)
{
    struct site *s = *state;
    struct cursor c = cursor_of(network_status(s, "why"));
    struct slice why;
    assert_false(network_is_open(s));
    c = cursor_of(network_status(s, "why"));
    assert_int_equal(cursor_text(&c, &why), ERR_OK);
    assert_true(slice_is(why, "access-unknown"));
    open_network(s);
    served(s);
}

/* The principal of what came over the network is its key's. */
static void
a_key_is_its_principal(void **state)
{
    struct site *s = *state;
    struct buf args = BUF_EMPTY, header = BUF_EMPTY;
    struct message_answer answer;
    struct slice principal;
    served(s);
    pack_map(&args, 2);
    pack_key_uint(&args, "block", 1);
    pack_key_uint(&args, "index", 0);
    struct message_query query = {
        .request = 2, .name = slice_text("broker.record"), .args = buf_slice_of(&args)};
    message_encode_query(&query, &header);
    send_buf(s->local, &header);
    await(s, s->local, MESSAGE_answer, &answer);
    struct cursor c = cursor_of(answer.body);
    c = cursor_of(value_of(&c, "principal"));
    assert_int_equal(cursor_text(&c, &principal), ERR_OK);
    assert_true(slice_is(principal, "ward"));
    buf_fini(&args);
}

static void
without_a_key(void **state)
{
    struct site *s = *state;
    stays_out(s, dealer(s, NULL), TURNED_AWAY, 0);
    served(s);
}

static void
with_a_password(void **state)
{
    struct site *s = *state;
    void *socket = dealer(s, NULL);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_PLAIN_USERNAME, "ward", 4), 0);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_PLAIN_PASSWORD, "ward", 4), 0);
    stays_out(s, socket, TURNED_AWAY, 0);
    served(s);
}

static void
for_another_broker(void **state)
{
    struct site *s = *state;
    struct curve_key wrong;
    void *socket = dealer(s, NULL);
    curve_key_new("broker", &wrong);
    assert_true(curve_connect(socket, &s->ward, wrong.public_key));
    stays_out(s, socket, TURNED_AWAY, 0);
    served(s);
}

static void
with_a_key_that_nobody_has(void **state)
{
    struct site *s = *state;
    struct curve_key stranger;
    void *socket = dealer(s, NULL);
    curve_key_new("ward", &stranger);
    assert_true(curve_connect(socket, &stranger, s->server.public_key));
    stays_out(s, socket, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400);
    served(s);
}

/* A key without its secret: the public half is no secret, and is not enough. */
static void
with_half_a_key(void **state)
{
    struct site *s = *state;
    struct curve_key forged;
    void *socket = dealer(s, NULL);
    curve_key_new("ward", &forged);
    memcpy(forged.public_key, s->ward.public_key, sizeof(forged.public_key));
    assert_true(curve_connect(socket, &forged, s->server.public_key));
    stays_out(s, socket, TURNED_AWAY | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 0);
    served(s);
}

/* ---- a key that is taken back ---- */

static void
revoked_while_it_speaks(void **state)
{
    struct site *s = *state;
    const struct curve_key *keys[] = {&s->other};
    void *ward = network_peer(s, &s->ward, &s->server, NULL);
    welcomed(s, ward, ROLE_CLIENT);
    receipt(s, ward);
    tell_access(s, keys, 1);
    await_error(s, ward, CODE_KEY_REVOKED); /* its session ended */
    submit(ward);
    await_error(s, ward, CODE_KEY_REVOKED);
    hello(ward, ROLE_CLIENT);
    await_error(s, ward, CODE_KEY_REVOKED);
    void *again = dealer(s, NULL);
    assert_true(curve_connect(again, &s->ward, s->server.public_key));
    stays_out(s, again, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400);
    silent(ward);
    socket_end(s, ward);
}

/* ---- sessions of others ---- */

/* A peer over the network with a local peer's routing id: two peers, each with its own answers. */
static void
the_routing_id_of_a_local_peer(void **state)
{
    struct site *s = *state;
    void *local = local_peer(s, "same");
    welcomed(s, local, ROLE_CLIENT);
    void *far = network_peer(s, &s->ward, &s->server, "same");
    submit(far);
    await_error(s, far, CODE_HELLO_FIRST);
    welcomed(s, far, ROLE_CLIENT);
    receipt(s, far);
    silent(local);
    receipt(s, local);
    silent(far);
    socket_end(s, local);
    socket_end(s, far);
}

/* With another network peer's: not heard while that one is there, and no heir of it afterwards. */
static void
the_routing_id_of_a_network_peer(void **state)
{
    struct site *s = *state;
    void *first = network_peer(s, &s->ward, &s->server, "same");
    welcomed(s, first, ROLE_CLIENT);
    void *second = dealer(s, "same");
    void *watch = monitor(s, second, "second");
    uint32_t value;
    assert_true(curve_connect(second, &s->other, s->server.public_key));
    assert_int_equal(zmq_connect(second, s->endpoint), 0);
    assert_int_equal(event_next(s, watch, &value), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    submit(second);
    receipt(s, first);
    receipt(s, first);
    silent(second);
    zmq_socket_monitor(second, NULL, 0);
    socket_end(s, watch);
    socket_end(s, second);
    socket_end(s, first);
    /* The broker may not have seen the first one's end yet; then it does not hear this one at all. */
    for (bool heard = false; !heard;) {
        void *heir = network_peer(s, &s->other, &s->server, "same");
        zmq_pollitem_t item = {.socket = heir, .events = ZMQ_POLLIN};
        submit(heir);
        heard = zmq_poll(&item, 1, 200) == 1;
        if (heard) {
            await_error(s, heir, CODE_HELLO_FIRST);
        }
        socket_end(s, heir);
    }
}

/* ---- no manners ---- */

static int
raw_connect(const struct site *s)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_port = htons((uint16_t)atoi(strrchr(s->endpoint, ':') + 1));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* Until the broker closes it. */
static void
raw_read_out(int fd)
{
    char bytes[256];
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ssize_t got;
    while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
    }
    assert_true(got == 0 || errno == ECONNRESET);
    close(fd);
}

static void
raw_say(int fd, const void *bytes, size_t len)
{
    (void)!send(fd, bytes, len, MSG_NOSIGNAL); /* it may be closed already */
}

/* ZMTP 3.0's first 64 bytes: signature, version, mechanism. */
static void
greeting(uint8_t bytes[64], const char *mechanism)
{
    memset(bytes, 0, 64);
    bytes[0] = 0xff;
    bytes[9] = 0x7f;
    bytes[10] = 3;
    memcpy(bytes + 12, mechanism, strlen(mechanism));
}

static void
rubbish_before_the_handshake(void **state)
{
    struct site *s = *state;
    static const char http[] = "GET / HTTP/1.1\r\nHost: thidua\r\n\r\n";
    uint8_t bytes[4096];
    srand(7);
    for (int i = 0; i < 20; i++) {
        int fd = raw_connect(s);
        for (size_t b = 0; b < sizeof(bytes); b++) {
            bytes[b] = (uint8_t)rand();
        }
        raw_say(fd, bytes, sizeof(bytes));
        shutdown(fd, SHUT_WR);
        raw_read_out(fd);
    }
    int fd = raw_connect(s);
    raw_say(fd, http, sizeof(http));
    shutdown(fd, SHUT_WR);
    raw_read_out(fd);
    served(s);
}

static void
rubbish_in_the_handshake(void **state)
{
    struct site *s = *state;
    static const char *const mechanisms[] = {"NULL",  "PLAIN",  "GSSAPI",
                                             "CURVE", "CURVES", "\xff\xff\xff\xff"};
    uint8_t bytes[64 + 300];
    srand(8);
    for (int i = 0; i < 60; i++) {
        int fd = raw_connect(s);
        greeting(bytes, mechanisms[i % 6]);
        for (size_t b = 64; b < sizeof(bytes); b++) {
            bytes[b] = (uint8_t)rand();
        }
        if (i % 3 == 0) { /* a command HELLO of CURVE's length, its box no box */
            memcpy(bytes + 64, "\x04\xc8\x05HELLO\x01\x00", 10);
        }
        raw_say(fd, bytes, sizeof(bytes));
        shutdown(fd, SHUT_WR);
        raw_read_out(fd);
    }
    served(s);
}

/* Connections that say nothing, or stop in the middle, hold up nobody. */
static void
half_open(void **state)
{
    struct site *s = *state;
    int fds[100];
    uint8_t bytes[64];
    greeting(bytes, "CURVE");
    for (int i = 0; i < 100; i++) {
        fds[i] = raw_connect(s);
        raw_say(fds[i], bytes, i % 2 == 0 ? 0 : 64);
    }
    served(s);
    receipt(s, s->local);
    for (int i = 0; i < 100; i++) {
        close(fds[i]);
    }
    served(s);
}

/* What a key holder says that no message is. */
static void
rubbish_from_a_key_holder(void **state)
{
    struct site *s = *state;
    void *ward = network_peer(s, &s->ward, &s->server, NULL);
    const struct slice parts[3] = {slice_text("rubbish"), slice_of(NULL, 0), slice_text("more")};
    assert_int_equal(frames_send(ward, parts, 1), ERR_OK);
    await_error(s, ward, CODE_MALFORMED);
    assert_int_equal(frames_send(ward, parts, 3), ERR_OK);
    await_error(s, ward, CODE_MALFORMED);
    assert_int_equal(frames_send(ward, parts + 1, 1), ERR_OK);
    await_error(s, ward, CODE_MALFORMED);
    welcomed(s, ward, ROLE_CLIENT);
    socket_end(s, ward);
    served(s);
}

/* One key's connections: a burst, then four a second. The rest are cut off, come again, and get in. */
static void
a_key_that_comes_too_often(void **state)
{
    struct site *s = *state;
    uint32_t cut = 0;
    for (int i = 0; i < 60 && cut == 0; i++) {
        void *socket = dealer(s, NULL);
        assert_true(curve_connect(socket, &s->ward, s->server.public_key));
        char name[16];
        snprintf(name, sizeof(name), "often-%d", i);
        void *watch = monitor(s, socket, name);
        uint32_t value;
        assert_int_equal(zmq_connect(socket, s->endpoint), 0);
        if (event_next(s, watch, &value) != ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            cut++;
            void *other = network_peer(s, &s->other, &s->server, NULL);
            welcomed(s, other, ROLE_CLIENT);
            socket_end(s, other);
            welcomed(s, socket, ROLE_CLIENT); /* by itself, later */
        }
        zmq_socket_monitor(socket, NULL, 0);
        socket_end(s, watch);
        socket_end(s, socket);
    }
    assert_int_equal(cut, 1);
}

int
main(void)
{
    log_open("test", LOG_ERROR);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(closed_until_it_is_known_who_may, set_up_closed, tear_down),
        TEST(a_key_is_its_principal),
        TEST(without_a_key),
        TEST(with_a_password),
        TEST(for_another_broker),
        TEST(with_a_key_that_nobody_has),
        TEST(with_half_a_key),
        TEST(revoked_while_it_speaks),
        TEST(the_routing_id_of_a_local_peer),
        TEST(the_routing_id_of_a_network_peer),
        TEST(rubbish_before_the_handshake),
        TEST(rubbish_in_the_handshake),
        TEST(half_open),
        TEST(rubbish_from_a_key_holder),
        TEST(a_key_that_comes_too_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
