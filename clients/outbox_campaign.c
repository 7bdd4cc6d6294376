/* One question, tried for a few seconds. A broker that answers with a complaint is believed: what was
 * kept is for when nobody answers. */
#include "clients/outbox_campaign.h"

#include "clients/answers.h"
#include "clients/question.h"
#include "clients/words.h"

#include <sysexits.h>

#define ASK_MS 3000 /* a clerk waits for it at every import that has no line */

/* Into `body`; ERR_TIMEOUT: nobody answered. */
static enum err
ask(const struct options *options, struct buf *body, struct complaint *why)
{
    struct contact contact;
    struct question question = {0};
    struct slice answer;
    uint64_t as_of;
    if (contact_open_patient(&contact, options, ASK_MS) != 0) {
        return ERR_TIMEOUT;
    }
    question_text(&question, "campaign", options->campaign);
    enum err err =
        client_query(contact.client, "campaign", question_args(&question), 0, &answer, &as_of, why);
    if (err == ERR_OK) {
        buf_slice(body, answer);
    }
    question_fini(&question);
    contact_close(&contact);
    return err;
}

static int
kept(struct outbox_queue *queue, struct slice code, struct buf *body)
{
    return outbox_campaign(outbox_queue_outbox(queue), code, body) == ERR_OK
               ? 0
               : say_code(EX_UNAVAILABLE,
                          tr("chưa biết biểu mẫu của phong trào: lần đầu cần nối được tới broker.",
                             "the campaign's forms are not known here yet: the first time wants a "
                             "line to the broker."));
}

int
outbox_campaign_read(struct outbox_queue *queue, const struct options *options, json_t **campaign)
{
    struct slice code = slice_text(options->campaign == NULL ? "" : options->campaign);
    struct buf body = BUF_EMPTY;
    struct complaint why = {0};
    int result = 0;
    enum err err = ask(options, &body, &why);
    if (err == ERR_REFUSED) {
        say_complaint(NULL, &why);
        result = EX_DATAERR;
    } else if (err == ERR_OK) {
        enum err keep = outbox_campaign_keep(outbox_queue_outbox(queue), code, buf_slice_of(&body));
        result = keep == ERR_OK ? 0 : say_code(EX_IOERR, "outbox: %s", err_name(keep));
    } else {
        result = kept(queue, code, &body);
    }
    *campaign = result == 0 ? answer_json(buf_slice_of(&body)) : NULL;
    if (result == 0 && !json_is_object(*campaign)) {
        json_decref(*campaign);
        result = say_code(
            EX_PROTOCOL,
            tr("câu trả lời cho “%s” không đọc được.", "the answer to “%s” cannot be read."),
            "campaign");
    }
    buf_fini(&body);
    return result;
}
