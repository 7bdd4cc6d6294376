/* A site of the bench's own: see bench.h. Owns the temporary folder, the processes and the client. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/file.h"
#include "tests/lib/tempdir.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t
start(const struct site *s, const char *program, const char *const *arguments, const char *log)
{
    char path[PATH_ROOM];
    char *argv[16] = {path};
    snprintf(path, sizeof(path), "%s/%s", s->bin, program);
    for (int i = 0; arguments[i] != NULL && i < 14; i++) {
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    }
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a bench that fails leaves nothing running */
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd >= 0) {
            dup2(fd, STDOUT_FILENO);
            dup2(fd, STDERR_FILENO);
        }
        execv(path, argv);
        _exit(127);
    }
    return pid;
}

int
site_run(const struct site *s, const char *program, const char *const *arguments)
{
    int status = 0;
    pid_t pid = start(s, program, arguments, "/dev/null");
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void
site_open(struct site *s, const char *bin)
{
    char campaign[PATH_ROOM], units[PATH_ROOM];
    *s = (struct site){.bin = bin, .folder = tempdir_new()};
    workload_files(s->folder);
    snprintf(s->data, sizeof(s->data), "%s/site", s->folder);
    snprintf(s->endpoint, sizeof(s->endpoint), "ipc://%.4000s/run/broker", s->data);
    snprintf(campaign, sizeof(campaign), "%s/campaign.yaml", s->folder);
    snprintf(units, sizeof(units), "%s/units.csv", s->folder);
    const char *init[] = {"init",   "--data",  s->data, "--campaign",
                          campaign, "--units", units,   NULL};
    CHECK(site_run(s, "thidua", init) == 0);
}

void
site_close(struct site *s)
{
    client_free(&s->client);
    site_stop(s);
    tempdir_free(s->folder);
}

void
site_start(struct site *s)
{
    char log[PATH_ROOM];
    const char *up[] = {"up", "--data", s->data, "--clock", WORKLOAD_CLOCK, NULL};
    const char *status[] = {"status", "--data", s->data, "--wait", "60", NULL};
    snprintf(log, sizeof(log), "%s/up.log", s->folder);
    s->up = start(s, "thidua", up, log);
    CHECK(site_run(s, "thidua", status) == 0);
}

void
site_start_broker(struct site *s)
{
    char log[PATH_ROOM];
    const char *arguments[] = {"--data", s->data, NULL};
    snprintf(log, sizeof(log), "%s/broker.log", s->folder);
    s->up = start(s, "thidua-broker", arguments, log);
}

void
site_stop(struct site *s)
{
    if (s->up != 0) {
        kill(s->up, SIGTERM);
        waitpid(s->up, NULL, 0);
    }
    s->up = 0;
}

void
site_connect(struct site *s, uint32_t records, client_result_fn *fn, void *context)
{
    char why[256];
    struct client_options options = {
        .brokers = s->broker != NULL ? s->broker : s->endpoint,
        .key_file = s->key_file,
        .name = "bench",
        .batch_records = records,
        .in_flight = records == 1 ? 1024 : 64,
    };
    client_free(&s->client);
    s->client = client_new(&options, why);
    CHECK(s->client != NULL);
    client_on_result(s->client, fn, context);
}

void
site_count(void *site, const struct client_result *result)
{
    struct site *s = site;
    if (result->err != ERR_OK) {
        s->failures++;
        return;
    }
    s->receipts++;
    if (result->receipt.block > s->last_block) {
        s->last_block = result->receipt.block;
    }
}

/* A query waits at most a minute by itself; behind a long backlog it is asked again. */
void
site_await_tallies(struct site *s)
{
    struct slice body;
    struct complaint why;
    uint64_t as_of = 0;
    for (int tries = 0; tries < 20 && as_of < s->last_block; tries++) {
        enum err err =
            client_query(s->client, "state", (struct slice){0}, s->last_block, &body, &as_of, &why);
        as_of = err == ERR_OK ? as_of : 0;
    }
    CHECK(as_of >= s->last_block);
}

void
site_submit(struct site *s, uint64_t n, struct buf *body)
{
    char unit[CODE_MAX + 1];
    workload_report(n, client_revision(s->client), body, unit);
    s->record_bytes += body->len;
    while (client_submit(s->client, slice_text(unit), buf_slice_of(body), n) == ERR_AGAIN) {
        client_step(s->client, 100);
    }
}
