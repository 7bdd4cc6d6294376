/* ACCESS: shard 0's worker tells who may speak. Nobody else's word counts: its table is made from the
 * journal. What was refused changes nothing; the worker is told why. */
#include "broker/core.h"

#include "common/log.h"
#include "proto/rights.h"

#include <inttypes.h>

/* A session whose key or right is gone ends now: it shall get no more blocks, nor answers to what it
 * has asked. Its peer hears it at its next message too, because libzmq cannot close a connection. */
static void
sessions_review(struct broker *b)
{
    struct session *s, *next;
    for (s = TAILQ_FIRST(&b->sessions.by_age); s != NULL; s = next) {
        struct complaint why;
        const struct access_entry *entry = access_of_user(&b->access, s->user);
        next = TAILQ_NEXT(s, by_age);
        if (entry != NULL && slice_is(entry->principal, s->principal) &&
            rights_session(entry->roles, s->role)) {
            continue;
        }
        bool same = entry != NULL && slice_is(entry->principal, s->principal);
        complain(&why, same ? CODE_NOT_IN_ROLE : CODE_KEY_REVOKED, slice_text(s->principal),
                 "session");
        log_info("session_revoked", "principal=%s", s->principal);
        broker_refuse(b, s->identity, 0, &why);
        broker_end_session(b, s);
    }
}

enum err
on_access(struct broker *b, const struct peer *from, const union message *m)
{
    struct journal_head head;
    struct complaint why;
    journal_head(b->journal, &head);
    if (from->session->shard != 0) {
        complain(&why, CODE_NOT_ALLOWED, slice_text("access"), "%s", from->session->principal);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    enum access_page page = access_take(&b->access, from->session, head.number, &m->access, &why);
    if (page == ACCESS_REFUSED) {
        log_warn("access_refused", "code=%s", code_text(why.code));
        broker_refuse(b, from->identity, 0, &why);
    } else if (page == ACCESS_SWAPPED) {
        struct quota_rate rate = broker_quota_rate(b, 0);
        log_info("access_known", "revision=%" PRIu64 " principals=%" PRIu32, b->access.revision,
                 access_table_count(b->access.table));
        sessions_review(b);
        quota_sweep(&b->quota, &rate, clock_mono_ms(b->clock));
    }
    return ERR_OK;
}
