/* thidua journal head | show BLOCK | show BLOCK.INDEX: looks into the journal through the broker, or at its
 * head without one; prove proves its files; prune takes its oldest segments away. */
#include "clients/answers.h"
#include "clients/journal_prove.h"
#include "clients/journal_prune.h"
#include "clients/reading.h"
#include "clients/record_json.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void
head_show(const json_t *head, const struct options *o)
{
    char moment[32];
    (void)o;
    moment_text(json_number(head, "time_us"), moment);
    printf(tr("khối %" PRId64 ", %s\nkhối đầu tiên còn giữ: %" PRId64 "\nchuỗi băm: %s\n",
              "block %" PRId64 ", %s\nfirst block kept: %" PRId64 "\nchain: %s\n"),
           json_number(head, "block"), moment, json_number(head, "first"),
           json_text(head, "chain"));
}

static void
block_show(const json_t *block, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Số", "Index"), true},
        {tr("Đơn vị", "Unit"), false},
        {tr("Người gửi", "Principal"), false},
        {tr("Byte", "Bytes"), true},
    };
    struct table *table = table_new(columns, 4);
    char moment[32];
    size_t i;
    json_t *row;
    (void)o;
    moment_text(json_number(block, "time_us"), moment);
    printf(tr("khối %" PRId64 ", %s, %" PRId64 " bản ghi, %" PRId64 " byte\nchuỗi băm: %s\n",
              "block %" PRId64 ", %s, %" PRId64 " records, %" PRId64 " bytes\nchain: %s\n"),
           json_number(block, "block"), moment, json_number(block, "count"),
           json_number(block, "bytes"), json_text(block, "chain"));
    json_array_foreach(json_object_get(block, "records"), i, row)
    {
        table_number(table, json_number(row, "index"));
        table_text(table, json_text(row, "unit"));
        table_text(table, json_text(row, "principal"));
        table_number(table, json_number(row, "bytes"));
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
record_show(const json_t *told)
{
    char moment[32];
    moment_text(json_number(told, "time_us"), moment);
    printf(tr("%s, đơn vị %s, người gửi %s, %s\n", "%s, unit %s, sent by %s, %s\n"),
           json_text(told, "receipt"), json_text(told, "unit"), json_text(told, "principal"),
           moment);
    json_show(json_incref(json_object_get(told, "record")));
}

static int
record_read(struct contact *contact, struct receipt receipt)
{
    struct question question = {0};
    struct slice body;
    char text[RECEIPT_TEXT];
    question_uint(&question, "block", receipt.block);
    question_uint(&question, "index", receipt.index);
    int code = contact_ask(contact, "broker.record", question_args(&question), 0, &body, NULL);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    json_t *told = answer_json(body);
    receipt_format(receipt, text);
    json_object_del(told, "body");
    json_object_set_new(told, "receipt", json_string(text));
    json_object_set_new(told, "record", record_json(answer_bytes(body, "body")));
    if (contact->options->json) {
        return json_show(told);
    }
    record_show(told);
    json_decref(told);
    return 0;
}

static int
show_record(const struct options *o, struct receipt receipt)
{
    struct contact contact;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = record_read(&contact, receipt);
        contact_close(&contact);
    }
    return code;
}

static int
show(const struct options *o, const char *what)
{
    struct receipt receipt;
    struct question question = {0};
    if (receipt_parse(slice_text(what), &receipt) == ERR_OK) {
        return show_record(o, receipt);
    }
    errno = 0;
    uint64_t block = strtoull(what, NULL, 10);
    if (what[0] == '\0' || strspn(what, "0123456789") != strlen(what) || errno != 0 || block == 0) {
        return say_code(EX_USAGE,
                        tr("cần BLOCK hoặc BLOCK.INDEX, không phải “%s”.",
                           "BLOCK or BLOCK.INDEX is wanted, not “%s”."),
                        what);
    }
    question_uint(&question, "block", block);
    return reading_run(o, "broker.block", &question, block_show);
}

static int
prune(const struct options *o, uint64_t before, const char *backup)
{
    if (before == 0 || backup == NULL) {
        return say_code(
            EX_USAGE, tr("prune cần --before BLOCK và --backup DIR: nhật ký chỉ được cắt dưới một "
                         "bản sao lưu đã kiểm tra.",
                         "prune wants --before BLOCK and --backup DIR: a journal is only pruned "
                         "below a backup that was verified."));
    }
    return journal_prune_run(o, before, backup);
}

int
verb_journal(int argc, char **argv)
{
    struct options o;
    struct question question = {0};
    uint64_t before = 0;
    const char *backup = NULL, *folder = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("journal", "DIR", &folder, false,
                    "với prove, head: bản sao của nhật ký, không cần hệ thống nào",
                    "with prove, head: a copy of the journal, without any site"),
        NUMBER_OPTION("before", "BLOCK", &before, false, "với prune: bỏ những đoạn trước khối này",
                      "with prune: remove the segments before this block"),
        TEXT_OPTION("backup", "DIR", &backup, false, "với prune: bản sao lưu giữ những khối ấy",
                    "with prune: the backup that holds those blocks"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (strcmp(o.args[0], "prove") == 0 && o.arg_count == 3) {
        return journal_prove_run(&o, folder, o.args[1], o.args[2]);
    }
    if (strcmp(o.args[0], "head") == 0 && o.arg_count == 1) {
        if (folder != NULL || journal_is_offline(&o)) {
            return journal_head_run(&o, folder);
        }
        return reading_run(&o, "broker.head", &question, head_show);
    }
    if (strcmp(o.args[0], "show") == 0 && o.arg_count == 2) {
        return show(&o, o.args[1]);
    }
    if (strcmp(o.args[0], "prune") == 0 && o.arg_count == 1) {
        return prune(&o, before, backup);
    }
    return say_code(EX_USAGE,
                    tr("cách dùng: thidua journal head, thidua journal show BLOCK[.INDEX], thidua "
                       "journal prove BLOCK HASH, hoặc thidua journal prune --before BLOCK "
                       "--backup DIR.",
                       "usage: thidua journal head, thidua journal show BLOCK[.INDEX], thidua "
                       "journal prove BLOCK HASH, or thidua journal prune --before BLOCK "
                       "--backup DIR."));
}
