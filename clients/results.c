/* The window of results and their two faces, text and JSON. */
#include "clients/results.h"

#include "clients/answers.h"
#include "clients/terms.h"
#include "clients/words.h"
#include "common/check.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

void
results_begin(struct results *r, const struct options *options, const char *file, bool verdicts)
{
    *r = (struct results){.options = options, .file = file, .verdicts = verdicts};
    if (options->json) {
        fputs("{\"records\": [", stdout);
    }
}

uint64_t
results_expect(struct results *r, uint64_t line)
{
    if (r->count == r->cap && r->head > r->cap / 2) {
        r->count -= r->head;
        memmove(r->slots, r->slots + r->head, r->count * sizeof *r->slots);
        r->first += r->head;
        r->head = 0;
    }
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 256 : r->cap * 2;
        r->slots = mem_resize(r->slots, r->cap * sizeof *r->slots);
    }
    r->slots[r->count] = (struct result_slot){.line = line};
    return r->first + r->count++;
}

uint64_t
results_expect_unit(struct results *r, const char *unit)
{
    uint64_t tag = results_expect(r, r->first + r->count + 1);
    r->slots[tag - r->first].unit = unit;
    return tag;
}

static json_t *
outcome_json(const struct results *r, const struct outcome *outcome, const struct result_slot *slot)
{
    char receipt[RECEIPT_TEXT], sentence[512];
    const struct complaint *why = outcome->why;
    const char *verdict = outcome->verdict != NULL ? json_text(outcome->verdict, "verdict")
                          : why != NULL            ? verdict_name(VERDICT_REJECTED)
                                                   : verdict_name(VERDICT_ACCEPTED);
    receipt_format(outcome->receipt, receipt);
    json_t *told = json_pack("{s:I}", "line", (json_int_t)slot->line);
    if (slot->unit != NULL) {
        json_object_set_new(told, "unit", json_string(slot->unit));
    }
    json_object_set_new(told, "receipt",
                        outcome->receipt.block == 0 ? json_null() : json_string(receipt));
    if (outcome->entry != 0) {
        json_object_set_new(told, "entry", json_integer((json_int_t)outcome->entry));
    }
    if (r->verdicts || why != NULL) {
        json_t *flags = json_object_get(outcome->verdict, "flags");
        json_object_set_new(told, "verdict", json_string(verdict));
        json_object_set_new(told, "flags", flags == NULL ? json_array() : json_incref(flags));
    }
    if (why != NULL) {
        complaint_sentence(why, words_language(), sentence, sizeof sentence);
        json_object_set_new(told, "code", json_string(code_text(why->code)));
        json_object_set_new(told, "subject", json_string(why->subject));
        json_object_set_new(told, "detail", json_string(why->detail));
        json_object_set_new(told, "sentence", json_string(sentence));
    }
    return told;
}

static void
text_print(const struct results *r, const json_t *told)
{
    const char *receipt = json_text(told, "receipt"), *unit = json_text(told, "unit");
    size_t i;
    json_t *flag;
    if (json_number(told, "entry") > 0) {
        printf(tr("chờ gửi %" PRId64 "\n", "queued %" PRId64 "\n"), json_number(told, "entry"));
        return;
    }
    if (receipt[0] == '\0' && unit[0] != '\0') {
        say("%s: %s: %s", unit, json_text(told, "code"), json_text(told, "sentence"));
        return;
    }
    if (receipt[0] == '\0') {
        /* It has no receipt, so there is no data to print: only why. */
        say("%s:%" PRId64 ": %s: %s", r->file, json_number(told, "line"), json_text(told, "code"),
            json_text(told, "sentence"));
        return;
    }
    printf("%s%s%s", unit, unit[0] == '\0' ? "" : ": ", receipt);
    if (r->verdicts) {
        printf(" %s", term(json_text(told, "verdict")));
    }
    json_array_foreach(json_object_get(told, "flags"), i, flag)
    {
        printf(" (%s)", term(json_string_value(flag)));
    }
    if (json_text(told, "code")[0] != '\0') {
        printf(" %s: %s", json_text(told, "code"), json_text(told, "sentence"));
    }
    putchar('\n');
}

static void
slot_print(struct results *r, const json_t *told)
{
    if (!r->options->json) {
        text_print(r, told);
        return;
    }
    fputs(r->printed++ == 0 ? "\n  " : ",\n  ", stdout);
    json_dumpf(told, stdout, 0);
}

/* Everything up to the first result that is not there yet. */
static void
window_move(struct results *r)
{
    while (r->head < r->count && r->slots[r->head].told != NULL) {
        slot_print(r, r->slots[r->head].told);
        json_decref(r->slots[r->head].told);
        r->head++;
    }
}

void
results_told(void *context, const struct outcome *outcome)
{
    struct results *r = context;
    size_t at = (size_t)(outcome->tag - r->first);
    CHECK(outcome->tag >= r->first + r->head && at < r->count && r->slots[at].told == NULL);
    r->slots[at].told = outcome_json(r, outcome, &r->slots[at]);
    window_move(r);
}

static void
counts_print(const struct outcomes *outcomes)
{
    fputs("\n], \"counts\": {", stdout);
    for (enum count c = 0; c < COUNTS; c++) {
        printf("%s\"%s\": %" PRIu64, c == 0 ? "" : ", ", count_name(c), outcomes->counts[c]);
    }
    fputs("}}\n", stdout);
}

int
results_end(struct results *r, const struct outcomes *outcomes)
{
    if (r->options->json) {
        counts_print(outcomes);
    }
    for (size_t i = r->head; i < r->count; i++) {
        json_decref(r->slots[i].told);
    }
    free(r->slots);
    if (outcomes->code != 0) {
        return outcomes->code;
    }
    return outcomes->counts[COUNT_REJECTED] + outcomes->counts[COUNT_QUARANTINED] > 0 ? EX_DATAERR
                                                                                      : 0;
}
