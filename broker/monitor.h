/* How the broker is: free disk, the workers' backlog, damage in the journal. It decides when
 * submitters must wait, and tells an operator what is wrong. */
#ifndef BROKER_MONITOR_H
#define BROKER_MONITOR_H

#include "common/buf.h"
#include "proto/codes.h"
#include "common/err.h"

struct broker;

/* The reasons of a BUSY; messages.def. */
#define BUSY_DISK "disk"
#define BUSY_LAG "lag"
#define BUSY_SHARE "share"
#define BUSY_QUOTA "quota"
#define BUSY_REASONS 4

extern const char *const BUSY_REASON_NAMES[BUSY_REASONS];

struct monitor {
    uint64_t free_bytes; /* as of looked_ms */
    int64_t looked_ms;
    uint64_t damaged; /* a block that could not be read; 0: none */
};

void monitor_init(struct broker *b);
void monitor_tick(struct broker *b, int64_t now_ms);
/* Why nobody may submit now; NULL where they may. */
const char *monitor_busy(const struct broker *b, uint32_t *retry_ms);
/* Its place in BUSY_REASON_NAMES. */
unsigned monitor_busy_reason(const char *reason);
/* Appends the words of what is wrong, msgpack texts one behind the other, and gives their number. */
uint32_t monitor_problems(const struct broker *b, struct buf *out);
/* Why the network's endpoint is not open; "" where it is. */
const char *monitor_network(const struct broker *b);
/* A block that was asked for and is not to be had: counted where the journal is at fault, and told in
 * `why`. Gives false, as complain does. */
bool monitor_unreadable(struct broker *b, uint64_t number, enum err err, struct complaint *why);
/* The body of broker.status; status.c. */
void monitor_status(const struct broker *b, struct buf *body);

#endif
