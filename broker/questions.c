/* One function a question. Each fills the body, a map, or says why not. The journal's slices end with
 * its next read, so that what is told is packed at once. */
#include "broker/questions.h"

#include "broker/core.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "proto/rights.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#define OWN "broker."

/* ---- arguments ---- */

struct arg {
    const char *name;
    enum kind kind; /* KIND_UINT or KIND_ARRAY */
    bool required;
    uint64_t number;    /* KIND_UINT; 0 where absent */
    struct cursor list; /* KIND_ARRAY: at the array's header */
};

static struct arg *
arg_find(struct arg *args, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_is(name, args[i].name)) {
            return &args[i];
        }
    }
    return NULL;
}

static bool
arg_take(struct arg *arg, struct cursor *c)
{
    if (cursor_kind(c) != arg->kind) {
        return false;
    }
    arg->required = false;
    if (arg->kind == KIND_UINT) {
        return cursor_uint(c, &arg->number) == ERR_OK;
    }
    arg->list = *c;
    return cursor_skip(c) == ERR_OK;
}

/* Every argument that is given must be known: it would have been meant. */
static bool
args_read(struct slice in, struct arg *args, size_t n, struct complaint *why)
{
    struct cursor c = cursor_of(in);
    uint32_t pairs = 0;
    if (in.len > 0 && cursor_map(&c, &pairs) != ERR_OK) {
        return complain(why, CODE_QUERY_INVALID, slice_text("args"), "map?");
    }
    for (uint32_t i = 0; i < pairs; i++) {
        struct slice name;
        if (cursor_text(&c, &name) != ERR_OK) {
            return complain(why, CODE_QUERY_INVALID, slice_text("args"), "map?");
        }
        struct arg *arg = arg_find(args, n, name);
        if (arg == NULL) {
            return complain(why, CODE_QUERY_INVALID, name, "?");
        }
        if (!arg_take(arg, &c)) {
            return complain(why, CODE_QUERY_INVALID, name, "%s?",
                            arg->kind == KIND_UINT ? "uint" : "array");
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (args[i].required) {
            return complain(why, CODE_QUERY_INVALID, slice_text(args[i].name), "-");
        }
    }
    return true;
}

/* ---- what the journal holds ---- */

static bool
block_find(struct broker *b, uint64_t number, struct block *block, struct complaint *why)
{
    struct slice bytes;
    enum err err = journal_read(b->journal, number, &bytes);
    err = err == ERR_OK ? block_open(bytes, block) : err;
    return err == ERR_OK || monitor_unreadable(b, number, err, why);
}

static bool
record_find(const struct block *block, uint64_t index, struct block_record *record)
{
    struct block_records it = block_records(block);
    while (block_next(&it, record)) {
        if (record->index == index) {
            return true;
        }
    }
    return false;
}

static void
pack_key_hex(struct buf *body, const char *key, const uint8_t *bytes, size_t len)
{
    char hex[2 * BLOCK_CHAIN_SIZE + 1];
    sodium_bin2hex(hex, sizeof(hex), bytes, len);
    pack_key_text(body, key, slice_text(hex));
}

static void
pack_key_receipt(struct buf *body, struct receipt receipt)
{
    char text[RECEIPT_TEXT];
    receipt_format(receipt, text);
    pack_key_text(body, "receipt", slice_text(text));
}

/* principal, unit and body of a record: three pairs. */
static void
record_pack(const struct block_record *record, struct buf *body)
{
    pack_key_text(body, "principal", record->principal);
    pack_key_text(body, "unit", record->unit);
    pack_cstr(body, "body");
    pack_bytes(body, record->body);
}

/* ---- the questions ---- */

/* Who asks what, and how far that reaches; proto/rights.h. */
struct asker {
    struct slice args;
    enum reach reach;
    struct slice who; /* without the gateway that asks for it */
};

static bool
asker_may_see(const struct asker *asker, struct slice principal)
{
    struct slice who, via;
    principal_split(principal, &who, &via);
    return asker->reach == REACH_ALL || slice_equal(who, asker->who);
}

static bool
ask_status(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    if (!args_read(asker->args, NULL, 0, why)) {
        return false;
    }
    monitor_status(b, body);
    return true;
}

static bool
ask_head(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct journal_head head;
    if (!args_read(asker->args, NULL, 0, why)) {
        return false;
    }
    journal_head(b->journal, &head);
    pack_map(body, 4);
    pack_key_uint(body, "block", head.number);
    pack_key_int(body, "time_us", head.time_us);
    pack_key_hex(body, "chain", head.chain, BLOCK_CHAIN_SIZE);
    pack_key_uint(body, "first", head.first);
    return true;
}

/* A page of the records from `start` on; gives the index of the next page, 0 where there is none. */
static uint32_t
records_page(const struct block *block, uint64_t start, struct buf *page, uint32_t *count)
{
    struct block_records it = block_records(block);
    struct block_record record;
    *count = 0;
    while (block_next(&it, &record)) {
        if (record.index < start) {
            continue;
        }
        if (page->len > ANSWER_FILL) {
            return record.index;
        }
        pack_map(page, 4);
        pack_key_uint(page, "index", record.index);
        pack_key_text(page, "principal", record.principal);
        pack_key_text(page, "unit", record.unit);
        pack_key_uint(page, "bytes", record.body.len);
        (*count)++;
    }
    return 0;
}

static bool
ask_block(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct arg known[] = {{.name = "block", .kind = KIND_UINT, .required = true},
                          {.name = "start", .kind = KIND_UINT}};
    struct block block;
    if (!args_read(asker->args, known, 2, why) || !block_find(b, known[0].number, &block, why)) {
        return false;
    }
    struct buf page = BUF_EMPTY;
    uint32_t count;
    uint32_t next = records_page(&block, known[1].number, &page, &count);
    char start_id[17];
    snprintf(start_id, sizeof(start_id), "%016" PRIx64, block.start_id);
    pack_map(body, next == 0 ? 10 : 11);
    pack_key_uint(body, "block", block.number);
    pack_key_int(body, "time_us", block.time_us);
    pack_key_uint(body, "site", block.site);
    pack_key_text(body, "start_id", slice_text(start_id));
    pack_key_uint(body, "made", block.made_count);
    pack_key_int(body, "made_us", block.made_us);
    pack_key_uint(body, "count", block.count);
    pack_key_hex(body, "chain", block.chain, BLOCK_CHAIN_SIZE);
    pack_key_uint(body, "bytes", block.bytes.len);
    pack_cstr(body, "records");
    pack_array(body, count);
    buf_slice(body, buf_slice_of(&page));
    buf_fini(&page);
    if (next != 0) {
        pack_key_uint(body, "next", next);
    }
    return true;
}

static bool
ask_record(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct arg known[] = {{.name = "block", .kind = KIND_UINT, .required = true},
                          {.name = "index", .kind = KIND_UINT, .required = true}};
    struct block block;
    struct block_record record;
    if (!args_read(asker->args, known, 2, why) || !block_find(b, known[0].number, &block, why)) {
        return false;
    }
    /* Another's is not told from one that is not there. */
    if (!record_find(&block, known[1].number, &record) || !asker_may_see(asker, record.principal)) {
        return complain(why, CODE_RECEIPT_UNKNOWN, slice_text(""), "%" PRIu64 ".%" PRIu64,
                        known[0].number, known[1].number);
    }
    pack_map(body, 6);
    pack_key_uint(body, "block", block.number);
    pack_key_uint(body, "index", record.index);
    pack_key_int(body, "time_us", block.time_us);
    record_pack(&record, body);
    return true;
}

static bool
receipt_next(struct cursor *list, struct receipt *receipt, struct complaint *why)
{
    struct slice text;
    if (cursor_text(list, &text) != ERR_OK) {
        return complain(why, CODE_QUERY_INVALID, slice_text("receipts"), "text?");
    }
    if (receipt_parse(text, receipt) != ERR_OK) {
        return complain(why, CODE_QUERY_INVALID, slice_text("receipts"), "%.*s", SLICE_ARG(text));
    }
    return true;
}

/* Appends one record to the page, if it is there. False: its block is damaged, and an answer without it
 * would be a lie. */
static bool
receipt_pack(struct broker *b, const struct asker *asker, struct receipt receipt, struct buf *page,
             uint32_t *count, struct complaint *why)
{
    struct block block;
    struct block_record record;
    if (!block_find(b, receipt.block, &block, why)) {
        return b->monitor.damaged != receipt.block;
    }
    if (!record_find(&block, receipt.index, &record) || !asker_may_see(asker, record.principal)) {
        return true;
    }
    pack_map(page, 5);
    pack_key_receipt(page, receipt);
    pack_key_int(page, "time_us", block.time_us);
    record_pack(&record, page);
    (*count)++;
    return true;
}

/* The records of receipts[start..] as far as they fit; *next is the place of the first that did not,
 * 0 where all did. */
static bool
receipts_page(struct broker *b, const struct asker *asker, struct cursor list, uint64_t start,
              struct buf *page, uint32_t *count, uint32_t *next, struct complaint *why)
{
    uint32_t n;
    *count = *next = 0;
    if (cursor_array(&list, &n) != ERR_OK || n > RECEIPTS_ASKED_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text("receipts"), "%d", RECEIPTS_ASKED_MAX);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct receipt receipt;
        if (!receipt_next(&list, &receipt, why)) {
            return false;
        }
        if (i >= start && *next == 0 && page->len > ANSWER_FILL - RECORD_BYTES_MAX) {
            *next = i;
        } else if (i >= start && *next == 0 && !receipt_pack(b, asker, receipt, page, count, why)) {
            return false;
        }
    }
    return true;
}

static bool
ask_records(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct arg known[] = {{.name = "receipts", .kind = KIND_ARRAY, .required = true},
                          {.name = "start", .kind = KIND_UINT}};
    struct buf page = BUF_EMPTY;
    uint32_t count, next;
    bool ok = args_read(asker->args, known, 2, why) &&
              receipts_page(b, asker, known[0].list, known[1].number, &page, &count, &next, why);
    if (ok) {
        pack_map(body, next == 0 ? 1 : 2);
        pack_cstr(body, "records");
        pack_array(body, count);
        buf_slice(body, buf_slice_of(&page));
        if (next != 0) {
            pack_key_uint(body, "next", next);
        }
    }
    buf_fini(&page);
    return ok;
}

/* ---- pruning ---- */

static bool
prune_refused(struct complaint *why, uint32_t shard, uint64_t position, uint64_t wanted)
{
    return complain(why, CODE_PRUNE_REFUSED, slice_text("shard"),
                    "shard %" PRIu32 ": %" PRIu64 " < %" PRIu64, shard, position, wanted);
}

/* The proof: the positions of a backup whose files the asker has verified, one a shard, all at the last
 * block to go or beyond. And every live state must be there too: one that is being made again still
 * needs the blocks. thidua-tally --backup has synced the live states at the backup's positions. */
static bool
prune_allowed(struct broker *b, uint64_t before, struct cursor list, struct complaint *why)
{
    uint32_t n;
    if (cursor_array(&list, &n) != ERR_OK || n != b->roster.count) {
        return complain(why, CODE_QUERY_INVALID, slice_text("positions"), "%" PRIu32 "?",
                        b->roster.count);
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct shard *live = &b->roster.shards[i];
        uint64_t position;
        if (cursor_uint(&list, &position) != ERR_OK) {
            return complain(why, CODE_QUERY_INVALID, slice_text("positions"), "uint?");
        }
        if (position < before - 1) {
            return prune_refused(why, i, position, before - 1);
        }
        if (!live->reported || live->position < position) {
            return prune_refused(why, i, live->reported ? live->position : 0, position);
        }
    }
    return true;
}

static bool
ask_prune(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct arg known[] = {{.name = "before", .kind = KIND_UINT, .required = true},
                          {.name = "positions", .kind = KIND_ARRAY, .required = true}};
    struct journal_head head;
    if (!args_read(asker->args, known, 2, why)) {
        return false;
    }
    journal_head(b->journal, &head);
    if (known[0].number == 0 || known[0].number > head.number) {
        return complain(why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64, known[0].number);
    }
    if (!prune_allowed(b, known[0].number, known[1].list, why)) {
        return false;
    }
    enum err err = journal_prune(b->journal, known[0].number);
    if (err != ERR_OK) { /* a file could not be removed; the log says which. Nothing else changed */
        return complain(why, CODE_PRUNE_REFUSED, slice_text("journal"), "%s", err_name(err));
    }
    journal_head(b->journal, &head);
    pack_map(body, 2);
    pack_key_uint(body, "first", head.first);
    pack_key_uint(body, "block", head.number);
    return true;
}

static bool
ask_quarantined(struct broker *b, const struct asker *asker, struct buf *body,
                struct complaint *why)
{
    struct arg known[] = {{.name = "start", .kind = KIND_UINT}};
    if (!args_read(asker->args, known, 1, why)) {
        return false;
    }
    quarantine_list(b, known[0].number, body);
    return true;
}

static bool
ask_sessions(struct broker *b, const struct asker *asker, struct buf *body, struct complaint *why)
{
    struct arg known[] = {{.name = "start", .kind = KIND_UINT}};
    if (!args_read(asker->args, known, 1, why)) {
        return false;
    }
    sessions_list(b, known[0].number, body);
    return true;
}

/* ---- finding the question ---- */

struct question {
    const char *name;
    bool (*ask)(struct broker *b, const struct asker *asker, struct buf *body,
                struct complaint *why);
};

static const struct question QUESTIONS[] = {
    {"broker.status", ask_status},
    {"broker.head", ask_head},
    {"broker.block", ask_block},
    {"broker.record", ask_record},
    {"broker.records", ask_records},
    {"broker.prune", ask_prune},
    {"broker.quarantined", ask_quarantined},
    {"broker.sessions", ask_sessions},
};

#define QUESTION_COUNT (sizeof(QUESTIONS) / sizeof(QUESTIONS[0]))

/* As of now: the question may have waited, and rights may have changed. */
static enum reach
reach_of(const struct broker *b, struct slice who, struct slice name)
{
    const struct access_entry *entry = access_table_find(b->access.table, who);
    return entry == NULL ? REACH_NONE : rights_query(entry->roles, name);
}

bool
question_is_own(struct slice name)
{
    return name.len >= strlen(OWN) && memcmp(name.data, OWN, strlen(OWN)) == 0;
}

static bool
question_ask(struct broker *b, const struct message_query *query, struct buf *body,
             struct complaint *why)
{
    struct slice via;
    struct asker asker = {.args = query->args};
    principal_split(query->principal, &asker.who, &via);
    asker.reach = reach_of(b, asker.who, query->name);
    for (size_t i = 0; i < QUESTION_COUNT; i++) {
        if (slice_is(query->name, QUESTIONS[i].name)) {
            return (asker.reach != REACH_NONE ||
                    complain(why, CODE_NOT_IN_ROLE, asker.who, "%.*s", SLICE_ARG(query->name))) &&
                   QUESTIONS[i].ask(b, &asker, body, why);
        }
    }
    return complain(why, CODE_QUERY_UNKNOWN, query->name, "-");
}

void
question_answer(struct broker *b, struct slice asker, const struct message_query *query)
{
    struct buf body = BUF_EMPTY;
    struct complaint why;
    /* A small question may have a long answer: a turn's memory is bounded. */
    if (b->replies.bytes >= REPLIES_BYTES_MAX) {
        broker_busy(b, asker, query->request, BUSY_SHARE, RETRY_SHARE_MS);
        return;
    }
    if (question_ask(b, query, &body, &why)) {
        struct message_answer answer = {.request = query->request, .body = buf_slice_of(&body)};
        message_encode_answer(&answer, replies_open(&b->replies));
        replies_close(&b->replies, asker);
    } else {
        broker_refuse(b, asker, query->request, &why);
    }
    buf_fini(&body);
}
