/* Questions asked amid all of it, as people ask who wait for something: the query worker's code
 * over the shards as they stand, one behind the other, by the local operator or an office.
 * Whatever they hold, the answer is whole or a refusal, and promises no block that is not there.
 * What it says is looked at once all is still (check_query.c). */
#include "common/check.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/ulid.h"
#include "tests/sim/book.h"
#include "tests/sim/sim.h"
#include "workers/query/query.h"

#include <inttypes.h>

static const char *const UNITS[] = {"city", "d0", "d1", "w0", "w1", "w7", "nowhere"};
static const char *const PERIODS[] = {"2021", "2021Q4", "202111", "2022W1", "20211104", "202201"};

static void
unit_and_period(struct sim *s, struct buf *args, uint32_t more)
{
    pack_map(args, 2 + more);
    pack_key_text(args, "unit", slice_text(UNITS[rng_between(&s->council_rng, 0, 6)]));
    pack_key_text(args, "period", slice_text(PERIODS[rng_between(&s->council_rng, 0, 5)]));
}

static void
nomination_any(struct sim *s, struct buf *args)
{
    char text[ULID_TEXT] = "";
    if (s->book->nomination_count > 0) {
        int64_t at = rng_between(&s->council_rng, 0, s->book->nomination_count - 1);
        ulid_format(s->book->nominations[at].id, text);
    }
    pack_map(args, 1);
    pack_key_text(args, "nomination", slice_text(text));
}

static void
queue_any(struct sim *s, struct buf *args)
{
    pack_map(args, 3);
    pack_key_bool(args, "done", rng_chance(&s->council_rng, 1, 2));
    pack_key_bool(args, "mine", rng_chance(&s->council_rng, 1, 2));
    pack_key_uint(args, "limit", (uint64_t)rng_between(&s->council_rng, 1, 9));
}

/* Gives the question's name. */
static const char *
question_make(struct sim *s, struct buf *args)
{
    switch (rng_between(&s->council_rng, 0, 7)) {
    case 0:
        pack_map(args, 0);
        return "honours";
    case 1:
        queue_any(s, args);
        return "review.list";
    case 2:
    case 3:
        nomination_any(s, args);
        return "review.show";
    case 4:
        pack_map(args, 1);
        pack_key_text(args, "subject", slice_text("to dan pho so 7"));
        return "history";
    case 5:
        unit_and_period(s, args, 1);
        pack_key_bool(args, "children", rng_chance(&s->council_rng, 1, 2));
        return "tally";
    case 6:
        unit_and_period(s, args, 1);
        pack_key_text(args, "form", slice_text("daily"));
        return "completeness";
    default:
        unit_and_period(s, args, 0);
        return "approvals";
    }
}

static bool
is_whole(const struct buf *body)
{
    struct cursor c = cursor_of(buf_slice_of(body));
    return cursor_skip(&c) == ERR_OK && cursor_done(&c);
}

void
load_question(struct sim *s)
{
    struct state *states[SIM_SHARDS_MAX];
    struct buf args = BUF_EMPTY, body = BUF_EMPTY;
    struct journal_head head;
    struct complaint why;
    uint64_t as_of = 0;
    uint32_t who = (uint32_t)rng_between(&s->council_rng, 0, s->submitter_count - 1);
    const char *principal = s->submitters[who].principal;
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        states[i] = s->disks[i].base;
    }
    const char *name = question_make(s, &args);
    struct question question = {
        .principal = slice_text(strcmp(principal, PRINCIPAL_LOCAL) == 0 ? "" : principal),
        .name = slice_text(name),
        .args = buf_slice_of(&args),
    };
    struct query *query = query_new(states, (uint32_t)s->settings.shards);
    bool answered = query_answer(query, &question, &body, &as_of, &why);
    journal_head(s->broker.journal, &head);
    if (answered && (!is_whole(&body) || as_of > head.number)) {
        sim_violation("%s is answered with %zu bytes, as of block %" PRIu64 " of %" PRIu64, name,
                      body.len, as_of, head.number);
    }
    sim_count(answered ? SENT_question : SENT_unanswered);
    query_free(&query);
    buf_fini(&args);
    buf_fini(&body);
}
