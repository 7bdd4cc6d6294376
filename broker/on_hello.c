/* HELLO: a session begins, or begins anew. What the identity had before is over: whoever says HELLO
 * again asks again for all that it waits for. */
#include "broker/core.h"

#include "proto/rights.h"

#include <inttypes.h>
#include <xxhash.h>

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

/* Of a worker over the network the key is what tells it from one of this machine that says the same
 * pid. */
static struct process
process_of(const struct peer *from, const struct message_hello *hello)
{
    uint64_t place = from->user.len == 0 ? 0 : XXH3_64bits(from->user.data, from->user.len) | 1;
    return (struct process){hello->pid, hello->start_time, place};
}

/* NULL for the local operator: whoever may open the data directory could as well stop the broker. */
static bool
account_find(struct broker *b, const struct peer *from, struct account **account,
             struct complaint *why)
{
    const struct access_entry *entry = from->entry;
    *account = NULL;
    if (from->user.len == 0) {
        return true;
    }
    struct quota_rate rate = broker_quota_rate(b, entry->roles);
    *account = quota_account(&b->quota, entry->principal, &rate, clock_mono_ms(b->clock));
    uint64_t times = rate.records / b->settings.quota_records;
    if ((*account)->sessions >= b->settings.quota_sessions * times) {
        return complain(why, CODE_SESSIONS_FULL, entry->principal, "%" PRIu32,
                        (*account)->sessions);
    }
    return true;
}

/* Bytes of a peer into a text of ours; both limits are the contract's. */
static struct slice
text_keep(void *to, struct slice from)
{
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
    return slice_of(to, from.len);
}

static void
session_name(struct session *s, const struct peer *from, const struct message_hello *hello)
{
    (void)text_keep(s->principal, from->entry->principal);
    (void)text_keep(s->name, hello->name);
    s->user = text_keep(s->user_bytes, from->user);
}

/* Everything that may stand against the session, and the shard it gets. */
static struct session *
session_begin(struct broker *b, const struct peer *from, const struct message_hello *hello,
              struct complaint *why)
{
    struct process process = process_of(from, hello);
    struct account *account;
    uint32_t shard = SHARD_NONE;
    if (!rights_session(from->entry->roles, (enum role)hello->role)) {
        complain(why, CODE_NOT_IN_ROLE, from->entry->principal, "session %" PRIu64, hello->role);
        return NULL;
    }
    if (!account_find(b, from, &account, why)) {
        return NULL;
    }
    if (hello->role == ROLE_TALLY) {
        shard = roster_shard_for(b, process, hello->shard);
        if (shard == SHARD_NONE) {
            complain(why, CODE_NO_SHARD, slice_text(""), "%u", b->roster.count);
            return NULL;
        }
    }
    struct session *s = sessions_begin(&b->sessions, from->identity, (enum role)hello->role,
                                       clock_mono_ms(b->clock));
    if (s == NULL) {
        b->counts.sessions_refused++;
        complain(why, CODE_SESSIONS_FULL, slice_text(""), "%u", b->sessions.limit);
        return NULL;
    }
    session_name(s, from, hello);
    s->since_us = clock_wall_us(b->clock);
    s->process = process;
    s->account = account;
    if (account != NULL) {
        account->sessions++;
    }
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
    struct session *former = roster_session_of(b, process_of(from, &m->hello), m->hello.role);
    const struct session *s = NULL;
    if (hello_check(&m->hello, &why)) {
        s = session_begin(b, from, &m->hello, &why);
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
