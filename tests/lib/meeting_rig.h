/* Meetings, votes and openings on the bench of council_rig.h: members "m1", "m2", ... of the city's
 * council, a meeting and its nominations named by numbers. What is given out is the rig's arena's. */
#ifndef TESTS_LIB_MEETING_RIG_H
#define TESTS_LIB_MEETING_RIG_H

#include "tests/lib/council_rig.h"

/* "m1" to "m<count>", of the council; in the open block. */
void meeting_people(struct rig *rig, unsigned count);
const char *meeting_member_name(struct rig *rig, unsigned number);

struct slice meeting_id(struct rig *rig, unsigned number);
struct slice meeting_names(struct rig *rig, const char *words); /* "m1 m2", as a record has them */
struct slice meeting_members(struct rig *rig, unsigned count);  /* m1 to m<count> */
struct slice meeting_table(struct rig *rig, const unsigned *numbers, uint32_t count);

/* Whatever an opening needs, of the city's council: to be changed and sent. */
struct record_meeting meeting_opened(struct rig *rig, unsigned number, struct slice members,
                                     struct slice table);
/* Each adds a record with a new ULID, unless it has one, and gives its index in the block. */
uint32_t meeting_send(struct rig *rig, struct record_meeting in);
uint32_t meeting_attend(struct rig *rig, unsigned number, struct slice present);
uint32_t meeting_end(struct rig *rig, unsigned number, enum meeting_act act);
/* By `who`. */
uint32_t meeting_vote(struct rig *rig, const char *who, struct record_vote in);
uint32_t meeting_count(struct rig *rig, const char *who, struct record_opening in);

#endif
