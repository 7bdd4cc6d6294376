/* Tokens and passwords made. */
#include "clients/access_token.h"

#include "clients/words.h"
#include "common/period.h"
#include "common/text.h"
#include "proto/limits.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define TOKEN_BYTES 32 /* nobody guesses 256 bits, so that a plain hash may be kept */
#define PASSWORD_LEAST 10
#define PASSWORD_MOST 256 /* bytes: a sentence; Argon2 takes any */

_Static_assert(PASSWORD_HASH_MAX + 1 == crypto_pwhash_STRBYTES, "limits.h says so");

static struct access_token *
token_named(struct access_entry *entry, const char *name)
{
    for (uint32_t i = 0; i < entry->token_count; i++) {
        if (slice_is(entry->tokens[i].name, name)) {
            return &entry->tokens[i];
        }
    }
    return NULL;
}

static int
day_read(const char *until, int32_t *day)
{
    *day = 0;
    if (until == NULL || date_parse(slice_text(until), day) == ERR_OK) {
        return 0;
    }
    return say_code(EX_USAGE,
                    tr("--until cần một ngày như 2026-12-31, không phải “%s”.",
                       "--until wants a day such as 2026-12-31, not “%s”."),
                    until);
}

int
token_make(struct access_entry *entry, const char *name, const char *until, char text[TOKEN_TEXT])
{
    int32_t day;
    uint8_t bytes[TOKEN_BYTES];
    if (name == NULL || !code_is_valid(slice_text(name))) {
        return say_code(EX_USAGE, tr("cần --name, một mã (a-z 0-9 . _ -).",
                                     "--name is needed, a code (a-z 0-9 . _ -)."));
    }
    int code = day_read(until, &day);
    struct access_token *token = token_named(entry, name);
    if (code != 0) {
        return code;
    }
    if (token == NULL && entry->token_count == ACCESS_TOKENS_MAX) {
        return say_code(EX_DATAERR,
                        tr("“%.*s” đã có %d token; hãy thu hồi một cái trước.",
                           "“%.*s” has %d tokens already; revoke one first."),
                        SLICE_ARG(entry->principal), ACCESS_TOKENS_MAX);
    }
    token = token == NULL ? &entry->tokens[entry->token_count++] : token;
    *token = (struct access_token){.name = slice_text(name), .until = day};
    randombytes_buf(bytes, sizeof bytes);
    strcpy(text, "td_");
    sodium_bin2base64(text + 3, TOKEN_TEXT - 3, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    crypto_generichash(token->hash, sizeof token->hash, (const uint8_t *)text, strlen(text), NULL,
                       0);
    return 0;
}

int
token_revoke(struct access_entry *entry, const char *name)
{
    struct access_token *token = name == NULL ? NULL : token_named(entry, name);
    if (token == NULL) {
        return say_code(EX_DATAERR, tr("“%.*s” không có token “%s”.", "“%.*s” has no token “%s”."),
                        SLICE_ARG(entry->principal), name == NULL ? "" : name);
    }
    *token = entry->tokens[--entry->token_count];
    return 0;
}

int
password_take(struct access_entry *entry, char hash[PASSWORD_HASH_MAX + 1])
{
    char line[PASSWORD_MOST + 2];
    if (fgets(line, sizeof line, stdin) == NULL) {
        return say_code(EX_NOINPUT, tr("cần mật khẩu trên một dòng của đầu vào chuẩn.",
                                       "the password is wanted on a line of standard input."));
    }
    size_t len = strcspn(line, "\r\n");
    if (len < PASSWORD_LEAST || len > PASSWORD_MOST) {
        return say_code(EX_USAGE,
                        tr("mật khẩu cần từ %d đến %d byte.", "a password has %d to %d bytes."),
                        PASSWORD_LEAST, PASSWORD_MOST);
    }
    int failed = crypto_pwhash_str(hash, line, len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                   crypto_pwhash_MEMLIMIT_INTERACTIVE);
    sodium_memzero(line, sizeof line);
    if (failed != 0) {
        return say_code(EX_OSERR, tr("không đủ bộ nhớ.", "there is not enough memory."));
    }
    entry->password = slice_text(hash);
    return 0;
}
