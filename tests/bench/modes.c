/* Lone reports, streams of reports into a new site and into a full one, and the journal's replay: see
 * bench.h. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/file.h"

#include <stdio.h>

#define LONE_REPORTS 1000

void
mode_lone(struct figures *f, struct site *s)
{
    static double took[LONE_REPORTS];
    struct buf body = BUF_EMPTY;
    struct costs before;
    site_connect(s, 1, site_count, s);
    costs_read(s, &before);
    for (int i = 0; i < LONE_REPORTS; i++) {
        double start = now_s();
        site_submit(s, s->made++, &body);
        client_drain(s->client);
        took[i] = now_s() - start;
    }
    figure_add_times(f, "lone report: receipt", took, LONE_REPORTS);
    costs_tell(f, "lone report", s, &before);
    floor_append(s, LONE_REPORTS, body.len, took);
    figure_add_times(f, "lone report: bare append and sync", took, LONE_REPORTS);
    buf_fini(&body);
}

/* What making the reports costs here is part of every stream's time: it is told apart. */
static void
making_tell(struct figures *f, uint64_t records)
{
    struct buf body = BUF_EMPTY;
    char unit[CODE_MAX + 1];
    size_t bytes = 0;
    double start = now_s();
    for (uint64_t n = 0; n < records; n++) {
        workload_report(n, n + 1, &body, unit);
        bytes += body.len;
    }
    figure_add(f, "making the reports, nothing else", "/s", (double)records / (now_s() - start));
    figure_add(f, "bytes of a report", "B", (double)bytes / (double)records);
    buf_fini(&body);
}

/* `records` reports handed in and receipted; the client's own last one may still be in a tally's way. */
static void
reports_send(struct site *s, uint64_t records)
{
    struct buf body = BUF_EMPTY;
    for (uint64_t i = 0; i < records; i++) {
        site_submit(s, s->made++, &body);
    }
    client_drain(s->client);
    buf_fini(&body);
}

double
mode_stream(struct figures *f, struct site *s, const char *mode, uint64_t records,
            uint32_t per_message)
{
    struct costs before;
    char name[80];
    site_connect(s, per_message, site_count, s);
    reports_send(s, 1); /* the session is open before the watch starts */
    making_tell(f, records < 100000 ? records : 100000);
    costs_read(s, &before);
    uint64_t block = s->last_block, bytes = s->record_bytes;
    double start = now_s();
    reports_send(s, records);
    double receipted = now_s() - start;
    site_await_tallies(s);
    double tallied = now_s() - start;
    costs_tell(f, mode, s, &before);
    uint64_t blocks = s->last_block > block ? s->last_block - block : 1;
    double bare = floor_append(s, blocks, (s->record_bytes - bytes) / blocks, NULL);
    snprintf(name, sizeof(name), "%s: receipts", mode);
    figure_add(f, name, "/s", (double)records / receipted);
    snprintf(name, sizeof(name), "%s: end to end, in the tallies", mode);
    figure_add(f, name, "/s", (double)records / tallied);
    snprintf(name, sizeof(name), "%s: floor, same blocks appended and synced", mode);
    figure_add(f, name, "/s", (double)records / bare);
    snprintf(name, sizeof(name), "%s: records a block", mode);
    figure_add(f, name, "", (double)records / (double)blocks);
    return (double)records / receipted;
}

/* The same stream into a site that is new and into one that holds `records` reports already. */
void
mode_long(struct figures *f, struct site *s, uint64_t records)
{
    double begin = mode_stream(f, s, "long, at first", LONG_SAMPLE, 100);
    double start = now_s();
    reports_send(s, records);
    site_await_tallies(s);
    figure_add(f, "long: reports already there", "", (double)s->made);
    figure_add(f, "long: end to end, all of them", "/s", (double)records / (now_s() - start));
    double end = mode_stream(f, s, "long, then", LONG_SAMPLE, 100);
    figure_add(f, "long: receipts then, of those at first", "", end / begin);
}

/* With the comparison: `thidua verify` beside the running site. Without: the state is thrown away,
 * and the worker makes it again, durable as ever. */
void
mode_replay(struct figures *f, struct site *s)
{
    const char *verify[] = {"verify", "--data", s->data, NULL};
    char state[PATH_ROOM + 16];
    double start = now_s();
    CHECK(site_run(s, "thidua", verify) == 0);
    figure_add(f, "replay: and comparison (thidua verify)", "/s",
               (double)s->made / (now_s() - start));
    client_free(&s->client);
    site_stop(s);
    snprintf(state, sizeof(state), "%s/state", s->data);
    CHECK(file_remove_tree(state) == ERR_OK);
    start = now_s();
    site_start(s);
    site_connect(s, 1, site_count, s);
    site_await_tallies(s);
    figure_add(f, "replay: the state made again from nothing", "/s",
               (double)s->made / (now_s() - start));
    costs_tell(f, "replay", s, &(struct costs){0}); /* all processes are new */
}
