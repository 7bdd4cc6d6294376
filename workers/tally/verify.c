/* Replays the journal beside a running system, in rounds. A copy cannot go back, and the workers go
 * on while it replays: so each round replays up to the positions that the workers had when it
 * began, each is far shorter than the one before, and only the last holds snapshots open while it
 * replays (a snapshot that is held keeps LMDB from using pages again).
 *
 * Owns the session, one replica a shard, and a folder under DATA/run that is gone afterwards. */
#include "workers/tally/verify.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/limits.h"
#include "workers/tally/intake.h"
#include "workers/tally/quarantined.h"
#include "workers/tally/replica.h"
#include "workers/tally/verify_from.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define EXIT_DIFFERENT 1

struct verify {
    const struct settings *settings;
    const struct verify_options *options;
    struct clock clock;
    struct link *link;
    struct intake intake;
    struct message_welcome welcome; /* its quarantined is the link's */
    char folder[SETTINGS_PATH_MAX + 32];
    struct replica *replicas;
    uint32_t count; /* of those that are open */
    bool terminal;  /* show progress */
};

/* ---- the session ---- */

static int
lost(void)
{
    fprintf(stderr, "%s\n",
            LANG_PICK("Không liên lạc được với broker: hãy chạy `thidua up` trước.",
                      "The broker cannot be reached: start `thidua up` first."));
    return EX_UNAVAILABLE;
}

static int
refused(const struct frames *frames)
{
    struct message_error error;
    struct complaint why;
    char sentence[512];
    if (layout_decode(message_layout(MESSAGE_error), frames_slice(frames, 0), &error, &why)) {
        complain(&why, code_of_text(error.code), error.subject, "%.*s", SLICE_ARG(error.detail));
    }
    if (why.code == CODE_BLOCK_UNKNOWN) {
        fprintf(
            stderr,
            LANG_PICK("Nhật ký không còn khối %s (đã bị cắt): hãy đối chiếu từ một bản sao lưu, "
                      "“thidua verify --from BẢN_SAO”.\n",
                      "The journal does not hold block %s any more (it was pruned): verify from "
                      "a backup, “thidua verify --from BACKUP”.\n"),
            why.detail);
        return EX_DATAERR;
    }
    complaint_sentence(&why, LANG_PICK(LANGUAGE_VI, LANGUAGE_EN), sentence, sizeof(sentence));
    fprintf(stderr, "%s: %s\n", code_text(why.code), sentence);
    return EX_UNAVAILABLE;
}

/* Waits for a message of `wanted`; EX_OK with it in *frames. After a fresh WELCOME (the broker was
 * restarted) the blocks are asked for again. */
static int
await(struct verify *v, uint64_t wanted, const struct frames **frames)
{
    int64_t until_ms = clock_mono_ms(&v->clock) + VERIFY_CONNECT_MS;
    int64_t left_ms;
    while ((left_ms = until_ms - clock_mono_ms(&v->clock)) > 0) {
        uint64_t type = 0;
        enum err err = link_wait(v->link, (uint32_t)left_ms, frames);
        if (err == ERR_CLOSED) {
            return EX_TEMPFAIL;
        }
        if (err == ERR_OK && layout_peek(frames_slice(*frames, 0), &type) && type == wanted) {
            return EX_OK;
        }
        if (err == ERR_OK && type == MESSAGE_error) {
            return refused(*frames);
        }
        if (err == ERR_OK && type == MESSAGE_welcome) {
            intake_restart(&v->intake, v->intake.next - v->intake.count);
        }
        if (err != ERR_OK && err != ERR_AGAIN) {
            break;
        }
        if (wanted == MESSAGE_blocks) {
            intake_tick(&v->intake);
        }
    }
    return lost();
}

static int
connect_broker(struct verify *v)
{
    struct link_options options = {.endpoint = settings_broker(v->settings),
                                   .key_file = settings_key_file(v->settings),
                                   .role = ROLE_READER,
                                   .name = "thidua-tally --verify"};
    const struct frames *frames;
    v->link = link_new(&options, &v->clock);
    if (v->link == NULL) {
        log_error("link_failed", "endpoint=\"%s\" why=\"%s\"", settings_broker(v->settings),
                  zmq_strerror(errno));
        return EX_UNAVAILABLE;
    }
    intake_init(&v->intake, v->link, &v->clock);
    int code = await(v, MESSAGE_welcome, &frames);
    return code == EX_OK && !link_welcome(v->link, &v->welcome) ? lost() : code;
}

/* ---- the replay ---- */

static int
make_folder(struct verify *v)
{
    snprintf(v->folder, sizeof(v->folder), "%s/run", v->settings->data);
    enum err err = file_make_folder(v->folder);
    if (err == ERR_OK || err == ERR_EXISTS) {
        snprintf(v->folder, sizeof(v->folder), "%s/run/verify-XXXXXX", v->settings->data);
        if (mkdtemp(v->folder) != NULL) {
            return EX_OK;
        }
    }
    log_error("verify_folder_failed", "folder=\"%s\" why=\"%s\"", v->folder, strerror(errno));
    v->folder[0] = '\0';
    return EX_CANTCREAT;
}

static int
open_replicas(struct verify *v)
{
    uint32_t shards = (uint32_t)v->welcome.shards;
    int code = make_folder(v);
    if (code != EX_OK) {
        return code;
    }
    code = v->options->from == NULL ? EX_OK : verify_from(v->options->from, v->folder, shards);
    if (code != EX_OK) {
        return code;
    }
    v->replicas = mem_alloc(shards * sizeof(*v->replicas));
    for (v->count = 0; v->count < shards; v->count++) {
        struct replica *r = &v->replicas[v->count];
        if (replica_open(r, v->settings, v->folder, v->count, shards) != ERR_OK) {
            return EX_IOERR;
        }
        if (quarantined_tell(v->welcome.quarantined, r->apply) != ERR_OK) {
            v->count++; /* it is open, so it is closed */
            return EX_PROTOCOL;
        }
    }
    return EX_OK;
}

static int
look(struct verify *v, bool hold)
{
    for (uint32_t i = 0; i < v->count; i++) {
        enum err err = replica_look(&v->replicas[i], hold);
        if (err != ERR_OK) {
            log_error("verify_look_failed", "shard=%" PRIu32 " error=%s", i, err_name(err));
            return EX_IOERR;
        }
    }
    return EX_OK;
}

/* The first block that somebody still needs, and the last; false where nobody needs any. */
static bool
needed(const struct verify *v, uint64_t *first, uint64_t *last)
{
    *first = UINT64_MAX;
    *last = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        const struct replica *r = &v->replicas[i];
        uint64_t from = apply_position(r->apply)->block + 1;
        if (!replica_done(r)) {
            *first = from < *first ? from : *first;
            *last = r->target > *last ? r->target : *last;
        }
    }
    return *last != 0;
}

static void
show_progress(const struct verify *v, uint64_t block, uint64_t last)
{
    if (v->terminal) {
        fprintf(stderr,
                LANG_PICK("\rđối chiếu: khối %" PRIu64 " / %" PRIu64 "\033[K",
                          "\rverify: block %" PRIu64 " of %" PRIu64 "\033[K"),
                block, last);
    }
}

static int
apply_kept(struct verify *v)
{
    struct intake *in = &v->intake;
    for (uint32_t i = 0; i < v->count; i++) {
        struct replica *r = &v->replicas[i];
        enum err err = replica_apply(r, in->next - in->count, in->blocks, in->count);
        if (err != ERR_OK) {
            log_error("verify_apply_failed", "shard=%" PRIu32 " after_block=%" PRIu64 " error=%s",
                      i, apply_position(r->apply)->block, err_name(err));
            return err == ERR_CORRUPT ? EX_DATAERR : EX_IOERR;
        }
    }
    intake_clear(in);
    return EX_OK;
}

/* Until every replica has reached its target. Blocks are kept until there is a turn of them: a page of
 * the copies is then written for more rows. */
static int
replay(struct verify *v)
{
    uint64_t first, last;
    int code = EX_OK;
    if (!needed(v, &first, &last)) {
        return EX_OK;
    }
    intake_restart(&v->intake, first);
    while (code == EX_OK && needed(v, &first, &last)) {
        const struct frames *frames;
        show_progress(v, first - 1, last);
        code = await(v, MESSAGE_blocks, &frames);
        bool kept = code == EX_OK && intake_take(&v->intake, frames);
        if (kept && (intake_full(&v->intake) || v->intake.next > last)) {
            code = apply_kept(v);
        }
    }
    return code;
}

static int
replay_and_compare(struct verify *v)
{
    int code = EX_OK;
    for (int round = 0; round < VERIFY_ROUNDS && code == EX_OK; round++) {
        code = look(v, round == VERIFY_ROUNDS - 1);
        if (code == EX_OK) {
            code = replay(v);
        }
    }
    for (uint32_t i = 0; i < v->count && code == EX_OK; i++) {
        enum err err = replica_compare(&v->replicas[i]);
        if (err != ERR_OK) {
            log_error("verify_compare_failed", "shard=%" PRIu32 " error=%s", i, err_name(err));
            code = EX_IOERR;
        }
    }
    return code;
}

/* ---- the report ---- */

static const char *
result_name(enum replica_result result)
{
    switch (result) {
    case REPLICA_EQUAL:
        return "equal";
    case REPLICA_DIFFERENT:
        return "different";
    case REPLICA_ABSENT:
        break;
    }
    return "absent";
}

static bool
all_equal(const struct verify *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->replicas[i].result != REPLICA_EQUAL) {
            return false;
        }
    }
    return true;
}

static void
print_lines(const struct verify *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        const struct replica *r = &v->replicas[i];
        printf("shard %" PRIu32 " block %" PRIu64 " %s%s%s\n", r->shard, r->target,
               result_name(r->result), r->difference[0] != '\0' ? " " : "", r->difference);
    }
}

static json_t *
replica_json(const struct replica *r)
{
    char hex[2 * sizeof(r->hash) + 1];
    json_t *o = json_pack("{s:I, s:I, s:s}", "shard", (json_int_t)r->shard, "block",
                          (json_int_t)r->target, "result", result_name(r->result));
    if (r->result == REPLICA_DIFFERENT) {
        json_object_set_new(o, "difference", json_string(r->difference));
    }
    if (r->result != REPLICA_ABSENT) {
        sodium_bin2hex(hex, sizeof(hex), r->hash, sizeof(r->hash));
        json_object_set_new(o, "hash", json_string(hex));
    }
    return o;
}

static void
print_json(const struct verify *v)
{
    json_t *shards = json_array();
    for (uint32_t i = 0; i < v->count; i++) {
        json_array_append_new(shards, replica_json(&v->replicas[i]));
    }
    json_t *all = json_pack("{s:b, s:o}", "equal", all_equal(v), "shards", shards);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

static int
report(const struct verify *v)
{
    if (v->options->json) {
        print_json(v);
    } else {
        print_lines(v);
    }
    if (fflush(stdout) != 0) {
        log_error("verify_print_failed", "why=\"%s\"", strerror(errno));
        return EX_IOERR;
    }
    return all_equal(v) ? EX_OK : EXIT_DIFFERENT;
}

static void
verify_fini(struct verify *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        replica_close(&v->replicas[i]);
    }
    free(v->replicas);
    if (v->folder[0] != '\0' && file_remove_tree(v->folder) != ERR_OK) {
        log_warn("verify_folder_left", "folder=\"%s\"", v->folder);
    }
    intake_fini(&v->intake);
    link_free(&v->link);
}

int
verify_run(const struct settings *settings, const struct verify_options *options)
{
    struct verify v = {
        .settings = settings,
        .options = options,
        .clock = clock_real(settings->clock_offset_us),
        .terminal = !options->quiet && isatty(STDERR_FILENO),
    };
    int code = connect_broker(&v);
    if (code == EX_OK) {
        code = open_replicas(&v);
    }
    if (code == EX_OK) {
        code = replay_and_compare(&v);
    }
    if (v.terminal) {
        fputs("\r\033[K", stderr);
    }
    if (code == EX_OK) {
        code = report(&v);
    }
    verify_fini(&v);
    return code;
}
