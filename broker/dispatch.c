/* From a message's bytes to its handler: one table, one handler a message, one file each. A bad
 * message is answered with ERROR, which names the request where one can be read, so that its sender
 * knows what not to send again. */
#include "broker/core.h"

#include "proto/cursor.h"

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
};

static const struct entry ENTRIES[MESSAGE_TYPE_MAX + 1] = {
    [MESSAGE_hello] = {on_hello, FROM_ANYONE, false},
    [MESSAGE_submit] = {on_submit, FROM_CLIENT, true},
    [MESSAGE_error] = {on_error, FROM_QUERY, false},
    [MESSAGE_query] = {on_query, FROM_ANYONE, true},
    [MESSAGE_answer] = {on_answer, FROM_QUERY, false},
    [MESSAGE_fetch] = {on_fetch, FROM_TALLY | FROM_READER, false},
    [MESSAGE_progress] = {on_progress, FROM_TALLY | FROM_QUERY | FROM_READER, false},
    [MESSAGE_heartbeat] = {on_heartbeat, FROM_ANYONE, false},
    [MESSAGE_bye] = {on_bye, FROM_ANYONE, false},
    [MESSAGE_quarantine] = {on_quarantine, FROM_CLIENT, true},
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

enum err
dispatch(struct broker *b, const struct peer *from, struct slice header, uint32_t frames)
{
    struct complaint why;
    union message message;
    uint64_t type;
    if (!layout_peek(header, &type)) {
        complain(&why, CODE_MALFORMED, slice_text(""), "%zu bytes", header.len);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    if (entry_check(from, type, frames, &why) &&
        layout_decode(message_layout(type), header, &message, &why)) {
        return entry_of(type)->handler(b, from, &message);
    }
    if (type == MESSAGE_error) {
        b->counts.errors++; /* an ERROR is never answered with another: two peers would not end */
        return ERR_OK;
    }
    const struct entry *entry = entry_of(type);
    bool numbered = entry != NULL && entry->has_request;
    broker_refuse(b, from->identity, numbered ? request_peek(header) : 0, &why);
    return ERR_OK;
}
