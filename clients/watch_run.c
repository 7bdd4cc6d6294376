/* A child that is this program again, forked: nothing has made a thread here. */
#include "clients/watch_run.h"

#include "clients/answers.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "common/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define ARGUMENTS_MAX 40
#define SAID_BYTES_MAX ((size_t)1 << 20) /* an import shows twenty errors; the rest is in its CSV */

struct arguments {
    char *list[ARGUMENTS_MAX + 1];
    int count;
};

/* Arguments are read, never written: options_parse's type comes from main's. */
static void
add(struct arguments *a, const char *text)
{
    if (a->count < ARGUMENTS_MAX) {
        a->list[a->count++] = (char *)(uintptr_t)text;
    }
}

static void
add_option(struct arguments *a, const char *name, const char *value)
{
    if (value != NULL) {
        add(a, name);
        add(a, value);
    }
}

static void
common_add(struct arguments *a, const struct options *o)
{
    add_option(a, "--data", o->data);
    add_option(a, "--broker", o->brokers);
    add_option(a, "--office", o->office);
    add_option(a, "--key", o->key);
    add_option(a, "--campaign", o->campaign);
    add(a, "--json");
    add(a, "--quiet");
    add(a, "--wait");
}

static void
import_add(struct arguments *a, const struct watch_import *im, const struct watch_file *file,
           const char *revision, const char *errors)
{
    add_option(a, "--form", im->form);
    add_option(a, "--layout", im->layout);
    add_option(a, "--source", im->source);
    add_option(a, "--map", im->map);
    add_option(a, "--unit-column", im->unit_column);
    add_option(a, "--period-column", im->period_column);
    add_option(a, "--revision", revision);
    add_option(a, "--idempotency-key", file->hash);
    add_option(a, "--errors", errors);
}

static bool
is_csv(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && strcasecmp(dot, ".csv") == 0;
}

/* In the child; never returns. */
static void
child_run(const struct watch_import *im, const struct watch_file *file, const char *errors, int out,
          int err)
{
    struct arguments a = {0};
    char revision[24];
    sigset_t none;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) {
        _exit(EX_OSERR);
    }
    snprintf(revision, sizeof revision, "%" PRIu64, file->revision);
    bool csv = is_csv(file->name);
    add(&a, csv ? "import" : "submit");
    common_add(&a, im->options);
    if (csv) {
        import_add(&a, im, file, revision, errors);
    }
    add(&a, file->path);
    words_verb_set(a.list[0]);
    int code = csv ? verb_import(a.count, a.list) : verb_submit(a.count, a.list);
    fflush(NULL);
    _exit(code);
}

/* Waits for the child; ends it where we are to end. */
static int
child_wait(pid_t child, int signals)
{
    bool ended = false;
    int status = 0;
    for (;;) {
        struct pollfd fd = {.fd = signals, .events = POLLIN};
        pid_t gone = waitpid(child, &status, WNOHANG);
        if (gone == child || (gone < 0 && errno != EINTR)) {
            break;
        }
        poll(&fd, 1, -1); /* its end is a signal too */
        for (int number = proc_signals_next(signals); number != 0;
             number = proc_signals_next(signals)) {
            if (number == SIGTERM || number == SIGINT) {
                ended = true;
                kill(child, SIGTERM);
            }
        }
    }
    return ended ? -1 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static json_t *
said_read(const char *path, bool json)
{
    struct buf text = BUF_EMPTY;
    json_t *said = NULL;
    if (file_read(path, SAID_BYTES_MAX, &text) == ERR_OK) {
        said = json ? json_loadb((const char *)text.data, text.len, 0, NULL)
                    : json_stringn((const char *)text.data, text.len);
    }
    buf_fini(&text);
    return said == NULL ? json_null() : said;
}

int
watch_run(const struct watch_folder *w, const struct watch_import *im,
          const struct watch_file *file, const char *errors, int signals, json_t **report)
{
    char out_path[PATH_MAX], err_path[PATH_MAX];
    snprintf(out_path, sizeof out_path, "%s/.thidua/out", w->path);
    snprintf(err_path, sizeof err_path, "%s/.thidua/err", w->path);
    int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    int code = EX_OSERR;
    unlink(errors);
    fflush(NULL);
    pid_t child = out < 0 || err < 0 ? -1 : fork();
    if (child == 0) {
        child_run(im, file, errors, out, err);
    }
    if (child > 0) {
        code = child_wait(child, signals);
    }
    if (out >= 0) {
        close(out);
    }
    if (err >= 0) {
        close(err);
    }
    *report = json_pack("{s:s, s:s, s:I, s:i, s:o, s:o}", "file", file->name, "hash", file->hash,
                        "revision", (json_int_t)file->revision, "exit", code, "result",
                        said_read(out_path, true), "messages", said_read(err_path, false));
    return code;
}
