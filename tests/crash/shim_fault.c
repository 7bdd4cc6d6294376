/* Faults at the Nth call of a kind: counted in memory that children of a fork share, so that the
 * parent may ask whether it came to that. */
#include "tests/crash/shim_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct shim_shared *shared;
static enum shim_call armed_call;
static uint64_t armed_n; /* 0: not armed */
static int armed_action;
static bool ends_after; /* the call that is being made is the one */
static const char *fired_file;

static const char *const CALLS[CALL_COUNT] = {"write", "sync", "open", "name", "socket", "memory"};
static const struct {
    const char *name;
    int action;
} ACTIONS[] = {
    {"EIO", EIO},
    {"ENOSPC", ENOSPC},
    {"EMFILE", EMFILE},
    {"ENOMEM", ENOMEM},
    {"half", ACTION_HALF},
    {"kill-before", ACTION_KILL_BEFORE},
    {"kill-after", ACTION_KILL_AFTER},
};

struct shim_shared *
shim_look(void)
{
    if (shared == NULL) {
        void *page = (void *)syscall(SYS_mmap, NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0L);
        if (page == MAP_FAILED) {
            abort();
        }
        shared = page;
    }
    return shared;
}

void
shim_arm(enum shim_call call, uint64_t n, int action)
{
    memset(shim_look()->calls, 0, sizeof(shared->calls));
    shared->fired = false;
    armed_call = call;
    armed_action = action;
    armed_n = n;
}

void
shim_mark(unsigned which, uint64_t value)
{
    shim_look()->marks[which] = value;
    log_entry((struct shim_entry){.kind = SHIM_MARK, .ino = which, .at = value}, NULL, NULL, NULL);
}

/* Once over all processes and restarts, where there is a file to say so. */
static bool
fire_once(void)
{
    if (fired_file != NULL) {
        long fd = syscall(SYS_openat, AT_FDCWD, fired_file, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0) {
            return false;
        }
        syscall(SYS_close, fd);
    }
    shared->fired = true;
    return true;
}

_Noreturn static void
end_here(void)
{
    for (;;) { /* the signal may take a moment to be seen by this thread */
        syscall(SYS_kill, getpid(), SIGKILL);
    }
}

int
fault_before(enum shim_call call)
{
    if (armed_n == 0) {
        return 0;
    }
    uint64_t n = __atomic_add_fetch(&shared->calls[call], 1, __ATOMIC_RELAXED);
    if (call != armed_call || n != armed_n || !fire_once()) {
        return 0;
    }
    if (armed_action == ACTION_KILL_BEFORE) {
        end_here();
    }
    ends_after = armed_action == ACTION_KILL_AFTER;
    return ends_after ? 0 : armed_action;
}

void
fault_after(enum shim_call call)
{
    if (ends_after && call == armed_call) {
        end_here();
    }
}

/* CALL:N:ACTION[:PROGRAM]; a shim that misunderstood would make a test that cannot fail. */
static void
arm_by_text(const char *text)
{
    char call[16], action[16], program[64] = "";
    unsigned long n;
    if (sscanf(text, "%15[^:]:%lu:%15[^:]:%63s", call, &n, action, program) < 3) {
        abort();
    }
    if (*program != '\0' && strcmp(program, program_invocation_short_name) != 0) {
        return;
    }
    for (int c = 0; c < CALL_COUNT; c++) {
        for (size_t a = 0; a < sizeof(ACTIONS) / sizeof(ACTIONS[0]); a++) {
            if (strcmp(call, CALLS[c]) == 0 && strcmp(action, ACTIONS[a].name) == 0) {
                shim_arm((enum shim_call)c, n, ACTIONS[a].action);
                return;
            }
        }
    }
    abort();
}

__attribute__((constructor)) static void
by_environment(void)
{
    const char *root = getenv("SHIM_ROOT");
    const char *fault = getenv("SHIM_FAULT");
    fired_file = getenv("SHIM_FIRED");
    shim_look();
    if (root != NULL) {
        shim_watch(root);
    }
    if (fault != NULL) {
        arm_by_text(fault);
    }
}
