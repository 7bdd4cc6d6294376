/* Jobs: a table of slots. */
#include "workers/gateway/jobs.h"

#include "common/check.h"

#include <sodium.h>
#include <stdio.h>

_Static_assert(JOBS_MAX > IMPORTS_MAX, "a job that is under way never has to make room");

static void
id_make(char id[JOB_ID + 1])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (unsigned i = 0; i < JOB_ID; i++) {
        id[i] = letters[randombytes_uniform(i == 0 ? 52 : 62)];
    }
    id[JOB_ID] = '\0';
}

static struct job *
slot_take(struct jobs *jobs)
{
    struct job *oldest = NULL;
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        struct job *job = &jobs->slots[i];
        if (job->import == NULL && (oldest == NULL || job->order < oldest->order)) {
            oldest = job;
        }
    }
    CHECK(oldest != NULL);
    buf_fini(&oldest->summary);
    return oldest;
}

/* Nobody waits: jobs_step looks. */
static void
woken(void *owner)
{
    (void)owner;
}

const struct job *
job_new(struct jobs *jobs, struct import *import, const char *principal, int64_t now_us)
{
    struct job *job = slot_take(jobs);
    *job = (struct job){.begun_us = now_us, .order = ++jobs->count, .import = import};
    id_make(job->id);
    snprintf(job->principal, sizeof job->principal, "%s", principal);
    import_pass(import, woken, job);
    return job;
}

const struct job *
job_find(const struct jobs *jobs, const char *principal, const char *id)
{
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        const struct job *job = &jobs->slots[i];
        if (job->id[0] != '\0' && strcmp(job->id, id) == 0) {
            return strcmp(job->principal, principal) == 0 ? job : NULL;
        }
    }
    return NULL;
}

static int
summary_put(const char *text, size_t len, void *summary)
{
    buf_put(summary, text, len);
    return 0;
}

static void
job_end(struct job *job, int64_t now_us)
{
    json_t *summary = import_summary(job->import);
    json_dump_callback(summary, summary_put, &job->summary, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(summary);
    import_free(&job->import);
    job->ended_us = now_us;
}

void
jobs_step(struct jobs *jobs, int64_t now_us)
{
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        struct job *job = &jobs->slots[i];
        if (job->import != NULL && import_is_over(job->import)) {
            job_end(job, now_us);
        }
    }
}

void
jobs_fini(struct jobs *jobs)
{
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        import_free(&jobs->slots[i].import);
        buf_fini(&jobs->slots[i].summary);
    }
}
