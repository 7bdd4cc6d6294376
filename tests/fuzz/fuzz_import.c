/* A CSV to each import layout: rows become records that wait in a client without a broker, and each row
 * that does not is told with its place. */
#include "tests/fuzz/fuzz.h"

#include "clients/import.h"
#include "common/check.h"

#include <stdlib.h>

struct bench {
    struct import im;
    struct options options;
    bool header_good;
};

static void
told(void *context, const struct outcome *outcome)
{
    struct bench *b = context;
    if (outcome->why != NULL) {
        fuzz_why(outcome->why);
        import_summary_error(&b->im.summary, outcome->why, "");
    }
}

static void
bench_open(struct bench *b, const struct import_layout *layout)
{
    char why[256];
    struct client_options client = {.brokers = "ipc:///nowhere/broker", .name = "fuzz"};
    *b = (struct bench){.options = {.verb = "import", .quiet = true}};
    b->im = (struct import){.options = &b->options,
                            .layout = layout,
                            .form = "daily",
                            .unit_column = "unit",
                            .period_column = "period",
                            .revision = 7};
    b->im.contact = (struct contact){.options = &b->options};
    b->im.contact.client = client_new(&client, why);
    CHECK(b->im.contact.client != NULL);
    b->im.indicators = json_pack("[s, s, s]", "doses", "first", "open");
    CHECK(import_summary_begin(&b->im.summary, "fuzz.csv", NULL) == 0);
    outcomes_begin(&b->im.outcomes, &b->im.contact, WANT_RECEIPTS, told, b);
}

static void
bench_close(struct bench *b)
{
    json_decref(b->im.summary.first);
    json_decref(b->im.summary.ignored);
    json_decref(b->im.indicators);
    outcomes_fini(&b->im.outcomes);
    contact_close(&b->im.contact);
    import_map_fini(&b->im.map);
    import_seen_fini(&b->im.seen);
    import_seen_fini(&b->im.combos);
    import_gather_fini(&b->im.gather);
    draft_fini(&b->im.draft);
    buf_fini(&b->im.body);
    free(b->im.indicator_of);
}

static bool
on_row(void *context, const struct csv_row *row)
{
    struct bench *b = context;
    struct complaint why = {0};
    CHECK(row->count >= 1 && row->line >= 1);
    if (b->im.header_done) {
        b->im.layout->row(&b->im, row);
        return true;
    }
    b->im.header_done = true;
    b->im.width = row->count;
    b->header_good = b->im.layout->header(&b->im, row, &why);
    if (!b->header_good) {
        fuzz_why(&why);
    }
    return b->header_good;
}

static void
on_mistake(void *context, const struct complaint *why)
{
    fuzz_why(why);
    import_refuse(&((struct bench *)context)->im, why);
}

void
fuzz_import(struct slice in)
{
    static const struct import_layout *const layouts[] = {&IMPORT_WIDE, &IMPORT_LONG,
                                                          &IMPORT_DHIS2};
    struct bench b;
    bench_open(&b, layouts[fuzz_byte(&in) % 3]);
    FILE *file = fuzz_file(in);
    struct csv_handler handler = {on_row, on_mistake, &b};
    enum err err = csv_read(file, &handler);
    CHECK(err == ERR_OK || (err == ERR_CLOSED && !b.header_good));
    if (b.header_good && b.im.layout->end != NULL) {
        b.im.layout->end(&b.im);
    }
    fclose(file);
    bench_close(&b);
}
