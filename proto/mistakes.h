/* Telling every mistake of a file or a record, not just the first: a counter before a `complaints`,
 * and the checks of text that units and campaigns share. */
#ifndef PROTO_MISTAKES_H
#define PROTO_MISTAKES_H

#include "proto/codes.h"

struct mistakes {
    struct complaints *to;
    uint32_t count;
};

/* One mistake; `line` and `column` from 1, or 0 where there are none (a record has no lines). */
void mistake_at(struct mistakes *m, uint32_t line, uint32_t column, enum code code,
                struct slice subject, const char *detail, ...)
    __attribute__((format(printf, 6, 7)));
#define mistake(m, line, code, subject, ...)                                                       \
    mistake_at((m), (line), 0, (code), (subject), __VA_ARGS__)

/* False, and told, where `code` is not a code. `subject` names the field. */
bool mistake_unless_code(struct mistakes *m, uint32_t line, struct slice subject,
                         struct slice code);
/* False, and told, where `text` is not clean (common/text.h) or longer than `limit` bytes. */
bool mistake_unless_text(struct mistakes *m, uint32_t line, struct slice subject, struct slice text,
                         size_t limit);

#endif
