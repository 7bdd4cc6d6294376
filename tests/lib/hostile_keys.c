/* Attacks with a key that is good: see hostile.h. The answers that are awaited are those that refuse. */
#include "broker/limits.h"
#include "common/check.h"
#include "common/clock.h"
#include "proto/pack.h"
#include "proto/rights.h"
#include "tests/lib/hostile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLOOD 4000
#define FLOOD_LONG 150   /* times 4 MiB */
#define FLOOD_WINDOW 500 /* sent ahead of what is read: a flood, and not only a full mark */
#define READ_NOTHING 400 /* long answers asked for: 400 times some MiB */
#define VANISHINGS 24    /* a burst of handshakes, and four that must wait */
#define GUESTS 40        /* connections at once: a burst is 20 */
#define GUESTS_IN 36     /* of those are waited for */
#define BODY_BYTES (200u << 10)

struct guest {
    void *context, *socket;
    struct frames frames;
};

static void
guest_open(struct guest *g, const struct target *t, const struct curve_key *key, const char *id)
{
    *g = (struct guest){.context = zmq_ctx_new()};
    g->socket = socket_open(g->context, ZMQ_DEALER);
    CHECK(g->socket != NULL && curve_connect(g->socket, key, t->at.key));
    if (id != NULL) {
        zmq_setsockopt(g->socket, ZMQ_ROUTING_ID, id, strlen(id));
    }
    CHECK(zmq_connect(g->socket, t->at.address) == 0);
}

static void
guest_close(struct guest *g)
{
    frames_fini(&g->frames);
    zmq_close(g->socket);
    zmq_ctx_term(g->context);
}

static bool
readable(struct guest *g, int wait_ms)
{
    zmq_pollitem_t item = {.socket = g->socket, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, wait_ms) == 1;
}

/* Waits for room; gives up where the broker has cut us off for good. Consumes the buffer's bytes. */
static bool
say(struct guest *g, struct buf *message)
{
    struct slice part = buf_slice_of(message);
    enum err err;
    for (int tries = 0; (err = frames_send(g->socket, &part, 1)) == ERR_AGAIN && tries < 100;
         tries++) {
        zmq_pollitem_t item = {.socket = g->socket, .events = ZMQ_POLLOUT};
        zmq_poll(&item, 1, 100);
    }
    buf_clear(message);
    return err == ERR_OK;
}

/* What the broker says next: an ERROR's code, or the message's name, or "silence". */
static const char *
hear(struct guest *g)
{
    static char code[CODE_MAX + 1];
    struct message_error error;
    struct complaint why;
    uint64_t type = 0;
    if (!readable(g, HOSTILE_PATIENCE_MS) || frames_receive(&g->frames, g->socket) != ERR_OK ||
        g->frames.count == 0 || !layout_peek(frames_slice(&g->frames, 0), &type)) {
        return "silence";
    }
    if (type != MESSAGE_error) {
        return message_layout(type) == NULL ? "unknown" : message_layout(type)->name;
    }
    CHECK(layout_decode(message_layout(type), frames_slice(&g->frames, 0), &error, &why));
    snprintf(code, sizeof(code), "%.*s", SLICE_ARG(error.code));
    return code;
}

static const char *
asked(struct guest *g, struct buf *message)
{
    return say(g, message) ? hear(g) : "silence";
}

static void
hello_as(struct buf *b, enum role role, uint64_t shard)
{
    bool worker = role == ROLE_TALLY || role == ROLE_QUERY;
    message_encode_hello(&(struct message_hello){.version = PROTOCOL_VERSION,
                                                 .role = role,
                                                 .name = slice_text("hostile"),
                                                 .pid = worker ? (uint64_t)getpid() : 0,
                                                 .shard = shard},
                         b);
}

static bool
begin(struct guest *g, enum role role)
{
    struct buf b = BUF_EMPTY;
    hello_as(&b, role, 0);
    bool welcomed = strcmp(asked(g, &b), "welcome") == 0;
    buf_fini(&b);
    return welcomed;
}

/* ---- garbage and floods ---- */

const char *
garbage_after(const struct target *t)
{
    struct guest g;
    struct buf b = BUF_EMPTY;
    const char *got = NULL;
    srand(9);
    guest_open(&g, t, &t->ward, NULL);
    for (int i = 0; i < 300 && got == NULL; i++) {
        for (int n = 1 + rand() % 200; n > 0; n--) {
            buf_byte(&b, (uint8_t)rand());
        }
        const char *said = asked(&g, &b);
        got = strcmp(said, "welcome") == 0 || strcmp(said, "silence") == 0 ? "no refusal" : got;
    }
    static struct slice many[5000]; /* more frames than there may be: counted, and nobody's */
    for (int i = 0; i < 5000; i++) {
        many[i] = slice_text("x");
    }
    CHECK(frames_send(g.socket, many, 5000) == ERR_OK);
    got = got == NULL && !begin(&g, ROLE_CLIENT) ? "the session after it did not begin" : got;
    uint8_t *much = calloc(1, MESSAGE_BYTES_MAX);
    struct slice part =
        slice_of(much, MESSAGE_BYTES_MAX); /* libzmq cuts us off, and we come back */
    CHECK(frames_send(g.socket, &part, 1) == ERR_OK);
    free(much);
    guest_close(&g);
    buf_fini(&b);
    return got;
}

static void
submit_encode(struct buf *b, uint64_t request, uint32_t records, size_t bytes)
{
    struct buf list = BUF_EMPTY;
    static uint8_t zeros[BODY_BYTES];
    pack_array(&list, records);
    for (uint32_t i = 0; i < records; i++) {
        pack_array(&list, 2);
        pack_cstr(&list, "w1");
        pack_bytes(&list, slice_of(zeros, bytes));
    }
    message_encode_submit(
        &(struct message_submit){.request = request, .records = buf_slice_of(&list)}, b);
    buf_fini(&list);
}

static void
query_encode(struct buf *b, uint64_t request, const char *name, uint64_t after)
{
    message_encode_query(&(struct message_query){.request = request,
                                                 .name = slice_text(name),
                                                 .after = after,
                                                 .wait_ms = after > 0 ? QUERY_WAIT_MAX_MS : 0},
                         b);
}

typedef void flood_fn(struct buf *b, uint64_t n);

static const char *
flood(const struct target *t, uint64_t messages, flood_fn *make)
{
    struct guest g;
    struct buf b = BUF_EMPTY;
    uint64_t answers = 0, sent = 0;
    guest_open(&g, t, &t->ward, NULL);
    const char *got = begin(&g, ROLE_CLIENT) ? NULL : "no session to flood from";
    while (got == NULL && sent < messages) {
        make(&b, ++sent);
        got = say(&g, &b) ? NULL : "no room to send for ten seconds";
        while (readable(&g, sent - answers < FLOOD_WINDOW ? 0 : 1000)) {
            answers += frames_receive(&g.frames, g.socket) == ERR_OK;
        }
    }
    printf("# %llu sent, %llu answered\n", (unsigned long long)sent, (unsigned long long)answers);
    guest_close(&g);
    buf_fini(&b);
    return got;
}

/* As long as a message may be, and nothing in it. */
static void
a_long_one(struct buf *b, uint64_t n)
{
    static const uint8_t zeros[1 << 16];
    (void)n;
    for (int i = 0; i < 64; i++) {
        buf_put(b, zeros, sizeof(zeros));
    }
}

/* The long ones first, while the quota takes some: the slow reader asks for them. */
static void
a_submit(struct buf *b, uint64_t n)
{
    if (n <= 8 || n % 8 == 0) {
        submit_encode(b, n, 5, BODY_BYTES);
    } else {
        submit_encode(b, n, SUBMIT_RECORDS_MAX, 16);
    }
}

/* Half of them parked behind a block that will not come. */
static void
a_query(struct buf *b, uint64_t n)
{
    query_encode(b, n, n % 2 == 0 ? "tally" : "campaign", n % 2 == 0 ? UINT64_MAX : 0);
}

static void
a_hello(struct buf *b, uint64_t n)
{
    hello_as(b, n % 16 == 0 ? ROLE_TALLY : ROLE_CLIENT, 0);
}

const char *
flood_records(const struct target *t)
{
    return flood(t, FLOOD, a_submit);
}

const char *
flood_long(const struct target *t)
{
    return flood(t, FLOOD_LONG, a_long_one);
}

const char *
flood_queries(const struct target *t)
{
    return flood(t, FLOOD, a_query);
}

const char *
flood_hellos(const struct target *t)
{
    return flood(t, FLOOD, a_hello);
}

/* A burst may come in at once, the others wait for their turn: in all no less than its time. */
const char *
too_many_handshakes(const struct target *t)
{
    static struct guest g[GUESTS];
    struct buf b = BUF_EMPTY;
    struct clock clock = clock_real(0);
    int64_t start_ms = clock_mono_ms(&clock);
    int in = 0;
    for (int i = 0; i < GUESTS; i++) {
        guest_open(&g[i], t, &t->ward, NULL);
        hello_as(&b, ROLE_CLIENT, 0);
        CHECK(say(&g[i], &b));
    }
    while (in < GUESTS_IN && clock_mono_ms(&clock) - start_ms < 2 * HOSTILE_PATIENCE_MS) {
        for (int i = 0; i < GUESTS; i++) {
            in += readable(&g[i], 1) && strcmp(hear(&g[i]), "silence") != 0;
        }
    }
    int64_t took_ms = clock_mono_ms(&clock) - start_ms;
    printf("# %d connections in %lld ms\n", in, (long long)took_ms);
    for (int i = 0; i < GUESTS; i++) {
        guest_close(&g[i]);
    }
    buf_fini(&b);
    return in < GUESTS_IN ? "nothing: it was kept out for good"
           : took_ms < (GUESTS_IN - 4 * QUOTA_BURST_S) * 1000 / 4 - 1000 ? "all at once"
                                                                         : NULL;
}

/* ---- asking, and not reading ---- */

/* A FETCH takes the place of the one before, so that each waits for a turn of the broker: another
 * connection asks something small, and reads it. */
static const char *
fetch_all(struct guest *slow, struct guest *pace, int times)
{
    struct buf b = BUF_EMPTY;
    const char *got = NULL;
    for (int i = 0; i < times && got == NULL; i++) {
        message_encode_fetch(
            &(struct message_fetch){.from = 1, .max_blocks = 4096, .max_bytes = MESSAGE_BYTES_MAX},
            &b);
        got = say(slow, &b) ? NULL : "no room to ask for ten seconds";
        query_encode(&b, (uint64_t)i, "broker.status", 0);
        got = got == NULL && strcmp(asked(pace, &b), "answer") != 0 ? "no answer beside it" : got;
    }
    buf_fini(&b);
    return got;
}

const char *
slow_reader(const struct target *t)
{
    struct guest slow, pace;
    guest_open(&slow, t, &t->auditor, NULL);
    guest_open(&pace, t, &t->auditor, NULL);
    const char *got = begin(&slow, ROLE_READER) && begin(&pace, ROLE_CLIENT)
                          ? fetch_all(&slow, &pace, READ_NOTHING)
                          : "the auditor may not read";
    /* Its session ended when its bound was reached, and it hears so behind what it had asked for. */
    const char *said = "blocks";
    int blocks = -1;
    while (got == NULL && strcmp(said, "blocks") == 0) {
        said = hear(&slow);
        blocks++;
    }
    printf("# %d of %d long answers were kept for it\n", blocks, READ_NOTHING);
    got = got == NULL && strcmp(said, "hello-first") != 0 ? "all that it asked for" : got;
    guest_close(&slow);
    guest_close(&pace);
    return got;
}

/* ---- other peers, other roles ---- */

/* An id that is somebody's is heard only when that one has gone; then it is nobody's session. */
const char *
others_routing_id(const struct target *t)
{
    struct guest first, second;
    struct buf b = BUF_EMPTY;
    guest_open(&first, t, &t->ward, "same");
    const char *got = begin(&first, ROLE_CLIENT) ? NULL : "no session to take";
    guest_open(&second, t, &t->auditor, "same");
    query_encode(&b, 1, "broker.sessions", 0);
    CHECK(say(&second, &b));
    for (uint64_t i = 1; i <= 50 && got == NULL; i++) {
        query_encode(&b, i, "broker.status", 0);
        const char *said = asked(&first, &b); /* busy: its quota is used up */
        got =
            strcmp(said, "answer") == 0 || strcmp(said, "busy") == 0 ? NULL : "the first's session";
        got = readable(&second, 0) ? "an answer" : got;
    }
    guest_close(&first);
    guest_close(&second);
    buf_fini(&b);
    return got;
}

static void
access_encode_false(struct buf *b, const struct curve_key *key)
{
    static const uint8_t id[16];
    struct buf rows = BUF_EMPTY, body = BUF_EMPTY;
    struct access_entry entry = {
        .principal = slice_text(key->principal), .roles = ACCESS_ALL, .key_count = 1};
    memcpy(entry.keys[0], key->public_key, ACCESS_KEY_SIZE);
    access_encode(&entry, id, &body);
    pack_array(&rows, 1);
    pack_bytes(&rows, buf_slice_of(&body));
    message_encode_access(
        &(struct message_access){.revision = 1, .last = true, .rows = buf_slice_of(&rows)}, b);
    buf_fini(&rows);
    buf_fini(&body);
}

static const char *
refused(struct guest *g, struct buf *b, const char *code, const char *otherwise)
{
    const char *said = asked(g, b);
    if (strcmp(said, code) == 0) {
        return NULL;
    }
    printf("# wanted %s, heard %s\n", code, said);
    return otherwise;
}

const char *
submitter_as_worker(const struct target *t)
{
    struct guest g;
    struct buf b = BUF_EMPTY;
    guest_open(&g, t, &t->ward, NULL);
    hello_as(&b, ROLE_TALLY, 1);
    const char *got = refused(&g, &b, "not-in-role", "a tally worker's session");
    hello_as(&b, ROLE_QUERY, 0);
    got = got != NULL ? got : refused(&g, &b, "not-in-role", "a query worker's session");
    hello_as(&b, ROLE_READER, 0);
    got = got != NULL ? got : refused(&g, &b, "not-in-role", "a reader's session");
    got = got != NULL || begin(&g, ROLE_CLIENT) ? got : "not even its own session";
    message_encode_fetch(&(struct message_fetch){1, 10, 1000}, &b);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "blocks");
    message_encode_progress(&(struct message_progress){.position = 1}, &b);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "a position");
    access_encode_false(&b, &t->ward);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "a table of access");
    message_encode_answer(&(struct message_answer){.request = 1, .body = slice_of("\x80", 1)}, &b);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "an answer");
    guest_close(&g);
    buf_fini(&b);
    return got;
}

/* Shard 0 is not for the network; a query worker's place it may have, and lie in. */
const char *
false_worker(const struct target *t)
{
    struct guest g;
    struct buf b = BUF_EMPTY;
    guest_open(&g, t, &t->worker, NULL);
    hello_as(&b, ROLE_TALLY, 1);
    const char *got = refused(&g, &b, "no-shard", "shard 0");
    hello_as(&b, ROLE_TALLY, 0);
    got = got != NULL ? got : refused(&g, &b, "no-shard", "a shard");
    access_encode_false(&b, &t->worker);
    got = got != NULL ? got : refused(&g, &b, "hello-first", "a table of access");
    got = got != NULL || begin(&g, ROLE_QUERY) ? got : "not even a worker's session";
    access_encode_false(&b, &t->worker);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "a table of access, later");
    message_encode_progress(&(struct message_progress){.position = UINT32_MAX}, &b);
    got = got != NULL ? got : refused(&g, &b, "block-unknown", "a position beyond the head");
    for (uint64_t i = 0; i < 2000; i++) { /* answers to what nobody asked it */
        message_encode_answer(
            &(struct message_answer){.request = i * 1000 + i, .body = slice_of("\x80", 1)}, &b);
        got = say(&g, &b) ? got : "no room";
    }
    submit_encode(&b, 1, 1, 4);
    got = got != NULL ? got : refused(&g, &b, "message-unknown", "a record");
    guest_close(&g);
    buf_fini(&b);
    return got;
}

const char *
vanishing_worker(const struct target *t)
{
    struct buf b = BUF_EMPTY;
    const char *got = NULL;
    for (int i = 0; i < VANISHINGS && got == NULL; i++) {
        struct guest g;
        guest_open(&g, t, &t->worker, NULL);
        got = begin(&g, ROLE_QUERY) ? NULL : "no worker's session";
        (void)readable(&g, 20); /* a question, if one comes: it is never answered */
        guest_close(&g);
    }
    buf_fini(&b);
    return got;
}
