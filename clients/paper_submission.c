/* Tờ trình: the council asks the authority to commend whom it found worthy, with achievement and vote. */
#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_list.h"
#include "clients/paper_page.h"
#include "clients/paper_words.h"

static void
body_put(const struct paper *paper, struct buf *out)
{
    struct buf council = {0}, counts = {0}, date = {0};
    size_t all = json_array_size(paper->honours);
    struct paper_counts count = paper_count(paper->honours, 0, all);
    page_agency(paper, true, &council);
    paper_counts_words(&count, &counts);
    date_words(json_text(paper->meeting, "date"), &date);
    html(out,
         "<p>Thực hiện phong trào thi đua “%s”, %s đã xem xét thành tích của các tập thể, cá nhân, "
         "hộ "
         "gia đình do các đơn vị đề nghị",
         json_text(paper->campaign, "title_vi"), words_text(&council));
    if (json_text(paper->meeting, "title")[0] != '\0') {
        html(out, " tại cuộc họp %s (%s)", words_text(&date), json_text(paper->meeting, "title"));
    }
    html(out,
         ".</p>\n<p>%s kính trình xem xét, quyết định khen thưởng cho %s (có danh sách, tóm tắt "
         "thành "
         "tích và kết quả biểu quyết kèm theo).</p>\n<p>Kính trình xem xét, quyết định./.</p>\n",
         words_text(&council), words_text(&counts));
    buf_fini(&council);
    buf_fini(&counts);
    buf_fini(&date);
}

static void
addressee_put(const struct paper *paper, struct buf *out)
{
    struct buf head = {0};
    if (paper->to[0] != '\0') {
        buf_slice(&head, slice_text(paper->to));
    } else {
        page_head(paper, &head);
    }
    html(out, "<p class=\"center\">Kính gửi: <b>%s</b></p>\n", words_text(&head));
    buf_fini(&head);
}

void
paper_submission(const struct paper *paper, struct buf *out)
{
    struct buf about = {0}, sign = {0};
    html(&about, "Về việc đề nghị khen thưởng thành tích trong phong trào thi đua</div><div>“%s”",
         json_text(paper->campaign, "title_vi"));
    html(&sign, "<div>TM. HỘI ĐỒNG</div><div>%s</div>",
         paper->head[0] != '\0' ? paper->head : "CHỦ TỊCH HỘI ĐỒNG");
    page_begin("Tờ trình", false, out);
    page_letterhead(paper, true, "/TTr-HĐTĐKT", out);
    page_title("TỜ TRÌNH", buf_slice_of(&about), out);
    addressee_put(paper, out);
    page_grounds(paper, slice_of("", 0), out);
    body_put(paper, out);
    page_signature(paper, "- Như trên;<br>- Thành viên Hội đồng;<br>- Lưu: VT, HĐTĐKT.",
                   buf_slice_of(&sign), out);
    html(out, "<div class=\"page\"></div>\n<div class=\"title\">DANH SÁCH ĐỀ NGHỊ KHEN THƯỞNG<br>"
              "(Kèm theo Tờ trình số …………/TTr-HĐTĐKT)</div>\n");
    paper_list_put(paper->honours, PAPER_LIST_SUBMISSION, out);
    page_end(out);
    buf_fini(&about);
    buf_fini(&sign);
}
