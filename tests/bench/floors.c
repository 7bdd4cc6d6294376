/* The same work without us: see bench.h. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/mem.h"
#include "proto/records.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define DECODED 20000 /* reports, again and again: they stay in the cache's reach as a turn's do */
#define DECODE_ROUNDS 20

double
floor_append(const struct site *s, size_t n, size_t size, double *took)
{
    char path[PATH_ROOM];
    uint8_t *bytes = mem_alloc(size);
    snprintf(path, sizeof(path), "%s/bare", s->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    double start = now_s();
    for (size_t i = 0; i < n; i++) {
        double at = now_s();
        CHECK(write(fd, bytes, size) == (ssize_t)size && fdatasync(fd) == 0);
        if (took != NULL) {
            took[i] = now_s() - at;
        }
    }
    double total = now_s() - start;
    close(fd);
    unlink(path);
    free(bytes);
    return total;
}

/* Every field and every value, as the state machine reads them. The sum keeps the reading alive. */
static int64_t
decode_one(struct slice body)
{
    struct record_report report;
    struct complaint why;
    struct cursor cursor;
    struct slice code;
    struct value value;
    uint32_t n;
    int64_t sum = 0;
    CHECK(layout_decode(record_layout(RECORD_report), body, &report, &why) &&
          values_open(report.values, &cursor, &n, &why));
    for (uint32_t i = 0; i < n; i++) {
        CHECK(values_next(&cursor, &code, &value, &why));
        sum += value.number;
    }
    return sum;
}

void
floor_decode(struct figures *f)
{
    struct buf body = BUF_EMPTY, all = BUF_EMPTY;
    size_t *ends = mem_alloc(DECODED * sizeof(*ends));
    char unit[CODE_MAX + 1];
    for (uint64_t n = 0; n < DECODED; n++) {
        workload_report(n, n + 1, &body, unit);
        buf_slice(&all, buf_slice_of(&body));
        ends[n] = all.len;
    }
    int64_t sum = 0;
    double start = now_s();
    for (int round = 0; round < DECODE_ROUNDS; round++) {
        size_t at = 0;
        for (size_t n = 0; n < DECODED; n++) {
            sum += decode_one(slice_of(all.data + at, ends[n] - at));
            at = ends[n];
        }
    }
    double took = now_s() - start;
    CHECK(sum > 0);
    figure_add(f, "floor, decoding alone", "/s", (double)DECODED * DECODE_ROUNDS / took);
    free(ends);
    buf_fini(&all);
    buf_fini(&body);
}

static void
receive_all(const char *endpoint, uint64_t messages)
{
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PULL);
    zmq_msg_t msg;
    zmq_msg_init(&msg);
    if (zmq_bind(socket, endpoint) != 0) {
        _exit(1);
    }
    for (uint64_t i = 0; i < messages; i++) {
        if (zmq_msg_recv(&msg, socket, 0) < 0) {
            _exit(1);
        }
    }
    _exit(0);
}

/* As many messages of as many bytes through a PUSH and a PULL in two processes. */
void
floor_libzmq(struct figures *f, const struct site *s, uint64_t records, uint32_t per_message)
{
    char endpoint[PATH_ROOM + 16], name[80];
    uint64_t messages = records / per_message;
    size_t size = (size_t)per_message * (size_t)(s->record_bytes / s->made);
    uint8_t *bytes = mem_alloc(size);
    int status = 1;
    snprintf(endpoint, sizeof(endpoint), "ipc://%s/floor", s->folder);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        receive_all(endpoint, messages);
    }
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    CHECK(zmq_connect(socket, endpoint) == 0);
    double start = now_s();
    for (uint64_t i = 0; i < messages; i++) {
        CHECK(zmq_send(socket, bytes, size, 0) == (int)size);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    snprintf(name, sizeof(name), "%u a message: floor, libzmq alone", per_message);
    figure_add(f, name, "/s", (double)messages * per_message / (now_s() - start));
    zmq_close(socket);
    zmq_ctx_term(context);
    free(bytes);
}
