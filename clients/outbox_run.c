/* The daemon's loop: the sender says what it needs; here it gets it. Where there is nothing to send the
 * session is given back, for a broker has two thousand, and more offices; it costs two messages to
 * open one. */
#include "clients/outbox_run.h"

#include "clients/contact.h"
#include "clients/outbox_sender.h"
#include "clients/outbox_watch.h"
#include "clients/pidlock.h"
#include "clients/words.h"
#include "common/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define STEP_MS 200    /* while something is in flight: how late a signal or a writer is heard */
#define LINGER_MS 2000 /* who puts one entry often puts another */
#define TIMEOUT_MAX_S 3600
#define GIVE_UP_MS 900000 /* longer than any BUSY: when to try again is the broker's to say */

struct run {
    const struct outbox_place *place;
    const struct options *options;
    bool once, ended;
    struct outbox *outbox;
    struct outbox_sender *sender;
    struct outbox_watch watch;
    struct clock clock;
    struct contact contact; /* client NULL: none is open */
    int lock_fd;
    int code;
};

static void
lock_path(const struct outbox_place *place, char path[SETTINGS_PATH_MAX + 64])
{
    snprintf(path, SETTINGS_PATH_MAX + 64, "%s/sender.lock", place->folder);
}

bool
outbox_runs(const struct outbox_place *place)
{
    char path[SETTINGS_PATH_MAX + 64];
    lock_path(place, path);
    return pidlock_held(path);
}

static void
watch_wait(struct run *r, int64_t ms)
{
    bool written = false;
    outbox_watch_wait(&r->watch, ms, &r->ended, &written);
    if (written) {
        outbox_sender_wake(r->sender);
    }
}

/* ---- the three needs ---- */

static void
line_close(struct run *r)
{
    if (r->contact.client != NULL) {
        outbox_sender_client(r->sender, NULL);
        contact_close(&r->contact);
    }
}

static void
line_step(struct run *r)
{
    if (r->contact.client == NULL) {
        r->code = contact_open_patient(&r->contact, r->options, GIVE_UP_MS);
        if (r->code != 0) {
            r->contact.client = NULL;
            return;
        }
        outbox_sender_client(r->sender, r->contact.client);
    }
    client_step(r->contact.client, STEP_MS);
    watch_wait(r, 0);
}

/* What stays undone, in words. */
static int
once_end(struct run *r)
{
    struct complaint why;
    uint64_t pending = outbox_sender_pending(r->sender);
    char sentence[512];
    if (!outbox_sender_trouble(r->sender, &why)) {
        return say_code(EX_TEMPFAIL,
                        tr("đã gửi hết; kết quả xử lý chưa có, hãy chạy lại sau.",
                           "all is sent; verdicts are not there yet, run again later."));
    }
    complaint_sentence(&why, words_language(), sentence, sizeof sentence);
    say(tr("còn %" PRIu64 " bản ghi chờ gửi: %s", "%" PRIu64 " records still wait: %s"), pending,
        why.code == CODE_NONE ? tr("không có broker nào trả lời.", "no broker answers.")
                              : sentence);
    bool key = why.code == CODE_KEY_REVOKED || why.code == CODE_NOT_IN_ROLE;
    return key ? EX_NOPERM : EX_UNAVAILABLE;
}

static void
pause_sit(struct run *r, int64_t until_ms)
{
    line_close(r);
    if (r->once) {
        r->ended = true;
        r->code = once_end(r);
        return;
    }
    watch_wait(r, until_ms - clock_mono_ms(&r->clock));
}

static void
idle_sit(struct run *r)
{
    if (r->once) {
        r->ended = true;
        return;
    }
    if (r->contact.client != NULL) {
        watch_wait(r, LINGER_MS);
        outbox_sender_wake(r->sender);
        if (!r->ended && outbox_sender_turn(r->sender) == ERR_OK &&
            outbox_sender_pending(r->sender) > 0) {
            return;
        }
        line_close(r);
    }
    watch_wait(r, INT64_MAX);
}

static uint32_t
answer_ms(const struct options *options)
{
    uint64_t seconds = options->timeout_s < TIMEOUT_MAX_S ? options->timeout_s : TIMEOUT_MAX_S;
    return (uint32_t)seconds * 1000;
}

static void
run_loop(struct run *r)
{
    int64_t until_ms = 0;
    while (!r->ended && r->code == 0) {
        enum err err = outbox_sender_turn(r->sender);
        if (err != ERR_OK) {
            r->code = outbox_place_failed(r->place, err, "");
            return;
        }
        switch (outbox_sender_need(r->sender, &until_ms)) {
        case NEED_LINE:
            line_step(r);
            break;
        case NEED_PAUSE:
            pause_sit(r, until_ms);
            break;
        case NEED_NOTHING:
            idle_sit(r);
            break;
        }
    }
}

/* ---- beginning and end ---- */

static int
run_open(struct run *r)
{
    char path[SETTINGS_PATH_MAX + 64];
    int code = outbox_place_open(r->place, !r->once, &r->outbox);
    if (code != 0) {
        return code;
    }
    lock_path(r->place, path);
    enum err err = pidlock_take(path, &r->lock_fd);
    if (err != ERR_OK) {
        return err == ERR_EXISTS ? say_code(EX_TEMPFAIL,
                                            tr("đã có một “thidua outbox run” đang gửi %s.",
                                               "another “thidua outbox run” sends %s already."),
                                            r->place->folder)
                                 : say_code(EX_CANTCREAT, "%s: %s", path, strerror(errno));
    }
    if (!outbox_watch_open(&r->watch, r->place->folder)) {
        return say_code(EX_OSERR, "signalfd: %s", strerror(errno));
    }
    return 0;
}

int
outbox_run(const struct outbox_place *place, const struct options *options, bool once)
{
    struct run r = {.place = place, .options = options, .once = once, .lock_fd = -1};
    r.watch = (struct outbox_watch){-1, -1};
    r.clock = clock_real(0);
    log_open("outbox", LOG_INFO);
    r.code = run_open(&r);
    if (r.code == 0) {
        struct outbox_sender_options how = {.outbox = r.outbox,
                                            .clock = &r.clock,
                                            .verdicts = true,
                                            .answer_ms = answer_ms(options)};
        r.sender = outbox_sender_new(&how);
        log_info("started", "folder=\"%s\"", place->folder);
        run_loop(&r);
        line_close(&r);
        log_info("ended", "pending=%" PRIu64 " code=%d", outbox_sender_pending(r.sender), r.code);
    }
    outbox_sender_free(&r.sender);
    outbox_watch_close(&r.watch);
    outbox_free(&r.outbox);
    if (r.lock_fd >= 0) {
        close(r.lock_fd);
    }
    return r.code;
}
