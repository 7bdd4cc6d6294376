/* What a system or a person shows to the gateway: tokens and a password in an access entry. What is made
 * here is printed once and kept nowhere: the record has only what it hashes to. */
#ifndef CLIENTS_ACCESS_TOKEN_H
#define CLIENTS_ACCESS_TOKEN_H

#include "proto/access.h"

/* Each gives 0 or the exit code, told. `until`: a day like 2026-12-31, or NULL. The new token, in the place
 * of one of the same name, is what `text` gets; show it once the record is accepted. */
#define TOKEN_TEXT 64
int token_make(struct access_entry *entry, const char *name, const char *until,
               char text[TOKEN_TEXT]);
int token_revoke(struct access_entry *entry, const char *name);
/* Reads one line of standard input, and puts what it hashes to into the entry; `hash` is its room. */
int password_take(struct access_entry *entry, char hash[PASSWORD_HASH_MAX + 1]);

#endif
