/* Key files, endpoints, and what a client is told whose key is refused, or who asks the wrong broker. The
 * broker is a ROUTER of the test's own on a free port of 127.0.0.1, its ZAP handler answered between
 * the client's steps. */
#include "common/file.h"
#include "common/lang.h"
#include "proto/access.h"
#include "proto/client_impl.h"
#include "proto/curve.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS_MAX 2000 /* of 10 ms: only a failing test takes them all */

static int
set_up(void **state)
{
    *state = tempdir_new();
    lang_set(false);
    return 0;
}

static int
tear_down(void **state)
{
    tempdir_free(*state);
    return 0;
}

static void
text_write(const char *path, mode_t mode, const char *text)
{
    assert_int_equal(file_replace(path, slice_text(text)), ERR_OK);
    assert_int_equal(chmod(path, mode), 0);
}

/* ---- key files ---- */

static void
a_key_comes_back_as_it_was_written(void **state)
{
    struct curve_key key, back;
    struct stat info;
    char why[256] = "";
    char *path = tempdir_path(*state, "key");
    curve_key_new("ward-00001", &key);
    assert_int_equal(curve_key_write(path, &key, why), ERR_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(curve_key_read(path, &back, why), ERR_OK);
    assert_memory_equal(&key, &back, sizeof key);
    assert_int_equal(curve_key_write(path, &key, why), ERR_EXISTS);
    assert_non_null(strstr(why, "never overwritten"));
    free(path);
}

static void
refused(const char *path, enum err err, const char *said)
{
    static const struct curve_key none;
    struct curve_key key;
    char why[256] = "";
    memset(&key, 7, sizeof key);
    assert_int_equal(curve_key_read(path, &key, why), err);
    assert_non_null(strstr(why, said));
    assert_memory_equal(&key, &none, sizeof key);
}

static void
a_key_that_others_could_read_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0601, 0610, 0602, 0644};
    struct curve_key key;
    char why[256] = "";
    char *path = tempdir_path(*state, "key");
    char *link = tempdir_path(*state, "link");
    char *pipe = tempdir_path(*state, "pipe");
    curve_key_new("p", &key);
    assert_int_equal(curve_key_write(path, &key, why), ERR_OK);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        refused(path, ERR_REFUSED, "chmod 600");
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(curve_key_read(path, &key, why), ERR_OK);
    assert_int_equal(symlink(path, link), 0);
    refused(link, ERR_REFUSED, "must not be a link");
    assert_int_equal(curve_key_write(link, &key, why), ERR_EXISTS);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    refused(pipe, ERR_REFUSED, "plain file");
    refused(*state, ERR_REFUSED, "plain file");
    if (geteuid() == 0) { /* only root can give a file away */
        assert_int_equal(chown(path, 12345, 0), 0);
        refused(path, ERR_REFUSED, "another user's");
    }
    free(path);
    free(link);
    free(pipe);
}

static void
a_key_file_that_is_none_is_refused(void **state)
{
    struct curve_key a, b;
    char text[1200], public_key[ACCESS_KEY_TEXT], secret_key[ACCESS_KEY_TEXT];
    char *path = tempdir_path(*state, "key");
    curve_key_new("a", &a);
    curve_key_new("b", &b);
    access_key_format(a.public_key, public_key);
    access_key_format(b.secret_key, secret_key);
    refused(path, ERR_NOT_FOUND, "there is no key file");
    text_write(path, 0600, "");
    refused(path, ERR_FORMAT, "lacks its line");
    text_write(path, 0600, "# only this\nprincipal: a\n");
    refused(path, ERR_FORMAT, "lacks its line");
    text_write(path, 0600, "principal: a\nprincipal: a\n");
    refused(path, ERR_FORMAT, "line 2");
    text_write(path, 0600, "principal: A\n");
    refused(path, ERR_FORMAT, "line 1");
    text_write(path, 0600, "# x\n\npublic: 12\n");
    refused(path, ERR_FORMAT, "line 3");
    snprintf(text, sizeof text, "principal: a\npublic: %s\nsecret: %s\n", public_key, secret_key);
    text_write(path, 0600, text);
    refused(path, ERR_FORMAT, "public is not that of secret");
    memset(text, '#', sizeof text);
    text[sizeof text - 1] = '\0';
    text_write(path, 0600, text);
    refused(path, ERR_FORMAT, "no key file");
    free(path);
}

/* ---- endpoints ---- */

static void
endpoints_are_taken_apart(void **state)
{
    struct endpoint e;
    uint8_t key[CURVE_KEY_SIZE];
    char text[256], hex[ACCESS_KEY_TEXT], why[256];
    (void)state;
    memset(key, 0xa7, sizeof key);
    access_key_format(key, hex);
    snprintf(text, sizeof text, " tcp://broker.example:5571#%s\n", hex);
    assert_true(endpoint_parse(slice_text(text), &e, why));
    assert_string_equal(e.address, "tcp://broker.example:5571");
    assert_true(e.has_key);
    assert_memory_equal(e.key, key, sizeof key);
    assert_true(endpoint_parse(slice_text("ipc:///run/a#b"), &e, why));
    assert_string_equal(e.address, "ipc:///run/a#b");
    assert_false(e.has_key);
}

static void
endpoints_that_are_none(void **state)
{
    struct endpoint e;
    char text[700], why[256];
    (void)state;
    assert_false(endpoint_parse(slice_text("tcp://a:1"), &e, why));
    assert_non_null(strstr(why, "the broker's key is missing"));
    assert_false(endpoint_parse(slice_text("tcp://a:1#"), &e, why));
    assert_non_null(strstr(why, "64 lower-case"));
    snprintf(text, sizeof text, "tcp://a:1#%064d0", 0);
    assert_false(endpoint_parse(slice_text(text), &e, why));
    snprintf(text, sizeof text, "tcp://a:1#%063dA", 0);
    assert_false(endpoint_parse(slice_text(text), &e, why));
    snprintf(text, sizeof text, "tcp://#%064d", 0);
    assert_false(endpoint_parse(slice_text(text), &e, why));
    assert_non_null(strstr(why, "HOST:PORT is missing"));
    assert_false(endpoint_parse(slice_text("  "), &e, why));
    snprintf(text, sizeof text, "ipc:///%0600d", 0);
    assert_false(endpoint_parse(slice_text(text), &e, why));
    assert_non_null(strstr(why, "is no broker's address"));
}

/* ---- a broker that asks for keys ---- */

struct fixture {
    void *context, *zap, *router;
    struct curve_key server;
    char endpoint[64];  /* as libzmq has it */
    char brokers[256];  /* with the key behind it */
    const char *status; /* what ZAP is told: "200" or "400" */
    unsigned asked;     /* handshakes that came so far */
    struct client *client;
    uint64_t refused, timed_out;
    struct complaint why;
};

static void
brokers_name(struct fixture *f, const struct curve_key *server)
{
    char hex[ACCESS_KEY_TEXT];
    access_key_format(server->public_key, hex);
    snprintf(f->brokers, sizeof f->brokers, "%s#%s", f->endpoint, hex);
}

static void
broker_open(struct fixture *f)
{
    size_t size = sizeof f->endpoint;
    curve_key_new("broker", &f->server);
    f->context = zmq_ctx_new();
    f->zap = socket_open(f->context, ZMQ_REP);
    assert_int_equal(zmq_bind(f->zap, "inproc://zeromq.zap.01"), 0);
    f->router = socket_open(f->context, ZMQ_ROUTER);
    assert_true(curve_serve(f->router, &f->server));
    assert_int_equal(zmq_bind(f->router, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(f->router, ZMQ_LAST_ENDPOINT, f->endpoint, &size), 0);
    brokers_name(f, &f->server);
}

static void
broker_close(struct fixture *f)
{
    client_free(&f->client);
    zmq_close(f->router);
    zmq_close(f->zap);
    zmq_ctx_term(f->context);
}

/* Frames of a request: version, id, domain, address, identity, mechanism, key. */
static void
zap_step(struct fixture *f)
{
    struct frames in = {0};
    if (frames_receive(&in, f->zap) == ERR_OK) {
        assert_int_equal(in.count, 7);
        struct slice answer[] = {slice_text("1.0"),      frames_slice(&in, 1),
                                 slice_text(f->status),  slice_text("no such"),
                                 slice_text("somebody"), slice_text("")};
        assert_int_equal(frames_send(f->zap, answer, 6), ERR_OK);
        f->asked++;
    }
    frames_fini(&in);
}

/* HELLO is answered, everything else with this code. */
static void
router_step(struct fixture *f, const char *code)
{
    struct frames in = {0};
    struct buf out = BUF_EMPTY;
    uint64_t type;
    if (frames_receive(&in, f->router) == ERR_OK && layout_peek(frames_slice(&in, 1), &type)) {
        if (type == MESSAGE_hello) {
            message_encode_welcome(
                &(struct message_welcome){.version = PROTOCOL_VERSION, .heartbeat_ms = 1000}, &out);
        } else {
            message_encode_error(&(struct message_error){.request = 1, .code = slice_text(code)},
                                 &out);
        }
        struct slice parts[] = {frames_slice(&in, 0), buf_slice_of(&out)};
        assert_int_equal(frames_send(f->router, parts, 2), ERR_OK);
    }
    frames_fini(&in);
    buf_fini(&out);
}

static void
on_result(void *context, const struct client_result *result)
{
    struct fixture *f = context;
    f->refused += result->err == ERR_REFUSED;
    f->timed_out += result->err == ERR_TIMEOUT;
    f->why = result->why;
}

static void
client_start(struct fixture *f, const char *folder, uint32_t give_up_ms)
{
    struct curve_key key;
    char why[256] = "";
    char *path = tempdir_path(folder, "mine");
    curve_key_new("ward-1", &key);
    assert_int_equal(curve_key_write(path, &key, why), ERR_OK);
    struct client_options options = {
        .brokers = f->brokers, .key_file = path, .give_up_ms = give_up_ms};
    f->client = client_new(&options, why);
    assert_non_null(f->client);
    client_on_result(f->client, on_result, f);
    assert_int_equal(client_submit(f->client, slice_text("w1"), slice_text("x"), 1), ERR_OK);
    client_flush(f->client);
    free(path);
}

static void
run(struct fixture *f, const char *code)
{
    for (unsigned i = 0; i < STEPS_MAX && client_pending(f->client) > 0; i++) {
        client_step(f->client, 10);
        zap_step(f);
        router_step(f, code);
    }
    assert_int_equal(client_pending(f->client), 0);
}

static void
a_key_that_the_broker_refuses_is_told(void **state)
{
    struct fixture f = {.status = "400"};
    broker_open(&f);
    client_start(&f, *state, 60000);
    run(&f, "");
    assert_int_equal(f.refused, 1);
    assert_int_equal(f.why.code, CODE_KEY_REVOKED);
    assert_string_equal(f.why.subject, "ward-1");
    assert_int_equal(f.client->handshake.count, 2); /* tried again once, no more */
    broker_close(&f);
}

static void
a_key_that_is_taken_opens_a_session(void **state)
{
    struct fixture f = {.status = "200"};
    broker_open(&f);
    client_start(&f, *state, 60000);
    run(&f, "not-allowed");
    assert_int_equal(f.refused, 1);
    assert_int_equal(f.why.code, CODE_NOT_ALLOWED);
    assert_int_equal(f.client->handshake.count, 1);
    broker_close(&f);
}

static void
another_brokers_key_is_told(void **state)
{
    struct fixture f = {.status = "200"};
    struct curve_key other;
    broker_open(&f);
    curve_key_new("broker", &other);
    brokers_name(&f, &other);
    client_start(&f, *state, 700);
    run(&f, "");
    assert_int_equal(f.timed_out, 1);
    assert_int_equal(f.why.code, CODE_HANDSHAKE_FAILED);
    assert_string_equal(f.why.subject, f.endpoint);
    assert_int_equal(f.asked, 0);
    broker_close(&f);
}

static void
a_broker_of_another_machine_wants_a_key(void **state)
{
    struct fixture f = {0};
    char why[256] = "";
    (void)state;
    snprintf(f.brokers, sizeof f.brokers, "tcp://127.0.0.1:9#%064d", 0);
    struct client_options options = {.brokers = f.brokers};
    assert_null(client_new(&options, why));
    assert_non_null(strstr(why, "wants a key file"));
    options.key_file = "/nowhere/key";
    assert_null(client_new(&options, why));
    assert_non_null(strstr(why, "there is no key file /nowhere/key"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_comes_back_as_it_was_written),
        TEST(a_key_that_others_could_read_is_refused),
        TEST(a_key_file_that_is_none_is_refused),
        TEST(endpoints_are_taken_apart),
        TEST(endpoints_that_are_none),
        TEST(a_key_that_the_broker_refuses_is_told),
        TEST(a_key_that_is_taken_opens_a_session),
        TEST(another_brokers_key_is_told),
        TEST(a_broker_of_another_machine_wants_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
