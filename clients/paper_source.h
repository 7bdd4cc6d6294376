/* What a paper is made of, asked of the site: the answers to queries in the shape of paper.h. Functions
 * that give an int give 0 or the exit code, after the reason was told. */
#ifndef CLIENTS_PAPER_SOURCE_H
#define CLIENTS_PAPER_SOURCE_H

#include "clients/contact.h"

struct paper_source {
    json_t *unit, *campaign, *honours, *meeting; /* NULL until asked for */
    char today[16]; /* the site's; empty until its list was asked for */
};
/* Start as {0}. */
void paper_source_fini(struct paper_source *source);

/* Which nominations. */
struct paper_choice {
    const char *unit;               /* in whose hands; NULL: anybody's */
    const char *award, *theme;      /* NULL: every one */
    const char *decision;           /* its number; NULL: every one */
    const char *const *nominations; /* these alone, each by its first digits */
    size_t nomination_count;
};

/* The unit and who stands above it today. */
int paper_source_unit(struct contact *contact, const char *unit, struct paper_source *source);
int paper_source_campaign(struct contact *contact, const char *campaign,
                          struct paper_source *source);
/* Those that wait for the unit's decision, with summary and vote; with a decision, or `decided`, those
 * that were decided already and not revoked. */
int paper_source_honours(struct contact *contact, const struct paper_choice *choice, bool decided,
                         struct paper_source *source);
/* A meeting, and its unit. */
int paper_source_meeting(struct contact *contact, const char *meeting, struct paper_source *source);

/* Takes away the honours that are not the unit's own to confer; gives the first of them (a new
 * reference), NULL where none was taken away. */
json_t *paper_source_own(struct paper_source *source, size_t *taken);

#endif
