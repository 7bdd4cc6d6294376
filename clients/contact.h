/* One command's contact with the broker: the client library opened from the options, with errors told
 * in words. Functions that give an int give 0 or the exit code that the verb returns, after the reason
 * was told. */
#ifndef CLIENTS_CONTACT_H
#define CLIENTS_CONTACT_H

#include "clients/question.h"
#include "clients/options.h"
#include "proto/client.h"
#include "proto/settings.h"

#include <jansson.h>

struct contact {
    const struct options *options;
    struct client *client;
    uint64_t after;    /* block of --after; 0 */
    uint64_t position; /* sum of the shards' positions when they were last looked at */
    char brokers[SETTINGS_PATH_MAX];
    char key_file[2 * SETTINGS_PATH_MAX];       /* empty: none, the broker is on this machine */
    char revision_file[SETTINGS_PATH_MAX + 64]; /* empty: none */
};

/* Opens the client library. EX_NOINPUT: no data directory, no office and no --broker; EX_UNAVAILABLE: nobody
 * listens there and no `thidua up` is about to. On failure there is nothing to close. */
int contact_open(struct contact *c, const struct options *options);
/* The same for who waits for the broker to come: nobody listening yet is no failure, and a question is
 * given up after `give_up_ms`. */
int contact_open_patient(struct contact *c, const struct options *options, uint32_t give_up_ms);
void contact_close(struct contact *c);

/* Asks. *body is a msgpack map, valid until the next call. Waits for block `after` (at least that of
 * --after) for as long as the shards come nearer. EX_UNAVAILABLE: nobody answered; EX_DATAERR: the
 * answer was a complaint. `as_of` may be NULL. */
int contact_ask(struct contact *c, const char *name, struct slice args, uint64_t after,
                struct slice *body, uint64_t *as_of);

/* The same as JSON, a new reference, with "as_of" among its members where a worker answered. */
int contact_read(struct contact *c, const char *name, struct question *question, uint64_t after,
                 json_t **answer);

/* Hands one encoded record to the client library, stepping it until it has room. Results come through
 * client_on_result. ERR_LIMIT: larger than a record may be. */
enum err contact_submit(struct contact *c, struct slice unit, struct slice body,
                        uint64_t tag) MUST_CHECK;

/* Whether a process listens on the data directory's socket. Anything but a plain no counts as yes: then
 * the client library finds out, with its own patience. */
bool contact_somebody_listens(const char *endpoint);

/* Nobody answered: tells so and what to do, gives EX_UNAVAILABLE. */
int contact_unavailable(const struct contact *c);
/* No answer came, or none that helps, for this reason: told; EX_NOPERM where our key or our roles are,
 * EX_TEMPFAIL where the broker was busy; contact_unavailable where there is no reason. */
int contact_failed(const struct contact *c, const struct complaint *why);

#endif
