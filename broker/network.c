/* With loop.c and frames.c all of the broker that knows ZeroMQ. Options of a socket hold for what is
 * bound after they are set, so that all of them are set before. */
#include "broker/network.h"

#include "broker/limits.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "proto/curve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#define IPC "ipc://"
#define IO_THREADS 2
#define IO_LOCAL 1 /* bits of ZMQ_AFFINITY */
#define IO_TCP 2

/* zmq.h has it for draft builds only, but the library takes it: set, and read back. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

static bool
set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool
set_affinity(void *socket, uint64_t threads)
{
    return zmq_setsockopt(socket, ZMQ_AFFINITY, &threads, sizeof(threads)) == 0;
}

/* ---- beginning ---- */

static void
refuse_start(const char *endpoint, const char *why)
{
    log_fatal(EX_UNAVAILABLE,
              LANG_PICK("Không mở được %s: %s. Hãy kiểm tra thư mục và quyền của nó.",
                        "Cannot listen on %s: %s. Check the folder and its permissions."),
              endpoint, why);
}

static void
local_open(struct network *n, const struct settings *settings)
{
    const char *endpoint = settings->listen;
    char run[SETTINGS_PATH_MAX + 8];
    if (strncmp(endpoint, IPC, strlen(IPC)) != 0) {
        log_fatal(
            EX_CONFIG,
            LANG_PICK("Không mở được %s: `listen` chỉ nhận ipc://ĐƯỜNG_DẪN; địa chỉ mạng đặt ở "
                      "`listen_tcp`.",
                      "Cannot listen on %s: `listen` takes only ipc://PATH; an address of the "
                      "network belongs into `listen_tcp`."),
            endpoint);
    }
    snprintf(run, sizeof(run), "%s/run", settings->data);
    enum err err = file_make_folder(run);
    n->local = socket_open(n->context, ZMQ_ROUTER);
    if ((err != ERR_OK && err != ERR_EXISTS) || n->local == NULL ||
        !set_affinity(n->local, IO_LOCAL) || zmq_bind(n->local, endpoint) != 0) {
        refuse_start(endpoint, zmq_strerror(errno));
    }
}

/* Nobody may pass a handshake unasked: an old library that does not know the option would let all in
 * whose handler is gone. */
static bool
domain_enforce(void *socket)
{
    int enforced = 0;
    size_t size = sizeof(enforced);
    return zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) == 0 &&
           set_int(socket, ZMQ_ZAP_ENFORCE_DOMAIN, 1) &&
           zmq_getsockopt(socket, ZMQ_ZAP_ENFORCE_DOMAIN, &enforced, &size) == 0 && enforced == 1;
}

static void
key_read(const struct settings *settings, struct curve_key *key)
{
    char path[SETTINGS_PATH_MAX + 16], why[256];
    snprintf(path, sizeof(path), "%s/keys/broker", settings->data);
    if (curve_key_read(path, key, why) != ERR_OK) {
        log_fatal(EX_CONFIG,
                  LANG_PICK("`listen_tcp` cần khóa của broker: %s",
                            "`listen_tcp` needs the broker's key: %s"),
                  why);
    }
}

static void
tcp_prepare(struct network *n, const struct settings *settings)
{
    struct curve_key key;
    key_read(settings, &key);
    n->tcp = socket_open(n->context, ZMQ_ROUTER);
    int64_t message_max = NETWORK_MESSAGE_MAX;
    bool ready = n->tcp != NULL &&
                 zmq_setsockopt(n->tcp, ZMQ_MAXMSGSIZE, &message_max, sizeof(message_max)) == 0 &&
                 curve_serve(n->tcp, &key) && domain_enforce(n->tcp) &&
                 set_affinity(n->tcp, IO_TCP) &&
                 set_int(n->tcp, ZMQ_HANDSHAKE_IVL, NETWORK_HANDSHAKE_MS) &&
                 set_int(n->tcp, ZMQ_BACKLOG, NETWORK_BACKLOG);
    curve_key_wipe(&key);
    if (!ready) {
        log_fatal(
            EX_UNAVAILABLE,
            LANG_PICK("Thư viện ZeroMQ của máy này không giữ được cửa mạng (%s); hãy để trống "
                      "`listen_tcp`.",
                      "This machine's ZeroMQ cannot guard a network endpoint (%s); leave "
                      "`listen_tcp` empty."),
            zmq_strerror(errno));
    }
}

void
network_start(struct network *n, const struct settings *settings)
{
    *n = (struct network){.tried_ms = INT64_MIN / 2, .files_max = sysconf(_SC_OPEN_MAX)};
    n->context = zmq_ctx_new();
    if (n->context == NULL || zmq_ctx_set(n->context, ZMQ_IO_THREADS, IO_THREADS) != 0) {
        refuse_start(settings->listen, zmq_strerror(errno));
    }
    if (settings->listen_tcp[0] != '\0') {
        n->zap = socket_open(n->context, ZMQ_REP);
        if (n->zap == NULL || zmq_bind(n->zap, ZAP_ENDPOINT) != 0) {
            refuse_start(ZAP_ENDPOINT, zmq_strerror(errno));
        }
        tcp_prepare(n, settings);
        n->unsent = unsent_new();
    }
    local_open(n, settings);
}

static void
socket_close(void *socket)
{
    int linger_ms = LINGER_MS;
    if (socket != NULL) {
        zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
        zmq_close(socket);
    }
}

void
network_stop(struct network *n)
{
    frames_fini(&n->frames);
    socket_close(n->tcp); /* before the handler: no handshake may find it gone */
    socket_close(n->zap);
    socket_close(n->local);
    zmq_ctx_term(n->context);
    unsent_free(&n->unsent); /* libzmq has let go of every message */
}

/* The lowest number that is free: all below it are in use. What peers open, they open at the end. */
static long
files_in_use(void)
{
    int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        return errno == EMFILE ? LONG_MAX / 16 : 0;
    }
    close(fd);
    return fd;
}

static bool
files_exceed(const struct network *n, long tenths)
{
    return n->files_max > 0 && n->files * 10 > n->files_max * tenths;
}

bool
network_close_if_full(struct network *n, int64_t now_ms)
{
    if (!n->open || now_ms - n->looked_ms < NETWORK_LOOK_MS) {
        return false;
    }
    n->looked_ms = now_ms;
    n->files = files_in_use();
    if (!files_exceed(n, NETWORK_FULL_OF_10) || zmq_unbind(n->tcp, n->endpoint) != 0) {
        return false;
    }
    n->open = false;
    n->tried_ms = now_ms;
    log_warn("network_full", "endpoint=\"%s\" descriptors=%ld", n->endpoint, n->files_max);
    return true;
}

bool
network_open(struct network *n, const struct settings *settings, int64_t now_ms)
{
    if (n->open || n->tcp == NULL || now_ms - n->tried_ms < NETWORK_RETRY_MS) {
        return n->open;
    }
    n->tried_ms = now_ms;
    n->files = files_in_use();
    if (files_exceed(n, NETWORK_OPEN_OF_10)) {
        return false;
    }
    size_t size = sizeof(n->endpoint);
    n->open = zmq_bind(n->tcp, settings->listen_tcp) == 0 &&
              zmq_getsockopt(n->tcp, ZMQ_LAST_ENDPOINT, n->endpoint, &size) == 0;
    if (n->open) {
        log_info("network_open", "endpoint=\"%s\"", n->endpoint);
    } else {
        log_error("network_closed", "endpoint=\"%s\" error=\"%s\"", settings->listen_tcp,
                  zmq_strerror(errno));
    }
    return n->open;
}

/* ---- the turn ---- */

void
network_wait(struct network *n, int signals, uint32_t wait_ms)
{
    zmq_pollitem_t items[4] = {
        {.socket = n->local, .events = ZMQ_POLLIN},
        {.fd = signals, .events = ZMQ_POLLIN},
    };
    int count = 2;
    if (n->open && files_exceed(n, NETWORK_LOOK_OF_10) && wait_ms > NETWORK_LOOK_MS) {
        wait_ms = NETWORK_LOOK_MS; /* connections wake nobody until they speak */
    }
    if (n->tcp != NULL) {
        items[count++] = (zmq_pollitem_t){.socket = n->zap, .events = ZMQ_POLLIN};
        items[count++] = (zmq_pollitem_t){.socket = n->tcp, .events = ZMQ_POLLIN};
    }
    /* An error (EINTR) is an early wake-up: the turn finds nothing, and waits again. */
    (void)zmq_poll(items, count, wait_ms);
}

void
network_authenticate(struct network *n, zap_known_fn *known, void *context)
{
    for (int i = 0; n->zap != NULL && i < TURN_HANDSHAKES_MAX; i++) {
        struct slice request[ZAP_REQUEST_FRAMES_MAX];
        struct zap_reply reply;
        if (frames_receive(&n->frames, n->zap) != ERR_OK) {
            return;
        }
        uint32_t count = n->frames.count;
        count = count <= ZAP_REQUEST_FRAMES_MAX ? count : 0;
        for (uint32_t f = 0; f < count; f++) {
            request[f] = frames_slice(&n->frames, f);
        }
        zap_answer(request, count, known, context, &reply);
        /* A REP must answer before it hears again; whose connection is gone hears nothing. */
        (void)!frames_send(n->zap, reply.frames, ZAP_REPLY_FRAMES);
    }
}

enum err
network_receive(struct network *n, bool tcp, struct network_message *m)
{
    void *socket = tcp ? n->tcp : n->local;
    if (socket == NULL) {
        return ERR_AGAIN;
    }
    enum err err = frames_receive(&n->frames, socket);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t count = n->frames.count;
    m->identity = m->user = m->header = slice_of(NULL, 0);
    if (count == 0) {
        return ERR_OK;
    }
    struct slice id = frames_slice(&n->frames, 0);
    m->identity_bytes[0] = tcp ? NETWORK_IDENTITY_TCP : NETWORK_IDENTITY_LOCAL;
    memcpy(m->identity_bytes + 1, id.data, id.len);
    m->identity = slice_of(m->identity_bytes, id.len + 1);
    m->header = count > 1 ? frames_slice(&n->frames, 1) : m->header;
    m->frames = count - 1;
    if (tcp) {
        m->user = frames_user(&n->frames);
        m->user = m->user.len > 0 ? m->user : slice_text(NETWORK_USER_NONE);
    }
    return ERR_OK;
}

enum err
network_send(struct network *n, struct slice identity, const struct slice *parts, uint32_t count)
{
    struct slice all[FRAMES_MAX];
    if (count + 1 > FRAMES_MAX) {
        return ERR_LIMIT;
    }
    void *socket = identity.data[0] == NETWORK_IDENTITY_TCP ? n->tcp : n->local;
    all[0] = slice_of(identity.data + 1, identity.len - 1);
    memcpy(all + 1, parts, count * sizeof(*parts));
    if (socket == n->tcp) {
        return unsent_send(n->unsent, socket, all, count + 1);
    }
    return frames_send(socket, all, count + 1);
}
