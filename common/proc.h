/* Processes: signals as events, children, who lives. */
#ifndef COMMON_PROC_H
#define COMMON_PROC_H

#include "common/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* SIGTERM, SIGINT and SIGCHLD become readable on the returned descriptor (a signalfd); SIGPIPE is
 * ignored. Call before any thread is made (libzmq makes some). -1 with errno. */
int proc_signals_open(void);
/* The next signal that came, or 0. Never blocks. */
int proc_signals_next(int fd);

/* Starts the program at the path argv[0], its signals as a shell would give them, in a process
 * group of its own: Ctrl-C on a terminal reaches the parent only, which then ends its children in
 * its own order. It gets SIGTERM when its parent dies. ERR_NOT_FOUND where there is no such
 * program; ERR_IO. */
enum err proc_start(char *const argv[], pid_t *pid) MUST_CHECK;
/* One child that ended, or 0; *status as waitpid gives it. */
pid_t proc_reap(int *status);

/* A process is its pid and its start time (clock ticks since boot, /proc/PID/stat field 22): a pid
 * alone may by now be somebody else. 0 where it cannot be read. */
uint64_t proc_start_time(pid_t pid);
/* A zombie is not alive: the kernel has taken back its memory and its locks. In doubt: alive. */
bool proc_alive(pid_t pid, uint64_t start_time);
/* Resident set in KiB, 0 where it cannot be read. */
uint64_t proc_memory_kib(pid_t pid);
/* The folder of the running program, for finding its siblings. Caller frees. */
char *proc_folder(void);

#endif
