/* What is wrong with a value or a report, in the reader's words. */
import { number } from "../format.js";
import { title, tr } from "../words.js";

const SIGNS = { "=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥" };
const BROKEN = { "=": "≠", "!=": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<" };

function value_sentence({ kind, limit }) {
    switch (kind) {
    case "type":
        return tr("Cần một con số.", "A number is needed.");
    case "decimals":
        return limit === 0 ? tr("Cần số nguyên.", "A whole number is needed.") : tr(`Nhiều nhất ${limit} chữ số thập phân.`, `At most ${limit} decimals.`);
    case "min":
        return tr(`Không được nhỏ hơn ${number(limit, 2)}.`, `Not less than ${number(limit, 2)}.`);
    case "max":
        return tr(`Không được lớn hơn ${number(limit, 2)}.`, `Not more than ${number(limit, 2)}.`);
    default:
        return tr("Chưa có số liệu này; báo cáo sẽ ghi là thiếu.", "It is missing; the report will be told as incomplete.");
    }
}

function names(codes, campaign, between) {
    return codes.map((code) => `“${title(campaign.indicator_of.get(code))}”`).join(between);
}

/* “Mũi 1” + “Mũi 2” = “Số liều” phải đúng: 163 ≠ 164. */
function rule_sentence({ rule, found }, campaign) {
    if (rule.kind === "together") {
        return tr(`${names(rule.left, campaign, ", ")} phải có cùng nhau (${found.count}/${found.of}).`, `${names(rule.left, campaign, ", ")} belong together (${found.count} of ${found.of} are there).`);
    }
    if (rule.kind === "exclusive") {
        return tr(`Chỉ một trong ${names(rule.left, campaign, ", ")} được khác 0.`, `Only one of ${names(rule.left, campaign, ", ")} may be other than 0.`);
    }
    return tr(`Phải có ${names(rule.left, campaign, " + ")} ${SIGNS[rule.kind]} ${names(rule.right, campaign, " + ")}; đang là ${number(found.left, 6)} ${BROKEN[rule.kind]} ${number(found.right, 6)}.`,
        `${names(rule.left, campaign, " + ")} ${SIGNS[rule.kind]} ${names(rule.right, campaign, " + ")} must hold; it is ${number(found.left, 6)} ${BROKEN[rule.kind]} ${number(found.right, 6)}.`);
}

/* A rejected record's verdict in the reader's words: the gateway's sentence, with a rule told by its indicators' names. */
export function verdict_sentence(verdict, campaign) {
    const rule = verdict.code === "rule-broken" && campaign.rules.find((each) => each.code === verdict.subject);
    if (rule && rule.kind in SIGNS) {
        const found = /\(([^()]*)\)$/.exec(verdict.detail);
        const sides = `${names(rule.left, campaign, " + ")} ${SIGNS[rule.kind]} ${names(rule.right, campaign, " + ")}`;
        return tr(`Phải có ${sides}`, `${sides} must hold`) + (found ? tr(`; đã gửi ${found[1]}.`, `; sent was ${found[1]}.`) : ".");
    }
    return tr(verdict.text_vi, verdict.text_en) || [verdict.code, verdict.subject, verdict.detail].filter(Boolean).join(": ");
}

export function mistake_sentence(mistake, campaign) {
    return mistake.kind === "rule" ? rule_sentence(mistake, campaign) : value_sentence(mistake);
}
