/* A peer that means no good: sends a live broker messages and records that are wrong in every way we
 * know, and expects one clear code for each; then that a good record still goes through. TAP.
 *
 *     peer ENDPOINT          (the site has published tests/data/small)
 */
#include "common/check.h"
#include "proto/client.h"
#include "proto/frames.h"
#include "proto/pack.h"

#include <stdio.h>
#include <stdlib.h>

#define ANSWER_MS 10000

static int tests;
static int failures;

static void
expect(const char *name, const char *wanted, const char *got)
{
    bool same = strcmp(wanted, got) == 0;
    tests++;
    failures += !same;
    printf("%sok %d - %s\n", same ? "" : "not ", tests, name);
    if (!same) {
        printf("# wanted: %s\n# got:    %s\n", wanted, got);
    }
}

/* ---- messages: what the broker itself answers ---- */

struct peer {
    void *socket;
    struct frames frames;
    char code[CODE_MAX + 1];
};

/* The code of the next ERROR; "welcome" and so on for another message; "silence". */
static const char *
answer(struct peer *p)
{
    zmq_pollitem_t item = {p->socket, 0, ZMQ_POLLIN, 0};
    struct message_error error;
    struct complaint why;
    uint64_t type;
    if (zmq_poll(&item, 1, ANSWER_MS) <= 0 || frames_receive(&p->frames, p->socket) != ERR_OK ||
        p->frames.count == 0 || !layout_peek(frames_slice(&p->frames, 0), &type)) {
        return "silence";
    }
    if (type != MESSAGE_error) {
        const struct layout *layout = message_layout(type);
        return layout == NULL ? "unknown" : layout->name;
    }
    CHECK(layout_decode(message_layout(MESSAGE_error), frames_slice(&p->frames, 0), &error, &why));
    snprintf(p->code, sizeof(p->code), "%.*s", SLICE_ARG(error.code));
    return p->code;
}

static const char *
say(struct peer *p, struct buf *message)
{
    struct slice part = buf_slice_of(message);
    CHECK(frames_send(p->socket, &part, 1) == ERR_OK);
    buf_clear(message);
    return answer(p);
}

static void
hello(struct buf *b, uint64_t version, uint64_t role)
{
    message_encode_hello(
        &(struct message_hello){.version = version, .role = role, .name = slice_text("peer")}, b);
}

static void
submit_of(struct buf *b, uint32_t count, struct slice unit, size_t body_len)
{
    struct buf records = BUF_EMPTY;
    uint8_t *body = calloc(1, body_len + 1);
    CHECK(body != NULL);
    pack_array(&records, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_array(&records, 2);
        pack_text(&records, unit);
        pack_bytes(&records, slice_of(body, body_len));
    }
    /* By hand: the encoder would CHECK the limit that we mean to break. */
    pack_map(b, 3);
    pack_uint(b, 0);
    pack_uint(b, MESSAGE_submit);
    pack_uint(b, 1);
    pack_uint(b, 77);
    pack_uint(b, 2);
    pack_raw(b, buf_slice_of(&records));
    buf_fini(&records);
    free(body);
}

static void
messages(struct peer *p)
{
    struct buf b = BUF_EMPTY;
    submit_of(&b, 1, slice_text("w1"), 4);
    expect("a SUBMIT before HELLO", "hello-first", say(p, &b));
    hello(&b, 99, ROLE_CLIENT);
    expect("HELLO of a version to come", "version-unknown", say(p, &b));
    hello(&b, PROTOCOL_VERSION, 200);
    expect("HELLO of no known role", "type-unknown", say(p, &b));
    hello(&b, PROTOCOL_VERSION, ROLE_CLIENT);
    expect("a proper HELLO", "welcome", say(p, &b));
    buf_put(&b, "\xde\xff\xff\x00", 4);
    expect("a header cut short", "malformed", say(p, &b));
    for (int i = 0; i < 5000; i++) {
        buf_byte(&b, 0x91);
    }
    expect("5,000 nested arrays", "malformed", say(p, &b));
    buf_put(&b, "\xdd\xff\xff\xff\xff", 5);
    expect("an array that claims four thousand million", "malformed", say(p, &b));
    pack_map(&b, 1);
    pack_uint(&b, 0);
    pack_uint(&b, 240);
    expect("an unknown message", "message-unknown", say(p, &b));
    pack_map(&b, 1);
    pack_uint(&b, 0);
    pack_uint(&b, MESSAGE_submit);
    expect("a SUBMIT without its fields", "missing-field", say(p, &b));
    submit_of(&b, 0, slice_text("w1"), 4);
    expect("no record at all", "nothing-there", say(p, &b));
    submit_of(&b, SUBMIT_RECORDS_MAX + 1, slice_text("w1"), 4);
    expect("1,001 records", "too-many", say(p, &b));
    submit_of(&b, 2, slice_text("w1"), SUBMIT_BYTES_MAX / 2);
    expect("a SUBMIT above 1 MiB", "too-large", say(p, &b));
    submit_of(&b, 1, slice_text("W 1"), 4);
    expect("a unit that is no code", "code-invalid", say(p, &b));
    buf_clear(&b);
    message_encode_heartbeat(&(struct message_heartbeat){}, &b);
    expect("and the session lives", "heartbeat", say(p, &b));
    buf_fini(&b);
}

/* ---- records: journalled, then refused by the worker ---- */

struct records {
    struct client *client;
    struct client_result result;
    char code[CODE_MAX + 1];
};

static void
on_result(void *context, const struct client_result *result)
{
    ((struct records *)context)->result = *result;
}

/* The value of a text key, anywhere in an answer's first verdict. */
static void
verdict_field(struct slice body, const char *key, char text[CODE_MAX + 1])
{
    for (size_t i = 0; i + strlen(key) < body.len; i++) {
        struct cursor c = cursor_of(slice_of(body.data + i, body.len - i));
        struct slice found;
        if (cursor_text(&c, &found) == ERR_OK && slice_is(found, key) &&
            cursor_text(&c, &found) == ERR_OK) {
            snprintf(text, CODE_MAX + 1, "%.*s", SLICE_ARG(found));
            return;
        }
    }
}

static const char *
verdict(struct records *r, const char *unit, struct buf *body)
{
    struct buf args = BUF_EMPTY;
    struct slice answer_body;
    struct complaint why;
    uint64_t as_of;
    CHECK(client_submit(r->client, slice_text(unit), buf_slice_of(body), 1) == ERR_OK);
    buf_clear(body);
    client_drain(r->client);
    if (r->result.err != ERR_OK) {
        return code_text(r->result.why.code);
    }
    pack_map(&args, 2);
    pack_cstr(&args, "ranges");
    pack_array(&args, 1);
    pack_array(&args, 3);
    pack_uint(&args, r->result.receipt.block);
    pack_uint(&args, r->result.receipt.index);
    pack_uint(&args, 1);
    pack_key_bool(&args, "all", true);
    enum err err = client_query(r->client, "verdicts", buf_slice_of(&args), r->result.receipt.block,
                                &answer_body, &as_of, &why);
    buf_fini(&args);
    strcpy(r->code, "accepted");
    if (err != ERR_OK) {
        return err_name(err);
    }
    verdict_field(answer_body, "verdict", r->code);
    if (strcmp(r->code, "rejected") == 0) {
        verdict_field(answer_body, "code", r->code);
    }
    return r->code;
}

/* A report of w1, its fields one by one, so that any may be wrong. Pairs that follow are the caller's. */
static void
begin_report(struct buf *b, uint32_t more, const char *form, const char *unit, const char *period)
{
    pack_map(b, 6 + more);
    pack_uint(b, 0);
    pack_uint(b, RECORD_report);
    pack_uint(b, 1);
    pack_uint(b, RECORD_VERSION);
    pack_uint(b, 3);
    pack_cstr(b, form);
    pack_uint(b, 4);
    pack_cstr(b, unit);
    pack_uint(b, 5);
    pack_cstr(b, period);
    pack_uint(b, 7);
    pack_uint(b, 5);
}

static void
values_of(struct buf *b, const char *indicator, uint64_t value)
{
    pack_uint(b, 10);
    pack_map(b, 1);
    pack_cstr(b, indicator);
    pack_uint(b, value);
}

static void
shapes(struct records *r)
{
    struct buf b = BUF_EMPTY;
    buf_put(&b, "\xc1\xff\x00 garbage", 11);
    expect("bytes that are no msgpack", "malformed", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "20211103");
    values_of(&b, "doses", 1);
    b.len -= 3;
    expect("a report cut short", "malformed", verdict(r, "w1", &b));
    pack_map(&b, 2);
    pack_uint(&b, 0);
    pack_uint(&b, 99);
    pack_uint(&b, 1);
    pack_uint(&b, 1);
    expect("an unknown record", "type-unknown", verdict(r, "w1", &b));
    pack_map(&b, 2);
    pack_uint(&b, 0);
    pack_uint(&b, RECORD_report);
    pack_uint(&b, 1);
    pack_uint(&b, 9);
    expect("a record of a version to come", "version-unknown", verdict(r, "w1", &b));
    begin_report(&b, 0, "daily", "w1", "20211103");
    expect("no values", "missing-field", verdict(r, "w1", &b));
    begin_report(&b, 2, "daily", "w1", "20211103");
    values_of(&b, "doses", 1);
    values_of(&b, "doses", 1);
    expect("a key twice", "duplicate-key", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "20211103");
    pack_uint(&b, 10);
    pack_cstr(&b, "not a map");
    expect("values that are no map", "wrong-type", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "20211103");
    pack_uint(&b, 10);
    for (int i = 0; i < 40; i++) {
        pack_array(&b, 1);
    }
    pack_nil(&b);
    expect("values nested 40 deep", "too-deep", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "\xff\xfe");
    values_of(&b, "doses", 1);
    expect("text that is no UTF-8", "not-utf8", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "e\xcc\x81");
    values_of(&b, "doses", 1);
    expect("text that is not composed", "not-nfc", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "W1", "20211103");
    values_of(&b, "doses", 1);
    expect("a unit that is no code", "code-invalid", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w2", "20211103");
    values_of(&b, "doses", 1);
    expect("another unit than the envelope's", "unit-mismatch", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "20211103");
    pack_uint(&b, 10);
    pack_map(&b, 2);
    pack_cstr(&b, "doses");
    pack_uint(&b, 1);
    pack_cstr(&b, "doses");
    pack_uint(&b, 2);
    expect("a value twice", "duplicate-key", verdict(r, "w1", &b));
    begin_report(&b, 1, "daily", "w1", "20211103");
    values_of(&b, "doses", UINT64_MAX);
    expect("an integer beyond 64 bits", "value-overflow", verdict(r, "w1", &b));
    begin_report(&b, 2, "daily", "w1", "20211103");
    values_of(&b, "doses", 4);
    pack_uint(&b, 120);
    pack_cstr(&b, "of a version to come");
    expect("an unknown field is skipped", "accepted", verdict(r, "w1", &b));
    buf_fini(&b);
}

int
main(int argc, char **argv)
{
    char why[256];
    CHECK(argc == 2);
    void *context = zmq_ctx_new();
    struct peer peer = {.socket = socket_open(context, ZMQ_DEALER)};
    CHECK(peer.socket != NULL && zmq_connect(peer.socket, argv[1]) == 0);
    messages(&peer);
    frames_fini(&peer.frames);
    zmq_close(peer.socket);
    zmq_ctx_term(context);
    struct records records = {
        .client = client_new(&(struct client_options){.brokers = argv[1], .name = "peer"}, why)};
    CHECK(records.client != NULL);
    client_on_result(records.client, on_result, &records);
    shapes(&records);
    client_free(&records.client);
    printf("1..%d\n", tests);
    return failures > 0;
}
