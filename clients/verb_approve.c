/* thidua approve: approves a unit's period, which locks it; with --children each of its direct children's,
 * as a district does with its wards. The worker says which of them could not be and why; what is approved
 * already is not sent again, so that the same command can be given until nothing is left. */
#include "clients/answers.h"
#include "clients/approval.h"
#include "clients/reading.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <string.h>

/* Nothing was ever asked of it or beneath it: an approval would lock nothing. */
static bool
has_nothing(const json_t *row)
{
    return !json_true_at(row, "asked") && json_number(row, "expected") == 0;
}

/* The children whose period is not approved, by code; a new reference. */
static int
children_find(struct contact *contact, const char *unit, const char *period, json_t **units)
{
    struct question question = {0};
    json_t *answer, *row;
    size_t i, approved = 0;
    question_text(&question, "campaign", contact->options->campaign);
    question_text(&question, "unit", unit);
    question_text(&question, "period", period);
    int code = reading_pages(contact, "approvals", &question, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    *units = json_array();
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        if (strcmp(json_text(row, "unit"), unit) == 0 || has_nothing(row)) {
            continue;
        }
        if (strcmp(json_text(row, "state"), "approved") == 0) {
            approved++;
        } else {
            json_array_append(*units, json_object_get(row, "unit"));
        }
    }
    json_decref(answer);
    if (!contact->options->quiet) {
        say(tr("%zu đơn vị trực thuộc chưa duyệt, %zu đã duyệt trước đó.",
               "%zu children to approve, %zu approved already."),
            json_array_size(*units), approved);
    }
    return 0;
}

static int
approve(struct contact *contact, const struct record_approval *record, const char *unit,
        const char *period, bool children)
{
    json_t *units = NULL;
    int code = 0;
    if (children) {
        code = children_find(contact, unit, period, &units);
    } else {
        units = json_pack("[s]", unit);
    }
    code = code == 0 ? approval_send(contact, record, units) : code;
    json_decref(units);
    return code;
}

int
verb_approve(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *period = NULL;
    bool children = false;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ báo cáo", "the period"),
        SWITCH_OPTION("children", &children,
                      "duyệt mọi đơn vị trực thuộc duyệt được, thay vì chính đơn vị này",
                      "each of its direct children that can be, instead of the unit itself"),
    };
    struct contact contact;
    struct record_approval record;
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    struct arena *arena = arena_new();
    code = approval_fill(&o, unit, period, NULL, arena, &record);
    code = code == 0 ? contact_open(&contact, &o) : code;
    if (code == 0) {
        code = approve(&contact, &record, unit, period, children);
        contact_close(&contact);
    }
    arena_free(&arena);
    return code;
}
