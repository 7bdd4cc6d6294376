/* A site of real processes, and killing them. */
#include "tests/crash/storm.h"

#include "common/buf.h"
#include "common/check.h"
#include "common/file.h"
#include "tests/crash/dice.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 64

static const char *const NAMES[VICTIM_COUNT] = {"broker", "tally", "query"};

static void
to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0) {
        _exit(98);
    }
}

int
site_run(const struct site *site, const char *program, const char *const *arguments)
{
    char path[STORM_PATH], said[STORM_PATH];
    char *argv[16] = {path};
    int status;
    snprintf(path, sizeof(path), "%s/%s", site->bin, program);
    snprintf(said, sizeof(said), "%s/said", site->folder);
    for (int i = 0; arguments[i] != NULL && i < 14; i++) {
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    }
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        to_file(said);
        execv(path, argv);
        _exit(127);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A city of a district a submitter, each of as many communes. */
static void
units_write(const char *path)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text, "code,parent,level,name\ncity,,city,Thành phố\n");
    for (int d = 0; d < SUBMITTERS; d++) {
        buf_printf(&text, "d%d,city,district,Quận %d\n", d, d);
        for (int u = 0; u < UNITS_EACH; u++) {
            buf_printf(&text, "u%d-%d,d%d,commune,Phường %d %d\n", d, u, d, d, u);
        }
    }
    CHECK(file_replace(path, buf_slice_of(&text)) == ERR_OK);
    buf_fini(&text);
}

static void
under_shim(const struct site *site, const char *fault)
{
    const char *shim = getenv("SHIM");
    if (shim == NULL || access(shim, R_OK) != 0) {
        fprintf(stderr, "storm: SHIM must name shim.so\n");
        _exit(97);
    }
    setenv("SHIM_ROOT", site->data, 1);
    setenv("SHIM_FAULT", fault, 1);
    setenv("SHIM_FIRED", site->fired, 1);
    setenv("LD_PRELOAD", shim, 1);
}

void
site_start(struct site *site, const char *folder, const char *fault)
{
    char units[STORM_PATH], program[STORM_PATH];
    snprintf(site->folder, sizeof(site->folder), "%s", folder);
    snprintf(site->data, sizeof(site->data), "%s/site", folder);
    snprintf(site->log, sizeof(site->log), "%s/up.log", folder);
    snprintf(site->fired, sizeof(site->fired), "%s/fired", folder);
    snprintf(units, sizeof(units), "%s/units.csv", folder);
    snprintf(program, sizeof(program), "%s/thidua", site->bin);
    units_write(units);
    const char *init[] = {"init",    "--data", site->data, "--campaign", site->campaign,
                          "--units", units,    "--shards", "2",          NULL};
    CHECK(site_run(site, "thidua", init) == 0);
    site->up = fork();
    CHECK(site->up >= 0);
    if (site->up == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a storm that fails leaves no site behind */
        to_file(site->log);
        if (fault != NULL) {
            under_shim(site, fault);
        }
        execl(program, program, "up", "--data", site->data, "--clock", "2021-11-29T08:00:00+07:00",
              (char *)NULL);
        _exit(127);
    }
}

/* Which of the three a process is; VICTIM_COUNT where it is none (just forked, or gone). */
static enum victim
victim_of(pid_t pid)
{
    char path[64], name[32] = "";
    snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
    FILE *in = fopen(path, "re");
    if (in != NULL) {
        (void)!fscanf(in, "thidua-%31s", name);
        fclose(in);
    }
    for (int v = 0; v < VICTIM_COUNT; v++) {
        if (strcmp(name, NAMES[v]) == 0) {
            return (enum victim)v;
        }
    }
    return VICTIM_COUNT;
}

bool
site_kill(struct site *site, uint64_t *seed)
{
    char path[64];
    int pid, pids[CHILDREN_MAX];
    uint64_t count = 0;
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)site->up, (int)site->up);
    FILE *in = fopen(path, "re");
    while (in != NULL && count < CHILDREN_MAX && fscanf(in, "%d", &pid) == 1) {
        if (victim_of(pid) != VICTIM_COUNT) {
            pids[count++] = pid;
        }
    }
    if (in != NULL) {
        fclose(in);
    }
    if (count == 0) {
        return false;
    }
    enum victim wanted = (enum victim)dice(seed, VICTIM_COUNT);
    uint64_t any = dice(seed, count), at = any;
    while (victim_of(pids[at]) != wanted && (at + 1) % count != any) {
        at = (at + 1) % count;
    }
    enum victim victim = victim_of(pids[at]);
    if (victim == VICTIM_COUNT || kill(pids[at], SIGKILL) != 0) {
        return false; /* it went by itself in between */
    }
    site->kills[victim]++;
    return true;
}

int
site_stop(struct site *site)
{
    int status;
    kill(site->up, SIGTERM);
    CHECK(waitpid(site->up, &status, 0) == site->up);
    site->up = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A line of a process that tells why it ends: an error in the log, the sentence of a start that failed,
 * or what libzmq says, in C++'s words or in those of its own checks (alloc_assert; errno_assert, which
 * names its file), when it gets no memory: it aborts us then, and that is its way. And the one end that nothing
 * went wrong for: a worker found its shard given to another by a broker that had just started, and
 * begins anew (workers/tally/worker.c, on_no_shard). */
static bool
is_word(const char *line, const char *name)
{
    char process[32], sentence[32];
    snprintf(process, sizeof(process), " process=%s ", name);
    snprintf(sentence, sizeof(sentence), "%s: ", name);
    bool told = strstr(line, "level=error") != NULL || strstr(line, " event=shard_taken ") != NULL;
    return (told && strstr(line, process) != NULL) ||
           strncmp(line, sentence, strlen(sentence)) == 0 ||
           strstr(line, "std::bad_alloc") != NULL || strstr(line, "OUT OF MEMORY (src/") != NULL ||
           strstr(line, "Cannot allocate memory (src/") != NULL;
}

static bool
is_end(const char *line, const char *name)
{
    char program[40];
    snprintf(program, sizeof(program), " program=thidua-%s ", name);
    return strstr(line, " event=child_ended ") != NULL && strstr(line, program) != NULL;
}

/* A killed process needs no words; it does not use up those of another of its kind, which may end behind
 * it. Whoever ended by itself is shown, so that a storm's log can be read by eye. */
uint64_t
site_unexplained(const struct site *site, uint64_t *ended)
{
    char line[2048], word[VICTIM_COUNT][2048] = {{0}};
    uint64_t unexplained = 0;
    FILE *in = fopen(site->log, "re");
    CHECK(in != NULL);
    *ended = 0;
    while (fgets(line, sizeof(line), in) != NULL) {
        for (int v = 0; v < VICTIM_COUNT; v++) {
            if (is_word(line, NAMES[v])) {
                memcpy(word[v], line, sizeof(line));
            }
            if (!is_end(line, NAMES[v])) {
                continue;
            }
            (*ended)++;
            if (strstr(line, " signal=9 ") == NULL) {
                printf("# ended by itself: %s#   its word: %s", line,
                       word[v][0] == '\0' ? "none\n" : word[v]);
                unexplained += word[v][0] == '\0';
                word[v][0] = '\0';
            }
        }
    }
    fclose(in);
    return unexplained;
}
