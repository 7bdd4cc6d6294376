/* First figures of a whole site on this machine: how fast reports are receipted, how fast they are in
 * the tallies, how long a lone report waits for its receipt, how fast the journal replays, what memory
 * each process takes. Beside each, in the same run and the same folder, what a bare append-and-sync of
 * as many bytes costs: these machines are noisy, so only the ratios travel.
 *
 *     bench BIN-FOLDER CAMPAIGN UNITS [RECORDS]
 *
 * Owns its site: a temporary data directory and the `thidua up` that it starts and ends. */
#include "common/check.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/proc.h"
#include "proto/client.h"
#include "proto/pack.h"
#include "tests/lib/tempdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNITS 579
#define LONE_REPORTS 1000
#define PATH_ROOM 4400

struct bench {
    const char *bin;
    char *folder; /* temporary; the site is folder/site */
    char data[PATH_ROOM];
    char units[UNITS][CODE_MAX + 1];
    uint32_t unit_count;
    pid_t up;
    struct client *client;
    uint64_t receipts;
    uint64_t last_block;
    uint64_t failures;
    uint64_t bytes; /* of record bodies submitted */
};

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
on_result(void *context, const struct client_result *result)
{
    struct bench *b = context;
    if (result->err != ERR_OK) {
        b->failures++;
        return;
    }
    b->receipts++;
    if (result->receipt.block > b->last_block) {
        b->last_block = result->receipt.block;
    }
}

static int
run(const struct bench *b, const char *program, const char *const *arguments, bool quiet)
{
    char path[PATH_ROOM];
    char *argv[16] = {path};
    snprintf(path, sizeof(path), "%s/%s", b->bin, program);
    for (int i = 0; arguments[i] != NULL && i < 14; i++) {
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    }
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (quiet && null >= 0) {
            dup2(null, STDOUT_FILENO);
            dup2(null, STDERR_FILENO);
        }
        execv(path, argv);
        _exit(127);
    }
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void
start_site(struct bench *b, const char *campaign, const char *units)
{
    char log[PATH_ROOM];
    char program[PATH_ROOM];
    snprintf(b->data, sizeof(b->data), "%s/site", b->folder);
    const char *init[] = {"init",   "--data",  b->data, "--campaign",
                          campaign, "--units", units,   NULL};
    CHECK(run(b, "thidua", init, true) == 0);
    snprintf(log, sizeof(log), "%s/up.log", b->folder);
    snprintf(program, sizeof(program), "%s/thidua", b->bin);
    b->up = fork();
    CHECK(b->up >= 0);
    if (b->up == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) {
            dup2(fd, STDERR_FILENO);
            dup2(fd, STDOUT_FILENO);
        }
        execl(program, program, "up", "--data", b->data, "--clock", "2021-11-30T08:00:00+07:00",
              (char *)NULL);
        _exit(127);
    }
    const char *status[] = {"status", "--data", b->data, "--wait", "60", NULL};
    CHECK(run(b, "thidua", status, true) == 0);
}

/* The communes of the registry: what a ward's daily report may be about. */
static void
read_units(struct bench *b, const char *file)
{
    FILE *in = fopen(file, "re");
    char line[1024];
    CHECK(in != NULL);
    while (fgets(line, sizeof(line), in) != NULL && b->unit_count < UNITS) {
        char *comma = strchr(line, ',');
        if (comma != NULL && strstr(line, ",commune,") != NULL && comma - line <= CODE_MAX) {
            snprintf(b->units[b->unit_count++], CODE_MAX + 1, "%.*s", (int)(comma - line), line);
        }
    }
    fclose(in);
    CHECK(b->unit_count > 0);
}

/* Report number n: a commune's day of November 2021, five cells whose sums add up. */
static void
make_report(struct bench *b, uint64_t n, struct buf *body, struct slice *unit)
{
    struct buf values = BUF_EMPTY;
    char period[16];
    *unit = slice_text(b->units[n % b->unit_count]);
    snprintf(period, sizeof(period), "202111%02u", (unsigned)(1 + n / b->unit_count % 28));
    pack_map(&values, 5);
    pack_key_uint(&values, "doses", n % 97 + n % 89);
    pack_key_uint(&values, "first-doses", n % 97);
    pack_key_uint(&values, "second-doses", n % 89);
    pack_key_uint(&values, "further-doses", 0);
    pack_key_uint(&values, "new-cases", n % 5);
    struct record_report report = {
        .form = slice_text("ward-daily"),
        .unit = *unit,
        .period = slice_text(period),
        .revision = client_revision(b->client),
        .values = buf_slice_of(&values),
    };
    buf_clear(body);
    record_encode_report(&report, body);
    buf_fini(&values);
}

static void
submit(struct bench *b, uint64_t n, struct buf *body)
{
    struct slice unit;
    make_report(b, n, body, &unit);
    b->bytes += body->len;
    while (client_submit(b->client, unit, buf_slice_of(body), n) == ERR_AGAIN) {
        client_step(b->client, 100);
    }
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
percentiles(const char *name, double *seconds, size_t n)
{
    qsort(seconds, n, sizeof(*seconds), compare_doubles);
    printf("%-34s p50 %8.3f ms   p99 %8.3f ms\n", name, seconds[n / 2] * 1e3,
           seconds[n * 99 / 100] * 1e3);
}

/* The disk's own price: `n` appends of `size` bytes, each synced; seconds for each in `took`. */
static double
bare_append(const struct bench *b, size_t n, size_t size, double *took)
{
    char path[PATH_ROOM];
    uint8_t *bytes = mem_alloc(size);
    snprintf(path, sizeof(path), "%s/bare", b->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    double start = now_s();
    for (size_t i = 0; i < n; i++) {
        double at = now_s();
        CHECK(write(fd, bytes, size) == (ssize_t)size && fdatasync(fd) == 0);
        if (took != NULL) {
            took[i] = now_s() - at;
        }
    }
    double total = now_s() - start;
    close(fd);
    unlink(path);
    free(bytes);
    return total;
}

static uint64_t
position_wait(struct bench *b)
{
    struct slice body;
    uint64_t as_of = 0;
    struct complaint why;
    enum err err =
        client_query(b->client, "state", (struct slice){0}, b->last_block, &body, &as_of, &why);
    CHECK(err == ERR_OK);
    return as_of;
}

static void
lone_reports(struct bench *b)
{
    static double took[LONE_REPORTS];
    struct buf body = BUF_EMPTY;
    for (uint64_t n = 0; n < LONE_REPORTS; n++) {
        double start = now_s();
        submit(b, n, &body);
        client_drain(b->client);
        took[n] = now_s() - start;
    }
    percentiles("a lone report's receipt", took, LONE_REPORTS);
    bare_append(b, LONE_REPORTS, body.len, took);
    percentiles("bare append and sync of as much", took, LONE_REPORTS);
    buf_fini(&body);
}

static void
stream(struct bench *b, uint64_t records)
{
    struct buf body = BUF_EMPTY;
    uint64_t block_before = b->last_block;
    uint64_t bytes_before = b->bytes;
    double start = now_s();
    for (uint64_t n = 0; n < records; n++) {
        submit(b, LONE_REPORTS + n, &body);
    }
    client_drain(b->client);
    double receipted = now_s() - start;
    position_wait(b);
    double tallied = now_s() - start;
    uint64_t blocks = b->last_block - block_before;
    size_t block_bytes = (b->bytes - bytes_before) / (blocks > 0 ? blocks : 1);
    double bare = bare_append(b, blocks, block_bytes, NULL);
    printf("%-34s %10.0f /s\n", "receipts", (double)records / receipted);
    printf("%-34s %10.0f /s   (%llu blocks of %zu bytes; ratio to receipts %.2f)\n",
           "bare append and sync, as records", (double)records / bare, (unsigned long long)blocks,
           block_bytes, receipted / bare);
    printf("%-34s %10.0f /s   (ratio to receipts %.2f)\n", "end to end: in the tallies",
           (double)records / tallied, tallied / receipted);
    buf_fini(&body);
}

static void
replay(struct bench *b, uint64_t records)
{
    const char *verify[] = {"verify", "--data", b->data, NULL};
    double start = now_s();
    int status = run(b, "thidua", verify, true);
    printf("%-34s %10.0f /s   (thidua verify, exit %d, %.1f s)\n", "replay and comparison",
           (double)records / (now_s() - start), status, now_s() - start);
}

/* The children of `up`, as /proc tells them. */
static void
memory(struct bench *b)
{
    char path[64];
    char name[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)b->up, (int)b->up);
    FILE *in = fopen(path, "re");
    int pid;
    while (in != NULL && fscanf(in, "%d", &pid) == 1) {
        struct buf comm = BUF_EMPTY;
        snprintf(path, sizeof(path), "/proc/%d/comm", pid);
        if (file_read(path, 64, &comm) == ERR_OK && comm.len > 1) {
            snprintf(name, sizeof(name), "memory of %.*s", (int)comm.len - 1, (char *)comm.data);
            printf("%-34s %10.1f MiB resident\n", name, (double)proc_memory_kib(pid) / 1024);
        }
        buf_fini(&comm);
    }
    if (in != NULL) {
        fclose(in);
    }
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: bench BIN-FOLDER CAMPAIGN UNITS [RECORDS]\n");
        return 64;
    }
    struct bench b = {.bin = argv[1], .folder = tempdir_new()};
    uint64_t records = argc > 4 ? strtoull(argv[4], NULL, 10) : 100000;
    char endpoint[PATH_ROOM + 32];
    char why[256];
    read_units(&b, argv[3]);
    start_site(&b, argv[2], argv[3]);
    snprintf(endpoint, sizeof(endpoint), "ipc://%s/run/broker", b.data);
    b.client = client_new(&(struct client_options){.brokers = endpoint, .name = "bench"}, why);
    CHECK(b.client != NULL);
    client_on_result(b.client, on_result, &b);
    lone_reports(&b);
    stream(&b, records);
    replay(&b, records + LONE_REPORTS);
    memory(&b);
    printf("%-34s %10llu of %llu\n", "receipts that failed", (unsigned long long)b.failures,
           (unsigned long long)(records + LONE_REPORTS));
    client_free(&b.client);
    kill(b.up, SIGTERM);
    waitpid(b.up, NULL, 0);
    tempdir_free(b.folder);
    return b.failures == 0 ? 0 : 1;
}
