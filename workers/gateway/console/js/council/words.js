/* The council's words: acts of proto/review.def, kinds of documents, how a vote is counted; and how a deadline is told. */
import { badge } from "../parts.js";
import { date, number } from "../format.js";
import { language, tr, word } from "../words.js";

/* [what a button says, what a history says] in vi, then in en. */
const ACTS = {
    verify: ["Thẩm định đạt", "thẩm định", "Verify", "verified"],
    return: ["Trả lại", "trả lại", "Return", "returned"],
    consult: ["Lấy ý kiến hiệp y", "xin ý kiến hiệp y", "Consult", "consulted"],
    opinion: ["Cho ý kiến", "cho ý kiến", "Give an opinion", "gave an opinion"],
    opinion_last: ["Cho ý kiến", "cho ý kiến (sau cùng)", "Give an opinion", "gave the last opinion"],
    conclude: ["Kết thúc hiệp y", "kết thúc hiệp y", "Conclude", "concluded the consultation"],
    approve: ["Thông qua", "thông qua", "Approve", "approved"],
    forward: ["Trình lên cấp trên", "trình lên", "Forward", "forwarded"],
    refuse: ["Không thông qua", "không thông qua", "Refuse", "refused"],
    submit: ["Gửi lại đề nghị", "đề nghị", "Submit anew", "submitted"],
    table: ["Đưa ra phiên họp", "đưa ra họp", "Put on a meeting's table", "tabled"],
    carry: ["", "biểu quyết thông qua", "", "carried by vote"],
    fail: ["", "biểu quyết không thông qua", "", "not carried by vote"],
    untable: ["", "rút khỏi chương trình họp", "", "taken off the table"],
    decide: ["Ghi quyết định khen thưởng", "quyết định khen thưởng", "Record the decision", "decided"],
    revoke: ["Thu hồi", "thu hồi", "Revoke", "revoked"],
    comment: ["Ghi ý kiến", "ghi ý kiến", "Comment", "commented"],
};

const in_reader = () => (language() === "en" ? 2 : 0);

/* On a button. */
export function act_do(act) {
    return ACTS[act]?.[in_reader()] || act;
}

/* In a history. */
export function act_done(act) {
    return ACTS[act]?.[in_reader() + 1] || act;
}

/* Kinds of documents: the law's, as this office writes them; other words are shown as they came. */
export const DOCUMENTS = [
    ["report", "Báo cáo thành tích", "Report of achievements"],
    ["submission", "Tờ trình", "Submission"],
    ["minutes", "Biên bản họp xét", "Minutes"],
    ["opinion", "Văn bản hiệp y", "Opinion"],
    ["photo", "Ảnh", "Photograph"],
    ["other", "Tài liệu khác", "Other"],
];

export function document_kind(kind) {
    const found = DOCUMENTS.find(([code]) => code === kind);
    return found === undefined ? kind : tr(found[1], found[2]);
}

/* Which colour a state has; its word says the same. */
const TONES = { submitted: "info", verified: "info", consulting: "warn", returned: "warn", in_review: "gold", approved: "good", forwarded: "info", decided: "good", refused: "bad", revoked: "bad" };

export function state_badge(state) {
    const code = state.replaceAll("-", "_");
    return badge(word("state", code), TONES[code]);
}

const DAY = 86400000;

/* Days from one date to another, both "2021-11-05". */
export function days_between(from, to) {
    return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/* "còn 3 ngày", "hôm nay", "quá 2 ngày", with its tone. */
export function deadline_word(deadline, day) {
    if (!deadline) {
        return null;
    }
    const left = day ? days_between(day, deadline) : 0;
    if (left < 0) {
        return badge(tr(`quá ${number(-left)} ngày`, `${number(-left)} ${left === -1 ? "day" : "days"} over`), "bad");
    }
    if (left === 0) {
        return badge(tr("đến hạn hôm nay", "due today"), "warn");
    }
    return badge(tr(`còn ${number(left)} ngày`, `${number(left)} ${left === 1 ? "day" : "days"} left`), left <= 2 ? "warn" : undefined);
}

export function deadline_date(deadline) {
    return deadline ? date(deadline) : "–";
}

/* How an award is voted on, as the minutes write it. `rule` of the query meeting, `vote` of campaign. */
export function rule_sentence(rule) {
    if (rule === null || rule === undefined) {
        return tr("không rõ quy định biểu quyết", "the rule of the vote is not known");
    }
    const parts = [rule.secret ? tr("Bỏ phiếu kín", "Secret ballot") : tr("Biểu quyết công khai", "Open vote")];
    if (rule.percent > 0) {
        parts.push(rule.of === "present"
            ? tr(`cần từ ${rule.percent} % số thành viên tham gia`, `${rule.percent} % of those taking part must agree`)
            : tr(`cần từ ${rule.percent} % tổng số thành viên`, `${rule.percent} % of all members must agree`));
    }
    if (rule.quorum > 0) {
        parts.push(tr(`họp khi có từ ${rule.quorum} % thành viên`, `quorum ${rule.quorum} %`));
    }
    if (rule.written) {
        parts.push(tr("người vắng mặt được biểu quyết bằng văn bản", "the absent may vote in writing"));
    }
    return parts.join("; ");
}

export function choice_word(choice) {
    return { yes: tr("đồng ý", "yes"), no: tr("không đồng ý", "no"), abstain: tr("không ý kiến", "abstain") }[choice] || choice;
}

/* Levels of decision, the lowest first. */
export const LEVELS = ["commune", "district", "city", "prime-minister", "president"];
