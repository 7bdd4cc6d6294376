/* Peers that mean no good against a live broker, one attack after the other, each in a process of its own
 * (tests/lib/hostile.h), while an office that behaves goes on reporting. Nobody gets in, the broker stays
 * and stays small, and each report of that office has its receipt. TAP.
 *
 *     hostile siege BROKER PID RSS-MIB KEY WARD WORKER AUDITOR     BROKER: tcp://…#KEY; PID: the broker's
 *     hostile attack NAME BROKER WARD WORKER AUDITOR               one attack alone: exit 1, it got in
 */
#include "common/check.h"
#include "common/file.h"
#include "proto/client.h"
#include "proto/pack.h"
#include "tests/lib/hostile.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define REPORTS_LEAST 10 /* receipted during each attack, however soon it ends */
#define GIVE_UP_MS 20000 /* an office's patience; a receipt takes milliseconds */

extern char **environ;

static int tests;
static int failures;

static void
tap(bool good, const char *name, const char *detail)
{
    tests++;
    failures += !good;
    printf("%sok %d - %s%s%s\n", good ? "" : "not ", tests, name, good ? "" : ": ",
           good ? "" : detail);
    fflush(stdout);
}

/* ---- one attack ---- */

static int
attack(const char *name, const struct target *t)
{
    for (const struct attack *a = ATTACKS; a->name != NULL; a++) {
        if (strcmp(a->name, name) == 0) {
            const char *got = a->run(t);
            if (got != NULL) {
                printf("# %s got: %s\n", name, got);
            }
            return got != NULL;
        }
    }
    return 64;
}

/* ---- the siege ---- */

struct siege {
    char *self;
    char **keys; /* ward, worker, auditor */
    char *broker;
    pid_t pid;
    double rss_most_mib;
    struct client *office;
    uint64_t reports, receipts, refusals;
};

static double
rss_mib(pid_t pid)
{
    char path[64];
    struct buf text = BUF_EMPTY;
    double kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    if (file_read(path, 64u << 10, &text) == ERR_OK) {
        buf_byte(&text, 0);
        const char *at = strstr((const char *)text.data, "VmRSS:");
        kib = at == NULL ? 0 : strtod(at + 6, NULL);
    }
    buf_fini(&text);
    return kib / 1024;
}

static void
on_result(void *context, const struct client_result *result)
{
    struct siege *s = context;
    s->receipts += result->err == ERR_OK;
    s->refusals += result->err != ERR_OK;
}

/* The office's next correction of one report; with its receipt when this returns. */
static void
report(struct siege *s)
{
    struct buf b = BUF_EMPTY;
    pack_map(&b, 7);
    pack_uint(&b, 0);
    pack_uint(&b, RECORD_report);
    pack_uint(&b, 1);
    pack_uint(&b, RECORD_VERSION);
    pack_uint(&b, 3);
    pack_cstr(&b, "daily");
    pack_uint(&b, 4);
    pack_cstr(&b, "w2");
    pack_uint(&b, 5);
    pack_cstr(&b, "20211103");
    pack_uint(&b, 7);
    pack_uint(&b, client_revision(s->office));
    pack_uint(&b, 10);
    pack_map(&b, 1);
    pack_cstr(&b, "doses");
    pack_uint(&b, s->reports);
    CHECK(client_submit(s->office, slice_text("w2"), buf_slice_of(&b), s->reports++) == ERR_OK);
    client_drain(s->office);
    buf_fini(&b);
}

static pid_t
start(const struct siege *s, const struct attack *a)
{
    char *argv[] = {s->self,
                    (char[]){"attack"},
                    (char *)(uintptr_t)a->name,
                    s->broker,
                    s->keys[0],
                    s->keys[1],
                    s->keys[2],
                    NULL};
    pid_t pid;
    CHECK(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) == 0);
    return pid;
}

static void
besiege(struct siege *s, const struct attack *a)
{
    char detail[200];
    int status = 0;
    double most_mib = 0;
    uint64_t before = s->receipts, refused = s->refusals;
    pid_t pid = start(s, a);
    bool ended = false;
    while (!ended || s->receipts < before + REPORTS_LEAST) {
        double mib = rss_mib(s->pid);
        most_mib = mib > most_mib ? mib : most_mib;
        report(s);
        ended = ended || waitpid(pid, &status, WNOHANG) == pid;
        if (s->refusals > refused) {
            break;
        }
    }
    if (!ended) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    snprintf(detail, sizeof(detail), "%s: nobody got in", a->what);
    tap(WIFEXITED(status) && WEXITSTATUS(status) == 0, detail, "it did, or could not try");
    snprintf(detail, sizeof(detail), "%s: receipts keep coming", a->what);
    tap(s->refusals == refused && kill(s->pid, 0) == 0, detail, "they did not");
    printf("# %llu receipts, the broker at most %.1f MiB\n",
           (unsigned long long)(s->receipts - before), most_mib);
    snprintf(detail, sizeof(detail), "%s: the broker stays below %.0f MiB", a->what,
             s->rss_most_mib);
    tap(most_mib > 0 && most_mib < s->rss_most_mib, detail, "it grew");
}

static int
siege(char **argv)
{
    char why[256];
    struct siege s = {.self = argv[0],
                      .broker = argv[2],
                      .pid = atoi(argv[3]),
                      .rss_most_mib = strtod(argv[4], NULL),
                      .keys = argv + 6};
    s.office = client_new(
        &(struct client_options){
            .brokers = argv[2], .key_file = argv[5], .name = "office", .give_up_ms = GIVE_UP_MS},
        why);
    CHECK(s.office != NULL);
    client_on_result(s.office, on_result, &s);
    report(&s);
    tap(s.receipts == 1, "an office reports", why);
    printf("# the broker at first %.1f MiB\n", rss_mib(s.pid));
    for (const struct attack *a = ATTACKS; a->name != NULL; a++) {
        besiege(&s, a);
    }
    tap(s.receipts == s.reports, "each report of the office has a receipt", "some have none");
    client_free(&s.office);
    printf("1..%d\n", tests);
    return failures > 0;
}

int
main(int argc, char **argv)
{
    struct target t;
    if (argc == 7 && strcmp(argv[1], "attack") == 0) {
        target_open(&t, argv[3], argv[4], argv[5], argv[6]);
        return attack(argv[2], &t);
    }
    if (argc == 9 && strcmp(argv[1], "siege") == 0) {
        return siege(argv);
    }
    fprintf(stderr, "usage: hostile siege|attack ...\n");
    return 64;
}
