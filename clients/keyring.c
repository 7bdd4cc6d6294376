/* Making and guarding the keys of a site. */
#include "clients/keyring.h"

#include "clients/words.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "proto/access.h"
#include "proto/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#define BROKER "broker"
#define OPERATOR "operator"

static enum err
key_make(const char *data, const char *name, const char *principal, struct curve_key *key,
         char why[256])
{
    char path[SETTINGS_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", data, name);
    curve_key_new(principal, key);
    return curve_key_write(path, key, why);
}

static enum err
folder_make(const char *data)
{
    char path[SETTINGS_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/keys", data);
    return file_make_private_folder(path);
}

static void
operator_record(const struct curve_key *key, struct buf *record)
{
    uint8_t id[16];
    struct clock clock = clock_real(0);
    struct access_entry entry = {
        .principal = slice_text(OPERATOR),
        .title = slice_text(tr("Người vận hành", "Operator")),
        .roles = ACCESS_BIT(ACCESS_OPERATOR),
        .key_count = 1,
    };
    memcpy(entry.keys[0], key->public_key, ACCESS_KEY_SIZE);
    ulid_new(clock_wall_us(&clock), id);
    access_encode(&entry, id, record);
}

bool
keyring_make(const char *data, struct buf *record)
{
    struct curve_key broker, operator;
    char why[256];
    bool good = folder_make(data) == ERR_OK &&
                key_make(data, KEYRING_BROKER, BROKER, &broker, why) == ERR_OK &&
                key_make(data, KEYRING_OPERATOR, OPERATOR, &operator, why) == ERR_OK;
    if (good) {
        operator_record(&operator, record);
        curve_key_wipe(&operator);
        curve_key_wipe(&broker);
    }
    return good;
}

int
keyring_mend(const char *data)
{
    struct curve_key broker;
    char why[256] = "";
    enum err err = folder_make(data);
    if (err == ERR_EXISTS) {
        return 0;
    }
    if (err == ERR_OK) {
        err = key_make(data, KEYRING_BROKER, BROKER, &broker, why);
    }
    if (err != ERR_OK) {
        return say_code(EX_CANTCREAT,
                        tr("không tạo được %s/keys: %s", "%s/keys cannot be made: %s"), data,
                        why[0] == '\0' ? strerror(errno) : why);
    }
    curve_key_wipe(&broker);
    log_info("broker_key_made", "path=\"%s/" KEYRING_BROKER "\"", data);
    return 0;
}

int
keyring_close_folder(const char *data)
{
    struct stat info;
    if (stat(data, &info) == 0 && (info.st_mode & 077) == 0) {
        return 0;
    }
    if (chmod(data, 0700) != 0) {
        return say_code(EX_NOPERM,
                        tr("người khác vào được %s, và không đặt lại được quyền 0700: %s.",
                           "others may enter %s, and its mode cannot be made 0700: %s."),
                        data, strerror(errno));
    }
    log_warn("data_directory_closed", "path=\"%s\" mode=0700", data);
    return 0;
}
