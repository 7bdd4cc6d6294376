/* `file`: the bytes of one document of a nomination, whole chunks a page. Who sees the nomination sees
 * its documents. `start` is the number of a chunk. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/review_documents.h"
#include "workers/query/snapshot.h"

#include <stdio.h>

/* Two MiB: a page is made in a moment and a bad line can ask for it again. */
#define CHUNKS_A_PAGE 8

/* By its name or its hash. */
static bool
find_document(struct ask *ask, const struct nomination_row *row, struct slice name,
              struct review_document *found)
{
    struct review_document list[DOCUMENTS_MAX];
    uint32_t count = review_documents(row, list);
    for (uint32_t i = 0; i < count; i++) {
        char hash[REVIEW_HASH_TEXT];
        review_hash_text(list[i].hash, hash);
        if (slice_equal(name, list[i].name) || slice_is(name, hash)) {
            *found = list[i];
            return review_document_there(ask->query, found) ||
                   complain(ask->why, CODE_DOCUMENT_MISSING, name, "%llu",
                            (unsigned long long)found->bytes);
        }
    }
    return complain(ask->why, CODE_DOCUMENT_MISSING, name, "%u", count);
}

/* A document has so few chunks that a page's number needs no more digits than these. */
static bool
read_start(struct ask *ask, struct slice text, uint32_t chunks, uint32_t *first)
{
    *first = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || *first > chunks) {
            *first = chunks;
            break;
        }
        *first = *first * 10 + (uint32_t)(text.data[i] - '0');
    }
    return *first == 0 || *first < chunks ||
           complain(ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s", SLICE_ARG(text));
}

static void
gather(struct query *query, struct slice hash, uint32_t first, uint32_t end)
{
    struct buf key = BUF_EMPTY;
    for (uint32_t i = first; i < end; i++) {
        struct slice chunk;
        key_file(&key, hash, (uint16_t)i);
        snapshot_need(state_get(query->states[0], TABLE_FILE, buf_slice_of(&key), &chunk), "file");
        buf_slice(&query->page, chunk);
    }
    buf_fini(&key);
}

static void
put_answer(struct ask *ask, const struct review_document *document, uint32_t end, uint32_t chunks)
{
    char hash[REVIEW_HASH_TEXT], next[16] = "";
    struct buf *b = ask->body;
    if (end < chunks) {
        snprintf(next, sizeof next, "%u", end);
    }
    review_hash_text(document->hash, hash);
    pack_map(b, end < chunks ? 6 : 5);
    pack_key_text(b, "name", document->name);
    pack_key_text(b, "kind", document->kind);
    pack_key_uint(b, "bytes", document->bytes);
    pack_key_text(b, "hash", slice_text(hash));
    pack_cstr(b, "data");
    pack_bytes(b, buf_slice_of(&ask->query->page));
    answer_next(b, next);
}

bool
ask_file(struct ask *ask)
{
    struct slice text = {0}, name = {0}, start = {0};
    const struct arg args[] = {
        {"nomination", ARG_TEXT, true, &text},
        {"document", ARG_TEXT, true, &name},
        {"start", ARG_TEXT, false, &start},
    };
    uint8_t id[ULID_SIZE];
    struct nomination_row row;
    struct review_document document;
    uint32_t first;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) || !review_find(ask, text, id, &row) ||
        !find_document(ask, &row, name, &document)) {
        return false;
    }
    uint32_t chunks = (uint32_t)((document.bytes + FILE_CHUNK_BYTES - 1) / FILE_CHUNK_BYTES);
    if (!read_start(ask, start, chunks, &first)) {
        return false;
    }
    uint32_t end = first + CHUNKS_A_PAGE < chunks ? first + CHUNKS_A_PAGE : chunks;
    gather(ask->query, document.hash, first, end);
    put_answer(ask, &document, end, chunks);
    return true;
}
