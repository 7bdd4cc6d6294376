#include "workers/state/standing.h"

#include "proto/limits.h"
#include "proto/vote_rule.h"
#include "workers/state/own.h"

/* ---- award and level ---- */

const struct award *
standing_award(const struct standing *s)
{
    for (uint32_t i = 0; s->campaign != NULL && i < s->campaign->award_count; i++) {
        if (slice_equal(s->campaign->awards[i].code, s->row->award)) {
            return &s->campaign->awards[i];
        }
    }
    return NULL;
}

enum authority
standing_authority(const struct registry *registry, uint32_t unit, int32_t day)
{
    const struct registry_version *version = own_version(registry, unit, &day);
    return authority_of_level(version == NULL ? slice_text("") : version->level);
}

uint32_t
standing_above(const struct registry *registry, uint32_t unit, int32_t day)
{
    const struct registry_version *version = own_version(registry, unit, &day);
    return version == NULL ? UNIT_NONE : version->parent;
}

static enum authority
holder_authority(const struct standing *s)
{
    return standing_authority(s->registry, s->row->holder, s->today);
}

/* ---- the needs ---- */

bool
standing_is_past(const struct standing *s)
{
    return s->row->deadline == INT32_MAX || s->today > s->row->deadline;
}

bool
standing_is_simple(const struct standing *s)
{
    const struct award *award = standing_award(s);
    return award != NULL && (award->percent == 0 || (award->simplified && s->row->simplified));
}

bool
standing_is_voted(const struct standing *s)
{
    const struct award *award = standing_award(s);
    return award != NULL && vote_is_asked(award);
}

bool
standing_is_lower(const struct standing *s)
{
    const struct award *award = standing_award(s);
    return award != NULL && (int)award->level > (int)holder_authority(s) &&
           standing_above(s->registry, s->row->holder, s->today) != UNIT_NONE;
}

bool
standing_is_above(const struct standing *s)
{
    const struct award *award = standing_award(s);
    return award != NULL && award->level > AWARD_CITY && holder_authority(s) == AUTHORITY_CITY;
}

bool
standing_is_own(const struct standing *s)
{
    const struct award *award = standing_award(s);
    return award != NULL && (int)award->level <= (int)holder_authority(s);
}

bool
standing_may_ask(const struct standing *s)
{
    return s->row->asked_count < CONSULTED_MAX;
}

/* ---- the quota ---- */

/* *ours false: the queue's run of what this holder decided has ended. */
static enum err
decided_look(const struct standing *s, const struct state_row *at, bool *ours, uint32_t *count)
{
    uint32_t holder;
    enum review_state state;
    int32_t deadline;
    struct slice id;
    struct queue_row queue;
    enum err err = queue_key_decode(at->key, &holder, &state, &deadline, &id);
    err = err == ERR_OK ? queue_decode(at->value, &queue) : err;
    *ours = err == ERR_OK && holder == s->row->holder && state == STATE_decided;
    *count +=
        *ours && queue.campaign == s->row->campaign && slice_equal(queue.award, s->row->award);
    return err;
}

/* Decided by this holder, of this award, in this campaign; stops at the quota. */
static enum err
decided_count(const struct standing *s, uint32_t quota, uint32_t *count)
{
    struct buf from = BUF_EMPTY;
    struct state_cursor *cursor;
    struct state_row at;
    bool ours = true;
    *count = 0;
    enum err err = state_cursor_open(s->state, TABLE_QUEUE, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    key_queue(&from, s->row->holder, STATE_decided, INT32_MIN, slice_text(""));
    err = cursor_seek(cursor, buf_slice_of(&from), &at);
    while (err == ERR_OK && ours && *count < quota) {
        err = decided_look(s, &at, &ours, count);
        err = err == ERR_OK && ours ? cursor_next(cursor, &at) : err;
    }
    cursor_close(cursor);
    buf_fini(&from);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
standing_has_room(const struct standing *s, bool *room)
{
    const struct award *award = standing_award(s);
    uint32_t count;
    *room = true;
    if (award == NULL || award->quota == 0) {
        return ERR_OK;
    }
    enum err err = decided_count(s, award->quota, &count);
    *room = err == ERR_OK && count < award->quota;
    return err;
}

/* ---- documents ---- */

/* The length of one chunk; 0 where there is none. */
static enum err
chunk_len(struct state *state, struct slice hash, uint32_t chunk, size_t *len)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_file(&key, hash, (uint16_t)chunk);
    enum err err = state_get(state, TABLE_FILE, buf_slice_of(&key), &value);
    *len = err == ERR_OK ? value.len : 0;
    buf_fini(&key);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
standing_document(struct state *state, struct slice hash, uint64_t bytes, bool *whole)
{
    uint32_t last = (uint32_t)((bytes - 1) / FILE_CHUNK_BYTES);
    size_t len, beyond;
    enum err err = chunk_len(state, hash, last, &len);
    err = err == ERR_OK ? chunk_len(state, hash, last + 1, &beyond) : err;
    *whole = err == ERR_OK && beyond == 0 && len == bytes - (uint64_t)last * FILE_CHUNK_BYTES;
    return err;
}
