/* The one question that may be open. It ends DONE exactly once: by its answer, by a refusal that
 * asking again would not change, or when its time is over. */
#include "proto/client_impl.h"

#include "common/check.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>

#define PAUSE_FIRST_MS 100 /* a query worker starts in less */
#define PAUSE_MAX_MS 2000

static void
query_end(struct query_wait *q, enum err err, const struct complaint *why)
{
    q->state = QUERY_DONE;
    q->err = err;
    q->why = *why;
}

/* What could not be encoded never leaves: names and arguments may be a user's. */
static bool
query_fits(struct query_wait *q, const char *name, struct slice args)
{
    if (!code_is_valid(slice_text(name))) {
        return complain(&q->why, CODE_QUERY_UNKNOWN, slice_text(name), "%s", "");
    }
    if (args.len > QUERY_ARGS_MAX) {
        return complain(&q->why, CODE_TOO_LARGE, slice_text("args"), "args: %zu > %u", args.len,
                        QUERY_ARGS_MAX);
    }
    return true;
}

void
query_start(struct client *client, const char *name, struct slice args, uint64_t after)
{
    struct query_wait *q = &client->query;
    CHECK(q->state == QUERY_NONE);
    int64_t now = client_now(client);
    buf_clear(&q->body);
    buf_clear(&q->args);
    q->as_of = 0;
    q->why = (struct complaint){0};
    if (!query_fits(q, name, args)) {
        q->state = QUERY_DONE;
        q->err = ERR_REFUSED;
        return;
    }
    snprintf(q->name, sizeof(q->name), "%s", name);
    memcpy(q->principal, client->principal, sizeof(q->principal));
    buf_slice(&q->args, args);
    q->after = after;
    q->request = client->next_request++;
    q->state = QUERY_READY;
    q->due_ms = now;
    q->give_up_ms = now + client->give_up_ms;
    q->patience_ms = RETRY_FIRST_MS;
    q->pause_ms = PAUSE_FIRST_MS;
}

static void
query_send(struct client *client, int64_t now)
{
    struct query_wait *q = &client->query;
    int64_t left = q->give_up_ms - now;
    int64_t wait = left < QUERY_WAIT_MAX_MS ? left : QUERY_WAIT_MAX_MS;
    struct message_query query = {
        .request = q->request,
        .name = slice_text(q->name),
        .after = q->after,
        .wait_ms = q->after == 0 ? 0 : (uint64_t)wait,
        .args = buf_slice_of(&q->args),
        .principal = slice_text(q->principal),
    };
    buf_clear(&client->scratch);
    message_encode_query(&query, &client->scratch);
    if (!session_send(client, buf_slice_of(&client->scratch), now)) {
        q->due_ms = now + SEND_AGAIN_MS;
        return;
    }
    q->state = QUERY_SENT;
    q->due_ms = now + (int64_t)query.wait_ms + client_jitter(client, q->patience_ms);
    q->patience_ms = client_longer(q->patience_ms, RETRY_MAX_MS);
}

static bool
is_open(const struct query_wait *q)
{
    return q->state == QUERY_READY || q->state == QUERY_SENT;
}

void
query_tick(struct client *client, int64_t now)
{
    struct query_wait *q = &client->query;
    if (is_open(q) && now >= q->give_up_ms) {
        /* The last "not ready" is a better reason than none. */
        struct complaint why = q->why.code != CODE_NONE ? q->why : client->session.why;
        query_end(q, ERR_TIMEOUT, &why);
    } else if (is_open(q) && session_is_open(client) && now >= q->due_ms) {
        query_send(client, now);
    }
}

int64_t
query_deadline(const struct client *client)
{
    const struct query_wait *q = &client->query;
    if (!is_open(q)) {
        return NEVER;
    }
    return session_is_open(client) && q->due_ms < q->give_up_ms ? q->due_ms : q->give_up_ms;
}

void
query_unsend(struct client *client)
{
    struct query_wait *q = &client->query;
    if (q->state == QUERY_SENT) {
        q->state = QUERY_READY;
        q->due_ms = client_now(client);
        q->patience_ms = RETRY_FIRST_MS;
    }
}

void
query_on_answer(struct client *client, struct slice header)
{
    struct query_wait *q = &client->query;
    struct message_answer answer;
    struct complaint why = {0};
    if (!layout_decode(message_layout(MESSAGE_answer), header, &answer, &why) || !is_open(q) ||
        answer.request != q->request) {
        return;
    }
    struct cursor c = cursor_of(answer.body);
    if (cursor_kind(&c) != KIND_MAP) {
        complain(&why, CODE_WRONG_TYPE, slice_text("body"), "≠ map");
        query_end(q, ERR_REFUSED, &why);
        return;
    }
    buf_slice(&q->body, answer.body);
    q->as_of = answer.as_of;
    query_end(q, ERR_OK, &why);
}

bool
query_on_busy(struct client *client, const struct message_busy *busy)
{
    struct query_wait *q = &client->query;
    if (!is_open(q) || busy->request != q->request) {
        return false;
    }
    complain(&q->why, CODE_BUSY, slice_text(""), "%.*s", SLICE_ARG(busy->reason));
    q->state = QUERY_READY;
    q->due_ms = client_after_busy(client, busy);
    q->patience_ms = RETRY_FIRST_MS;
    return true;
}

bool
query_on_error(struct client *client, uint64_t request, const struct complaint *why)
{
    struct query_wait *q = &client->query;
    if (!is_open(q) || request != q->request) {
        return false;
    }
    if (why->code != CODE_NOT_READY && why->code != CODE_QUERY_TIMEOUT) {
        query_end(q, ERR_REFUSED, why);
        return true;
    }
    q->why = *why;
    q->state = QUERY_READY;
    q->due_ms = client_now(client) + client_jitter(client, q->pause_ms);
    q->pause_ms = client_longer(q->pause_ms, PAUSE_MAX_MS);
    return true;
}

void
query_refuse(struct client *client, const struct complaint *why)
{
    if (is_open(&client->query)) {
        query_end(&client->query, ERR_REFUSED, why);
    }
}
