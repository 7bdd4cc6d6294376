/* Questions by name, each answered from one snapshot of all shards. */
#include "common/check.h"
#include "common/mem.h"
#include "workers/query/answer.h"
#include "workers/query/asker.h"
#include "workers/query/snapshot.h"

#include <stdlib.h>

static const struct {
    const char *name;
    ask_fn *ask;
} QUESTIONS[] = {
    {"tally", ask_tally},
    {"missing", ask_missing},
    {"completeness", ask_completeness},
    {"reports", ask_reports},
    {"export", ask_export},
    {"values", ask_values},
    {"verdicts", ask_verdicts},
    {"rejected", ask_rejected},
    {"unit", ask_unit},
    {"campaign", ask_campaign},
    {"campaigns", ask_campaigns},
    {"state", ask_state},
    {"rank", ask_rank},
    {"blocs", ask_blocs},
    {"highlights", ask_highlights},
    {"access", ask_access},
    {"approvals", ask_approvals},
    {"units.find", ask_units_find},
    {"review.list", ask_review_list},
    {"review.show", ask_review_show},
    {"honours", ask_honours},
    {"history", ask_history},
    {"file", ask_file},
    {"sign-in", ask_sign_in},
    {"meetings", ask_meetings},
    {"meeting", ask_meeting},
};

struct query *
query_new(struct state **states, uint32_t shards)
{
    CHECK(shards > 0);
    struct query *q = mem_alloc(sizeof *q);
    q->states = states;
    q->shards = shards;
    q->positions = mem_alloc(sizeof *q->positions * shards);
    q->arena = arena_new();
    q->scratch = arena_new();
    return q;
}

void
query_free(struct query **query)
{
    struct query *q = *query;
    *query = NULL;
    if (q == NULL) {
        return;
    }
    if (q->registry_loaded) {
        registry_fini(&q->registry);
    }
    buf_fini(&q->item);
    buf_fini(&q->extra);
    buf_fini(&q->page);
    arena_free(&q->scratch);
    arena_free(&q->arena);
    access_table_free(&q->principals);
    free(q->by_code);
    free(q->positions);
    free(q);
}

static ask_fn *
find_question(struct slice name)
{
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        if (slice_is(name, QUESTIONS[i].name)) {
            return QUESTIONS[i].ask;
        }
    }
    return NULL;
}

bool
query_answer(struct query *q, const struct question *question, struct buf *body, uint64_t *as_of,
             struct complaint *why)
{
    struct ask ask = {.query = q, .args = question->args, .body = body, .why = why};
    ask_fn *answer = find_question(question->name);
    *why = (struct complaint){0};
    buf_clear(body);
    if (answer == NULL) {
        return complain(why, CODE_QUERY_UNKNOWN, question->name, "%.*s", SLICE_ARG(question->name));
    }
    if (!snapshot_begin(q, why)) {
        return false;
    }
    buf_clear(&q->page);
    buf_clear(&q->extra);
    q->rooms = NULL;
    bool ok =
        asker_find(&ask, question->principal, question->name) && answer(&ask) && answer_fits(&ask);
    *as_of = q->positions[q->lowest].block;
    snapshot_end(q);
    arena_reset(q->arena);
    return ok;
}
