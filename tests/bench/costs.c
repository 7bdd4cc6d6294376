/* What the site's processes took, as /proc tells it: see bench.h. */
#include "tests/bench/bench.h"

#include "common/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PROC_BYTES_MAX (64u << 10)

/* /proc/PID/WHAT as a C string in `text`, empty where it cannot be read. */
static const char *
proc_text(pid_t pid, const char *what, struct buf *text)
{
    char path[96];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
    if (file_read(path, PROC_BYTES_MAX, text) != ERR_OK) {
        buf_clear(text);
    }
    buf_byte(text, 0);
    return (const char *)text->data;
}

/* The number behind `label`, 0 where there is none. */
static double
number_behind(const char *text, const char *label)
{
    const char *at = strstr(text, label);
    return at == NULL ? 0 : strtod(at + strlen(label), NULL);
}

static double
cpu_seconds(const char *stat)
{
    unsigned long user = 0, system = 0;
    const char *behind = strrchr(stat, ')');
    if (behind != NULL) {
        sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void
cost_add(struct costs *costs, pid_t pid)
{
    struct buf text = BUF_EMPTY;
    if (costs->count == PROCESSES_MAX) {
        return;
    }
    struct cost *cost = &costs->of[costs->count++];
    *cost = (struct cost){.pid = pid};
    sscanf(proc_text(pid, "comm", &text), "%31s", cost->name);
    cost->cpu_s = cpu_seconds(proc_text(pid, "stat", &text));
    cost->written_mib = number_behind(proc_text(pid, "io", &text), "\nwrite_bytes:") / (1 << 20);
    proc_text(pid, "status", &text);
    cost->resident_mib = number_behind((const char *)text.data, "VmRSS:") / 1024;
    cost->anonymous_mib = number_behind((const char *)text.data, "RssAnon:") / 1024;
    buf_fini(&text);
}

void
costs_read(const struct site *s, struct costs *costs)
{
    struct buf text = BUF_EMPTY;
    char what[64];
    costs->count = 0;
    cost_add(costs, getpid());
    if (s->up != 0) {
        snprintf(what, sizeof(what), "task/%d/children", (int)s->up);
        const char *at = proc_text(s->up, what, &text);
        char *end;
        if (strtol(at, NULL, 10) == 0) {
            cost_add(costs, s->up);
        }
        for (long pid; (pid = strtol(at, &end, 10)) > 0; at = end) {
            cost_add(costs, (pid_t)pid);
        }
    }
    buf_fini(&text);
}

void
costs_tell(struct figures *f, const char *mode, const struct site *s, const struct costs *before)
{
    struct costs after;
    char name[80];
    costs_read(s, &after);
    for (uint32_t i = 0; i < after.count; i++) {
        const struct cost *cost = &after.of[i];
        struct cost was = {0};
        for (uint32_t k = 0; k < before->count; k++) {
            was = before->of[k].pid == cost->pid ? before->of[k] : was;
        }
        snprintf(name, sizeof(name), "%s: %s processor", mode, cost->name);
        figure_add(f, name, "s", cost->cpu_s - was.cpu_s);
        snprintf(name, sizeof(name), "%s: %s written", mode, cost->name);
        figure_add(f, name, "MiB", cost->written_mib - was.written_mib);
        snprintf(name, sizeof(name), "%s: %s resident", mode, cost->name);
        figure_add(f, name, "MiB", cost->resident_mib);
        snprintf(name, sizeof(name), "%s: %s anonymous", mode, cost->name);
        figure_add(f, name, "MiB", cost->anonymous_mib);
    }
}
