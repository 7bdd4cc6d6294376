/* The loop of the query process:
 *     wait for a message → open the states that were missing → answer → send
 * A question is answered in the turn that it came in, so between turns none is in hand. No snapshot
 * outlives its answer. A state that its tally worker has not made yet is looked for again with
 * every question; until then answers are `not-ready`, which clients ask again. */
#include "workers/query/worker.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/link.h"
#include "workers/query/query.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define WAIT_MS 1000 /* the link wakes up by itself for messages, signals and heartbeats */

struct worker {
    const struct settings *settings;
    struct clock clock;
    struct link *link;
    struct state **states;
    uint32_t shards;
    struct query *query;
    struct buf body;   /* of the answer in the making */
    struct buf header; /* the encoded message */
};

static void
open_states(struct worker *w)
{
    for (uint32_t i = 0; i < w->shards; i++) {
        char folder[SETTINGS_PATH_MAX + 32];
        if (w->states[i] != NULL) {
            continue;
        }
        (void)snprintf(folder, sizeof folder, "%s/state/%02" PRIu32, w->settings->data, i);
        enum err err = state_lmdb_open(folder, STATE_READ, &w->states[i]);
        if (err == ERR_OK) {
            log_info("state_open", "shard=%" PRIu32, i);
        } else if (err != ERR_NOT_FOUND) {
            log_error("state_unreadable", "shard=%" PRIu32 " error=%s", i, err_name(err));
            exit(EX_IOERR);
        }
    }
}

static void
encode_error(struct worker *w, uint64_t request, const struct complaint *why)
{
    const struct message_error error = {
        .request = request,
        .code = slice_text(code_text(why->code)),
        .subject = slice_text(why->subject),
        .detail = slice_text(why->detail),
    };
    message_encode_error(&error, &w->header);
}

static void
answer(struct worker *w, const struct message_query *query)
{
    struct message_answer answer = {.request = query->request};
    const struct question question = {query->principal, query->name, query->args};
    struct complaint why;
    open_states(w);
    buf_clear(&w->header);
    if (query_answer(w->query, &question, &w->body, &answer.as_of, &why)) {
        answer.body = buf_slice_of(&w->body);
        message_encode_answer(&answer, &w->header);
    } else {
        encode_error(w, query->request, &why);
    }
    enum err err = link_send(w->link, buf_slice_of(&w->header));
    if (err != ERR_OK) { /* the asker asks again when its time is up */
        log_warn("answer_unsent", "error=%s", err_name(err));
    }
}

/* What is no question (heartbeats, a fresh WELCOME) needs no answer: the link sees to those. */
static void
take(struct worker *w, const struct frames *frames)
{
    struct message_query query;
    struct complaint why;
    uint64_t type;
    if (frames->count == 0 || !layout_peek(frames_slice(frames, 0), &type) ||
        type != MESSAGE_query) {
        return;
    }
    if (layout_decode(message_layout(MESSAGE_query), frames_slice(frames, 0), &query, &why)) {
        answer(w, &query);
    } else {
        log_warn("question_unreadable", "code=%s subject=\"%s\"", code_text(why.code), why.subject);
    }
}

static int
loop(struct worker *w)
{
    for (;;) {
        const struct frames *frames;
        enum err err = link_wait(w->link, WAIT_MS, &frames);
        if (err == ERR_OK) {
            take(w, frames);
        } else if (err == ERR_CLOSED) {
            return EX_OK;
        } else if (err != ERR_AGAIN) {
            log_error("link_failed", "error=%s", err_name(err));
            return EX_UNAVAILABLE;
        }
    }
}

int
query_worker_run(const struct settings *settings)
{
    struct worker w = {
        .settings = settings,
        .clock = clock_real(settings->clock_offset_us),
        .shards = (uint32_t)settings->shards,
    };
    const struct link_options options = {.endpoint = settings_broker(settings),
                                         .key_file = settings_key_file(settings),
                                         .role = ROLE_QUERY,
                                         .name = "thidua-query"};
    w.link = link_new(&options, &w.clock);
    if (w.link == NULL) {
        log_error("link_failed", "error=\"%s\"", strerror(errno));
        return EX_UNAVAILABLE;
    }
    w.states = mem_alloc(sizeof(struct state *) * w.shards);
    w.query = query_new(w.states, w.shards);
    link_progress(w.link, &(struct message_progress){.outstanding = 0});
    int code = loop(&w);
    query_free(&w.query);
    for (uint32_t i = 0; i < w.shards; i++) {
        state_free(&w.states[i]);
    }
    free(w.states);
    buf_fini(&w.header);
    buf_fini(&w.body);
    link_free(&w.link);
    return code;
}
