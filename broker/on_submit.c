/* SUBMIT: records into the open block, all or none. Their bodies are opaque here: what a record says
 * is the tally workers' to read, so that a broker needs no new version for a new record. */
#include "broker/core.h"

#include "common/text.h"
#include "proto/cursor.h"

#include <inttypes.h>

bool
submit_next(struct cursor *c, uint32_t index, struct slice *unit, struct slice *body,
            struct complaint *why)
{
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK || n != 2 || cursor_text(c, unit) != ERR_OK ||
        cursor_bytes(c, body) != ERR_OK) {
        return complain(why, CODE_MALFORMED, slice_text("records"), "%" PRIu32 ": [unit, bin]?",
                        index);
    }
    if (unit->len > 0 && !code_is_valid(*unit)) {
        return complain(why, CODE_CODE_INVALID, slice_text("unit"), "%.*s", SLICE_ARG(*unit));
    }
    if (body->len > RECORD_BYTES_MAX) {
        return complain(why, CODE_TOO_LARGE, slice_text("records"), "%zu > %u", body->len,
                        RECORD_BYTES_MAX);
    }
    return true;
}

static bool
records_check(struct slice records, uint32_t *n, struct complaint *why)
{
    struct cursor c = cursor_of(records);
    struct slice unit, body;
    if (cursor_array(&c, n) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text("records"), "array?");
    }
    if (*n == 0) {
        return complain(why, CODE_NOTHING_THERE, slice_text("records"), "0");
    }
    if (*n > SUBMIT_RECORDS_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text("records"), "%d", SUBMIT_RECORDS_MAX);
    }
    for (uint32_t i = 0; i < *n; i++) {
        if (!submit_next(&c, i, &unit, &body, why)) {
            return false;
        }
    }
    return true;
}

/* A session that fills the block alone would make the others wait: its first SUBMIT in a block is
 * always taken, more as long as its share lasts. */
static bool
share_is_used(const struct broker *b, const struct session *s, size_t more)
{
    uint64_t used = batch_share(b, s);
    return used > 0 && used + more > b->settings.share_kb << 10;
}

/* Before a byte of the records is looked at: what floods the broker costs it no more than the message
 * itself. The bytes count against the quota here, so that SUBMITs that are no good count too. */
const char *
submit_gate(struct broker *b, const struct peer *from, size_t bytes, uint32_t *retry_ms)
{
    struct session *s = from->session;
    const char *reason = monitor_busy(b, retry_ms);
    if (reason != NULL) {
        return reason;
    }
    if (share_is_used(b, s, bytes)) {
        *retry_ms = RETRY_SHARE_MS;
        return BUSY_SHARE;
    }
    return quota_gate(b, from, bytes, retry_ms);
}

/* Whom the records are of. What the principal may report of is the tally worker's to say, so that a
 * replay says the same; here only whose name may stand there at all. */
static bool
submit_principal(struct broker *b, const struct peer *from, struct slice behalf,
                 struct slice *principal, struct complaint *why)
{
    const struct access_entry *entry = from->entry;
    *principal = entry->principal;
    if (behalf.len > 0) {
        *principal = slice_text(
            arena_printf(b->arena, "%.*s@%.*s", SLICE_ARG(behalf), SLICE_ARG(entry->principal)));
        return access_acts_for(entry, behalf) ||
               complain(why, CODE_NOT_IN_ROLE, entry->principal, "%.*s", SLICE_ARG(behalf));
    }
    return access_may_submit(entry->roles) ||
           complain(why, CODE_NOT_IN_ROLE, entry->principal, "submit");
}

enum err
on_submit(struct broker *b, const struct peer *from, const union message *m)
{
    const struct message_submit *submit = &m->submit;
    struct slice principal;
    struct complaint why;
    uint32_t n;
    if (!submit_principal(b, from, submit->principal, &principal, &why) ||
        !records_check(submit->records, &n, &why)) {
        broker_refuse(b, from->identity, submit->request, &why);
        return ERR_OK;
    }
    if (from->session->account != NULL) {
        quota_take(from->session->account, n, 0);
    }
    return batch_take(b, from->session, principal, submit->request, submit->records);
}
