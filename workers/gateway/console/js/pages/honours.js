/* Honours: #/honours what was decided, #/honours/list the same as a paper, #/honours/history?subject= what one name was nominated for. */
import { get_all } from "../api.js";
import { h, replace } from "../dom.js";
import { date, number } from "../format.js";
import { campaign_now, may } from "../me.js";
import { button, empty, field, fill_from, input, link_button, page_head, panel, select } from "../parts.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { title, tr, word } from "../words.js";
import { state_badge } from "../council/words.js";

/* One group an award, in the answer's order: the highest level first. */
function groups_of(honours) {
    const groups = new Map();
    for (const honour of honours) {
        const key = `${honour.level}/${honour.award}`;
        groups.set(key, [...(groups.get(key) ?? []), honour]);
    }
    return [...groups.values()];
}

function card(honour) {
    const name = may("history") ? h("a", { href: href("honours", ["history"], { subject: honour.subject }) }, honour.subject) : honour.subject;
    return h("li", { class: "honour-card" }, h("strong", name),
        h("div", { class: "small" }, [word("kind", honour.kind), honour.subject_unit_name].filter(Boolean).join(" · ")),
        h("div", { class: "small soft" }, [honour.number, honour.date && date(honour.date)].filter(Boolean).join(", ")));
}

function cards(honours) {
    return groups_of(honours).map((group) => h("section", { class: "honour-group" },
        h("h2", title(group[0]), h("small", `${word("authority", group[0].level)} · ${number(group.length)}`)),
        h("ul", { class: "honour-cards" }, group.map(card))));
}

function filters(page, campaign) {
    const change = (name) => (value) => { location.hash = href("honours", [], { ...page.args, [name]: value }); };
    const any = ["", tr("Tất cả", "All")];
    return h("form", { class: "filters", "aria-label": tr("Lọc danh sách", "Filter the list"), onsubmit: (event) => event.preventDefault() },
        field(tr("Danh hiệu, hình thức", "Award"), select([any, ...campaign.awards.map((award) => [award.code, title(award)])], page.args.award || "", change("award"))),
        field(tr("Nội dung thi đua", "Theme"), select([any, ...campaign.themes.map((theme) => [theme.code, title(theme)])], page.args.theme || "", change("theme"))));
}

function none() {
    return empty(tr("Chưa có ai trong danh sách này", "Nobody yet"), tr("Tên hiện ở đây khi quyết định khen thưởng được ghi lại.", "A name appears here once its decision is recorded."));
}

async function show_list(page) {
    const campaign = await campaign_now(), box = h("div");
    const asked = { award: page.args.award, theme: page.args.theme, unit: page.args.unit };
    replace(page.main, page_head({
        heading: word("page", "honours"), lead: tr("Tập thể, cá nhân, hộ gia đình đã có quyết định khen thưởng.", "Who has been honoured, by decision."),
        tools: [link_button(tr("Bản in", "To print"), href("honours", ["list"], asked)), h("a", { class: "btn btn-quiet", href: "/honours.atom" }, tr("Theo dõi (Atom)", "Follow (Atom)"))],
    }), filters(page, campaign), box);
    await fill_from(box, () => get_all("/api/honours", asked, "honours", page.signal), ({ honours }) => (honours.length === 0 ? none() : h("div", cards(honours))));
}

/* ---- to print ---- */

function paper(campaign, honours) {
    return h("article", { class: "paper", lang: "vi" },
        h("div", { class: "paper-head" },
            h("div", h("p", { class: "under" }, h("strong", "HỘI ĐỒNG THI ĐUA - KHEN THƯỞNG"))),
            h("div", h("p", h("strong", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")), h("p", { class: "under" }, h("strong", "Độc lập - Tự do - Hạnh phúc")))),
        h("h1", "DANH SÁCH KHEN THƯỞNG"), h("p", { class: "paper-title" }, h("strong", campaign.title_vi)),
        groups_of(honours).map((group) => [h("h2", `${group[0].title_vi} (${number(group.length)})`),
            h("div", { class: "paper-scroll", tabindex: "0", role: "region", "aria-label": group[0].title_vi }, h("table", { class: "paper-list" },
                h("thead", h("tr", ["STT", "Tên", "Đơn vị", "Quyết định"].map((text) => h("th", { scope: "col" }, text)))),
                h("tbody", group.map((honour, i) => h("tr", h("td", { class: "number" }, i + 1), h("td", honour.subject), h("td", honour.subject_unit_name || honour.name),
                    h("td", [honour.number, honour.date && honour.date.split("-").reverse().join("/")].filter(Boolean).join(", ")))))))]));
}

async function show_paper(page) {
    const campaign = await campaign_now(), box = h("div");
    replace(page.main, h("div", { class: "no-print" }, page_head({
        crumbs: [{ text: word("page", "honours"), href: href("honours", [], page.args) }, { text: tr("Bản in", "To print") }],
        heading: tr("Danh sách khen thưởng", "List of honours"), tools: [button(word("do", "print"), () => window.print(), "primary")],
    })), box);
    await fill_from(box, () => get_all("/api/honours", { award: page.args.award, theme: page.args.theme, unit: page.args.unit }, "honours", page.signal),
        ({ honours }) => (honours.length === 0 ? none() : paper(campaign, honours)));
}

/* ---- one name ---- */

function history_table(items) {
    return table({
        caption: tr("Quá trình đề nghị và khen thưởng", "Nominations and honours"), hidden_caption: true,
        columns: [
            { name: tr("Đối tượng", "Subject"), head: true, show: (item) => h("a", { href: href("review", [item.nomination]) }, item.subject) },
            { name: tr("Danh hiệu, hình thức", "Award"), show: (item) => title(item) },
            { name: tr("Đơn vị đề nghị", "Proposed by"), show: (item) => item.name },
            { name: tr("Trạng thái", "State"), show: (item) => state_badge(item.state) },
            { name: tr("Từ ngày", "Since"), show: (item) => date(item.since) },
        ],
        rows: items,
        none: [tr("Không tìm thấy tên này", "Nobody of that name"), tr("Tìm theo cả tên, không cần dấu.", "Whole names are looked for, marks left out or not.")],
    });
}

async function show_history(page) {
    const box = h("div"), name = input({ type: "search", value: page.args.subject || "" });
    replace(page.main, page_head({
        crumbs: [{ text: word("page", "honours"), href: href("honours") }, { text: tr("Quá trình", "History") }],
        heading: page.args.subject || tr("Quá trình của một tên", "The history of a name"),
        lead: tr("Mọi đề nghị mang tên này, trong mọi phong trào. Trùng tên có thể là người khác.", "All nominations of that name, in every campaign. The same name may be somebody else."),
    }), h("form", { class: "filters", role: "search", onsubmit: (event) => { event.preventDefault(); location.hash = href("honours", ["history"], { subject: name.value.trim() }); } },
        field(tr("Tên", "Name"), name), h("div", h("button", { type: "submit", class: "btn btn-plain" }, word("do", "search")))),
    page.args.subject ? panel(tr("Các đề nghị", "Nominations"), box) : box);
    if (page.args.subject) {
        await fill_from(box, () => get_all("/api/history", { subject: page.args.subject }, "items", page.signal), ({ items }) => history_table(items));
    }
}

export function show(page) {
    return { list: show_paper, history: show_history }[page.path[0]]?.(page) ?? show_list(page);
}
