/* The registry at the side: a tree that opens level by level, and a search that does not ask for marks (dong da finds Đống Đa). */
import { get } from "./api.js";
import { h, replace } from "./dom.js";
import { number } from "./format.js";
import { tops_now } from "./me.js";
import { empty, input, new_id, skeleton, trouble } from "./parts.js";
import { href } from "./router.js";
import { tr, word } from "./words.js";

const TYPED_MS = 200; // a pause in typing, after which it is asked

/* A unit of this level has none beneath it in any registry so far; whatever has may be opened. */
function may_have_children(unit) {
    return unit.level === "city" || unit.level === "district" || unit.level === undefined;
}

function node(unit, context) {
    const link = h("a", { href: href("units", [unit.unit, ...context.rest], context.args), "aria-current": unit.unit === context.current ? "page" : undefined }, unit.name);
    if (!may_have_children(unit)) {
        return h("li", h("div", { class: "tree-row", "data-leaf": true }, link));
    }
    const beneath = h("ul", { hidden: true, id: new_id("beneath") });
    const toggle = h("button", {
        type: "button", class: "tree-toggle", "aria-expanded": "false", "aria-controls": beneath.id,
        "aria-label": tr("Mở ", "Open ") + unit.name, onclick: () => open(beneath.hidden),
    });
    const open = async (wide) => {
        beneath.hidden = !wide;
        toggle.setAttribute("aria-expanded", String(wide));
        if (wide && beneath.childElementCount === 0) {
            replace(beneath, h("li", skeleton(3)));
            try {
                const answer = await get("/api/units", { unit: unit.unit }, context.signal);
                replace(beneath, answer.children.map((child) => node(child, context)));
            } catch (error) {
                replace(beneath, h("li", trouble(error)));
            }
        }
    };
    if (context.open.includes(unit.unit)) {
        open(true);
    }
    return h("li", h("div", { class: "tree-row" }, toggle, link), beneath);
}

function found(answer, context) {
    if (answer.units.length === 0) {
        return empty(tr("Không tìm thấy đơn vị nào", "No unit found"), tr("Thử một phần của tên, không cần dấu, hoặc mã đơn vị.", "Try a part of the name, without marks, or the unit's code."));
    }
    return [
        h("p", { class: "small soft mb-1", role: "status" }, number(answer.found) + tr(" đơn vị", " units")),
        h("ul", { class: "finder-list" }, answer.units.map((unit) => h("li",
            h("a", { href: href("units", [unit.unit, ...context.rest], context.args) }, unit.name,
                h("small", [unit.parent_name || word("level", unit.level), unit.unit].join(" · ")))))),
    ];
}

/* context: {current, open: units to be shown open, rest: the rest of the path, args, signal}. */
export async function unit_side(context) {
    const tree = h("ul", { class: "tree" });
    const results = h("div");
    let asked = 0;
    const search = async (text) => {
        const mine = ++asked;
        tree.hidden = text !== "";
        if (text === "") {
            replace(results);
            return;
        }
        try {
            const answer = await get("/api/units/find", { text }, context.signal);
            if (mine === asked) {
                replace(results, found(answer, context));
            }
        } catch (error) {
            replace(results, trouble(error));
        }
    };
    let pause = 0;
    const box = input({
        type: "search", id: new_id("find"), placeholder: tr("Tên hoặc mã, không cần dấu", "Name or code, marks or not"),
        oninput: () => {
            clearTimeout(pause);
            pause = setTimeout(() => search(box.value.trim()), TYPED_MS);
        },
    });
    const tops = await tops_now();
    replace(tree, tops.map((unit) => node(unit, { ...context, open: [...context.open, ...(tops.length === 1 ? [unit.unit] : [])] })));
    return h("nav", { class: "panel units-side", "aria-label": tr("Các đơn vị", "Units") },
        h("div", { class: "finder mb-3" },
            h("label", { class: "field-name", for: box.id }, tr("Tìm đơn vị", "Find a unit")), box, results),
        tree);
}
