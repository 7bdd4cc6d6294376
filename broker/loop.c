/* The broker's one thread; libzmq's own threads move the bytes. The turn:
 *
 *     wait until the deadline → take at most N messages → tick → commit → flush
 *
 * The local endpoint is read before the network's, which has half as much of a turn: however many
 * peers send there, workers and the local command line are heard.
 *
 * After a failed append nothing is flushed: memory is ahead of the disk, and only a new start knows
 * what is true. */
#include "broker/loop.h"

#include "broker/broker.h"
#include "broker/limits.h"
#include "broker/network.h"
#include "common/file.h"
#include "common/log.h"
#include "common/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

struct loop {
    const struct settings *settings;
    struct clock *clock;
    struct network network;
    int signals;
    bool ending; /* a signal to end has come */
    struct broker *broker;
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
message_take(struct loop *loop, bool tcp, size_t *bytes)
{
    struct network_message m;
    enum err err = network_receive(&loop->network, tcp, &m);
    if (err != ERR_OK) {
        return err;
    }
    if (m.identity.len == 0) {
        broker_count_bad(loop->broker);
        return ERR_OK;
    }
    *bytes += m.header.len;
    return broker_receive(loop->broker, m.identity, m.user, m.header, m.frames);
}

static enum err
messages_take(struct loop *loop, bool tcp)
{
    size_t bytes = 0, part = tcp ? 2 : 1;
    for (size_t i = 0; i < TURN_MESSAGES_MAX / part && bytes < TURN_BYTES_MAX / part; i++) {
        enum err err = message_take(loop, tcp, &bytes);
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
    return network_send(&((struct loop *)context)->network, identity, parts, count);
}

static enum zap_verdict
key_known(void *context, const uint8_t key[ACCESS_KEY_SIZE])
{
    if (!broker_knows_key(context, key)) {
        return ZAP_UNKNOWN;
    }
    return broker_admits_key(context, key) ? ZAP_ADMITTED : ZAP_LATER;
}

/* Handshakes are answered after the messages, so that a table which came with them counts for them. */
static void
network_turn(struct loop *loop)
{
    int64_t now_ms = clock_mono_ms(loop->clock);
    network_authenticate(&loop->network, key_known, loop->broker);
    if (network_close_if_full(&loop->network, now_ms)) {
        broker_network_closed(loop->broker);
    }
    if (!loop->network.open && broker_network_ready(loop->broker) &&
        network_open(&loop->network, loop->settings, now_ms)) {
        broker_network_opened(loop->broker, loop->network.endpoint);
    }
}

static enum err
turn(struct loop *loop)
{
    network_wait(&loop->network, loop->signals, broker_wait_ms(loop->broker));
    signals_take(loop);
    enum err err = loop->ending ? ERR_OK : messages_take(loop, false);
    if (err == ERR_OK && !loop->ending) {
        err = messages_take(loop, true);
    }
    if (err != ERR_OK) {
        return err;
    }
    network_turn(loop);
    broker_tick(loop->broker);
    err = broker_commit(loop->broker);
    if (err == ERR_OK) {
        broker_flush(loop->broker, reply_send, loop);
    }
    return err;
}

/* ---- beginning and end ---- */

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
    struct loop loop = {.settings = settings, .clock = clock, .signals = signals};
    enum err err = ERR_OK;
    network_start(&loop.network, settings);
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
    network_stop(&loop.network);
    return err == ERR_OK ? EX_OK : EX_IOERR;
}
