/* What the fuzz targets share: see fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/mem.h"
#include "common/reader.h"
#include "common/text.h"
#include "tests/lib/told.h"

#include <stdlib.h>

const struct fuzz_target FUZZ_TARGETS[] = {
#define TARGET(name, says) {#name, says, fuzz_##name},
#include "tests/fuzz/targets.def"
#undef TARGET
};
const unsigned FUZZ_TARGET_COUNT = sizeof FUZZ_TARGETS / sizeof FUZZ_TARGETS[0];

const struct fuzz_target *
fuzz_target_find(const char *name)
{
    for (unsigned i = 0; i < FUZZ_TARGET_COUNT; i++) {
        if (strcmp(FUZZ_TARGETS[i].name, name) == 0) {
            return &FUZZ_TARGETS[i];
        }
    }
    return NULL;
}

#define PART_HEAD 3

bool
fuzz_part_next(struct slice *in, struct fuzz_part *part)
{
    if (in->len < PART_HEAD) {
        return false;
    }
    size_t len = le16_get(in->data + 1);
    if (len > in->len - PART_HEAD) {
        len = in->len - PART_HEAD;
    }
    *part = (struct fuzz_part){in->data[0], slice_of(in->data + PART_HEAD, len)};
    *in = slice_of(in->data + PART_HEAD + len, in->len - PART_HEAD - len);
    return true;
}

void
fuzz_part_put(struct buf *out, uint8_t control, struct slice bytes)
{
    CHECK(bytes.len <= UINT16_MAX);
    buf_byte(out, control);
    le16_put(buf_reserve(out, 2), (uint16_t)bytes.len);
    buf_slice(out, bytes);
}

uint8_t
fuzz_byte(struct slice *in)
{
    if (in->len == 0) {
        return 0;
    }
    uint8_t first = in->data[0];
    *in = slice_of(in->data + 1, in->len - 1);
    return first;
}

FILE *
fuzz_file(struct slice in)
{
    /* fmemopen refuses a size of 0. */
    FILE *file = in.len == 0 ? fopen("/dev/null", "re") : fmemopen((void *)in.data, in.len, "r");
    CHECK(file != NULL);
    return file;
}

static void
printable_check(const char *text)
{
    CHECK(text_is_utf8(slice_text(text)));
    for (const char *c = text; *c != '\0'; c++) {
        CHECK(((unsigned char)*c >= 0x20 && *c != 0x7f) || *c == '\t' || *c == '\n');
    }
}

void
fuzz_why(const struct complaint *why)
{
    CHECK(why->code > CODE_NONE && why->code < CODE_COUNT);
    printable_check(why->subject);
    printable_check(why->detail);
    for (enum language language = LANGUAGE_EN; language <= LANGUAGE_VI; language++) {
        char sentence[512];
        complaint_sentence(why, language, sentence, sizeof sentence);
        CHECK(sentence[0] != '\0');
        printable_check(sentence);
    }
}

void
fuzz_told(const struct told *told, uint32_t mistakes)
{
    CHECK(told->count == mistakes);
    for (uint32_t i = 0; i < told->count && i < TOLD_MAX; i++) {
        fuzz_why(&told->list[i]);
    }
}

static bool
fields_equal(const struct layout *layout, const void *a, const void *b)
{
    for (unsigned i = 0; i < layout->count; i++) {
        const struct field *f = &layout->fields[i];
        const char *left = (const char *)a + f->offset, *right = (const char *)b + f->offset;
        bool equal;
        switch (f->kind) {
        case FIELD_UINT:
            equal = *(const uint64_t *)left == *(const uint64_t *)right;
            break;
        case FIELD_BOOL:
            equal = *(const bool *)left == *(const bool *)right;
            break;
        default:
            equal = slice_equal(*(const struct slice *)left, *(const struct slice *)right);
        }
        if (!equal) {
            return false;
        }
    }
    return true;
}

/* What was decoded is what the table says that it may be. */
static void
limits_check(const struct layout *layout, const void *decoded)
{
    for (unsigned i = 0; i < layout->count; i++) {
        const struct field *f = &layout->fields[i];
        const void *at = (const char *)decoded + f->offset;
        if (f->kind == FIELD_UINT) {
            CHECK(*(const uint64_t *)at <= f->limit);
        } else if (f->kind != FIELD_BOOL) {
            const struct slice *bytes = at;
            CHECK(bytes->len <= f->limit);
            CHECK(f->kind != FIELD_TEXT || text_is_clean(*bytes));
            CHECK(f->kind != FIELD_CODE || bytes->len == 0 || code_is_valid(*bytes));
        }
    }
}

bool
fuzz_layout(const struct layout *layout, struct slice in)
{
    struct complaint why = {0};
    void *first = mem_alloc(layout->size + 1), *second = mem_alloc(layout->size + 1);
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    bool good = layout_decode(layout, in, first, &why);
    if (good) {
        limits_check(layout, first);
        layout_encode(layout, first, &once);
        CHECK(layout_decode(layout, buf_slice_of(&once), second, &why));
        CHECK(fields_equal(layout, first, second));
        layout_encode(layout, second, &twice);
        CHECK(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    } else {
        fuzz_why(&why);
    }
    buf_fini(&once);
    buf_fini(&twice);
    free(first);
    free(second);
    return good;
}
