/* Escaping: one function that every text passes, whatever paper it ends in. */
#include "clients/html.h"

#include "common/check.h"

#include <stdarg.h>

static const char *
entity(uint8_t byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return byte < 0x20 && byte != '\t' && byte != '\n' ? " " : NULL;
    }
}

/* U+FFFE and U+FFFF: valid UTF-8, but a reader of XML gives up on the whole file. */
static bool
is_noncharacter(struct slice text, size_t i)
{
    return i + 2 < text.len && text.data[i] == 0xEF && text.data[i + 1] == 0xBF &&
           text.data[i + 2] >= 0xBE;
}

void
html_text(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *instead = entity(text.data[i]);
        if (is_noncharacter(text, i)) {
            instead = " ";
            i += 2;
        }
        if (instead != NULL) {
            buf_slice(out, slice_text(instead));
        } else {
            buf_byte(out, text.data[i]);
        }
    }
}

void
html(struct buf *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            buf_byte(out, (uint8_t)*at);
            continue;
        }
        at++;
        if (*at == 's') {
            html_text(out, slice_text(va_arg(args, const char *)));
        } else if (*at == 'd') {
            buf_printf(out, "%d", va_arg(args, int));
        } else {
            CHECK(*at == '%');
            buf_byte(out, '%');
        }
    }
    va_end(args);
}
