/* The minutes of a meeting, to be printed: a draft in Vietnamese whatever the reader's language, for a paper of the council is Vietnamese. What
 * the state does not know is left as dots. `thidua paper` makes the same from the command line, as Decree 30/2020/NĐ-CP lays it out. */
import { get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { button, fill_from, page_head } from "../parts.js";
import { href } from "../router.js";
import { tr, word } from "../words.js";

const DOTS = "……………………………………";
const two = (number) => String(number).padStart(2, "0");

/* Two decimals, cut and not rounded: 89,99 % is not 90 %. */
function share(yes, base) {
    if (base === 0) {
        return "";
    }
    const hundredths = Math.floor((yes * 10000) / base);
    return `${two(yes)}/${two(base)} = ${String(hundredths / 100).replace(".", ",")}%`;
}

function day_words(text) {
    const [year, month, day] = text.split("-");
    return `ngày ${day} tháng ${Number(month) <= 2 ? month : Number(month)} năm ${year}`;
}

function rule(item) {
    const parts = [item.rule?.secret ? "Bỏ phiếu kín" : "Biểu quyết công khai"];
    if (item.rule?.percent > 0) {
        parts.push(`cần từ ${item.rule.percent}% ${item.rule.of === "present" ? "số thành viên tham gia" : "tổng số thành viên"}`);
    }
    return parts.join("; ");
}

function result(meeting, item) {
    if (!meeting.closed) {
        return "Chưa có kết quả";
    }
    return !item.sums.quorum ? "Chưa đủ số thành viên để biểu quyết" : item.state === "refused" ? "Không thông qua" : "Thông qua";
}

function vote_row(meeting, item, i) {
    const sums = item.recorded ?? item.sums, known = item.recorded !== null || item.sums.counted;
    const count = (number) => h("td", { class: "number" }, known ? two(number) : "");
    return h("tr", h("td", { class: "number" }, i + 1), h("td", h("strong", item.subject), h("br"), item.title_vi, h("br"), h("em", rule(item))),
        count(sums.yes), count(sums.no), count(sums.abstain), count(sums.spoilt), h("td", { class: "number" }, known ? share(sums.yes, sums.base) : ""), h("td", result(meeting, item)));
}

function names(members) {
    return members.length === 0 ? "không có" : members.map((member) => member.principal).join("; ");
}

function minutes(meeting) {
    const there = meeting.members.filter((member) => member.present), absent = meeting.members.filter((member) => !member.present);
    const carried = meeting.table.filter((item) => result(meeting, item) === "Thông qua").length;
    const written = meeting.table.flatMap((item) => item.votes.filter((vote) => vote.written).map((vote) => `${vote.principal} (về ${item.subject})`));
    return h("article", { class: "paper", lang: "vi" },
        h("div", { class: "paper-head" },
            h("div", h("p", meeting.name.toLocaleUpperCase("vi")), h("p", { class: "under" }, h("strong", "HỘI ĐỒNG THI ĐUA - KHEN THƯỞNG")), h("p", "Số: ……/BB-HĐTĐKT")),
            h("div", h("p", h("strong", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")), h("p", { class: "under" }, h("strong", "Độc lập - Tự do - Hạnh phúc")), h("p", h("em", `…………, ${day_words(meeting.date)}`)))),
        h("h1", "BIÊN BẢN"), h("p", { class: "paper-title" }, h("strong", meeting.title)),
        !meeting.closed && h("p", h("em", "(Bản nháp: cuộc họp chưa kết thúc, số liệu chưa phải là kết quả)")),
        h("p", `Thời gian bắt đầu: …… giờ ……, ${day_words(meeting.date)}.`), h("p", `Địa điểm: ${DOTS}`),
        h("h2", "I. THÀNH PHẦN"),
        h("p", `1. Có mặt ${two(there.length)}/${two(meeting.members.length)} thành viên: ${names(there)}.`),
        h("p", `2. Vắng mặt ${two(absent.length)} thành viên: ${names(absent)}.`),
        h("p", `3. Chủ trì: ${DOTS}`), h("p", `4. Thư ký: ${DOTS}`), meeting.teller && h("p", `5. Người kiểm phiếu kín: ${meeting.teller}.`),
        h("h2", "II. NỘI DUNG"),
        h("p", `Hội đồng xem xét và biểu quyết ${two(meeting.table.length)} hồ sơ đề nghị khen thưởng. Tỷ lệ lấy hai chữ số thập phân, không làm tròn lên.`),
        h("div", { class: "paper-scroll", tabindex: "0", role: "region", "aria-label": "Kết quả biểu quyết" }, h("table",
            h("thead", h("tr", ["STT", "Đối tượng; danh hiệu, hình thức; cách biểu quyết", "Đồng ý", "Không đồng ý", "Không ý kiến", "Không hợp lệ", "Tỷ lệ", "Kết quả"].map((text) => h("th", { scope: "col" }, text)))),
            h("tbody", meeting.table.map((item, i) => vote_row(meeting, item, i))))),
        written.length > 0 && h("p", `Biểu quyết bằng văn bản: ${written.join("; ")}.`),
        h("h2", "III. KẾT LUẬN"),
        h("p", meeting.closed ? `Hội đồng thông qua ${two(carried)}/${two(meeting.table.length)} hồ sơ. Cuộc họp kết thúc vào hồi …… giờ …… cùng ngày. Biên bản đã được đọc lại cho các thành viên dự họp cùng nghe và nhất trí thông qua./.` : DOTS),
        h("div", { class: "paper-foot" }, h("strong", "THƯ KÝ"), h("strong", "CHỦ TRÌ")));
}

export async function show_minutes(page, id) {
    const box = h("div");
    replace(page.main, h("div", { class: "no-print" }, page_head({
        crumbs: [{ text: word("page", "meetings"), href: href("meetings") }, { text: tr("Phiên họp", "Meeting"), href: href("meetings", [id]) }, { text: tr("Biên bản", "Minutes") }],
        heading: tr("Biên bản họp", "Minutes"), lead: tr("Bản nháp để in và điền tay những chỗ còn trống.", "A draft to print, in Vietnamese; what is not known is left to be filled in by hand."),
        tools: [button(word("do", "print"), () => window.print(), "primary")],
    })), box);
    await fill_from(box, () => get_all(`/api/meetings/${encodeURIComponent(id)}`, {}, "table", page.signal), minutes);
}
