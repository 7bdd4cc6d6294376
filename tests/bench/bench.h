/* What the files of the bench share.
 *
 *   bench.c     what is run, in which order, how often
 *   workload.c  the stated workload: a campaign, its units, reports by number
 *   site.c      a site in a temporary folder: its processes, its client
 *   costs.c     what its processes took: processor time, memory, bytes written
 *   modes.c     streams of reports, lone reports, a long journal, replay
 *   rank.c      a whole city scored, ranked and rolled up, in one process
 *   steady.c    reports at a steady pace: how long each waits
 *   http.c      data values over HTTP, and the parsers alone
 *   http_reads.c what a person waits for: tallies, by many at once, and the console's files
 *   network.c   keys and an endpoint for the network; the streams over tcp and CURVE
 *   offices.c   ten thousand offices, each with its key and its connection
 *   siege.c     an office's receipts while others attack
 *   machine.c   the state machine alone, in one process
 *   floors.c    the same work without us: disk, decoding, libzmq
 *   figures.c   the figures of several runs: median and spread
 *
 * These machines are noisy: a figure travels only beside a floor of the same run. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "common/buf.h"
#include "proto/client.h"
#include "proto/curve.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define PATH_ROOM 4400
#define RUNS_MAX 20

double now_s(void);

/* ---- workload.c ----
 * 5,000 communes in 30 districts, one daily form of 8 whole numbers, two of which must add up to a
 * third. A day has WORKLOAD_DAY reports: of each ten, nine are of the newest day and one of any of
 * the 30 before; every unit reports each day once, and all else corrects: 30 in a hundred. */
#define WORKLOAD_UNITS 5000
#define WORKLOAD_DAY 7143
#define WORKLOAD_CLOCK "2022-12-31T08:00:00+07:00"

/* Writes FOLDER/campaign.yaml and FOLDER/units.csv. */
void workload_files(const char *folder);
/* Report number n, always the same one; `revision` is the sender's. */
void workload_report(uint64_t n, uint64_t revision, struct buf *body, char unit[CODE_MAX + 1]);

/* ---- figures.c ---- */
struct figures;
struct figures *figures_new(void);
void figures_free(struct figures **figures);
/* One run's value of a figure; they print in the order in which they first came. */
void figure_add(struct figures *f, const char *name, const char *unit, double value);
void figures_print(const struct figures *f);
/* "NAME p50" and "NAME p99"; sorts `seconds`. */
void figure_add_times(struct figures *f, const char *name, double *seconds, size_t n);

/* ---- site.c ---- */
struct site {
    const char *bin;
    char *folder; /* temporary; the site is folder/site */
    char data[PATH_ROOM];
    char endpoint[PATH_ROOM];
    pid_t up;                      /* 0: none runs */
    const char *broker, *key_file; /* of the next site_connect; NULL: the local endpoint */
    struct client *client;
    uint64_t made; /* reports so far: the next one's number */
    uint64_t receipts, failures, last_block;
    uint64_t record_bytes; /* of the bodies submitted */
};

void site_open(struct site *s, const char *bin);
void site_close(struct site *s);
/* `thidua up`, or the broker alone; ready when this returns. */
void site_start(struct site *s);
void site_start_broker(struct site *s);
void site_stop(struct site *s);
/* A client of `records` a message. */
void site_connect(struct site *s, uint32_t records, client_result_fn *fn, void *context);
/* Counts receipts and failures: a client_result_fn whose context is the site. */
void site_count(void *site, const struct client_result *result);
/* Until the tallies hold every receipt so far. */
void site_await_tallies(struct site *s);
/* Runs a program of the site's, silent; its exit code. */
int site_run(const struct site *s, const char *program, const char *const *arguments);
/* Hands in report number `n`, waiting while the window is full. */
void site_submit(struct site *s, uint64_t n, struct buf *body);

/* ---- costs.c ---- */
#define PROCESSES_MAX 8
struct cost {
    pid_t pid;
    char name[32];
    double cpu_s;
    double written_mib;   /* that reached the disk's queue, by /proc/PID/io */
    double resident_mib;  /* with mapped files */
    double anonymous_mib; /* its own */
};
struct costs {
    struct cost of[PROCESSES_MAX];
    uint32_t count;
};
/* The bench itself and the children of `up` (or `up`, where it has none). */
void costs_read(const struct site *s, struct costs *costs);
/* What each took since `before`: figures "NAME: ..." under `mode`. */
void costs_tell(struct figures *f, const char *mode, const struct site *s,
                const struct costs *before);

/* ---- modes.c, steady.c, machine.c, floors.c ---- */
void mode_lone(struct figures *f, struct site *s);
/* Receipts a second. `mode` begins the names of its figures. */
double mode_stream(struct figures *f, struct site *s, const char *mode, uint64_t records,
                   uint32_t per_message);
#define LONG_SAMPLE 100000 /* reports, before and after */
void mode_long(struct figures *f, struct site *s, uint64_t records);
void mode_replay(struct figures *f, struct site *s);
void mode_machine(struct figures *f, const struct site *s, uint64_t records);
void mode_steady(struct figures *f, struct site *s, bool workers, uint32_t seconds);

/* On a site of its own, with a gateway. */
void mode_http(struct figures *f, const char *bin);
/* Reads at that port, the last of them while the command imports. */
void http_reads(struct figures *f, int port, const char *import_command);
/* ---- rank.c ---- */
void mode_rank(struct figures *f);

/* ---- network.c, offices.c, siege.c ---- */
#define OFFICES 10000
/* The whole of thidua.conf, before the site starts; as many KiB a second as records. */
void network_configure(const struct site *s, uint32_t quota_records, uint32_t lease_ms);
/* A new key, also in FOLDER/PRINCIPAL.key. */
void network_key(const struct site *s, const char *principal, struct curve_key *key);
/* An access.yaml, written line by line, and published. */
FILE *network_access_begin(const struct site *s);
void network_access_add(FILE *out, const struct curve_key *key, const char *roles,
                        const char *units);
void network_access_end(const struct site *s, FILE *out);
/* Where the broker listens, with its key. Connects the site's client locally. */
void network_endpoint(struct site *s, char endpoint[ENDPOINT_MAX]);
/* Only curve sends so many; the others know what is theirs. */
typedef void network_mode_fn(struct figures *f, struct site *s, uint64_t records);
network_mode_fn mode_curve, mode_offices, mode_hostile;

/* `n` appends of `size` bytes, each synced; returns seconds, each one's in `took` unless NULL. */
double floor_append(const struct site *s, size_t n, size_t size, double *took);
void floor_decode(struct figures *f);
void floor_libzmq(struct figures *f, const struct site *s, uint64_t records, uint32_t per_message);

#endif
