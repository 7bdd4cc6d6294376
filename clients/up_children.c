/* Starting, restarting and stopping. A child that dies is started again at once; one that keeps dying
 * waits 100 ms, then twice as long each time up to 5 s, so that a broken disk does not become a busy
 * loop; one that has lived for 10 s begins anew. */
#include "clients/up_children.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/note.h"
#include "common/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 5000
#define LIVED_MS 10000
#define STOP_MS 10000 /* for an order; a commit in flight takes far less */
#define OPTIONS_MAX 8
#define OPTIONS_OWN 3 /* of a tally worker */

static int64_t
now_monotonic(void)
{
    struct clock clock = clock_real(0);
    return clock_mono_ms(&clock);
}

static void
child_init(struct child *child, const char *folder, const char *name, bool broker)
{
    size_t size = snprintf(NULL, 0, "%s/%s", folder, name) + 1;
    *child = (struct child){.name = name, .broker = broker, .program = mem_alloc(size)};
    snprintf(child->program, size, "%s/%s", folder, name);
}

static void
child_note(struct child *child, const char *data, unsigned number)
{
    size_t size = snprintf(NULL, 0, "%s/run/note.%u", data, number) + 1;
    child->note = mem_alloc(size);
    snprintf(child->note, size, "%s/run/note.%u", data, number);
}

void
children_init(struct children *c, const char *folder, const struct settings *settings,
              char **options)
{
    bool gateway = settings->gateway_listen[0] != '\0';
    unsigned shards = (unsigned)settings->shards;
    *c = (struct children){.count = shards + 2 + gateway, .options = options};
    c->list = mem_alloc(c->count * sizeof *c->list);
    child_init(&c->list[0], folder, "thidua-broker", true);
    for (unsigned i = 1; i <= shards; i++) {
        child_init(&c->list[i], folder, "thidua-tally", false);
        child_note(&c->list[i], settings->data, i);
    }
    child_init(&c->list[shards + 1], folder, "thidua-query", false);
    if (gateway) {
        child_init(&c->list[shards + 2], folder, "thidua-gateway", false);
    }
}

void
children_fini(struct children *c)
{
    for (unsigned i = 0; i < c->count; i++) {
        free(c->list[i].program);
        free(c->list[i].note);
    }
    free(c->list);
    *c = (struct children){0};
}

/* When to try again after a death, or a start that failed. */
static void
child_ended(struct child *child, int64_t now_ms)
{
    bool lived = now_ms - child->started_ms >= LIVED_MS;
    child->pid = 0;
    child->start_at_ms = now_ms + (lived ? 0 : child->backoff_ms);
    if (lived) {
        child->backoff_ms = BACKOFF_FIRST_MS;
    } else {
        uint32_t longer = child->backoff_ms == 0 ? BACKOFF_FIRST_MS : child->backoff_ms * 2;
        child->backoff_ms = longer > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : longer;
    }
}

/* A tally worker's own options behind those of all, from argv[at] on. What it left in its note is
 * forgotten: it has been read. */
static void
tally_options(struct child *child, char **argv, unsigned at, char accusation[SUSPECT_TEXT])
{
    child->accusing = suspect_accused(&child->suspect, accusation);
    if (child->accusing) {
        argv[at++] = (char *)"--quarantine";
        argv[at++] = accusation;
        return;
    }
    if (unlink(child->note) != 0 && errno != ENOENT) {
        log_warn("note_not_removed", "path=\"%s\" error=\"%s\"", child->note, strerror(errno));
    }
    argv[at++] = (char *)"--note";
    argv[at++] = child->note;
    if (child->suspect.careful) {
        argv[at++] = (char *)"--careful";
    }
}

static void
child_start(struct children *c, struct child *child, int64_t now_ms)
{
    char *argv[1 + OPTIONS_MAX + OPTIONS_OWN + 1] = {child->program};
    char accusation[SUSPECT_TEXT];
    unsigned n = 1;
    while (n <= OPTIONS_MAX && c->options[n - 1] != NULL) {
        argv[n] = c->options[n - 1];
        n++;
    }
    if (child->note != NULL) {
        tally_options(child, argv, n, accusation);
    }
    child->started_ms = now_ms;
    if (proc_start(argv, &child->pid) != ERR_OK) {
        child_ended(child, now_ms);
        return;
    }
    log_info("child_started", "program=%s pid=%d", child->name, (int)child->pid);
}

int
children_start(struct children *c, int64_t now_ms)
{
    int64_t next_ms = -1;
    for (unsigned i = 0; i < c->count; i++) {
        struct child *child = &c->list[i];
        if (child->pid == 0 && child->start_at_ms <= now_ms) {
            child_start(c, child, now_ms);
        }
        if (child->pid == 0 && (next_ms < 0 || child->start_at_ms < next_ms)) {
            next_ms = child->start_at_ms;
        }
    }
    return next_ms < 0 ? -1 : next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
}

static void
child_log(const struct children *c, const struct child *child, pid_t pid, int status,
          int64_t now_ms)
{
    const char *how = WIFSIGNALED(status) ? "signal" : "status";
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    if (c->stopping) {
        log_info("child_stopped", "program=%s pid=%d %s=%d", child->name, (int)pid, how, number);
    } else {
        log_warn("child_ended", "program=%s pid=%d %s=%d restart_ms=%d", child->name, (int)pid, how,
                 number, (int)(child->start_at_ms - now_ms));
    }
}

/* What a tally worker's death says about the record that it had in hand. */
static void
tally_ended(struct child *child, int status, int64_t now_ms)
{
    if (child->accusing) {
        suspect_told(&child->suspect, status);
        if (child->suspect.accused == 0) { /* it did what it was for: the worker need not wait */
            child->backoff_ms = 0;
            child->start_at_ms = now_ms;
        }
    } else if (suspect_died(&child->suspect, status, note_read(child->note))) {
        char accusation[SUSPECT_TEXT];
        (void)!suspect_accused(&child->suspect, accusation);
        log_warn("record_kills_worker", "accusation=%s", accusation);
    }
}

void
children_reap(struct children *c, int64_t now_ms)
{
    int status;
    for (pid_t pid = proc_reap(&status); pid > 0; pid = proc_reap(&status)) {
        for (unsigned i = 0; i < c->count; i++) {
            if (c->list[i].pid == pid) {
                child_ended(&c->list[i], now_ms);
                child_log(c, &c->list[i], pid, status, now_ms);
                if (c->list[i].note != NULL) {
                    tally_ended(&c->list[i], status, now_ms);
                }
            }
        }
    }
}

static unsigned
children_signal(const struct children *c, bool broker, int number)
{
    unsigned alive = 0;
    for (unsigned i = 0; i < c->count; i++) {
        const struct child *child = &c->list[i];
        if (child->pid != 0 && child->broker == broker) {
            alive++;
            if (number != 0) {
                kill(child->pid, number);
            }
        }
    }
    return alive;
}

/* One kind of child: TERM, and KILL for what is left at the deadline. */
static void
stop_kind(struct children *c, int signals, bool broker)
{
    struct pollfd p = {.fd = signals, .events = POLLIN};
    int64_t deadline_ms = now_monotonic() + STOP_MS;
    children_signal(c, broker, SIGTERM);
    while (children_signal(c, broker, 0) > 0) {
        int64_t left_ms = deadline_ms - now_monotonic();
        if (left_ms <= 0) {
            log_warn("child_killed", "broker=%d after_ms=%d", broker, STOP_MS);
            children_signal(c, broker, SIGKILL);
            deadline_ms += STOP_MS;
            continue;
        }
        poll(&p, 1, (int)left_ms);
        while (proc_signals_next(signals) != 0) {
        }
        children_reap(c, now_monotonic());
    }
}

void
children_stop(struct children *c, int signals)
{
    c->stopping = true;
    stop_kind(c, signals, false);
    stop_kind(c, signals, true);
}
