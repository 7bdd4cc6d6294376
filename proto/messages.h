/* The messages as structs: messages.def expanded. Field kinds: fields.h. */
#ifndef PROTO_MESSAGES_H
#define PROTO_MESSAGES_H

#include "proto/fields.h"
#include "proto/limits.h"

enum role {
    ROLE_CLIENT = 1,
    ROLE_TALLY,
    ROLE_QUERY,
    ROLE_READER, /* reads blocks as a tally worker does, holds no shard: verify */
};

#define FIELD_C_UINT uint64_t
#define FIELD_C_BOOL bool
#define FIELD_C_TEXT struct slice
#define FIELD_C_CODE struct slice
#define FIELD_C_BYTES struct slice
#define FIELD_C_RAW struct slice

#define MESSAGE(name, type, says) struct message_##name {
#define FIELD(message, name, key, kind, required, limit, meaning) FIELD_C_##kind name;
#define END(message)                                                                               \
    }                                                                                              \
    ;
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

enum message_type {
#define MESSAGE(name, type, says) MESSAGE_##name = type,
#define FIELD(message, name, key, kind, required, limit, meaning)
#define END(message)
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};

#define MESSAGE_TYPE_MAX 15

/* The layout of a type; NULL where there is none. */
const struct layout *message_layout(uint64_t type);

/* message_encode_submit(&submit, &buf) and so on, so that the struct and its type cannot differ. */
#define MESSAGE(name, type, says)                                                                  \
    static inline void message_encode_##name(const struct message_##name *m, struct buf *out)      \
    {                                                                                              \
        layout_encode(message_layout(MESSAGE_##name), m, out);                                     \
    }
#define FIELD(message, name, key, kind, required, limit, meaning)
#define END(message)
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

#endif
