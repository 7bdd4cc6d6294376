/* Objects of JSON one after another: one, an array of them, or JSON Lines. The stream is cut into objects here, by
 * their braces, because a JSON reader cannot go on after a mistake and the records behind it must still be
 * read. What an object says is proto/report_json.h's. */
#ifndef CLIENTS_JSON_STREAM_H
#define CLIENTS_JSON_STREAM_H

#include "common/buf.h"

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

#endif
