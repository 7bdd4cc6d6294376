/* The processes that `thidua up` runs: the broker, a tally worker a shard, a query worker, and a
 * gateway where gateway_listen says so. Starts them, starts
 * again what dies, stops them in order. Never blocks except while stopping. */
#ifndef CLIENTS_UP_CHILDREN_H
#define CLIENTS_UP_CHILDREN_H

#include "clients/up_suspect.h"
#include "proto/settings.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    char *program;    /* path */
    const char *name; /* for the log */
    bool broker;
    pid_t pid;          /* 0: not running */
    int64_t started_ms; /* monotonic */
    int64_t start_at_ms;
    uint32_t backoff_ms; /* what was waited before this start; 0: nothing */
    char *note;          /* path; a tally worker keeps there what it has in hand; NULL: no worker */
    struct suspect suspect;
    bool accusing; /* what runs tells the broker of a quarantine, and is no worker */
};

struct children {
    struct child *list;
    unsigned count;
    bool stopping;  /* what ends now was told to */
    char **options; /* --data DIR and --clock-offset-us N, the same for all; ends with NULL */
};

/* `folder` is where the programs are, `options` stay the caller's. */
void children_init(struct children *c, const char *folder, const struct settings *settings,
                   char **options);
void children_fini(struct children *c);
/* Starts what is due; gives the milliseconds until the next is, -1 where none waits. */
int children_start(struct children *c, int64_t now_ms);
/* Takes note of the ones that ended and says when each starts again. */
void children_reap(struct children *c, int64_t now_ms);
/* TERM to the workers, then to the broker, each with a deadline, then KILL. Returns when all have ended.
 * `signals` is proc_signals_open's. */
void children_stop(struct children *c, int signals);

#endif
