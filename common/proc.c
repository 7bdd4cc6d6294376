/* Processes: signals as events, children, who lives. What is known of another process is read from
 * /proc at the moment of asking and never kept. */
#include "common/proc.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int
proc_signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    /* An inherited SIG_IGN of SIGCHLD would reap children before we could ask how they ended. */
    if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int
proc_signals_next(int fd)
{
    struct signalfd_siginfo info;
    ssize_t got;
    do {
        got = read(fd, &info, sizeof info);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

/* Between fork and exec only calls that are safe after fork in a program with threads. Tells the
 * errno of what failed through `report`, which a successful exec closes. */
_Noreturn static void
child_run(char *const argv[], pid_t parent, int report)
{
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL); /* fails for SIGKILL and the like, which have no other */
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0) {
        /* A parent that died before the prctl will send no signal. */
        if (getppid() != parent) {
            _exit(0);
        }
        execv(argv[0], argv);
    }
    int reason = errno;
    ssize_t ignored = write(report, &reason, sizeof reason);
    (void)ignored;
    _exit(127);
}

/* 0 once the exec has closed the pipe, else the errno that came through it. */
static int
child_outcome(int report)
{
    int reason = 0;
    ssize_t got;
    do {
        got = read(report, &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof reason ? reason : 0;
}

static enum err
start_failed(const char *program, int reason)
{
    log_error("start_failed", "program=\"%s\" error=\"%s\"", program, strerror(reason));
    return reason == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

enum err
proc_start(char *const argv[], pid_t *pid)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        return start_failed(argv[0], errno);
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        child_run(argv, parent, report[1]);
    }
    int reason = child < 0 ? errno : 0;
    close(report[1]);
    if (child > 0) {
        reason = child_outcome(report[0]);
        if (reason != 0) {
            /* It never became the program: nobody shall see it end. */
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
            }
        }
    }
    close(report[0]);
    if (reason != 0) {
        return start_failed(argv[0], reason);
    }
    *pid = child;
    return ERR_OK;
}

pid_t
proc_reap(int *status)
{
    pid_t pid;
    do {
        pid = waitpid(-1, status, WNOHANG);
    } while (pid < 0 && errno == EINTR);
    return pid > 0 ? pid : 0;
}

/* The text of /proc/PID/name, cut to `size`. */
static bool
proc_read(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* State (field 3) and start time (field 22) of /proc/PID/stat. */
static bool
proc_stat(pid_t pid, char *state, uint64_t *start_time)
{
    char text[1024];
    if (!proc_read(pid, "stat", text, sizeof text)) {
        return false;
    }
    /* The program's name stands in parentheses and may hold anything, also parentheses. */
    const char *at = strrchr(text, ')');
    return at != NULL && sscanf(at,
                                ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                                "%*s %*s %*s %" SCNu64,
                                state, start_time) == 2;
}

uint64_t
proc_start_time(pid_t pid)
{
    char state;
    uint64_t start_time;
    return proc_stat(pid, &state, &start_time) ? start_time : 0;
}

bool
proc_alive(pid_t pid, uint64_t start_time)
{
    char state;
    uint64_t start_now;
    if (pid <= 0) {
        return false;
    }
    if (!proc_stat(pid, &state, &start_now)) {
        /* Hidden from us (hidepid) is not dead: only the kernel's word is. */
        return kill(pid, 0) == 0 || errno == EPERM;
    }
    /* A zombie has ended: its memory, files and locks are given back. */
    return state != 'Z' && state != 'X' && (start_time == 0 || start_time == start_now);
}

uint64_t
proc_memory_kib(pid_t pid)
{
    char text[256];
    uint64_t resident;
    if (!proc_read(pid, "statm", text, sizeof text) ||
        sscanf(text, "%*s %" SCNu64, &resident) != 1) {
        return 0;
    }
    return resident * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
}

char *
proc_folder(void)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return mem_text(".");
    }
    slash[slash == path ? 1 : 0] = '\0';
    return mem_text(path);
}
