/* Finding and opening an outbox, with every way in which that fails told in a sentence. */
#include "clients/outbox_place.h"

#include "clients/office.h"
#include "clients/words.h"
#include "common/file.h"

#include <stdio.h>
#include <sysexits.h>

static bool
is_data(const char *folder)
{
    char path[SETTINGS_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/thidua.conf", folder);
    return file_exists(path);
}

static void
place_set(struct outbox_place *place, const char *above, const char *revision)
{
    snprintf(place->folder, sizeof place->folder, "%s/outbox", above);
    snprintf(place->revision_file, sizeof place->revision_file, "%s/%s", above, revision);
}

int
outbox_place_find(const struct options *o, const char *dir, struct outbox_place *place)
{
    if (o->office != NULL && (dir == NULL || office_is_here(o->office))) {
        place_set(place, o->office, "revision");
    } else if (is_data(o->data)) {
        place_set(place, o->data, "client/revision");
    } else if (dir != NULL) {
        snprintf(place->revision_file, sizeof place->revision_file, "%s/revision", dir);
    } else {
        return say_code(EX_NOINPUT,
                        tr("chưa biết hộp thư đi ở đâu: hãy chỉ thư mục của đơn vị bằng --office, "
                           "hoặc --outbox-dir.",
                           "where is the outbox? Name the office's folder with --office, or "
                           "--outbox-dir."));
    }
    if (dir != NULL) {
        snprintf(place->folder, sizeof place->folder, "%s", dir);
    }
    return 0;
}

int
outbox_place_failed(const struct outbox_place *place, enum err err, const char *why)
{
    switch (err) {
    case ERR_NOT_FOUND:
        return say_code(EX_NOINPUT,
                        tr("%s chưa có: chưa có gì được xếp vào hộp thư đi (submit --outbox).",
                           "there is no %s: nothing was put into the outbox yet (submit "
                           "--outbox)."),
                        place->folder);
    case ERR_VERSION:
        return say_code(EX_CONFIG,
                        tr("%s do bản thidua mới hơn ghi (%s); hãy dùng bản đó.",
                           "%s was written by a newer thidua (%s); use that one."),
                        place->folder, why);
    case ERR_CORRUPT:
        return say_code(EX_DATAERR,
                        tr("%s đã hỏng (%s): hãy khôi phục từ bản sao, hoặc đổi tên thư mục rồi "
                           "lập lại những báo cáo chưa gửi.",
                           "%s is damaged (%s): restore it from a copy, or rename the folder and "
                           "make the reports that were not sent again."),
                        place->folder, why[0] == '\0' ? "data.mdb" : why);
    case ERR_FULL:
        return say_code(EX_IOERR, tr("đĩa của %s đã đầy.", "the disk of %s is full."),
                        place->folder);
    default:
        return say_code(
            EX_IOERR, tr("không đọc hoặc ghi được %s (%s).", "%s cannot be read or written (%s)."),
            place->folder, err_name(err));
    }
}

int
outbox_place_open(const struct outbox_place *place, bool make, struct outbox **outbox)
{
    struct outbox_rows *rows = NULL;
    char why[160] = "";
    *outbox = NULL;
    enum err err = outbox_lmdb_open(place->folder, make, &rows);
    err = err == ERR_OK ? outbox_open(rows, outbox, why) : err;
    return err == ERR_OK ? 0 : outbox_place_failed(place, err, why);
}
