/* thidua verify: the tally worker's own program replays the journal and compares; found beside this one,
 * so that both are of one build. */
#include "clients/options.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
verb_verify(int argc, char **argv)
{
    struct options o;
    char program[4096];
    const char *from = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("from", "BACKUP", &from, false, "bắt đầu từ trạng thái trong bản sao lưu này",
                    "begin with the states in this backup"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    char *folder = proc_folder();
    snprintf(program, sizeof program, "%s/thidua-tally", folder == NULL ? "." : folder);
    free(folder);
    char *arguments[10] = {program, (char *)"--verify", (char *)"--data", (char *)o.data};
    int n = 4;
    if (o.json) {
        arguments[n++] = (char *)"--json";
    }
    if (o.quiet) {
        arguments[n++] = (char *)"--quiet";
    }
    if (from != NULL) {
        arguments[n++] = (char *)"--from";
        arguments[n++] = (char *)from;
    }
    fflush(stdout);
    execv(program, arguments);
    return say_code(EX_OSFILE, tr("không chạy được %s: %s.", "%s cannot be run: %s."), program,
                    strerror(errno));
}
