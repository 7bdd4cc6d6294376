/* What streams are told of, looked at: one question a kind at a time, so that pages that are open cost the query
 * workers little, however many they are. */
#include "workers/gateway/events_impl.h"

#include "common/clock.h"
#include "proto/answer_json.h"
#include "proto/pack.h"
#include "proto/records.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void
watch_free(struct events *e, struct watch *w)
{
    if (e->asking == w) {
        e->asking = NULL;
    }
    for (unsigned i = 0; i < w->rejected_count; i++) {
        json_decref(w->rejected[i].row);
    }
    TAILQ_REMOVE(&e->watches, w, next);
    free(w);
}

static void
watchers_wake(struct events *e, const struct watch *w)
{
    struct stream *s;
    TAILQ_FOREACH(s, &e->streams, next)
    {
        if (w == NULL || s->watch == w) {
            stream_wake(s);
        }
    }
}

/* ---- status ---- */

static uint64_t
lag_of(const json_t *status)
{
    uint64_t most = 0;
    size_t i;
    json_t *shard;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        uint64_t lag = (uint64_t)json_number(shard, "lag_blocks");
        most = lag > most ? lag : most;
    }
    return most;
}

static void
on_status(void *owner, const struct answer *answer)
{
    struct events *e = owner;
    e->status_question = NULL;
    json_t *status = answer->err == ERR_OK ? answer_json(answer->body) : NULL;
    json_t *told = json_pack(
        "{s:I, s:I, s:I, s:b, s:O?}", "block", (json_int_t)json_number(status, "head"), "time_us",
        (json_int_t)json_number(status, "head_time_us"), "lag_blocks", (json_int_t)lag_of(status),
        "ok", json_true_at(status, "ok"), "busy", json_object_get(status, "busy"));
    if (status == NULL || told == NULL || json_equal(told, e->status)) {
        json_decref(told);
    } else {
        json_decref(e->status);
        e->status = told;
        e->head = (uint64_t)json_number(status, "head");
        e->head_seen++;
        watchers_wake(e, NULL);
    }
    json_decref(status);
}

/* ---- a principal's queue and rejected records ---- */

/* A row behind the block that every shard has passed may not be the next one: it comes again. */
static void
rejected_add(struct watch *w, json_t *row, uint64_t as_of)
{
    struct receipt receipt;
    if (receipt_parse(slice_text(json_text(row, "receipt")), &receipt) != ERR_OK ||
        receipt.block > as_of) {
        return;
    }
    if (w->rejected_count == REJECTED_KEPT) {
        json_decref(w->rejected[0].row);
        memmove(&w->rejected[0], &w->rejected[1], (REJECTED_KEPT - 1) * sizeof w->rejected[0]);
        w->rejected_count--;
    }
    w->rejected[w->rejected_count].number = receipt_number(receipt);
    w->rejected[w->rejected_count++].row = json_incref(row);
}

/* The next look begins where this one ended: at the next page, which may be there though this one was short,
 * or behind the block that every shard has passed. */
static void
rejected_go_on(struct watch *w, const char *next, uint64_t as_of)
{
    struct receipt receipt;
    uint64_t behind = receipt_number((struct receipt){as_of + 1, 0});
    if (receipt_parse(slice_text(next), &receipt) == ERR_OK && receipt.block <= as_of) {
        w->rejected_from = receipt_number(receipt);
        w->looked = 0;
    } else if (behind > w->rejected_from) {
        w->rejected_from = behind;
    }
}

static void
on_rejected(void *owner, const struct answer *answer)
{
    struct events *e = owner;
    struct watch *w = e->asking;
    size_t i;
    json_t *row;
    e->watch_question = NULL;
    e->asking = NULL;
    if (w == NULL || answer->err != ERR_OK) {
        return;
    }
    json_t *body = answer_json(answer->body);
    json_array_foreach(json_object_get(body, "rejected"), i, row)
    {
        rejected_add(w, row, answer->as_of);
    }
    w->rejected_as_of = answer->as_of;
    rejected_go_on(w, json_text(body, "next"), answer->as_of);
    json_decref(body);
    watchers_wake(e, w);
}

static void
rejected_ask(struct events *e, struct watch *w)
{
    struct buf args = BUF_EMPTY;
    char start[RECEIPT_TEXT];
    receipt_format(receipt_of_number(w->rejected_from), start);
    pack_map(&args, 1);
    pack_key_text(&args, "start", slice_text(start));
    e->watch_question = links_ask(e->links, "rejected", slice_text(w->principal),
                                  buf_slice_of(&args), 0, on_rejected, e);
    e->asking = e->watch_question == NULL ? NULL : w;
    buf_fini(&args);
}

static uint64_t
hash_of(struct slice bytes)
{
    uint64_t hash;
    crypto_generichash((uint8_t *)&hash, sizeof hash, bytes.data, bytes.len, NULL, 0);
    return hash == 0 ? 1 : hash;
}

static void
on_queue(void *owner, const struct answer *answer)
{
    struct events *e = owner;
    struct watch *w = e->asking;
    e->watch_question = NULL;
    e->asking = NULL;
    if (w == NULL) {
        return;
    }
    uint64_t queue = answer->err == ERR_OK ? hash_of(answer->body) : w->queue;
    if (queue != w->queue) {
        w->queue = queue;
        w->queue_as_of = answer->as_of;
        watchers_wake(e, w);
    }
    rejected_ask(e, w);
}

static void
queue_ask(struct events *e, struct watch *w)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_key_uint(&args, "limit", QUEUE_LOOKED_AT);
    e->watch_question = links_ask(e->links, "review.list", slice_text(w->principal),
                                  buf_slice_of(&args), 0, on_queue, e);
    e->asking = e->watch_question == NULL ? NULL : w;
    buf_fini(&args);
}

/* The one that was looked at longest ago, of those for whom there may be something. */
static void
watch_look(struct events *e, int64_t now_ms)
{
    struct watch *w;
    TAILQ_FOREACH(w, &e->watches, next)
    {
        if (w->looked != e->head_seen && now_ms >= w->due_ms) {
            break;
        }
    }
    if (w == NULL || e->head_seen == 0) {
        return;
    }
    if (w->rejected_from == 0) {
        w->rejected_from = receipt_number((struct receipt){e->head + 1, 0}); /* from now on */
    }
    w->looked = e->head_seen;
    w->due_ms = now_ms + WATCH_MS;
    TAILQ_REMOVE(&e->watches, w, next);
    TAILQ_INSERT_TAIL(&e->watches, w, next);
    e->watch_due_ms = now_ms + WATCH_GAP_MS;
    queue_ask(e, w);
}

/* ---- logins ---- */

static void
on_confirmed(void *owner, const struct answer *answer)
{
    struct events *e = owner;
    e->confirm_question = NULL;
    if (answer->err == ERR_OK || answer->err == ERR_REFUSED) {
        json_t *body = answer->err == ERR_OK ? answer_json(answer->body) : NULL;
        (void)logins_confirm(e->logins, e->confirming, json_text(body, "password"),
                             clock_mono_ms(e->clock));
        json_decref(body);
    }
}

/* Whose password was last known to be good the longest ago, if that is too long. */
static void
login_look(struct events *e, int64_t now_ms)
{
    struct stream *s;
    const struct login *oldest = NULL;
    TAILQ_FOREACH(s, &e->streams, next)
    {
        const struct login *login = logins_at(e->logins, s->login, now_ms);
        if (login != NULL && now_ms - login->confirmed_ms >= STREAM_CONFIRM_MS &&
            (oldest == NULL || login->confirmed_ms < oldest->confirmed_ms)) {
            oldest = login;
            e->confirming = s->login;
        }
    }
    if (oldest == NULL) {
        return;
    }
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_key_text(&args, "principal", slice_text(oldest->principal));
    e->confirm_question =
        links_ask(e->links, "sign-in", slice_of(NULL, 0), buf_slice_of(&args), 0, on_confirmed, e);
    buf_fini(&args);
}

void
events_look(struct events *e, int64_t now_ms)
{
    if (e->status_question == NULL && now_ms >= e->status_due_ms) {
        e->status_due_ms = now_ms + STATUS_MS;
        e->status_question = links_ask(e->links, "broker.status", slice_of(NULL, 0),
                                       slice_text("\x80"), 0, on_status, e);
    }
    if (e->watch_question == NULL && now_ms >= e->watch_due_ms) {
        watch_look(e, now_ms);
    }
    if (e->confirm_question == NULL) {
        login_look(e, now_ms);
    }
}
