/* An import of our own reports: a line becomes a record as it is, whole or a merge. What is wrong with a line is told
 * beside it; the lines behind it are read on. */
#include "workers/gateway/import_impl.h"

#include "common/clock.h"
#include "proto/pack.h"
#include "proto/report_json.h"
#include "proto/ulid.h"

#include <sodium.h>

/* With a key, from the key, the line's place and what it says; without, a new one. */
static void
id_make(const struct import *im, uint32_t place, struct slice text, uint8_t id[ULID_SIZE])
{
    struct clock clock = clock_real(0);
    if (im->options.key[0] == '\0') {
        ulid_new(clock_wall_us(&clock), id);
        return;
    }
    struct buf all = BUF_EMPTY;
    pack_cstr(&all, im->options.key);
    pack_uint(&all, place);
    pack_text(&all, text);
    crypto_generichash(id, ULID_SIZE, all.data, all.len, NULL, 0);
    buf_fini(&all);
}

/* A report without a revision gets one now; under a key, which promises that sending again is the same, that would
 * be a lie. */
static bool
revision_give(struct import *im, struct draft *draft, struct complaint *why)
{
    if (!draft_lacks_revision(draft)) {
        return true;
    }
    if (im->options.key[0] != '\0') {
        return complain(why, CODE_MISSING_FIELD, slice_text("revision"), "%s", "");
    }
    draft->revision = client_revision(im->imports->links->submitter);
    return true;
}

static void
record_put(struct import *im, const struct draft *draft, uint32_t place, struct slice text,
           uint32_t number)
{
    struct buf body = BUF_EMPTY;
    uint8_t id[ULID_SIZE];
    id_make(im, place, text, id);
    draft_encode_as(draft, id, &body);
    buf_clear(&im->places);
    buf_put(&im->places, &place, sizeof place);
    window_put(&im->window, draft->unit, buf_slice_of(&body), im, number);
    buf_fini(&body);
}

void
import_line(struct cells_sink *sink, struct slice text, uint32_t number)
{
    struct import *im = (struct import *)((char *)sink - offsetof(struct import, sink));
    struct complaint why = {0};
    struct draft draft = {0};
    json_t *owner = NULL;
    uint32_t place = lines_add(im->lines);
    if (place == REPORTS_MAX) {
        complain(&why, CODE_TOO_MANY, slice_text("JSON"), "%u", REPORTS_MAX);
        why.line = number;
        import_fail(im, &why, true);
        return;
    }
    im->imports->cells++;
    if (report_json_read(text, &draft, &owner, &why) && revision_give(im, &draft, &why)) {
        record_put(im, &draft, place, text, number);
    } else {
        lines_refuse(im->lines, place, number, &why);
    }
    json_decref(owner);
    draft_fini(&draft);
}
