/* What is in force of a principal, asked of the broker, and publishing what is to be in force: what
 * `access`, `keys rotate` and `office` share. Functions that give an int give 0 or the exit code, after
 * the reason was told. */
#ifndef CLIENTS_ACCESS_BOOK_H
#define CLIENTS_ACCESS_BOOK_H

#include "clients/access_yaml.h"
#include "clients/contact.h"

/* In the arena; *found false, and an entry of the name alone, where there is no such principal. */
int access_book_find(struct contact *contact, const char *principal, struct arena *arena,
                     struct access_entry *entry, bool *found);
/* Submits them in one batch, and prints each verdict. EX_DATAERR where one is rejected. */
int access_book_publish(struct contact *contact, const struct access_file *file, const char *name);
/* The same for one. */
int access_book_put(struct contact *contact, const struct access_entry *entry);

/* A key that is there already is no mistake. False: told; there are two others. */
bool access_book_add_key(struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE]);
bool access_book_has_key(const struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE]);
void access_book_drop_key(struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE]);

#endif
