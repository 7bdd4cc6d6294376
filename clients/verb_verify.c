/* thidua verify: first the journal's files, every checksum, link and seal; then the tally worker's own
 * program replays it and compares. Both programs are found beside this one, so that all are of one build. */
#include "clients/journal_prove.h"
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
    code = journal_check_run(&o, true);
    if (code != 0 && code != EX_NOINPUT) { /* no block yet, or no site: the replay has its words */
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
