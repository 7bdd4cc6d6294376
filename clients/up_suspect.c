/* Deaths and what follows from them: see up_suspect.h. */
#include "clients/up_suspect.h"

#include "proto/records.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sysexits.h>

/* NULL: not by its own fault. */
static const char *
own_fault(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV";
    case SIGABRT:
        return "SIGABRT";
    case SIGBUS:
        return "SIGBUS";
    case SIGFPE:
        return "SIGFPE";
    case SIGILL:
        return "SIGILL";
    default:
        return NULL;
    }
}

bool
suspect_died(struct suspect *s, int status, uint64_t note)
{
    if (!WIFSIGNALED(status) || own_fault(WTERMSIG(status)) == NULL) {
        return false;
    }
    if (s->careful && note != 0 && note == s->record) {
        s->accused = note;
        s->signal = WTERMSIG(status);
    }
    s->careful = true;
    s->record = note;
    return s->accused != 0;
}

bool
suspect_accused(const struct suspect *s, char text[SUSPECT_TEXT])
{
    char receipt[RECEIPT_TEXT];
    if (s->accused == 0) {
        return false;
    }
    receipt_format(receipt_of_number(s->accused), receipt);
    snprintf(text, SUSPECT_TEXT, "%s:%s", receipt, own_fault(s->signal));
    return true;
}

/* No answer (69, 75, a signal): it is asked again. Refused: the worker is tried again instead, for the
 * journal may be another by now, and its deaths will say. */
void
suspect_told(struct suspect *s, int status)
{
    if (WIFEXITED(status) && (WEXITSTATUS(status) == EX_OK || WEXITSTATUS(status) == EX_DATAERR)) {
        s->accused = 0;
        s->record = 0;
    }
}
