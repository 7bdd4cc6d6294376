/* thidua-broker --backup and --restore: one job, then the end. What the job did goes into a manifest for
 * `thidua backup` and `thidua restore`, which run this; what went wrong goes to stderr, as a sentence. */
#include "broker/backup.h"

#include "broker/journal.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

struct command {
    const char *backup, *restore, *data;
    struct restore_point to;
};

/* Numbers come from our own command line: digits only. */
static bool
number_set(const char *text, int64_t *number)
{
    char *end;
    *number = strtoll(text, &end, 10);
    return text[0] != '\0' && *end == '\0';
}

static bool
option_set(struct command *c, const char *name, const char *value)
{
    int64_t number;
    if (strcmp(name, "--backup") == 0) {
        c->backup = value;
    } else if (strcmp(name, "--restore") == 0) {
        c->restore = value;
    } else if (strcmp(name, "--data") == 0) {
        c->data = value;
    } else if (strcmp(name, "--block") == 0 && number_set(value, &number) && number > 0) {
        c->to.block = (uint64_t)number;
    } else if (strcmp(name, "--time-us") == 0 && number_set(value, &number)) {
        c->to.time_us = number;
    } else {
        return false;
    }
    return true;
}

static bool
asked_for(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--backup") == 0 || strcmp(argv[i], "--restore") == 0) {
            return true;
        }
    }
    return false;
}

_Noreturn static void
backup_failed(const struct command *c, enum err err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        log_fatal(EX_NOINPUT,
                  LANG_PICK("Không có gì để sao lưu: %s/journal chưa có khối nào.",
                            "There is nothing to back up: %s/journal has no block."),
                  c->data);
    case ERR_CONFLICT:
        log_fatal(EX_DATAERR,
                  LANG_PICK("%s chứa bản sao của một lịch sử khác, hoặc thiếu những khối đã bị "
                            "cắt; hãy sao lưu vào một thư mục mới.",
                            "%s holds another history, or lacks blocks that were pruned since; "
                            "back up into a new directory."),
                  c->backup);
    case ERR_AGAIN:
        log_fatal(EX_TEMPFAIL,
                  LANG_PICK("Nhật ký của %s vừa bị cắt trong lúc sao lưu; hãy thử lại.",
                            "The journal of %s was pruned during the backup; try again."),
                  c->data);
    case ERR_CORRUPT:
        log_fatal(EX_DATAERR,
                  LANG_PICK("Có tệp bị hỏng (xem dòng trên) trong %s/journal hoặc %s.",
                            "A file is damaged (see above) in %s/journal or %s."),
                  c->data, c->backup);
    default:
        log_fatal(EX_IOERR,
                  LANG_PICK("Không sao lưu được nhật ký của %s vào %s (%s).",
                            "The journal of %s cannot be backed up into %s (%s)."),
                  c->data, c->backup, err_name(err));
    }
}

/* `pending` has the states already: thidua-tally went first, so that the journal covers them. */
static int
backup_run(const struct command *c)
{
    struct manifest former, m;
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s/journal", c->data);
    enum err err = manifest_newest(c->backup, &former);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        log_fatal(EX_DATAERR,
                  LANG_PICK("Không đọc được bản kê mới nhất trong %s (%s).",
                            "The newest manifest in %s cannot be read (%s)."),
                  c->backup, err_name(err));
    }
    err = manifest_read(c->backup, MANIFEST_PENDING, &m);
    err = err == ERR_NOT_FOUND ? ERR_OK : err;
    err = err == ERR_OK ? journal_backup(folder, c->backup, &former, &m) : err;
    err = err == ERR_OK ? manifest_write(c->backup, MANIFEST_PENDING, &m) : err;
    if (err != ERR_OK) {
        backup_failed(c, err);
    }
    manifest_fini(&m);
    manifest_fini(&former);
    return EX_OK;
}

static int
restore_run(const struct command *c)
{
    struct manifest m, made = {0};
    struct journal_head head;
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s/journal", c->data);
    enum err err = manifest_newest(c->restore, &m);
    err = err == ERR_OK ? journal_restore(c->restore, &m, c->to, folder, &head) : err;
    if (err == ERR_NOT_FOUND) {
        log_fatal(EX_NOINPUT,
                  LANG_PICK("Bản sao %s chỉ có các khối từ %" PRIu64 " đến %" PRIu64 ".",
                            "The backup %s has blocks %" PRIu64 " to %" PRIu64 " only."),
                  c->restore, m.first, m.head);
    }
    if (err == ERR_OK) {
        made.first = head.first;
        made.head = head.number;
        made.head_time_us = head.time_us;
        memcpy(made.chain, head.chain, sizeof(made.chain));
        err = manifest_write(c->data, MANIFEST_PENDING, &made);
    }
    if (err != ERR_OK) {
        log_fatal(err == ERR_CORRUPT || err == ERR_FORMAT ? EX_DATAERR : EX_IOERR,
                  LANG_PICK("Không khôi phục được nhật ký từ %s (%s; xem dòng trên).",
                            "The journal cannot be restored from %s (%s; see above)."),
                  c->restore, err_name(err));
    }
    manifest_fini(&m);
    return EX_OK;
}

int
backup_command(int argc, char **argv)
{
    struct command c = {.to.time_us = INT64_MAX};
    if (!asked_for(argc, argv)) {
        return -1;
    }
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc || !option_set(&c, argv[i], argv[i + 1])) {
            log_fatal(EX_USAGE, LANG_PICK("không hiểu tham số “%s”", "unexpected argument “%s”"),
                      argv[i]);
        }
    }
    if (sodium_init() < 0) {
        log_fatal(EX_OSERR, "%s", "libsodium could not start: the system gives no random numbers.");
    }
    if (c.data == NULL || (c.backup == NULL) == (c.restore == NULL)) {
        log_fatal(EX_USAGE,
                  LANG_PICK("cần %s và một trong --backup, --restore",
                            "%s and one of --backup, --restore are needed"),
                  "--data");
    }
    return c.backup != NULL ? backup_run(&c) : restore_run(&c);
}
