/* Choosing a unit: one's own from a list, any other by its name, marks and capitals aside (units.find). */
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { field, input, new_id, select } from "../parts.js";
import { tr, word } from "../words.js";

const WAIT_MS = 250; // a person's pause between two keys

/* The units that a principal's access record names, with their names: [{unit, name, level, subtree}]. */
export async function own_units(me, signal) {
    const found = await Promise.all(me.units.map(async (own) => {
        try {
            const unit = await get("/api/units", { unit: own.unit }, signal);
            return { unit: own.unit, name: unit.name, level: unit.level, parent: unit.parent, subtree: own.subtree, children: unit.children };
        } catch (error) {
            if (error.name === "AbortError") {
                throw error;
            }
            return { unit: own.unit, name: own.unit, level: "", parent: "", subtree: own.subtree, children: [] };
        }
    }));
    return found.sort((a, b) => a.unit.localeCompare(b.unit));
}

/* A combobox as WAI-ARIA draws it: what is typed is searched, arrows choose, Enter takes. `chosen`: {unit, name} or null;
 * then(unit or null) after each choice. Returns the element; its `unit` is what is chosen, `input` what has the label. */
export function unit_picker({ chosen = null, then, label }) {
    const id = new_id("unit");
    const list = h("ul", { class: "picker-list", role: "listbox", id: id + "-list", "aria-label": label || word("the", "unit"), hidden: true });
    const box = input({ id, role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
        placeholder: tr("Gõ tên hoặc mã, không cần dấu", "Type a name or code, marks left out or not") });
    const made = h("div", { class: "picker" }, box, list);
    let found = [], at = -1, timer = null, asked = null;
    const close = () => {
        list.hidden = true;
        at = -1;
        box.setAttribute("aria-expanded", "false");
        box.removeAttribute("aria-activedescendant");
    };
    const take = (unit) => {
        made.unit = unit;
        box.value = unit === null ? "" : `${unit.name} (${unit.unit})`;
        close();
    };
    const choose = (unit) => {
        take(unit);
        then?.(unit);
    };
    const mark = (to) => {
        at = (to + found.length) % found.length;
        [...list.children].forEach((each, i) => each.setAttribute("aria-selected", String(i === at)));
        box.setAttribute("aria-activedescendant", list.children[at].id);
        list.children[at].scrollIntoView({ block: "nearest" });
    };
    const draw = (units) => {
        found = units;
        at = -1;
        replace(list, units.length === 0
            ? h("li", { class: "picker-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, tr("Không có đơn vị nào tên như vậy.", "No unit has such a name."))
            : units.map((unit, i) => h("li", { role: "option", id: `${id}-${i}`, "aria-selected": "false", onmousedown: (event) => {
                event.preventDefault(); // the input keeps the focus
                choose(unit);
            } }, unit.name, h("small", `${unit.unit} · ${[word("level", unit.level), unit.parent_name].filter(Boolean).join(" · ")}`))));
        list.hidden = false;
        box.setAttribute("aria-expanded", "true");
    };
    const search = async () => {
        asked?.abort();
        asked = new AbortController();
        try {
            draw((await get("/api/units/find", { text: box.value.trim() }, asked.signal)).units.slice(0, 12));
        } catch (error) {
            if (error.name !== "AbortError") {
                replace(list, h("li", { class: "picker-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, error.message));
                list.hidden = false;
            }
        }
    };
    box.addEventListener("input", () => {
        clearTimeout(timer);
        if (made.unit !== null) {
            made.unit = null;
            then?.(null);
        }
        if (box.value.trim() === "") {
            close();
        } else {
            timer = setTimeout(search, WAIT_MS);
        }
    });
    box.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (list.hidden) {
                search();
            } else if (found.length > 0) {
                mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
            }
        } else if (event.key === "Enter" && !list.hidden) {
            event.preventDefault();
            if (found.length > 0) {
                choose(found[Math.max(at, 0)]);
            }
        } else if (event.key === "Escape" && !list.hidden) {
            event.preventDefault();
            event.stopPropagation();
            close();
        }
    });
    box.addEventListener("blur", close);
    take(chosen);
    made.input = box;
    return made;
}

/* A labelled picker, as field() makes of a plain control. */
export function unit_field(label, picker, options) {
    const made = field(label, picker.input, options); // takes the input out of its picker
    made.insertBefore(picker, picker.input);
    picker.prepend(picker.input);
    return made;
}

/* One's own units as a labelled list to choose from; where one may act for all beneath too, any of them by name. then(code). */
export function own_unit_field(label, { own, chosen, then }) {
    if (own.length > 0 && !own.some((each) => each.subtree)) {
        return field(label, select(own.map((each) => [each.unit, each.name]), chosen?.unit ?? own[0].unit, then));
    }
    return unit_field(label, unit_picker({ chosen: chosen ?? own[0] ?? null, then: (unit) => unit && then(unit.unit) }));
}
