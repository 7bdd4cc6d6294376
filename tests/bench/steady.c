/* Reports at a steady 10,000 a second, one a message: see bench.h. Each has its moment, and what it
 * waits is counted from that moment on, so that a stall is felt by all who came during it. When the
 * tallies hold a report is seen from outside, by reading the position that the state holds: to
 * SAMPLE_S. The sender rests between reports, so that it does not take a processor from the site;
 * the rest is part of what is measured (0.1 ms at most, and the timer's slack). */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/mem.h"
#include "workers/state/rows.h"
#include "workers/state/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RATE 10000
#define SAMPLE_S 0.005
#define VISIBLE_PATIENCE_S 30

struct steady {
    struct site *site;
    struct state *state; /* NULL: no workers */
    double start, sampled;
    uint64_t first; /* number of the first report */
    size_t count;
    double *waited;   /* by report: for its receipt */
    uint64_t *blocks; /* by report: of its receipt, 0 where it has none yet */
    double *visible;  /* by report */
    size_t seen;      /* reports known to be in the tallies, from the first on */
};

static double
due_of(const struct steady *t, size_t i)
{
    return t->start + (double)i / RATE;
}

static void
on_result(void *context, const struct client_result *result)
{
    struct steady *t = context;
    site_count(t->site, result);
    size_t i = (size_t)(result->tag - t->first);
    if (result->err == ERR_OK && i < t->count) {
        t->waited[i] = now_s() - due_of(t, i);
        t->blocks[i] = result->receipt.block;
    }
}

static uint64_t
position_of(struct state *state)
{
    struct slice value;
    struct position position = {0};
    CHECK(state_begin(state, false) == ERR_OK);
    if (state_get(state, TABLE_META, META_POSITION, &value) == ERR_OK) {
        CHECK(position_decode(value, &position) == ERR_OK);
    }
    state_abort(state);
    return position.block;
}

static void
sample(struct steady *t)
{
    double now = now_s();
    if (t->state == NULL || now - t->sampled < SAMPLE_S) {
        return;
    }
    uint64_t position = position_of(t->state);
    t->sampled = now;
    while (t->seen < t->count && t->blocks[t->seen] != 0 && t->blocks[t->seen] <= position) {
        t->visible[t->seen] = now - due_of(t, t->seen);
        t->seen++;
    }
}

static void
rest_until(double moment)
{
    struct timespec at = {(time_t)moment, (long)((moment - (double)(time_t)moment) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void
send_all(struct steady *t)
{
    struct buf body = BUF_EMPTY;
    t->start = now_s() + 0.01;
    for (size_t i = 0; i < t->count; i++) {
        if (due_of(t, i) > now_s()) {
            rest_until(due_of(t, i));
        }
        site_submit(t->site, t->site->made++, &body);
        client_step(t->site->client, 0);
        sample(t);
    }
    client_drain(t->site->client);
    while (t->state != NULL && t->seen < t->count &&
           now_s() - due_of(t, t->count) < VISIBLE_PATIENCE_S) {
        rest_until(now_s() + SAMPLE_S);
        sample(t);
    }
    buf_fini(&body);
}

static void
steady_tell(struct figures *f, struct steady *t, const char *mode)
{
    char name[80];
    snprintf(name, sizeof(name), "%s: receipt", mode);
    figure_add_times(f, name, t->waited, t->count);
    if (t->state != NULL) {
        snprintf(name, sizeof(name), "%s: seen in the tallies", mode);
        figure_add_times(f, name, t->visible, t->seen);
        CHECK(t->seen == t->count);
    }
}

void
mode_steady(struct figures *f, struct site *s, bool workers, uint32_t seconds)
{
    struct steady t = {.site = s, .count = (size_t)seconds * RATE};
    struct buf body = BUF_EMPTY;
    struct costs before;
    char folder[PATH_ROOM + 16];
    const char *mode = workers ? "steady 10,000/s" : "steady 10,000/s, no workers";
    t.waited = mem_alloc(t.count * sizeof(double));
    t.visible = mem_alloc(t.count * sizeof(double));
    t.blocks = mem_alloc(t.count * sizeof(uint64_t));
    site_connect(s, 1, on_result, &t);
    t.first = UINT64_MAX;
    site_submit(s, s->made++, &body);
    client_drain(s->client);
    if (workers) {
        site_await_tallies(s);
        snprintf(folder, sizeof(folder), "%s/state/00", s->data);
        CHECK(state_lmdb_open(folder, STATE_READ, &t.state) == ERR_OK);
    }
    t.first = s->made;
    costs_read(s, &before);
    send_all(&t);
    costs_tell(f, mode, s, &before);
    steady_tell(f, &t, mode);
    state_free(&t.state);
    free(t.waited);
    free(t.visible);
    free(t.blocks);
    buf_fini(&body);
}
