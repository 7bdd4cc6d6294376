/* Ten thousand offices, each with a key of its own and a connection that stays: see bench.h. They stand
 * in a few processes, PER_PROCESS sockets in each. All connect at once, as after a power cut; then all
 * send one report at once, and again when all have their receipts. A report's time is from the moment
 * when its process begins to send to the moment when its receipt was found: it counts those in front. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/mem.h"
#include "proto/frames.h"
#include "proto/messages.h"
#include "proto/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PER_PROCESS 2500 /* three descriptors a socket, at most */
#define PROCESSES (OFFICES / PER_PROCESS)
#define ACCESS_FILE 5000 /* principals in a file of at most a MiB */
#define ROUNDS 5
#define PATIENCE_S 120.0

struct office {
    struct curve_key key;
    struct buf submit;
    void *socket;
};

/* What a process tells: when it was done, and what each receipt took. */
struct told {
    double connected_s;
    double took_s[ROUNDS];
    double receipts_s[ROUNDS * PER_PROCESS];
};

static struct office offices[OFFICES];

static void
office_make(struct site *s, uint32_t i, FILE *access)
{
    struct buf body = BUF_EMPTY, records = BUF_EMPTY;
    char unit[CODE_MAX + 1], name[CODE_MAX + 1];
    snprintf(name, sizeof(name), "office-%05u", i);
    curve_key_new(name, &offices[i].key);
    workload_report(s->made++, i + 1, &body, unit);
    network_access_add(access, &offices[i].key, "submitter", unit);
    pack_array(&records, 1);
    pack_array(&records, 2);
    pack_cstr(&records, unit);
    pack_bytes(&records, buf_slice_of(&body));
    message_encode_submit(&(struct message_submit){.request = 1, .records = buf_slice_of(&records)},
                          &offices[i].submit);
    buf_fini(&body);
    buf_fini(&records);
}

/* Says it from each socket, and awaits an answer of that type at each. */
static void
all_ask(struct office *mine, const struct buf *hello, enum message_type type, double *times)
{
    static zmq_pollitem_t items[PER_PROCESS];
    static bool answered[PER_PROCESS];
    struct frames frames = {0};
    double start = now_s();
    uint32_t left = PER_PROCESS;
    for (uint32_t i = 0; i < PER_PROCESS; i++) {
        struct slice part = buf_slice_of(hello != NULL ? hello : &mine[i].submit);
        CHECK(frames_send(mine[i].socket, &part, 1) == ERR_OK);
        items[i] = (zmq_pollitem_t){.socket = mine[i].socket, .events = ZMQ_POLLIN};
        answered[i] = false;
    }
    while (left > 0 && now_s() - start < PATIENCE_S) {
        CHECK(zmq_poll(items, PER_PROCESS, 1000) >= 0);
        for (uint32_t i = 0; i < PER_PROCESS; i++) {
            uint64_t found = 0;
            if (items[i].revents == 0 || answered[i]) {
                continue;
            }
            CHECK(frames_receive(&frames, mine[i].socket) == ERR_OK);
            CHECK(layout_peek(frames_slice(&frames, 0), &found) && found == (uint64_t)type);
            answered[i] = true;
            left--;
            if (times != NULL) {
                times[i] = now_s() - start;
            }
        }
    }
    CHECK(left == 0);
    frames_fini(&frames);
}

/* A step of all processes: it tells when it is done, and goes on when all are. */
static void
in_step(int out, int in)
{
    char byte = 0;
    CHECK(write(out, &byte, 1) == 1 && read(in, &byte, 1) == 1);
}

static void
process_run(struct office *mine, const struct endpoint *at, int out, int in)
{
    static struct told told;
    struct buf hello = BUF_EMPTY;
    void *context = zmq_ctx_new();
    CHECK(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, PER_PROCESS + 8) == 0);
    message_encode_hello(&(struct message_hello){.version = PROTOCOL_VERSION, .role = ROLE_CLIENT},
                         &hello);
    in_step(out, in);
    double start = now_s();
    for (uint32_t i = 0; i < PER_PROCESS; i++) {
        mine[i].socket = socket_open(context, ZMQ_DEALER);
        CHECK(mine[i].socket != NULL && curve_connect(mine[i].socket, &mine[i].key, at->key) &&
              zmq_connect(mine[i].socket, at->address) == 0);
    }
    all_ask(mine, &hello, MESSAGE_welcome, NULL);
    told.connected_s = now_s() - start;
    in_step(out, in);
    for (int r = 0; r < ROUNDS; r++) {
        start = now_s();
        all_ask(mine, NULL, MESSAGE_receipts, told.receipts_s + r * PER_PROCESS);
        told.took_s[r] = now_s() - start;
        in_step(out, in);
    }
    const char *bytes = (const char *)&told;
    for (size_t sent = 0; sent < sizeof(told);) {
        ssize_t n = write(out, bytes + sent, sizeof(told) - sent);
        CHECK(n > 0);
        sent += (size_t)n;
    }
    _exit(0); /* the kernel closes what is open */
}

static void
step_all(int from[PROCESSES], int to[PROCESSES])
{
    char byte = 0;
    for (int p = 0; p < PROCESSES; p++) {
        CHECK(read(from[p], &byte, 1) == 1);
    }
    for (int p = 0; p < PROCESSES; p++) {
        CHECK(write(to[p], &byte, 1) == 1);
    }
}

static double
broker_mib(const struct site *s)
{
    struct costs costs;
    costs_read(s, &costs);
    for (uint32_t i = 0; i < costs.count; i++) {
        if (strcmp(costs.of[i].name, "thidua-broker") == 0) {
            return costs.of[i].anonymous_mib;
        }
    }
    return 0;
}

static void
offices_tell(struct figures *f, int from[PROCESSES], double round_s[ROUNDS])
{
    static struct told told;
    double *all = mem_alloc(sizeof(double) * ROUNDS * OFFICES);
    size_t n = 0;
    for (int p = 0; p < PROCESSES; p++) {
        for (size_t got = 0; got < sizeof(told);) {
            ssize_t r = read(from[p], (char *)&told + got, sizeof(told) - got);
            CHECK(r > 0);
            got += (size_t)r;
        }
        memcpy(all + n, told.receipts_s, sizeof(told.receipts_s));
        n += ROUNDS * PER_PROCESS;
    }
    double seconds = 0;
    for (int r = 0; r < ROUNDS; r++) {
        seconds += round_s[r];
    }
    figure_add(f, "offices: accepted, one report each at once", "/s", ROUNDS * OFFICES / seconds);
    figure_add_times(f, "offices: receipt", all, n);
    free(all);
}

void
mode_offices(struct figures *f, struct site *s, uint64_t records)
{
    (void)records;
    int from[PROCESSES], to[PROCESSES], pair[2];
    char text[ENDPOINT_MAX], why[256];
    double round_s[ROUNDS];
    struct endpoint at;
    FILE *access = network_access_begin(s);
    for (uint32_t i = 0; i < OFFICES; i++) {
        office_make(s, i, access);
        if (i % ACCESS_FILE == ACCESS_FILE - 1 && i + 1 < OFFICES) {
            network_access_end(s, access);
            access = network_access_begin(s);
        }
    }
    network_access_end(s, access);
    network_endpoint(s, text);
    CHECK(endpoint_parse(slice_text(text), &at, why));
    client_free(&s->client);
    for (int p = 0; p < PROCESSES; p++) {
        int out[2];
        CHECK(pipe(pair) == 0 && pipe(out) == 0);
        if (fork() == 0) {
            process_run(offices + p * PER_PROCESS, &at, pair[1], out[0]);
        }
        close(pair[1]);
        from[p] = pair[0];
        to[p] = out[1];
    }
    double before_mib = broker_mib(s), start = now_s();
    step_all(from, to); /* connect */
    step_all(from, to); /* all are welcomed */
    figure_add(f, "offices: handshakes and sessions", "/s", OFFICES / (now_s() - start));
    figure_add(f, "offices: the broker's memory a connection", "KiB",
               (broker_mib(s) - before_mib) * 1024 / OFFICES);
    for (int r = 0; r < ROUNDS; r++) {
        start = now_s();
        step_all(from, to);
        round_s[r] = now_s() - start;
    }
    offices_tell(f, from, round_s);
    while (wait3(NULL, WNOHANG, NULL) > 0) {
    }
    figure_add(f, "offices: the broker's memory at the end", "MiB", broker_mib(s));
}
