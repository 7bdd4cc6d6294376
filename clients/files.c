/* Where the readers of the three files meet the file system and the user. */
#include "clients/files.h"

#include "clients/campaign_yaml.h"
#include "clients/input.h"
#include "clients/limits.h"
#include "clients/units_csv.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/mem.h"
#include "proto/limits.h"
#include "proto/records.h"

#include <stdlib.h>
#include <sysexits.h>

/* ---- mistakes ---- */

/* Kept until the file is read, so that they can be told in the order of its lines: syntax and meaning
 * are checked one after the other, and who mends the file goes from top to bottom. */
struct telling {
    struct complaints complaints; /* first: what add() gets is cast back */
    const char *file;
    struct complaint *kept;
    uint32_t count;
};

static void
telling_add(struct complaints *self, const struct complaint *why)
{
    struct telling *telling = (struct telling *)self;
    if ((telling->count & (telling->count - 1)) == 0) {
        telling->kept =
            mem_resize(telling->kept, (size_t)(telling->count * 2 + 1) * sizeof(*telling->kept));
    }
    telling->kept[telling->count++] = *why;
}

static int
complaint_order(const void *a, const void *b)
{
    const struct complaint *x = a, *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->column != y->column ? (x->column < y->column ? -1 : 1) : (int)x->code - (int)y->code;
}

static void
mistake_tell(const char *file, const struct complaint *why, json_t *mistakes)
{
    char sentence[512];
    if (mistakes == NULL) {
        say_complaint(file, why);
        return;
    }
    complaint_sentence(why, words_language(), sentence, sizeof(sentence));
    json_array_append_new(mistakes, json_pack("{s:i, s:i, s:s, s:s, s:s, s:s}", "line",
                                              (int)why->line, "column", (int)why->column, "code",
                                              code_text(why->code), "subject", why->subject,
                                              "detail", why->detail, "sentence", sentence));
}

static int
telling_end(struct telling *telling, uint32_t count, json_t *mistakes)
{
    const char *file = telling->file;
    if (telling->count > 0) {
        qsort(telling->kept, telling->count, sizeof(*telling->kept), complaint_order);
    }
    for (uint32_t i = 0; i < telling->count; i++) {
        mistake_tell(file, &telling->kept[i], mistakes);
    }
    free(telling->kept);
    if (count == 0) {
        return 0;
    }
    if (mistakes == NULL) {
        say(tr("%s có %u lỗi.", "%s: %u mistakes."), file, count);
    }
    return EX_DATAERR;
}

static int
unreadable(const char *file)
{
    return say_code(EX_IOERR, tr("không đọc hết được %s.", "%s could not be read to its end."),
                    file);
}

/* ---- reading ---- */

int
units_file_read(const char *path, struct arena *arena, struct units *units, json_t *mistakes)
{
    struct input input;
    uint32_t count = 0;
    int code = input_open(&input, path, NULL);
    if (code != 0) {
        return code;
    }
    struct telling telling = {{telling_add}, input.name, NULL, 0};
    enum err err = units_csv_read(input.file, arena, units, &telling.complaints, &count);
    code = telling_end(&telling, count, mistakes);
    code = err == ERR_OK ? code : unreadable(input.name);
    input_close(&input);
    return code;
}

/* The whole file, and one byte more where it is too long, so that the reader tells it. False: it
 * could not be read. */
static bool
text_read(FILE *file, struct buf *text)
{
    size_t len = 1;
    while (len > 0 && text->len <= CAMPAIGN_FILE_MAX) {
        size_t room = CAMPAIGN_FILE_MAX + 1 - text->len;
        uint8_t *at = buf_reserve(text, room);
        len = fread(at, 1, room, file);
        text->len -= room - len;
    }
    return ferror(file) == 0;
}

typedef uint32_t yaml_read_fn(struct slice text, struct arena *arena, void *held,
                              struct complaints *complaints);

static int
yaml_file_read(const char *path, struct arena *arena, yaml_read_fn *read, void *held,
               json_t *mistakes)
{
    struct input input;
    struct buf text = BUF_EMPTY;
    int code = input_open(&input, path, NULL);
    if (code != 0) {
        return code;
    }
    struct telling telling = {{telling_add}, input.name, NULL, 0};
    if (text_read(input.file, &text)) {
        uint32_t count = read(buf_slice_of(&text), arena, held, &telling.complaints);
        code = telling_end(&telling, count, mistakes);
    } else {
        code = unreadable(input.name);
    }
    buf_fini(&text);
    input_close(&input);
    return code;
}

static uint32_t
campaign_text_read(struct slice text, struct arena *arena, void *held,
                   struct complaints *complaints)
{
    return campaign_yaml_read(text, arena, held, complaints);
}

int
campaign_file_read(const char *path, struct arena *arena, struct campaign *campaign,
                   json_t *mistakes)
{
    return yaml_file_read(path, arena, campaign_text_read, campaign, mistakes);
}

static uint32_t
access_text_read(struct slice text, struct arena *arena, void *held, struct complaints *complaints)
{
    return access_yaml_read(text, arena, held, complaints);
}

int
access_file_read(const char *path, struct arena *arena, struct access_file *file, json_t *mistakes)
{
    return yaml_file_read(path, arena, access_text_read, file, mistakes);
}

/* ---- records ---- */

static void
id_make(uint8_t id[16])
{
    struct clock clock = clock_real(0);
    ulid_new(clock_wall_us(&clock), id);
}

/* A record of everything has the size of everything: the encoder would end the process. */
static int
size_check(const struct buf *body, const char *what)
{
    size_t most = RECORD_BYTES_MAX - 256; /* the record's other fields */
    if (body->len <= most) {
        return 0;
    }
    return say_code(EX_DATAERR,
                    tr("%s dài %zu byte, nhiều hơn một bản ghi chứa được (%zu).",
                       "%s: %zu bytes, more than one record holds (%zu)."),
                    what, body->len, most);
}

int
units_record_encode(const struct units *units, struct buf *out)
{
    struct buf rows = BUF_EMPTY;
    uint8_t id[16];
    units_encode(units, &rows);
    int code = size_check(&rows, "units");
    if (code == 0) {
        id_make(id);
        struct record_units record = {.id = slice_of(id, sizeof(id)), .rows = buf_slice_of(&rows)};
        record_encode_units(&record, out);
    }
    buf_fini(&rows);
    return code;
}

int
campaign_record_encode(const struct campaign *campaign, struct buf *out)
{
    struct buf body = BUF_EMPTY;
    uint8_t id[16];
    campaign_encode(campaign, &body);
    int code = size_check(&body, "campaign");
    if (code == 0) {
        id_make(id);
        struct record_campaign record = {.campaign = campaign->code,
                                         .id = slice_of(id, sizeof(id)),
                                         .body = buf_slice_of(&body)};
        record_encode_campaign(&record, out);
    }
    buf_fini(&body);
    return code;
}
