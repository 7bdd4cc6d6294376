/* A sink that writes what a body's parser gives, a line a cell: set|element|period|unit|combo|attribute|value,
 * "!" before one that is deleted, "?code" for a row that is none, "done" for completeDate, number:text for a line of reports. */
#ifndef TESTS_CELLS_LOG_H
#define TESTS_CELLS_LOG_H

#include "common/buf.h"
#include "workers/gateway/cells.h"

/* Feeds the body in pieces of `piece` bytes (0: whole), each in memory of exactly its size. False: `why`. */
bool cells_log(const struct cells_format *format, bool header, struct slice body, size_t piece,
               struct buf *out, struct complaint *why);

#endif
