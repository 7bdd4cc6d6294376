/* Units: the tree at the side, and of one unit what it reported: tallies, series, the reports behind each number, who is missing,
 * rank. "#/units/CODE/TAB?period=…". */
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { number, site_day } from "../format.js";
import { campaign_now, home_unit, may, site_now_us } from "../me.js";
import { fill_from, page_head, tabs } from "../parts.js";
import { period_picker } from "../period_picker.js";
import { granularity, period_of } from "../periods.js";
import { go, href } from "../router.js";
import { unit_side } from "../unit_tree.js";
import { tr, word } from "../words.js";

const TABS = [
    { name: "tallies", text: () => tr("Số liệu", "Tallies"), load: () => import("./unit_tallies.js"), needs: "tally" },
    { name: "series", text: () => tr("Diễn biến", "Series"), load: () => import("./unit_series.js"), needs: "tally" },
    { name: "reports", text: () => tr("Báo cáo", "Reports"), load: () => import("./unit_reports.js"), needs: "reports" },
    { name: "missing", text: () => tr("Còn thiếu", "Missing"), load: () => import("./unit_missing.js"), needs: "missing" },
    { name: "rank", text: () => tr("Thứ hạng", "Rank"), load: () => import("./unit_rank.js"), needs: "rank" },
];

function period_at_first() {
    return period_of(new Date(site_day(site_now_us()).getTime() - 86400000), "week");
}

/* From the top down to the unit: [{unit, name}]. A registry's depth is small; more than eight levels are cut off. */
async function ancestors(unit, signal) {
    const line = [];
    for (let at = unit; at.parent && line.length < 8;) {
        at = await get("/api/units", { unit: at.parent }, signal);
        line.unshift({ unit: at.unit, name: at.name });
    }
    return line;
}

function unit_facts(unit) {
    const facts = [word("level", unit.level), unit.bloc && tr("cụm, khối thi đua: ", "bloc: ") + unit.bloc, unit.population && number(unit.population) + tr(" dân", " people"),
        unit.children.length > 0 && number(unit.children.length) + tr(" đơn vị trực thuộc", " units beneath it")];
    return facts.filter(Boolean).join(" · ");
}

async function unit_page(box, code, tab, page) {
    await fill_from(box, async () => {
        const unit = await get("/api/units", { unit: code }, page.signal);
        return { unit, above: await ancestors(unit, page.signal), campaign: await campaign_now(), module: await tab.load() };
    }, ({ unit, above, campaign, module }) => {
        const period = granularity(page.args.period || "") ? page.args.period : period_at_first();
        const inside = h("div");
        page.title(unit.name);
        const shown = TABS.filter((one) => may(one.needs));
        const made = h("div",
            page_head({
                crumbs: [{ text: word("page", "units"), href: href("units", ["-"]) }, ...above.map((a) => ({ text: a.name, href: href("units", [a.unit, tab.name], { period }) }))],
                heading: unit.name,
                lead: [unit_facts(unit), unit.contact && h("span", " · " + word("the", "contact") + ": " + unit.contact)],
                tools: module.periods && [period_picker(period, (chosen) => go("units", [code, tab.name], { ...page.args, period: chosen }, { quietly: true }), module.periods)],
            }),
            tabs(tr("Phần của đơn vị", "Parts of the unit"), shown.map((one) => ({
                text: one.text(), href: href("units", [code, one.name], { period: page.args.period }), current: one === tab,
            }))),
            inside);
        module.show_unit(inside, { unit, period, campaign, page, change: (args) => go("units", [code, tab.name], { ...page.args, period, ...args }, { quietly: true }) });
        return made;
    }, { lines: 8 });
}

export async function show(page) {
    const home = await home_unit();
    const listed = page.path[0] === "-"; // a phone's way back to the tree
    const code = page.path[0] && !listed ? page.path[0] : home;
    const tab = TABS.find((one) => one.name === page.path[1]) || TABS.find((one) => may(one.needs)) || TABS[0];
    const box = h("div");
    const about = await get("/api/units", { unit: code }, page.signal);
    const open = [code, ...(await ancestors(about, page.signal)).map((a) => a.unit)];
    const side = await unit_side({ current: code, open, rest: [tab.name], args: { period: page.args.period }, signal: page.signal });
    replace(page.main, h("div", { class: "units-split", "data-unit": !listed && page.path.length > 0, "data-listed": listed }, side, box));
    if (may(tab.needs)) {
        await unit_page(box, code, tab, page);
    } else {
        replace(box, page_head({ heading: about.name, lead: unit_facts(about) }));
    }
}
