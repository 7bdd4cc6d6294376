/* The proof comes first: hashes of all files of the backup; that its head is a block of this journal
 * (by the chain); that it holds all that the journal would lose; that its states are at the last block to
 * go or beyond. What the live states say is the broker's to check. */
#include "clients/journal_prune.h"

#include "clients/answers.h"
#include "clients/backup_check.h"
#include "clients/contact.h"
#include "clients/words.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <sysexits.h>

static int
ask(struct contact *contact, const char *name, struct question *question, json_t **answer)
{
    int code = contact_read(contact, name, question, 0, answer);
    question_fini(question);
    return code;
}

/* Block `head` of the journal has the chain that the manifest says. */
static int
same_history(struct contact *contact, const char *backup, const struct manifest *m)
{
    struct question question = {0};
    json_t *block;
    char hex[2 * BLOCK_CHAIN_SIZE + 1];
    sodium_bin2hex(hex, sizeof hex, m->chain, BLOCK_CHAIN_SIZE);
    question_uint(&question, "block", m->head);
    int code = ask(contact, "broker.block", &question, &block);
    if (code != 0) {
        return code;
    }
    bool same = strcmp(json_text(block, "chain"), hex) == 0;
    json_decref(block);
    return same ? 0
                : say_code(EX_DATAERR,
                           tr("%s là bản sao của một hệ thống khác, hoặc một lịch sử khác.",
                              "%s is a backup of another site, or of another history."),
                           backup);
}

static int
holds_enough(const char *backup, const struct manifest *m, uint64_t first, uint64_t before)
{
    if (m->first > first || m->head < before) {
        return say_code(EX_DATAERR,
                        tr("%s chỉ có khối %" PRIu64 " đến %" PRIu64 "; hãy sao lưu lại trước.",
                           "%s has blocks %" PRIu64 " to %" PRIu64 " only; back up again first."),
                        backup, m->first, m->head);
    }
    for (uint32_t i = 0; i < m->shards; i++) {
        if (!m->states[i].there || m->states[i].position < before) {
            return say_code(EX_DATAERR,
                            tr("trong %s, trạng thái của phân mảnh %" PRIu32
                               " mới đến khối %" PRIu64 "; hãy sao lưu lại trước.",
                               "in %s the state of shard %" PRIu32 " is at block %" PRIu64
                               "; back up again first."),
                            backup, i, m->states[i].position);
        }
    }
    return 0;
}

/* The broker removes a number of segments at a time. */
static int
prune(struct contact *contact, const struct manifest *m, uint64_t before, json_t **answer)
{
    int64_t first = -1;
    *answer = NULL;
    for (;;) {
        struct question question = {0};
        question_uint(&question, "before", before);
        question_key(&question, "positions");
        pack_array(&question.body, m->shards);
        for (uint32_t i = 0; i < m->shards; i++) {
            pack_uint(&question.body, m->states[i].position);
        }
        json_decref(*answer);
        *answer = NULL;
        int code = ask(contact, "broker.prune", &question, answer);
        if (code != 0 || json_number(*answer, "first") == first) {
            return code;
        }
        first = json_number(*answer, "first");
    }
}

static int
prune_checked(struct contact *contact, const char *backup, const struct manifest *m,
              uint64_t before)
{
    struct question none = {0};
    json_t *head, *answer;
    int code = ask(contact, "broker.head", &none, &head);
    if (code != 0) {
        return code;
    }
    uint64_t first = (uint64_t)json_number(head, "first");
    json_decref(head);
    code = holds_enough(backup, m, first, before);
    code = code == 0 ? same_history(contact, backup, m) : code;
    code = code == 0 ? prune(contact, m, before, &answer) : code;
    if (code != 0) {
        return code;
    }
    if (contact->options->json) {
        return json_show(answer);
    }
    printf(tr("nhật ký nay bắt đầu từ khối %" PRId64 " (trước: %" PRIu64 ")\n",
              "the journal begins with block %" PRId64 " now (before: %" PRIu64 ")\n"),
           json_number(answer, "first"), first);
    json_decref(answer);
    return 0;
}

int
journal_prune_run(const struct options *o, uint64_t before, const char *backup)
{
    struct contact contact;
    struct manifest m;
    int code = backup_open_checked(backup, o->quiet, &m);
    if (code != 0) {
        return code;
    }
    code = contact_open(&contact, o);
    if (code == 0) {
        code = prune_checked(&contact, backup, &m, before);
        contact_close(&contact);
    }
    manifest_fini(&m);
    return code;
}
