/* A worker's figures on the wire: see figures.h. */
#include "proto/figures.h"

#include "proto/pack.h"

static const char *const VERDICT_NAMES[FIGURES_VERDICTS] = {
    [FIGURES_ACCEPTED] = "accepted",   [FIGURES_CORRECTED] = "corrected",
    [FIGURES_UNCHANGED] = "unchanged", [FIGURES_SUPERSEDED] = "superseded",
    [FIGURES_REJECTED] = "rejected",   [FIGURES_QUARANTINED] = "quarantined",
};

const char *
figures_verdict_name(enum figures_verdict verdict)
{
    return VERDICT_NAMES[verdict];
}

static void
codes_pack(const uint64_t *codes, struct buf *out)
{
    uint32_t told = 0;
    for (unsigned c = 1; c < CODE_COUNT; c++) {
        told += codes[c] > 0;
    }
    pack_array(out, told);
    for (unsigned c = 1; c < CODE_COUNT; c++) {
        if (codes[c] > 0) {
            pack_array(out, 2);
            pack_cstr(out, code_text((enum code)c));
            pack_uint(out, codes[c]);
        }
    }
}

void
figures_pack(const struct figures *f, struct buf *out)
{
    pack_array(out, 3);
    histogram_pack(&f->transactions, out);
    pack_array(out, FIGURES_VERDICTS);
    for (unsigned v = 0; v < FIGURES_VERDICTS; v++) {
        pack_uint(out, f->verdicts[v]);
    }
    codes_pack(f->codes, out);
}

static bool
verdicts_read(struct cursor *c, uint64_t *verdicts)
{
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK || n != FIGURES_VERDICTS) {
        return false;
    }
    for (unsigned v = 0; v < FIGURES_VERDICTS; v++) {
        if (cursor_uint(c, &verdicts[v]) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool
codes_read(struct cursor *c, uint64_t *codes)
{
    uint32_t n, two;
    if (cursor_array(c, &n) != ERR_OK) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice text;
        uint64_t count;
        if (cursor_array(c, &two) != ERR_OK || two != 2 || cursor_text(c, &text) != ERR_OK ||
            cursor_uint(c, &count) != ERR_OK) {
            return false;
        }
        enum code code = code_of_text(text);
        if (code != CODE_NONE) {
            codes[code] = count;
        }
    }
    return true;
}

bool
figures_read(struct slice raw, struct figures *f)
{
    struct figures read = {0};
    struct cursor c = cursor_of(raw);
    uint32_t n;
    bool ok = cursor_array(&c, &n) == ERR_OK && n == 3 && histogram_read(&c, &read.transactions) &&
              verdicts_read(&c, read.verdicts) && codes_read(&c, read.codes) && cursor_done(&c);
    if (ok) {
        *f = read;
    }
    return ok;
}
