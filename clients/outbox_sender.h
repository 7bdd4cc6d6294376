/* Sends what an outbox holds, and notes what becomes of it. No I/O of its own but the outbox's and the
 * client library's: whoever drives it steps the client, waits and sees to its lock.
 *
 * What it promises: every entry reaches the journal, in the order of the entries' numbers, and has its
 * effect once. At most one group of entries is in flight, so that nothing can overtake; a group whose
 * receipts were lost goes out again word for word, and the second copy changes nothing (a report has
 * its revision, everything else its ULID, since before it was put). An entry that the broker refuses
 * is set aside, rejected, and those behind it go on: a refused group is sent again one by one to find
 * the one. What is not about the record but about us (a revoked key) leaves everything pending. */
#ifndef CLIENTS_OUTBOX_SENDER_H
#define CLIENTS_OUTBOX_SENDER_H

#include "clients/outbox.h"
#include "common/clock.h"
#include "proto/client.h"

struct outbox_sender;

enum outbox_need {
    NEED_NOTHING, /* all is sent and its verdicts known: wait for a writer */
    NEED_LINE,    /* step the client, opening one where there is none, and call the turn */
    NEED_PAUSE,   /* close the client, and wait until the moment */
};

struct outbox_sender_options {
    struct outbox *outbox;
    struct clock *clock; /* monotonic for waits; the wall only to be shown */
    bool verdicts;       /* ask for them */
    uint32_t answer_ms;  /* how long a group may wait for its receipts; 0: 20 s */
};

struct outbox_sender *outbox_sender_new(const struct outbox_sender_options *options);
void outbox_sender_free(struct outbox_sender **sender);

/* The client to send by, its results taken; NULL: it is gone, and what it had in flight stays pending. */
void outbox_sender_client(struct outbox_sender *sender, struct client *client);
/* Takes what came, sends what is next. Not ERR_OK: the outbox cannot be written; end. */
enum err outbox_sender_turn(struct outbox_sender *sender) MUST_CHECK;
/* What to do now; *until_ms (monotonic) with NEED_PAUSE. */
enum outbox_need outbox_sender_need(struct outbox_sender *sender, int64_t *until_ms);
/* Somebody put entries in: look, and do not sit out a pause that began some time ago. */
void outbox_sender_wake(struct outbox_sender *sender);
/* Entries that no receipt was seen for, when it last looked. */
uint64_t outbox_sender_pending(const struct outbox_sender *sender);
/* Whether the last try ended in trouble, and which. */
bool outbox_sender_trouble(const struct outbox_sender *sender, struct complaint *why);

#endif
