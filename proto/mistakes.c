/* Mistakes are made into complaints here, in one place, so that a file and a record with the same
 * mistake are told the same. */
#include "proto/mistakes.h"

#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>

void
mistake_at(struct mistakes *m, uint32_t line, uint32_t column, enum code code, struct slice subject,
           const char *detail, ...)
{
    /* Twice a complaint's room: complain() cuts at a character's boundary, vsnprintf does not. */
    char text[2 * sizeof((struct complaint *)0)->detail];
    va_list args;
    va_start(args, detail);
    vsnprintf(text, sizeof(text), detail, args);
    va_end(args);

    struct complaint why = {0};
    (void)complain(&why, code, subject, "%s", text);
    why.line = line;
    why.column = column;
    m->count++;
    m->to->add(m->to, &why);
}

bool
mistake_unless_code(struct mistakes *m, uint32_t line, struct slice subject, struct slice code)
{
    if (code_is_valid(code)) {
        return true;
    }
    mistake(m, line, CODE_CODE_INVALID, subject, "%.*s", SLICE_ARG(code));
    return false;
}

static bool
text_has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f) {
            return true;
        }
    }
    return false;
}

bool
mistake_unless_text(struct mistakes *m, uint32_t line, struct slice subject, struct slice text,
                    size_t limit)
{
    if (!text_is_utf8(text)) {
        mistake(m, line, CODE_NOT_UTF8, subject, "%s", "");
    } else if (text_has_control(text)) {
        mistake(m, line, CODE_CONTROL_CHARACTER, subject, "%s", "");
    } else if (!text_is_clean(text)) {
        mistake(m, line, CODE_NOT_NFC, subject, "%s", "");
    } else if (text.len > limit) {
        mistake(m, line, CODE_TOO_LARGE, subject, "%.*s: %zu > %zu", SLICE_ARG(subject), text.len,
                limit);
    } else {
        return true;
    }
    return false;
}
