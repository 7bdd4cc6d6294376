/* DATA/keys/, mode 0700: `broker` (the server key, whose public half stands behind # in every list of
 * brokers) and `operator` (the first operator's; it may be carried elsewhere). */
#ifndef CLIENTS_KEYRING_H
#define CLIENTS_KEYRING_H

#include "common/buf.h"
#include "proto/curve.h"

#define KEYRING_BROKER "keys/broker"
#define KEYRING_OPERATOR "keys/operator"

/* Makes keys/ with both in a new data directory; appends the access record that grants the operator's key
 * to `record`. False: errno of what failed. */
bool keyring_make(const char *data, struct buf *record);
/* For a data directory of before there were keys: only the broker's, so that whoever was the operator
 * stays so. Nothing where keys/ is there. 0, or EX_CANTCREAT told. */
int keyring_mend(const char *data);
/* Whoever may enter the data directory may everything: a wider mode than 0700 is narrowed, with a line in
 * the log. 0, or EX_NOPERM told. */
int keyring_close_folder(const char *data);

#endif
