/* Who may what: rights.def, asked. One table for the tally worker (records), the broker and the query
 * worker (questions), the tests and SECURITY.md, so that they cannot differ.
 *
 * Where a principal has several roles the widest reach counts. REACH_OWN: what is about a unit that
 * its record names, or, where that says subtree, one that counts beneath it: as the units stand on
 * the block's local day; one that has ended, as it stood on its last day. */
#ifndef PROTO_RIGHTS_H
#define PROTO_RIGHTS_H

#include "proto/access.h"

enum reach { REACH_NONE, REACH_OWN, REACH_ALL };

enum reach rights_record(uint32_t roles, uint64_t record_type);
/* By the question's name; REACH_NONE for a name that the table does not know. */
enum reach rights_query(uint32_t roles, struct slice name);
/* Whether the roles may open a session as a client, a worker or a reader of blocks. */
bool rights_session(uint32_t roles, enum role session);

#endif
