/* thidua quarantine list | release BLOCK.INDEX: the records that killed a worker twice and that no
 * replay applies. Releasing one takes nothing back, for then the journal would no longer say what every
 * replay makes of it: the same bytes are submitted again, and count from their new receipt on. Nothing
 * checks that the fault was mended; where it was not, the new record is quarantined in its turn. */
#include "clients/act.h"
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/record_json.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <string.h>
#include <sysexits.h>

static void
list_show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Biên nhận", "Receipt"), false}, {tr("Lúc", "When"), false},
        {tr("Đơn vị", "Unit"), false},       {tr("Loại", "Type"), false},
        {tr("Tín hiệu", "Signal"), false},
    };
    struct table *table = table_new(columns, 5);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "quarantined"), i, row)
    {
        char moment[32];
        moment_text(json_number(row, "time_us"), moment);
        table_text(table, json_text(row, "receipt"));
        table_text(table, moment);
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "type"));
        table_text(table, json_text(row, "reason"));
    }
    table_print(table, stdout);
    table_free(&table);
}

/* 0 where the receipt is on the broker's list: what was never quarantined has counted already. */
static int
listed_check(struct contact *contact, const char *receipt)
{
    struct question question = {0};
    json_t *answer, *row;
    size_t i;
    bool found = false;
    int code = reading_pages(contact, "broker.quarantined", &question, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    json_array_foreach(json_object_get(answer, "quarantined"), i, row)
    {
        found = found || strcmp(json_text(row, "receipt"), receipt) == 0;
    }
    json_decref(answer);
    return found ? 0
                 : say_code(EX_DATAERR,
                            tr("%s không bị cách ly; xem “thidua quarantine list”.",
                               "%s is not quarantined; see “thidua quarantine list”."),
                            receipt);
}

/* The record as it was sent: its unit and its bytes, copied. */
static int
record_fetch(struct contact *contact, struct receipt receipt, char unit[CODE_MAX + 1],
             struct buf *body)
{
    struct question question = {0};
    struct slice answer;
    question_uint(&question, "block", receipt.block);
    question_uint(&question, "index", receipt.index);
    int code = contact_ask(contact, "broker.record", question_args(&question), 0, &answer, NULL);
    question_fini(&question);
    if (code == 0) {
        json_t *told = answer_json(answer);
        snprintf(unit, CODE_MAX + 1, "%s", json_text(told, "unit"));
        buf_slice(body, answer_bytes(answer, "body"));
        json_decref(told);
    }
    return code;
}

static int
release(const struct options *o, bool wait)
{
    struct contact contact;
    struct receipt receipt;
    char unit[CODE_MAX + 1];
    struct buf body = BUF_EMPTY;
    if (receipt_parse(slice_text(o->args[1]), &receipt) != ERR_OK) {
        return say_code(EX_USAGE,
                        tr("“%s” không phải là biên nhận, như 18231.7.",
                           "“%s” is not a receipt such as 18231.7."),
                        o->args[1]);
    }
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = listed_check(&contact, o->args[1]);
    code = code == 0 ? record_fetch(&contact, receipt, unit, &body) : code;
    code = code == 0 ? act_submit(&contact, slice_text(unit), buf_slice_of(&body), wait) : code;
    buf_fini(&body);
    contact_close(&contact);
    return code;
}

int
verb_quarantine(int argc, char **argv)
{
    struct options o;
    struct question question = {0};
    bool wait = false;
    const struct option_spec own[] = {
        SWITCH_OPTION("wait", &wait, "release: chờ và in kết quả xử lý",
                      "release: wait until it is dealt with, and print the verdict"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (strcmp(o.args[0], "list") == 0 && o.arg_count == 1 && !wait) {
        return reading_run(&o, "broker.quarantined", &question, list_show);
    }
    if (strcmp(o.args[0], "release") == 0 && o.arg_count == 2) {
        return release(&o, wait);
    }
    return say_code(EX_USAGE,
                    tr("cách dùng: thidua quarantine list, hoặc thidua quarantine release "
                       "BLOCK.INDEX [--wait].",
                       "usage: thidua quarantine list, or thidua quarantine release "
                       "BLOCK.INDEX [--wait]."));
}
