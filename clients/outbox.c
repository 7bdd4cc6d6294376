/* The outbox's tables and what may happen to an entry. Integers are big-endian; an empty field ends a
 * row early nowhere.
 *
 *   meta       "format"   "Thi Dua outbox" ‖ u32 version (1)
 *              "totals"   u64 next number ‖ u64 bytes ‖ u64 pending ‖ receipted ‖ done ‖ rejected
 *              "line"     u64 contact µs ‖ u8 length, broker ‖ u64 trouble µs ‖ complaint
 *   entries    u64 number -> u64 XXH3-64 of (number ‖ the rest) ‖ u64 queued µs ‖
 *                            u8 length, unit ‖ body                    written once, never changed
 *   fates      u8 state ‖ u64 number -> u64 block ‖ u32 index ‖ u64 block's µs ‖ u8 verdict ‖
 *                                       u8 flags ‖ complaint           empty while pending
 *   campaigns  code, or "*" for the only one -> the broker's answer, as it came
 *   complaint  u8 length, code ‖ u8 length, subject ‖ u8 length, detail
 *
 * An outbox is valid when 1. its format row is there and its version known; 2. there are as many
 * entries as fates, and as many as the totals say; 3. every entry has one fate; 4. every number is
 * below the next; 5. every entry has its checksum. 1 and 2 are looked at when it is opened, 3 to 5 when
 * an entry is read: one that fails 5 is told as damaged, for the others must still be sent.
 *
 * `bytes` counts each entry's unit, record and OUTBOX_ENTRY_BYTES, so that who is told "full" depends
 * on what was put and not on LMDB's pages. */
#include "clients/outbox.h"

#include "clients/limits.h"
#include "common/buf.h"
#include "common/check.h"
#include "common/mem.h"
#include "common/reader.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define FORMAT_MAGIC "Thi Dua outbox"
#define FORMAT_VERSION 1 /* raise when an old program would misread a row; write what converts it */
#define FATE_KEY 9
#define ENTRY_KEY 8
#define ENTRY_HEAD 16 /* checksum and time */

struct outbox {
    struct outbox_rows *rows;
    struct buf row; /* the one being made */
};

static const struct slice META_FORMAT = {(const uint8_t *)"format", 6};
static const struct slice META_TOTALS = {(const uint8_t *)"totals", 6};
static const struct slice META_LINE = {(const uint8_t *)"line", 4};

const char *
outbox_state_name(enum outbox_state state)
{
    static const char *const NAMES[OUTBOX_STATES] = {"", "pending", "receipted", "done",
                                                     "rejected"};
    return NAMES[state];
}

/* ---- rows ---- */

static void
be64_put(uint8_t *at, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8) {
        at[i] = (uint8_t)v;
    }
}

static struct slice
entry_key(uint64_t number, uint8_t key[ENTRY_KEY])
{
    be64_put(key, number);
    return slice_of(key, ENTRY_KEY);
}

static struct slice
fate_key(enum outbox_state state, uint64_t number, uint8_t key[FATE_KEY])
{
    key[0] = (uint8_t)state;
    be64_put(key + 1, number);
    return slice_of(key, FATE_KEY);
}

static void
text_pack(struct buf *out, const char *text)
{
    size_t len = strlen(text);
    buf_byte(out, (uint8_t)len);
    buf_put(out, text, len);
}

static void
text_read(struct reader *r, char *text, size_t size)
{
    struct slice bytes = reader_bytes(r, reader_byte(r));
    snprintf(text, size, "%.*s", SLICE_ARG(bytes));
}

static void
complaint_pack(struct buf *out, const struct complaint *why)
{
    text_pack(out, code_text(why->code));
    text_pack(out, why->subject);
    text_pack(out, why->detail);
}

static void
complaint_read(struct reader *r, struct complaint *why)
{
    char code[CODE_MAX + 1];
    *why = (struct complaint){0};
    text_read(r, code, sizeof code);
    why->code = code_of_text(slice_text(code));
    text_read(r, why->subject, sizeof why->subject);
    text_read(r, why->detail, sizeof why->detail);
}

static void
fate_pack(struct buf *out, const struct outbox_fate *fate)
{
    buf_clear(out);
    if (fate->state == OUTBOX_PENDING) {
        return;
    }
    buf_be64(out, fate->receipt.block);
    buf_be32(out, fate->receipt.index);
    buf_be64(out, (uint64_t)fate->time_us);
    buf_byte(out, (uint8_t)fate->verdict);
    buf_byte(out, (uint8_t)fate->flags);
    complaint_pack(out, &fate->why);
}

static bool
fate_read(struct slice value, enum outbox_state state, struct outbox_fate *fate)
{
    struct reader r = reader_of(value);
    *fate = (struct outbox_fate){.state = state};
    if (state == OUTBOX_PENDING) {
        return value.len == 0;
    }
    fate->receipt.block = reader_be64(&r);
    fate->receipt.index = reader_be32(&r);
    fate->time_us = (int64_t)reader_be64(&r);
    fate->verdict = (enum verdict)reader_byte(&r);
    fate->flags = reader_byte(&r);
    complaint_read(&r, &fate->why);
    return !r.bad && reader_left(&r) == 0;
}

static uint64_t
entry_sum(uint64_t number, const uint8_t *rest, size_t len)
{
    return XXH3_64bits_withSeed(rest, len, number);
}

static void
entry_pack(struct buf *out, uint64_t number, int64_t wall_us, const struct outbox_record *record)
{
    buf_clear(out);
    buf_be64(out, 0);
    buf_be64(out, (uint64_t)wall_us);
    buf_byte(out, (uint8_t)record->unit.len);
    buf_slice(out, record->unit);
    buf_slice(out, record->body);
    be64_put(out->data, entry_sum(number, out->data + 8, out->len - 8));
}

static void
entry_read(struct slice key, struct slice value, struct outbox_entry *entry)
{
    struct reader k = reader_of(key), r = reader_of(value);
    *entry = (struct outbox_entry){.number = reader_be64(&k)};
    uint64_t sum = reader_be64(&r);
    entry->queued_us = (int64_t)reader_be64(&r);
    entry->unit = reader_bytes(&r, reader_byte(&r));
    entry->body = reader_bytes(&r, reader_left(&r));
    entry->damaged = r.bad || sum != entry_sum(entry->number, value.data + 8, value.len - 8);
    if (entry->damaged) {
        entry->unit = entry->body = slice_of(NULL, 0);
    }
}

static uint64_t
entry_cost(size_t unit_len, size_t body_len)
{
    return unit_len + body_len + OUTBOX_ENTRY_BYTES;
}

/* ---- meta ---- */

static enum err
totals_read(struct outbox *o, struct outbox_totals *totals)
{
    struct slice value;
    enum err err = rows_get(o->rows, OUTBOX_META, META_TOTALS, &value);
    *totals = (struct outbox_totals){.next = 1};
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err; /* none was put yet */
    }
    struct reader r = reader_of(value);
    totals->next = reader_be64(&r);
    totals->bytes = reader_be64(&r);
    for (int s = OUTBOX_PENDING; s < OUTBOX_STATES; s++) {
        totals->counts[s] = reader_be64(&r);
    }
    return r.bad ? ERR_CORRUPT : ERR_OK;
}

static enum err
totals_write(struct outbox *o, const struct outbox_totals *totals)
{
    buf_clear(&o->row);
    buf_be64(&o->row, totals->next);
    buf_be64(&o->row, totals->bytes);
    for (int s = OUTBOX_PENDING; s < OUTBOX_STATES; s++) {
        buf_be64(&o->row, totals->counts[s]);
    }
    return rows_put(o->rows, OUTBOX_META, META_TOTALS, buf_slice_of(&o->row));
}

static enum err
line_read(struct outbox *o, struct outbox_line *line)
{
    struct slice value;
    enum err err = rows_get(o->rows, OUTBOX_META, META_LINE, &value);
    *line = (struct outbox_line){0};
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    struct reader r = reader_of(value);
    line->contact_us = (int64_t)reader_be64(&r);
    text_read(&r, line->broker, sizeof line->broker);
    line->trouble_us = (int64_t)reader_be64(&r);
    complaint_read(&r, &line->trouble);
    return r.bad ? ERR_CORRUPT : ERR_OK;
}

static enum err
line_write(struct outbox *o, const struct outbox_line *line)
{
    buf_clear(&o->row);
    buf_be64(&o->row, (uint64_t)line->contact_us);
    text_pack(&o->row, line->broker);
    buf_be64(&o->row, (uint64_t)line->trouble_us);
    complaint_pack(&o->row, &line->trouble);
    return rows_put(o->rows, OUTBOX_META, META_LINE, buf_slice_of(&o->row));
}

/* ---- transactions: each call of outbox.h is one ---- */

static enum err
end(struct outbox *o, enum err err)
{
    if (err == ERR_OK) {
        return rows_commit(o->rows);
    }
    rows_abort(o->rows);
    return err;
}

static enum err
begin_write(struct outbox *o, struct outbox_totals *totals)
{
    enum err err = rows_begin(o->rows, true);
    if (err != ERR_OK) {
        return err;
    }
    err = totals_read(o, totals);
    if (err != ERR_OK) {
        rows_abort(o->rows);
    }
    return err;
}

/* ---- opening ---- */

static enum err
format_check(struct outbox *o, char why[160])
{
    struct slice value;
    size_t magic = sizeof FORMAT_MAGIC - 1;
    enum err err = rows_get(o->rows, OUTBOX_META, META_FORMAT, &value);
    if (err == ERR_NOT_FOUND) {
        snprintf(why, 160, "meta: no format");
        return ERR_NOT_FOUND;
    }
    if (err != ERR_OK) {
        return err;
    }
    if (value.len < magic + 4 || memcmp(value.data, FORMAT_MAGIC, magic) != 0) {
        snprintf(why, 160, "meta: format");
        return ERR_CORRUPT;
    }
    struct reader r = reader_of(slice_of(value.data + magic, 4));
    uint32_t version = reader_be32(&r);
    if (version != FORMAT_VERSION) {
        snprintf(why, 160, "%" PRIu32 " > %d", version, FORMAT_VERSION);
        return ERR_VERSION;
    }
    return ERR_OK;
}

static enum err
counts_check(struct outbox *o, char why[160])
{
    struct outbox_totals totals;
    uint64_t entries, fates, told = 0;
    enum err err = totals_read(o, &totals);
    err = err == ERR_OK ? rows_count(o->rows, OUTBOX_ENTRIES, &entries) : err;
    err = err == ERR_OK ? rows_count(o->rows, OUTBOX_FATES, &fates) : err;
    if (err != ERR_OK) {
        return err;
    }
    for (int s = OUTBOX_PENDING; s < OUTBOX_STATES; s++) {
        told += totals.counts[s];
    }
    if (entries == fates && entries == told) {
        return ERR_OK;
    }
    snprintf(why, 160, "entries %" PRIu64 ", fates %" PRIu64 ", totals %" PRIu64, entries, fates,
             told);
    return ERR_CORRUPT;
}

/* The first to write into a new outbox says what it is. */
static enum err
format_write(struct outbox *o)
{
    struct slice value;
    struct buf row = BUF_EMPTY;
    enum err err = rows_begin(o->rows, true);
    if (err != ERR_OK) {
        return err;
    }
    err = rows_get(o->rows, OUTBOX_META, META_FORMAT, &value);
    if (err == ERR_NOT_FOUND) {
        buf_put(&row, FORMAT_MAGIC, sizeof FORMAT_MAGIC - 1);
        buf_be32(&row, FORMAT_VERSION);
        err = rows_put(o->rows, OUTBOX_META, META_FORMAT, buf_slice_of(&row));
        buf_fini(&row);
    }
    return end(o, err);
}

static bool
is_empty(struct outbox *o)
{
    uint64_t count, all = 0;
    for (int t = 0; t < OUTBOX_TABLES; t++) {
        if (rows_count(o->rows, (enum outbox_table)t, &count) != ERR_OK) {
            return false;
        }
        all += count;
    }
    return all == 0;
}

static enum err
check(struct outbox *o, bool *fresh, char why[160])
{
    enum err err = rows_begin(o->rows, false);
    if (err != ERR_OK) {
        return err;
    }
    err = format_check(o, why);
    *fresh = err == ERR_NOT_FOUND && is_empty(o);
    err = err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    err = err == ERR_OK ? counts_check(o, why) : err;
    rows_abort(o->rows);
    return err;
}

enum err
outbox_open(struct outbox_rows *rows, struct outbox **outbox, char why[160])
{
    struct outbox *o = mem_alloc(sizeof *o);
    bool fresh = false;
    o->rows = rows;
    why[0] = '\0';
    enum err err = check(o, &fresh, why);
    if (fresh) {
        err = format_write(o);
        err = err == ERR_OK ? check(o, &fresh, why) : err;
    }
    if (err != ERR_OK) {
        outbox_free(&o);
    }
    *outbox = o;
    return err;
}

void
outbox_free(struct outbox **outbox)
{
    struct outbox *o = *outbox;
    if (o != NULL) {
        rows_free(&o->rows);
        buf_fini(&o->row);
        free(o);
    }
    *outbox = NULL;
}

/* ---- taking away ---- */

/* The oldest entry of the state; ERR_NOT_FOUND. */
static enum err
oldest_remove(struct outbox *o, struct outbox_totals *totals, enum outbox_state state)
{
    uint8_t from[FATE_KEY], key[FATE_KEY], number[ENTRY_KEY];
    struct outbox_row row;
    struct slice value;
    enum err err = rows_seek(o->rows, OUTBOX_FATES, fate_key(state, 0, from), &row);
    if (err != ERR_OK) {
        return err;
    }
    if (row.key.len != FATE_KEY) {
        return ERR_CORRUPT;
    }
    if (row.key.data[0] != state) {
        return ERR_NOT_FOUND;
    }
    memcpy(key, row.key.data, FATE_KEY);
    memcpy(number, key + 1, ENTRY_KEY);
    err = rows_get(o->rows, OUTBOX_ENTRIES, slice_of(number, ENTRY_KEY), &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    }
    /* A damaged one too was paid for by its length: the unit's length byte is the one byte more. */
    uint64_t cost = value.len - ENTRY_HEAD - 1 + OUTBOX_ENTRY_BYTES;
    err = rows_del(o->rows, OUTBOX_ENTRIES, slice_of(number, ENTRY_KEY));
    err = err == ERR_OK ? rows_del(o->rows, OUTBOX_FATES, slice_of(key, FATE_KEY)) : err;
    totals->counts[state]--;
    totals->bytes -= cost < totals->bytes ? cost : totals->bytes;
    return err;
}

enum err
outbox_clear(struct outbox *o, enum outbox_state state, uint64_t *cleared)
{
    struct outbox_totals totals;
    CHECK(state == OUTBOX_DONE || state == OUTBOX_REJECTED);
    *cleared = 0;
    enum err err = begin_write(o, &totals);
    if (err != ERR_OK) {
        return err;
    }
    while ((err = oldest_remove(o, &totals, state)) == ERR_OK) {
        ++*cleared;
    }
    err = err == ERR_NOT_FOUND ? totals_write(o, &totals) : err;
    return end(o, err);
}

/* ---- putting ---- */

/* What is done makes room for what is not: it is in the journal, and can be asked for there. */
static enum err
room_make(struct outbox *o, struct outbox_totals *totals, uint64_t cost)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && totals->bytes + cost > OUTBOX_BYTES_MAX) {
        err = oldest_remove(o, totals, OUTBOX_DONE);
    }
    return err == ERR_NOT_FOUND ? ERR_LIMIT : err;
}

static enum err
entry_put(struct outbox *o, uint64_t number, int64_t wall_us, const struct outbox_record *record)
{
    uint8_t entry[ENTRY_KEY], fate[FATE_KEY];
    entry_pack(&o->row, number, wall_us, record);
    enum err err =
        rows_put(o->rows, OUTBOX_ENTRIES, entry_key(number, entry), buf_slice_of(&o->row));
    return err != ERR_OK ? err
                         : rows_put(o->rows, OUTBOX_FATES, fate_key(OUTBOX_PENDING, number, fate),
                                    slice_of(NULL, 0));
}

enum err
outbox_put(struct outbox *o, const struct outbox_record *records, uint32_t count, int64_t wall_us,
           uint64_t *first)
{
    struct outbox_totals totals;
    uint64_t cost = 0;
    for (uint32_t i = 0; i < count; i++) {
        CHECK(records[i].unit.len <= CODE_MAX && records[i].body.len <= RECORD_BYTES_MAX);
        cost += entry_cost(records[i].unit.len, records[i].body.len);
    }
    enum err err = begin_write(o, &totals);
    if (err != ERR_OK) {
        return err;
    }
    *first = totals.next;
    err = room_make(o, &totals, cost);
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = entry_put(o, totals.next++, wall_us, &records[i]);
    }
    totals.bytes += cost;
    totals.counts[OUTBOX_PENDING] += count;
    err = err == ERR_OK ? totals_write(o, &totals) : err;
    return end(o, err);
}

/* ---- reading ---- */

static enum err
fate_find(struct outbox *o, struct outbox_entry *entry)
{
    uint8_t key[FATE_KEY];
    struct slice value;
    for (int s = OUTBOX_PENDING; s < OUTBOX_STATES; s++) {
        struct slice k = fate_key((enum outbox_state)s, entry->number, key);
        enum err err = rows_get(o->rows, OUTBOX_FATES, k, &value);
        if (err == ERR_OK) {
            return fate_read(value, (enum outbox_state)s, &entry->fate) ? ERR_OK : ERR_CORRUPT;
        }
        if (err != ERR_NOT_FOUND) {
            return err;
        }
    }
    return ERR_CORRUPT;
}

/* The next entry of any state, from *number on. */
static enum err
next_of_all(struct outbox *o, uint64_t number, struct outbox_entry *entry)
{
    uint8_t key[ENTRY_KEY];
    struct outbox_row row;
    enum err err = rows_seek(o->rows, OUTBOX_ENTRIES, entry_key(number, key), &row);
    if (err != ERR_OK) {
        return err;
    }
    entry_read(row.key, row.value, entry);
    return fate_find(o, entry);
}

static enum err
next_of_state(struct outbox *o, enum outbox_state state, uint64_t number,
              struct outbox_entry *entry)
{
    uint8_t from[FATE_KEY], key[ENTRY_KEY];
    struct outbox_row row;
    struct outbox_fate fate;
    struct slice value;
    enum err err = rows_seek(o->rows, OUTBOX_FATES, fate_key(state, number, from), &row);
    if (err != ERR_OK) {
        return err;
    }
    if (row.key.len != FATE_KEY) {
        return ERR_CORRUPT;
    }
    if (row.key.data[0] != state) {
        return ERR_NOT_FOUND;
    }
    memcpy(key, row.key.data + 1, ENTRY_KEY);
    if (!fate_read(row.value, state, &fate)) {
        return ERR_CORRUPT;
    }
    err = rows_get(o->rows, OUTBOX_ENTRIES, slice_of(key, ENTRY_KEY), &value);
    if (err == ERR_OK) {
        entry_read(slice_of(key, ENTRY_KEY), value, entry);
        entry->fate = fate;
    }
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err
outbox_read(struct outbox *o, enum outbox_state state, uint64_t from, outbox_entry_fn *fn,
            void *context)
{
    enum err err = rows_begin(o->rows, false);
    if (err != ERR_OK) {
        return err;
    }
    struct outbox_entry entry;
    do {
        err = state == 0 ? next_of_all(o, from, &entry) : next_of_state(o, state, from, &entry);
        from = entry.number + 1;
    } while (err == ERR_OK && fn(context, &entry));
    rows_abort(o->rows);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
outbox_totals(struct outbox *o, struct outbox_totals *totals)
{
    enum err err = rows_begin(o->rows, false);
    if (err == ERR_OK) {
        err = totals_read(o, totals);
        rows_abort(o->rows);
    }
    return err;
}

/* A file's change is told before LMDB's new transaction can be seen: only its writer's lock tells when
 * a commit is whole, and a sender that looked too early would sleep over an entry. */
enum err
outbox_totals_behind(struct outbox *o, struct outbox_totals *totals)
{
    enum err err = begin_write(o, totals);
    if (err == ERR_OK) {
        rows_abort(o->rows);
    }
    return err;
}

enum err
outbox_line(struct outbox *o, struct outbox_line *line)
{
    enum err err = rows_begin(o->rows, false);
    if (err == ERR_OK) {
        err = line_read(o, line);
        rows_abort(o->rows);
    }
    return err;
}

/* ---- what became of entries ---- */

static enum outbox_state
state_before(enum outbox_state state)
{
    return state == OUTBOX_RECEIPTED ? OUTBOX_PENDING : OUTBOX_RECEIPTED;
}

/* Where the entry stands now, if it may go to where the note says; ERR_NOT_FOUND. A refused record
 * comes straight from PENDING. */
static enum err
move_from(struct outbox *o, const struct outbox_note *note, enum outbox_state *from)
{
    uint8_t key[FATE_KEY];
    struct slice value;
    bool refused = note->fate.state == OUTBOX_REJECTED && note->fate.receipt.block == 0;
    *from = refused ? OUTBOX_PENDING : state_before(note->fate.state);
    return rows_get(o->rows, OUTBOX_FATES, fate_key(*from, note->number, key), &value);
}

static enum err
note_take(struct outbox *o, struct outbox_totals *totals, const struct outbox_note *note)
{
    uint8_t key[FATE_KEY];
    enum outbox_state from;
    enum err err = move_from(o, note, &from);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    err = rows_del(o->rows, OUTBOX_FATES, fate_key(from, note->number, key));
    if (err != ERR_OK) {
        return err;
    }
    fate_pack(&o->row, &note->fate);
    totals->counts[from]--;
    totals->counts[note->fate.state]++;
    return rows_put(o->rows, OUTBOX_FATES, fate_key(note->fate.state, note->number, key),
                    buf_slice_of(&o->row));
}

static enum err
done_trim(struct outbox *o, struct outbox_totals *totals)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && totals->counts[OUTBOX_DONE] > OUTBOX_DONE_MAX) {
        err = oldest_remove(o, totals, OUTBOX_DONE);
    }
    return err;
}

enum err
outbox_settle(struct outbox *o, const struct outbox_note *notes, uint32_t count,
              const struct outbox_line *line)
{
    struct outbox_totals totals;
    enum err err = begin_write(o, &totals);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = note_take(o, &totals, &notes[i]);
    }
    err = err == ERR_OK ? done_trim(o, &totals) : err;
    err = err == ERR_OK ? totals_write(o, &totals) : err;
    err = err == ERR_OK && line != NULL ? line_write(o, line) : err;
    return end(o, err);
}

/* ---- campaigns ---- */

static struct slice
campaign_key(struct slice code)
{
    return code.len == 0 ? slice_text("*") : code;
}

enum err
outbox_campaign_keep(struct outbox *o, struct slice code, struct slice answer)
{
    enum err err = rows_begin(o->rows, true);
    return err == ERR_OK ? end(o, rows_put(o->rows, OUTBOX_CAMPAIGNS, campaign_key(code), answer))
                         : err;
}

enum err
outbox_campaign(struct outbox *o, struct slice code, struct buf *answer)
{
    struct slice value;
    enum err err = rows_begin(o->rows, false);
    if (err == ERR_OK) {
        err = rows_get(o->rows, OUTBOX_CAMPAIGNS, campaign_key(code), &value);
        if (err == ERR_OK) {
            buf_slice(answer, value);
        }
        rows_abort(o->rows);
    }
    return err;
}
