/* CSV files, row by row, of any length: memory holds one row. libcsv splits the cells (RFC 4180:
 * commas, cells in quotes with commas, quotes and lines inside); this adds what a message to a
 * clerk needs: the line that a row begins on, limits (clients/limits.h), and going on after a bad
 * row. A byte order mark is skipped, lines end in LF or CRLF, empty lines are nothing, spaces
 * around a cell that is not quoted are not part of it. Bytes are given as they are: what must be
 * UTF-8 is the caller's to check. */
#ifndef CLIENTS_CSV_H
#define CLIENTS_CSV_H

#include "common/err.h"
#include "proto/codes.h"

#include <stdio.h>

struct csv_row {
    uint32_t line;             /* of the row's first character, from 1 */
    uint64_t end;              /* bytes of the file up to here, for progress */
    const struct slice *cells; /* until the function returns */
    uint32_t count;            /* at least 1 */
};

struct csv_handler {
    /* False ends the reading. */
    bool (*row)(void *context, const struct csv_row *row);
    /* A row that cannot be given (csv-quote, too-large, too-many), with its line. Reading goes on
     * with the next line. */
    void (*mistake)(void *context, const struct complaint *why);
    void *context;
};

/* ERR_OK: to the end of the file; ERR_CLOSED: the row function said so; ERR_IO: errno. */
enum err csv_read(FILE *in, const struct csv_handler *handler) MUST_CHECK;

#endif
