/* What the storm's files share: a site of real processes, four submitters, and what they know. */
#ifndef TESTS_CRASH_STORM_H
#define TESTS_CRASH_STORM_H

#include "proto/client.h"

#include <stdbool.h>
#include <sys/types.h>

#define SUBMITTERS 4
#define UNITS_EACH 10
#define DAYS 28
#define KEYS (UNITS_EACH * DAYS) /* of one submitter */
#define STORM_PATH 1200

/* ---- the site (storm_site.c) ---- */

enum victim { VICTIM_BROKER, VICTIM_TALLY, VICTIM_QUERY, VICTIM_COUNT };

struct site {
    const char *bin, *campaign;
    char folder[512], data[600], log[600], fired[600];
    pid_t up;
    uint64_t kills[VICTIM_COUNT];
};

/* Makes the data directory and starts `thidua up` on it; with a fault (shim.h) under the shim. */
void site_start(struct site *site, const char *folder, const char *fault);
/* SIGKILL to one of the processes that live: the seed chooses the kind, then which. False where none
 * lives. */
bool site_kill(struct site *site, uint64_t *seed);
/* A program of ours to its end; gives its exit code, its stdout and stderr in FOLDER/said. */
int site_run(const struct site *site, const char *program, const char *const *arguments);
/* The exit code of `thidua up`. */
int site_stop(struct site *site);
/* Processes that ended by themselves without a word of why, by the log. */
uint64_t site_unexplained(const struct site *site, uint64_t *ended);

/* ---- the submitters (storm.c) ---- */

/* A record that was sent: what its receipt must lead to. */
struct sent {
    uint64_t hash;
    struct receipt receipt; /* block 0: none */
};

/* The newest report of a unit's day, as its submitter knows. */
struct newest {
    uint64_t revision; /* 0: never reported */
    uint32_t first, second;
};

struct submitter {
    struct client *client;
    char revision_file[600];
    struct newest newest[KEYS];
    uint64_t sent;
};

struct storm {
    struct site site;
    struct submitter submitters[SUBMITTERS];
    struct sent *sent;
    uint64_t reports, next, receipts, refused;
    uint64_t last_block;
    uint64_t seed, kills, killed;
    uint64_t kill_at;  /* records sent when the next comes */
    double progress_s; /* when the last receipt came */
    struct buf body;
};

uint64_t bytes_hash(struct slice bytes);
double now_s(void);

/* ---- the proof (storm_check.c); each prints a line of TAP, and is false where it failed ---- */

bool told(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Every receipt is in the journal, with its record's bytes. Gives the number of records there. */
bool check_receipts(const struct storm *storm, uint64_t *records);
/* The same through the broker, for some. */
bool check_asked(struct storm *storm);
/* Every record has one verdict, none is a refusal. */
bool check_verdicts(struct storm *storm, uint64_t records);
/* The tallies are what the submitters know. */
bool check_tallies(struct storm *storm);
unsigned checks_told(void);

#endif
