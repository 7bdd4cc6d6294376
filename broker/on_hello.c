/* HELLO: a session begins, or begins anew. What the identity had before is over: whoever says HELLO
 * again asks again for all that it waits for. */
#include "broker/core.h"

#include "broker/access.h"

#include <inttypes.h>

static bool
is_worker(uint64_t role)
{
    return role == ROLE_TALLY || role == ROLE_QUERY;
}

static bool
hello_check(const struct message_hello *hello, struct complaint *why)
{
    if (hello->version > PROTOCOL_VERSION || hello->version == 0) {
        return complain(why, CODE_VERSION_UNKNOWN, slice_text("HELLO"), "%" PRIu64, hello->version);
    }
    if (hello->role < ROLE_CLIENT || hello->role > ROLE_READER) {
        return complain(why, CODE_TYPE_UNKNOWN, slice_text("role"), "role %" PRIu64, hello->role);
    }
    /* Without its process nobody could tell whether a silent worker has ended. */
    if (is_worker(hello->role) && hello->pid == 0) {
        return complain(why, CODE_MISSING_FIELD, slice_text("pid"), "-");
    }
    return true;
}

/* Everything that may stand against the session, and the shard it gets. */
static struct session *
session_begin(struct broker *b, struct slice identity, const struct message_hello *hello,
              struct complaint *why)
{
    const char *principal = access_principal(identity);
    struct process process = {hello->pid, hello->start_time};
    uint32_t shard = SHARD_NONE;
    if (principal == NULL) {
        complain(why, CODE_NOT_ALLOWED, slice_text(""), "-");
        return NULL;
    }
    if (hello->role == ROLE_TALLY) {
        shard = roster_shard_for(b, process, hello->shard);
        if (shard == SHARD_NONE) {
            complain(why, CODE_NO_SHARD, slice_text(""), "%u", b->roster.count);
            return NULL;
        }
    }
    struct session *s =
        sessions_begin(&b->sessions, identity, (enum role)hello->role, clock_mono_ms(b->clock));
    if (s == NULL) {
        complain(why, CODE_SESSIONS_FULL, slice_text(""), "%u", b->sessions.limit);
        return NULL;
    }
    s->principal = principal;
    s->process = process;
    if (is_worker(hello->role)) {
        roster_join(b, s, shard);
    }
    return s;
}

static void
welcome(struct broker *b, const struct session *s)
{
    struct message_welcome welcome = {
        .version = PROTOCOL_VERSION,
        .site = b->settings.site,
        .start_id = b->start_id,
        .time_us = (uint64_t)clock_wall_us(b->clock),
        .heartbeat_ms = b->settings.heartbeat_ms,
        .lease_ms = b->settings.lease_ms,
        .shards = b->roster.count,
        .shard = s->shard == SHARD_NONE ? 0 : s->shard + 1,
    };
    struct journal_head head;
    journal_head(b->journal, &head);
    welcome.first = head.first;
    if (s->role == ROLE_TALLY || s->role == ROLE_READER) {
        welcome.quarantined = quarantine_told(&b->quarantine);
    }
    message_encode_welcome(&welcome, replies_open(&b->replies));
    replies_close(&b->replies, s->identity);
}

enum err
on_hello(struct broker *b, const struct peer *from, const union message *m)
{
    struct complaint why;
    if (from->session != NULL) {
        broker_end_session(b, from->session);
    }
    struct session *former =
        roster_session_of(b, (struct process){m->hello.pid, m->hello.start_time}, m->hello.role);
    const struct session *s = NULL;
    if (hello_check(&m->hello, &why)) {
        s = session_begin(b, from->identity, &m->hello, &why);
    }
    if (s == NULL) {
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    welcome(b, s);
    /* The worker's process has opened a new socket: nobody reads the old one any more. Ended after
     * the WELCOME, so that the questions it had find the new session, and find it welcomed. */
    if (former != NULL) {
        broker_end_session(b, former);
    }
    return ERR_OK;
}
