/* The first record of a meeting: who its members are, what is on its table, who counts. */
#ifndef TALLY_MEETING_OPEN_H
#define TALLY_MEETING_OPEN_H

#include "workers/tally/council.h"

council_fn meeting_open; /* a struct record_meeting */

#endif
