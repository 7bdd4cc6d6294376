/* A record: taken as the type that it says, refused as any other; a report's values read one by one;
 * and always shown, as `thidua journal` shows what it finds. */
#include "tests/fuzz/fuzz.h"

#include "clients/record_json.h"
#include "common/check.h"
#include "common/text.h"
#include "proto/records.h"

#include <stdlib.h>

static void
values_read(struct slice values)
{
    struct complaint why = {0};
    struct cursor c;
    struct value value;
    struct slice indicator;
    uint32_t n, i = 0;
    if (!values_open(values, &c, &n, &why)) {
        fuzz_why(&why);
        return;
    }
    CHECK(n <= REPORT_VALUES_MAX);
    while (i < n && values_next(&c, &indicator, &value, &why)) {
        CHECK(code_is_valid(indicator));
        CHECK(value.kind != VALUE_BOOL || value.number == 0 || value.number == 1);
        i++;
    }
    if (i < n) {
        fuzz_why(&why);
    }
}

void
fuzz_records(struct slice in)
{
    uint64_t said = 0;
    struct complaint why;
    struct record_report report;
    bool peeked = layout_peek(in, &said);
    for (uint64_t type = 0; type <= UINT8_MAX; type++) {
        const struct layout *layout = record_layout(type);
        bool taken = layout != NULL && fuzz_layout(layout, in);
        CHECK(!taken || (peeked && type == said));
    }
    if (layout_decode(record_layout(RECORD_report), in, &report, &why)) {
        values_read(report.values);
    }
    values_read(in);
    json_t *shown = record_json(in);
    char *text = shown == NULL ? NULL : json_dumps(shown, JSON_COMPACT);
    CHECK(text != NULL);
    free(text);
    json_decref(shown);
}
