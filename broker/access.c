/* The table in force, and beside it the next one while its pages come. Invariant: `staged` is only
 * there while the session that tells it is. */
#include "broker/access.h"

#include "common/check.h"
#include "proto/cursor.h"
#include "proto/rights.h"

#include <inttypes.h>

void
access_init(struct access *a, uint64_t head)
{
    *a = (struct access){.table = access_table_new(), .start_head = head};
}

static void
staged_drop(struct access *a)
{
    access_table_free(&a->staged);
    a->staged_by = NULL;
    a->staged_revision = a->staged_pages = 0;
}

void
access_fini(struct access *a)
{
    staged_drop(a);
    access_table_free(&a->table);
}

const struct access_entry *
access_of_user(const struct access *a, struct slice user)
{
    uint8_t key[ACCESS_KEY_SIZE];
    if (user.len == 0) {
        return access_table_find(a->table, slice_text(PRINCIPAL_LOCAL));
    }
    return access_key_parse(user, key) ? access_table_by_key(a->table, key) : NULL;
}

bool
access_acts_for(const struct access_entry *gateway, struct slice principal)
{
    /* "local" may all, so also less: a gateway on this machine. "*" is every office; the local
     * operator itself is nobody's to lend. */
    if (gateway->roles == ACCESS_ALL) {
        return !slice_is(principal, PRINCIPAL_LOCAL);
    }
    if ((gateway->roles & ACCESS_BIT(ACCESS_GATEWAY)) == 0 ||
        slice_is(principal, PRINCIPAL_LOCAL)) {
        return false;
    }
    for (uint32_t i = 0; i < gateway->acts_for_count; i++) {
        if (slice_is(gateway->acts_for[i], "*") || slice_equal(gateway->acts_for[i], principal)) {
            return true;
        }
    }
    return false;
}

bool
access_may_submit(uint32_t roles)
{
#define RECORD(name, type, effect)                                                                 \
    if (rights_record(roles, type) != REACH_NONE) {                                                \
        return true;                                                                               \
    }
#define FIELD(record, name, key, kind, required, limit, meaning)
#define END(record)
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END
    return false;
}

/* A page continues what its session has begun; page 0 begins anew. */
static bool
page_follows(struct access *a, const struct session *by, uint64_t head,
             const struct message_access *page, struct complaint *why)
{
    if (page->revision > head) {
        return complain(why, CODE_BLOCK_UNKNOWN, slice_text("revision"), "%" PRIu64,
                        page->revision);
    }
    if (page->page == 0) {
        staged_drop(a);
        a->staged = access_table_new();
        a->staged_by = by;
        a->staged_revision = page->revision;
        return true;
    }
    if (a->staged == NULL || a->staged_by != by || a->staged_revision != page->revision ||
        a->staged_pages != page->page) {
        return complain(why, CODE_MALFORMED, slice_text("page"), "%" PRIu64, page->page);
    }
    return true;
}

static bool
rows_put(struct access_table *table, struct slice rows, struct complaint *why)
{
    struct cursor c = cursor_of(rows);
    struct slice body;
    uint32_t n;
    if (cursor_array(&c, &n) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text("rows"), "array?");
    }
    for (uint32_t i = 0; i < n; i++) {
        if (cursor_bytes(&c, &body) != ERR_OK) {
            return complain(why, CODE_WRONG_TYPE, slice_text("rows"), "%" PRIu32 ": bin?", i);
        }
        if (!access_table_put(table, body, why)) {
            return false;
        }
    }
    return true;
}

/* The same revision may come again: each worker tells it anew when it is welcomed. */
static enum access_page
staged_finish(struct access *a)
{
    if (a->told && a->staged_revision < a->revision) {
        staged_drop(a);
        return ACCESS_IGNORED;
    }
    access_table_free(&a->table);
    a->table = a->staged;
    a->staged = NULL;
    a->revision = a->staged_revision;
    a->told = true;
    staged_drop(a);
    return ACCESS_SWAPPED;
}

enum access_page
access_take(struct access *a, const struct session *by, uint64_t head,
            const struct message_access *page, struct complaint *why)
{
    if (!page_follows(a, by, head, page, why) || !rows_put(a->staged, page->rows, why)) {
        staged_drop(a);
        return ACCESS_REFUSED;
    }
    a->staged_pages++;
    return page->last ? staged_finish(a) : ACCESS_MORE;
}

void
access_session_ended(struct access *a, const struct session *s)
{
    if (a->staged_by == s) {
        staged_drop(a);
    }
}
