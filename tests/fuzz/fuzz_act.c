/* An act as JSON, by the path that its first byte names: refused with a complaint, or made a record that decodes to
 * the same bytes, and that has no field which the act does not list. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "workers/gateway/act.h"

#include <jansson.h>

static const char *const PATHS[] = {
#define ACT(path, record, fields, makes) path,
#include "workers/gateway/acts.def"
#undef ACT
};

/* What the gateway adds, so that it can be encoded at all. */
static void
ids_fill(const struct act_record *record)
{
    struct slice *id = act_field(record, "id");
    uint64_t *revision = act_field(record, "revision");
    if (id != NULL) {
        *id = slice_text("0123456789abcdef");
    }
    if (revision != NULL && *revision == 0) {
        *revision = 1;
    }
}

void
fuzz_act(struct slice in)
{
    const struct act *act = act_find(PATHS[fuzz_byte(&in) % (sizeof PATHS / sizeof *PATHS)]);
    struct arena *arena = arena_new();
    struct act_record record;
    struct complaint why = {0};
    json_t *from = json_loadb((const char *)in.data, in.len, JSON_REJECT_DUPLICATES, NULL);
    if (from != NULL && act_read(act, from, arena, &record, &why)) {
        struct buf body = BUF_EMPTY;
        ids_fill(&record);
        act_record_encode(&record, &body);
        /* Unless an identity is missing, which the gateway makes or asks for. */
        struct slice *identity = act->makes[0] == '\0' ? NULL : act_field(&record, act->makes);
        if (identity == NULL || identity->len > 0) {
            CHECK(fuzz_layout(record.layout, buf_slice_of(&body)));
        }
        buf_fini(&body);
    } else if (from != NULL) {
        fuzz_why(&why);
    }
    json_decref(from);
    arena_free(&arena);
}
