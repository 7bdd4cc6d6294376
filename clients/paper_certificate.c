/* Bằng khen, giấy khen and certificates of titles, one a page, A4 across. */
#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_list.h"
#include "clients/paper_page.h"
#include "clients/paper_words.h"

#define KIND_LONG 24 /* bytes: beyond it the kind is set smaller, so that it stays on two lines */

static void
top_put(const struct paper *paper, const json_t *honour, struct buf *out)
{
    struct buf head = {0}, upper = {0}, kind = {0}, kind_upper = {0};
    const char *above = award_words(json_text(honour, "title_vi"), &kind);
    page_head(paper, &head);
    upper_words(words_text(&head), &upper);
    upper_words(words_text(&kind), &kind_upper);
    html(out,
         "<div class=\"bold\">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</div>"
         "<div class=\"bold\">Độc lập - Tự do - Hạnh phúc</div><hr class=\"rule\">"
         "<div class=\"agency\">%s</div><div class=\"bold\">%s</div>",
         words_text(&upper), above);
    html(out, "<div class=\"kind%s\">%s</div>\n", kind.len > KIND_LONG ? " long" : "",
         words_text(&kind_upper));
    buf_fini(&head);
    buf_fini(&upper);
    buf_fini(&kind);
    buf_fini(&kind_upper);
}

static void
subject_put(const struct paper *paper, const json_t *honour, struct buf *out)
{
    static const char *const ADDRESS[] = {"", "Ông (bà) ", ""};
    const char *subject = json_text(honour, "subject");
    const char *unit = json_text(honour, "subject_unit_name");
    unit = unit[0] != '\0' ? unit : json_text(honour, "name");
    html(out, "<div class=\"who\">%s%s</div>", ADDRESS[paper_kind(honour)], subject);
    if (strcmp(unit, subject) != 0) {
        html(out, "<div>%s</div>", unit);
    }
    html(out,
         "<div>Đã có thành tích xuất sắc trong phong trào thi đua<br><b><i>“%s”</i></b></div>\n",
         json_text(paper->campaign, "title_vi"));
}

static void
bottom_put(const struct paper *paper, const json_t *honour, struct buf *out)
{
    struct buf date = {0}, office = {0};
    const char *own = json_text(honour, "number");
    const char *number = own[0] != '\0' ? own : paper->number;
    const char *day = json_text(honour, "date");
    const char *signer = json_text(honour, "signer");
    date_words(day[0] != '\0' ? day : paper->date, &date);
    page_head_office(paper, &office);
    html(out,
         "<table class=\"foot\"><tr><td class=\"to\">Quyết định số %s<br>%s<br>Sổ vàng số "
         "……………</td>",
         number[0] != '\0' ? number : "…………", words_text(&date));
    html(out,
         "<td class=\"sign\"><i style=\"font-weight:normal\">%s, %s</i><div>%s</div>"
         "<div class=\"name\">%s</div></td></tr></table>\n",
         paper->place[0] != '\0' ? paper->place : "……………", words_text(&date), words_text(&office),
         signer[0] != '\0' ? signer : paper->signer);
    buf_fini(&date);
    buf_fini(&office);
}

void
paper_certificates(const struct paper *paper, struct buf *out)
{
    size_t i;
    json_t *honour;
    page_begin("Bằng khen, giấy khen", true, out);
    json_array_foreach(paper->honours, i, honour)
    {
        html(out, "<div class=\"certificate\">\n");
        top_put(paper, honour, out);
        subject_put(paper, honour, out);
        bottom_put(paper, honour, out);
        html(out, "</div>\n");
    }
    page_end(out);
}
