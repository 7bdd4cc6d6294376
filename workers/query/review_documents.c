#include "workers/query/review_documents.h"

#include "proto/cursor.h"
#include "workers/query/answer.h"
#include "workers/query/snapshot.h"
#include "workers/state/standing.h"

#include <sodium.h>

/* The tally worker looked at the list before it was stored. */
uint32_t
review_documents(const struct nomination_row *row, struct review_document *list)
{
    struct cursor c = cursor_of(row->documents);
    uint32_t count = 0, n;
    if (row->documents.len > 0) {
        snapshot_need(cursor_array(&c, &count), "documents");
    }
    snapshot_need(count <= DOCUMENTS_MAX ? ERR_OK : ERR_CORRUPT, "documents");
    for (uint32_t i = 0; i < count; i++) {
        snapshot_need(cursor_array(&c, &n), "documents");
        snapshot_need(n == 4 ? cursor_bytes(&c, &list[i].hash) : ERR_CORRUPT, "documents");
        snapshot_need(list[i].hash.len == REVIEW_HASH_SIZE ? ERR_OK : ERR_CORRUPT, "documents");
        snapshot_need(cursor_text(&c, &list[i].kind), "documents");
        snapshot_need(cursor_text(&c, &list[i].name), "documents");
        snapshot_need(cursor_uint(&c, &list[i].bytes), "documents");
    }
    return count;
}

bool
review_document_there(struct query *query, const struct review_document *document)
{
    bool whole;
    snapshot_need(document->bytes > 0 && document->bytes <= FILE_BYTES_MAX ? ERR_OK : ERR_CORRUPT,
                  "documents");
    snapshot_need(standing_document(query->states[0], document->hash, document->bytes, &whole),
                  "file");
    return whole;
}

void
review_hash_text(struct slice hash, char text[REVIEW_HASH_TEXT])
{
    sodium_bin2hex(text, REVIEW_HASH_TEXT, hash.data, REVIEW_HASH_SIZE);
}

void
review_put_documents(struct query *query, const struct nomination_row *row, struct buf *b)
{
    struct review_document list[DOCUMENTS_MAX];
    uint32_t count = review_documents(row, list);
    pack_cstr(b, "documents");
    pack_array(b, count);
    for (uint32_t i = 0; i < count; i++) {
        char hash[REVIEW_HASH_TEXT];
        review_hash_text(list[i].hash, hash);
        pack_map(b, 5);
        pack_key_text(b, "kind", list[i].kind);
        pack_key_text(b, "name", list[i].name);
        pack_key_uint(b, "bytes", list[i].bytes);
        pack_key_text(b, "hash", slice_text(hash));
        pack_key_bool(b, "there", review_document_there(query, &list[i]));
    }
}
