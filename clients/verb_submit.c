/* thidua submit FILE|-: reports written in JSON, each with its receipt and, with --wait, its verdict;
 * with --outbox into the outbox instead, each with its number there. */
#include "clients/input.h"
#include "clients/json_stream.h"
#include "proto/report_json.h"
#include "clients/results.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <sysexits.h>

static void
submit_one(struct outcomes *outcomes, struct slice text, uint64_t tag)
{
    const struct options *o = outcomes->contact->options;
    struct draft draft = {0};
    struct buf body = BUF_EMPTY;
    struct complaint why;
    json_t *owner;
    if (!report_json_read(text, &draft, &owner, &why)) {
        outcomes_refuse(outcomes, tag, &why);
        draft_fini(&draft);
        return;
    }
    if (draft.campaign.len == 0 && o->campaign != NULL) {
        draft.campaign = slice_text(o->campaign);
    }
    if (draft_check(&draft, &why)) {
        if (draft_lacks_revision(&draft)) {
            draft.revision = outcomes_revision(outcomes);
        }
        draft_encode(&draft, &body);
        outcomes_submit(outcomes, draft.unit, buf_slice_of(&body), tag);
    } else {
        outcomes_refuse(outcomes, tag, &why);
    }
    json_decref(owner);
    buf_fini(&body);
    draft_fini(&draft);
}

static int
submit_all(struct outcomes *outcomes, struct results *results, struct input *input)
{
    struct json_stream stream = json_stream_of(input->file);
    struct slice text;
    uint64_t line, records = 0;
    while (outcomes->code == 0 && json_stream_next(&stream, &text, &line)) {
        submit_one(outcomes, text, results_expect(results, line));
        records++;
    }
    int code = 0;
    if (stream.bad) {
        code = say_code(EX_IOERR, tr("không đọc hết được %s.", "%s could not be read to its end."),
                        input->name);
    } else if (records == 0 && !outcomes->contact->options->quiet) {
        say(tr("%s không có bản ghi nào.", "%s holds no record."), input->name);
    }
    json_stream_fini(&stream);
    outcomes_finish(outcomes);
    return code;
}

static void
idle(void *context)
{
    outcomes_idle(context);
}

static int
submit_file(struct contact *contact, struct outbox_queue *queue, bool wait)
{
    const struct options *o = contact->options;
    struct input input;
    struct outcomes outcomes;
    struct results results;
    int code = input_open(&input, o->args[0], contact);
    if (code != 0) {
        return code;
    }
    results_begin(&results, o, input.name, wait);
    if (queue != NULL) {
        outcomes_begin_queue(&outcomes, contact, queue, results_told, &results);
        input.idle = idle;
        input.context = &outcomes;
    } else {
        outcomes_begin(&outcomes, contact, wait ? WANT_ALL : WANT_RECEIPTS, results_told, &results);
    }
    code = submit_all(&outcomes, &results, &input);
    int verdict = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    input_close(&input);
    return code == 0 ? verdict : code;
}

int
verb_submit(int argc, char **argv)
{
    struct options o;
    bool wait = false, outbox = false;
    const char *outbox_dir = NULL;
    const struct option_spec own[] = {
        SWITCH_OPTION("wait", &wait, "chờ và in kết quả xử lý từng bản ghi",
                      "wait until they are dealt with, and print each verdict"),
        SWITCH_OPTION("outbox", &outbox, "xếp vào hộp thư đi; “thidua outbox run” sẽ gửi",
                      "put them into the outbox; “thidua outbox run” sends them"),
        OUTBOX_DIR_OPTION(&outbox_dir),
    };
    struct contact contact;
    struct outbox_queue *queue = NULL;
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = outbox_or_contact(&contact, &queue, &o, outbox, outbox_dir, wait);
    if (code != 0) {
        return code;
    }
    code = submit_file(&contact, queue, wait);
    outbox_queue_free(&queue);
    contact_close(&contact);
    return code;
}
