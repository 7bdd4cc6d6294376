/* What is wrong, told in one line with a code: the list is codes.def. */
#ifndef PROTO_CODES_H
#define PROTO_CODES_H

#include "common/slice.h"

enum code {
    CODE_NONE = 0,
#define CODE(name, text, vi, en) CODE_##name,
#include "proto/codes.def"
#undef CODE
    CODE_COUNT
};

/* One complaint: the code, what it is about, what was found. Texts are cut, at a character's
 * boundary, never overrun. `line` and `column` count from 1; 0 where there are none. */
struct complaint {
    enum code code;
    uint32_t line;
    uint32_t column;
    char subject[80];
    char detail[120];
};

enum language { LANGUAGE_EN, LANGUAGE_VI };

const char *code_text(enum code code);     /* "unit-unknown"; "" for CODE_NONE */
enum code code_of_text(struct slice text); /* CODE_NONE where there is no such code */

/* Fills `why` and gives back `false`, so that a check may `return complain(...)`. The formats are
 * printf's; bytes that are no UTF-8 or no printable text are replaced by '?'. */
bool complain(struct complaint *why, enum code code, struct slice subject, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));
/* The sentence, its braces filled, cut to `size`. */
void complaint_sentence(const struct complaint *why, enum language language, char *text,
                        size_t size);

/* Where all mistakes of a file go: called once for each, in any order. */
struct complaints {
    void (*add)(struct complaints *self, const struct complaint *why);
};

#endif
