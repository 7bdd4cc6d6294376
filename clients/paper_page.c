/* The parts of a page. Times New Roman is what the decree asks for; the other names are its
 * metric twins where it is not installed. What may come first on a page has padding, not a margin, above:
 * a margin ends at the page's edge, and marks of capitals (Ồ, Ẫ) would stand on the page before. */
#include "clients/paper_page.h"

#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper_words.h"

static const char STYLE[] =
    "@page{size:A4;margin:20mm 15mm 20mm 30mm}\n"
    "@page across{size:A4 landscape;margin:12mm}\n"
    "*{box-sizing:border-box}\n"
    "body{font:13pt/1.3 \"Times New Roman\",\"Liberation Serif\",Tinos,Times,serif;color:#000;"
    "background:#fff;margin:0 auto;max-width:165mm}\n"
    "body.across{max-width:273mm}\n"
    "@media screen{body{padding:20mm 0}}\n"
    "p{margin:3pt 0;padding-top:2pt;text-align:justify;text-indent:10mm;orphans:2;widows:3}\n"
    "table{border-collapse:collapse;width:100%}\n"
    ".top{table-layout:fixed;margin-bottom:16pt}.top td{vertical-align:top;text-align:center;"
    "padding:0;font-size:13pt;line-height:1.25}.top td:first-child{width:42%}\n"
    ".bold{font-weight:bold}.italic{font-style:italic}\n"
    ".rule{border:0;border-top:1px solid #000;margin:4pt auto 6pt}\n"
    ".top .narrow{width:38%}.top .motto{width:60%;margin-top:4pt}.top .date{margin-top:4pt}\n"
    ".title{text-align:center;font-weight:bold;margin:9pt 0;padding-top:4pt;text-indent:0;"
    "break-after:avoid}.title div{text-wrap:balance}\n"
    ".title .rule{width:30%;margin-top:4pt}\n"
    ".center{text-align:center;text-indent:0;text-wrap:balance}\n"
    ".list{margin:6pt 0 12pt;font-size:12pt;line-height:1.25}.list th,.list td{border:1px solid "
    "#000;"
    "padding:3pt 5pt;vertical-align:top;text-align:left}.list th{text-align:center;"
    "vertical-align:middle}\n"
    ".list td{overflow-wrap:anywhere}.list "
    "td.n{text-align:center;white-space:nowrap}.fixed{table-layout:fixed}.list "
    "tr{break-inside:avoid}\n"
    ".list thead{display:table-header-group}.list td.text{white-space:pre-line}\n"
    ".foot{margin-top:10pt;break-inside:avoid;break-before:avoid}.foot tr:first-child td{"
    "padding-top:4pt}.foot td{vertical-align:top;width:50%}\n"
    ".foot .to{font-size:11pt;line-height:1.3}.foot .to b{font-size:12pt}\n"
    ".foot .sign{text-align:center;font-weight:bold}.foot .name{padding-top:28mm}\n"
    ".page{break-before:page}\n"
    "h2{font-size:13pt;margin:12pt 0 4pt;break-after:avoid}\n"
    ".certificate{page:across;border:3px double #8a6d1b;height:184mm;padding:9mm 14mm;"
    "text-align:center;font-size:17pt;break-after:page;display:flex;flex-direction:column}\n"
    ".certificate:last-child{break-after:auto}.certificate div{margin:1mm 0}\n"
    ".certificate .kind{font-size:58pt;font-weight:bold;color:#b00000;line-height:1.15}\n"
    ".certificate .long{font-size:36pt}\n"
    ".certificate .who{font-size:28pt;font-weight:bold}.certificate .agency{font-size:18pt;"
    "font-weight:bold}\n"
    ".certificate .rule{width:56mm;margin:1mm auto 3mm}\n"
    ".certificate .foot{margin-top:auto}.certificate .foot .name{padding-top:20mm}\n"
    ".certificate .foot .to{text-align:left;vertical-align:bottom}\n"
    "@media screen{.certificate{margin-bottom:10mm}}\n";

void
page_begin(const char *title, bool across, struct buf *out)
{
    html(out,
         "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<title>%s</title>\n<style>\n",
         title);
    buf_slice(out, slice_text(STYLE));
    html(out, "</style>\n</head>\n");
    if (across) {
        html(out, "<body class=\"across\">\n");
    } else {
        html(out, "<body>\n");
    }
}

void
page_end(struct buf *out)
{
    html(out, "</body>\n</html>\n");
}

void
page_agency(const struct paper *paper, bool council, struct buf *out)
{
    if (!council) {
        agency_words(paper->unit, out);
    } else {
        buf_printf(out, "Hội đồng Thi đua - Khen thưởng %s", json_text(paper->unit, "name"));
    }
}

void
page_head(const struct paper *paper, struct buf *out)
{
    buf_printf(out, "%s ", agency_is_committee(paper->unit) ? "Chủ tịch" : "Thủ trưởng");
    agency_words(paper->unit, out);
}

void
page_head_office(const struct paper *paper, struct buf *out)
{
    const char *usual = agency_is_committee(paper->unit) ? "Chủ tịch" : "Thủ trưởng đơn vị";
    upper_words(paper->head[0] != '\0' ? paper->head : usual, out);
}

/* One name over two lines, broken where a reader expects it. */
static void
agency_put(const json_t *unit, const char *class, struct buf *out)
{
    struct buf upper = {0};
    upper_words(json_text(unit, "name"), &upper);
    if (agency_is_committee(unit)) {
        html(out, "<div class=\"%s\">ỦY BAN NHÂN DÂN</div>", class);
    }
    html(out, "<div class=\"%s\">%s</div>", class, words_text(&upper));
    buf_fini(&upper);
}

/* Above a council stands its unit; above a unit's committee the one above it, and above a city's
 * nobody. */
static void
issuer_put(const struct paper *paper, bool council, const char *sign, struct buf *out)
{
    if (council) {
        agency_put(paper->unit, "", out);
        html(out, "<div class=\"bold\">HỘI ĐỒNG<br>THI ĐUA - KHEN THƯỞNG</div>");
    } else {
        json_t *above = json_pack("{s:s, s:s}", "name", json_text(paper->unit, "parent_name"),
                                  "level", json_text(paper->unit, "parent_level"));
        if (json_text(above, "name")[0] != '\0') {
            agency_put(above, "", out);
        }
        json_decref(above);
        agency_put(paper->unit, "bold", out);
    }
    html(out, "<hr class=\"rule narrow\">");
    if (sign != NULL && paper->number[0] != '\0') {
        html(out, "<div>Số: %s</div>", paper->number);
    } else if (sign != NULL) {
        html(out, "<div>Số: …………%s</div>", sign);
    }
}

void
page_letterhead(const struct paper *paper, bool council, const char *sign, struct buf *out)
{
    struct buf date = {0};
    html(out, "<table class=\"top\"><tr><td>");
    issuer_put(paper, council, sign, out);
    date_words(paper->date, &date);
    html(out,
         "</td><td><div class=\"bold\">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</div>"
         "<div class=\"bold\">Độc lập - Tự do - Hạnh phúc</div><hr class=\"rule motto\">"
         "<div class=\"italic date\">%s, %s</div></td></tr></table>\n",
         paper->place[0] != '\0' ? paper->place : "……………", words_text(&date));
    buf_fini(&date);
}

void
page_title(const char *kind, struct slice about, struct buf *out)
{
    html(out, "<div class=\"title\">%s<div>", kind);
    buf_slice(out, about);
    html(out, "</div><hr class=\"rule\"></div>\n");
}

/* The laws of the campaign's time (to the end of 2023). */
static const char *const LAWS[] = {
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung "
    "một "
    "số điều của Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền địa phương ngày 22 tháng 11 "
    "năm "
    "2019;",
    "Căn cứ Luật Thi đua, Khen thưởng ngày 26 tháng 11 năm 2003; Luật sửa đổi, bổ sung một số điều "
    "của "
    "Luật Thi đua, Khen thưởng ngày 14 tháng 6 năm 2005 và ngày 16 tháng 11 năm 2013;",
    "Căn cứ Nghị định số 91/2017/NĐ-CP ngày 31 tháng 7 năm 2017 của Chính phủ quy định chi tiết "
    "thi hành "
    "một số điều của Luật Thi đua, Khen thưởng;",
};

void
page_grounds(const struct paper *paper, struct slice last, struct buf *out)
{
    size_t i;
    json_t *line;
    json_array_foreach(paper->grounds, i, line)
    {
        html(out, "<p class=\"italic\">%s</p>\n", json_string_value(line));
    }
    for (i = 0; paper->grounds == NULL && i < sizeof LAWS / sizeof *LAWS; i++) {
        html(out, "<p class=\"italic\">%s</p>\n", LAWS[i]);
    }
    if (paper->grounds == NULL && json_text(paper->campaign, "decision")[0] != '\0') {
        html(out, "<p class=\"italic\">Căn cứ văn bản số %s về phong trào thi đua “%s”;</p>\n",
             json_text(paper->campaign, "decision"), json_text(paper->campaign, "title_vi"));
    }
    if (last.len > 0) {
        html(out, "<p class=\"italic\">");
        buf_slice(out, last);
        html(out, "</p>\n");
    }
}

void
page_signature(const struct paper *paper, const char *recipients, struct slice office,
               struct buf *out)
{
    html(out, "<table class=\"foot\"><tr><td class=\"to\">");
    if (recipients[0] != '\0') {
        html(out, "<b><i>Nơi nhận:</i></b><br>");
        buf_slice(out, slice_text(recipients));
    }
    html(out, "</td><td class=\"sign\">");
    buf_slice(out, office);
    html(out, "<div class=\"name\">%s</div></td></tr></table>\n", paper->signer);
}
