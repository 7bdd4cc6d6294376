/* How long an office waits for its receipts over the network while others attack, beside how long it
 * waits while nobody does, in turns: see bench.h. The attacks are those of tests/lib/hostile.h, each in
 * a process of its own. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "tests/lib/hostile.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#define SAMPLES_MAX 20000
#define QUIET_REPORTS 500 /* between two attacks */
#define SHORT_REPORTS 100 /* at least, however soon an attack ends */

extern char **environ;

struct siege {
    struct site *site;
    struct buf body;
    char endpoint[ENDPOINT_MAX], keys[4][PATH_ROOM + 64]; /* office, ward, worker, auditor */
    double times[SAMPLES_MAX], quiet[SAMPLES_MAX];
    size_t times_count, quiet_count;
};

static void
report(struct siege *g, double *times, size_t *count)
{
    double start = now_s();
    site_submit(g->site, g->site->made++, &g->body);
    client_drain(g->site->client);
    if (*count < SAMPLES_MAX) {
        times[(*count)++] = now_s() - start;
    }
}

static pid_t
start(struct siege *g, const char *name)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof(path), "%s/../tests/hostile", g->site->bin);
    char *argv[] = {path,
                    (char[]){"attack"},
                    (char *)(uintptr_t)name,
                    g->endpoint,
                    g->keys[1],
                    g->keys[2],
                    g->keys[3],
                    NULL};
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
    CHECK(posix_spawn(&pid, path, &actions, NULL, argv, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void
attacked(struct siege *g, struct figures *f, const struct attack *a)
{
    int status = 0;
    char name[80];
    for (int i = 0; i < QUIET_REPORTS; i++) {
        report(g, g->quiet, &g->quiet_count);
    }
    g->times_count = 0;
    pid_t pid = start(g, a->name);
    bool ended = false;
    while (!ended || g->times_count < SHORT_REPORTS) {
        report(g, g->times, &g->times_count);
        ended = ended || waitpid(pid, &status, WNOHANG) == pid;
    }
    g->site->failures += WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
    snprintf(name, sizeof(name), "receipt, %s", a->what);
    figure_add_times(f, name, g->times, g->times_count);
}

static void
let_in(struct siege *g)
{
    static const char *const names[4] = {"office", "ward", "worker", "auditor"};
    static const char *const roles[4] = {"ingest, auditor", "submitter", "worker", "auditor"};
    FILE *out = network_access_begin(g->site);
    for (int i = 0; i < 4; i++) {
        struct curve_key key;
        network_key(g->site, names[i], &key);
        snprintf(g->keys[i], sizeof(g->keys[i]), "%s/%s.key", g->site->folder, names[i]);
        network_access_add(out, &key, roles[i], i == 0 ? "city/" : i == 1 ? "commune-00001" : "");
    }
    network_access_end(g->site, out);
    network_endpoint(g->site, g->endpoint);
}

void
mode_hostile(struct figures *f, struct site *s, uint64_t records)
{
    (void)records;
    static struct siege g;
    g = (struct siege){.site = s};
    let_in(&g);
    s->broker = g.endpoint;
    s->key_file = g.keys[0];
    site_connect(s, 1, site_count, s);
    report(&g, g.quiet, &g.quiet_count);
    g.quiet_count = 0;
    for (const struct attack *a = ATTACKS; a->name != NULL; a++) {
        attacked(&g, f, a);
    }
    figure_add_times(f, "receipt, nobody attacks, in turns with those", g.quiet, g.quiet_count);
    s->broker = s->key_file = NULL;
    buf_fini(&g.body);
}
