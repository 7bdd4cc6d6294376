/* From a message's bytes to its handler: one table, one handler a message, one file each. A bad
 * message is answered with ERROR, which names the request where one can be read, so that its sender
 * knows what not to send again. */
#include "broker/core.h"

#include "proto/cursor.h"
#include "proto/rights.h"

#include <inttypes.h>

/* Who may send it. */
#define FROM(role) (1u << (role))
#define FROM_CLIENT FROM(ROLE_CLIENT)
#define FROM_TALLY FROM(ROLE_TALLY)
#define FROM_QUERY FROM(ROLE_QUERY)
#define FROM_READER FROM(ROLE_READER)
#define FROM_ANYONE (FROM_CLIENT | FROM_TALLY | FROM_QUERY | FROM_READER)

struct entry {
    handler_fn *handler;
    unsigned from;
    bool has_request; /* its key 1 is the sender's number for it */
    gate_fn *gate;    /* NULL: it is decoded whatever it is */
};

static const struct entry ENTRIES[MESSAGE_TYPE_MAX + 1] = {
    [MESSAGE_hello] = {on_hello, FROM_ANYONE, false},
    [MESSAGE_submit] = {on_submit, FROM_CLIENT, true, submit_gate},
    [MESSAGE_error] = {on_error, FROM_QUERY, false},
    [MESSAGE_query] = {on_query, FROM_ANYONE, true, query_gate},
    [MESSAGE_answer] = {on_answer, FROM_QUERY, false},
    [MESSAGE_fetch] = {on_fetch, FROM_TALLY | FROM_READER, false},
    [MESSAGE_progress] = {on_progress, FROM_TALLY | FROM_QUERY | FROM_READER, false},
    [MESSAGE_heartbeat] = {on_heartbeat, FROM_ANYONE, false},
    [MESSAGE_bye] = {on_bye, FROM_ANYONE, false},
    [MESSAGE_quarantine] = {on_quarantine, FROM_CLIENT, true},
    [MESSAGE_access] = {on_access, FROM_TALLY, false},
};

static const struct entry *
entry_of(uint64_t type)
{
    bool known = type <= MESSAGE_TYPE_MAX && ENTRIES[type].handler != NULL;
    return known ? &ENTRIES[type] : NULL;
}

/* Key 1 of a message whose other fields may be wrong; 0 where there is none to be read. */
static uint64_t
request_peek(struct slice header)
{
    struct cursor c = cursor_of(header);
    uint64_t key, request;
    uint32_t pairs;
    if (cursor_map(&c, &pairs) != ERR_OK) {
        return 0;
    }
    while (pairs-- > 0 && cursor_uint(&c, &key) == ERR_OK) {
        if (key == 1) {
            return cursor_uint(&c, &request) == ERR_OK ? request : 0;
        }
        if (cursor_skip(&c) != ERR_OK) {
            break;
        }
    }
    return 0;
}

/* Whose key is gone, or has lost the role that the session is of, is told so at every message: nothing
 * that it says is looked at. */
static bool
sender_check(const struct peer *from, struct complaint *why)
{
    const struct session *s = from->session;
    if (from->entry == NULL) {
        return complain(why, CODE_KEY_REVOKED, slice_text(""), "-");
    }
    return s == NULL || rights_session(from->entry->roles, s->role) ||
           complain(why, CODE_NOT_IN_ROLE, from->entry->principal, "session");
}

/* What can be said against a message before its fields are read. */
static bool
entry_check(const struct peer *from, uint64_t type, uint32_t frames, struct complaint *why)
{
    const struct entry *entry = entry_of(type);
    if (entry == NULL) {
        return complain(why, CODE_MESSAGE_UNKNOWN, slice_text(""), "%" PRIu64, type);
    }
    if (frames != 1) {
        return complain(why, CODE_MALFORMED, slice_text(""), "%u frames", frames);
    }
    if (type == MESSAGE_hello) {
        return true;
    }
    if (from->session == NULL) {
        return complain(why, CODE_HELLO_FIRST, slice_text(""), "%s", message_layout(type)->name);
    }
    if ((entry->from & FROM(from->session->role)) == 0) {
        return complain(why, CODE_MESSAGE_UNKNOWN, slice_text(""), "%s, role %d",
                        message_layout(type)->name, (int)from->session->role);
    }
    return true;
}

/* ERROR, but never for an ERROR: two peers would not end. */
static void
message_refuse(struct broker *b, const struct peer *from, uint64_t type, struct slice header,
               const struct complaint *why)
{
    const struct entry *entry = entry_of(type);
    bool numbered = entry != NULL && entry->has_request;
    if (type == MESSAGE_error) {
        b->counts.errors++;
        return;
    }
    broker_refuse(b, from->identity, numbered ? request_peek(header) : 0, why);
}

/* The part of a principal's quota that a message's bytes take, whatever is in them. */
const char *
quota_gate(struct broker *b, const struct peer *from, size_t bytes, uint32_t *retry_ms)
{
    struct account *account = from->session->account;
    if (account == NULL) {
        return NULL;
    }
    struct quota_rate rate = broker_quota_rate(b, from->entry->roles);
    *retry_ms = quota_wait_ms(account, &rate, clock_mono_ms(b->clock));
    if (*retry_ms > 0) {
        return BUSY_QUOTA;
    }
    quota_take(account, 0, bytes);
    return NULL;
}

/* Decodes what its gate lets through. */
static enum err
message_handle(struct broker *b, const struct peer *from, uint64_t type, struct slice header)
{
    const struct entry *entry = entry_of(type);
    struct complaint why;
    union message message;
    uint32_t retry_ms;
    const char *busy = entry->gate == NULL ? NULL : entry->gate(b, from, header.len, &retry_ms);
    if (busy != NULL) {
        broker_busy(b, from->identity, request_peek(header), busy, retry_ms);
        return ERR_OK;
    }
    if (!layout_decode(message_layout(type), header, &message, &why)) {
        message_refuse(b, from, type, header, &why);
        return ERR_OK;
    }
    return entry->handler(b, from, &message);
}

enum err
dispatch(struct broker *b, const struct peer *from, struct slice header, uint32_t frames)
{
    struct complaint why;
    uint64_t type = 0;
    if (!sender_check(from, &why)) {
        if (from->session != NULL) {
            broker_end_session(b, from->session);
        }
        (void)layout_peek(header, &type);
        message_refuse(b, from, type, header, &why);
        return ERR_OK;
    }
    if (!layout_peek(header, &type)) {
        complain(&why, CODE_MALFORMED, slice_text(""), "%zu bytes", header.len);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    if (!entry_check(from, type, frames, &why)) {
        message_refuse(b, from, type, header, &why);
        return ERR_OK;
    }
    return message_handle(b, from, type, header);
}
