#include "workers/query/answer.h"

void
answer_value(struct buf *b, const struct indicator *indicator, wide value)
{
    if (indicator->decimals == 0 && value >= INT64_MIN && value <= INT64_MAX) {
        pack_int(b, (int64_t)value);
        return;
    }
    char text[DECIMAL_TEXT];
    size_t len = decimal_format(value, indicator->decimals, text);
    pack_text(b, slice_of(text, len));
}

void
answer_key_period(struct buf *b, const char *key, struct period period)
{
    char text[PERIOD_TEXT];
    period_format(period, text);
    pack_key_text(b, key, slice_text(text));
}

/* A day that is open at its end of the calendar is empty text. */
void
answer_key_date(struct buf *b, const char *key, int32_t day)
{
    char text[DATE_TEXT] = "";
    if (day > DAY_MIN && day < DAY_MAX) {
        date_format(day, text);
    }
    pack_key_text(b, key, slice_text(text));
}

void
answer_key_receipt(struct buf *b, const char *key, struct receipt receipt)
{
    char text[RECEIPT_TEXT];
    receipt_format(receipt, text);
    pack_key_text(b, key, slice_text(text));
}

static const unsigned FLAGS[] = {FLAG_LATE, FLAG_OUTLIER, FLAG_INCOMPLETE, FLAG_WARNED};
#define FLAG_KINDS (sizeof FLAGS / sizeof FLAGS[0])

void
answer_key_flags(struct buf *b, uint8_t flags)
{
    uint32_t count = 0;
    for (size_t i = 0; i < FLAG_KINDS; i++) {
        count += (flags & FLAGS[i]) != 0;
    }
    pack_cstr(b, "flags");
    pack_array(b, count);
    for (size_t i = 0; i < FLAG_KINDS; i++) {
        if (flags & FLAGS[i]) {
            pack_cstr(b, flag_name(FLAGS[i]));
        }
    }
}

void
answer_titles(struct buf *b, const struct title *title)
{
    pack_key_text(b, "title_vi", title->vi);
    pack_key_text(b, "title_en", title->en);
}

void
answer_unit(struct buf *b, const struct registry *r, uint32_t unit,
            const struct registry_version *version)
{
    pack_key_text(b, "unit", r->units[unit].code);
    pack_key_text(b, "name", version->name);
    pack_key_text(b, "level", version->level);
}

void
answer_verdict(struct buf *b, struct receipt receipt, const struct verdict_row *v)
{
    pack_map(b, 7);
    answer_key_receipt(b, "receipt", receipt);
    pack_key_text(b, "verdict", slice_text(verdict_name(v->verdict)));
    answer_key_flags(b, v->flags);
    pack_key_text(b, "unit", v->unit);
    pack_key_text(b, "code", v->code);
    pack_key_text(b, "subject", v->subject);
    pack_key_text(b, "detail", v->detail);
}

const char *
indicator_type_name(enum indicator_type type)
{
    static const char *const NAMES[] = {
        [TYPE_INTEGER] = "integer",
        [TYPE_DECIMAL] = "decimal",
        [TYPE_PERCENT] = "percent",
        [TYPE_FLAG] = "flag",
    };
    return NAMES[type];
}

const char *
over_name(enum over over)
{
    static const char *const NAMES[] = {
        [OVER_SUM] = "sum", [OVER_LAST] = "last", [OVER_MAX] = "max",
        [OVER_MIN] = "min", [OVER_MEAN] = "mean",
    };
    return NAMES[over];
}

void
answer_key_list(struct buf *b, const char *key, const struct buf *items, uint32_t count)
{
    pack_cstr(b, key);
    pack_array(b, count);
    buf_slice(b, buf_slice_of(items));
}

bool
page_full(size_t bytes)
{
    return bytes >= PAGE_BYTES;
}

void
answer_next(struct buf *b, const char *next)
{
    if (next[0] != '\0') {
        pack_key_text(b, "next", slice_text(next));
    }
}

bool
answer_fits(const struct ask *ask)
{
    return ask->body->len <= ANSWER_BYTES_MAX ||
           complain(ask->why, CODE_TOO_LARGE, slice_text("answer"), "> %u", ANSWER_BYTES_MAX);
}
