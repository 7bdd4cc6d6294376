/* What all papers share: the page and its parts, in the order of Decree 30/2020/NĐ-CP. */
#ifndef CLIENTS_PAPER_PAGE_H
#define CLIENTS_PAPER_PAGE_H

#include "clients/paper.h"

/* Begins a document. `across`: A4 lying on its side. */
void page_begin(const char *title, bool across, struct buf *out);
void page_end(struct buf *out);

/* The two columns above: on the left who stands above, who issues and the number with `sign` behind
 * it ("/QĐ-UBND"); on the right the national title and motto, place and date. NULL `sign`: a paper
 * without number (a list). */
void page_letterhead(const struct paper *paper, bool council, const char *sign, struct buf *out);
/* The paper's kind and what it is about. `about` is HTML. */
void page_title(const char *kind, struct slice about, struct buf *out);
/* Căn cứ: the laws in force in 2021, the campaign's decision, and `last` (HTML; may be empty). */
void page_grounds(const struct paper *paper, struct slice last, struct buf *out);
/* Recipients on the left (`recipients` is HTML, a line each in <br>), signature on the right; `office`
 * is who signs for whom, HTML. */
void page_signature(const struct paper *paper, const char *recipients, struct slice office,
                    struct buf *out);

/* "Ủy ban nhân dân …", or "Hội đồng Thi đua - Khen thưởng …" with `council`. Plain. */
void page_agency(const struct paper *paper, bool council, struct buf *out);
/* "Chủ tịch Ủy ban nhân dân …", "Thủ trưởng …". Plain. */
void page_head(const struct paper *paper, struct buf *out);
/* "CHỦ TỊCH", or what the person asked for. Plain. */
void page_head_office(const struct paper *paper, struct buf *out);

#endif
