/* units.csv: columns by header, in any order (proto/units.def). Every mistake of the file is told,
 * with its line: what cannot be read, and what units_check finds in the rest. */
#ifndef CLIENTS_UNITS_CSV_H
#define CLIENTS_UNITS_CSV_H

#include "proto/units.h"

#include "common/err.h"

#include <stdio.h>

/* Rows and text in the arena, names and contacts in NFC. *mistakes is their number; units are for
 * publishing only where it is 0. ERR_IO: the file could not be read, errno says why. */
enum err units_csv_read(FILE *in, struct arena *arena, struct units *units,
                        struct complaints *complaints, uint32_t *mistakes) MUST_CHECK;

#endif
