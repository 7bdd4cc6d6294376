/* A message: taken as the type that it says, refused as any other. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/messages.h"

void
fuzz_messages(struct slice in)
{
    uint64_t said = 0;
    bool peeked = layout_peek(in, &said);
    for (uint64_t type = 0; type <= MESSAGE_TYPE_MAX; type++) {
        const struct layout *layout = message_layout(type);
        bool taken = layout != NULL && fuzz_layout(layout, in);
        CHECK(!taken || (peeked && type == said));
    }
}
