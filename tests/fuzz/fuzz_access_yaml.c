/* access.yaml: every mistake told, or records that the tally worker can decode. */
#include "tests/fuzz/fuzz.h"

#include "clients/access_yaml.h"
#include "common/check.h"
#include "tests/lib/told.h"

void
fuzz_access_yaml(struct slice in)
{
    static const uint8_t id[16];
    struct arena *arena = arena_new();
    struct access_file file;
    struct told told;
    told_begin(&told);
    uint32_t mistakes = access_yaml_read(in, arena, &file, &told.complaints);
    fuzz_told(&told, mistakes);
    for (uint32_t i = 0; mistakes == 0 && i < file.count; i++) {
        struct buf body = BUF_EMPTY;
        struct record_access record;
        struct access_entry entry;
        struct complaint why;
        access_encode(&file.lines[i].entry, id, &body);
        CHECK(layout_decode(record_layout(RECORD_access), buf_slice_of(&body), &record, &why));
        CHECK(access_decode(&record, arena, &entry, &why));
        CHECK(slice_equal(entry.principal, file.lines[i].entry.principal));
        CHECK(entry.roles == file.lines[i].entry.roles);
        buf_fini(&body);
    }
    arena_free(&arena);
}
