/* Reading and writing office.conf. */
#include "clients/office.h"

#include "clients/words.h"
#include "common/conf.h"
#include "common/file.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define CONF_BYTES_MAX ((size_t)16 << 10) /* a dozen times what office_format writes */

bool
office_is_here(const char *folder)
{
    char path[SETTINGS_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/" OFFICE_CONF, folder);
    return file_exists(path);
}

/* Fills what the file says; the sentence in `why` where it is wrong. */
static enum err
conf_take(struct office *office, char name[SETTINGS_PATH_MAX], struct slice text, char why[256])
{
    const struct conf_key keys[] = {
        {"brokers", CONF_TEXT, {.text = office->brokers}, sizeof office->brokers, 0, 0},
        {"principal", CONF_TEXT, {.text = office->principal}, sizeof office->principal, 0, 0},
        {"unit", CONF_TEXT, {.text = office->unit}, sizeof office->unit, 0, 0},
        {"key", CONF_TEXT, {.text = name}, SETTINGS_PATH_MAX, 0, 0},
    };
    return conf_read(text, keys, sizeof keys / sizeof keys[0], why);
}

int
office_read(const char *folder, struct office *office)
{
    char path[SETTINGS_PATH_MAX + 32], name[SETTINGS_PATH_MAX] = OFFICE_KEY, why[256];
    struct buf text = BUF_EMPTY;
    int code = 0;
    *office = (struct office){0};
    snprintf(office->folder, sizeof office->folder, "%s", folder);
    snprintf(path, sizeof path, "%s/" OFFICE_CONF, office->folder);
    if (file_read(path, CONF_BYTES_MAX, &text) != ERR_OK) {
        code = say_code(EX_NOINPUT,
                        tr("không đọc được %s; --office cần thư mục do “thidua office new” tạo.",
                           "%s cannot be read; --office wants a folder that “thidua office new” "
                           "made."),
                        path);
    } else if (conf_take(office, name, buf_slice_of(&text), why) != ERR_OK) {
        code = say_code(EX_CONFIG, "%s: %s", path, why);
    } else if (office->brokers[0] == '\0') {
        code = say_code(EX_CONFIG, tr("%s: thiếu brokers.", "%s: brokers is missing."), path);
    }
    snprintf(office->key, sizeof office->key, "%s%s%s", name[0] == '/' ? "" : office->folder,
             name[0] == '/' ? "" : "/", name);
    buf_fini(&text);
    return code;
}

void
office_format(const struct office *office, struct buf *out)
{
    buf_printf(out,
               "# Thi Đua: thiết lập của một đơn vị báo cáo / the settings of one office.\n"
               "# Địa chỉ broker; sau dấu # là khóa công khai của broker.\n"
               "# The brokers; behind # is the broker's public key.\n"
               "brokers = %s\n"
               "# Tên mà khóa này được cấp / the name that the key was granted to.\n"
               "principal = %s\n",
               office->brokers, office->principal);
    if (office->unit[0] != '\0') {
        buf_printf(out, "# Đơn vị / the unit.\nunit = %s\n", office->unit);
    }
    buf_printf(
        out,
        "# Tệp khóa riêng, chỉ người dùng này được đọc / the private key, its owner's only.\n"
        "key = %s\n",
        OFFICE_KEY);
}
