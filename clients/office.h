/* An office's folder: all that an office on another machine needs to speak to the broker.
 *
 *   DIR/office.conf     brokers, principal, unit, key; `key = value` a line
 *   DIR/key             its private key (proto/curve.h), named by `key`
 *   DIR/revision        the last revision stamped here
 *   DIR/forms/          a template a form that is asked of its unit */
#ifndef CLIENTS_OFFICE_H
#define CLIENTS_OFFICE_H

#include "common/buf.h"
#include "proto/limits.h"
#include "proto/settings.h"

#define OFFICE_CONF "office.conf"
#define OFFICE_KEY "key"

struct office {
    char folder[SETTINGS_PATH_MAX];
    char brokers[SETTINGS_PATH_MAX];
    char principal[CODE_MAX + 1];
    char unit[CODE_MAX + 1];         /* empty: none of its own */
    char key[2 * SETTINGS_PATH_MAX]; /* a path; relative ones are the folder's */
};

bool office_is_here(const char *folder); /* whether it has an office.conf */
/* 0, or EX_NOINPUT or EX_CONFIG after one sentence. */
int office_read(const char *folder, struct office *office);
/* The text of office.conf, with what each line is for. */
void office_format(const struct office *office, struct buf *out);

#endif
