/* The turn: what broker.h promises, in the order in which it must happen. */
#include "broker/core.h"

#include "common/check.h"
#include "common/mem.h"

#include <stdio.h>
#include <stdlib.h>

static void
access_begin(struct broker *b)
{
    struct journal_head head;
    journal_head(b->journal, &head);
    access_init(&b->access, head.number);
}

struct broker *
broker_new(const struct broker_options *options)
{
    struct broker *b = mem_alloc(sizeof(*b));
    sequencer_new_fn *sequencer_new =
        options->sequencer_new != NULL ? options->sequencer_new : sequencer_local_new;
    b->settings = *options->settings;
    b->journal = options->journal;
    b->clock = options->clock;
    b->machine = options->machine;
    b->start_id = options->start_id;
    b->pid = options->pid;
    b->started_ms = clock_mono_ms(b->clock);
    timing_init(b);
    b->arena = arena_new();
    b->sequencer = sequencer_new(b->journal, batch_delivered, b);
    replies_init(&b->replies, b->arena);
    access_begin(b);
    quota_init(&b->quota, b->start_id);
    sessions_init(&b->sessions, (uint32_t)b->settings.sessions, b->start_id);
    feed_init(&b->feed);
    roster_init(&b->roster, (uint32_t)b->settings.shards);
    routes_init(&b->routes, b->start_id >> 32);
    monitor_init(b);
    quarantine_init(b);
    return b;
}

void
broker_free(struct broker **broker)
{
    struct broker *b = *broker;
    if (b == NULL) {
        return;
    }
    timing_fini(&b->timing);
    quarantine_fini(&b->quarantine);
    routes_fini(&b->routes);
    roster_fini(&b->roster);
    feed_fini(&b->feed);
    batch_fini(&b->batch);
    sessions_fini(&b->sessions);
    quota_fini(&b->quota);
    access_fini(&b->access);
    replies_fini(&b->replies);
    b->sequencer->ops->free(b->sequencer);
    arena_free(&b->arena);
    free(b);
    *broker = NULL;
}

enum err
broker_receive(struct broker *b, struct slice identity, struct slice user, struct slice header,
               uint32_t frames)
{
    struct peer from = {identity, user, access_of_user(&b->access, user),
                        sessions_find(&b->sessions, identity)};
    /* Another key has taken a routing id whose connection is gone: it takes no session with it. */
    if (from.session != NULL && !slice_equal(from.session->user, user)) {
        broker_end_session(b, from.session);
        from.session = NULL;
    }
    if (from.session != NULL) {
        sessions_heard(&b->sessions, from.session, clock_mono_ms(b->clock));
    }
    return dispatch(b, &from, header, frames);
}

void
broker_count_bad(struct broker *b)
{
    b->counts.errors++;
}

bool
broker_network_ready(const struct broker *b)
{
    const struct shard *first = &b->roster.shards[0];
    return b->access.told && first->reported && first->position >= b->access.start_head;
}

void
broker_network_opened(struct broker *b, const char *endpoint)
{
    b->network_open = true;
    snprintf(b->settings.listen_tcp, sizeof(b->settings.listen_tcp), "%s", endpoint);
}

void
broker_network_closed(struct broker *b)
{
    b->network_open = false;
}

bool
broker_knows_key(const struct broker *b, const uint8_t key[32])
{
    return access_table_by_key(b->access.table, key) != NULL;
}

bool
broker_admits_key(struct broker *b, const uint8_t key[32])
{
    const struct access_entry *entry = access_table_by_key(b->access.table, key);
    if (entry == NULL) {
        return false;
    }
    int64_t now_ms = clock_mono_ms(b->clock);
    struct quota_rate rate = broker_quota_rate(b, entry->roles);
    return quota_handshake(quota_account(&b->quota, entry->principal, &rate, now_ms), &rate,
                           now_ms);
}

struct quota_rate
broker_quota_rate(const struct broker *b, uint32_t roles)
{
    uint32_t many = ACCESS_BIT(ACCESS_INGEST) | ACCESS_BIT(ACCESS_GATEWAY);
    uint64_t times = (roles & many) != 0 ? QUOTA_MORE : 1;
    return (struct quota_rate){b->settings.quota_records * times,
                               (b->settings.quota_kb << 10) * times, QUOTA_HANDSHAKES * times};
}

static bool
lease_is_over(const struct broker *b, const struct session *s, int64_t now_ms)
{
    return s->deaf || now_ms - s->heard_ms > (int64_t)b->settings.lease_ms;
}

void
broker_tick(struct broker *b)
{
    int64_t now_ms = clock_mono_ms(b->clock);
    struct session *s;
    monitor_tick(b, now_ms);
    roster_tick(b, now_ms);
    while ((s = sessions_oldest(&b->sessions)) != NULL && lease_is_over(b, s, now_ms)) {
        broker_end_session(b, s);
    }
    routes_tick(b, now_ms);
}

enum err
broker_commit(struct broker *b)
{
    enum err err = batch_commit(b);
    if (err == ERR_OK) {
        feed_answer(b);
    }
    return err;
}

void
broker_flush(struct broker *b, broker_send_fn *send, void *context)
{
    /* No reply leaves before the commit behind it. */
    CHECK(!b->batch.open);
    for (uint32_t i = 0; i < b->replies.count; i++) {
        const struct reply *reply = &b->replies.items[i];
        if (send(context, reply->identity, reply->parts, reply->count) == ERR_OK) {
            continue;
        }
        struct session *s = sessions_find(&b->sessions, reply->identity);
        b->counts.dropped++;
        if (s != NULL) {
            sessions_deafen(&b->sessions, s);
        }
    }
    replies_clear(&b->replies);
    arena_reset(b->arena);
    journal_idle(b->journal);
}

uint32_t
broker_wait_ms(const struct broker *b)
{
    int64_t now_ms = clock_mono_ms(b->clock);
    int64_t until_ms = routes_deadline(b);
    const struct session *s = sessions_oldest(&b->sessions);
    if (b->feed.more || (s != NULL && s->deaf)) {
        return 0;
    }
    if (s != NULL && s->heard_ms + (int64_t)b->settings.lease_ms + 1 < until_ms) {
        until_ms = s->heard_ms + (int64_t)b->settings.lease_ms + 1;
    }
    if (until_ms <= now_ms) {
        return 0;
    }
    int64_t wait_ms = until_ms - now_ms;
    return wait_ms < TURN_WAIT_MAX_MS ? (uint32_t)wait_ms : TURN_WAIT_MAX_MS;
}

void
broker_refuse(struct broker *b, struct slice identity, uint64_t request,
              const struct complaint *why)
{
    struct message_error error = {
        .request = request,
        .code = slice_text(code_text(why->code)),
        .subject = slice_text(why->subject),
        .detail = slice_text(why->detail),
    };
    b->counts.errors++;
    message_encode_error(&error, replies_open(&b->replies));
    replies_close(&b->replies, identity);
}

void
broker_busy(struct broker *b, struct slice identity, uint64_t request, const char *reason,
            uint32_t retry_ms)
{
    struct message_busy busy = {
        .request = request,
        .retry_ms = retry_ms,
        .reason = slice_text(reason),
    };
    b->counts.busy++;
    b->counts.busy_by[monitor_busy_reason(reason)]++;
    message_encode_busy(&busy, replies_open(&b->replies));
    replies_close(&b->replies, identity);
}

void
broker_end_session(struct broker *b, struct session *s)
{
    feed_forget(b, s);
    roster_leave(b, s);
    routes_session_ended(b, s);
    access_session_ended(&b->access, s);
    if (s->account != NULL) {
        s->account->sessions--;
    }
    sessions_end(&b->sessions, s);
}
