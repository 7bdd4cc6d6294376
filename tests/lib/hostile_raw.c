/* Attacks without a key: see hostile.h. What may come back of such a connection is the broker's own
 * greeting and its side of CURVE's first exchange; anything that lets the peer speak is a way in. */
#include "common/check.h"
#include "tests/lib/hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 200
#define GREETING 64
#define TALK_MAX 65536 /* of a whole session as it was recorded */
/* What a broker may say to whoever has proved nothing: its greeting, CURVE's WELCOME of 168 bytes in a
 * frame, and an ERROR. */
#define SAID_MOST (GREETING + 170 + 64)

static int
raw_connect(const struct target *t)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(t->port)};
    struct timeval patience = {.tv_sec = HOSTILE_PATIENCE_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void
raw_say(int fd, const void *bytes, size_t len)
{
    (void)!send(fd, bytes, len, MSG_NOSIGNAL); /* it may be closed already */
}

/* How much the broker says until it closes; closes too. -1: it never did. */
static long
raw_end(int fd)
{
    char bytes[4096];
    long all = 0;
    ssize_t got;
    shutdown(fd, SHUT_WR);
    while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
        all += got;
    }
    bool open = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    close(fd);
    return open ? -1 : all;
}

static const char *
judge(long said)
{
    return said < 0 ? "a connection was kept" : said > SAID_MOST ? "more than a greeting" : NULL;
}

static void
fill(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)rand();
    }
}

/* ZMTP 3.0's first 64 bytes: signature, version, mechanism. */
static void
greeting(uint8_t bytes[GREETING], const char *mechanism)
{
    memset(bytes, 0, GREETING);
    bytes[0] = 0xff;
    bytes[9] = 0x7f;
    bytes[10] = 3;
    memcpy(bytes + 12, mechanism, strlen(mechanism));
}

const char *
garbage_before(const struct target *t)
{
    uint8_t bytes[4096];
    const char *got = NULL;
    srand(7);
    for (int i = 0; i < TRIES && got == NULL; i++) {
        int fd = raw_connect(t);
        CHECK(fd >= 0);
        fill(bytes, sizeof(bytes));
        raw_say(fd, bytes, 1 + (size_t)rand() % sizeof(bytes));
        got = judge(raw_end(fd));
    }
    return got;
}

const char *
garbage_in_handshake(const struct target *t)
{
    static const char *const mechanisms[] = {"NULL", "PLAIN", "GSSAPI", "CURVE", "CURVE", "CURVE"};
    uint8_t bytes[GREETING + 600];
    const char *got = NULL;
    srand(8);
    for (int i = 0; i < TRIES && got == NULL; i++) {
        int fd = raw_connect(t);
        CHECK(fd >= 0);
        greeting(bytes, mechanisms[i % 6]);
        fill(bytes + GREETING, sizeof(bytes) - GREETING);
        if (i % 2 == 0) { /* a command HELLO of CURVE's length, its box no box */
            memcpy(bytes + GREETING, "\x04\xc8\x05HELLO\x01\x00", 10);
        }
        raw_say(fd, bytes, sizeof(bytes));
        got = judge(raw_end(fd));
    }
    return got;
}

const char *
byte_by_byte(const struct target *t)
{
    uint8_t bytes[GREETING];
    int fds[TRIES / 4];
    const char *got = NULL;
    greeting(bytes, "CURVE");
    for (int i = 0; i < TRIES / 4; i++) {
        fds[i] = raw_connect(t);
        CHECK(fds[i] >= 0);
    }
    for (int b = 0; b < GREETING; b++) {
        for (int i = 0; i < TRIES / 4; i++) {
            raw_say(fds[i], bytes + b, 1);
        }
    }
    for (int i = 0; i < TRIES / 4; i++) {
        long said = raw_end(fds[i]);
        got = got == NULL ? judge(said) : got;
    }
    return got;
}

/* Left open until the broker itself closes them, at the end of the time for a handshake. */
const char *
half_open(const struct target *t)
{
    uint8_t bytes[GREETING];
    int fds[TRIES];
    const char *got = NULL;
    greeting(bytes, "CURVE");
    for (int i = 0; i < TRIES; i++) {
        fds[i] = raw_connect(t);
        CHECK(fds[i] >= 0);
        raw_say(fds[i], bytes, i % 3 == 0 ? 0 : i % 3 == 1 ? 11 : GREETING);
    }
    for (int i = 0; i < TRIES; i++) {
        char end[512];
        ssize_t n;
        while ((n = recv(fds[i], end, sizeof(end), 0)) > 0) {
        }
        got = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? "a connection was kept" : got;
        close(fds[i]);
    }
    return got;
}

/* A frame of CURVE's that claims 16 MiB, and sends as much as is taken. */
const char *
long_command(const struct target *t)
{
    static uint8_t bytes[1 << 20];
    uint8_t head[GREETING + 9] = {0};
    const char *got = NULL;
    fill(bytes, sizeof(bytes));
    for (int i = 0; i < TRIES / 10 && got == NULL; i++) {
        int fd = raw_connect(t);
        CHECK(fd >= 0);
        greeting(head, "CURVE");
        head[GREETING] = 0x06; /* a long command, its size in 8 bytes */
        head[GREETING + 5] = i % 2 == 0 ? 0x01 : 0x7f;
        raw_say(fd, head, sizeof(head));
        for (int m = 0; m < 16; m++) {
            raw_say(fd, bytes, sizeof(bytes));
        }
        got = judge(raw_end(fd));
    }
    return got;
}

/* As many as this process and the broker may have. The broker takes some, and refuses the rest; those
 * it has taken it closes when their time for a handshake is over. */
const char *
idle_connections(const struct target *t)
{
    struct rlimit files;
    static int fds[HOSTILE_IDLE];
    int n = 0;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    while (n < HOSTILE_IDLE && (fds[n] = raw_connect(t)) >= 0) {
        n++;
    }
    printf("# %d idle connections\n", n);
    const char *got = n == 0 ? "no connection at all" : NULL;
    for (int i = 0; i < n; i++) {
        char end[512];
        ssize_t said;
        while ((said = recv(fds[i], end, sizeof(end), 0)) > 0) {
        }
        got = said < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? "one was kept" : got;
        close(fds[i]);
    }
    return got;
}

/* ---- a handshake, recorded and said again ---- */

struct talk {
    uint8_t bytes[TALK_MAX];
    size_t len;
};

/* From one to the other; false: it has ended. */
static bool
pass_on(int from, int to, struct talk *record)
{
    uint8_t bytes[4096];
    ssize_t got = recv(from, bytes, sizeof(bytes), 0);
    if (got <= 0) {
        return false;
    }
    if (record->len + (size_t)got <= sizeof(record->bytes)) {
        memcpy(record->bytes + record->len, bytes, (size_t)got);
        record->len += (size_t)got;
    }
    raw_say(to, bytes, (size_t)got);
    return true;
}

static int
listen_anywhere(char endpoint[64])
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 1) == 0 &&
          getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    snprintf(endpoint, 64, "tcp://127.0.0.1:%d", ntohs(at.sin_port));
    return fd;
}

/* A session of the ward's through a listener in the middle, until its peer has been welcomed. */
static void
record(const struct target *t, struct talk *talk)
{
    char endpoint[64];
    static struct talk said;
    struct buf hello = BUF_EMPTY;
    int listener = listen_anywhere(endpoint);
    void *context = zmq_ctx_new(), *ward = socket_open(context, ZMQ_DEALER);
    CHECK(curve_connect(ward, &t->ward, t->at.key) && zmq_connect(ward, endpoint) == 0);
    message_encode_hello(&(struct message_hello){.version = PROTOCOL_VERSION, .role = ROLE_CLIENT},
                         &hello);
    struct slice part = buf_slice_of(&hello);
    CHECK(frames_send(ward, &part, 1) == ERR_OK);
    int peer = accept(listener, NULL, NULL), broker = raw_connect(t);
    CHECK(peer >= 0 && broker >= 0);
    bool welcomed = false;
    while (!welcomed) {
        struct pollfd fds[2] = {{peer, POLLIN, 0}, {broker, POLLIN, 0}};
        zmq_pollitem_t item = {.socket = ward, .events = ZMQ_POLLIN};
        CHECK(poll(fds, 2, HOSTILE_PATIENCE_MS) > 0);
        CHECK(fds[0].revents == 0 || pass_on(peer, broker, talk));
        CHECK(fds[1].revents == 0 || pass_on(broker, peer, &said));
        welcomed = zmq_poll(&item, 1, fds[1].revents == 0 ? 0 : 20) == 1;
    }
    CHECK(said.len > SAID_MOST); /* or nobody could tell a session from a refusal */
    buf_fini(&hello);
    close(listener);
    close(peer);
    close(broker);
    zmq_close(ward);
    zmq_ctx_term(context);
}

const char *
replayed(const struct target *t)
{
    static struct talk talk;
    const char *got = NULL;
    record(t, &talk);
    for (int i = 0; i < 10 && got == NULL; i++) {
        int fd = raw_connect(t);
        CHECK(fd >= 0);
        raw_say(fd, talk.bytes, talk.len);
        got = judge(raw_end(fd));
    }
    return got;
}
