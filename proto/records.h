/* The records as structs: records.def expanded. Field kinds: fields.h. */
#ifndef PROTO_RECORDS_H
#define PROTO_RECORDS_H

#include "proto/cursor.h"
#include "proto/messages.h" /* FIELD_C_* */

#define RECORD(name, type, effect) struct record_##name {
#define FIELD(record, name, key, kind, required, limit, meaning) FIELD_C_##kind name;
#define END(record)                                                                                \
    }                                                                                              \
    ;
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END

enum record_type {
#define RECORD(name, type, effect) RECORD_##name = type,
#define FIELD(record, name, key, kind, required, limit, meaning)
#define END(record)
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END
};

const struct layout *record_layout(uint64_t type); /* NULL where there is none */

#define RECORD(name, type, effect)                                                                 \
    static inline void record_encode_##name(const struct record_##name *r, struct buf *out)        \
    {                                                                                              \
        layout_encode(record_layout(RECORD_##name), r, out);                                       \
    }
#define FIELD(record, name, key, kind, required, limit, meaning)
#define END(record)
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END

/* The values of a report, one by one, in the sender's order. */
struct value {
    enum { VALUE_NIL, VALUE_INT, VALUE_TEXT, VALUE_BOOL } kind;
    int64_t number; /* VALUE_INT; 0 or 1 for VALUE_BOOL */
    struct slice text;
};

/* Opens `values`; false with `why` (malformed, wrong-type, too-many-values). */
bool values_open(struct slice values, struct cursor *c, uint32_t *n, struct complaint *why);
/* One pair; false with `why` (malformed, wrong-type, code-invalid, value-overflow, value-type for a
 * float). That an indicator stands twice is for the caller to see. */
bool values_next(struct cursor *c, struct slice *indicator, struct value *value,
                 struct complaint *why);

/* A receipt: where a record stands in the journal; "18231.7". */
struct receipt {
    uint64_t block;
    uint32_t index;
};
#define RECEIPT_TEXT 32
/* Who speaks in the records that a broker makes by itself. No code, so that it is nobody's name, and
 * no SUBMIT can claim it: a broker gives each sender its own. */
#define PRINCIPAL_BROKER ":broker"
void receipt_format(struct receipt receipt, char text[RECEIPT_TEXT]);
enum err receipt_parse(struct slice text, struct receipt *receipt) MUST_CHECK;

/* A receipt as one number, for what is stored in one step; 0: none, or no block of ours has it. */
static inline uint64_t
receipt_number(struct receipt receipt)
{
    return receipt.block >> 48 != 0 || receipt.index > UINT16_MAX
               ? 0
               : receipt.block << 16 | receipt.index;
}

static inline struct receipt
receipt_of_number(uint64_t number)
{
    return (struct receipt){number >> 16, (uint32_t)(number & UINT16_MAX)};
}

/* A ULID (github.com/ulid/spec): 48 bits of milliseconds, 80 random (libsodium). */
void ulid_new(int64_t wall_us, uint8_t id[16]);

/* What became of a record. The numbers are stored: never change one. */
enum verdict {
    VERDICT_ACCEPTED = 1,
    VERDICT_CORRECTED,   /* replaced an earlier one */
    VERDICT_UNCHANGED,   /* same values: only the revision moved */
    VERDICT_SUPERSEDED,  /* a higher revision was there */
    VERDICT_REJECTED,    /* has no effect; the code says why */
    VERDICT_QUARANTINED, /* killed its worker; skipped */
};

enum verdict_flag {
    FLAG_LATE = 1,
    FLAG_OUTLIER = 2,
    FLAG_INCOMPLETE = 4, /* a required value is missing */
    FLAG_WARNED = 8,     /* a rule of severity `warn` is broken */
};

const char *verdict_name(enum verdict verdict); /* "accepted"; "" where there is none */
const char *flag_name(unsigned flag);           /* "late" */

#endif
