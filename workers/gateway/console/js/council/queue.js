/* The review queue: the nearest deadline first, filters that stand in the address, drawn anew when the queue has changed. */
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { listen } from "../live.js";
import { campaign_now, has_role, may } from "../me.js";
import { badge, button, empty, field, fill_from, input, link_button, page_head, select } from "../parts.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { codes, title, tr, word } from "../words.js";
import { act_do, deadline_date, deadline_word, LEVELS, state_badge } from "./words.js";

const PAGE = 50;
const TYPING_MS = 300;

/* Moves that are the reader's, as words; those of others have none here. */
export function my_moves(item) {
    return [...new Set(item.moves.filter((move) => move.may).map((move) => act_do(move.act)).filter(Boolean))];
}

function subject_cell(item) {
    return h("div", { class: "subject" },
        h("a", { href: href("review", [item.nomination]) }, item.subject),
        h("div", { class: "small soft" }, [word("kind", item.kind), item.subject_unit_name].filter(Boolean).join(" · ")));
}

function award_cell(item) {
    return h("div", title(item), item.simplified && h("div", { class: "small soft" }, tr("thủ tục đơn giản", "simplified procedure")));
}

function deadline_cell(item, day) {
    return h("div", { class: "deadline" }, deadline_date(item.deadline), " ", deadline_word(item.deadline, day));
}

function columns(day) {
    return [
        { name: tr("Đối tượng", "Subject"), head: true, show: subject_cell },
        { name: tr("Danh hiệu, hình thức", "Award"), show: award_cell },
        { name: tr("Nơi giữ", "In hand"), show: (item) => item.holder_name },
        { name: tr("Trạng thái", "State"), show: (item) => state_badge(item.state) },
        { name: word("the", "deadline"), show: (item) => deadline_cell(item, day) },
        { name: tr("Việc của tôi", "Mine to do"), show: (item) => h("span", { class: "small" }, my_moves(item).join(", ") || "–") },
    ];
}

/* The list, page after page. */
async function list_draw(box, filters, signal, moved) {
    await fill_from(box, () => get("/api/review", { ...filters, limit: PAGE }, signal), (answer) => {
        moved(answer);
        if (answer.items.length === 0) {
            const filtered = Object.values(filters).some(Boolean);
            return empty(tr("Không có hồ sơ nào", "Nothing here"),
                filtered ? tr("Không hồ sơ nào khớp với bộ lọc. Bỏ bớt điều kiện lọc để xem cả hàng đợi.", "No nomination fits the filters. Take some away to see the whole queue.")
                    : tr("Hàng đợi trống. Đề nghị mới của các đơn vị sẽ hiện ở đây.", "The queue is empty. What units propose appears here."),
                may("nomination") && link_button(tr("Lập đề nghị", "Propose"), href("review", ["new"]), "primary"));
        }
        const items = [...answer.items];
        const whole = h("div");
        const draw = (next) => replace(whole,
            table({ caption: tr("Hồ sơ đề nghị khen thưởng, hạn gần nhất trước", "Nominations, the nearest deadline first"), hidden_caption: true,
                columns: columns(answer.day), rows: items, row_attributes: (item) => ({ "data-late": item.late }) }),
            next && h("div", { class: "more" }, button(word("do", "more"), async () => {
                const page = await get("/api/review", { ...filters, limit: PAGE, start: next }, signal);
                items.push(...page.items);
                draw(page.next);
            })));
        draw(answer.next);
        return whole;
    });
}

function checkbox(text, checked, then) {
    const box = h("input", { type: "checkbox", class: "form-check-input", checked, onchange: (event) => then(event.target.checked) });
    return h("label", { class: "form-check" }, box, h("span", text));
}

/* One after another, marks and all: what is typed is looked for once the person pauses. */
function find_box(value, then) {
    let timer = null;
    return input({ type: "search", value, placeholder: tr("không cần dấu", "marks left out or not"), oninput: (event) => {
        clearTimeout(timer);
        timer = setTimeout(() => then(event.target.value.trim()), TYPING_MS);
    } });
}

function filter_form(filters, campaign, change) {
    const any = ["", tr("Tất cả", "All")];
    const states = [...new Set(codes("state").map((code) => code.replaceAll("-", "_")))];
    const form = h("form", { class: "filters", role: "search", "aria-label": tr("Lọc hàng đợi", "Filter the queue"), onsubmit: (event) => event.preventDefault() },
        field(tr("Tên đối tượng", "Subject"), find_box(filters.find || "", (text) => change("find", text))),
        field(tr("Trạng thái", "State"), select([any, ...states.map((code) => [code, word("state", code)])], filters.state || "", (v) => change("state", v))),
        field(tr("Cấp quyết định", "Decided by"), select([any, ...LEVELS.map((code) => [code, word("authority", code)])], filters.level || "", (v) => change("level", v))),
        field(tr("Danh hiệu, hình thức", "Award"), select([any, ...campaign.awards.map((award) => [award.code, title(award)])], filters.award || "", (v) => change("award", v))),
        field(tr("Hạn đến hết ngày", "Due by"), input({ type: "date", value: filters.deadline || "", onchange: (event) => change("deadline", event.target.value) })),
        h("div", { class: "filters-checks" },
            checkbox(tr("Chỉ việc của tôi", "Only mine to do"), filters.mine === "true", (on) => change("mine", on ? "true" : "")),
            checkbox(tr("Cả hồ sơ đã xong", "Also those that are done"), filters.done === "true", (on) => change("done", on ? "true" : ""))));
    // On a phone the queue comes first, unless it is filtered: then one sees by what.
    const open = matchMedia("(min-width: 768px)").matches || Object.values(filters).some(Boolean);
    return h("details", { class: "filters-box", open }, h("summary", tr("Lọc", "Filter")), form);
}

const FILTERS = ["find", "state", "level", "award", "unit", "deadline", "mine", "done"];

export async function show_queue(page) {
    const campaign = await campaign_now();
    const filters = Object.fromEntries(FILTERS.map((name) => [name, page.args[name] || ""]));
    const box = h("div"), late = h("div", { class: "queue-sum", role: "status" });
    const draw = () => list_draw(box, filters, page.signal, (answer) => {
        const over = answer.items.filter((item) => item.late).length;
        replace(late, over > 0 && badge(tr(`${over} hồ sơ quá hạn`, `${over} overdue`), "bad"));
    });
    const change = (name, value) => {
        filters[name] = value;
        // The address follows, but the page is not drawn anew: the focus stays in the filter.
        history.replaceState(null, "", href("review", [], filters));
        draw();
    };
    replace(page.main,
        page_head({
            heading: word("page", "review"),
            lead: has_role("secretary") ? tr("Hồ sơ cần thẩm định, hiệp y, đưa ra họp và quyết định; hạn gần nhất ở trên.",
                "Nominations to verify, consult upon, bring to a meeting and decide; the nearest deadline on top.")
                : tr("Hồ sơ đề nghị khen thưởng đang được xét.", "Nominations under review."),
            tools: [late, may("nomination") && link_button(tr("Lập đề nghị", "Propose"), href("review", ["new"]), "primary")].filter(Boolean),
        }),
        filter_form(filters, campaign, change), h("section", { class: "panel", "aria-label": tr("Hàng đợi", "The queue") }, box));
    listen("queue", draw, page.signal);
    await draw();
}
