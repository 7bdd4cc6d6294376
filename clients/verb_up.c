/* thidua up: runs everything on a data directory in the foreground until SIGTERM or SIGINT. Its loop waits
 * for signals, deadlines of restarts and, at first, the opening; it never waits for a child except to
 * stop it. */
#include "clients/keyring.h"
#include "clients/options.h"
#include "clients/up_children.h"
#include "clients/up_opening.h"
#include "clients/uplock.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/period.h"
#include "common/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define OPENING_STEP_MS 20

struct up {
    struct settings settings;
    struct children children;
    struct opening opening;
    int signals;
    bool opening_on;
};

/* True: SIGTERM or SIGINT came. */
static bool
signals_take(struct up *up, int64_t now_ms)
{
    int number;
    bool stop = false;
    while ((number = proc_signals_next(up->signals)) != 0) {
        stop = stop || number == SIGTERM || number == SIGINT;
    }
    children_reap(&up->children, now_ms);
    return stop;
}

static void
up_loop(struct up *up)
{
    struct clock clock = clock_real(0);
    struct pollfd p = {.fd = up->signals, .events = POLLIN};
    while (!signals_take(up, clock_mono_ms(&clock))) {
        int wait_ms = children_start(&up->children, clock_mono_ms(&clock));
        if (up->opening_on) {
            up->opening_on = opening_step(&up->opening);
            wait_ms = wait_ms < 0 || wait_ms > OPENING_STEP_MS ? OPENING_STEP_MS : wait_ms;
        }
        poll(&p, 1, wait_ms);
    }
}

static int
up_run(struct up *up, char **options)
{
    char *folder = proc_folder();
    if (folder == NULL) {
        return say_code(EX_OSERR, tr("không biết chương trình này nằm ở đâu.",
                                     "this program's own folder is not known."));
    }
    /* Before the client library: libzmq makes threads, which must inherit the mask. */
    up->signals = proc_signals_open();
    if (up->signals < 0) {
        free(folder);
        return say_code(EX_OSERR, "signalfd: %s", strerror(errno));
    }
    children_init(&up->children, folder, &up->settings, options);
    free(folder);
    up->opening_on = opening_begin(&up->opening, &up->settings);
    say(tr("chạy %s, lắng nghe tại %s", "running %s, listening at %s"), up->settings.data,
        up->settings.listen);
    up_loop(up);
    opening_fini(&up->opening);
    children_stop(&up->children, up->signals);
    children_fini(&up->children);
    close(up->signals);
    return 0;
}

/* --clock TIME as an offset, computed once: a child that is started again keeps the same clock. */
static int
clock_offset(const char *text, char offset[32])
{
    struct clock clock = clock_real(0);
    int64_t time_us;
    if (time_parse(slice_text(text), &time_us) != ERR_OK) {
        return say_code(EX_USAGE,
                        tr("--clock cần thời điểm như 2021-11-05T08:00:00+07:00, không phải “%s”.",
                           "--clock wants a time such as 2021-11-05T08:00:00+07:00, not “%s”."),
                        text);
    }
    snprintf(offset, 32, "%" PRId64, time_us - clock_wall_us(&clock));
    return 0;
}

static int
up_open(struct up *up, const struct options *o, int *lock)
{
    char why[512];
    if (!settings_read(&up->settings, o->data, why)) {
        return say_code(EX_CONFIG, "%s", why);
    }
    enum err err = uplock_take(up->settings.data, lock);
    if (err == ERR_EXISTS) {
        return say_code(EX_TEMPFAIL,
                        tr("một “thidua up” khác đang chạy trên %s; hãy dừng nó trước.",
                           "another “thidua up” runs on %s; stop it first."),
                        up->settings.data);
    }
    if (err != ERR_OK) {
        return say_code(EX_CANTCREAT,
                        tr("không ghi được %s/run: %s.", "%s/run cannot be written: %s."),
                        up->settings.data, strerror(errno));
    }
    int code = keyring_close_folder(up->settings.data);
    return code == 0 ? keyring_mend(up->settings.data) : code;
}

int
verb_up(int argc, char **argv)
{
    struct options o;
    struct up up = {0};
    const char *clock = NULL;
    char offset[32];
    int lock;
    const struct option_spec own[] = {
        TEXT_OPTION("clock", "TIME", &clock, false,
                    "đặt đồng hồ, ví dụ 2021-11-05T08:00:00+07:00 (diễn tập)",
                    "set the clock, for instance 2021-11-05T08:00:00+07:00 (drills)"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    log_open("up", LOG_INFO);
    code = clock == NULL ? 0 : clock_offset(clock, offset);
    code = code == 0 ? up_open(&up, &o, &lock) : code;
    if (code != 0) {
        return code;
    }
    char *options[] = {(char *)"--data", up.settings.data,
                       clock == NULL ? NULL : (char *)"--clock-offset-us", offset, NULL};
    code = up_run(&up, options);
    close(lock);
    return code;
}
