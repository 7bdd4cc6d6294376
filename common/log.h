/* One line an event, logfmt, to stderr:
 *     time=2021-11-05T01:00:00.123Z level=info process=broker event=listening endpoint=ipc://…
 * Keys and events are fixed words. The caller quotes values that need it; control characters become
 * '?', so that one event is one line whatever a peer put into it. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Once, before the first line. `process` is kept, not copied. */
void log_open(const char *process, enum log_level least);

/* `format` writes the rest of the line, ready as `key=value key="two words"`; may be NULL. */
void log_event(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A broken environment: "process: sentence", naming the thing and the way out, in the user's
 * language (lang.h), then exit(code), a code of sysexits.h. Not for what happens once the process
 * runs. */
_Noreturn void log_fatal(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(event, ...) log_event(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_event(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_event(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_event(LOG_ERROR, event, __VA_ARGS__)

#endif
