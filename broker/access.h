/* Who is behind a connection. The principal goes into the journal with every record, and the tally
 * workers decide by it what the sender may speak of: the broker only says who it is.
 *
 * Over ipc:// the directory's mode lets in the local operator and nobody else, so that a message
 * without a User-Id is of the principal "local": the loop must see to it that none comes from a
 * network. There the User-Id is the peer's public key, which CURVE has proved, and the principal is
 * whose key that is, looked up at every message.
 *
 * Shard 0's worker tells who there is, in pages (message `access`). A table is taken whole or not at
 * all, and never in place of a newer one: a worker that makes its state again passes through all that
 * was ever in force, revoked keys too. */
#ifndef BROKER_ACCESS_H
#define BROKER_ACCESS_H

#include "proto/access_table.h"

struct session;

struct access {
    struct access_table *table; /* in force; "local" alone until one was told */
    bool told;                  /* a whole one has been, since this start */
    uint64_t revision;          /* of the table in force */
    uint64_t start_head;        /* the journal's head when this broker began */
    /* the pages so far of the next table */
    struct access_table *staged; /* NULL: none are there */
    const struct session *staged_by;
    uint64_t staged_revision, staged_pages;
};

enum access_page {
    ACCESS_REFUSED, /* nothing has changed; what was staged is gone */
    ACCESS_MORE,    /* staged */
    ACCESS_IGNORED, /* whole, and older than what is in force */
    ACCESS_SWAPPED, /* whole, and in force: every entry that was found before is gone */
};

void access_init(struct access *a, uint64_t head);
void access_fini(struct access *a);

/* The principal that a message with this User-Id is of; NULL: nobody's, refuse it. Until the next
 * table. */
const struct access_entry *access_of_user(const struct access *a, struct slice user);
/* Whether a gateway's own record lets it speak for the principal. */
bool access_acts_for(const struct access_entry *gateway, struct slice principal);
/* Whether there is a type of record that the roles may send at all. */
bool access_may_submit(uint32_t roles);

/* One page, from the worker that holds shard 0; `head` is the journal's. */
enum access_page access_take(struct access *a, const struct session *by, uint64_t head,
                             const struct message_access *page, struct complaint *why);
void access_session_ended(struct access *a, const struct session *s);

#endif
