/* Ranges of receipts out, verdicts in. Whatever the answer does not name was plainly accepted. */
#include "clients/outbox_verdicts.h"

#include "proto/pack.h"

#include <stdlib.h>

static int
receipt_order(const void *left, const void *right)
{
    const struct receipt *a = &((const struct outbox_note *)left)->fate.receipt;
    const struct receipt *b = &((const struct outbox_note *)right)->fate.receipt;
    if (a->block != b->block) {
        return a->block < b->block ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* How many of the notes from `at` on stand side by side in one block. Two entries may have one receipt
 * only where an outbox was restored beside itself: the second begins a range of its own. */
static uint32_t
run_of(const struct outbox_note *notes, uint32_t at, uint32_t count)
{
    uint32_t end = at + 1;
    while (end < count && notes[end].fate.receipt.block == notes[at].fate.receipt.block &&
           notes[end].fate.receipt.index == notes[at].fate.receipt.index + (end - at)) {
        end++;
    }
    return end - at;
}

uint64_t
outbox_verdicts_ask(struct outbox_note *notes, uint32_t count, struct buf *args)
{
    uint32_t ranges = 0;
    qsort(notes, count, sizeof *notes, receipt_order);
    for (uint32_t i = 0; i < count; i += run_of(notes, i, count)) {
        ranges++;
    }
    pack_map(args, 2);
    pack_key_bool(args, "all", true);
    pack_cstr(args, "ranges");
    pack_array(args, ranges);
    for (uint32_t i = 0; i < count; i += run_of(notes, i, count)) {
        pack_array(args, 3);
        pack_uint(args, notes[i].fate.receipt.block);
        pack_uint(args, notes[i].fate.receipt.index);
        pack_uint(args, run_of(notes, i, count));
    }
    return notes[count - 1].fate.receipt.block;
}

/* ---- the answer ---- */

static enum verdict
verdict_of(struct slice name)
{
    for (int v = VERDICT_ACCEPTED; v <= VERDICT_QUARANTINED; v++) {
        if (slice_is(name, verdict_name((enum verdict)v))) {
            return (enum verdict)v;
        }
    }
    return (enum verdict)0;
}

static bool
flags_read(struct cursor *c, uint32_t *flags)
{
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice name;
        if (cursor_text(c, &name) != ERR_OK) {
            return false;
        }
        for (unsigned flag = FLAG_LATE; flag <= FLAG_WARNED; flag *= 2) {
            *flags |= slice_is(name, flag_name(flag)) ? flag : 0;
        }
    }
    return true;
}

struct told {
    struct slice receipt, verdict, code, subject, detail;
    uint32_t flags;
};

static bool
told_field(struct cursor *c, struct slice key, struct told *told)
{
    struct {
        const char *key;
        struct slice *to;
    } texts[] = {{"receipt", &told->receipt},
                 {"verdict", &told->verdict},
                 {"code", &told->code},
                 {"subject", &told->subject},
                 {"detail", &told->detail}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (slice_is(key, texts[i].key)) {
            return cursor_text(c, texts[i].to) == ERR_OK;
        }
    }
    return slice_is(key, "flags") ? flags_read(c, &told->flags) : cursor_skip(c) == ERR_OK;
}

static bool
told_read(struct cursor *c, struct told *told)
{
    uint32_t n;
    *told = (struct told){0};
    if (cursor_map(c, &n) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice key;
        if (cursor_text(c, &key) != ERR_OK || !told_field(c, key, told)) {
            return false;
        }
    }
    return true;
}

static bool
told_take(const struct told *told, struct outbox_note *notes, uint32_t count)
{
    struct outbox_note key = {0};
    enum verdict verdict = verdict_of(told->verdict);
    if (verdict == 0 || receipt_parse(told->receipt, &key.fate.receipt) != ERR_OK) {
        return false;
    }
    struct outbox_note *note = bsearch(&key, notes, count, sizeof *notes, receipt_order);
    if (note == NULL) {
        return false;
    }
    bool bad = verdict == VERDICT_REJECTED || verdict == VERDICT_QUARANTINED;
    note->fate.state = bad ? OUTBOX_REJECTED : OUTBOX_DONE;
    note->fate.verdict = verdict;
    note->fate.flags = told->flags;
    if (told->code.len > 0) {
        complain(&note->fate.why, code_of_text(told->code), told->subject, "%.*s",
                 SLICE_ARG(told->detail));
    }
    return true;
}

static bool
records_read(struct cursor *c, struct outbox_note *notes, uint32_t count)
{
    struct told told;
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!told_read(c, &told) || !told_take(&told, notes, count)) {
            return false;
        }
    }
    return true;
}

/* A group is far below a page (limits.h): a page that is not the last is as good as unreadable. */
bool
outbox_verdicts_read(struct slice answer, struct outbox_note *notes, uint32_t count)
{
    struct cursor c = cursor_of(answer);
    bool seen = false;
    uint32_t n;
    for (uint32_t i = 0; i < count; i++) {
        notes[i].fate.state = OUTBOX_DONE;
        notes[i].fate.verdict = VERDICT_ACCEPTED;
    }
    if (cursor_map(&c, &n) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice key;
        if (cursor_text(&c, &key) != ERR_OK || slice_is(key, "next")) {
            return false;
        }
        bool records = slice_is(key, "records");
        seen = seen || records;
        if (records ? !records_read(&c, notes, count) : cursor_skip(&c) != ERR_OK) {
            return false;
        }
    }
    return seen;
}
