/* One session, one message, one answer. A process of its own, so that who runs the workers waits for
 * it as for any child, and never for a broker. */
#include "workers/tally/accuse.h"

#include "common/log.h"
#include "proto/records.h"
#include "workers/limits.h"
#include "workers/link.h"

#include <errno.h>
#include <inttypes.h>
#include <sysexits.h>

#define REQUEST 1
#define WAITING (-1) /* in place of an exit code */

struct accuse {
    struct clock clock;
    struct link *link;
    struct receipt receipt;
    struct slice reason;
};

static bool
accusation_read(struct accuse *a, const char *accusation)
{
    struct slice text = slice_text(accusation);
    const char *colon = strchr(accusation, ':');
    if (colon == NULL) {
        return false;
    }
    a->reason = slice_text(colon + 1);
    return a->reason.len <= ACCUSE_REASON_MAX &&
           receipt_parse(slice_of(text.data, (size_t)(colon - accusation)), &a->receipt) == ERR_OK;
}

static void
tell(struct accuse *a)
{
    struct buf out = BUF_EMPTY;
    struct message_quarantine message = {.request = REQUEST,
                                         .block = a->receipt.block,
                                         .index = a->receipt.index,
                                         .reason = a->reason};
    message_encode_quarantine(&message, &out);
    enum err err = link_send(a->link, buf_slice_of(&out));
    if (err != ERR_OK) { /* the time runs out, and we are started again */
        log_warn("quarantine_unsent", "error=%s", err_name(err));
    }
    buf_fini(&out);
}

static int
on_receipts(struct slice header)
{
    struct message_receipts m;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_receipts), header, &m, &why) ||
        m.request != REQUEST) {
        return WAITING;
    }
    log_info("quarantine_journalled", "receipt=%" PRIu64 ".%" PRIu64, m.block, m.first);
    return EX_OK;
}

/* Errors without our request are of what the link said by itself. */
static int
on_error(struct slice header)
{
    struct message_error m;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_error), header, &m, &why) || m.request != REQUEST) {
        return WAITING;
    }
    log_error("quarantine_refused", "code=%.*s detail=\"%.*s\"", SLICE_ARG(m.code),
              SLICE_ARG(m.detail));
    return EX_DATAERR;
}

static int
on_message(struct accuse *a, const struct frames *frames)
{
    struct slice header = frames_slice(frames, 0);
    uint64_t type = 0;
    if (!layout_peek(header, &type)) {
        return WAITING;
    }
    switch (type) {
    case MESSAGE_welcome: /* the first, or another broker's: ask it too, telling twice is once */
        tell(a);
        return WAITING;
    case MESSAGE_receipts:
        return on_receipts(header);
    case MESSAGE_error:
        return on_error(header);
    default:
        return WAITING;
    }
}

static int
await(struct accuse *a)
{
    int64_t until_ms = clock_mono_ms(&a->clock) + ACCUSE_WAIT_MS;
    int64_t left_ms;
    int code = WAITING;
    while (code == WAITING && (left_ms = until_ms - clock_mono_ms(&a->clock)) > 0) {
        const struct frames *frames;
        enum err err = link_wait(a->link, (uint32_t)left_ms, &frames);
        if (err == ERR_CLOSED) {
            return EX_TEMPFAIL;
        }
        if (err == ERR_OK) {
            code = on_message(a, frames);
        } else if (err != ERR_AGAIN) {
            break;
        }
    }
    return code == WAITING ? EX_UNAVAILABLE : code;
}

int
accuse_run(const struct settings *settings, const char *accusation)
{
    struct accuse a = {.clock = clock_real(settings->clock_offset_us)};
    if (!accusation_read(&a, accusation)) {
        log_error("quarantine_unreadable", "accusation=\"%s\"", accusation);
        return EX_USAGE;
    }
    struct link_options options = {.endpoint = settings_broker(settings),
                                   .key_file = settings_key_file(settings),
                                   .role = ROLE_CLIENT,
                                   .name = "thidua-tally --quarantine"};
    a.link = link_new(&options, &a.clock);
    if (a.link == NULL) {
        log_error("link_failed", "endpoint=\"%s\" why=\"%s\"", settings_broker(settings),
                  zmq_strerror(errno));
        return EX_UNAVAILABLE;
    }
    int code = await(&a);
    link_free(&a.link);
    return code;
}
