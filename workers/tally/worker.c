/* The loop of the tally process:
 *     wait → take the blocks that have come, the next FETCH is out already → nothing more has
 *     arrived, or enough has → one transaction over all of them → tell the position
 *
 * The transaction's size finds itself: an idle worker commits a lone block at once; after that it
 * rests for a few times as long as the commit took, so that under a steady stream many blocks share
 * one and the disk is the receipts' for most of the time; behind a backlog it takes answers until
 * TALLY_TURN_BYTES and rests no more.
 *
 * Owns the link, the shard's state and its apply. Invariants: the position told is a committed one;
 * shard 0 tells none before it has told who may speak at it.
 * Every way out passes worker_free, which gives the shard back (BYE) after the state is closed. */
#include "workers/tally/worker.h"

#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "proto/figures.h"
#include "workers/limits.h"
#include "workers/tally/apply.h"
#include "workers/tally/care.h"
#include "workers/tally/clear.h"
#include "workers/tally/intake.h"
#include "workers/tally/quarantined.h"
#include "workers/tally/tell_access.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define GO_ON WORKER_GOES_ON

struct worker {
    const struct settings *settings;
    struct clock clock;
    struct link *link;
    struct intake intake;
    struct state *state;
    struct apply *apply; /* NULL until the broker has given a shard */
    uint32_t shard;
    int64_t rest_until_ms; /* no transaction before, unless the intake is full */
    int64_t refused_ms;    /* no shard since then; 0: not refused */
    bool access_due;       /* shard 0: the broker does not know who may speak */
    uint64_t access_told;  /* the revision that it knows, unless due */
    bool stale_kept;       /* the state is stale, and nothing can make it again */
    struct histogram transactions;
    bool figures_due;   /* they have changed since they were told */
    int64_t figures_ms; /* when that was */
    struct care care;
};

/* ---- the shard ---- */

static int
open_failed(const char *folder, enum err err)
{
    switch (err) {
    case ERR_VERSION:
        log_error("state_version",
                  "folder=\"%s\" why=\"made by another version of this program: stop it, remove "
                  "this folder, start again; the journal makes it anew\"",
                  folder);
        return EX_CONFIG;
    case ERR_CONFLICT:
        log_error("state_shape",
                  "folder=\"%s\" why=\"it is another shard's, or of another number of shards\"",
                  folder);
        return EX_CONFIG;
    default:
        log_error("state_open_failed", "folder=\"%s\" error=%s", folder, err_name(err));
        return EX_IOERR;
    }
}

/* A stale state begins anew: it is emptied, and the journal makes it again. Where the journal has
 * been pruned it cannot, and a state that is wrong in one record is better than none. */
static enum err
open_apply(struct worker *w, uint32_t shard, uint32_t shards)
{
    struct message_welcome welcome = {0};
    enum err err = apply_new(w->state, shard, shards, &w->apply);
    if (err != ERR_OK || !apply_is_stale(w->apply)) {
        return err;
    }
    if (!link_welcome(w->link, &welcome) || welcome.first > 1) {
        log_error("state_stale_kept",
                  "shard=%" PRIu32 " first_block=%" PRIu64
                  " why=\"the journal is pruned: restore this shard from a backup\"",
                  shard, welcome.first);
        w->stale_kept = true;
        return ERR_OK;
    }
    log_warn("state_stale",
             "shard=%" PRIu32 " block=%" PRIu64
             " why=\"it holds what a quarantined record did: made again from the journal\"",
             shard, apply_position(w->apply)->block);
    apply_free(&w->apply);
    err = state_clear(w->state);
    return err == ERR_OK ? apply_new(w->state, shard, shards, &w->apply) : err;
}

static int
open_shard(struct worker *w, uint32_t shard, uint32_t shards)
{
    char folder[SETTINGS_PATH_MAX + 32];
    snprintf(folder, sizeof(folder), "%s/state", w->settings->data);
    enum err err = file_make_folder(folder);
    if (err != ERR_OK && err != ERR_EXISTS) {
        return open_failed(folder, err);
    }
    snprintf(folder, sizeof(folder), "%s/state/%02" PRIu32, w->settings->data, shard);
    err = state_lmdb_open_sized(folder, STATE_WRITE, w->settings->map_gb << 30, &w->state);
    if (err == ERR_OK) {
        err = open_apply(w, shard, shards);
    }
    if (err != ERR_OK) {
        return open_failed(folder, err);
    }
    w->shard = shard;
    w->transactions = (struct histogram){0};
    w->figures_ms = clock_mono_ms(&w->clock) - TALLY_FIGURES_MS;
    care_watch(&w->care, w->apply, shard, shards);
    log_info("shard_open", "shard=%" PRIu32 " shards=%" PRIu32 " block=%" PRIu64, shard, shards,
             apply_position(w->apply)->block);
    return GO_ON;
}

/* A broker opens its network door when our position has reached its journal's head: by then it must know
 * whose keys are good, so that the table goes before the position, and where it does not fit the line
 * both wait. */
static int
tell_who(struct worker *w, bool *told)
{
    uint64_t revision = apply_position(w->apply)->access_revision;
    *told = w->shard != 0 || (!w->access_due && w->access_told == revision);
    if (*told) {
        return GO_ON;
    }
    w->access_due = true;
    enum err err = tell_access(w->state, revision, w->link);
    if (err == ERR_AGAIN) {
        log_debug("access_unsent", "revision=%" PRIu64, revision);
        return GO_ON;
    }
    if (err != ERR_OK) {
        log_error("access_unreadable", "error=%s", err_name(err));
        return EX_IOERR;
    }
    w->access_due = false;
    w->access_told = revision;
    *told = true;
    return GO_ON;
}

static void
figures_tell(const struct worker *w, struct buf *out)
{
    const struct position *at = apply_position(w->apply);
    struct figures figures = {
        .transactions = w->transactions,
        .verdicts = {[FIGURES_ACCEPTED] = at->accepted,
                     [FIGURES_CORRECTED] = at->corrected,
                     [FIGURES_UNCHANGED] = at->unchanged,
                     [FIGURES_SUPERSEDED] = at->superseded,
                     [FIGURES_REJECTED] = at->rejected,
                     [FIGURES_QUARANTINED] = at->quarantined},
    };
    memcpy(figures.codes, apply_rejected(w->apply), sizeof(figures.codes));
    figures_pack(&figures, out);
}

static bool
figures_are_due(struct worker *w)
{
    return w->figures_due && clock_mono_ms(&w->clock) - w->figures_ms >= TALLY_FIGURES_MS;
}

/* The figures go with it now and then only: a lone report's PROGRESS shall cost no more for them. */
static void
send_position(struct worker *w)
{
    struct buf out = BUF_EMPTY, figures = BUF_EMPTY;
    struct message_progress progress = {.position = apply_position(w->apply)->block};
    link_progress(w->link, &progress);
    if (figures_are_due(w)) {
        figures_tell(w, &figures);
        progress.figures = buf_slice_of(&figures);
    }
    message_encode_progress(&progress, &out);
    enum err err = link_send(w->link, buf_slice_of(&out));
    if (err != ERR_OK) { /* the heartbeat tells it again */
        log_debug("progress_unsent", "error=%s", err_name(err));
    } else if (figures.len > 0) {
        w->figures_due = false;
        w->figures_ms = clock_mono_ms(&w->clock);
    }
    buf_fini(&out);
    buf_fini(&figures);
}

static int
tell_position(struct worker *w)
{
    bool told;
    int code = tell_who(w, &told);
    if (code == GO_ON && told) {
        send_position(w);
    }
    return code;
}

/* A shard, the first time or again. Blocks asked for before are asked for again. */
static int
on_welcome(struct worker *w)
{
    struct message_welcome welcome;
    if (!link_welcome(w->link, &welcome)) {
        return GO_ON;
    }
    if (welcome.shard == 0 || welcome.shard > welcome.shards) {
        log_error("welcome_without_shard", "shards=%" PRIu64, welcome.shards);
        return EX_PROTOCOL;
    }
    uint32_t shard = (uint32_t)welcome.shard - 1;
    /* While no session was, another worker may have had the shard, and moved it or emptied it: what
     * we know of it counts no more, and would be told as our position. */
    if (w->apply != NULL && shard == w->shard) {
        apply_free(&w->apply);
        state_free(&w->state);
    }
    int code = w->apply == NULL ? open_shard(w, shard, (uint32_t)welcome.shards) : GO_ON;
    if (code != GO_ON) {
        return code;
    }
    if (shard != w->shard) {
        log_error("shard_changed", "had=%" PRIu32 " given=%" PRIu32, w->shard, shard);
        return EX_TEMPFAIL;
    }
    if (quarantined_tell(welcome.quarantined, w->apply) != ERR_OK) {
        log_error("quarantined_unreadable", NULL);
        return EX_PROTOCOL;
    }
    w->refused_ms = 0;
    w->access_due = true;
    w->figures_due = true; /* a broker that has just begun knows none */
    intake_restart(&w->intake, apply_position(w->apply)->block + 1);
    return tell_position(w);
}

/* ---- messages ---- */

static int
on_blocks(struct worker *w, const struct frames *frames)
{
    if (w->apply != NULL) {
        intake_take(&w->intake, frames);
    }
    return GO_ON;
}

/* Without a shard, the link asks again by itself, until on_quiet finds that it has lasted too long.
 * With one, another process was given it while the broker did not know us (it had just started): to
 * wait for it would leave the shard that nobody has without a worker, so we begin anew, as any. */
static int
on_no_shard(struct worker *w)
{
    if (w->apply != NULL) {
        log_warn("shard_taken", "shard=%" PRIu32, w->shard);
        return EX_TEMPFAIL;
    }
    if (w->refused_ms == 0) {
        log_warn("no_shard_yet", NULL);
        w->refused_ms = clock_mono_ms(&w->clock);
    }
    return GO_ON;
}

/* block-unknown: the journal begins after our position (pruned), or ends before it (put back from
 * an older copy). Waiting mends neither, an operator does. */
static int
on_error(struct worker *w, const struct frames *frames)
{
    struct message_error error;
    struct complaint why;
    if (!layout_decode(message_layout(MESSAGE_error), frames_slice(frames, 0), &error, &why)) {
        return GO_ON;
    }
    enum code code = code_of_text(error.code);
    if (code == CODE_NO_SHARD) {
        return on_no_shard(w);
    }
    log_warn("refused", "code=%.*s detail=\"%.*s\"", SLICE_ARG(error.code),
             SLICE_ARG(error.detail));
    if (code == CODE_BLOCK_UNKNOWN) {
        log_error("journal_does_not_fit",
                  "shard=%" PRIu32
                  " block=%.*s why=\"the journal lacks this block: it was pruned, or "
                  "restored to an earlier one. Stop, put this shard's state of a backup into "
                  "DATA/state/%02" PRIu32 "/data.mdb, start again: docs/BACKUP.md\"",
                  w->shard, SLICE_ARG(error.detail), w->shard);
        return EX_TEMPFAIL;
    }
    return GO_ON;
}

static int
on_message(struct worker *w, const struct frames *frames)
{
    uint64_t type;
    if (!layout_peek(frames_slice(frames, 0), &type)) {
        return GO_ON;
    }
    switch (type) {
    case MESSAGE_welcome:
        return on_welcome(w);
    case MESSAGE_blocks:
        return on_blocks(w, frames);
    case MESSAGE_error:
        return on_error(w, frames);
    default:
        log_warn("message_unknown", "type=%" PRIu64, type);
        return GO_ON;
    }
}

/* ---- the turn ---- */

static int
apply_failed(const struct worker *w, enum err err)
{
    uint64_t block = apply_position(w->apply)->block;
    log_error("apply_failed", "shard=%" PRIu32 " after_block=%" PRIu64 " error=%s", w->shard, block,
              err_name(err));
    switch (err) {
    case ERR_CONFLICT: /* somebody else wrote this shard */
        return EX_TEMPFAIL;
    case ERR_CORRUPT:
        return EX_DATAERR;
    default: /* memory is ahead of the disk: start again from what is on it */
        return EX_IOERR;
    }
}

static void
rest_begin(struct worker *w, int64_t took_ms)
{
    int64_t rest_ms = took_ms * TALLY_REST_TIMES;
    rest_ms = rest_ms < TALLY_REST_MAX_MS ? rest_ms : TALLY_REST_MAX_MS;
    w->rest_until_ms = clock_mono_ms(&w->clock) + rest_ms;
}

static int
commit_turn(struct worker *w)
{
    struct intake *in = &w->intake;
    int64_t began_us = clock_mono_us(&w->clock);
    enum err err = care_apply(&w->care, w->apply, in);
    if (err != ERR_OK) {
        return apply_failed(w, err);
    }
    if (apply_is_stale(w->apply) && !w->stale_kept) {
        log_warn("state_turned_stale", "shard=%" PRIu32, w->shard);
        return EX_TEMPFAIL; /* the next start empties it, and is told what to skip first */
    }
    int64_t took_us = clock_mono_us(&w->clock) - began_us;
    log_debug("committed", "block=%" PRIu64 " blocks=%" PRIu32 " bytes=%zu us=%" PRId64,
              apply_position(w->apply)->block, in->count, in->bytes, took_us);
    histogram_add(&w->transactions, took_us, 1);
    w->figures_due = true;
    rest_begin(w, took_us / 1000);
    intake_clear(in);
    return tell_position(w);
}

static int
on_quiet(struct worker *w)
{
    if (w->apply != NULL) {
        intake_tick(&w->intake);
        if ((w->shard == 0 && w->access_due) || figures_are_due(w)) {
            return tell_position(w);
        }
    }
    if (w->refused_ms != 0 && clock_mono_ms(&w->clock) - w->refused_ms >= TALLY_SHARD_WAIT_MS) {
        log_error("no_shard", "waited_ms=%d", TALLY_SHARD_WAIT_MS);
        return EX_TEMPFAIL;
    }
    return GO_ON;
}

/* Blocks that came are committed at once, unless it is known that more are on their way, or the last
 * transaction is not long over: then this one grows, because LMDB rewrites a page for a row, and a
 * page for ten; and the disk is free for the receipts meanwhile. */
static uint32_t
turn_wait_ms(struct worker *w)
{
    if (w->intake.count == 0) {
        return TALLY_IDLE_WAIT_MS;
    }
    int64_t rest_ms = w->rest_until_ms - clock_mono_ms(&w->clock);
    int64_t more_ms = intake_behind(&w->intake) ? TALLY_MORE_WAIT_MS : 0;
    return (uint32_t)(rest_ms > more_ms ? rest_ms : more_ms);
}

int
worker_turn(struct worker *w)
{
    const struct frames *frames;
    uint32_t wait_ms = turn_wait_ms(w);
    enum err err = link_wait(w->link, wait_ms, &frames);
    int code = GO_ON;
    switch (err) {
    case ERR_OK:
        code = on_message(w, frames);
        break;
    case ERR_AGAIN:
        code = on_quiet(w);
        break;
    case ERR_CLOSED:
        log_info("ending", NULL);
        return EX_OK;
    default:
        log_error("link_failed", "error=%s", err_name(err));
        return EX_UNAVAILABLE;
    }
    bool now = err == ERR_AGAIN || intake_full(&w->intake);
    return code == GO_ON && now && w->intake.count > 0 ? commit_turn(w) : code;
}

/* ---- the process ---- */

/* The state is closed before the BYE: the shard's next holder may open it once that is read. */
void
worker_free(struct worker **worker)
{
    struct worker *w = *worker;
    if (w == NULL) {
        return;
    }
    apply_free(&w->apply);
    state_free(&w->state);
    intake_fini(&w->intake);
    link_free(&w->link);
    care_fini(&w->care);
    free(w);
    *worker = NULL;
}

struct worker *
worker_new(const struct settings *settings)
{
    struct worker *w = mem_alloc(sizeof(*w));
    *w = (struct worker){.settings = settings, .clock = clock_real(settings->clock_offset_us)};
    struct link_options options = {.endpoint = settings_broker(settings),
                                   .key_file = settings_key_file(settings),
                                   .role = ROLE_TALLY,
                                   .name = "thidua-tally"};
    w->link = link_new(&options, &w->clock);
    if (w->link == NULL) {
        log_error("link_failed", "endpoint=\"%s\" why=\"%s\"", settings_broker(settings),
                  zmq_strerror(errno));
        free(w);
        return NULL;
    }
    intake_init(&w->intake, w->link, &w->clock);
    return w;
}

enum err
worker_care(struct worker *w, const struct care_options *options)
{
    return care_open(&w->care, options);
}

int
worker_run(const struct settings *settings, const struct care_options *care)
{
    struct worker *w = worker_new(settings);
    if (w == NULL) {
        return EX_UNAVAILABLE;
    }
    int code = worker_care(w, care) == ERR_OK ? WORKER_GOES_ON : EX_IOERR;
    while (code == WORKER_GOES_ON) {
        code = worker_turn(w);
    }
    worker_free(&w);
    return code;
}
