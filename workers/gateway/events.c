/* Streams: opened, written to, ended. libmicrohttpd calls for more whenever a stream can be written to; with nothing
 * to tell it is suspended, and woken by what is found (events_watch.c) or when its heartbeat is due. */
#include "workers/gateway/events_impl.h"

#include "common/clock.h"
#include "common/mem.h"
#include "proto/records.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 1024 /* libmicrohttpd's buffer of a stream */

void
events_init(struct events *e, struct links *links, struct logins *logins, struct clock *clock)
{
    *e = (struct events){.links = links, .logins = logins, .clock = clock};
    TAILQ_INIT(&e->streams);
    TAILQ_INIT(&e->watches);
}

void
stream_wake(struct stream *s)
{
    if (s->suspended) {
        s->suspended = false;
        MHD_resume_connection(s->connection);
    }
}

void
stream_end(struct stream *s)
{
    s->over = true;
    stream_wake(s);
}

void
events_fini(struct events *e)
{
    struct stream *s;
    TAILQ_FOREACH(s, &e->streams, next)
    {
        stream_end(s);
    }
    question_forget(e->status_question);
    question_forget(e->watch_question);
    question_forget(e->confirm_question);
    json_decref(e->status);
    e->status = NULL;
}

/* ---- what a stream is told ---- */

/* Takes the reference. The id is all of the stream's marks. */
static void
event_put(struct stream *s, const char *name, json_t *data)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL) {
        mem_exhausted(PIECE);
    }
    buf_printf(&s->out, "id: %" PRIu64 "-%" PRIx64 "-%" PRIu64 "\nevent: %s\ndata: %s\n\n",
               s->events->head, s->queue_told, s->rejected_told, name, text);
    free(text);
    json_decref(data);
}

static void
rejected_put(struct stream *s)
{
    struct watch *w = s->watch;
    json_t *rows = json_array();
    for (unsigned i = 0; i < w->rejected_count; i++) {
        if (w->rejected[i].number > s->rejected_told) {
            s->rejected_told = w->rejected[i].number;
            json_array_append(rows, w->rejected[i].row);
        }
    }
    if (json_array_size(rows) == 0) {
        json_decref(rows);
        return;
    }
    event_put(s, "rejected",
              json_pack("{s:o, s:I}", "records", rows, "as_of", (json_int_t)w->rejected_as_of));
}

static void
news_put(struct stream *s)
{
    struct events *e = s->events;
    struct watch *w = s->watch;
    if (s->over) {
        event_put(s, "end", json_pack("{s:s}", "code", "session-ended"));
        s->ended = true;
        return;
    }
    if (w->queue != 0 && w->queue != s->queue_told) {
        bool first = s->queue_told == 0; /* the page reads the queue itself as it opens */
        s->queue_told = w->queue;
        if (!first) {
            event_put(s, "queue", json_pack("{s:I}", "as_of", (json_int_t)w->queue_as_of));
        }
    }
    if (s->rejected_told == 0 && e->head_seen > 0) {
        s->rejected_told = receipt_number((struct receipt){e->head, UINT16_MAX}); /* from now on */
    }
    rejected_put(s);
    if (e->head_seen > s->head_told) {
        s->head_told = e->head_seen;
        event_put(s, "head", json_deep_copy(e->status));
    }
    if (s->out.len == 0 && clock_mono_ms(e->clock) >= s->beat_ms) {
        buf_printf(&s->out, ":\n\n");
    }
}

/* libmicrohttpd's: at most `max` bytes into `to`. */
static ssize_t
stream_read(void *stream, uint64_t pos, char *to, size_t max)
{
    struct stream *s = stream;
    (void)pos;
    if (s->at == s->out.len) {
        buf_clear(&s->out);
        s->at = 0;
        if (s->ended) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        news_put(s);
    }
    if (s->out.len == 0) {
        s->suspended = true;
        MHD_suspend_connection(s->connection);
        return 0;
    }
    size_t len = s->out.len - s->at < max ? s->out.len - s->at : max;
    memcpy(to, s->out.data + s->at, len);
    s->at += len;
    s->beat_ms = clock_mono_ms(s->events->clock) + HEARTBEAT_MS;
    if (s->at == s->out.len) {
        /* A stream is idle most of its life: what it wrote last is not kept through that. */
        buf_fini(&s->out);
        s->out = BUF_EMPTY;
        s->at = 0;
    }
    return (ssize_t)len;
}

/* ---- its life ---- */

static struct watch *
watch_take(struct events *e, const char *principal, uint64_t rejected_from)
{
    struct watch *w;
    TAILQ_FOREACH(w, &e->watches, next)
    {
        if (strcmp(w->principal, principal) == 0) {
            break;
        }
    }
    if (w == NULL) {
        w = mem_alloc(sizeof *w);
        snprintf(w->principal, sizeof w->principal, "%s", principal);
        w->rejected_from = rejected_from;
        TAILQ_INSERT_HEAD(&e->watches, w, next);
    } else if (rejected_from != 0 && rejected_from < w->rejected_from) {
        w->rejected_from = rejected_from; /* looked at again from there */
        w->looked = 0;
        for (; w->rejected_count > 0; w->rejected_count--) {
            json_decref(w->rejected[w->rejected_count - 1].row);
        }
    }
    w->streams++;
    return w;
}

static void
stream_free(void *stream)
{
    struct stream *s = stream;
    struct events *e = s->events;
    TAILQ_REMOVE(&e->streams, s, next);
    e->count--;
    if (--s->watch->streams == 0) {
        watch_free(e, s->watch);
    }
    buf_fini(&s->out);
    free(s);
}

/* "HEAD-QUEUE-REJECTED", as event_put writes it; what is none is passed over. */
static void
marks_take(struct stream *s, const char *last_id)
{
    uint64_t head, queue, rejected;
    if (last_id != NULL &&
        sscanf(last_id, "%" SCNu64 "-%" SCNx64 "-%" SCNu64, &head, &queue, &rejected) == 3) {
        s->queue_told = queue;
        s->rejected_told = rejected;
    }
}

/* Those that one login, or one principal without one, has open; beyond its share the oldest ends. */
static void
share_keep(struct events *e, struct login_id login, const char *principal)
{
    struct stream *s, *oldest = NULL;
    unsigned own = 0;
    TAILQ_FOREACH(s, &e->streams, next)
    {
        bool same = login.tag != 0
                        ? s->login.tag == login.tag
                        : s->login.tag == 0 && strcmp(s->watch->principal, principal) == 0;
        if (same && !s->over) {
            oldest = oldest == NULL ? s : oldest;
            own++;
        }
    }
    if (own >= STREAMS_EACH) {
        stream_end(oldest);
    }
}

struct MHD_Response *
events_open(struct events *e, struct MHD_Connection *connection, struct login_id login,
            const char *principal, const char *last_id)
{
    if (e->count >= STREAMS_MAX) {
        return NULL;
    }
    share_keep(e, login, principal);
    struct stream *s = mem_alloc(sizeof *s);
    *s = (struct stream){.events = e, .connection = connection, .login = login};
    s->begun_ms = clock_mono_ms(e->clock);
    s->beat_ms = s->begun_ms + HEARTBEAT_MS;
    marks_take(s, last_id);
    s->watch = watch_take(e, principal, s->rejected_told == 0 ? 0 : s->rejected_told + 1);
    TAILQ_INSERT_TAIL(&e->streams, s, next);
    e->count++;
    buf_printf(&s->out, "retry: %d\n\n", RECONNECT_MS);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read, s, stream_free);
    if (response == NULL) {
        stream_free(s);
    }
    return response;
}

/* ---- time ---- */

/* Heartbeats, and the ends of those whose login has ended or who came without one long ago. */
static void
streams_look_after(struct events *e, int64_t now_ms)
{
    struct stream *s;
    TAILQ_FOREACH(s, &e->streams, next)
    {
        bool ends = s->login.tag == 0 ? now_ms - s->begun_ms >= STREAM_LIFE_MS
                                      : logins_at(e->logins, s->login, now_ms) == NULL;
        if (ends && !s->over) {
            stream_end(s);
        } else if (now_ms >= s->beat_ms) {
            stream_wake(s);
        }
    }
}

uint32_t
events_step(struct events *e, uint32_t most)
{
    int64_t now = clock_mono_ms(e->clock);
    if (e->count == 0) {
        return most;
    }
    if (now >= e->beat_due_ms) {
        e->beat_due_ms = now + STATUS_MS;
        streams_look_after(e, now);
    }
    events_look(e, now);
    return WATCH_GAP_MS < most ? WATCH_GAP_MS : most;
}
