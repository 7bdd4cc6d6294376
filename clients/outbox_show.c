/* Status and list. The list goes through the outbox a piece at a time: no transaction stays open while
 * somebody reads a screen, and 100,000 entries need no more memory than 500. */
#include "clients/outbox_show.h"

#include "clients/answers.h"
#include "clients/limits.h"
#include "clients/outbox_run.h"
#include "clients/reading.h"
#include "clients/record_json.h"
#include "clients/table.h"
#include "clients/terms.h"
#include "clients/words.h"
#include "common/clock.h"

#include <inttypes.h>
#include <sysexits.h>

#define PIECE 500
#define OLD_US ((int64_t)86400 * 1000000) /* a day: a daily report would be late */

/* ---- status ---- */

static bool
first_take(void *context, const struct outbox_entry *entry)
{
    *(int64_t *)context = entry->queued_us;
    return false;
}

struct status {
    struct outbox_totals totals;
    struct outbox_line line;
    int64_t since_us; /* of the oldest that is pending; 0: none */
    uint64_t percent;
    bool runs;
    int code;
};

/* A clock that was set back makes nothing old. */
static int
status_code(const struct status *s)
{
    struct clock clock = clock_real(0);
    bool old = s->since_us != 0 && clock_wall_us(&clock) - s->since_us > OLD_US;
    if (old || s->percent >= OUTBOX_WARN_PERCENT) {
        return EX_TEMPFAIL;
    }
    return s->totals.counts[OUTBOX_REJECTED] > 0 ? EX_DATAERR : 0;
}

static enum err
status_read(struct status *s, const struct outbox_place *place, struct outbox *outbox)
{
    enum err err = outbox_totals(outbox, &s->totals);
    err = err == ERR_OK ? outbox_line(outbox, &s->line) : err;
    err = err == ERR_OK ? outbox_read(outbox, OUTBOX_PENDING, 0, first_take, &s->since_us) : err;
    s->percent = s->totals.bytes * 100 / OUTBOX_BYTES_MAX;
    s->runs = outbox_runs(place);
    s->code = err == ERR_OK ? status_code(s) : 0;
    return err;
}

static void
trouble_sentence(const struct outbox_line *line, char *text, size_t size)
{
    if (line->trouble.code == CODE_NONE) {
        snprintf(text, size, "%s", tr("không có broker nào trả lời.", "no broker answers."));
    } else {
        complaint_sentence(&line->trouble, words_language(), text, size);
    }
}

static json_t *
moment_json(int64_t time_us)
{
    return time_us == 0 ? json_null() : json_integer((json_int_t)time_us);
}

static json_t *
trouble_json(const struct outbox_line *line)
{
    char sentence[512];
    if (line->trouble_us == 0) {
        return json_null();
    }
    trouble_sentence(line, sentence, sizeof sentence);
    return json_pack("{s:s, s:s, s:I}", "code",
                     line->trouble.code == CODE_NONE ? "no-answer" : code_text(line->trouble.code),
                     "sentence", sentence, "since_us", (json_int_t)line->trouble_us);
}

static json_t *
status_json(const struct status *s, const struct outbox_place *place)
{
    json_t *all =
        json_pack("{s:s, s:b, s:I, s:I}", "outbox", place->folder, "running", s->runs, "bytes",
                  (json_int_t)s->totals.bytes, "percent", (json_int_t)s->percent);
    for (int state = OUTBOX_PENDING; state < OUTBOX_STATES; state++) {
        json_object_set_new(all, outbox_state_name((enum outbox_state)state),
                            json_integer((json_int_t)s->totals.counts[state]));
    }
    json_object_set_new(all, "pending_since_us", moment_json(s->since_us));
    json_object_set_new(all, "contact_us", moment_json(s->line.contact_us));
    json_object_set_new(all, "broker", json_string(s->line.broker));
    json_object_set_new(all, "trouble", trouble_json(&s->line));
    return all;
}

static void
status_print(const struct status *s, const struct outbox_place *place)
{
    char since[32], contact[32], sentence[512];
    const uint64_t *counts = s->totals.counts;
    moment_text(s->since_us, since);
    moment_text(s->line.contact_us, contact);
    printf(tr("hộp thư đi %s: dùng %" PRIu64 " %%, %s\n", "outbox %s: %" PRIu64 " %% full, %s\n"),
           place->folder, s->percent,
           s->runs ? tr("đang có tiến trình gửi", "a sender runs")
                   : tr("không có tiến trình gửi (thidua outbox run)",
                        "no sender runs (thidua outbox run)"));
    printf(tr("chờ gửi: %" PRIu64 "%s%s\n", "pending: %" PRIu64 "%s%s\n"), counts[OUTBOX_PENDING],
           s->since_us == 0 ? "" : tr(", từ ", ", since "), since);
    printf(tr("đã có biên nhận, chờ kết quả: %" PRIu64 "\n",
              "receipted, verdict to come: %" PRIu64 "\n"),
           counts[OUTBOX_RECEIPTED]);
    printf(tr("xong: %" PRIu64 "\nbị từ chối, cần đọc: %" PRIu64 "\n",
              "done: %" PRIu64 "\nrejected, to be read: %" PRIu64 "\n"),
           counts[OUTBOX_DONE], counts[OUTBOX_REJECTED]);
    if (s->line.contact_us != 0) {
        printf(tr("lần liên lạc cuối: %s, %s\n", "last contact: %s, %s\n"), contact,
               s->line.broker);
    }
    if (s->line.trouble_us != 0) {
        moment_text(s->line.trouble_us, since);
        trouble_sentence(&s->line, sentence, sizeof sentence);
        printf(tr("trục trặc từ %s: %s\n", "trouble since %s: %s\n"), since, sentence);
    }
}

int
outbox_show_status(const struct outbox_place *place, struct outbox *outbox, bool json)
{
    struct status s = {0};
    enum err err = status_read(&s, place, outbox);
    if (err != ERR_OK) {
        return outbox_place_failed(place, err, "");
    }
    if (json) {
        int code = json_show(status_json(&s, place));
        return code == 0 ? s.code : code;
    }
    status_print(&s, place);
    return s.code;
}

/* ---- list ---- */

static void
fate_json(json_t *row, const struct outbox_fate *fate)
{
    char text[512];
    if (fate->receipt.block != 0) {
        receipt_format(fate->receipt, text);
        json_object_set_new(row, "receipt", json_string(text));
        json_object_set_new(row, "time_us", json_integer((json_int_t)fate->time_us));
    }
    if (fate->state == OUTBOX_DONE || fate->state == OUTBOX_REJECTED) {
        json_t *flags = json_array();
        for (unsigned flag = FLAG_LATE; flag <= FLAG_WARNED; flag *= 2) {
            if (fate->flags & flag) {
                json_array_append_new(flags, json_string(flag_name(flag)));
            }
        }
        json_object_set_new(row, "verdict", json_string(verdict_name(fate->verdict)));
        json_object_set_new(row, "flags", flags);
    }
    if (fate->why.code != CODE_NONE) {
        complaint_sentence(&fate->why, words_language(), text, sizeof text);
        json_object_set_new(row, "code", json_string(code_text(fate->why.code)));
        json_object_set_new(row, "subject", json_string(fate->why.subject));
        json_object_set_new(row, "detail", json_string(fate->why.detail));
        json_object_set_new(row, "sentence", json_string(text));
    }
}

static json_t *
entry_json(const struct outbox_entry *entry)
{
    static const char *const KEYS[] = {"type", "campaign", "form", "unit", "period", "revision"};
    json_t *row =
        json_pack("{s:I, s:s, s:I}", "entry", (json_int_t)entry->number, "state",
                  outbox_state_name(entry->fate.state), "queued_us", (json_int_t)entry->queued_us);
    json_t *record = entry->damaged ? json_object() : record_json(entry->body);
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        json_t *value = json_object_get(record, KEYS[i]);
        if (value != NULL) {
            json_object_set(row, KEYS[i], value);
        }
    }
    json_decref(record);
    fate_json(row, &entry->fate);
    return row;
}

struct piece {
    json_t *rows;
    uint64_t next;
};

static bool
piece_take(void *context, const struct outbox_entry *entry)
{
    struct piece *p = context;
    json_array_append_new(p->rows, entry_json(entry));
    p->next = entry->number + 1;
    return json_array_size(p->rows) < PIECE;
}

static void
piece_dump(const struct piece *p, bool *first)
{
    size_t i;
    json_t *row;
    json_array_foreach(p->rows, i, row)
    {
        fputs(*first ? "\n  " : ",\n  ", stdout);
        json_dumpf(row, stdout, 0);
        *first = false;
    }
}

static const char *
state_words(const json_t *row)
{
    const char *verdict = json_text(row, "verdict");
    const char *state = json_text(row, "state");
    if (verdict[0] != '\0') {
        return term(verdict);
    }
    return strcmp(state, "pending") == 0 ? tr("chờ gửi", "pending")
                                         : tr("chờ kết quả", "verdict to come");
}

static void
piece_print(const struct piece *p)
{
    struct table_column columns[] = {
        {tr("Số", "Entry"), true},         {tr("Xếp lúc", "Queued"), false},
        {tr("Biểu mẫu", "Form"), false},   {tr("Đơn vị", "Unit"), false},
        {tr("Kỳ", "Period"), false},       {tr("Biên nhận", "Receipt"), false},
        {tr("Kết quả", "Outcome"), false}, {tr("Lý do", "Reason"), false},
    };
    struct table *table = table_new(columns, 8);
    size_t i;
    json_t *row;
    json_array_foreach(p->rows, i, row)
    {
        char queued[32];
        const char *form = json_text(row, "form");
        moment_text(json_number(row, "queued_us"), queued);
        table_number(table, json_number(row, "entry"));
        table_text(table, queued);
        table_text(table, form[0] != '\0' ? form : json_text(row, "type"));
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "period"));
        table_text(table, json_text(row, "receipt"));
        table_text(table, state_words(row));
        table_text(table, json_text(row, "sentence"));
    }
    table_print(table, stdout);
    table_free(&table);
}

int
outbox_show_list(const struct outbox_place *place, struct outbox *outbox, enum outbox_state state,
                 bool json)
{
    struct piece p = {.next = 0};
    bool first = true;
    size_t got;
    if (json) {
        fputs("[", stdout);
    }
    do {
        p.rows = json_array();
        enum err err = outbox_read(outbox, state, p.next, piece_take, &p);
        if (err != ERR_OK) {
            json_decref(p.rows);
            return outbox_place_failed(place, err, "");
        }
        if (json) {
            piece_dump(&p, &first);
        } else {
            piece_print(&p);
        }
        got = json_array_size(p.rows);
        json_decref(p.rows);
    } while (got == PIECE);
    if (json) {
        fputs("\n]\n", stdout);
    }
    return 0;
}
