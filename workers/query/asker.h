/* Who asks, and what that reaches. The broker has decided whether the question may be asked at all;
 * which units it may be asked of is decided here, where the units' tree is, by what the snapshot says
 * of the principal. Every rule about units goes through these functions. */
#ifndef QUERY_ASKER_H
#define QUERY_ASKER_H

#include "workers/query/ask.h"

/* Fills the ask's entry and reach. Empty or "local": everything. False, not-in-role: the principal may
 * not ask this (any more). "p@gateway" asks as p. */
bool asker_find(struct ask *ask, struct slice principal, struct slice name);

/* Whether what is about the unit (an id) may be shown. */
bool asker_sees(const struct ask *ask, uint32_t unit);
/* The same, for a unit as an envelope names it, known or not. */
bool asker_sees_code(const struct ask *ask, struct slice code);
/* Whether a record is the asker's own: sent by it, or about a unit that it sees. */
bool asker_sees_record(const struct ask *ask, const struct verdict_row *row);
/* False, not-allowed: each unit beneath would be shown by itself, and they are not all the asker's. */
bool asker_sees_beneath(struct ask *ask, uint32_t unit);

bool asker_refuse(struct ask *ask, struct slice subject);

#endif
