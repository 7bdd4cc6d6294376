/* thidua receipt BLOCK.INDEX: what the journal holds there, and what became of it. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/terms.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "proto/pack.h"

#include <sysexits.h>

/* The record's envelope, without its body: `journal show` has that. */
static int
record_ask(struct contact *contact, struct receipt receipt, json_t **record)
{
    struct question question = {0};
    question_uint(&question, "block", receipt.block);
    question_uint(&question, "index", receipt.index);
    int code = contact_read(contact, "broker.record", &question, 0, record);
    question_fini(&question);
    if (code == 0) {
        json_object_del(*record, "body");
        json_object_del(*record, "block");
        json_object_del(*record, "index");
    }
    return code;
}

static int
verdict_ask(struct contact *contact, struct receipt receipt, json_t *into)
{
    struct question question = {0};
    json_t *answer;
    question_key(&question, "ranges");
    pack_array(&question.body, 1);
    pack_array(&question.body, 3);
    pack_uint(&question.body, receipt.block);
    pack_uint(&question.body, receipt.index);
    pack_uint(&question.body, 1);
    question_true(&question, "all", true);
    int code = contact_read(contact, "verdicts", &question, receipt.block, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    json_t *verdict = json_array_get(json_object_get(answer, "records"), 0);
    json_object_set_new(into, "verdict", json_string(verdict_name(VERDICT_ACCEPTED)));
    json_object_set_new(into, "flags", json_array());
    if (verdict != NULL) {
        char sentence[512];
        json_object_update(into, verdict);
        verdict_sentence(verdict, sentence, sizeof sentence);
        if (sentence[0] != '\0') {
            json_object_set_new(into, "sentence", json_string(sentence));
        }
    }
    json_object_set(into, "as_of", json_object_get(answer, "as_of"));
    json_decref(answer);
    return 0;
}

static void
show(const json_t *told)
{
    char moment[32], flags[64];
    moment_text(json_number(told, "time_us"), moment);
    flags_text(json_object_get(told, "flags"), flags, sizeof flags);
    printf(tr("%s: %s%s%s\nđơn vị %s, người gửi %s, nhận lúc %s\n",
              "%s: %s%s%s\nunit %s, sent by %s, received %s\n"),
           json_text(told, "receipt"), term(json_text(told, "verdict")),
           flags[0] == '\0' ? "" : " ", flags, json_text(told, "unit"),
           json_text(told, "principal"), moment);
    if (json_text(told, "code")[0] != '\0') {
        printf("%s: %s\n", json_text(told, "code"), json_text(told, "sentence"));
    }
}

int
verb_receipt(int argc, char **argv)
{
    struct options o;
    struct contact contact;
    struct receipt receipt;
    json_t *told = NULL;
    int code = options_parse(&o, NULL, 0, argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (receipt_parse(slice_text(o.args[0]), &receipt) != ERR_OK) {
        return say_code(EX_USAGE,
                        tr("“%s” không phải là biên nhận, như 18231.7.",
                           "“%s” is not a receipt such as 18231.7."),
                        o.args[0]);
    }
    code = contact_open(&contact, &o);
    if (code != 0) {
        return code;
    }
    code = record_ask(&contact, receipt, &told);
    if (code == 0) {
        json_object_set_new(told, "receipt", json_string(o.args[0]));
        code = verdict_ask(&contact, receipt, told);
    }
    if (code == 0 && o.json) {
        code = json_show(json_incref(told));
    } else if (code == 0) {
        show(told);
    }
    json_decref(told);
    contact_close(&contact);
    return code;
}
