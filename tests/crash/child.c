/* See child.h. */
#include "tests/crash/child.h"

#include "common/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct child_end
child_run(child_fn *fn, void *context, unsigned seconds, const char *said)
{
    struct child_end end = {.status = -1};
    struct stat st = {0};
    int status;
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || dup2(fd, STDERR_FILENO) < 0) {
            _exit(99);
        }
        signal(SIGALRM, SIG_DFL);
        alarm(seconds);
        _exit(fn(context));
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status)) {
        end.status = WEXITSTATUS(status);
    } else {
        end.signal = WTERMSIG(status);
    }
    end.said = stat(said, &st) == 0 && st.st_size > 0;
    return end;
}

void
child_show(const char *said)
{
    char line[600];
    FILE *in = fopen(said, "re");
    while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
        fprintf(stderr, "#   %s", line);
    }
    if (in != NULL) {
        fclose(in);
    }
}
