/* The answer of broker.quarantined: what the list has, and of each record what the journal says. */
#include "broker/core.h"

#include "proto/pack.h"

static void
pack_key_receipt(struct buf *out, const char *key, struct receipt receipt)
{
    char text[RECEIPT_TEXT];
    receipt_format(receipt, text);
    pack_key_text(out, key, slice_text(text));
}

/* The two records are read one after the other: the slices of the first end with the second. */
static void
row_pack(struct broker *b, const struct quarantined *one, struct buf *page)
{
    struct block block;
    struct block_record record;
    struct record_quarantine in;
    struct complaint why;
    bool read = quarantine_read(b, one->own, &block, &record) == ERR_OK &&
                layout_decode(record_layout(RECORD_quarantine), record.body, &in, &why);
    const struct layout *layout = record_layout(one->type);
    pack_map(page, 6);
    pack_key_receipt(page, "receipt", one->receipt);
    pack_key_receipt(page, "quarantine", one->own);
    pack_key_int(page, "time_us", read ? block.time_us : 0);
    pack_key_text(page, "unit", read ? in.unit : slice_text(""));
    pack_key_text(page, "type", slice_text(layout != NULL ? layout->name : ""));
    pack_key_text(page, "reason", read ? in.reason : slice_text(""));
}

void
quarantine_list(struct broker *b, uint64_t start, struct buf *body)
{
    const struct quarantine *q = &b->quarantine;
    struct buf page = BUF_EMPTY;
    uint64_t from = start < q->count ? start : q->count;
    uint64_t end = q->count - from > QUARANTINES_PAGE ? from + QUARANTINES_PAGE : q->count;
    for (uint64_t i = from; i < end; i++) {
        row_pack(b, &q->list[i], &page);
    }
    pack_map(body, end < q->count ? 2 : 1);
    pack_cstr(body, "quarantined");
    pack_array(body, (uint32_t)(end - from));
    buf_slice(body, buf_slice_of(&page));
    if (end < q->count) {
        pack_key_uint(body, "next", end);
    }
    buf_fini(&page);
}
