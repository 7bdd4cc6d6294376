/* thidua.conf and the data directory: what every process of one site shares.
 *
 *   DATA/thidua.conf      settings, every key commented
 *   DATA/journal/         the segments; the broker's
 *   DATA/state/00 …       one LMDB environment a shard; written by its tally worker only
 *   DATA/run/             broker (the ipc:// socket), up.lock (held by the `thidua up` that runs)
 *   DATA/client/          revision (the last one stamped here)
 *   DATA/first/           what `thidua init` left for the first `thidua up` to publish
 */
#ifndef PROTO_SETTINGS_H
#define PROTO_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#define SETTINGS_PATH_MAX 4096

struct settings {
    char data[SETTINGS_PATH_MAX];   /* absolute */
    char listen[SETTINGS_PATH_MAX]; /* the broker's endpoint; default ipc://DATA/run/broker */
    uint64_t shards;                /* fixed by init; 1 to 1024 */
    uint64_t site;
    uint64_t segment_mb;      /* 64: a journal segment is sealed at this size */
    uint64_t min_free_mb;     /* 256: below this much free disk submitters are told BUSY */
    uint64_t busy_lag_blocks; /* 100000: when a shard is so far behind */
    uint64_t share_kb;        /* 4096: what one session may put into one block */
    uint64_t sessions;        /* 2000: kept under 80 % of the descriptors' limit */
    uint64_t heartbeat_ms;    /* 1000 */
    uint64_t lease_ms;        /* 5000 */
    uint64_t map_gb;          /* 64: the largest a shard's LMDB map may grow */
    int64_t clock_offset_us;  /* command line only: added to the wall clock (drills) */
};

#define SETTINGS_DATA_DEFAULT "thidua-data" /* in the current folder */

/* Defaults, then DATA/thidua.conf, then the options `--data DIR`, `--key value` or `--key=value`
 * and `--clock-offset-us N` of the command line (argv[1..]); in an option's name - and _ are the
 * same. False: one sentence in `why`, in the user's language. Unknown options are mistakes, and so
 * is a DATA without a thidua.conf. */
bool settings_load(struct settings *s, int argc, char **argv, char why[512]);
/* Defaults and DATA/thidua.conf only. */
bool settings_read(struct settings *s, const char *data, char why[512]);
/* Defaults only, for `thidua init`: DATA and its thidua.conf need not be there yet. */
bool settings_defaults(struct settings *s, const char *data, char why[512]);
/* The shipped, commented file with these values. Bytes written or needed, as snprintf. */
int settings_write(const struct settings *s, char *text, unsigned size);

#endif
