/* Biên bản họp Hội đồng: who was there, who voted in writing, and the count of each nomination beside
 * the rule of its award. Of a secret vote there are sums only: nothing else is known here. */
#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_list.h"
#include "clients/paper_page.h"
#include "clients/paper_words.h"

static int64_t
members_count(const json_t *members, bool present)
{
    int64_t count = 0;
    size_t i;
    json_t *member;
    json_array_foreach(members, i, member)
    {
        count += json_true_at(member, "present") == present;
    }
    return count;
}

static void
members_put(const json_t *members, bool present, struct buf *out)
{
    size_t i, nth = 0;
    json_t *member;
    json_array_foreach(members, i, member)
    {
        if (json_true_at(member, "present") == present) {
            html(out, "%s%s", nth++ == 0 ? "" : "; ", json_text(member, "name"));
        }
    }
    html(out, "%s", nth == 0 ? "không có" : "");
}

static void
attendance_put(const struct paper *paper, struct buf *out)
{
    const json_t *members = json_object_get(paper->meeting, "members");
    struct buf present = {0}, absent = {0}, all = {0};
    count_words(members_count(members, true), &present);
    count_words(members_count(members, false), &absent);
    count_words((int64_t)json_array_size(members), &all);
    html(out, "<h2>I. THÀNH PHẦN</h2>\n<p>1. Có mặt %s/%s thành viên: ", words_text(&present),
         words_text(&all));
    members_put(members, true, out);
    html(out, ".</p>\n<p>2. Vắng mặt %s thành viên: ", words_text(&absent));
    members_put(members, false, out);
    html(out, ".</p>\n<p>3. Chủ trì: ……………………………………</p>\n<p>4. Thư ký: ……………………………………</p>\n");
    if (json_text(paper->meeting, "teller")[0] != '\0') {
        html(out, "<p>5. Người kiểm phiếu kín: %s.</p>\n", json_text(paper->meeting, "teller"));
    }
    buf_fini(&present);
    buf_fini(&absent);
    buf_fini(&all);
}

static void
rule_words(const json_t *vote, struct buf *out)
{
    bool total = strcmp(json_text(vote, "base_of"), "present") != 0;
    html(out, "%s", json_true_at(vote, "secret") ? "Bỏ phiếu kín" : "Biểu quyết công khai");
    if (json_number(vote, "percent") > 0) {
        html(out, "; cần từ %d%% %s", (int)json_number(vote, "percent"),
             total ? "tổng số thành viên" : "số thành viên tham gia");
    }
    if (json_number(vote, "quorum") > 0) {
        html(out, "; họp khi có từ %d%% thành viên", (int)json_number(vote, "quorum"));
    }
}

static const char *
result_words(const json_t *vote)
{
    const char *result = json_text(vote, "result");
    return strcmp(result, "carried") == 0     ? "Thông qua"
           : strcmp(result, "failed") == 0    ? "Không thông qua"
           : strcmp(result, "untabled") == 0  ? "Chưa đủ số thành viên để biểu quyết"
           : strcmp(result, "cancelled") == 0 ? "Không biểu quyết"
                                              : "Chưa có kết quả";
}

static void
number_cell(int64_t number, struct buf *out)
{
    struct buf words = {0};
    count_words(number, &words);
    html(out, "<td class=\"n\">%s</td>", words_text(&words));
    buf_fini(&words);
}

static void
vote_put(const json_t *vote, size_t nth, struct buf *out)
{
    static const char *const SUMS[] = {"yes", "no", "abstain", "spoilt"};
    int64_t base = json_number(vote, "base");
    struct buf percent = {0};
    html(out, "<tr><td class=\"n\">%d</td><td><b>%s</b><br>%s<br>%s<br><i>", (int)nth,
         json_text(vote, "subject"), json_text(vote, "name"), json_text(vote, "title_vi"));
    rule_words(vote, out);
    html(out, "</i></td>");
    for (size_t i = 0; i < sizeof SUMS / sizeof *SUMS; i++) {
        number_cell(json_number(vote, SUMS[i]), out);
    }
    if (base > 0) {
        count_words(json_number(vote, "yes"), &percent);
        buf_printf(&percent, "/");
        count_words(base, &percent);
        buf_printf(&percent, " = ");
        percent_words(json_number(vote, "yes"), base, &percent);
    }
    html(out, "<td style=\"text-align:center\">%s</td><td>%s</td></tr>\n", words_text(&percent),
         result_words(vote));
    buf_fini(&percent);
}

static void
written_put(const json_t *vote, struct buf *out)
{
    const json_t *written = json_object_get(vote, "written");
    size_t i;
    json_t *name;
    if (json_array_size(written) == 0) {
        return;
    }
    html(out, "<p>Ý kiến bằng văn bản về %s: ", json_text(vote, "subject"));
    json_array_foreach(written, i, name)
    {
        const char *text = json_string_value(name);
        html(out, "%s%s", i == 0 ? "" : "; ", text == NULL ? "" : text);
    }
    html(out, ".</p>\n");
}

static void
votes_put(const struct paper *paper, struct buf *out)
{
    const json_t *votes = json_object_get(paper->meeting, "votes");
    struct buf count = {0};
    size_t i;
    json_t *vote;
    count_words((int64_t)json_array_size(votes), &count);
    html(out,
         "<h2>II. NỘI DUNG</h2>\n<p>Hội đồng xem xét và biểu quyết %s hồ sơ đề nghị khen thưởng. "
         "Tỷ lệ tính trên cơ sở theo quy định của từng danh hiệu, hình thức khen thưởng, lấy hai "
         "chữ số thập "
         "phân, không làm tròn lên.</p>\n",
         words_text(&count));
    html(out, "<table class=\"list fixed\"><thead><tr><th style=\"width:11mm\">STT</th>"
              "<th>Đối tượng; đơn vị đề nghị; danh hiệu, hình thức; cách biểu quyết</th>"
              "<th style=\"width:14mm\">Đồng ý</th><th style=\"width:15mm\">Không đồng ý</th>"
              "<th style=\"width:15mm\">Không ý kiến</th><th style=\"width:15mm\">Không hợp lệ</th>"
              "<th style=\"width:22mm\">Tỷ lệ</th><th style=\"width:22mm\">Kết quả</th>"
              "</tr></thead><tbody>\n");
    json_array_foreach(votes, i, vote)
    {
        vote_put(vote, i + 1, out);
    }
    html(out, "</tbody></table>\n");
    json_array_foreach(votes, i, vote)
    {
        written_put(vote, out);
    }
    buf_fini(&count);
}

static void
conclusion_put(const struct paper *paper, struct buf *out)
{
    const json_t *votes = json_object_get(paper->meeting, "votes");
    struct buf words = {0};
    int64_t carried = 0;
    size_t i;
    json_t *vote;
    json_array_foreach(votes, i, vote)
    {
        carried += strcmp(json_text(vote, "result"), "carried") == 0;
    }
    count_words(carried, &words);
    buf_printf(&words, "/");
    count_words((int64_t)json_array_size(votes), &words);
    html(out,
         "<h2>III. KẾT LUẬN</h2>\n<p>Hội đồng thông qua %s hồ sơ. Cuộc họp kết thúc vào hồi …… giờ "
         "…… cùng ngày. Biên bản đã được đọc lại cho các thành viên dự họp cùng nghe và nhất trí "
         "thông qua./.</p>\n",
         words_text(&words));
    buf_fini(&words);
}

static void
minutes_head(const struct paper *paper, struct buf *out)
{
    struct buf about = {0}, agency = {0}, date = {0};
    page_agency(paper, true, &agency);
    html(&about, "Họp %s</div><div>%s", words_text(&agency), json_text(paper->meeting, "title"));
    date_words(json_text(paper->meeting, "date"), &date);
    page_letterhead(paper, true, "/BB-HĐTĐKT", out);
    page_title("BIÊN BẢN", buf_slice_of(&about), out);
    if (!json_true_at(paper->meeting, "closed")) {
        html(out, "<p class=\"center italic\">(Bản nháp: cuộc họp chưa kết thúc, số liệu chưa phải "
                  "là kết quả)"
                  "</p>\n");
    }
    html(out, "<p>Thời gian bắt đầu: …… giờ ……, %s.</p>\n<p>Địa điểm: ……………………………………</p>\n",
         words_text(&date));
    buf_fini(&about);
    buf_fini(&agency);
    buf_fini(&date);
}

void
paper_minutes(const struct paper *paper, struct buf *out)
{
    page_begin("Biên bản họp Hội đồng", false, out);
    minutes_head(paper, out);
    attendance_put(paper, out);
    votes_put(paper, out);
    conclusion_put(paper, out);
    html(out,
         "<table class=\"foot\"><tr><td class=\"sign\">THƯ KÝ<div class=\"name\"></div></td>"
         "<td class=\"sign\">CHỦ TRÌ<div class=\"name\">%s</div></td></tr></table>\n",
         paper->signer);
    html(out,
         "<div class=\"to\" style=\"font-size:11pt\"><b><i>Nơi nhận:</i></b><br>- Thành viên Hội "
         "đồng;<br>- Lưu: VT, HĐTĐKT.</div>\n");
    page_end(out);
}
