/* thidua reopen: opens an approved period again, with the reason, so that it can be corrected. */
#include "clients/approval.h"
#include "clients/verbs.h"

int
verb_reopen(int argc, char **argv)
{
    struct options o;
    const char *unit = NULL, *period = NULL, *reason = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("unit", "CODE", &unit, true, "đơn vị", "the unit"),
        TEXT_OPTION("period", "PERIOD", &period, true, "kỳ báo cáo", "the period"),
        TEXT_OPTION("reason", "TEXT", &reason, true, "vì sao mở lại; được lưu mãi",
                    "why it is opened again; kept for ever"),
    };
    struct contact contact;
    struct record_approval record;
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    struct arena *arena = arena_new();
    code = approval_fill(&o, unit, period, reason, arena, &record);
    code = code == 0 ? contact_open(&contact, &o) : code;
    if (code == 0) {
        json_t *units = json_pack("[s]", unit);
        code = approval_send(&contact, &record, units);
        json_decref(units);
        contact_close(&contact);
    }
    arena_free(&arena);
    return code;
}
