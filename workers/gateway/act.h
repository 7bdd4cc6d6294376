/* An act as its caller wrote it, JSON, made a record: pure, by the tables acts.def (what may be said) and records.def
 * (what it is). What a record means is the tally worker's to judge; here only what could not be encoded at all is
 * refused, in the words of codes.def.
 *
 *     UINT   an integer, or the word that stands for it ("verify", "yes")
 *     BYTES  of 16: an identity, 26 characters; of 32: hexadecimal
 *     RAW    by its shape: {indicator: value}, [code], [identity], or [{…}] whose members become a tuple */
#ifndef GATEWAY_ACT_H
#define GATEWAY_ACT_H

#include "common/arena.h"
#include "proto/records.h"

#include <jansson.h>

struct act {
    const char *path;
    uint8_t type; /* enum record_type */
    const char *fields, *makes;
};

const struct act *act_find(const char *path); /* NULL */

/* A record in the making: all that it points at lives in the arena, or in the JSON. */
struct act_record {
    const struct act *act;
    const struct layout *layout;
    void *fields; /* a struct record_… */
};

/* False with `why`: the first field that cannot be. */
bool act_read(const struct act *act, json_t *from, struct arena *arena, struct act_record *out,
              struct complaint *why);
/* Where a field of the record is, by its name; NULL: it has none. */
void *act_field(const struct act_record *record, const char *name);
/* The unit of the envelope: a report's, a withdrawal's and an approval's own, else none. */
struct slice act_unit(const struct act_record *record);
void act_record_encode(const struct act_record *record, struct buf *out);

#endif
