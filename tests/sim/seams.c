/* What the product's processes ask of the machine, answered by the run: the linker (--wrap) sends these
 * calls here. Everything else of them is the product's own. */
#include "common/check.h"
#include "common/clock.h"
#include "common/proc.h"
#include "tests/sim/sim.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

struct clock __wrap_clock_real(int64_t offset_us);
enum err __wrap_file_make_folder(const char *path);
enum err __wrap_state_lmdb_open_sized(const char *folder, enum state_lmdb_mode mode,
                                      uint64_t map_bytes, struct state **state);
int __wrap_proc_signals_open(void);
int __wrap_proc_signals_next(int fd);
uint64_t __wrap_proc_start_time(pid_t pid);
pid_t __wrap_getpid(void);
pid_t __real_getpid(void);
int __wrap_close(int fd);
int __real_close(int fd);
void __wrap_check_failed(const char *expression, const char *file, int line);

#define SIGNALS_FD 100000 /* no descriptor: nothing is opened, nothing closed */

static int64_t
run_wall_us(struct clock *clock)
{
    return the_sim->now_us + clock->offset_us;
}

static int64_t
run_mono_us(struct clock *clock)
{
    (void)clock;
    return the_sim->now_us;
}

struct clock
__wrap_clock_real(int64_t offset_us)
{
    return (struct clock){.wall_us = run_wall_us, .mono_us = run_mono_us, .offset_us = offset_us};
}

enum err
__wrap_file_make_folder(const char *path)
{
    (void)path;
    return ERR_EXISTS;
}

enum err
__wrap_state_lmdb_open_sized(const char *folder, enum state_lmdb_mode mode, uint64_t map_bytes,
                             struct state **state)
{
    (void)map_bytes;
    const char *name = strrchr(folder, '/');
    CHECK(mode == STATE_WRITE && name != NULL);
    struct disk *disk = &the_sim->disks[strtoul(name + 1, NULL, 10)];
    ((struct worker_node *)the_sim->current)->disk = disk;
    *state = disk_open(disk);
    return ERR_OK;
}

int
__wrap_proc_signals_open(void)
{
    return SIGNALS_FD;
}

int
__wrap_proc_signals_next(int fd)
{
    (void)fd;
    bool term = the_sim->current->term;
    the_sim->current->term = false;
    return term ? SIGTERM : 0;
}

uint64_t
__wrap_proc_start_time(pid_t pid)
{
    return (uint64_t)pid;
}

pid_t
__wrap_getpid(void)
{
    return the_sim == NULL ? __real_getpid() : (pid_t)the_sim->current->pid;
}

int
__wrap_close(int fd)
{
    return fd == SIGNALS_FD ? 0 : __real_close(fd);
}

/* The product found its own invariant broken: that is a violation too, and nothing can go on. */
void
__wrap_check_failed(const char *expression, const char *file, int line)
{
    printf("seed %llu: the product's own check failed at %s:%d: %s\n",
           (unsigned long long)the_sim->seed, file, line, expression);
    fflush(stdout);
    _exit(1);
}
