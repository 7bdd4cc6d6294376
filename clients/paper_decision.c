/* Quyết định khen thưởng: the decision, and behind it the list of who is commended. */
#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_list.h"
#include "clients/paper_page.h"
#include "clients/paper_words.h"

/* "Tặng Bằng khen … cho 03 tập thể và 12 cá nhân …" */
static void
article_award(const struct paper *paper, size_t from, size_t to, struct buf *out)
{
    struct buf counts = {0}, kind = {0};
    const char *title = json_text(json_array_get(paper->honours, from), "title_vi");
    struct paper_counts count = paper_count(paper->honours, from, to);
    bool is_title = strcmp(award_words(title, &kind), "TẶNG") != 0;
    paper_counts_words(&count, &counts);
    html(out, "%s %s cho %s", is_title ? "Tặng danh hiệu" : "Tặng", title, words_text(&counts));
    buf_fini(&counts);
    buf_fini(&kind);
}

static void
article_one(const struct paper *paper, struct buf *out)
{
    size_t to, nth = 0, all = json_array_size(paper->honours);
    bool one = all > 0 && paper_award_end(paper->honours, 0) == all;
    html(out, "<p><b>Điều 1.</b> ");
    if (!one) {
        html(out, "Khen thưởng các tập thể, cá nhân, hộ gia đình");
    } else {
        article_award(paper, 0, all, out);
    }
    html(out,
         " đã có thành tích xuất sắc trong phong trào thi đua “%s” (có danh sách kèm theo)%s</p>\n",
         json_text(paper->campaign, "title_vi"), one ? "." : ", gồm:");
    for (size_t from = 0; !one && from < all; from = to) {
        to = paper_award_end(paper->honours, from);
        html(out, "<p>%d. ", (int)++nth);
        article_award(paper, from, to, out);
        html(out, "%s</p>\n", to == all ? "." : ";");
    }
}

static void
articles(const struct paper *paper, struct buf *out)
{
    struct buf agency = {0};
    bool committee = agency_is_committee(paper->unit);
    page_agency(paper, false, &agency);
    article_one(paper, out);
    html(
        out,
        "<p><b>Điều 2.</b> Tiền thưởng kèm theo hình thức khen thưởng thực hiện theo quy định hiện "
        "hành.</p>\n<p><b>Điều 3.</b> Quyết định này có hiệu lực kể từ ngày ký.</p>\n");
    html(out,
         "<p><b>Điều 4.</b> %s %s, Thường trực Hội đồng Thi đua - Khen thưởng, Thủ trưởng các đơn "
         "vị có liên "
         "quan và các tập thể, cá nhân, hộ gia đình có tên tại Điều 1 chịu trách nhiệm thi hành "
         "Quyết "
         "định này./.</p>\n",
         committee ? "Chánh Văn phòng" : "Văn phòng", words_text(&agency));
    buf_fini(&agency);
}

static void
proposal_words(const struct paper *paper, struct buf *out)
{
    struct buf council = {0};
    page_agency(paper, true, &council);
    html(out, "Xét đề nghị của %s tại Tờ trình số …………/TTr-HĐTĐKT ngày …… tháng …… năm 20…….",
         words_text(&council));
    buf_fini(&council);
}

void
paper_decision(const struct paper *paper, struct buf *out)
{
    struct buf head = {0}, upper = {0}, about = {0}, last = {0}, office = {0};
    page_head(paper, &head);
    upper_words(words_text(&head), &upper);
    page_head_office(paper, &office);
    proposal_words(paper, &last);
    html(&about, "Về việc khen thưởng thành tích xuất sắc trong phong trào thi đua</div><div>“%s”",
         json_text(paper->campaign, "title_vi"));
    struct buf sign = {0};
    html(&sign, "<div>%s</div>", words_text(&office));

    page_begin("Quyết định khen thưởng", false, out);
    page_letterhead(paper, false, agency_is_committee(paper->unit) ? "/QĐ-UBND" : "/QĐ-……", out);
    page_title("QUYẾT ĐỊNH", buf_slice_of(&about), out);
    html(out, "<div class=\"title\">%s</div>\n", words_text(&upper));
    page_grounds(paper, buf_slice_of(&last), out);
    html(out, "<div class=\"title\">QUYẾT ĐỊNH:</div>\n");
    articles(paper, out);
    page_signature(paper, "- Như Điều 4;<br>- Ban Thi đua - Khen thưởng;<br>- Lưu: VT, TĐKT.",
                   buf_slice_of(&sign), out);
    html(out, "<div class=\"page\"></div>\n");
    paper_annex_put(paper, out);
    page_end(out);
    buf_fini(&head);
    buf_fini(&upper);
    buf_fini(&about);
    buf_fini(&last);
    buf_fini(&office);
    buf_fini(&sign);
}
