/* A storm of kill -9: four submitters send reports to a site of two shards, while its broker, tally
 * workers and query worker are killed at moments that the seed chooses, counted in receipts. Then every
 * receipt must be in the journal with its bytes, every record must have had one effect, and the tallies
 * must be what the submitters know. With a FAULT (shim.h), one process of the site meets it instead.
 *
 *     storm BIN-FOLDER CAMPAIGN KILLS REPORTS [SEED [FAULT]]
 *
 * TAP. Nothing waits for ever: without a receipt for STALLED_S it is over. */
#include "tests/crash/storm.h"

#include "common/check.h"
#include "common/log.h"
#include "common/mem.h"
#include "proto/pack.h"
#include "tests/crash/dice.h"
#include "tests/lib/tempdir.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define STALLED_S 90
#define VERIFY_S 600
#define GIVE_UP_MS 600000 /* beyond STALLED_S: no record may be given up before the test is */
#define STEP_MS 2

uint64_t
bytes_hash(struct slice bytes)
{
    return XXH3_64bits(bytes.data, bytes.len);
}

double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
on_result(void *context, const struct client_result *result)
{
    struct storm *storm = context;
    if (result->err != ERR_OK) {
        printf("# record %" PRIu64 ": %s %s\n", result->tag, err_name(result->err),
               code_text(result->why.code));
        storm->refused++;
        return;
    }
    storm->sent[result->tag].receipt = result->receipt;
    storm->receipts++;
    storm->progress_s = now_s();
    if (result->receipt.block > storm->last_block) {
        storm->last_block = result->receipt.block;
    }
}

static void
submitters_open(struct storm *storm)
{
    char endpoint[STORM_PATH], why[256];
    snprintf(endpoint, sizeof(endpoint), "ipc://%s/run/broker", storm->site.data);
    for (int i = 0; i < SUBMITTERS; i++) {
        struct submitter *s = &storm->submitters[i];
        snprintf(s->revision_file, sizeof(s->revision_file), "%s/revision-%d", storm->site.folder,
                 i);
        struct client_options options = {.brokers = endpoint,
                                         .name = "storm",
                                         .revision_file = s->revision_file,
                                         .in_flight = 8,
                                         .batch_records = 50,
                                         .give_up_ms = GIVE_UP_MS};
        s->client = client_new(&options, why);
        CHECK(s->client != NULL);
        client_on_result(s->client, on_result, storm);
    }
}

/* The next report of a submitter: a unit of its own, a day, two numbers and their sum. */
static void
report_make(struct storm *storm, int number, struct newest *report, char unit[16])
{
    struct submitter *s = &storm->submitters[number];
    uint64_t key = dice(&storm->seed, KEYS);
    char period[16];
    struct buf values = BUF_EMPTY;
    *report = (struct newest){.revision = client_revision(s->client),
                              .first = (uint32_t)dice(&storm->seed, 1000),
                              .second = (uint32_t)dice(&storm->seed, 1000)};
    CHECK(report->revision != 0);
    snprintf(unit, 16, "u%d-%u", number, (unsigned)(key / DAYS));
    snprintf(period, sizeof(period), "202111%02u", 1 + (unsigned)(key % DAYS));
    pack_map(&values, 3);
    pack_key_uint(&values, "doses", report->first + report->second);
    pack_key_uint(&values, "first", report->first);
    pack_key_uint(&values, "second", report->second);
    struct record_report record = {.form = slice_text("daily"),
                                   .unit = slice_text(unit),
                                   .period = slice_text(period),
                                   .revision = report->revision,
                                   .values = buf_slice_of(&values)};
    buf_clear(&storm->body);
    record_encode_report(&record, &storm->body);
    buf_fini(&values);
    s->newest[key] = *report;
}

/* Kills when as many records are sent as the seed says: one kill in each part of the whole, anywhere in
 * it. Others are on their way then, so that it meets the broker at work. */
static void
kill_perhaps(struct storm *storm)
{
    uint64_t part = storm->reports / (storm->kills + 1);
    if (storm->killed == storm->kills || storm->next < storm->kill_at) {
        return;
    }
    if (site_kill(&storm->site, &storm->seed)) {
        storm->killed++;
        storm->kill_at = storm->killed * part + dice(&storm->seed, part);
    }
}

static void
submit(struct storm *storm, int number)
{
    struct newest report;
    char unit[16];
    struct client *client = storm->submitters[number].client;
    report_make(storm, number, &report, unit);
    uint64_t tag = storm->next++;
    storm->sent[tag].hash = bytes_hash(buf_slice_of(&storm->body));
    storm->submitters[number].sent++;
    while (client_submit(client, slice_text(unit), buf_slice_of(&storm->body), tag) == ERR_AGAIN) {
        client_step(client, STEP_MS);
        CHECK(now_s() - storm->progress_s < STALLED_S);
    }
    kill_perhaps(storm);
}

/* Until every report has its receipt; false where they stay away. */
static bool
storm_blow(struct storm *storm)
{
    storm->progress_s = now_s();
    while (storm->receipts + storm->refused < storm->reports) {
        for (int i = 0; i < SUBMITTERS; i++) {
            for (int n = 0; n < 50 && storm->next < storm->reports &&
                            client_pending(storm->submitters[i].client) < 400;
                 n++) {
                submit(storm, i);
            }
            if (storm->next == storm->reports) {
                client_flush(storm->submitters[i].client);
            }
            client_step(storm->submitters[i].client, STEP_MS);
        }
        if (now_s() - storm->progress_s > STALLED_S) {
            printf("# no receipt for %d s\n", STALLED_S);
            return false;
        }
    }
    return storm->refused == 0 && storm->killed == storm->kills;
}

static bool
whole_again(struct storm *storm)
{
    const char *status[] = {"status", "--data", storm->site.data, "--wait", "90", NULL};
    return told(site_run(&storm->site, "thidua", status) == 0, "the site is whole again");
}

static bool
proof(struct storm *storm)
{
    const struct site *site = &storm->site;
    const char *verify[] = {"verify", "--data", site->data, "--quiet", NULL};
    uint64_t records, ended;
    bool good = whole_again(storm);
    good = check_receipts(storm, &records) && good;
    good = check_asked(storm) && good;
    good = check_verdicts(storm, records) && good;
    good = check_tallies(storm) && good;
    good = told(site_run(site, "thidua", verify) == 0, "a replay gives the same state") && good;
    good = told(site_stop(&storm->site) == 0, "the site stops in order") && good;
    uint64_t unexplained = site_unexplained(site, &ended);
    return told(unexplained == 0,
                "what ended says why: %" PRIu64 " ends, %" PRIu64 " without a word", ended,
                unexplained) &&
           good;
}

static void
show_log(const struct site *site)
{
    char command[STORM_PATH];
    snprintf(command, sizeof(command), "tail -n 40 '%s' '%s/said' | sed 's/^/# /'", site->log,
             site->folder);
    fflush(stdout);
    (void)!system(command);
}

int
main(int argc, char **argv)
{
    static struct storm storm;
    CHECK(argc >= 5);
    log_open("storm", LOG_WARN);
    storm.site.bin = argv[1];
    storm.site.campaign = argv[2];
    storm.kills = strtoull(argv[3], NULL, 10);
    storm.reports = strtoull(argv[4], NULL, 10);
    uint64_t seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
    const char *fault = argc > 6 ? argv[6] : NULL;
    storm.seed = seed;
    storm.sent = mem_alloc(storm.reports * sizeof(*storm.sent));
    char *folder = tempdir_new();
    double began = now_s();
    site_start(&storm.site, folder, fault);
    bool good = whole_again(&storm);
    submitters_open(&storm);
    double blew = now_s();
    bool blown = storm_blow(&storm);
    blew = now_s() - blew;
    good = told(blown,
                "%" PRIu64 " reports, a receipt each, in spite of %" PRIu64 " kills (seed %" PRIu64
                ")",
                storm.reports, storm.kills, seed) &&
           good;
    good = blown && proof(&storm) && good;
    if (fault != NULL) {
        good = told(access(storm.site.fired, F_OK) == 0, "it came to the fault: %s", fault) && good;
    }
    const uint64_t *kills = storm.site.kills;
    printf("# killed: broker %" PRIu64 ", tally %" PRIu64 ", query %" PRIu64 "; %" PRIu64
           " receipts checked; %.1f s of storm, %.1f s in all\n1..%u\n",
           kills[VICTIM_BROKER], kills[VICTIM_TALLY], kills[VICTIM_QUERY], storm.receipts, blew,
           now_s() - began, checks_told());
    if (!good) {
        show_log(&storm.site);
    }
    for (int i = 0; i < SUBMITTERS; i++) {
        client_free(&storm.submitters[i].client);
    }
    if (storm.site.up != 0) {
        site_stop(&storm.site);
    }
    buf_fini(&storm.body);
    free(storm.sent);
    tempdir_free(folder);
    return !good;
}
