/* The answer of broker.sessions: who is there, the longest silent first. The row moves while it is
 * read in pages, so that a session may be told twice or be missing: it is for people to look at. */
#include "broker/core.h"

#include "proto/pack.h"

static const char *
role_name(enum role role)
{
    static const char *const names[] = {[ROLE_CLIENT] = "client",
                                        [ROLE_TALLY] = "tally",
                                        [ROLE_QUERY] = "query",
                                        [ROLE_READER] = "reader"};
    return names[role];
}

static void
row_pack(const struct broker *b, const struct session *s, struct buf *page)
{
    pack_map(page, 8);
    pack_key_text(page, "principal", slice_text(s->principal));
    pack_key_text(page, "role", slice_text(role_name(s->role)));
    pack_key_text(page, "name", slice_text(s->name));
    pack_key_bool(page, "network", s->user.len > 0);
    pack_key_int(page, "since_us", s->since_us);
    pack_key_uint(page, "records", s->records);
    pack_key_uint(page, "bytes", s->bytes);
    pack_key_int(page, "silent_ms", clock_mono_ms(b->clock) - s->heard_ms);
}

void
sessions_list(const struct broker *b, uint64_t start, struct buf *body)
{
    struct buf page = BUF_EMPTY;
    const struct session *s;
    uint64_t place = 0;
    uint32_t count = 0;
    TAILQ_FOREACH(s, &b->sessions.by_age, by_age)
    {
        if (place >= start && page.len <= ANSWER_FILL) {
            row_pack(b, s, &page);
            count++;
        }
        place++;
    }
    bool more = start + count < place;
    pack_map(body, more ? 2 : 1);
    pack_cstr(body, "sessions");
    pack_array(body, count);
    buf_slice(body, buf_slice_of(&page));
    if (more) {
        pack_key_uint(body, "next", start + count);
    }
    buf_fini(&page);
}
