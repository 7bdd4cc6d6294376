/* What Send looks at before anything leaves, without a browser: numbers as people write them, a form's rules, CSV files, and drafts on a line
 * that breaks. The modules are the pages' own. */
import { done, test } from "./lib.mjs";

const at = (file) => new URL(`../../workers/gateway/console/js/send/${file}`, import.meta.url);
const { report_check, value_read, value_wire, values_wire } = await import(at("check.js"));
const { csv_import, csv_read, csv_rows } = await import(at("csv.js"));
const { Drafts, draft_new } = await import(at("drafts.js"));

const whole = { code: "doses", type: "integer", decimals: 0, min: 0, max: null };
const share = { code: "share", type: "percent", decimals: 1, min: "0.0", max: "100.0" };
const flag = { code: "open", type: "flag", decimals: 0, min: 0, max: 1 };
const huge = { code: "huge", type: "integer", decimals: 0, min: null, max: null };
const same = (a, b) => JSON.stringify(a, (_, v) => (typeof v === "bigint" ? `${v}n` : v)) === JSON.stringify(b, (_, v) => (typeof v === "bigint" ? `${v}n` : v));

await test("numbers as people write them", async (check) => {
    for (const [text, indicator, lang, wanted] of [
        ["1.234", whole, "vi", { scaled: 1234n }], ["1,234", whole, "en", { scaled: 1234n }], ["1.234", whole, "en", { error: "decimals", limit: 0 }],
        ["1,234", whole, "vi", { error: "decimals", limit: 0 }], ["1 234 567", whole, "vi", { scaled: 1234567n }], ["12,5", share, "vi", { scaled: 125n }],
        ["12.5", share, "vi", { scaled: 125n }], ["12.5", share, "en", { scaled: 125n }], ["12,50", share, "vi", { scaled: 125n }], ["12,55", share, "vi", { error: "decimals", limit: 1 }],
        ["100,1", share, "vi", { error: "max", limit: "100.0" }], ["100", share, "vi", { scaled: 1000n }], ["-1", whole, "vi", { error: "min", limit: 0 }], ["0", whole, "vi", { scaled: 0n }],
        ["", whole, "vi", {}], ["  ", whole, "vi", {}], ["mười", whole, "vi", { error: "type" }], ["1e3", whole, "vi", { error: "type" }], ["1.23.4", whole, "vi", { error: "type" }],
        ["12,3,4", share, "en", { error: "type" }], ["true", flag, "vi", { scaled: 1n }], ["không", flag, "vi", { scaled: 0n }], ["có lẽ", flag, "vi", { error: "type" }],
    ]) {
        const got = value_read(text, indicator, lang);
        check(`“${text}” (${indicator.code}, ${lang})`, same(got, wanted), JSON.stringify(got, (_, v) => String(v)));
    }
    check("no digit is lost", value_wire(value_read("9007199254740993", huge, "vi").scaled, huge) === "9007199254740993");
    check("decimals are text, flags are flags", value_wire(125n, share) === "12.5" && value_wire(-5n, share) === "-0.5" && value_wire(1n, flag) === true && value_wire(7n, whole) === 7);
});

const campaign = {
    indicators: [whole, { ...whole, code: "first" }, { ...whole, code: "second" }, { ...share, code: "part", min: null, max: null }, huge],
    rules: [
        { code: "sum", form: "f", kind: "=", left: ["first", "second"], right: ["doses"], severity: "reject" },
        { code: "less", form: "f", kind: "<=", left: ["part"], right: ["doses"], severity: "warn" },
        { code: "both", form: "f", kind: "together", left: ["first", "second"], right: [], severity: "warn" },
        { code: "one", form: "f", kind: "exclusive", left: ["huge", "part"], right: [], severity: "reject" },
        { code: "other", form: "g", kind: ">", left: ["first"], right: ["second"], severity: "reject" },
    ],
};
const form = { code: "f", indicators: ["doses", "first", "second", "part", "huge"], required: ["doses"] };
const broken = (texts) => report_check(campaign, form, new Map(Object.entries(texts)), "vi").mistakes.map((each) => (each.rule ? each.rule.code : `${each.kind}:${each.code}`)).join(" ");

await test("a form's rules", async (check) => {
    check("holds", broken({ doses: "10", first: "4", second: "6" }) === "");
    check("a sum that does not", broken({ doses: "10", first: "4", second: "5" }) === "sum");
    check("nothing is compared with what is not there", broken({ first: "4", second: "5" }) === "required:doses");
    check("0 is there", broken({ doses: "0", first: "0", second: "0" }) === "");
    check("together", broken({ doses: "4", first: "4" }) === "both");
    check("exclusive: 0 does not count", broken({ doses: "0", huge: "0", part: "0" }) === "" && broken({ doses: "9", huge: "1", part: "1" }) === "one");
    check("different decimals are compared exactly", broken({ doses: "10", part: "10,0" }) === "" && broken({ doses: "10", part: "10,1" }) === "less");
    check("what cannot be read is told once", broken({ doses: "x", first: "4", second: "5" }) === "type:doses");
    check("the record's values", JSON.stringify(values_wire(campaign, report_check(campaign, form, new Map([["doses", "1.000"], ["part", "0,5"]]), "vi").values)) === '{"doses":1000,"part":"0.5"}');
});

await test("CSV files", async (check) => {
    const cells = (text) => JSON.stringify(csv_rows(text)?.map((row) => row.cells) ?? null);
    check("quotes, commas and lines within them", cells('a,"b, ""c""\nd",e\r\n1,2,3') === '[["a","b, \\"c\\"\\nd","e"],["1","2","3"]]', cells('a,"b, ""c""\nd",e\r\n1,2,3'));
    check("a byte order mark, empty lines, no last end", cells("\ufeffa,b\n\n1,\n") === '[["a","b"],["1",""]]', cells("\ufeffa,b\n\n1,\n"));
    check("semicolons, as spreadsheets here write them", cells("a;b\n1;2") === '[["a","b"],["1","2"]]');
    check("a quote that never ends", csv_rows('a,"b\n1,2') === null && csv_read('a,"b\n1,2', campaign).wrong[0].kind === "quote");
    const wide = csv_read("unit,period,doses,first\nw1,20211101,5,\nw2,20211101,6,2\n", campaign);
    check("a row a report", wide.layout === "wide" && wide.cells.length === 3 && wide.cells[2].unit === "w2" && wide.cells[2].indicator === "first" && wide.cells[2].column === 3, JSON.stringify(wide.cells));
    const long = csv_read("dataelement,period,orgunit,catoptcombo,attroptcombo,value\ndoses,20211101,w1,,,5\n", campaign);
    check("a row a value, as DHIS2 writes it", long.layout === "long" && long.cells[0].indicator === "doses" && long.cells[0].value === "5" && long.cells[0].column === 5);
    check("what goes to the gateway", JSON.stringify(csv_import(long.cells, "f")) === '{"dataSet":"f","dataValues":[{"dataElement":"doses","period":"20211101","orgUnit":"w1","value":"5"}]}');
    check("a row of another length is told, with its line", csv_read("unit,period,doses\nw1,20211101\n", campaign).wrong[0].kind === "cells");
    check("no unit column", csv_read("a,b\n1,2\n", campaign).wrong[0].kind === "header");
});

/* A browser's storage, and a site that keeps each revision once. */
function storage(full = Infinity) {
    const map = new Map();
    return { getItem: (key) => map.get(key) ?? null, setItem: (key, text) => { if (text.length > full) { throw new Error("QuotaExceededError"); } map.set(key, text); } };
}

await test("drafts on a line that breaks", async (check) => {
    const site = new Map(), tries = [];
    let line = () => { throw new Error("down"); };
    const post = async (path, body) => {
        tries.push(body);
        return line(body);
    };
    const take = (body) => { site.set(JSON.parse(body).revision, body); return { status: 200, body: { receipt: "1.0", verdict: { verdict: "accepted", flags: [] } } }; };
    const kept = storage();
    const open = () => new Drafts({ principal: "clerk", storage: kept, post, now: () => 1000, changed: () => {} });
    let drafts = open();
    drafts.send(draft_new({ form: "f", unit: "w1", period: "20211101" }), { form: "f", values: { doses: 1 } });
    await drafts.flush();
    check("waits while the line is down", drafts.waiting().length === 1 && site.size === 0);
    drafts.stop();
    drafts = open(); // the browser was closed
    line = (body) => { take(body); throw new Error("reset"); };
    await drafts.flush();
    check("still waits when only the answer was lost", drafts.waiting().length === 1 && site.size === 1);
    line = take;
    drafts.stop();
    await drafts.flush();
    check("then it is sent, and the site has one", drafts.waiting().length === 0 && site.size === 1 && drafts.all()[0].state === "sent");
    check("every try had the same bytes", tries.length >= 3 && new Set(tries).size === 1);
    drafts.send(draft_new({ form: "f", unit: "w1", period: "20211101" }), { form: "f", values: { doses: 2 } });
    await drafts.flush();
    const revisions = [...site.keys()];
    check("a correction has a higher revision, though the clock stands", revisions.length === 2 && revisions[1] > revisions[0], revisions.join(" "));
    drafts.send(draft_new({ form: "f", unit: "w1", period: "20211101" }), { form: "f", values: { doses: 3 } }, 5000);
    await drafts.flush();
    check("higher than what the site is known to have", Math.max(...site.keys()) === 5001);
    for (const [status, state, waits] of [[503, "waiting", 1], [429, "waiting", 1], [401, "waiting", 1], [409, "refused", 0], [202, "unclear", 0]]) {
        const own = new Drafts({ principal: `p${status}`, storage: kept, post: async () => ({ status, body: { code: "c", message: "m" } }), now: Date.now, changed: () => {} });
        own.send(draft_new({ form: "f", unit: "w1", period: "20211101" }), {});
        await own.flush();
        own.stop();
        check(`${status}: ${state}`, own.all()[0].state === state && own.waiting().length === waits, own.all()[0].state);
    }
    const small = new Drafts({ principal: "small", storage: storage(10), post, now: Date.now, changed: () => {} });
    const before = tries.length;
    check("what cannot be stored is not sent", small.send(draft_new({ form: "f", unit: "w1", period: "1" }), {}) === false && tries.length === before);
    check("another clerk's drafts are not seen", new Drafts({ principal: "other", storage: kept, post, now: Date.now, changed: () => {} }).all().length === 0);
});

await done();
