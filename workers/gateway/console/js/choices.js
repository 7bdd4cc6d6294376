/* What a reader chooses about the console itself: language and light. Kept in this browser only. */
import { h } from "./dom.js";
import { tr, language } from "./words.js";

function keep(name, value) {
    try {
        if (value === null) {
            localStorage.removeItem(name);
        } else {
            localStorage.setItem(name, value);
        }
    } catch {
        /* A browser that keeps nothing asks again next time. */
    }
}

export function language_set(lang) {
    document.documentElement.lang = lang;
    keep("thidua.lang", lang);
    dispatchEvent(new Event("thidua:drawn-anew"));
}

function light_set(light) {
    if (light === "auto") {
        delete document.documentElement.dataset.light;
        keep("thidua.light", null);
    } else {
        document.documentElement.dataset.light = light;
        keep("thidua.light", light);
    }
    dispatchEvent(new Event("thidua:drawn-anew"));
}

function segments(label, list, chosen, then) {
    return h("div", { class: "segments", role: "group", "aria-label": label },
        list.map(([value, text, lang]) => h("button", {
            type: "button", lang, "aria-pressed": String(value === chosen), "data-choice": value, onclick: () => then(value),
        }, text)));
}

export function choices() {
    const light = document.documentElement.dataset.light || "auto";
    return h("div", { class: "choices no-print" },
        h("div", { class: "choices-row" },
            segments(tr("Ngôn ngữ", "Language"), [["vi", "Tiếng Việt", "vi"], ["en", "English", "en"]], language(), language_set)),
        h("div", { class: "choices-row" },
            segments(tr("Nền sáng hay tối", "Light or dark"),
                [["auto", tr("Tự động", "Auto")], ["light", tr("Sáng", "Light")], ["dark", tr("Tối", "Dark")]], light, light_set)));
}
