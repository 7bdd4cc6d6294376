/* thidua nominate: proposes a subject for an award. Its documents go first, in chunks, so that whoever
 * verifies the nomination finds them there; then the nomination itself, whose identity is printed. */
#include "clients/act.h"
#include "clients/limits.h"
#include "clients/outcomes.h"
#include "clients/review.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/arena.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/text.h"
#include "proto/pack.h"
#include "proto/review.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct proposal {
    const char *award, *subject, *kind, *unit, *subject_unit, *theme, *summary, *again;
    bool simplified;
    struct option_list evidence, documents;
    struct buf text, cells, files; /* the summary; the two arrays */
};

static void
proposal_fini(struct proposal *p)
{
    buf_fini(&p->text);
    buf_fini(&p->cells);
    buf_fini(&p->files);
}

static int
summary_read(struct proposal *p)
{
    const char *path = strcmp(p->summary, "-") == 0 ? "/dev/stdin" : p->summary;
    FILE *file = fopen(path, "re");
    char chunk[4096];
    size_t n;
    if (file == NULL) {
        return say_code(EX_NOINPUT, tr("không đọc được %s.", "%s cannot be read."), p->summary);
    }
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0 && p->text.len <= SUMMARY_MAX) {
        buf_put(&p->text, chunk, n);
    }
    fclose(file);
    struct slice text = text_trim(buf_slice_of(&p->text));
    if (text.len == 0 || text.len > SUMMARY_MAX || !text_is_clean(text)) {
        return say_code(EX_DATAERR,
                        tr("%s phải là văn bản UTF-8 (NFC), từ 1 đến %d byte.",
                           "%s must be UTF-8 text (NFC) of 1 to %d bytes."),
                        p->summary, SUMMARY_MAX);
    }
    return 0;
}

/* "unit:period:indicator" each. */
static int
evidence_read(struct proposal *p)
{
    pack_array(&p->cells, (uint32_t)p->evidence.count);
    for (size_t i = 0; i < p->evidence.count; i++) {
        const char *item = p->evidence.items[i], *first = strchr(item, ':');
        const char *second = first == NULL ? NULL : strchr(first + 1, ':');
        if (second == NULL) {
            return say_code(EX_USAGE,
                            tr("--evidence cần ĐƠN_VỊ:KỲ:CHỈ_TIÊU, không phải “%s”.",
                               "--evidence wants UNIT:PERIOD:INDICATOR, not “%s”."),
                            item);
        }
        pack_array(&p->cells, 3);
        pack_text(&p->cells, slice_of(item, (size_t)(first - item)));
        pack_text(&p->cells, slice_of(first + 1, (size_t)(second - first - 1)));
        pack_text(&p->cells, slice_text(second + 1));
    }
    return 0;
}

/* ---- documents ---- */

static int
chunks_send(struct contact *contact, const struct proposal *p, const uint8_t hash[32],
            struct slice bytes)
{
    struct buf body = BUF_EMPTY;
    int code = 0;
    for (size_t at = 0, index = 0; code == 0 && at < bytes.len; index++) {
        size_t n = bytes.len - at < FILE_CHUNK_BYTES ? bytes.len - at : FILE_CHUNK_BYTES;
        struct record_file record = {.hash = slice_of(hash, 32),
                                     .unit = slice_text(p->unit),
                                     .index = index,
                                     .size = bytes.len,
                                     .bytes = slice_of((const uint8_t *)bytes.data + at, n)};
        buf_clear(&body);
        record_encode_file(&record, &body);
        code = contact_submit(contact, slice_text(""), buf_slice_of(&body), 0) == ERR_OK
                   ? 0
                   : EX_UNAVAILABLE;
        at += n;
    }
    buf_fini(&body);
    return code;
}

/* "kind:file" */
static int
document_send(struct contact *contact, struct proposal *p, const char *item)
{
    const char *path = strchr(item, ':');
    struct buf bytes = BUF_EMPTY;
    uint8_t hash[32];
    int code = 0;
    if (path == NULL || path == item) {
        return say_code(EX_USAGE,
                        tr("--document cần LOẠI:TỆP, không phải “%s”.",
                           "--document wants KIND:FILE, not “%s”."),
                        item);
    }
    path++;
    if (file_read(path, FILE_BYTES_MAX, &bytes) != ERR_OK || bytes.len == 0) {
        buf_fini(&bytes);
        return say_code(EX_NOINPUT,
                        tr("không đọc được %s, hoặc tệp trống, hoặc lớn hơn %d MiB.",
                           "%s cannot be read, or is empty, or larger than %d MiB."),
                        path, (int)(FILE_BYTES_MAX >> 20));
    }
    crypto_generichash(hash, sizeof hash, bytes.data, bytes.len, NULL, 0);
    code = chunks_send(contact, p, hash, buf_slice_of(&bytes));
    const char *name = strrchr(path, '/');
    pack_array(&p->files, 4);
    pack_bytes(&p->files, slice_of(hash, sizeof hash));
    pack_text(&p->files, slice_of(item, (size_t)(path - 1 - item)));
    pack_text(&p->files, slice_text(name == NULL ? path : name + 1));
    pack_uint(&p->files, bytes.len);
    buf_fini(&bytes);
    return code;
}

/* A chunk that was refused is told when the nomination is verified: document-missing names it. */
static int
documents_send(struct contact *contact, struct proposal *p)
{
    int code = 0;
    pack_array(&p->files, (uint32_t)p->documents.count);
    for (size_t i = 0; code == 0 && i < p->documents.count; i++) {
        code = document_send(contact, p, p->documents.items[i]);
    }
    client_drain(contact->client);
    return code;
}

/* ---- the nomination ---- */

static struct slice
given(const char *text)
{
    return slice_text(text == NULL ? "" : text);
}

static int
send(struct contact *contact, struct proposal *p, const uint8_t nomination[ULID_SIZE])
{
    enum subject_kind kind;
    struct clock clock = clock_real(0);
    struct buf body = BUF_EMPTY;
    uint8_t id[ULID_SIZE];
    if (!subject_kind_parse(slice_text(p->kind), &kind)) {
        return say_code(EX_USAGE, tr("--kind là collective, individual hoặc household.",
                                     "--kind is collective, individual or household."));
    }
    ulid_new(clock_wall_us(&clock), id);
    struct record_nomination record = {
        .campaign = given(contact->options->campaign),
        .nomination = slice_of(nomination, ULID_SIZE),
        .unit = slice_text(p->unit),
        .award = slice_text(p->award),
        .kind = kind,
        .subject = slice_text(p->subject),
        .subject_unit = given(p->subject_unit),
        .id = slice_of(id, ULID_SIZE),
        .theme = given(p->theme),
        .summary = text_trim(buf_slice_of(&p->text)),
        .evidence = buf_slice_of(&p->cells),
        .documents = buf_slice_of(&p->files),
        .simplified = p->simplified,
    };
    record_encode_nomination(&record, &body);
    int code = act_submit(contact, slice_text(""), buf_slice_of(&body), true);
    buf_fini(&body);
    return code;
}

/* A new identity, or that of the nomination which was returned. */
static int
identity(struct contact *contact, const struct proposal *p, uint8_t nomination[ULID_SIZE])
{
    struct clock clock = clock_real(0);
    if (p->again != NULL) {
        return nomination_find(contact, p->again, nomination, NULL);
    }
    ulid_new(clock_wall_us(&clock), nomination);
    return 0;
}

static int
propose(const struct options *o, struct proposal *p)
{
    struct contact contact;
    uint8_t nomination[ULID_SIZE];
    char text[ULID_TEXT];
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = identity(&contact, p, nomination);
    code = code == 0 ? documents_send(&contact, p) : code;
    code = code == 0 ? send(&contact, p, nomination) : code;
    contact_close(&contact);
    if (code == 0 && !o->json) {
        ulid_format(nomination, text);
        printf("%s\n", text);
    }
    return code;
}

/* What the encoder takes only in form. */
static int
words_check(const struct proposal *p)
{
    const char *codes[] = {p->award, p->unit, p->subject_unit, p->theme};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] != NULL && !code_is_valid(slice_text(codes[i]))) {
            return say_code(EX_USAGE, tr("“%s” không phải là một mã.", "“%s” is not a code."),
                            codes[i]);
        }
    }
    struct slice subject = slice_text(p->subject);
    return subject.len > 0 && subject.len <= NAME_MAX_BYTES && text_is_clean(subject)
               ? 0
               : say_code(EX_USAGE,
                          tr("tên đối tượng phải là văn bản UTF-8 (NFC), tối đa %d byte.",
                             "the subject's name must be UTF-8 text (NFC) of at most %d bytes."),
                          NAME_MAX_BYTES);
}

int
verb_nominate(int argc, char **argv)
{
    struct options o;
    struct proposal p = {0};
    const struct option_spec own[] = {
        TEXT_OPTION("award", "CODE", &p.award, true, "hình thức khen thưởng", "the award"),
        TEXT_OPTION("subject", "NAME", &p.subject, true, "tên tập thể, cá nhân hoặc hộ",
                    "the collective, person or household"),
        TEXT_OPTION("kind", "KIND", &p.kind, true,
                    "collective (tập thể), individual (cá nhân), "
                    "household (hộ gia đình)",
                    "collective, individual or household"),
        TEXT_OPTION("unit", "CODE", &p.unit, true, "đơn vị đề nghị", "the unit that proposes"),
        TEXT_OPTION("subject-unit", "CODE", &p.subject_unit, false,
                    "đơn vị của đối tượng; mặc định là đơn vị đề nghị",
                    "the subject's own unit; default the one that proposes"),
        TEXT_OPTION("theme", "CODE", &p.theme, false, "chủ đề", "the theme"),
        TEXT_OPTION("summary", "FILE", &p.summary, true, "báo cáo thành tích; “-” là từ bàn phím",
                    "the achievement, as text; “-” is standard input"),
        LIST_OPTION("evidence", "U:P:I", &p.evidence, false, "số liệu: ĐƠN_VỊ:KỲ:CHỈ_TIÊU",
                    "figures: UNIT:PERIOD:INDICATOR"),
        LIST_OPTION("document", "KIND:FILE", &p.documents, false,
                    "tài liệu kèm theo, tối đa 10 MiB",
                    "a document that goes with it, at most 10 MiB"),
        SWITCH_OPTION("simplified", &p.simplified, "theo thủ tục đơn giản",
                      "by the simplified procedure"),
        TEXT_OPTION("again", "ID", &p.again, false, "gửi lại đề nghị đã bị trả lại",
                    "send the nomination that was returned anew"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (p.documents.count > DOCUMENTS_MAX || p.evidence.count > EVIDENCE_MAX) {
        return say_code(EX_USAGE,
                        tr("quá nhiều tài liệu (tối đa %d) hoặc số liệu (tối đa %d).",
                           "too many documents (at most %d) or figures (at most %d)."),
                        DOCUMENTS_MAX, EVIDENCE_MAX);
    }
    code = words_check(&p);
    code = code == 0 ? summary_read(&p) : code;
    code = code == 0 ? evidence_read(&p) : code;
    code = code == 0 ? propose(&o, &p) : code;
    proposal_fini(&p);
    return code;
}
