/* Runs a program of the same build. */
#include "clients/sibling.h"

#include "clients/words.h"
#include "common/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

int
sibling_run(const char *name, char *arguments[])
{
    char program[4096];
    char *folder = proc_folder();
    pid_t pid;
    int status;
    snprintf(program, sizeof program, "%s/%s", folder == NULL ? "." : folder, name);
    free(folder);
    arguments[0] = program;
    fflush(stdout);
    if (proc_start(arguments, &pid) != ERR_OK) {
        return say_code(EX_OSFILE, tr("không chạy được %s.", "%s cannot be run."), program);
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return say_code(EX_OSERR, "waitpid: %s", strerror(errno));
        }
    }
    if (WIFEXITED(status)) {
        return WEXITSTATUS(status);
    }
    return say_code(EX_SOFTWARE, tr("%s bị tín hiệu %d dừng.", "%s was ended by signal %d."),
                    program, WTERMSIG(status));
}
