/* A part of a test in a process of its own, with a deadline and its stderr kept. */
#ifndef TESTS_CRASH_CHILD_H
#define TESTS_CRASH_CHILD_H

#include <stdbool.h>

typedef int child_fn(void *context); /* gives the exit code */

struct child_end {
    int status; /* exit code, or -1 */
    int signal; /* or 0; SIGALRM: it took longer than `seconds` */
    bool said;  /* anything at all on stderr */
};

/* Its stderr goes to the file `said`. */
struct child_end child_run(child_fn *fn, void *context, unsigned seconds, const char *said);
/* The file on our stderr, as a comment of TAP. */
void child_show(const char *said);

#endif
