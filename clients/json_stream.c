/* The stream, byte by byte. */
#include "clients/json_stream.h"

#include "proto/limits.h"

struct json_stream
json_stream_of(FILE *file)
{
    return (struct json_stream){.file = file, .line = 1};
}

void
json_stream_fini(struct json_stream *s)
{
    buf_fini(&s->text);
}

static int
stream_get(struct json_stream *s)
{
    int c = getc_unlocked(s->file);
    s->line += c == '\n';
    return c;
}

static void
stream_back(struct json_stream *s, int c)
{
    s->line -= c == '\n';
    ungetc(c, s->file);
}

/* Past what may stand between objects, the byte order mark of the first line too. */
static int
stream_skip(struct json_stream *s)
{
    int c;
    do {
        c = stream_get(s);
    } while (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']' ||
             c == 0xef || c == 0xbb || c == 0xbf);
    return c;
}

/* Whether the object's end was `c`; follows strings, because braces within them do not count. */
struct braces {
    unsigned depth;
    bool in_text, escaped;
};

static bool
braces_end(struct braces *b, int c)
{
    if (b->in_text) {
        b->in_text = b->escaped || c != '"';
        b->escaped = !b->escaped && c == '\\';
        return false;
    }
    b->in_text = c == '"';
    b->depth += c == '{';
    b->depth -= c == '}' && b->depth > 0;
    return c == '}' && b->depth == 0;
}

bool
json_stream_next(struct json_stream *s, struct slice *text, uint64_t *line)
{
    struct braces braces = {0};
    buf_clear(&s->text);
    int c = stream_skip(s);
    int before = 0;
    *line = s->line;
    while (c != EOF) {
        bool object = s->text.len > 0 ? s->text.data[0] == '{' : c == '{';
        if (before == '\n' && c == '{' && s->text.len > 0) {
            stream_back(s, c);
            break;
        }
        if (!object && c == '\n') {
            break; /* a stray word ends with its line */
        }
        if (s->text.len <= RECORD_BYTES_MAX) {
            buf_byte(&s->text, (uint8_t)c); /* one byte too many is enough to be refused */
        }
        if (braces_end(&braces, c) && object) {
            break;
        }
        before = c;
        c = stream_get(s);
    }
    s->bad = s->bad || ferror(s->file) != 0;
    *text = buf_slice_of(&s->text);
    return s->text.len > 0;
}
