/* Imports that were answered before they were judged (`async=true`): DHIS2 calls each a job. The body has come
 * whole and stands in the broker's hands, or in the window; what became of it is kept here until it is asked for,
 * in memory: a gateway that begins anew knows none of them, and the body sent again with its key has one effect.
 * Bounded: IMPORTS_MAX under way, JOBS_MAX remembered; the one that ended first makes room. */
#ifndef GATEWAY_JOBS_H
#define GATEWAY_JOBS_H

#include "workers/gateway/import.h"

#define JOB_ID 11 /* as DHIS2's identifiers: a letter, then ten letters or digits */

struct job {
    char id[JOB_ID + 1]; /* empty: the slot is free */
    char principal[CODE_MAX + 1];
    int64_t begun_us, ended_us;
    uint64_t order;
    struct import *import; /* NULL: it has ended */
    struct buf summary;    /* then: DHIS2's import summary, as JSON */
};

struct jobs {
    struct job slots[JOBS_MAX];
    uint64_t count;
};

/* Takes the import over, which has ended reading. Never fails: more are remembered than can be under way. */
const struct job *job_new(struct jobs *jobs, struct import *import, const char *principal,
                          int64_t now_us);
/* NULL: none, forgotten, or somebody else's. */
const struct job *job_find(const struct jobs *jobs, const char *principal, const char *id);
/* After imports_step: notices those that are over. */
void jobs_step(struct jobs *jobs, int64_t now_us);
void jobs_fini(struct jobs *jobs);

#endif
