/* All principals in memory, found by name and by key: the broker's at every message, a tally worker's
 * at every record. Made from the bodies of access records, of which the table keeps its own copy. An
 * entry of the table has its units in the order of their codes, and ends with the next put. */
#ifndef PROTO_ACCESS_TABLE_H
#define PROTO_ACCESS_TABLE_H

#include "proto/access.h"

struct access_table;

struct access_table *access_table_new(void); /* only "local" is in it */
void access_table_free(struct access_table **table);

/* Adds or replaces one principal. False, with what is wrong, where the body cannot be read, where one
 * of its keys is another principal's that is in force (key-taken), or where the table is full. */
bool access_table_put(struct access_table *table, struct slice body, struct complaint *why);
/* NULL where there is none. A revoked one is found, with no roles and no keys. */
const struct access_entry *access_table_find(const struct access_table *table,
                                             struct slice principal);
const struct access_entry *access_table_by_key(const struct access_table *table,
                                               const uint8_t key[ACCESS_KEY_SIZE]);
uint32_t access_table_count(const struct access_table *table);
/* In the order of their names, "local" left out. */
const struct access_entry *access_table_at(const struct access_table *table, uint32_t i);

#endif
