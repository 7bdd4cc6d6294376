/* What a secretary, a member or a teller sees before the next act: the rows of shard 0, as they
 * are by then. They may be old, or be taken back by a power cut; an act that rests on them is
 * then late, or wrong. */
#ifndef SIM_SCREEN_H
#define SIM_SCREEN_H

#include "workers/state/rows_council.h"

struct sim;

/* Whether a campaign and units are there yet. */
bool screen_is_ready(struct sim *s);
/* False: there is none yet. Slices in the run's arena. */
bool screen_nomination(struct sim *s, const uint8_t id[16], struct nomination_row *row);
bool screen_meeting(struct sim *s, const uint8_t id[16], struct meeting_row *row);
/* Whether the registry has ever had the unit. */
bool screen_knows(struct sim *s, const char *unit);
/* The unit's code by its number in the state; "" where it has none. */
struct slice screen_unit(struct sim *s, uint32_t unit);
/* Each vote on a nomination of a meeting. */
typedef void screen_vote_fn(void *context, struct slice voter, const struct vote_row *vote);
void screen_votes(struct sim *s, const uint8_t meeting[16], const uint8_t nomination[16],
                  screen_vote_fn *seen, void *context);
/* Whether its secret ballots have been counted. */
bool screen_opened(struct sim *s, const uint8_t meeting[16], const uint8_t nomination[16]);

#endif
