/* The only file of the broker that touches ZeroMQ. One thread, one ROUTER; libzmq's own thread moves
 * the bytes. The turn:
 *
 *     wait until the deadline → take at most N messages → tick → commit → flush
 *
 * After a failed append nothing is flushed: memory is ahead of the disk, and only a new start knows
 * what is true. */
#include "broker/loop.h"

#include "broker/access.h"
#include "broker/broker.h"
#include "broker/limits.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/proc.h"
#include "proto/frames.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

struct loop {
    const struct settings *settings;
    void *context;
    void *socket;
    int signals;
    bool ending; /* a signal to end has come */
    struct broker *broker;
    struct frames frames;
};

/* ---- the machine, for the core ---- */

static bool
machine_process_alive(void *context, uint64_t pid, uint64_t start_time)
{
    (void)context;
    return proc_alive((pid_t)pid, start_time);
}

static uint64_t
machine_free_bytes(void *context)
{
    const struct loop *loop = context;
    struct statvfs disk;
    if (statvfs(loop->settings->data, &disk) != 0) {
        log_error("disk_unknown", "path=\"%s\" error=\"%s\"", loop->settings->data,
                  strerror(errno));
        return 0; /* a disk that cannot be asked is not one to write to */
    }
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

/* Beside the segments, so that a copy of the journal's folder has it too. */
static void
side_path(const struct loop *loop, char path[SETTINGS_PATH_MAX + 32])
{
    snprintf(path, SETTINGS_PATH_MAX + 32, "%s/journal/quarantine", loop->settings->data);
}

static bool
machine_side_read(void *context, struct buf *out)
{
    char path[SETTINGS_PATH_MAX + 32];
    side_path(context, path);
    return file_read(path, QUARANTINE_FILE_MAX, out) == ERR_OK;
}

static bool
machine_side_write(void *context, struct slice bytes)
{
    char path[SETTINGS_PATH_MAX + 32];
    side_path(context, path);
    return file_replace(path, bytes) == ERR_OK;
}

/* ---- the turn ---- */

static void
signals_take(struct loop *loop)
{
    int number;
    while ((number = proc_signals_next(loop->signals)) != 0) {
        loop->ending = loop->ending || number == SIGTERM || number == SIGINT;
    }
}

/* ERR_AGAIN where no message waits. *bytes grows by what was taken. */
static enum err
message_take(struct loop *loop, size_t *bytes)
{
    enum err err = frames_receive(&loop->frames, loop->socket);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t count = loop->frames.count;
    if (count == 0) { /* longer than FRAMES_MAX; nobody knows whose */
        broker_count_bad(loop->broker);
        return ERR_OK;
    }
    struct slice header = count > 1 ? frames_slice(&loop->frames, 1) : slice_of(NULL, 0);
    *bytes += header.len;
    return broker_receive(loop->broker, frames_slice(&loop->frames, 0), header, count - 1);
}

static enum err
messages_take(struct loop *loop)
{
    size_t bytes = 0;
    for (int i = 0; i < TURN_MESSAGES_MAX && bytes < TURN_BYTES_MAX; i++) {
        enum err err = message_take(loop, &bytes);
        if (err == ERR_AGAIN) {
            break;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err
reply_send(void *context, struct slice identity, const struct slice *parts, uint32_t count)
{
    struct slice all[FRAMES_MAX];
    struct loop *loop = context;
    if (count + 1 > FRAMES_MAX) {
        return ERR_LIMIT;
    }
    all[0] = identity;
    memcpy(all + 1, parts, count * sizeof(*parts));
    return frames_send(loop->socket, all, count + 1);
}

static void
loop_wait(struct loop *loop)
{
    zmq_pollitem_t items[] = {
        {.socket = loop->socket, .events = ZMQ_POLLIN},
        {.fd = loop->signals, .events = ZMQ_POLLIN},
    };
    /* An error (EINTR) is an early wake-up: the turn finds nothing, and waits again. */
    (void)zmq_poll(items, 2, broker_wait_ms(loop->broker));
}

static enum err
turn(struct loop *loop)
{
    loop_wait(loop);
    signals_take(loop);
    enum err err = loop->ending ? ERR_OK : messages_take(loop);
    if (err != ERR_OK) {
        return err;
    }
    broker_tick(loop->broker);
    err = broker_commit(loop->broker);
    if (err == ERR_OK) {
        broker_flush(loop->broker, reply_send, loop);
    }
    return err;
}

/* ---- beginning and end ---- */

static void
listen_open(struct loop *loop)
{
    const char *endpoint = loop->settings->listen;
    char run[SETTINGS_PATH_MAX + 8];
    if (!access_may_listen(slice_text(endpoint))) {
        log_fatal(EX_CONFIG,
                  LANG_PICK("Không mở được %s: chỉ nhận địa chỉ ipc://ĐƯỜNG_DẪN; hãy sửa `listen`.",
                            "Cannot listen on %s: only ipc://PATH is safe here; change `listen`."),
                  endpoint);
    }
    snprintf(run, sizeof(run), "%s/run", loop->settings->data);
    enum err err = file_make_folder(run);
    loop->context = zmq_ctx_new();
    if (loop->context != NULL) {
        loop->socket = socket_open(loop->context, ZMQ_ROUTER);
    }
    if ((err != ERR_OK && err != ERR_EXISTS) || loop->socket == NULL ||
        zmq_bind(loop->socket, endpoint) != 0) {
        log_fatal(EX_UNAVAILABLE,
                  LANG_PICK("Không mở được %s: %s. Hãy kiểm tra thư mục và quyền của nó.",
                            "Cannot listen on %s: %s. Check the folder and its permissions."),
                  endpoint, zmq_strerror(errno));
    }
}

static void
listen_close(struct loop *loop)
{
    int linger_ms = LINGER_MS;
    zmq_setsockopt(loop->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
    zmq_close(loop->socket);
    zmq_ctx_term(loop->context);
}

static uint64_t
start_id_new(void)
{
    uint64_t start_id;
    do {
        randombytes_buf(&start_id, sizeof(start_id));
    } while (start_id == 0);
    return start_id;
}

static void
core_open(struct loop *loop, struct journal *journal, struct clock *clock)
{
    struct broker_options options = {
        .journal = journal,
        .clock = clock,
        .machine = {machine_process_alive, machine_free_bytes, loop, machine_side_read,
                    machine_side_write},
        .start_id = start_id_new(),
        .pid = (uint64_t)getpid(),
        .settings = loop->settings,
    };
    struct journal_head head;
    journal_head(journal, &head);
    loop->broker = broker_new(&options);
    log_info("listening", "endpoint=\"%s\" start_id=%016" PRIx64 " head=%" PRIu64,
             loop->settings->listen, options.start_id, head.number);
}

int
loop_run(const struct settings *settings, struct journal *journal, struct clock *clock, int signals)
{
    struct loop loop = {.settings = settings, .signals = signals};
    enum err err = ERR_OK;
    listen_open(&loop);
    core_open(&loop, journal, clock);
    while (err == ERR_OK && !loop.ending) {
        err = turn(&loop);
    }
    if (err != ERR_OK) {
        log_error("broker_failed", "error=%s", err_name(err));
    } else {
        log_info("ended", NULL);
    }
    broker_free(&loop.broker);
    frames_fini(&loop.frames);
    listen_close(&loop);
    return err == ERR_OK ? EX_OK : EX_IOERR;
}
