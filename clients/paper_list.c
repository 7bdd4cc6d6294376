/* Lists of honours: their order, their tables, and the same for a spreadsheet. */
#include "clients/paper_list.h"

#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_page.h"
#include "clients/paper_words.h"
#include "common/collate.h"
#include "common/mem.h"
#include "proto/review.h"

#include <stdlib.h>

static const char *const KIND_WORDS[] = {"tập thể", "cá nhân", "hộ gia đình"};

int
paper_kind(const json_t *honour)
{
    const char *kind = json_text(honour, "kind");
    return strcmp(kind, "individual") == 0  ? KIND_INDIVIDUAL
           : strcmp(kind, "household") == 0 ? KIND_HOUSEHOLD
                                            : KIND_COLLECTIVE;
}

/* The last word in front of a comma or bracket: "Nguyễn Văn An, tổ trưởng" is found under An. */
static struct slice
given_name(const char *name)
{
    size_t end = strcspn(name, ",(;");
    while (end > 0 && name[end - 1] == ' ') {
        end--;
    }
    size_t begin = end;
    while (begin > 0 && name[begin - 1] != ' ') {
        begin--;
    }
    return slice_of(name + begin, end - begin);
}

static void
honour_key(const json_t *honour, struct buf *key)
{
    int kind = paper_kind(honour);
    const char *subject = json_text(honour, "subject");
    enum authority level = AUTHORITY_COMMUNE;
    if (!authority_parse(slice_text(json_text(honour, "level")), &level)) {
        level = AUTHORITY_COMMUNE;
    }
    buf_byte(key, (uint8_t)(AUTHORITY_PRESIDENT - level)); /* the highest award first */
    collate_key(slice_text(json_text(honour, "title_vi")), key);
    buf_put(key, "\0", 1);
    buf_slice(key, slice_text(json_text(honour, "award")));
    buf_put(key, "\0", 1);
    buf_byte(key, (uint8_t)kind);
    if (kind != KIND_COLLECTIVE) {
        collate_key(given_name(subject), key);
        buf_put(key, "\0", 1);
    }
    collate_key(slice_text(subject), key);
}

struct sorted {
    struct buf key;
    json_t *honour;
    size_t index; /* equal names keep the order in which they came */
};

static int
sorted_compare(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    int order = slice_compare(buf_slice_of(&x->key), buf_slice_of(&y->key));
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

json_t *
paper_sorted(const json_t *honours)
{
    size_t count = json_array_size(honours);
    struct sorted *rows = mem_alloc((count + 1) * sizeof *rows);
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct sorted){.honour = json_array_get(honours, i), .index = i};
        honour_key(rows[i].honour, &rows[i].key);
    }
    qsort(rows, count, sizeof *rows, sorted_compare);
    for (size_t i = 0; i < count; i++) {
        json_array_append(out, rows[i].honour);
        buf_fini(&rows[i].key);
    }
    free(rows);
    return out;
}

struct paper_counts
paper_count(const json_t *honours, size_t from, size_t to)
{
    struct paper_counts counts = {0};
    for (size_t i = from; i < to; i++) {
        counts.of[paper_kind(json_array_get(honours, i))]++;
    }
    return counts;
}

void
paper_counts_words(const struct paper_counts *counts, struct buf *out)
{
    int kinds = 0, written = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        kinds += counts->of[kind] > 0;
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (counts->of[kind] > 0) {
            written++;
            buf_printf(out, "%s", written == 1 ? "" : written == kinds ? " và " : ", ");
            count_words(counts->of[kind], out);
            buf_printf(out, " %s", KIND_WORDS[kind]);
        }
    }
}

size_t
paper_award_end(const json_t *honours, size_t from)
{
    const char *award = json_text(json_array_get(honours, from), "award");
    size_t to = from + 1;
    while (to < json_array_size(honours) &&
           strcmp(json_text(json_array_get(honours, to), "award"), award) == 0) {
        to++;
    }
    return to;
}

/* The unit that the subject belongs to, else the one that proposed it. */
static const char *
unit_of(const json_t *honour)
{
    const char *own = json_text(honour, "subject_unit_name");
    return own[0] != '\0' ? own : json_text(honour, "name");
}

static void
row_decision_put(const json_t *honour, struct buf *out)
{
    struct buf date = {0};
    date_short(json_text(honour, "date"), &date);
    html(out, "<td>%s</td><td class=\"n\">%s</td>", json_text(honour, "number"), words_text(&date));
    buf_fini(&date);
}

static void
row_vote_put(const json_t *honour, struct buf *out)
{
    struct buf vote = {0};
    if (json_number(honour, "percent") > 0) {
        count_words(json_number(honour, "yes"), &vote);
        buf_printf(&vote, "/");
        count_words(json_number(honour, "base"), &vote);
        buf_printf(&vote, " (");
        percent_words(json_number(honour, "yes"), json_number(honour, "base"), &vote);
        buf_printf(&vote, ")");
    }
    html(out, "<td class=\"text\">%s</td><td>%s</td>", json_text(honour, "summary"),
         words_text(&vote));
    buf_fini(&vote);
}

static void
table_begin(int kind, enum paper_list list, struct buf *out)
{
    static const char *const WHO[] = {"Tên tập thể", "Họ và tên", "Chủ hộ, gia đình"};
    html(out,
         "<table class=\"list fixed\"><thead><tr><th style=\"width:11mm\">STT</th><th>%s</th>"
         "<th>Đơn vị</th>",
         WHO[kind]);
    if (list == PAPER_LIST_SUBMISSION) {
        html(out, "<th style=\"width:40%%\">Tóm tắt thành tích</th><th style=\"width:20mm\">Phiếu "
                  "đồng ý</th>");
    } else if (list == PAPER_LIST_PUBLIC) {
        html(out, "<th style=\"width:34mm\">Quyết định số</th><th style=\"width:24mm\">Ngày</th>");
    }
    html(out, "</tr></thead><tbody>\n");
}

static void
kind_put(const json_t *honours, size_t from, size_t to, enum paper_list list, struct buf *out)
{
    table_begin(paper_kind(json_array_get(honours, from)), list, out);
    for (size_t i = from; i < to; i++) {
        const json_t *honour = json_array_get(honours, i);
        html(out, "<tr><td class=\"n\">%d</td><td>%s</td><td>%s</td>", (int)(i - from + 1),
             json_text(honour, "subject"), unit_of(honour));
        if (list == PAPER_LIST_SUBMISSION) {
            row_vote_put(honour, out);
        } else if (list == PAPER_LIST_PUBLIC) {
            row_decision_put(honour, out);
        }
        html(out, "</tr>\n");
    }
    html(out, "</tbody></table>\n");
}

static void
award_put(const json_t *honours, size_t from, size_t to, enum paper_list list, struct buf *out)
{
    static const char *const ROMAN[] = {"I", "II", "III"};
    int nth = 0;
    while (from < to) {
        int kind = paper_kind(json_array_get(honours, from));
        struct buf count = {0}, upper = {0};
        size_t end = from + 1;
        while (end < to && paper_kind(json_array_get(honours, end)) == kind) {
            end++;
        }
        count_words((int64_t)(end - from), &count);
        upper_words(KIND_WORDS[kind], &upper);
        html(out, "<h2>%s. %s: %s</h2>\n", ROMAN[nth++], words_text(&upper), words_text(&count));
        kind_put(honours, from, end, list, out);
        buf_fini(&count);
        buf_fini(&upper);
        from = end;
    }
}

void
paper_list_put(const json_t *honours, enum paper_list list, struct buf *out)
{
    size_t to;
    for (size_t from = 0; from < json_array_size(honours); from = to) {
        struct buf upper = {0};
        to = paper_award_end(honours, from);
        upper_words(json_text(json_array_get(honours, from), "title_vi"), &upper);
        html(out, "<div class=\"title\">%s</div>\n", words_text(&upper));
        award_put(honours, from, to, list, out);
        buf_fini(&upper);
    }
}

void
paper_annex_put(const struct paper *paper, struct buf *out)
{
    struct buf head = {0}, date = {0};
    page_head(paper, &head);
    date_words(paper->date, &date);
    html(out,
         "<div class=\"title\">DANH SÁCH<div>Tập thể, cá nhân, hộ gia đình được khen "
         "thưởng trong phong trào thi đua</div><div>“%s”</div></div>\n",
         json_text(paper->campaign, "title_vi"));
    html(out,
         "<p class=\"center italic\">(Kèm theo Quyết định số %s %s của %s)</p>"
         "<hr class=\"rule\" style=\"width:40%%\">\n",
         paper->number[0] != '\0' ? paper->number : "…………", words_text(&date), words_text(&head));
    paper_list_put(paper->honours, PAPER_LIST_DECISION, out);
    buf_fini(&head);
    buf_fini(&date);
}

void
paper_list(const struct paper *paper, struct buf *out)
{
    page_begin("Danh sách khen thưởng", false, out);
    page_letterhead(paper, false, NULL, out);
    paper_annex_put(paper, out);
    page_end(out);
}

void
paper_honours(const struct paper *paper, struct buf *out)
{
    page_begin("Danh sách khen thưởng", false, out);
    html(out,
         "<div class=\"title\">DANH SÁCH KHEN THƯỞNG<div>Phong trào thi đua</div>"
         "<div>“%s”</div><hr class=\"rule\"></div>\n",
         json_text(paper->campaign, "title_vi"));
    if (json_array_size(paper->honours) == 0) {
        html(out, "<p class=\"center\">Chưa có tập thể, cá nhân, hộ gia đình nào được khen "
                  "thưởng.</p>\n");
    }
    paper_list_put(paper->honours, PAPER_LIST_PUBLIC, out);
    page_end(out);
}

struct sheet *
paper_sheet(const json_t *honours)
{
    static const char *const COLUMNS[] = {
        "STT",      "Đối tượng",  "Tên",           "Đơn vị",  "Danh hiệu, hình thức khen thưởng",
        "Nội dung", "Thành tích", "Quyết định số", "Ngày ký", "Người ký",
    };
    struct sheet *sheet = sheet_new("Khen thưởng", COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
    size_t i;
    json_t *honour;
    json_array_foreach(honours, i, honour)
    {
        struct buf date = {0};
        date_short(json_text(honour, "date"), &date);
        sheet_number(sheet, (int64_t)i + 1);
        sheet_text(sheet, KIND_WORDS[paper_kind(honour)]);
        sheet_text(sheet, json_text(honour, "subject"));
        sheet_text(sheet, unit_of(honour));
        sheet_text(sheet, json_text(honour, "title_vi"));
        sheet_text(sheet, json_text(honour, "theme_title_vi"));
        sheet_text(sheet, json_text(honour, "summary"));
        sheet_text(sheet, json_text(honour, "number"));
        sheet_text(sheet, words_text(&date));
        sheet_text(sheet, json_text(honour, "signer"));
        buf_fini(&date);
    }
    return sheet;
}
