/* Reports in JSON: each is refused with a complaint, or makes a record that decodes. Lines never go
 * back, and the stream ends. */
#include "tests/fuzz/fuzz.h"

#include "clients/json_stream.h"
#include "proto/report_json.h"
#include "common/check.h"
#include "proto/records.h"

static void
draft_send(struct draft *draft)
{
    struct record_report report;
    struct complaint why;
    struct buf body = BUF_EMPTY;
    if (draft->revision == 0) {
        draft->revision = 1; /* stamped by the client, which is not here */
    }
    draft_encode(draft, &body);
    CHECK(layout_decode(record_layout(RECORD_report), buf_slice_of(&body), &report, &why));
    CHECK(slice_equal(report.unit, draft->unit) && report.merge == draft->merge);
    buf_fini(&body);
}

void
fuzz_report_json(struct slice in)
{
    FILE *file = fuzz_file(in);
    struct json_stream stream = json_stream_of(file);
    struct draft draft = {0};
    struct slice text;
    uint64_t line, before = 1;
    size_t most = in.len + 1;
    while (json_stream_next(&stream, &text, &line)) {
        struct complaint why = {0};
        json_t *owner;
        CHECK(line >= before && most-- > 0);
        before = line;
        if (report_json_read(text, &draft, &owner, &why)) {
            draft_send(&draft);
        } else {
            CHECK(owner == NULL);
            fuzz_why(&why);
        }
        json_decref(owner);
    }
    CHECK(!stream.bad);
    draft_fini(&draft);
    json_stream_fini(&stream);
    fclose(file);
}
