/* The sender: one group of pending entries in flight, one question about verdicts open, both noted in
 * the outbox in one transaction each. All that it knows is in memory and may be lost at any point: the
 * outbox says what is to do.
 *
 * Invariant: an entry leaves PENDING only with a receipt of the broker's for it, or a refusal of it. */
#include "clients/outbox_sender.h"

#include "clients/limits.h"
#include "clients/outbox_verdicts.h"
#include "common/check.h"
#include "common/log.h"
#include "common/mem.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define ANSWER_MS 20000     /* a group's; then the line does not bear it, or is gone */
#define VERDICT_MS 90000    /* what a question may wait for its block, and its way there and back */
#define PAUSE_FIRST_MS 5000 /* a line that fell is often back at once */
#define PAUSE_MAX_MS 300000 /* an office that was cut off for a week sends within five minutes */
#define WAKE_AFTER_MS 5000  /* a writer cuts a pause short, but makes no storm of tries */
#define UNASKED_PAUSE_MS 60000 /* verdicts that could not be had; sending goes on meanwhile */

struct group {
    uint32_t count; /* 0: none */
    uint32_t answered;
    int64_t since_ms;
    enum err err; /* the first that is not ERR_OK */
    struct complaint why;
    struct outbox_note notes[OUTBOX_GROUP_MAX];
};

struct outbox_sender {
    struct outbox *outbox;
    struct clock *clock;
    struct client *client;
    bool verdicts;
    int64_t answer_ms;
    struct group sent;   /* entries in flight */
    struct group asked;  /* receipted ones whose verdicts are asked for */
    size_t group_bytes;  /* of the group being gathered */
    uint32_t group_most; /* as large as the line bears */
    uint32_t alone;      /* so many go out one by one */
    uint64_t bad_entry;  /* damaged, found while gathering; 0 */
    uint64_t pending;    /* by the outbox, when last looked at */
    uint64_t receipted;
    bool looked;       /* since the last wake or change */
    uint32_t pause_ms; /* of the next pause */
    int64_t pause_from_ms;
    int64_t pause_until_ms; /* 0: no pause */
    int64_t ask_from_ms;    /* no question before */
    struct outbox_line line;
    struct buf args;
};

static int64_t
now_ms(const struct outbox_sender *s)
{
    return clock_mono_ms(s->clock);
}

/* ---- the line, as it is told ---- */

static void
line_good(struct outbox_sender *s)
{
    const char *broker = client_broker(s->client);
    if (s->line.trouble_us != 0) {
        log_info("line_up", "broker=\"%s\"", broker == NULL ? "" : broker);
    }
    if (broker != NULL) {
        snprintf(s->line.broker, sizeof s->line.broker, "%s", broker);
    }
    s->line.contact_us = clock_wall_us(s->clock);
    s->line.trouble_us = 0;
    s->line.trouble = (struct complaint){0};
    s->pause_ms = PAUSE_FIRST_MS;
}

static uint32_t
jittered(uint32_t ms)
{
    return ms + randombytes_uniform(ms / 4 + 1);
}

/* Everything stays pending; noted so that `outbox status` can tell. */
static enum err
line_bad(struct outbox_sender *s, const struct complaint *why)
{
    uint32_t ms = jittered(s->pause_ms);
    s->pause_from_ms = now_ms(s);
    s->pause_until_ms = s->pause_from_ms + ms;
    s->pause_ms = s->pause_ms < PAUSE_MAX_MS / 2 ? s->pause_ms * 2 : PAUSE_MAX_MS;
    bool news = s->line.trouble_us == 0 || s->line.trouble.code != why->code;
    if (news) {
        s->line.trouble_us = clock_wall_us(s->clock);
        s->line.trouble = *why;
        log_warn("line_down", "code=%s detail=\"%s %s\" pending=%" PRIu64 " again_ms=%" PRIu32,
                 why->code == CODE_NONE ? "no-answer" : code_text(why->code), why->subject,
                 why->detail, s->pending, ms);
        return outbox_settle(s->outbox, NULL, 0, &s->line);
    }
    return ERR_OK;
}

/* ---- sending ---- */

static void
on_result(void *context, const struct client_result *result)
{
    struct outbox_sender *s = context;
    struct group *g = &s->sent;
    CHECK(result->tag < g->count && g->answered < g->count);
    struct outbox_note *note = &g->notes[result->tag];
    g->answered++;
    if (result->err != ERR_OK && g->err == ERR_OK) {
        g->err = result->err;
        g->why = result->why;
    }
    note->fate = (struct outbox_fate){
        .state = OUTBOX_RECEIPTED,
        .receipt = result->receipt,
        .time_us = result->time_us,
    };
}

/* Adds one entry to the group. False: it is full, or the next cannot be sent. */
static bool
gather(void *context, const struct outbox_entry *entry)
{
    struct outbox_sender *s = context;
    struct group *g = &s->sent;
    size_t bytes = entry->unit.len + entry->body.len + 16;
    uint32_t most = s->alone > 0 ? 1 : s->group_most;
    if (g->count == most || (g->count > 0 && s->group_bytes + bytes > OUTBOX_GROUP_BYTES_MAX)) {
        return false;
    }
    /* What is behind a damaged one waits until that is noted: the order stays. */
    if (entry->damaged || client_submit(s->client, entry->unit, entry->body, g->count) != ERR_OK) {
        s->bad_entry = g->count == 0 ? entry->number : 0;
        return false;
    }
    g->notes[g->count++] = (struct outbox_note){.number = entry->number};
    s->group_bytes += bytes;
    return true;
}

static enum err
bad_entry_note(struct outbox_sender *s)
{
    struct outbox_note note = {
        .number = s->bad_entry,
        .fate = {.state = OUTBOX_REJECTED, .verdict = VERDICT_REJECTED},
    };
    complain(&note.fate.why, CODE_ENTRY_DAMAGED, slice_text(""), "%" PRIu64, s->bad_entry);
    log_error("entry_damaged", "entry=%" PRIu64, s->bad_entry);
    s->bad_entry = 0;
    s->looked = false;
    return outbox_settle(s->outbox, &note, 1, NULL);
}

static enum err
group_send(struct outbox_sender *s)
{
    struct group *g = &s->sent;
    g->answered = 0;
    g->err = ERR_OK;
    g->since_ms = now_ms(s);
    s->group_bytes = 0;
    enum err err = outbox_read(s->outbox, OUTBOX_PENDING, 0, gather, s);
    if (err == ERR_OK && g->count == 0 && s->bad_entry != 0) {
        return bad_entry_note(s);
    }
    client_flush(s->client);
    return err;
}

/* ---- what the broker said ---- */

/* What is wrong with a record itself. Anything else is about us or the broker, and passes: better an
 * outbox that waits for somebody to look than reports set aside because of a key. */
static bool
is_about_record(enum code code)
{
    switch (code) {
    case CODE_MALFORMED:
    case CODE_WRONG_TYPE:
    case CODE_CODE_INVALID:
    case CODE_TOO_LARGE:
    case CODE_TOO_MANY:
    case CODE_NOTHING_THERE:
        return true;
    default:
        return false;
    }
}

static enum err
receipts_note(struct outbox_sender *s)
{
    struct group *g = &s->sent;
    uint32_t count = g->count;
    s->alone -= s->alone > 0;
    s->group_most = s->group_most < OUTBOX_GROUP_MAX / 2 ? s->group_most * 2 : OUTBOX_GROUP_MAX;
    line_good(s);
    g->count = 0;
    s->looked = false;
    log_debug("receipts", "entries=%" PRIu32 " first=%" PRIu64, count, g->notes[0].number);
    return outbox_settle(s->outbox, g->notes, count, &s->line);
}

static enum err
refusal_note(struct outbox_sender *s)
{
    struct group *g = &s->sent;
    uint32_t count = g->count;
    g->count = 0;
    s->looked = false;
    if (!is_about_record(g->why.code)) {
        return line_bad(s, &g->why);
    }
    line_good(s);
    if (count > 1) {
        s->alone = count;
        return ERR_OK;
    }
    s->alone -= s->alone > 0;
    g->notes[0].fate =
        (struct outbox_fate){.state = OUTBOX_REJECTED, .verdict = VERDICT_REJECTED, .why = g->why};
    log_warn("entry_refused", "entry=%" PRIu64 " code=%s", g->notes[0].number,
             code_text(g->why.code));
    return outbox_settle(s->outbox, g->notes, 1, &s->line);
}

/* The line did not bear the group: smaller pieces next time. */
static enum err
group_lost(struct outbox_sender *s, const struct complaint *why)
{
    s->group_most = s->group_most > 4 ? s->group_most / 4 : 1;
    s->sent.count = 0;
    s->asked.count = 0;
    return line_bad(s, why);
}

static enum err
group_end(struct outbox_sender *s)
{
    struct group *g = &s->sent;
    switch (g->err) {
    case ERR_OK:
        return receipts_note(s);
    case ERR_REFUSED:
        return refusal_note(s);
    default:
        return group_lost(s, &g->why);
    }
}

/* ---- verdicts ---- */

static bool
gather_asked(void *context, const struct outbox_entry *entry)
{
    struct group *g = &((struct outbox_sender *)context)->asked;
    g->notes[g->count++] = (struct outbox_note){entry->number, entry->fate};
    return g->count < OUTBOX_GROUP_MAX;
}

static enum err
verdicts_ask(struct outbox_sender *s)
{
    struct group *g = &s->asked;
    enum err err = outbox_read(s->outbox, OUTBOX_RECEIPTED, 0, gather_asked, s);
    if (err != ERR_OK || g->count == 0) {
        return err;
    }
    buf_clear(&s->args);
    uint64_t after = outbox_verdicts_ask(g->notes, g->count, &s->args);
    g->since_ms = now_ms(s);
    client_ask(s->client, "verdicts", buf_slice_of(&s->args), after);
    return ERR_OK;
}

/* Nothing is lost by asking later. */
static void
verdicts_later(struct outbox_sender *s, const struct complaint *why)
{
    s->asked.count = 0;
    s->ask_from_ms = now_ms(s) + jittered(UNASKED_PAUSE_MS);
    log_warn("verdicts_not_told", "code=%s detail=\"%s %s\"", code_text(why->code), why->subject,
             why->detail);
}

static enum err
verdicts_take(struct outbox_sender *s)
{
    struct group *g = &s->asked;
    struct complaint why = {0};
    struct slice body;
    uint64_t as_of;
    enum err err;
    if (g->count == 0 || !client_answered(s->client, &err, &body, &as_of, &why)) {
        return ERR_OK;
    }
    if (err != ERR_OK || !outbox_verdicts_read(body, g->notes, g->count)) {
        verdicts_later(s, &why);
        return ERR_OK;
    }
    uint32_t count = g->count;
    g->count = 0;
    s->looked = false;
    line_good(s);
    log_debug("verdicts", "entries=%" PRIu32 " as_of=%" PRIu64, count, as_of);
    return outbox_settle(s->outbox, g->notes, count, &s->line);
}

/* ---- turns ---- */

static enum err
look(struct outbox_sender *s)
{
    struct outbox_totals totals;
    if (s->looked) {
        return ERR_OK;
    }
    enum err err = outbox_totals_behind(s->outbox, &totals);
    if (err == ERR_OK) {
        s->pending = totals.counts[OUTBOX_PENDING];
        s->receipted = totals.counts[OUTBOX_RECEIPTED];
        s->looked = true;
    }
    return err;
}

/* Verdicts wait while there is much to send: one question answers a whole group. */
static bool
wants_verdicts(const struct outbox_sender *s)
{
    return s->verdicts && s->receipted > 0 && now_ms(s) >= s->ask_from_ms &&
           (s->pending == 0 || s->receipted >= OUTBOX_GROUP_MAX);
}

static enum err
overdue_end(struct outbox_sender *s)
{
    int64_t now = now_ms(s);
    bool sent = s->sent.count > 0 && now - s->sent.since_ms >= s->answer_ms;
    bool asked = s->asked.count > 0 && now - s->asked.since_ms >= VERDICT_MS;
    if (sent && client_is_put_off(s->client)) {
        s->sent.since_ms = now; /* BUSY: the broker is there, and says when */
        sent = false;
    }
    return sent || asked ? group_lost(s, client_refusal(s->client)) : ERR_OK;
}

static enum err
take(struct outbox_sender *s)
{
    enum err err = ERR_OK;
    if (s->sent.count > 0 && s->sent.answered == s->sent.count) {
        err = group_end(s);
    }
    err = err == ERR_OK && s->client != NULL ? verdicts_take(s) : err;
    return err == ERR_OK ? overdue_end(s) : err;
}

enum err
outbox_sender_turn(struct outbox_sender *s)
{
    if (s->client == NULL) {
        return look(s);
    }
    enum err err = take(s);
    err = err == ERR_OK ? look(s) : err;
    if (err == ERR_OK && s->pause_until_ms == 0 && s->pending > 0 && s->sent.count == 0) {
        err = group_send(s);
    }
    if (err == ERR_OK && s->pause_until_ms == 0 && wants_verdicts(s) && s->asked.count == 0) {
        err = verdicts_ask(s);
    }
    return err;
}

enum outbox_need
outbox_sender_need(struct outbox_sender *s, int64_t *until_ms)
{
    int64_t now = now_ms(s);
    if (s->pause_until_ms != 0 && now < s->pause_until_ms) {
        *until_ms = s->pause_until_ms;
        return NEED_PAUSE;
    }
    s->pause_until_ms = 0;
    if (s->pending > 0 || s->sent.count > 0 || s->asked.count > 0 || wants_verdicts(s)) {
        return NEED_LINE;
    }
    *until_ms = s->ask_from_ms;
    return s->verdicts && s->receipted > 0 ? NEED_PAUSE : NEED_NOTHING;
}

void
outbox_sender_wake(struct outbox_sender *s)
{
    s->looked = false;
    if (s->pause_until_ms != 0 && now_ms(s) - s->pause_from_ms >= WAKE_AFTER_MS) {
        s->pause_until_ms = 0;
    }
}

void
outbox_sender_client(struct outbox_sender *s, struct client *client)
{
    s->client = client;
    s->sent.count = s->asked.count = 0;
    if (client != NULL) {
        client_on_result(client, on_result, s);
    }
}

uint64_t
outbox_sender_pending(const struct outbox_sender *s)
{
    return s->pending;
}

bool
outbox_sender_trouble(const struct outbox_sender *s, struct complaint *why)
{
    *why = s->line.trouble;
    return s->line.trouble_us != 0;
}

struct outbox_sender *
outbox_sender_new(const struct outbox_sender_options *options)
{
    struct outbox_sender *s = mem_alloc(sizeof *s);
    s->outbox = options->outbox;
    s->clock = options->clock;
    s->verdicts = options->verdicts;
    s->answer_ms = options->answer_ms == 0 ? ANSWER_MS : options->answer_ms;
    s->group_most = OUTBOX_GROUP_FIRST;
    s->pause_ms = PAUSE_FIRST_MS;
    if (outbox_line(s->outbox, &s->line) != ERR_OK) {
        s->line = (struct outbox_line){0}; /* it is only shown; the turn tells what is wrong */
    }
    return s;
}

void
outbox_sender_free(struct outbox_sender **sender)
{
    if (*sender != NULL) {
        buf_fini(&(*sender)->args);
        free(*sender);
    }
    *sender = NULL;
}
