/* What a report must be, looked at before it is sent: each value's type and bounds, and the rules of
 * its form. The rules are workers/tally/rules.h's; the worker decides, this only spares a journey.
 * Values are exact: decimals are BigInts scaled by the indicator's decimals, never floating point. */

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/* "1.234,5" as Vietnamese or "1,234.5" as English write it, to "1234.5"; null where it is neither. */
function plain(text, lang) {
    const group = lang === "vi" ? "." : ",", point = lang === "vi" ? "," : ".";
    let t = text.trim().replace(/[\s\u00a0\u202f]/g, "");
    const grouped = new RegExp(`^[+-]?\\d{1,3}(\\${group}\\d{3})+(\\${point}\\d+)?$`);
    if (grouped.test(t)) {
        return t.replaceAll(group, "").replace(point, ".");
    }
    /* One separator that cannot be a group's is the decimal point, whichever it is. */
    t = t.replace(",", ".");
    return NUMBER.test(t) ? t : null;
}

/* {scaled} or {error: 'type' | 'decimals' | 'min' | 'max', limit}; {} where nothing was written. */
export function value_read(text, indicator, lang) {
    if (text === null || text === undefined || String(text).trim() === "") {
        return {};
    }
    if (indicator.type === "flag") {
        const word = String(text).trim().toLowerCase();
        const yes = ["1", "true", "có", "yes", "x"].includes(word);
        return yes || ["0", "false", "không", "no"].includes(word) ? {scaled: yes ? 1n : 0n} : {error: "type"};
    }
    const number = plain(String(text), lang);
    if (number === null) {
        return {error: "type"};
    }
    const [, sign, whole, fraction = ""] = NUMBER.exec(number);
    const kept = fraction.replace(/0+$/, "");
    if (kept.length > indicator.decimals) {
        return {error: "decimals", limit: indicator.decimals};
    }
    let scaled = BigInt(whole + kept.padEnd(indicator.decimals, "0"));
    scaled = sign === "-" ? -scaled : scaled;
    for (const [key, wrong] of [["min", scaled < bound(indicator, "min")], ["max", scaled > bound(indicator, "max")]]) {
        if (indicator[key] !== null && wrong) {
            return {error: key, limit: indicator[key]};
        }
    }
    return {scaled};
}

function bound(indicator, key) {
    return indicator[key] === null ? 0n : scale(String(indicator[key]), indicator.decimals);
}

function scale(text, decimals) {
    const [, sign, whole, fraction = ""] = NUMBER.exec(text);
    const scaled = BigInt(whole + fraction.padEnd(decimals, "0"));
    return sign === "-" ? -scaled : scaled;
}

/* As a record has it: a number where that is exact, else text; true or false. */
export function value_wire(scaled, indicator) {
    if (indicator.type === "flag") {
        return scaled !== 0n;
    }
    const text = value_plain(scaled, indicator.decimals);
    return indicator.decimals === 0 && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/* "12.5": plain, for programs. */
export function value_plain(scaled, decimals) {
    const sign = scaled < 0n ? "-" : "";
    const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, "0");
    return sign + (decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`);
}

const COMPARES = {
    "=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b,
    "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
};

/* The sum of a side, all at the most decimals of any; null where a value is not there. */
function sum(codes, values, indicators, decimals) {
    let total = 0n;
    for (const code of codes) {
        if (!values.has(code)) {
            return null;
        }
        total += values.get(code) * 10n ** BigInt(decimals - indicators.get(code).decimals);
    }
    return total;
}

/* Whether a rule holds: null, or what was found: {left, right} as plain text or {count, of}. */
function rule_broken(rule, values, indicators) {
    if (rule.kind === "together") {
        const count = rule.left.filter(code => values.has(code)).length;
        return count === 0 || count === rule.left.length ? null : {count, of: rule.left.length};
    }
    if (rule.kind === "exclusive") {
        const count = rule.left.filter(code => values.has(code) && values.get(code) !== 0n).length;
        return count <= 1 ? null : {count, of: rule.left.length};
    }
    const decimals = Math.max(...[...rule.left, ...rule.right].map(code => indicators.get(code).decimals));
    const left = sum(rule.left, values, indicators, decimals);
    const right = sum(rule.right, values, indicators, decimals);
    return left === null || right === null || COMPARES[rule.kind](left, right) ? null
        : {left: value_plain(left, decimals), right: value_plain(right, decimals)};
}

/*
 * All that is wrong with a form as it is filled in. `texts`: Map of indicator code to what was written.
 * {values: Map of code to scaled, mistakes: [{kind, severity, code?, rule?, limit?, found?}]}; severity
 * 'reject': the report would be refused; 'warn': it would be taken, and told as such.
 */
export function report_check(campaign, form, texts, lang) {
    const indicators = new Map(campaign.indicators.map(each => [each.code, each]));
    const values = new Map(), mistakes = [];
    for (const code of form.indicators) {
        const read = value_read(texts.get(code), indicators.get(code), lang);
        if (read.error) {
            mistakes.push({kind: read.error, severity: "reject", code, limit: read.limit});
        } else if (read.scaled !== undefined) {
            values.set(code, read.scaled);
        } else if (form.required.includes(code)) {
            mistakes.push({kind: "required", severity: "warn", code});
        }
    }
    const unread = new Set(mistakes.filter(each => each.severity === "reject").map(each => each.code));
    for (const rule of campaign.rules.filter(each => each.form === form.code)) {
        const found = [...rule.left, ...rule.right].some(code => unread.has(code)) ? null
            : rule_broken(rule, values, indicators);
        if (found !== null) {
            mistakes.push({kind: "rule", severity: rule.severity, rule, found});
        }
    }
    return {values, mistakes};
}

/* The record's `values`. */
export function values_wire(campaign, values) {
    const indicators = new Map(campaign.indicators.map(each => [each.code, each]));
    return Object.fromEntries([...values].map(([code, scaled]) => [code, value_wire(scaled, indicators.get(code))]));
}
