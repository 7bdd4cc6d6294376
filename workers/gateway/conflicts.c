/* Complaints in DHIS2's words. */
#include "workers/gateway/conflicts.h"

#include "workers/gateway/limits.h"

#include <stdio.h>

/* DHIS2's error codes for importing data values. What has none there keeps our own. */
static const struct {
    enum code code;
    const char *dhis2, *property;
} CODES[] = {
    {CODE_FORM_UNKNOWN, "E7600", "dataSet"},
    {CODE_FORM_AMBIGUOUS, "E7610", "dataSet"},
    {CODE_INDICATOR_UNKNOWN, "E7610", "dataElement"},
    {CODE_PERIOD_INVALID, "E7611", "period"},
    {CODE_UNIT_UNKNOWN, "E7612", "orgUnit"},
    {CODE_UNIT_NOT_THEN, "E7612", "orgUnit"},
    {CODE_COMBO_UNKNOWN, "E7613", "categoryOptionCombo"},
    {CODE_NOT_ALLOWED, "E7617", "orgUnit"},
    {CODE_NOT_IN_ROLE, "E7617", "orgUnit"},
    {CODE_VALUE_TYPE, "E7619", "value"},
    {CODE_VALUE_FRACTION, "E7619", "value"},
    {CODE_VALUE_OVERFLOW, "E7619", "value"},
    {CODE_VALUE_TOO_LOW, "E7619", "value"},
    {CODE_VALUE_TOO_HIGH, "E7619", "value"},
    {CODE_RULE_BROKEN, "E7619", "value"},
    {CODE_PERIOD_TYPE, "E7632", "period"},
    {CODE_FORM_NOT_ASKED, "E7636", "dataSet"},
    {CODE_PERIOD_EXPIRED, "E7640", "period"},
    {CODE_PERIOD_FUTURE, "E7641", "period"},
    {CODE_PERIOD_LOCKED, "E7642", "period"},
    {CODE_PERIOD_OUTSIDE, "E7643", "period"},
};

void
conflicts_init(struct conflicts *conflicts)
{
    *conflicts = (struct conflicts){json_object(), json_array(), 0};
}

void
conflicts_fini(struct conflicts *conflicts)
{
    json_decref(conflicts->by_object);
    json_decref(conflicts->rejected);
}

static json_t *
conflict_new(const struct complaint *why, enum language language)
{
    char sentence[512];
    const char *code = code_text(why->code), *property = "value";
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        if (CODES[i].code == why->code) {
            code = CODES[i].dhis2;
            property = CODES[i].property;
        }
    }
    complaint_sentence(why, language, sentence, sizeof sentence);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "object", why->subject, "value", sentence,
                     "errorCode", code, "code", code_text(why->code), "property", property,
                     "indexes");
}

void
conflicts_add(struct conflicts *conflicts, const struct complaint *why, enum language language,
              const uint32_t *places, uint32_t count)
{
    char name[sizeof why->subject + sizeof why->detail + 64];
    snprintf(name, sizeof name, "%s|%s|%s", code_text(why->code), why->subject, why->detail);
    json_t *conflict = json_object_get(conflicts->by_object, name);
    if (conflict == NULL && json_object_size(conflicts->by_object) < CONFLICTS_MAX) {
        conflict = conflict_new(why, language);
        json_object_set_new(conflicts->by_object, name, conflict);
    }
    for (uint32_t i = 0; i < count && conflicts->places < INDEXES_MAX; i++, conflicts->places++) {
        json_array_append_new(conflicts->rejected, json_integer(places[i]));
        if (conflict != NULL) {
            json_array_append_new(json_object_get(conflict, "indexes"), json_integer(places[i]));
        }
    }
}

json_t *
conflicts_list(const struct conflicts *conflicts)
{
    json_t *list = json_array(), *conflict;
    const char *name;
    json_object_foreach(conflicts->by_object, name, conflict)
    {
        json_array_append(list, conflict);
    }
    return list;
}
