/* The council's papers, as drafts in Vietnamese: HTML that prints on A4 in the form of Decree
 * 30/2020/NĐ-CP, annex I (margins, national title, agency, number and sign, place and date,
 * abstract, grounds, recipients, signature). What the state does not know is left as dots, to be
 * filled in by hand; nothing is signed here.
 *
 * A paper is made of answers to queries, and reads these fields of them:
 *   unit        name, level: who issues it; parent_name, parent_level: who stands above it
 *   campaign    title_vi, decision (its number)
 *   honours     array of: subject, kind (collective, individual, household), subject_unit_name,
 *               name (of the unit that proposed), award, title_vi and level of the award,
 *               theme_title_vi, summary, number, date, signer (of the decision), percent (of the
 *               vote; 0: none), yes, base
 *   meeting     title, date, teller, closed, members: [{name, present}], votes: array of: subject,
 *               name, title_vi, secret, percent, base_of (total, present), quorum, yes, no,
 *               abstain, spoilt, base, result (carried, failed, untabled, cancelled; empty: none yet),
 *               written: [name of who voted in writing]
 * A field that is not there is empty, or 0. Everything is escaped (html.h). */
#ifndef CLIENTS_PAPER_H
#define CLIENTS_PAPER_H

#include "clients/sheet.h"

#include <jansson.h>

struct paper {
    const json_t *unit, *campaign, *honours, *meeting;
    const json_t *grounds; /* array of lines instead of the built-in căn cứ; NULL */
    /* Empty: not known yet. */
    const char *number, *date, *signer;
    const char *place; /* where it is issued: Hà Nội */
    const char *head;  /* the signer's office; empty: by the unit's level */
    const char *to;    /* whom a submission is for; empty: the head of the unit itself */
};

/* Which list a paper shows: for a decision, for a submission, for the public. */
enum paper_list { PAPER_LIST_DECISION, PAPER_LIST_SUBMISSION, PAPER_LIST_PUBLIC };

/* Each appends one whole HTML document. */
void paper_decision(const struct paper *paper, struct buf *out);     /* with its list */
void paper_list(const struct paper *paper, struct buf *out);         /* the list alone */
void paper_certificates(const struct paper *paper, struct buf *out); /* one a page, A4 across */
void paper_submission(const struct paper *paper, struct buf *out);
void paper_minutes(const struct paper *paper, struct buf *out);
void paper_honours(const struct paper *paper, struct buf *out); /* for the public */

/* A new array of the honours in the order of the lists: by award, then collectives, persons,
 * households; collectives as Vietnamese sorts (collate.h), persons and households by given name
 * first, which stands last in a Vietnamese name. */
json_t *paper_sorted(const json_t *honours);
/* The same list for a spreadsheet; a row an honour, headings in Vietnamese. */
struct sheet *paper_sheet(const json_t *honours);

#endif
