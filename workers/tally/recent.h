/* The newest reports of a unit in memory, so that a report is held against the month before it without
 * reading thirty rows of the state. Copies of REPORT's rows and never more: what a recent knows is
 * what a scan would find, and what it does not know it says, so that the answer is a function of the
 * journal alone, whatever is remembered.
 *
 * Only for forms with one source, as nearly all are: there one row is one period. Slots are those of
 * the form's plan: forget everything whenever the plans are made again, and whenever a transaction is
 * aborted. */
#ifndef TALLY_RECENT_H
#define TALLY_RECENT_H

#include "workers/tally/apply_impl.h"
#include "workers/tally/near.h"
#include "workers/tally/validate.h"

struct recent;

struct recents *recents_new(void);
void recents_free(struct recents **recents);
void recents_forget(struct recents *recents);

/* The one of the place's unit and form, read from the state where it is not there yet. NULL: it has
 * several sources, or there is no room. Uses a->key; nothing else may have a cursor open. */
enum err recent_get(struct apply *a, const struct place *place, struct recent **recent) MUST_CHECK;
/* It will be asked for soon: it, or, a step later, its rows are fetched nearer. */
void recent_expect(const struct recents *recents, uint16_t campaign, uint16_t form, uint32_t unit);
void recent_expect_rows(const struct recents *recents, uint16_t campaign, uint16_t form,
                        uint32_t unit);
/* Whether there is certainly no row of this key: its period is later than all that are stored. */
bool recent_lacks(const struct apply *a, const struct report_key *key);
/* What is stored at the place from now on. */
void recent_put(struct apply *a, const struct place *place, const struct report_row *row);

/* The rows that a report of a period is held against, where the rows in memory tell. */
struct recent_window {
    uint32_t from, count; /* places in the ring, forward from the oldest; 0 where it is not known */
};
struct recent_window recent_window(const struct recent *recent, uint32_t period);
/* Whether the value is surely no outlier there (near.h). */
enum nearness recent_near(const struct recent *recent, const struct recent_window *window,
                          uint32_t slot, int64_t value);
/* What recent_near tries from now on. */
void recent_guess(struct recent *recent, uint32_t slot, struct guess guess);

/* Up to OUTLIER_SERIES values of a slot from before `period`, newest first, as a scan of
 * OUTLIER_SCAN rows finds them. False: it would have to look at rows that are not known here. */
bool recent_values(const struct recent *recent, uint32_t period, uint32_t slot, int64_t *values,
                   uint32_t *count);

#endif
