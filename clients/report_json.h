/* Reports written in JSON: one object, an array of them, or one after another (JSON Lines). The stream is
 * cut into objects here, by their braces, because a JSON reader cannot go on after a mistake and the
 * records behind it must still be read; jansson reads each object. */
#ifndef CLIENTS_REPORT_JSON_H
#define CLIENTS_REPORT_JSON_H

#include "clients/draft.h"

#include <jansson.h>
#include <stdio.h>

struct json_stream {
    FILE *file;
    uint64_t line; /* of the next byte */
    struct buf text;
    bool bad; /* a read failed: what was given is not all */
};

struct json_stream json_stream_of(FILE *file);
void json_stream_fini(struct json_stream *s);
/* The next object's text, valid until the next call, and the line it begins on. False at the end.
 * A line that begins with { begins an object even where the one before lacks its end. Text that is
 * no object (a stray word) is given too, for the reader to complain about. */
bool json_stream_next(struct json_stream *s, struct slice *text, uint64_t *line);

/* Fills the draft from one object's text. *owner holds what the draft points at: json_decref it when
 * done; NULL on failure. Numbers: integers are exact; a real is sent as its shortest decimal text and must
 * have at most 15 significant digits, more would have been rounded on reading. */
bool report_json_read(struct slice text, struct draft *d, json_t **owner, struct complaint *why);

#endif
