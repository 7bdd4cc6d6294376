/* Numbers for codes: dense from 0, given in the journal's order, so that every shard of every site
 * gives the same. A number once given is never given again, whatever becomes of its code. */
#ifndef TALLY_IDENT_H
#define TALLY_IDENT_H

#include "workers/tally/apply_impl.h"

/* One sort of codes of one campaign (0 for campaigns and units), while new ones get numbers. */
struct idents {
    struct apply *apply;
    enum ident_kind kind;
    uint16_t campaign;
    uint32_t next;
};

/* Counts what there is: the next number is one more than the last. */
enum err idents_open(struct idents *idents, struct apply *a, enum ident_kind kind,
                     uint16_t campaign) MUST_CHECK;
/* ERR_NOT_FOUND where the code has none. */
enum err ident_find(const struct idents *idents, struct slice code, uint32_t *id) MUST_CHECK;
/* The code's number, a new one where it has none. */
enum err ident_give(struct idents *idents, struct slice code, uint32_t *id) MUST_CHECK;

#endif
