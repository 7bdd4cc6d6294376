/* A vote over HTTP. Whether it is secret is the award's rule, and with what key it is sealed the meeting's: both are
 * asked for in the voter's name. A secret choice becomes a commitment and a sealed box here (proto/ballot.h) and is
 * wiped; it stands in no record, reply or log. Whoever holds this process's memory, or reads the line in front
 * of it, could know it: SECURITY.md says so. */
#include "workers/gateway/act_request.h"

#include "proto/answer_json.h"
#include "proto/ballot.h"
#include "proto/pack.h"
#include "proto/ulid.h"

#include <sodium.h>
#include <stdlib.h>

static void
meeting_ask(struct request *r, const char *start)
{
    const struct record_vote *vote = r->act->record.fields;
    struct buf args = BUF_EMPTY;
    char meeting[ULID_TEXT];
    ulid_format(vote->meeting.data, meeting);
    pack_map(&args, start[0] == '\0' ? 1 : 2);
    pack_key_text(&args, "meeting", slice_text(meeting));
    if (start[0] != '\0') {
        pack_key_text(&args, "start", slice_text(start));
    }
    request_ask(r, "meeting", buf_slice_of(&args), 0, false);
    buf_fini(&args);
}

static const json_t *
item_find(const json_t *meeting, const struct record_vote *vote)
{
    char nomination[ULID_TEXT];
    size_t i;
    json_t *item;
    ulid_format(vote->nomination.data, nomination);
    json_array_foreach(json_object_get(meeting, "table"), i, item)
    {
        if (strcmp(json_text(item, "nomination"), nomination) == 0) {
            return item;
        }
    }
    return NULL;
}

/* False with `why`. */
static bool
ballot_seal(struct request *r, const json_t *meeting)
{
    struct record_vote *vote = r->act->record.fields;
    uint8_t key[BALLOT_KEY_SIZE], place[BALLOT_PLACE_SIZE];
    struct ballot *ballot = arena_alloc(r->act->arena, sizeof *ballot);
    const char *hex = json_text(meeting, "ballot_key");
    size_t len = 0;
    bool good = sodium_hex2bin(key, sizeof key, hex, strlen(hex), NULL, &len, NULL) == 0 &&
                len == sizeof key && ballot_key_is_good(key);
    ballot_place(vote->meeting, vote->nomination, slice_text(r->principal), place);
    if (!good || !ballot_make((enum choice)vote->choice, place, key, ballot)) {
        reply_error(r, MHD_HTTP_CONFLICT, "ballot-key",
                    "Cuộc họp không có khóa kiểm phiếu dùng được.",
                    "The meeting has no ballot key that can be sealed to.");
        return false;
    }
    vote->choice = 0;
    vote->commitment = slice_of(ballot->commitment, sizeof ballot->commitment);
    vote->sealed = slice_of(ballot->sealed, sizeof ballot->sealed);
    json_object_clear(r->act->fields); /* the choice */
    sodium_memzero(r->in.data, r->in.len);
    return true;
}

static bool
vote_take(struct request *r, const json_t *meeting, const json_t *item)
{
    const json_t *rule = json_object_get(item, "rule");
    if (!json_is_boolean(json_object_get(rule, "secret"))) {
        /* Were it guessed, a secret choice could go out in plain words. */
        reply_error(r, MHD_HTTP_CONFLICT, "rule", "Không rõ quy định bỏ phiếu của hình thức này.",
                    "How this award is voted on is not known.");
        return false;
    }
    return !json_true_at(rule, "secret") || ballot_seal(r, meeting);
}

bool
vote_fill(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        meeting_ask(r, "");
    }
    if (!request_answered(r)) {
        return false;
    }
    json_t *meeting = answer_json(r->answer.body);
    const json_t *item = item_find(meeting, r->act->record.fields);
    const char *next = json_text(meeting, "next");
    bool filled = false;
    if (item != NULL) {
        filled = vote_take(r, meeting, item);
    } else if (next[0] != '\0') {
        meeting_ask(r, next);
        (void)request_answered(r);
    } else {
        reply_error(r, MHD_HTTP_CONFLICT, "not-on-table",
                    "Đề nghị này không có trong chương trình cuộc họp.",
                    "This nomination is not on the meeting's table.");
    }
    json_decref(meeting);
    return filled;
}
