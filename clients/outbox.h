/* The outbox of an office: records that were taken over for sending, each with what became of it. A
 * record that outbox_put has taken is on disk; it is never lost, and never sent as other bytes than
 * these.
 *
 *                     receipt               verdict: taken
 *     (put) PENDING ----------> RECEIPTED ----------------> DONE ------> cleared, or pushed out by
 *              |                    |                                    newer ones
 *              |  refused           |  verdict: not taken
 *              +--------------------+---------------------> REJECTED --> cleared by the office only
 *
 * Numbers are the office's order: they grow, and are never used twice. Many processes may write one
 * outbox at a time; each call is one transaction. Any error but those that a function names is the
 * disk's, and final: the caller ends. */
#ifndef CLIENTS_OUTBOX_H
#define CLIENTS_OUTBOX_H

#include "clients/outbox_rows.h"
#include "proto/records.h"

/* The numbers are stored: never change one. */
enum outbox_state {
    OUTBOX_PENDING = 1, /* not in the journal, as far as we know */
    OUTBOX_RECEIPTED,   /* in the journal; its verdict is not known */
    OUTBOX_DONE,        /* accepted, or as good: corrected, unchanged, superseded */
    OUTBOX_REJECTED,    /* rejected or quarantined, or refused by the broker: somebody must look */
    OUTBOX_STATES       /* one more than there are */
};

const char *outbox_state_name(enum outbox_state state); /* "pending" */

struct outbox_fate {
    enum outbox_state state;
    struct receipt receipt; /* block 0: none */
    int64_t time_us;        /* of its block */
    enum verdict verdict;   /* once done or rejected */
    uint32_t flags;
    struct complaint why; /* CODE_NONE */
};

struct outbox_entry {
    uint64_t number;
    int64_t queued_us; /* by this machine's clock */
    struct slice unit, body;
    bool damaged; /* the bytes are not those that were put: never to be sent */
    struct outbox_fate fate;
};

struct outbox_totals {
    uint64_t next;  /* the number of the next entry */
    uint64_t bytes; /* of OUTBOX_BYTES_MAX */
    uint64_t counts[OUTBOX_STATES];
};

/* How the line was when it was last looked at. */
struct outbox_line {
    char broker[128];   /* that last answered; "" */
    int64_t contact_us; /* when; 0: never */
    int64_t trouble_us; /* since when nothing goes; 0: no trouble */
    struct complaint trouble;
};

struct outbox_record {
    struct slice unit, body;
};

struct outbox;

/* Takes the rows over, also where it fails. ERR_VERSION: written by a newer program. ERR_CORRUPT: the
 * conditions of outbox.c do not hold; `why` says which. */
enum err outbox_open(struct outbox_rows *rows, struct outbox **outbox, char why[160]) MUST_CHECK;
void outbox_free(struct outbox **outbox);

/* All or none, on disk when it gives ERR_OK; they are numbered from *first. ERR_LIMIT: the outbox is
 * full; nothing was taken. */
enum err outbox_put(struct outbox *outbox, const struct outbox_record *records, uint32_t count,
                    int64_t wall_us, uint64_t *first) MUST_CHECK;

/* Entries of a state (0: all), in order, from a number on: false ends it. What an entry points at ends
 * with the call. */
typedef bool outbox_entry_fn(void *context, const struct outbox_entry *entry);
enum err outbox_read(struct outbox *outbox, enum outbox_state state, uint64_t from,
                     outbox_entry_fn *fn, void *context) MUST_CHECK;

struct outbox_note {
    uint64_t number;
    struct outbox_fate fate;
};
/* The entries' new fates, and the line (NULL: as it was), in one transaction. A move that is not drawn
 * above is passed over: another process was first. The oldest done entries beyond OUTBOX_DONE_MAX go. */
enum err outbox_settle(struct outbox *outbox, const struct outbox_note *notes, uint32_t count,
                       const struct outbox_line *line) MUST_CHECK;

enum err outbox_totals(struct outbox *outbox, struct outbox_totals *totals) MUST_CHECK;
/* The same behind whoever is writing now: who was woken by a write sees it. */
enum err outbox_totals_behind(struct outbox *outbox, struct outbox_totals *totals) MUST_CHECK;
enum err outbox_line(struct outbox *outbox, struct outbox_line *line) MUST_CHECK;
/* Takes away all entries that are DONE, or REJECTED. */
enum err outbox_clear(struct outbox *outbox, enum outbox_state state, uint64_t *cleared) MUST_CHECK;

/* What the broker answered about a campaign ("" for the only one), for imports without a line. */
enum err outbox_campaign_keep(struct outbox *outbox, struct slice code,
                              struct slice answer) MUST_CHECK;
/* Into `answer`; ERR_NOT_FOUND. */
enum err outbox_campaign(struct outbox *outbox, struct slice code, struct buf *answer) MUST_CHECK;

#endif
