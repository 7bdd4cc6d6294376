/* The rows of TALLY in memory, as numbers and not as bytes: a report moves five of them, each of them
 * many times in one turn. Only what has changed is encoded, once a transaction, and put in the order
 * of the keys, so that neighbours find their page at once.
 *
 * Whoever reads or writes TALLY inside of apply does it here. What was read stays known across
 * transactions: the state must be written through this ledger only; where it was not, apply finds out
 * by the position (ERR_CONFLICT), aborts, and forgets. */
#ifndef TALLY_LEDGER_H
#define TALLY_LEDGER_H

#include "common/buf.h"
#include "workers/state/rows.h"
#include "workers/state/state.h"

struct ledger;

/* A row's place in the ledger: it stays until the transaction ends. */
struct entry {
    uint64_t high, low;   /* its key: ledger.c */
    struct tally_row row; /* all zero where there is none; change it by ledger_put only */
    uint32_t room;        /* for cells */
    bool present, dirty;
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger **ledger);
void ledger_forget(struct ledger *ledger);

/* The row of a key, read where it is not known yet. `own`: at its form's own granularity. */
enum err ledger_get(struct ledger *ledger, struct state *state, const struct tally_key *key,
                    bool own, struct entry **entry) MUST_CHECK;
/* The same for a row that surely is not in the state, unless this ledger is to put it there. */
struct entry *ledger_get_new(struct ledger *ledger, const struct tally_key *key);
/* This coarser row will be asked for soon: what leads to it, itself, or what it leads to is fetched
 * nearer. Each step looks at the lines that the one before it asked for. */
enum ledger_near { LEDGER_PLACE, LEDGER_ENTRY, LEDGER_CELLS };
void ledger_expect(const struct ledger *ledger, const struct tally_key *key, enum ledger_near near);
/* A copy of `row`, whose cells may be anybody's. */
void ledger_put(struct ledger *ledger, struct entry *entry, const struct tally_row *row, bool own);
/* Before a commit: what has changed goes to the state. */
enum err ledger_flush(struct ledger *ledger, struct state *state) MUST_CHECK;
/* After a commit: too much is forgotten. */
void ledger_settle(struct ledger *ledger);

#endif
