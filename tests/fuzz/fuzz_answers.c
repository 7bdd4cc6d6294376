/* What a broker answers, as the command line shows it: JSON, or nothing; and as the state of a site: its troubles,
 * its metrics, a page of `thidua top`. */
#include "tests/fuzz/fuzz.h"

#include "clients/answers.h"
#include "clients/record_json.h"
#include "clients/top_view.h"
#include "clients/troubles.h"
#include "common/check.h"
#include "proto/metrics.h"

#include <stdlib.h>

static void
site_show(json_t *status)
{
    static struct top_page page;
    static struct trouble troubles[TROUBLES_MAX];
    struct buf metrics = BUF_EMPTY;
    struct top top = {0};
    CHECK(troubles_find(status, "/data", troubles) <= TROUBLES_MAX);
    metrics_print(status, &metrics);
    CHECK(metrics.len == 0 || metrics.data[metrics.len - 1] == '\n');
    top_take(&top, json_incref(status), 0);
    top_take(&top, json_incref(status), 1);
    top_view_make(&(struct top_view){.top = &top}, 24, 80, &page);
    top_view_make(&(struct top_view){.top = &top, .silent_ms = 9}, 50, 180, &page);
    for (unsigned i = 0; i < page.count; i++) {
        CHECK(page.runs[i].y < 50 && page.runs[i].x < 180);
    }
    top_fini(&top);
    buf_fini(&metrics);
}

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
        site_show(shown);
        json_decref(shown);
    }
}
