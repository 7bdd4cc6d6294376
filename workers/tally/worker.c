/* The loop of the tally process:
 *     wait → take the blocks that have come, the next FETCH is out already → nothing more has
 *     arrived, or enough has → one transaction over all of them → tell the position
 *
 * The transaction's size finds itself: an idle worker commits a lone block at once; while it
 * commits, the answer to the next FETCH gathers what came meanwhile; behind a backlog an answer is
 * as large as TALLY_FETCH_BYTES lets it.
 *
 * Owns the link, the shard's state and its apply. Invariant: the position told is a committed one.
 * Every way out passes worker_fini, which gives the shard back (BYE) after the state is closed. */
#include "workers/tally/worker.h"

#include "common/file.h"
#include "common/log.h"
#include "workers/limits.h"
#include "workers/tally/apply.h"
#include "workers/tally/intake.h"
#include "workers/tally/quarantined.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#define GO_ON (-1) /* in place of an exit code */

struct worker {
    const struct settings *settings;
    struct clock clock;
    struct link *link;
    struct intake intake;
    struct state *state;
    struct apply *apply; /* NULL until the broker has given a shard */
    uint32_t shard;
    int64_t refused_ms; /* no shard since then; 0: not refused */
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
        err = apply_new(w->state, shard, shards, &w->apply);
    }
    if (err != ERR_OK) {
        return open_failed(folder, err);
    }
    w->shard = shard;
    log_info("shard_open", "shard=%" PRIu32 " shards=%" PRIu32 " block=%" PRIu64, shard, shards,
             apply_position(w->apply)->block);
    return GO_ON;
}

static void
tell_position(struct worker *w)
{
    struct buf out = BUF_EMPTY;
    struct message_progress progress = {.position = apply_position(w->apply)->block};
    link_progress(w->link, &progress);
    message_encode_progress(&progress, &out);
    enum err err = link_send(w->link, buf_slice_of(&out));
    if (err != ERR_OK) { /* the heartbeat tells it again */
        log_debug("progress_unsent", "error=%s", err_name(err));
    }
    buf_fini(&out);
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
    tell_position(w);
    intake_restart(&w->intake, apply_position(w->apply)->block + 1);
    return GO_ON;
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

/* The link asks again for a shard by itself, until on_quiet finds that it has lasted too long. */
static void
on_no_shard(struct worker *w)
{
    if (w->refused_ms == 0) {
        log_warn("no_shard_yet", NULL);
        w->refused_ms = clock_mono_ms(&w->clock);
    }
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
        on_no_shard(w);
        return GO_ON;
    }
    log_warn("refused", "code=%.*s detail=\"%.*s\"", SLICE_ARG(error.code),
             SLICE_ARG(error.detail));
    if (code == CODE_BLOCK_UNKNOWN) {
        log_error("journal_does_not_fit", "shard=%" PRIu32 " why=\"the journal lacks block %.*s\"",
                  w->shard, SLICE_ARG(error.detail));
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

static int
commit_turn(struct worker *w)
{
    struct intake *in = &w->intake;
    int64_t began_ms = clock_mono_ms(&w->clock);
    enum err err = apply_blocks(w->apply, in->blocks, in->count);
    if (err != ERR_OK) {
        return apply_failed(w, err);
    }
    log_debug("committed", "block=%" PRIu64 " blocks=%" PRIu32 " bytes=%zu ms=%" PRId64,
              apply_position(w->apply)->block, in->count, in->bytes,
              clock_mono_ms(&w->clock) - began_ms);
    intake_clear(in);
    tell_position(w);
    return GO_ON;
}

static int
on_quiet(struct worker *w)
{
    if (w->apply != NULL) {
        intake_tick(&w->intake);
    }
    if (w->refused_ms != 0 && clock_mono_ms(&w->clock) - w->refused_ms >= TALLY_SHARD_WAIT_MS) {
        log_error("no_shard", "waited_ms=%d", TALLY_SHARD_WAIT_MS);
        return EX_TEMPFAIL;
    }
    return GO_ON;
}

static int
turn(struct worker *w)
{
    const struct frames *frames;
    uint32_t wait_ms = w->intake.count > 0 ? 0 : TALLY_IDLE_WAIT_MS;
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

static bool
worker_init(struct worker *w, const struct settings *settings)
{
    *w = (struct worker){.settings = settings, .clock = clock_real(settings->clock_offset_us)};
    struct link_options options = {
        .endpoint = settings->listen, .role = ROLE_TALLY, .name = "thidua-tally"};
    w->link = link_new(&options, &w->clock);
    if (w->link == NULL) {
        log_error("link_failed", "endpoint=\"%s\" why=\"%s\"", settings->listen,
                  zmq_strerror(errno));
        return false;
    }
    intake_init(&w->intake, w->link, &w->clock);
    return true;
}

/* The state is closed before the BYE: the shard's next holder may open it once that is read. */
static void
worker_fini(struct worker *w)
{
    apply_free(&w->apply);
    state_free(&w->state);
    intake_fini(&w->intake);
    link_free(&w->link);
}

int
worker_run(const struct settings *settings)
{
    struct worker w;
    if (!worker_init(&w, settings)) {
        return EX_UNAVAILABLE;
    }
    int code = GO_ON;
    while (code == GO_ON) {
        code = turn(&w);
    }
    worker_fini(&w);
    return code;
}
