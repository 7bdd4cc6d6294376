/* thidua withdraw: takes one report back. */
#include "clients/results.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/period.h"
#include "common/text.h"

#include <sysexits.h>

/* The codes are the user's: refused here with a sentence, for the encoder takes only what fits. */
static int
arguments_check(const struct record_withdrawal *w)
{
    const struct {
        const char *name;
        struct slice code;
    } codes[] = {
        {"unit", w->unit}, {"form", w->form}, {"source", w->source}, {"campaign", w->campaign}};
    struct complaint why;
    struct period period;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code.len > 0 && !code_is_valid(codes[i].code)) {
            complain(&why, CODE_CODE_INVALID, slice_text(codes[i].name), "%.*s",
                     SLICE_ARG(codes[i].code));
            say_complaint(NULL, &why);
            return EX_USAGE;
        }
    }
    if (period_parse(w->period, &period) != ERR_OK) {
        complain(&why, CODE_PERIOD_INVALID, w->period, "%.*s", SLICE_ARG(w->period));
        say_complaint(NULL, &why);
        return EX_USAGE;
    }
    return 0;
}

static int
withdraw(struct contact *contact, struct outbox_queue *queue, struct record_withdrawal *w,
         bool wait)
{
    struct outcomes outcomes;
    struct results results;
    struct buf body = BUF_EMPTY;
    results_begin(&results, contact->options, "withdraw", wait);
    if (queue != NULL) {
        outcomes_begin_queue(&outcomes, contact, queue, results_told, &results);
    } else {
        outcomes_begin(&outcomes, contact, wait ? WANT_ALL : WANT_RECEIPTS, results_told, &results);
    }
    if (w->revision == 0) {
        w->revision = outcomes_revision(&outcomes);
    }
    record_encode_withdrawal(w, &body);
    outcomes_submit(&outcomes, w->unit, buf_slice_of(&body), results_expect(&results, 1));
    outcomes_finish(&outcomes);
    int code = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    buf_fini(&body);
    return code;
}

static struct slice
slice_of_option(const char *text)
{
    return text == NULL ? slice_of(NULL, 0) : slice_text(text);
}

int
verb_withdraw(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *form = NULL, *period = NULL, *source = NULL;
    uint64_t revision = 0;
    bool wait = false, outbox = false;
    const char *outbox_dir = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("form", "CODE", &form, true, "biểu mẫu", "the form"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ báo cáo", "the period"),
        TEXT_OPTION("source", "CODE", &source, false,
                    "nguồn; mặc định là nguồn đầu tiên của biểu mẫu",
                    "the source; default the form's first"),
        NUMBER_OPTION("revision", "N", &revision, false, "số lần sửa; mặc định tự cấp",
                      "the revision; stamped where none is given"),
        SWITCH_OPTION("wait", &wait, "chờ và in kết quả xử lý",
                      "wait until it is dealt with, and print the verdict"),
        SWITCH_OPTION("outbox", &outbox, "xếp vào hộp thư đi; “thidua outbox run” sẽ gửi",
                      "put it into the outbox; “thidua outbox run” sends it"),
        OUTBOX_DIR_OPTION(&outbox_dir),
    };
    struct contact contact;
    struct outbox_queue *queue = NULL;
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    struct record_withdrawal w = {
        .campaign = slice_of_option(o.campaign),
        .form = slice_text(form),
        .unit = slice_text(unit),
        .period = slice_text(period),
        .source = slice_of_option(source),
        .revision = revision,
    };
    code = arguments_check(&w);
    code = code == 0 ? outbox_or_contact(&contact, &queue, &o, outbox, outbox_dir, wait) : code;
    if (code != 0) {
        return code;
    }
    code = withdraw(&contact, queue, &w, wait);
    outbox_queue_free(&queue);
    contact_close(&contact);
    return code;
}
