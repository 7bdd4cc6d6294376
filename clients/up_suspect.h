/* Which record a tally worker dies of, seen from outside: by the signal that ended it and the note
 * that it left (common/note.h, receipt_number). A pure function of deaths.
 *
 *     clean ── own fault, any record ──▶ careful, that record suspected
 *     careful ── own fault, the suspected record ──▶ that record accused
 *     careful ── own fault, another record ──▶ careful, that other record suspected
 *     accused ── the broker has journalled the quarantine, or refuses it ──▶ careful
 *
 * Own fault is SIGSEGV, SIGABRT, SIGBUS, SIGFPE and SIGILL. Whatever else ends a worker, SIGKILL and
 * SIGTERM first, says nothing about a record and moves nothing. */
#ifndef CLIENTS_UP_SUSPECT_H
#define CLIENTS_UP_SUSPECT_H

#include <stdbool.h>
#include <stdint.h>

struct suspect {
    bool careful;     /* the next worker is to be started so; once true it stays: a careful worker
                         is as fast as any when its backlog is gone */
    uint64_t record;  /* in hand at the last death by own fault; 0: none */
    uint64_t accused; /* a record to be quarantined; 0: none */
    int signal;       /* that ended the worker then */
};

#define SUSPECT_TEXT 64

/* A worker ended with `status` (waitpid's) and left `note`. True: a record is accused now. */
bool suspect_died(struct suspect *s, int status, uint64_t note);
/* Whether a record is accused: "18231.7:SIGSEGV". */
bool suspect_accused(const struct suspect *s, char text[SUSPECT_TEXT]);
/* Who told the broker of it ended with `status`. */
void suspect_told(struct suspect *s, int status);

#endif
