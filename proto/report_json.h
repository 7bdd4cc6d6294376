/* A report written in JSON, as one object: for the command line and for the gateway. jansson reads it. */
#ifndef PROTO_REPORT_JSON_H
#define PROTO_REPORT_JSON_H

#include "proto/draft.h"

#include <jansson.h>

/* Fills the draft from one object's text. *owner holds what the draft points at: json_decref it when
 * done; NULL on failure. Numbers: integers are exact; a real is sent as its shortest decimal text and must
 * have at most 15 significant digits, more would have been rounded on reading. */
bool report_json_read(struct slice text, struct draft *d, json_t **owner, struct complaint *why);

#endif
