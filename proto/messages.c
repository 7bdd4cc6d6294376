/* messages.def as tables. */
#include "proto/messages.h"

/* Keys and types stand once: a second one is a second `case`, which does not compile. */
#define MESSAGE(name, type, says)                                                                  \
    static inline __attribute__((unused)) void keys_of_##name(unsigned key)                        \
    {                                                                                              \
        switch (key) {                                                                             \
        case 0:
#define FIELD(message, name, key, kind, required, limit, meaning) case key:
#define END(message)                                                                               \
    break;                                                                                         \
    }                                                                                              \
    }
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

static inline __attribute__((unused)) void
types_of_messages(unsigned type)
{
    switch (type) {
#define MESSAGE(name, type, says) case type:
#define FIELD(message, name, key, kind, required, limit, meaning)
#define END(message)
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
        break;
    }
}

/* clang-format off */
#define MESSAGE(name, type, says) static const struct field name##_fields[] = {
#define FIELD(message, name, key, kind, required, limit, meaning)                                  \
    {#name, key, FIELD_##kind, required, offsetof(struct message_##message, name), limit},
#define END(message) };
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

static const struct layout layouts[MESSAGE_TYPE_MAX + 1] = {
#define MESSAGE(name, type, says)                                                                   \
    [type] = {#name, type, 0, sizeof(name##_fields) / sizeof(struct field), name##_fields,     \
              sizeof(struct message_##name)},
#define FIELD(message, name, key, kind, required, limit, meaning)
#define END(message)
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};
/* clang-format on */

const struct layout *
message_layout(uint64_t type)
{
    return type <= MESSAGE_TYPE_MAX && layouts[type].name != NULL ? &layouts[type] : NULL;
}
