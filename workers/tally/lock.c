#include "workers/tally/lock.h"

#include "common/mem.h"

#include <stdlib.h>

struct locks {
    struct approvals *approvals;
    bool stale;
};

struct locks *
locks_new(void)
{
    struct locks *l = mem_alloc(sizeof(*l));
    l->approvals = approvals_new();
    l->stale = true;
    return l;
}

void
locks_free(struct locks **locks)
{
    if (*locks != NULL) {
        approvals_free(&(*locks)->approvals);
        free(*locks);
    }
    *locks = NULL;
}

void
locks_forget(struct locks *locks)
{
    locks->stale = true;
}

enum err
locks_refresh(struct locks *locks, struct state *state, const struct registry *registry)
{
    if (!locks->stale) {
        return ERR_OK;
    }
    enum err err = approvals_load(locks->approvals, state, registry);
    locks->stale = err != ERR_OK;
    return err;
}

const struct approvals *
locks_approvals(const struct locks *locks)
{
    return locks->approvals;
}

void
locks_put(struct locks *locks, const struct approval_of *of, bool approved)
{
    approvals_set(locks->approvals, of->campaign->id, of->unit, of->period, approved);
}
