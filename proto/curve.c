/* Key files and CURVE. What has held a secret is wiped: the text that was read or made, and a key that
 * turned out wrong. The text is on the stack, because a buf that grows leaves copies behind. */
#include "proto/curve.h"

#include "common/check.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/text.h"
#include "proto/access.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

_Static_assert(CURVE_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "CURVE's keys are crypto_box's");
_Static_assert(CURVE_KEY_SIZE == crypto_box_SECRETKEYBYTES, "CURVE's keys are crypto_box's");
_Static_assert(CURVE_KEY_SIZE == ACCESS_KEY_SIZE, "one key, two headers");

/* One sentence; gives back false, so that a check may `return wrong(...)`. */
__attribute__((format(printf, 2, 3))) static bool
wrong(char why[256], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, 256, format, args);
    va_end(args);
    text_cut(why);
    return false;
}

void
curve_key_new(const char *principal, struct curve_key *key)
{
    CHECK(sodium_init() >= 0);
    CHECK(code_is_valid(slice_text(principal)));
    *key = (struct curve_key){0};
    stpcpy(key->principal, principal);
    crypto_box_keypair(key->public_key, key->secret_key);
}

void
curve_key_wipe(struct curve_key *key)
{
    sodium_memzero(key, sizeof(*key));
}

/* ---- the text ---- */

enum line { LINE_PRINCIPAL = 1, LINE_PUBLIC = 2, LINE_SECRET = 4, LINE_ALL = 7 };

static bool
principal_take(struct slice value, struct curve_key *key)
{
    if (!code_is_valid(value)) {
        return false;
    }
    memcpy(key->principal, value.data, value.len);
    return true;
}

/* The line that `name` begins and whether its value is one; 0 where there is no such name. */
static enum line
line_take(struct slice name, struct slice value, struct curve_key *key, bool *good)
{
    if (slice_is(name, "principal")) {
        *good = principal_take(value, key);
        return LINE_PRINCIPAL;
    }
    if (slice_is(name, "public")) {
        *good = access_key_parse(value, key->public_key);
        return LINE_PUBLIC;
    }
    if (slice_is(name, "secret")) {
        *good = access_key_parse(value, key->secret_key);
        return LINE_SECRET;
    }
    return (enum line)0;
}

static bool
line_read(struct slice line, unsigned number, unsigned *seen, struct curve_key *key, char why[256])
{
    line = text_trim(line);
    if (line.len == 0 || line.data[0] == '#') {
        return true;
    }
    const uint8_t *colon = memchr(line.data, ':', line.len);
    size_t at = colon == NULL ? line.len : (size_t)(colon - line.data);
    struct slice name = slice_of(line.data, at);
    struct slice value =
        text_trim(colon == NULL ? slice_of(line.data, 0) : slice_of(colon + 1, line.len - at - 1));
    bool good = false;
    enum line which = line_take(name, value, key, &good);
    if (!good || (*seen & which) != 0) {
        return wrong(why,
                     LANG_PICK("dòng %u không phải dòng của tệp khóa: cần principal, public và "
                               "secret, mỗi thứ một lần.",
                               "line %u is none of a key file: it has principal, public and "
                               "secret, each once."),
                     number);
    }
    *seen |= which;
    return true;
}

static bool
pair_fits(const struct curve_key *key)
{
    uint8_t made[CURVE_KEY_SIZE];
    CHECK(sodium_init() >= 0);
    return crypto_scalarmult_base(made, key->secret_key) == 0 &&
           sodium_memcmp(made, key->public_key, sizeof(made)) == 0;
}

static bool
lines_read(struct slice text, struct curve_key *key, char why[256])
{
    unsigned seen = 0;
    for (unsigned number = 1; text.len > 0; number++) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.data);
        size_t step = end == NULL ? len : len + 1;
        if (!line_read(slice_of(text.data, len), number, &seen, key, why)) {
            return false;
        }
        text = slice_of(text.data + step, text.len - step);
    }
    if (seen != LINE_ALL) {
        return wrong(why, "%s",
                     LANG_PICK("tệp khóa thiếu dòng principal, public hoặc secret.",
                               "the key file lacks its line principal, public or secret."));
    }
    return pair_fits(key) || wrong(why, "%s",
                                   LANG_PICK("trong tệp khóa, public không phải của secret.",
                                             "in the key file, public is not that of secret."));
}

bool
curve_key_parse(struct slice text, struct curve_key *key, char why[256])
{
    *key = (struct curve_key){0};
    bool good = lines_read(text, key, why);
    if (!good) {
        curve_key_wipe(key);
    }
    return good;
}

/* ---- the file ---- */

static enum err
refused(char why[256], const char *path, const char *vi, const char *en)
{
    wrong(why, "%.120s: %s", path, LANG_PICK(vi, en));
    return ERR_REFUSED;
}

/* What was opened, not what now has the name. */
static enum err
guard_check(int fd, const char *path, char why[256])
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        wrong(why, "%.150s: %s", path, strerror(errno));
        return ERR_IO;
    }
    if (!S_ISREG(info.st_mode)) {
        return refused(why, path, "tệp khóa phải là một tệp thường.",
                       "a key file must be a plain file.");
    }
    if (info.st_uid != geteuid()) {
        return refused(why, path, "tệp khóa là của người dùng khác.",
                       "the key file is another user's.");
    }
    if ((info.st_mode & 077) != 0) {
        return refused(why, path,
                       "người khác đọc được tệp khóa này; hãy chạy “chmod 600”, và đổi khóa nếu "
                       "máy có người dùng khác.",
                       "others may read this key file; run “chmod 600”, and change the key if the "
                       "machine has other users.");
    }
    return ERR_OK;
}

static enum err
open_failed(const char *path, char why[256])
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        wrong(why, LANG_PICK("không có tệp khóa %.120s.", "there is no key file %.120s."), path);
        return ERR_NOT_FOUND;
    case ELOOP:
        return refused(why, path, "tệp khóa không được là liên kết.",
                       "a key file must not be a link.");
    default:
        wrong(why, "%.150s: %s", path, strerror(errno));
        return ERR_IO;
    }
}

/* A short read of a plain file is its end. */
static enum err
text_read(int fd, const char *path, struct curve_key *key, char why[256])
{
    char text[CURVE_FILE_MAX + 1], sentence[256];
    ssize_t got = read(fd, text, sizeof(text));
    enum err err = ERR_OK;
    if (got < 0) {
        wrong(why, "%.150s: %s", path, strerror(errno));
        err = ERR_IO;
    } else if ((size_t)got > CURVE_FILE_MAX) {
        wrong(why,
              LANG_PICK("%.120s: quá %d byte, không phải tệp khóa.",
                        "%.120s: more than %d bytes, no key file."),
              path, CURVE_FILE_MAX);
        err = ERR_FORMAT;
    } else if (!curve_key_parse(slice_of(text, (size_t)got), key, sentence)) {
        wrong(why, "%.100s: %s", path, sentence);
        err = ERR_FORMAT;
    }
    sodium_memzero(text, sizeof(text));
    return err;
}

enum err
curve_key_read(const char *path, struct curve_key *key, char why[256])
{
    *key = (struct curve_key){0};
    /* Not to wait for the other end of a pipe that stands where a file should. */
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return open_failed(path, why);
    }
    enum err err = guard_check(fd, path, why);
    if (err == ERR_OK) {
        err = text_read(fd, path, key, why);
    }
    close(fd);
    return err;
}

enum err
curve_key_write(const char *path, const struct curve_key *key, char why[256])
{
    char text[CURVE_FILE_MAX], public_key[ACCESS_KEY_TEXT], secret_key[ACCESS_KEY_TEXT];
    access_key_format(key->public_key, public_key);
    access_key_format(key->secret_key, secret_key);
    int len = snprintf(text, sizeof(text),
                       "# Thi Đua: private key. Whoever has this file speaks for its owner.\n"
                       "principal: %s\npublic: %s\nsecret: %s\n",
                       key->principal, public_key, secret_key);
    enum err err = file_make_private(path, slice_of(text, (size_t)len));
    sodium_memzero(text, sizeof(text));
    sodium_memzero(secret_key, sizeof(secret_key));
    if (err == ERR_EXISTS) {
        wrong(why,
              LANG_PICK("%.150s đã có; không ghi đè khóa.",
                        "%.150s is there already; a key is never overwritten."),
              path);
    } else if (err != ERR_OK) {
        wrong(why, LANG_PICK("không ghi được %.150s (%s).", "%.150s cannot be written (%s)."), path,
              err_name(err));
    }
    return err;
}

/* ---- sockets ---- */

static bool
key_set(void *socket, int option, const uint8_t key[CURVE_KEY_SIZE])
{
    return zmq_setsockopt(socket, option, key, CURVE_KEY_SIZE) == 0;
}

bool
curve_serve(void *socket, const struct curve_key *key)
{
    int server = 1;
    return zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server)) == 0 &&
           key_set(socket, ZMQ_CURVE_SECRETKEY, key->secret_key);
}

bool
curve_connect(void *socket, const struct curve_key *key, const uint8_t server[CURVE_KEY_SIZE])
{
    return key_set(socket, ZMQ_CURVE_SERVERKEY, server) &&
           key_set(socket, ZMQ_CURVE_PUBLICKEY, key->public_key) &&
           key_set(socket, ZMQ_CURVE_SECRETKEY, key->secret_key);
}
