/* Records of the journal as JSON, by their layouts: whatever records.def describes can be shown. */
#ifndef CLIENTS_RECORD_JSON_H
#define CLIENTS_RECORD_JSON_H

#include "common/slice.h"

#include <jansson.h>

/* {"type": "report", "unit": …, "values": {…}}; fields that are absent are left out. What cannot be read:
 * {"type": null, "code": …, "sentence": …}. */
json_t *record_json(struct slice body);

/* The bytes at `key` of an answer, which JSON would show as text. Empty where there are none. */
struct slice answer_bytes(struct slice answer, const char *key);

#endif
