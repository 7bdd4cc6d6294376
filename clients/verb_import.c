/* thidua import FILE.csv|-: the reports of a CSV file, of any length; a summary at the end. */
#include "clients/import.h"
#include "clients/answers.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

static const struct import_layout *const layouts[] = {&IMPORT_WIDE, &IMPORT_LONG, &IMPORT_DHIS2};

/* The column that a verdict is about, where the layout has one for it. */
static uint32_t
column_of_subject(const struct import *im, const struct complaint *why)
{
    for (uint32_t i = 0; im->indicator_of != NULL && i < im->width; i++) {
        if (im->indicator_of[i][0] != '\0' && strcmp(im->indicator_of[i], why->subject) == 0) {
            return i + 1;
        }
    }
    switch (why->code) {
    case CODE_UNIT_UNKNOWN:
    case CODE_UNIT_NOT_THEN:
    case CODE_FORM_NOT_ASKED:
        return im->columns.unit + 1;
    case CODE_PERIOD_INVALID:
    case CODE_PERIOD_TYPE:
    case CODE_PERIOD_OUTSIDE:
    case CODE_PERIOD_FUTURE:
    case CODE_PERIOD_EXPIRED:
        return im->columns.period + 1;
    default:
        return 0;
    }
}

static void
told(void *context, const struct outcome *outcome)
{
    struct import *im = context;
    char receipt[RECEIPT_TEXT] = "";
    const char *verdict = json_text(outcome->verdict, "verdict");
    /* A warning comes with a code too: it is counted, and no error. */
    bool taken = outcome->verdict != NULL && strcmp(verdict, "rejected") != 0 &&
                 strcmp(verdict, "quarantined") != 0;
    if (outcome->why == NULL || taken) {
        return;
    }
    struct complaint why = *outcome->why;
    why.line = (uint32_t)outcome->tag;
    why.column = column_of_subject(im, &why);
    if (outcome->receipt.block != 0) {
        receipt_format(outcome->receipt, receipt);
    }
    import_summary_error(&im->summary, &why, receipt);
}

static void
show_progress(struct import *im)
{
    if (!progress_due(&im->progress)) {
        return;
    }
    unsigned percent =
        im->input.total == 0 ? 0 : (unsigned)(im->input.read * 100 / im->input.total);
    progress_show(&im->progress,
                  tr("%s: %u %%, %" PRIu64 " bản ghi, %" PRIu64 " biên nhận",
                     "%s: %u %%, %" PRIu64 " records, %" PRIu64 " receipts"),
                  im->input.name, percent, im->summary.records, im->outcomes.receipts);
}

static bool
on_row(void *context, const struct csv_row *row)
{
    struct import *im = context;
    struct complaint why;
    if (im->header_done) {
        im->layout->row(im, row);
        show_progress(im);
        return im->outcomes.code == 0;
    }
    im->header_done = true;
    im->width = row->count;
    if (!im->layout->header(im, row, &why)) {
        why.line = row->line;
        say_complaint(im->input.name, &why);
        im->code = EX_DATAERR;
    }
    return im->code == 0;
}

static void
on_mistake(void *context, const struct complaint *why)
{
    import_refuse(context, why);
}

static void
import_rows(struct import *im)
{
    struct csv_handler handler = {on_row, on_mistake, im};
    enum err err = csv_read(im->input.file, &handler);
    if (err == ERR_IO) {
        im->code = say_code(
            EX_IOERR, tr("không đọc hết được %s: %s.", "%s could not be read to its end: %s."),
            im->input.name, strerror(errno));
    } else if (!im->header_done) {
        im->code = say_code(
            EX_DATAERR, tr("%s trống: không có dòng tiêu đề.", "%s is empty: it has no header."),
            im->input.name);
    }
    if (im->layout->end != NULL && im->header_done && im->outcomes.code == 0) {
        im->layout->end(im);
    }
}

static void
idle(void *context)
{
    outcomes_idle(context);
}

static int
import_run(struct import *im, bool no_wait, const char *errors)
{
    int code = import_summary_begin(&im->summary, im->input.name, errors);
    if (code != 0) {
        return code;
    }
    progress_begin(&im->progress, im->options->quiet);
    if (im->queue != NULL) {
        outcomes_begin_queue(&im->outcomes, &im->contact, im->queue, told, im);
        im->input.idle = idle;
        im->input.context = &im->outcomes;
    } else {
        outcomes_begin(&im->outcomes, &im->contact, no_wait ? WANT_RECEIPTS : WANT_REJECTED, told,
                       im);
    }
    import_rows(im);
    outcomes_finish(&im->outcomes);
    progress_end(&im->progress);
    code = import_summary_end(&im->summary, &im->outcomes, !no_wait);
    outcomes_fini(&im->outcomes);
    return im->code == 0 ? code : im->code;
}

static void
import_fini(struct import *im)
{
    json_decref(im->indicators);
    import_map_fini(&im->map);
    import_seen_fini(&im->seen);
    import_seen_fini(&im->combos);
    import_gather_fini(&im->gather);
    draft_fini(&im->draft);
    buf_fini(&im->body);
    free(im->indicator_of);
}

struct import_options {
    const char *map, *errors, *outbox_dir;
    bool wait, no_wait, outbox;
};

static int
import_open_and_run(struct import *im, const struct import_options *io)
{
    int code = io->map == NULL ? 0 : import_map_read(&im->map, io->map);
    code = code == 0 ? outbox_or_contact(&im->contact, &im->queue, im->options, io->outbox,
                                         io->outbox_dir, io->wait)
                     : code;
    if (code != 0) {
        return code;
    }
    code = input_open(&im->input, im->options->args[0], &im->contact);
    if (code == 0) {
        code = import_form_read(im);
        code = code == 0 ? import_run(im, io->no_wait || im->queue != NULL, io->errors) : code;
        input_close(&im->input);
    }
    outbox_queue_free(&im->queue);
    contact_close(&im->contact);
    return code;
}

static const struct import_layout *
layout_find(const char *name)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (strcmp(layouts[i]->name, name) == 0) {
            return layouts[i];
        }
    }
    return NULL;
}

int
verb_import(int argc, char **argv)
{
    struct options o;
    struct import im = {.options = &o, .unit_column = "unit", .period_column = "period"};
    struct import_options io = {0};
    const char *layout = "wide";
    const struct option_spec own[] = {
        TEXT_OPTION("form", "CODE", &im.form, true, "biểu mẫu", "the form"),
        TEXT_OPTION("layout", "wide|long|dhis2", &layout, false, "cách bày bảng; mặc định wide",
                    "how the table is laid out; default wide"),
        TEXT_OPTION("unit-column", "C", &im.unit_column, false, "cột đơn vị; mặc định unit",
                    "the unit's column; default unit"),
        TEXT_OPTION("period-column", "C", &im.period_column, false, "cột kỳ; mặc định period",
                    "the period's column; default period"),
        TEXT_OPTION("source", "CODE", &im.source, false,
                    "nguồn; mặc định là nguồn đầu tiên của biểu mẫu",
                    "the source; default the form's first"),
        NUMBER_OPTION("revision", "N", &im.revision, false,
                      "số lần sửa của mọi bản ghi; mặc định tự cấp",
                      "the revision of all; default stamped"),
        TEXT_OPTION("idempotency-key", "KEY", &im.key, false,
                    "cùng tệp, cùng khóa này: mỗi bản ghi ghép chỉ có một hiệu lực",
                    "the same file under the same key: each merge has one effect"),
        TEXT_OPTION("map", "FILE", &io.map, false, "CSV kind,from,to: mã bên ngoài thành mã ở đây",
                    "CSV kind,from,to: their codes to ours"),
        TEXT_OPTION("errors", "FILE", &io.errors, false, "ghi mọi lỗi ra CSV",
                    "write all errors as CSV"),
        SWITCH_OPTION("wait", &io.wait, "chờ kết quả xử lý (mặc định)",
                      "wait for the verdicts (the default)"),
        SWITCH_OPTION("no-wait", &io.no_wait, "chỉ chờ biên nhận", "wait for receipts only"),
        SWITCH_OPTION("outbox", &io.outbox, "xếp vào hộp thư đi; “thidua outbox run” sẽ gửi",
                      "put them into the outbox; “thidua outbox run” sends them"),
        OUTBOX_DIR_OPTION(&io.outbox_dir),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (io.wait && io.no_wait) {
        return say_code(EX_USAGE, tr("--wait và --no-wait loại trừ nhau.",
                                     "--wait and --no-wait exclude each other."));
    }
    im.layout = layout_find(layout);
    if (im.layout == NULL) {
        return say_code(EX_USAGE,
                        tr("--layout là wide, long hoặc dhis2, không phải “%s”.",
                           "--layout is wide, long or dhis2, not “%s”."),
                        layout);
    }
    code = import_open_and_run(&im, &io);
    import_fini(&im);
    return code;
}
