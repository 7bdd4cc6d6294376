/* What must be true after the storm. */
#include "tests/crash/storm.h"

#include "broker/journal.h"
#include "clients/answers.h"
#include "common/check.h"
#include "common/mem.h"
#include "proto/pack.h"
#include "tests/crash/dice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define OPENING_RECORDS 3 /* units, the campaign, the first operator's access */
#define ASKED 100         /* receipts of one broker.records */

static unsigned count_told;

unsigned
checks_told(void)
{
    return count_told;
}

bool
told(bool good, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%sok %u - ", good ? "" : "not ", ++count_told);
    vprintf(format, arguments);
    printf("\n");
    fflush(stdout);
    va_end(arguments);
    return good;
}

/* ---- the journal ---- */

static int
by_receipt(const void *a, const void *b)
{
    const struct receipt *x = &(*(struct sent *const *)a)->receipt;
    const struct receipt *y = &(*(struct sent *const *)b)->receipt;
    int order = (x->block > y->block) - (x->block < y->block);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* The receipts of one block, which is read. Gives how many are wrong. */
static uint64_t
block_check(struct slice bytes, struct sent **at, uint64_t count, uint64_t *records)
{
    struct block block;
    struct block_record record;
    uint64_t good = 0, i = 0;
    if (block_open(bytes, &block) != ERR_OK) {
        return count;
    }
    *records += block.count;
    for (struct block_records it = block_records(&block); block_next(&it, &record);) {
        if (i < count && at[i]->receipt.index == record.index) {
            good += at[i++]->hash == bytes_hash(record.body);
        }
    }
    return count - good;
}

static uint64_t
journal_walk(struct journal *journal, struct sent **sorted, uint64_t count, uint64_t *records)
{
    struct journal_head head;
    uint64_t wrong = 0, at = 0;
    journal_head(journal, &head);
    for (uint64_t n = 1; n <= head.number; n++) {
        struct slice bytes;
        uint64_t first = at;
        while (at < count && sorted[at]->receipt.block == n) {
            at++;
        }
        enum err err = journal_read(journal, n, &bytes);
        wrong += err != ERR_OK ? 1 + at - first
                               : block_check(bytes, sorted + first, at - first, records);
    }
    return wrong + (count - at);
}

bool
check_receipts(const struct storm *storm, uint64_t *records)
{
    struct sent **sorted = mem_alloc(storm->reports * sizeof(struct sent *));
    struct journal *journal;
    char folder[STORM_PATH];
    uint64_t wrong = storm->reports;
    for (uint64_t i = 0; i < storm->reports; i++) {
        sorted[i] = &storm->sent[i];
    }
    qsort(sorted, storm->reports, sizeof(struct sent *), by_receipt);
    uint64_t twice = 0;
    for (uint64_t i = 1; i < storm->reports; i++) {
        twice += by_receipt(&sorted[i - 1], &sorted[i]) == 0;
    }
    snprintf(folder, sizeof(folder), "%s/journal", storm->site.data);
    *records = 0;
    enum err err =
        journal_lmdb_open(folder, &(struct journal_options){.read_only = true}, &journal);
    if (err == ERR_OK) {
        wrong = journal_walk(journal, sorted, storm->reports, records);
        journal_free(&journal);
    }
    free(sorted);
    return told(wrong == 0 && twice == 0,
                "%" PRIu64 " receipts are in the journal with their bytes (%" PRIu64
                " wrong, %" PRIu64 " given twice)",
                storm->reports, wrong, twice);
}

/* ---- questions ---- */

static json_t *
ask(struct storm *storm, const char *name, struct buf *args)
{
    struct slice body;
    struct complaint why;
    uint64_t as_of;
    enum err err = client_query(storm->submitters[0].client, name, buf_slice_of(args),
                                storm->last_block, &body, &as_of, &why);
    buf_clear(args);
    if (err != ERR_OK) {
        printf("# %s: %s %s\n", name, err_name(err), code_text(why.code));
    }
    return err == ERR_OK ? answer_json(body) : NULL;
}

bool
check_asked(struct storm *storm)
{
    struct buf args = BUF_EMPTY;
    uint64_t seed = storm->seed, wrong = 0;
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, ASKED);
    char wanted[ASKED][RECEIPT_TEXT];
    for (unsigned i = 0; i < ASKED; i++) {
        receipt_format(storm->sent[dice(&seed, storm->reports)].receipt, wanted[i]);
        pack_cstr(&args, wanted[i]);
    }
    json_t *answer = ask(storm, "broker.records", &args);
    json_t *records = json_object_get(answer, "records");
    for (size_t i = 0; i < ASKED; i++) {
        wrong += strcmp(json_text(json_array_get(records, i), "receipt"), wanted[i]) != 0;
    }
    json_decref(answer);
    buf_fini(&args);
    return told(wrong == 0, "the broker finds %d of %d receipts", ASKED - (int)wrong, ASKED);
}

bool
check_verdicts(struct storm *storm, uint64_t records)
{
    struct buf args = BUF_EMPTY;
    int64_t accepted = 0, moved = 0, refused = 0, keys = 0;
    json_t *answer = ask(storm, "state", &args);
    json_t *shards = json_object_get(answer, "shards");
    for (size_t i = 0; i < json_array_size(shards); i++) {
        const json_t *shard = json_array_get(shards, i);
        accepted += json_number(shard, "accepted");
        moved += json_number(shard, "corrected") + json_number(shard, "unchanged") +
                 json_number(shard, "superseded");
        refused += json_number(shard, "rejected") + json_number(shard, "quarantined");
    }
    for (int s = 0; s < SUBMITTERS; s++) {
        for (int k = 0; k < KEYS; k++) {
            keys += storm->submitters[s].newest[k].revision != 0;
        }
    }
    json_decref(answer);
    buf_fini(&args);
    /* The first of each key is accepted, and so is what a new site publishes. */
    return told(refused == 0 && accepted == keys + OPENING_RECORDS &&
                    (uint64_t)(accepted + moved) == records,
                "%" PRIu64 " records (%" PRIu64 " of them sent again), one verdict each: %" PRId64
                " accepted, %" PRId64 " others, %" PRId64 " refused",
                records, records - OPENING_RECORDS - storm->reports, accepted, moved, refused);
}

/* ---- tallies ---- */

static int64_t
value_of(const json_t *row, const char *indicator)
{
    const json_t *values = json_object_get(row, "values");
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        if (strcmp(json_text(value, "indicator"), indicator) == 0) {
            const json_t *number = json_object_get(value, "value");
            return json_is_integer(number) ? json_integer_value(number)
                                           : strtoll(json_text(value, "value"), NULL, 10);
        }
    }
    return -1;
}

static bool
row_is(const struct submitter *s, const json_t *row, int unit)
{
    int64_t first = 0, second = 0, days = 0;
    for (int day = 0; day < DAYS; day++) {
        const struct newest *n = &s->newest[unit * DAYS + day];
        first += n->first;
        second += n->second;
        days += n->revision != 0;
    }
    bool same = json_number(row, "received") == days && value_of(row, "first") == first &&
                value_of(row, "second") == second && value_of(row, "doses") == first + second;
    if (!same) {
        printf("# %s: wanted %" PRId64 " days, %" PRId64 " + %" PRId64 "; got %" PRId64
               " days, %" PRId64 " + %" PRId64 "\n",
               json_text(row, "unit"), days, first, second, json_number(row, "received"),
               value_of(row, "first"), value_of(row, "second"));
    }
    return same;
}

static unsigned
district_check(struct storm *storm, int d)
{
    struct buf args = BUF_EMPTY;
    char name[16];
    unsigned right = 0;
    snprintf(name, sizeof(name), "d%d", d);
    pack_map(&args, 3);
    pack_key_text(&args, "unit", slice_text(name));
    pack_key_text(&args, "period", slice_text("202111"));
    pack_key_bool(&args, "children", true);
    json_t *answer = ask(storm, "tally", &args);
    const json_t *rows = json_object_get(answer, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        int district, unit;
        if (sscanf(json_text(row, "unit"), "u%d-%d", &district, &unit) == 2 && district == d) {
            right += row_is(&storm->submitters[d], row, unit);
        }
    }
    json_decref(answer);
    buf_fini(&args);
    return right;
}

bool
check_tallies(struct storm *storm)
{
    unsigned right = 0;
    for (int d = 0; d < SUBMITTERS; d++) {
        right += district_check(storm, d);
    }
    return told(right == SUBMITTERS * UNITS_EACH,
                "the tallies of %u of %d units are what their submitters know", right,
                SUBMITTERS * UNITS_EACH);
}
