/* Lines and their verdicts. */
#include "workers/gateway/lines.h"

#include "common/check.h"
#include "common/mem.h"
#include "proto/answer_json.h"

#include <stdlib.h>
#include <string.h>

struct lines *
lines_new(enum language language)
{
    struct lines *lines = mem_alloc(sizeof *lines);
    lines->language = language;
    lines->all = mem_alloc(REPORTS_MAX * sizeof *lines->all);
    return lines;
}

void
lines_free(struct lines **lines)
{
    if (*lines != NULL) {
        buf_fini(&(*lines)->text);
        free((*lines)->all);
        free(*lines);
        *lines = NULL;
    }
}

uint32_t
lines_add(struct lines *lines)
{
    return lines->count < REPORTS_MAX ? lines->count++ : REPORTS_MAX;
}

static int
text_put(const char *text, size_t len, void *out)
{
    buf_put(out, text, len);
    return 0;
}

/* Takes the reference. */
static void
line_put(struct lines *lines, uint32_t place, json_t *line)
{
    CHECK(place < lines->count);
    struct line *l = &lines->all[place];
    l->at = (uint32_t)lines->text.len;
    json_dump_callback(line, text_put, &lines->text, JSON_COMPACT | JSON_SORT_KEYS);
    l->len = (uint32_t)lines->text.len - l->at;
    json_decref(line);
}

static void
why_add(const struct lines *lines, const struct complaint *why, json_t *line)
{
    char sentence[512];
    complaint_sentence(why, lines->language, sentence, sizeof sentence);
    json_object_set_new(line, "code", json_string(code_text(why->code)));
    json_object_set_new(line, "subject", json_string(why->subject));
    json_object_set_new(line, "detail", json_string(why->detail));
    json_object_set_new(line, "message", json_string(sentence));
}

void
lines_refuse(struct lines *lines, uint32_t place, uint32_t number, const struct complaint *why)
{
    json_t *line = json_pack("{s:I, s:s}", "line", (json_int_t)number, "verdict", "rejected");
    why_add(lines, why, line);
    line_put(lines, place, line);
    lines->refused++;
}

void
lines_judge(struct lines *lines, uint32_t place, uint32_t number, const char *receipt,
            const json_t *verdict)
{
    const char *word = verdict == NULL ? "accepted" : json_text(verdict, "verdict");
    json_t *flags = json_object_get(verdict, "flags");
    json_t *line = json_pack("{s:I, s:s, s:s, s:O*}", "line", (json_int_t)number, "receipt",
                             receipt, "verdict", word, "flags", flags);
    struct complaint why = {.code = code_of_text(slice_text(json_text(verdict, "code")))};
    if (why.code != CODE_NONE) {
        complain(&why, why.code, slice_text(json_text(verdict, "subject")), "%s",
                 json_text(verdict, "detail"));
        why_add(lines, &why, line);
    }
    line_put(lines, place, line);
    lines->refused += strcmp(word, "rejected") == 0 || strcmp(word, "quarantined") == 0;
}

bool
lines_told(const struct lines *lines, uint32_t place)
{
    return lines->all[place].len > 0;
}

void
lines_write(const struct lines *lines, struct buf *out)
{
    for (uint32_t i = 0; i < lines->count; i++) {
        buf_put(out, lines->text.data + lines->all[i].at, lines->all[i].len);
        if (lines->all[i].len > 0) {
            buf_byte(out, '\n');
        }
    }
}
