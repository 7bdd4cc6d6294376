/* Opening a backup, and saying what is wrong with it. */
#include "clients/backup_check.h"

#include "clients/progress.h"
#include "clients/words.h"

#include <inttypes.h>
#include <sodium.h>
#include <sysexits.h>

int
backup_open(const char *backup, struct manifest *m)
{
    *m = (struct manifest){0};
    if (sodium_init() < 0) {
        return say_code(EX_OSERR, "libsodium");
    }
    switch (manifest_newest(backup, m)) {
    case ERR_OK:
        return 0;
    case ERR_NOT_FOUND:
        return say_code(EX_NOINPUT,
                        tr("%s không phải là bản sao lưu: không có tệp manifest-… nào.",
                           "%s is no backup: there is no manifest-… in it."),
                        backup);
    case ERR_VERSION:
        return say_code(EX_DATAERR,
                        tr("bản sao lưu %s do một phiên bản mới hơn tạo ra.",
                           "the backup %s was made by a newer version."),
                        backup);
    case ERR_FORMAT:
    case ERR_LIMIT:
        return say_code(EX_DATAERR,
                        tr("tệp manifest-… mới nhất trong %s bị hỏng.",
                           "the newest manifest-… in %s is damaged."),
                        backup);
    default:
        return say_code(EX_IOERR, tr("không đọc được %s.", "%s cannot be read."), backup);
    }
}

static bool
file_is_good(const char *backup, const struct manifest_file *file)
{
    switch (manifest_check(backup, file)) {
    case ERR_OK:
        return true;
    case ERR_NOT_FOUND:
        say(tr("thiếu tệp %s/%s.", "%s/%s is missing."), backup, file->name);
        return false;
    case ERR_CORRUPT:
        say(tr("tệp %s/%s bị hỏng: mã băm không khớp.", "%s/%s is damaged: its hash differs."),
            backup, file->name);
        return false;
    default:
        say(tr("không đọc được %s/%s.", "%s/%s cannot be read."), backup, file->name);
        return false;
    }
}

int
backup_open_checked(const char *backup, bool quiet, struct manifest *m)
{
    struct progress progress;
    uint32_t bad = 0;
    int code = backup_open(backup, m);
    if (code != 0) {
        return code;
    }
    progress_begin(&progress, quiet);
    for (uint32_t i = 0; i < m->file_count; i++) {
        if (progress_due(&progress)) {
            progress_show(&progress,
                          tr("kiểm tra %" PRIu32 " / %" PRIu32, "checking %" PRIu32 " of %" PRIu32),
                          i, m->file_count);
        }
        bad += !file_is_good(backup, &m->files[i]);
    }
    progress_end(&progress);
    if (bad == 0) {
        return 0;
    }
    manifest_fini(m);
    return say_code(EX_DATAERR,
                    tr("%" PRIu32 " tệp hỏng hoặc thiếu; hãy dùng một bản sao lưu khác.",
                       "%" PRIu32 " files are damaged or missing; use another backup."),
                    bad);
}
