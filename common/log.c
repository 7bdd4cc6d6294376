/* One line an event, to stderr. A line is one write, so that processes which share a terminal or a
 * pipe do not mix theirs; it allocates nothing, so that it works when memory has ended. */
#include "common/log.h"
#include "common/period.h"
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE 4096 /* a pipe takes so many bytes whole (PIPE_BUF) */

/* Set once by log_open, before there is a second thread. */
static const char *log_process = "thidua";
static enum log_level log_least = LOG_INFO;

void
log_open(const char *process, enum log_level least)
{
    log_process = process;
    log_least = least;
}

/* Appends to a line that has room for a newline behind; what does not fit is cut at a character. */
static void
line_add(char line[LOG_LINE], const char *format, va_list args)
{
    size_t len = strlen(line);
    vsnprintf(line + len, LOG_LINE - 1 - len, format, args);
    text_cut(line);
}

/* A line feed in a value from outside would forge an event, an escape would write on a terminal. */
static void
line_write(char line[LOG_LINE])
{
    for (char *p = line; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            *p = '?';
        }
    }
    size_t len = strlen(line);
    line[len++] = '\n';
    ssize_t written;
    do {
        written = write(STDERR_FILENO, line, len);
    } while (written < 0 && errno == EINTR);
}

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    if (level < log_least) {
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char time[32];
    time_format((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, 0, time);

    char line[LOG_LINE];
    snprintf(line, sizeof line - 1, "time=%s level=%s process=%s event=%s%s", time, levels[level],
             log_process, event, format == NULL ? "" : " ");
    if (format != NULL) {
        va_list args;
        va_start(args, format);
        line_add(line, format, args);
        va_end(args);
    }
    line_write(line);
}

void
log_fatal(int code, const char *format, ...)
{
    char line[LOG_LINE];
    snprintf(line, sizeof line - 1, "%s: ", log_process);
    va_list args;
    va_start(args, format);
    line_add(line, format, args);
    va_end(args);
    line_write(line);
    exit(code);
}
