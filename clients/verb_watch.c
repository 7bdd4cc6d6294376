/* thidua watch DIR: files dropped into a folder are imported once each, and go to done/ or failed/ with a report beside
 * them (watch_folder.h). For systems that know only files. */
#include "clients/answers.h"
#include "clients/verbs.h"
#include "clients/watch_run.h"
#include "clients/words.h"
#include "common/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sysexits.h>
#include <unistd.h>

#define LOOK_MS 60000       /* also without any sign: what an event was lost for */
#define LATER_FIRST_MS 1000 /* the broker is not there: tried again so soon, */
#define LATER_MOST_MS 60000 /* and then less and less often */
#define EVENTS_BYTES 4096

struct watch {
    struct watch_folder folder;
    struct watch_import import;
    int signals, changes;
    bool ended;
    int64_t later_ms; /* 0: nothing is put off */
    unsigned done, failed;
    char errors[PATH_MAX];
};

enum fate { DONE, FAILED, LATER };

/* What the broker, the line or this machine will get over is no fault of the file's. */
static enum fate
fate_of(int code)
{
    switch (code) {
    case 0:
        return DONE;
    case -1:
    case EX_UNAVAILABLE:
    case EX_TEMPFAIL:
    case EX_NOPERM:
    case EX_OSERR:
    case EX_IOERR:
    case EX_NOINPUT:
    case 128 + SIGTERM:
    case 128 + SIGKILL:
        return LATER;
    default:
        return FAILED;
    }
}

static void
tell(const struct watch *w, const struct watch_file *file, enum fate fate, int code)
{
    if (w->import.options->quiet) {
        return;
    }
    if (fate == DONE) {
        say(file->before != NULL ? tr("%s: đã nhập trước đây; không gửi lại.",
                                      "%s: was taken before; not sent again.")
                                 : tr("%s: đã nhập.", "%s: done."),
            file->name);
    } else if (fate == FAILED) {
        say(tr("%s: không nhập được hết (%d); xem báo cáo trong failed/.",
               "%s: not all of it was taken (%d); see its report in failed/."),
            file->name, code);
    } else {
        say(tr("%s: để lại, sẽ thử lại (%d).", "%s: put off, to be tried again (%d)."), file->name,
            code);
    }
}

static enum fate
file_handle(struct watch *w, const struct watch_file *file)
{
    json_t *report = NULL;
    int code = 0;
    if (file->before != NULL) {
        report = json_pack("{s:s, s:s, s:b, s:O}", "file", file->name, "hash", file->hash,
                           "duplicate", true, "first", file->before);
    } else {
        code = watch_run(&w->folder, &w->import, file, w->errors, w->signals, &report);
        w->ended = w->ended || code == -1;
    }
    enum fate fate = fate_of(code);
    if (fate != LATER && !watch_folder_put(&w->folder, file, fate == DONE, report, w->errors)) {
        fate = LATER;
    }
    tell(w, file, fate, code);
    json_decref(report);
    return fate;
}

/* All that is there. False: something was put off. */
static bool
folder_handle(struct watch *w)
{
    struct watch_file file;
    bool put_off = false;
    while (!w->ended && !put_off && watch_folder_take(&w->folder, &file)) {
        enum fate fate = file_handle(w, &file);
        w->done += fate == DONE;
        w->failed += fate == FAILED;
        put_off = fate == LATER;
        watch_file_fini(&file);
    }
    return !put_off;
}

static void
wait_for_more(struct watch *w)
{
    char events[EVENTS_BYTES];
    struct pollfd fds[] = {{.fd = w->signals, .events = POLLIN},
                           {.fd = w->changes, .events = POLLIN}};
    /* While something is put off, what else comes must wait behind it: the order is the files'. */
    poll(fds, w->later_ms > 0 ? 1 : 2, w->later_ms > 0 ? (int)w->later_ms : LOOK_MS);
    while (read(w->changes, events, sizeof events) > 0) {
    }
    for (int number = proc_signals_next(w->signals); number != 0;
         number = proc_signals_next(w->signals)) {
        w->ended = w->ended || number == SIGTERM || number == SIGINT;
    }
}

static int
watch_loop(struct watch *w, bool once)
{
    bool all = folder_handle(w);
    while (!once && !w->ended) {
        w->later_ms = all                               ? 0
                      : w->later_ms == 0                ? LATER_FIRST_MS
                      : w->later_ms * 2 < LATER_MOST_MS ? w->later_ms * 2
                                                        : LATER_MOST_MS;
        wait_for_more(w);
        if (!w->ended) {
            all = folder_handle(w);
        }
    }
    return !once ? 0 : !all ? EX_TEMPFAIL : w->failed > 0 ? EX_DATAERR : 0;
}

static int
watch_open(struct watch *w, const char *path)
{
    int code = watch_folder_open(&w->folder, path);
    w->signals = w->changes = -1;
    if (code != 0) {
        return code;
    }
    snprintf(w->errors, sizeof w->errors, "%s/.thidua/errors.csv", w->folder.path);
    /* A writer that opens a file while we hold its lease for a moment has this sent to us. */
    signal(SIGIO, SIG_IGN);
    w->signals = proc_signals_open();
    w->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    /* Before the folder is read: what comes meanwhile is an event, or is read. */
    if (w->signals < 0 || w->changes < 0 ||
        inotify_add_watch(w->changes, path, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
        return say_code(EX_OSERR, tr("không theo dõi được %s: %s.", "%s cannot be watched: %s."),
                        path, strerror(errno));
    }
    return 0;
}

int
verb_watch(int argc, char **argv)
{
    struct options o;
    bool once = false;
    struct watch w = {.import.options = &o};
    const struct option_spec own[] = {
        TEXT_OPTION("form", "CODE", &w.import.form, false, "biểu mẫu của các tệp CSV",
                    "the form of CSV files"),
        TEXT_OPTION("layout", "wide|long|dhis2", &w.import.layout, false,
                    "cách bày bảng; mặc định wide", "how the table is laid out; default wide"),
        TEXT_OPTION("unit-column", "C", &w.import.unit_column, false, "cột đơn vị; mặc định unit",
                    "the unit's column; default unit"),
        TEXT_OPTION("period-column", "C", &w.import.period_column, false, "cột kỳ; mặc định period",
                    "the period's column; default period"),
        TEXT_OPTION("source", "CODE", &w.import.source, false,
                    "nguồn; mặc định là nguồn đầu tiên của biểu mẫu",
                    "the source; default the form's first"),
        TEXT_OPTION("map", "FILE", &w.import.map, false,
                    "CSV kind,from,to: mã bên ngoài thành mã ở đây",
                    "CSV kind,from,to: their codes to ours"),
        SWITCH_OPTION("once", &once, "xử lý những gì đang có rồi kết thúc",
                      "take what is there, and end"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = watch_open(&w, o.args[0]);
    if (code == 0 && !once && !o.quiet) {
        say(tr("đang theo dõi %s.", "watching %s."), w.folder.path);
    }
    code = code == 0 ? watch_loop(&w, once) : code;
    if (w.changes >= 0) {
        close(w.changes);
    }
    if (w.signals >= 0) {
        close(w.signals);
    }
    watch_folder_close(&w.folder);
    return code;
}
