/* One way to encode and decode everything that messages.def and records.def describe: a layout is
 * the table of a struct's fields, and these two functions walk it.
 *
 * On the wire a struct is a map with small integer keys. Key 0 is its type, key 1 (records only) its
 * version. Unknown keys are skipped, so that a newer peer may say more. A key that stands twice is
 * refused: which of the two was meant? Absent optional fields are zero or empty, and zero or empty
 * optional fields are not written. */
#ifndef PROTO_FIELDS_H
#define PROTO_FIELDS_H

#include "common/buf.h"
#include "common/err.h"
#include "proto/codes.h"

enum field_kind {
    FIELD_UINT,  /* uint64_t; limit: the greatest value */
    FIELD_BOOL,  /* bool */
    FIELD_TEXT,  /* struct slice; clean UTF-8 in NFC; limit: bytes */
    FIELD_CODE,  /* struct slice; [a-z0-9._-]{1,32} */
    FIELD_BYTES, /* struct slice; limit: bytes */
    FIELD_RAW, /* struct slice: one well-formed msgpack object, not deeper than DEPTH_MAX; limit: bytes */
};

struct field {
    const char *name;
    uint8_t key;
    uint8_t kind;
    bool required;
    size_t offset;
    uint64_t limit;
};

struct layout {
    const char *name;
    uint8_t type;
    uint8_t version; /* 0: the layout has none (messages) */
    uint8_t count;
    const struct field *fields;
    size_t size; /* of the struct */
};

/* The type (key 0) of an encoded struct, without decoding the rest. False: not a map with one. */
bool layout_peek(struct slice in, uint64_t *type);
/* Fills *out (zeroed first) with slices into `in`. False: `why` says what is wrong. */
bool layout_decode(const struct layout *layout, struct slice in, void *out, struct complaint *why);
/* Whether what a person typed may be encoded: false, too-large, names the first field past its limit. */
bool layout_fits(const struct layout *layout, const void *in, struct complaint *why);
/* Appends. What the program itself made must fit its own limits: CHECKed. */
void layout_encode(const struct layout *layout, const void *in, struct buf *out);

#endif
