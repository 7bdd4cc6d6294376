/* thidua.conf and the data directory: what every process of one site shares.
 *
 *   DATA/thidua.conf      settings, every key commented
 *   DATA/journal/         the segments; the broker's
 *   DATA/state/00 …       one LMDB environment a shard; written by its tally worker only
 *   DATA/run/             broker (the ipc:// socket), up.lock (held by the `thidua up` that runs)
 *   DATA/keys/            broker (its private key for listen_tcp), 0700
 *   DATA/client/          revision (the last one stamped here)
 *   DATA/first/           what `thidua init` left for the first `thidua up` to publish
 */
#ifndef PROTO_SETTINGS_H
#define PROTO_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_PATH_MAX 4096
#define SETTINGS_TCP_MAX 280 /* tcp://, a host name of up to 253 bytes, a port */

struct settings {
    char data[SETTINGS_PATH_MAX];      /* absolute */
    char listen[SETTINGS_PATH_MAX];    /* the broker's endpoint; default ipc://DATA/run/broker */
    char listen_tcp[SETTINGS_TCP_MAX]; /* its endpoint for the network; empty: none */
    char gateway_listen[SETTINGS_TCP_MAX];   /* HTTP: host:port; empty: `thidua up` starts none */
    char gateway_cert[SETTINGS_PATH_MAX];    /* PEM; empty: TLS is a reverse proxy's */
    char gateway_tls_key[SETTINGS_PATH_MAX]; /* PEM */
    char gateway_secure[4];                  /* "yes": a proxy in front speaks TLS; else "no" */
    char gateway_proxy[SETTINGS_TCP_MAX];    /* its address: whose X-Forwarded-For is believed */
    char gateway_console[SETTINGS_PATH_MAX]; /* the console's pages; empty: the installed ones */
    uint64_t shards;                         /* fixed by init; 1 to 1024 */
    uint64_t site;
    uint64_t segment_mb;      /* 64: a journal segment is sealed at this size */
    uint64_t min_free_mb;     /* 256: below this much free disk submitters are told BUSY */
    uint64_t busy_lag_blocks; /* 100000: when a shard is so far behind */
    uint64_t share_kb;        /* 4096: what one session may put into one block */
    uint64_t sessions;        /* 2000: kept under 80 % of the descriptors' limit */
    uint64_t heartbeat_ms;    /* 1000 */
    uint64_t lease_ms;        /* 5000 */
    uint64_t map_gb;          /* 64: the largest a shard's LMDB map may grow */
    uint64_t quota_records;   /* 1000: what a principal over the network may send in a second */
    uint64_t quota_kb;        /* 1024: and how many KiB */
    uint64_t quota_sessions;  /* 32: and from how many sessions */
    int64_t clock_offset_us;  /* command line only: added to the wall clock (drills) */
    /* Command line only, for a worker on another machine than the broker's (endpoint.h, curve.h). */
    char broker[SETTINGS_PATH_MAX];   /* empty: `listen` */
    char key_file[SETTINGS_PATH_MAX]; /* empty: none, the broker is on this machine */
};

#define SETTINGS_DATA_DEFAULT "thidua-data" /* in the current folder */

/* Defaults, then DATA/thidua.conf, then the options of the command line (argv[1..]): `--data DIR`,
 * `--name value` or `--name=value` for what the file may say, `--clock-offset-us N`, `--broker
 * ENDPOINT` and `--key FILE`; in an option's name - and _ are the same. False: one sentence in `why`,
 * in the user's language. Unknown options are mistakes, and so is a DATA without a thidua.conf. */
bool settings_load(struct settings *s, int argc, char **argv, char why[512]);
/* Defaults and DATA/thidua.conf only. */
bool settings_read(struct settings *s, const char *data, char why[512]);
/* Defaults only, for `thidua init`: DATA and its thidua.conf need not be there yet. */
bool settings_defaults(struct settings *s, const char *data, char why[512]);
/* The shipped, commented file with these values. Bytes written or needed, as snprintf. */
int settings_write(const struct settings *s, char *text, unsigned size);

/* What a worker's link is opened with. */
static inline const char *
settings_broker(const struct settings *s)
{
    return s->broker[0] == '\0' ? s->listen : s->broker;
}

static inline const char *
settings_key_file(const struct settings *s) /* NULL: none */
{
    return s->key_file[0] == '\0' ? NULL : s->key_file;
}

#endif
