/* Endpoints. Only what decides whether a key is needed is looked at: that a host or a path is one
 * libzmq takes, libzmq says. */
#include "proto/endpoint.h"

#include "common/lang.h"
#include "common/text.h"
#include "proto/access.h"

#include <stdarg.h>
#include <stdio.h>

#define TCP "tcp://"
#define SHOWN_MAX 60 /* of a mistyped endpoint */

_Static_assert(ENDPOINT_KEY_SIZE == ACCESS_KEY_SIZE, "an endpoint's key is a key");

/* Bytes of a command line or a file, as a terminal can be given them. */
static void
shown(struct slice text, char out[SHOWN_MAX + 1])
{
    size_t len = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;
    for (size_t i = 0; i < len; i++) {
        out[i] = text.data[i] > ' ' && text.data[i] < 0x7f ? (char)text.data[i] : '?';
    }
    out[len] = '\0';
}

static bool
wrong(char why[256], struct slice text, const char *sentence)
{
    char part[SHOWN_MAX + 1];
    shown(text, part);
    snprintf(why, 256, "“%s”: %s", part, sentence);
    text_cut(why);
    return false;
}

/* HOST:PORT#HEX64, the part behind tcp://. */
static bool
key_read(struct slice text, struct slice rest, struct endpoint *out, char why[256])
{
    const uint8_t *hash = rest.len == 0 ? NULL : memchr(rest.data, '#', rest.len);
    if (hash == NULL) {
        return wrong(why, text,
                     LANG_PICK("thiếu khóa của broker; hãy viết tcp://MÁY:CỔNG#KHÓA (64 chữ số "
                               "thập lục phân, xem “thidua keys show” tại máy của broker).",
                               "the broker's key is missing; write tcp://HOST:PORT#KEY (64 "
                               "hexadecimal digits, “thidua keys show” on the broker's machine)."));
    }
    struct slice key = slice_of(hash + 1, rest.len - (size_t)(hash - rest.data) - 1);
    if (hash == rest.data) {
        return wrong(why, text, LANG_PICK("thiếu MÁY:CỔNG.", "HOST:PORT is missing."));
    }
    if (!access_key_parse(key, out->key)) {
        return wrong(why, text,
                     LANG_PICK("khóa của broker sau dấu # phải là 64 chữ số thập lục phân viết "
                               "thường.",
                               "the broker's key behind # must be 64 lower-case hexadecimal "
                               "digits."));
    }
    out->has_key = true;
    return true;
}

bool
endpoint_parse(struct slice text, struct endpoint *out, char why[256])
{
    *out = (struct endpoint){0};
    text = text_trim(text);
    bool tcp = text.len >= strlen(TCP) && memcmp(text.data, TCP, strlen(TCP)) == 0;
    struct slice rest = slice_of(text.data + strlen(TCP), tcp ? text.len - strlen(TCP) : 0);
    if (tcp && !key_read(text, rest, out, why)) {
        return false;
    }
    size_t len = tcp ? text.len - 1 - (ACCESS_KEY_TEXT - 1) : text.len;
    if (len == 0 || len >= sizeof(out->address) || memchr(text.data, '\0', len) != NULL) {
        return wrong(why, text, LANG_PICK("không phải địa chỉ broker.", "is no broker's address."));
    }
    memcpy(out->address, text.data, len);
    return true;
}
