/* units.csv, campaign.yaml and access.yaml from a path (or "-") to a checked struct, and from there to a record.
 * What `units`, `campaign` and `init` share. Functions that give an int give 0 or the exit code,
 * after the reason was told. */
#ifndef CLIENTS_FILES_H
#define CLIENTS_FILES_H

#include "clients/access_yaml.h"
#include "proto/campaign.h"
#include "proto/units.h"

#include <jansson.h>

/* Every mistake is said as "file:line:column: code: sentence", or, where `mistakes` is an array of
 * JSON, appended to it. EX_DATAERR: there are some; EX_NOINPUT, EX_IOERR: the file. */
int units_file_read(const char *path, struct arena *arena, struct units *units, json_t *mistakes);
int campaign_file_read(const char *path, struct arena *arena, struct campaign *campaign,
                       json_t *mistakes);
int access_file_read(const char *path, struct arena *arena, struct access_file *file,
                     json_t *mistakes);

/* The record that publishes it, with an id of its own, into `out`. EX_DATAERR: longer than a
 * record. */
int units_record_encode(const struct units *units, struct buf *out);
int campaign_record_encode(const struct campaign *campaign, struct buf *out);

#endif
