/* What a broker answers, as the command line shows it: JSON, or nothing. */
#include "tests/fuzz/fuzz.h"

#include "clients/answers.h"
#include "clients/record_json.h"
#include "common/check.h"

#include <stdlib.h>

void
fuzz_answers(struct slice in)
{
    json_t *shown = answer_json(in);
    struct slice bytes = answer_bytes(in, "body");
    CHECK(bytes.len == 0 || (bytes.data >= in.data && bytes.data + bytes.len <= in.data + in.len));
    if (shown != NULL) {
        char *text = json_dumps(shown, JSON_COMPACT | JSON_ENCODE_ANY);
        CHECK(text != NULL);
        free(text);
        json_decref(shown);
    }
}
