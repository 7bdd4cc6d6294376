/* Lists of honours within papers. */
#ifndef CLIENTS_PAPER_LIST_H
#define CLIENTS_PAPER_LIST_H

#include "clients/paper.h"

enum { KIND_COLLECTIVE, KIND_INDIVIDUAL, KIND_HOUSEHOLD, KIND_COUNT };

struct paper_counts {
    int64_t of[KIND_COUNT];
};

int paper_kind(const json_t *honour);
/* Of honours[from..to). */
struct paper_counts paper_count(const json_t *honours, size_t from, size_t to);
/* "03 tập thể, 12 cá nhân và 01 hộ gia đình". */
void paper_counts_words(const struct paper_counts *counts, struct buf *out);
/* Behind the last of the sorted honours, from `from`, that have the same award. */
size_t paper_award_end(const json_t *honours, size_t from);
/* Tables of sorted honours, under headings by award and kind. */
void paper_list_put(const json_t *honours, enum paper_list list, struct buf *out);
/* The list that goes with a decision, without the page around it. */
void paper_annex_put(const struct paper *paper, struct buf *out);

#endif
