/* Counting and telling errors as they come; the table or the JSON object at the end. */
#include "clients/import_summary.h"

#include "clients/answers.h"
#include "clients/table.h"
#include "clients/words.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <sysexits.h>

int
import_summary_begin(struct import_summary *s, const char *file, const char *errors_path)
{
    *s = (struct import_summary){.first = json_array(), .ignored = json_array(), .file = file};
    if (errors_path == NULL) {
        return 0;
    }
    s->all = fopen(errors_path, "we");
    if (s->all == NULL) {
        return say_code(EX_CANTCREAT, tr("không tạo được %s: %s.", "%s cannot be made: %s."),
                        errors_path, strerror(errno));
    }
    fputs("line,column,receipt,code,subject,detail,sentence\n", s->all);
    return 0;
}

static void
cell_write(FILE *to, const char *text, char end)
{
    csv_fwrite(to, text, strlen(text));
    fputc(end, to);
}

void
import_summary_error(struct import_summary *s, const struct complaint *why, const char *receipt)
{
    char sentence[512];
    complaint_sentence(why, words_language(), sentence, sizeof sentence);
    s->errors++;
    if (json_array_size(s->first) < SUMMARY_ERRORS) {
        json_array_append_new(s->first,
                              json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s}", "line",
                                        (json_int_t)why->line, "column", (json_int_t)why->column,
                                        "receipt", receipt, "code", code_text(why->code), "subject",
                                        why->subject, "detail", why->detail, "sentence", sentence));
    }
    if (s->all != NULL) {
        fprintf(s->all, "%u,%u,", why->line, why->column);
        cell_write(s->all, receipt, ',');
        cell_write(s->all, code_text(why->code), ',');
        cell_write(s->all, why->subject, ',');
        cell_write(s->all, why->detail, ',');
        cell_write(s->all, sentence, '\n');
    }
}

static void
show_json(const struct import_summary *s, const struct outcomes *outcomes, bool waited)
{
    json_t *all = json_object();
    json_object_set_new(all, "records", json_integer((json_int_t)s->records));
    for (enum count c = 0; c < COUNTS; c++) {
        json_object_set_new(all, count_name(c), json_integer((json_int_t)outcomes->counts[c]));
    }
    json_object_set_new(all, "receipts", json_integer((json_int_t)outcomes->receipts));
    if (outcomes->queue != NULL) {
        json_object_set_new(all, "queued", json_integer((json_int_t)outcomes->queued));
    }
    json_object_set_new(all, "verdicts_known", json_boolean(waited));
    json_object_set_new(all, "block", json_integer((json_int_t)outcomes->newest));
    json_object_set(all, "ignored_columns", s->ignored);
    json_object_set(all, "errors", s->first);
    json_object_set_new(all, "errors_total", json_integer((json_int_t)s->errors));
    json_show(all);
}

static void
count_row(struct table *table, const char *name, uint64_t count)
{
    if (count > 0) {
        table_text(table, name);
        table_number(table, (int64_t)count);
    }
}

static void
show_counts(const struct import_summary *s, const struct outcomes *o, bool waited)
{
    struct table_column columns[] = {{tr("Bản ghi", "Records"), false}, {"", true}};
    const char *const names[COUNTS] = {
        [COUNT_ACCEPTED] = tr("được nhận", "accepted"),
        [COUNT_CORRECTED] = tr("thay bản trước", "corrected"),
        [COUNT_UNCHANGED] = tr("không đổi", "unchanged"),
        [COUNT_SUPERSEDED] = tr("đã có bản mới hơn", "superseded"),
        [COUNT_REJECTED] = tr("bị từ chối", "rejected"),
        [COUNT_QUARANTINED] = tr("bị cách ly", "quarantined"),
        [COUNT_LATE] = tr("nộp muộn", "late"),
        [COUNT_OUTLIER] = tr("có số liệu bất thường", "outlier"),
        [COUNT_INCOMPLETE] = tr("thiếu chỉ tiêu bắt buộc", "incomplete"),
        [COUNT_WARNED] = tr("bị cảnh báo", "warned"),
    };
    struct table *table = table_new(columns, 2);
    table_text(table, tr("tổng số", "in all"));
    table_number(table, (int64_t)s->records);
    for (enum count c = 0; c < COUNTS; c++) {
        count_row(table, names[c], o->counts[c]);
    }
    if (!waited) {
        count_row(table, tr("đã có biên nhận", "with receipts"), o->receipts);
        count_row(table, tr("trong hộp thư đi", "in the outbox"), o->queued);
    }
    table_print(table, stdout);
    table_free(&table);
    if (!waited && o->queue == NULL) {
        say(tr("chưa chờ kết quả xử lý: chỉ biết biên nhận.",
               "verdicts were not waited for: only receipts are known."));
    }
}

static void
show_errors(const struct import_summary *s)
{
    size_t i;
    json_t *error;
    json_array_foreach(s->first, i, error)
    {
        fprintf(stderr, "%s:%" PRId64, s->file, json_number(error, "line"));
        if (json_number(error, "column") > 0) {
            fprintf(stderr, ":%" PRId64, json_number(error, "column"));
        }
        fprintf(stderr, ": %s: %s\n", json_text(error, "code"), json_text(error, "sentence"));
    }
    if (s->errors > json_array_size(s->first)) {
        say(tr("còn %" PRIu64 " lỗi nữa; --errors TỆP ghi lại tất cả.",
               "%" PRIu64 " more errors; --errors FILE writes all of them."),
            s->errors - json_array_size(s->first));
    }
}

int
import_summary_end(struct import_summary *s, const struct outcomes *outcomes, bool waited)
{
    if (outcomes->contact->options->json) {
        show_json(s, outcomes, waited);
    } else {
        show_counts(s, outcomes, waited);
        show_errors(s);
    }
    int code = outcomes->code;
    if (s->all != NULL && fclose(s->all) != 0 && code == 0) {
        code = say_code(
            EX_IOERR,
            tr("tệp lỗi không ghi hết được: %s.", "the file of errors could not be written: %s."),
            strerror(errno));
    }
    json_decref(s->first);
    json_decref(s->ignored);
    uint64_t bad = outcomes->counts[COUNT_REJECTED] + outcomes->counts[COUNT_QUARANTINED];
    return code == 0 && bad > 0 ? EX_DATAERR : code;
}
