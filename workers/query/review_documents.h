/* The documents of a nomination, and whether they have come. */
#ifndef QUERY_REVIEW_DOCUMENTS_H
#define QUERY_REVIEW_DOCUMENTS_H

#include "workers/query/review_item.h"

struct review_document {
    struct slice hash, kind, name;
    uint64_t bytes;
};

/* Those that the record in force names; `list` has DOCUMENTS_MAX places. Gives their number. */
uint32_t review_documents(const struct nomination_row *row, struct review_document *list);
/* Whether it has come whole: only then it stands under its hash. */
bool review_document_there(struct query *query, const struct review_document *document);
/* "documents": [{kind, name, bytes, hash, there}] */
void review_put_documents(struct query *query, const struct nomination_row *row, struct buf *b);
/* The hash as 64 hexadecimal digits and a zero. */
#define REVIEW_HASH_SIZE 32
#define REVIEW_HASH_TEXT (2 * REVIEW_HASH_SIZE + 1)
void review_hash_text(struct slice hash, char text[REVIEW_HASH_TEXT]);

#endif
