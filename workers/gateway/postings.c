/* Postings: submitted, received, judged. A result may not submit or ask (proto/client.h): that is done in the
 * step after it. */
#include "workers/gateway/postings.h"

#include "common/check.h"
#include "common/clock.h"
#include "common/mem.h"
#include "proto/answer_json.h"
#include "proto/pack.h"

#include <stdlib.h>
#include <string.h>

#define INDEX_BITS 16

struct posting {
    struct postings *postings;
    uint64_t id;
    char principal[CODE_MAX + 1];
    posting_make_fn *make;
    void (*woken)(void *);
    void *owner;
    uint32_t count, sent, answered;
    int64_t begun_ms, until_ms; /* until_ms: of the wait for verdicts; 0: not yet */
    struct receipt *receipts;
    uint64_t newest; /* block */
    struct question *question;
    bool asked, failed, lasting, over, judged;
    struct complaint why;
    json_t *verdict;
};

void
postings_init(struct postings *p, struct links *links, struct clock *clock)
{
    *p = (struct postings){.links = links, .clock = clock};
}

static int
latency_order(const void *a, const void *b)
{
    return (*(const uint32_t *)a > *(const uint32_t *)b) -
           (*(const uint32_t *)a < *(const uint32_t *)b);
}

uint32_t
postings_latency_ms(const struct postings *p, unsigned hundredths)
{
    uint32_t sorted[LATENCIES];
    uint32_t count = p->latencies < LATENCIES ? (uint32_t)p->latencies : LATENCIES;
    if (count == 0) {
        return 0;
    }
    memcpy(sorted, p->latency_ms, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, latency_order);
    return sorted[(count - 1) * hundredths / 100];
}

struct posting *
posting_new(struct postings *p, struct slice principal, uint32_t count, posting_make_fn *make,
            void (*woken)(void *), void *owner)
{
    unsigned at = 0;
    CHECK(count > 0 && count <= UINT16_MAX && principal.len <= CODE_MAX);
    while (at < POSTINGS_MAX && p->slots[at] != NULL) {
        at++;
    }
    if (at == POSTINGS_MAX) {
        return NULL;
    }
    struct posting *posting = mem_alloc(sizeof *posting);
    *posting = (struct posting){
        .postings = p,
        .id = p->begun++ * POSTINGS_MAX + at,
        .make = make,
        .woken = woken,
        .owner = owner,
        .count = count,
        .begun_ms = clock_mono_ms(p->clock),
        .receipts = mem_alloc(count * sizeof(struct receipt)),
    };
    memcpy(posting->principal, principal.data, principal.len);
    p->slots[at] = posting;
    return posting;
}

void
posting_free(struct posting **posting)
{
    struct posting *each = *posting;
    if (each != NULL) {
        question_forget(each->question);
        each->postings->slots[each->id % POSTINGS_MAX] = NULL;
        json_decref(each->verdict);
        free(each->receipts);
        free(each);
    }
    *posting = NULL;
}

static void
end(struct posting *posting)
{
    if (!posting->over) {
        posting->over = true;
        question_forget(posting->question);
        posting->question = NULL;
        posting->woken(posting->owner);
    }
}

static void
fail(struct posting *posting, const struct complaint *why, bool lasting)
{
    if (!posting->failed) {
        posting->why = *why;
        posting->lasting = lasting;
        posting->failed = true;
        if (why->code == CODE_NONE) {
            complain(&posting->why, CODE_NOT_READY, slice_text(""), "%s", "");
        }
    }
}

/* ---- sending ---- */

static void
send(struct posting *posting)
{
    struct client *client = posting->postings->links->submitter;
    client_speak_for(client, slice_text(posting->principal));
    while (posting->sent < posting->count && !posting->failed) {
        struct buf body = BUF_EMPTY;
        struct slice unit = slice_text("");
        posting->make(posting->owner, posting->sent, &unit, &body);
        enum err err = client_submit(client, unit, buf_slice_of(&body),
                                     POSTING_TAG | posting->id << INDEX_BITS | posting->sent);
        buf_fini(&body);
        if (err == ERR_AGAIN) {
            break;
        }
        if (err == ERR_OK) {
            posting->sent++;
        } else {
            struct complaint why;
            complain(&why, CODE_TOO_LARGE, slice_text(""), "%s", err_name(err));
            fail(posting, &why, true);
        }
    }
    client_flush(client);
}

void
postings_on_result(struct postings *p, const struct client_result *result)
{
    uint64_t id = (result->tag & ~POSTING_TAG) >> INDEX_BITS;
    struct posting *posting = p->slots[id % POSTINGS_MAX];
    if (posting == NULL || posting->id != id) {
        return; /* whoever sent it is gone; the record is where it is */
    }
    if (result->err == ERR_OK) {
        posting->receipts[result->tag & UINT16_MAX] = result->receipt;
        posting->newest =
            result->receipt.block > posting->newest ? result->receipt.block : posting->newest;
        p->latency_ms[p->latencies++ % LATENCIES] =
            (uint32_t)(clock_mono_ms(p->clock) - posting->begun_ms);
    } else {
        fail(posting, &result->why,
             result->err == ERR_REFUSED && result->why.code != CODE_BUSY &&
                 result->why.code != CODE_NONE);
    }
    posting->answered++;
}

/* ---- verdicts ---- */

static bool
is_refused(const json_t *verdict)
{
    const char *word = json_text(verdict, "verdict");
    return strcmp(word, verdict_name(VERDICT_REJECTED)) == 0 ||
           strcmp(word, verdict_name(VERDICT_QUARANTINED)) == 0;
}

/* Those that are plain accepted are not in the list. */
static void
verdicts_take(struct posting *posting, const json_t *body)
{
    size_t i;
    json_t *row, *chosen = NULL;
    char last[RECEIPT_TEXT];
    receipt_format(posting->receipts[posting->count - 1], last);
    json_array_foreach(json_object_get(body, "records"), i, row)
    {
        bool is_last = strcmp(json_text(row, "receipt"), last) == 0;
        if (is_refused(row) || (is_last && (chosen == NULL || !is_refused(chosen)))) {
            chosen = row;
        }
    }
    posting->verdict = chosen != NULL ? json_deep_copy(chosen)
                                      : json_pack("{s:s, s:s, s:[], s:s, s:s, s:s}", "receipt",
                                                  last, "verdict", verdict_name(VERDICT_ACCEPTED),
                                                  "flags", "code", "", "subject", "", "detail", "");
    posting->judged = true;
}

static void
on_verdicts(void *owner, const struct answer *answer)
{
    struct posting *posting = owner;
    posting->question = NULL;
    json_t *body = answer->err == ERR_OK ? answer_json(answer->body) : NULL;
    if (body != NULL) {
        verdicts_take(posting, body);
    }
    json_decref(body);
    end(posting);
}

static void
verdicts_ask(struct posting *posting)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 2);
    pack_cstr(&args, "ranges");
    pack_array(&args, posting->count);
    for (uint32_t i = 0; i < posting->count; i++) {
        pack_array(&args, 3);
        pack_uint(&args, posting->receipts[i].block);
        pack_uint(&args, posting->receipts[i].index);
        pack_uint(&args, 1);
    }
    pack_key_bool(&args, "all", true);
    posting->asked = true;
    posting->until_ms = clock_mono_ms(posting->postings->clock) + VERDICT_MS;
    posting->question =
        links_ask(posting->postings->links, "verdicts", slice_text(posting->principal),
                  buf_slice_of(&args), posting->newest, on_verdicts, posting);
    buf_fini(&args);
    if (posting->question == NULL) {
        end(posting);
    }
}

static void
step(struct posting *posting)
{
    if (posting->over) {
        return;
    }
    if (posting->sent < posting->count && !posting->failed) {
        send(posting);
    }
    if (posting->failed) {
        end(posting);
    } else if (posting->answered == posting->count && !posting->asked) {
        verdicts_ask(posting);
    }
}

uint32_t
postings_step(struct postings *p, uint32_t most)
{
    int64_t now = clock_mono_ms(p->clock);
    for (unsigned i = 0; i < POSTINGS_MAX; i++) {
        struct posting *posting = p->slots[i];
        if (posting == NULL) {
            continue;
        }
        step(posting);
        if (posting->over || posting->until_ms == 0) {
            continue;
        }
        int64_t left = posting->until_ms - now;
        if (left <= 0) {
            end(posting);
        } else if (left < most) {
            most = (uint32_t)left;
        }
    }
    return most;
}

/* ---- what became of it ---- */

enum posting_state
posting_state(const struct posting *posting)
{
    if (!posting->over) {
        return POSTING_WAITS;
    }
    return posting->failed ? POSTING_FAILED : posting->judged ? POSTING_JUDGED : POSTING_UNJUDGED;
}

const struct complaint *
posting_why(const struct posting *posting, bool *lasting)
{
    *lasting = posting->lasting;
    return &posting->why;
}

struct receipt
posting_receipt(const struct posting *posting)
{
    return posting->receipts[posting->count - 1];
}

const json_t *
posting_verdict(const struct posting *posting)
{
    return posting->verdict;
}
