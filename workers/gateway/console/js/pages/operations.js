/* Operations, live: how much comes in, how long it takes, what lags, what is wrong and what to do about it. Asked every two seconds
 * while the page is shown and the window is seen. */
import { get, get_all } from "../api.js";
import { chart } from "../chart.js";
import { h, replace } from "../dom.js";
import { bytes, clock_of, number, span, time_of } from "../format.js";
import { campaign_now, home_unit, may, period_now } from "../me.js";
import { accepted_a_second, oldest_ms, receipt_ms, rejected_by_code } from "../meters.js";
import { badge, facts, figure, fill_from, notice, page_head, panel } from "../parts.js";
import { period_name, step } from "../periods.js";
import { href } from "../router.js";
import { table } from "../table.js";
import { trouble_words } from "../troubles.js";
import { capital, tr, word } from "../words.js";

const EVERY_MS = 2000;
const POINTS = 60;
const SILENT_SHOWN = 20;

function ms_text(ms) {
    return ms === Infinity ? tr("rất lâu", "very long") : ms < 1 ? tr("dưới 1 ms", "under 1 ms") : ms < 1000 ? number(ms, ms < 10 ? 1 : 0) + " ms" : span(ms);
}

function troubles(status) {
    if (status.problems.length === 0) {
        return notice("good", tr("Mọi thứ ổn.", "All is well."));
    }
    return status.problems.map((name) => {
        const words = trouble_words(name);
        return notice("bad", words.what, h("span", words.then), " ", h("code", name));
    });
}

function tiles(status, rate) {
    const lag = Math.max(0, ...status.shards.map((shard) => shard.lag_blocks));
    const oldest = oldest_ms(status);
    const receipts = receipt_ms(status);
    return h("div", { class: "tiles" },
        figure(tr("Nhận mỗi giây", "Accepted a second"), rate === null ? "–" : number(rate, rate < 10 ? 1 : 0), { note: number(status.counts.records) + tr(" từ lúc khởi động", " since the start") }),
        figure(tr("Độ trễ biên nhận", "Receipt latency"), receipts ? ms_text(receipts.p50) : "–", { note: receipts ? tr("99 %: dưới ", "99 %: below ") + ms_text(receipts.p99) : tr("chưa có gì để đo", "nothing to measure yet") }),
        figure(tr("Chờ xử lý", "Waiting to be applied"), number(lag) + tr(" khối", " blocks"), {
            tone: lag > 100 ? "warn" : undefined,
            note: oldest === null ? tr("chậm nhất trong các phân mảnh", "the slowest shard") : oldest === 0 ? tr("không có bản ghi nào chờ", "no record waits") : tr("lâu nhất: ", "oldest: ") + span(oldest),
        }),
        figure(tr("Đĩa còn trống", "Disk free"), bytes(status.free_bytes), { tone: status.problems.includes("disk-low") ? "bad" : undefined }),
        figure(tr("Phiên kết nối", "Sessions"), number(status.sessions), { note: number(status.queries_waiting) + tr(" câu hỏi đang chờ", " questions waiting") }),
        figure(tr("Từ chối vì bận", "Put off as busy"), number(status.counts.busy), { note: status.busy || tr("hiện không bận", "not busy now"), tone: status.busy ? "warn" : undefined }));
}

const WORKER_TONE = { up: "good", silent: "warn", none: "bad" };

function worker_word(state) {
    return { up: tr("đang chạy", "up"), silent: tr("im lặng", "silent"), none: tr("không có", "none") }[state] || state;
}

function shards_table(status, states) {
    const state_of = new Map((states || []).map((one) => [one.shard, one]));
    const verdicts = (shard, name) => (shard.verdicts || state_of.get(shard.shard) || {})[name];
    return table({
        caption: tr("Nhật ký tới khối ", "The journal is at block ") + number(status.head),
        columns: [
            { name: tr("Phân mảnh", "Shard"), head: true, show: (s) => s.shard },
            { name: tr("Tiến trình", "Worker"), show: (s) => badge(worker_word(s.worker), WORKER_TONE[s.worker]) },
            { name: tr("Tới khối", "At block"), number: true, show: (s) => number(s.position) },
            { name: tr("Còn chờ", "Lag"), number: true, show: (s) => number(s.lag_blocks) },
            { name: tr("Chờ lâu nhất", "Oldest"), number: true, show: (s) => (s.oldest_ms === undefined || s.oldest_ms === null ? "–" : span(s.oldest_ms)) },
            ...["accepted", "corrected", "rejected", "quarantined"].map((name) => ({ name: capital(word("verdict", name)), number: true, show: (s) => number(verdicts(s, name)) })),
        ],
        rows: status.shards,
    });
}

function codes_table(pairs) {
    return table({
        caption: tr("Từ lúc các tiến trình mở trạng thái", "Since the workers opened their states"),
        columns: [
            { name: tr("Mã lỗi", "Code"), head: true, class: "mono", show: ([code]) => code },
            { name: tr("Số bản ghi", "Records"), number: true, show: ([, count]) => number(count) },
        ],
        rows: pairs,
        none: [tr("Chưa có gì bị từ chối", "Nothing was rejected")],
        stacked: false,
    });
}

/* Why the network's endpoint is closed (proto/QUERIES.md). */
function network_words(why) {
    return {
        off: tr("đóng: chưa đặt listen_tcp", "closed: no listen_tcp"),
        "access-unknown": tr("đóng: chưa biết ai được gửi", "closed: not known yet who may speak"),
        "shard-behind": tr("đóng: tiến trình xử lý chưa đọc hết nhật ký", "closed: the worker has not read all of the journal yet"),
        "address-unusable": tr("đóng: địa chỉ không dùng được, xem nhật ký", "closed: the address cannot be used, see the log"),
    }[why] || why;
}

function broker_facts(status) {
    const network = status.network;
    return facts([
        [tr("Chạy được", "Running for"), span(status.uptime_ms)],
        [tr("Giờ của hệ thống", "The site's time"), time_of(status.time_us)],
        ["PID", String(status.pid)],
        [tr("Tiến trình trả lời", "Query workers"), status.query_workers.map((w) => w.pid).join(", ") || "–"],
        [tr("Mạng", "Network"), network.open ? network.endpoint : network_words(network.why)],
        [tr("Chủ thể được cấp quyền", "Principals"), number(network.principals)],
        [tr("Khối / bản ghi / lỗi", "Blocks / records / errors"), [status.counts.blocks, status.counts.records, status.counts.errors].map((n) => number(n)).join(" / ")],
        status.gateway && [tr("Cổng: yêu cầu / phiên / luồng", "Gateway: requests / sessions / streams"), [status.gateway.requests, status.gateway.sessions, status.gateway.streams].map((n) => number(n)).join(" / ")],
    ].filter(Boolean));
}

function rejected_table(answer) {
    const by_code = new Map();
    for (const one of answer.rejected) {
        by_code.set(one.code, (by_code.get(one.code) || 0) + 1);
    }
    return codes_table([...by_code].sort((a, b) => b[1] - a[1]));
}

function quarantined_table(answer) {
    return table({
        columns: [
            { name: word("the", "receipt"), head: true, class: "mono", show: (q) => q.receipt },
            { name: word("the", "unit"), show: (q) => q.unit },
            { name: tr("Lúc", "At"), show: (q) => time_of(q.time_us) },
            { name: word("the", "reason"), show: (q) => q.reason },
        ],
        rows: answer.quarantined,
        none: [tr("Không có bản ghi nào bị cách ly", "Nothing is quarantined"), tr("Bản ghi làm hỏng một tiến trình hai lần sẽ được để riêng ra đây.", "A record that ends a worker twice is put aside here.")],
    });
}

function sessions_table(answer) {
    return table({
        columns: [
            { name: tr("Chủ thể", "Principal"), head: true, class: "mono", show: (s) => s.principal, sort: (s) => s.principal },
            { name: tr("Tên tự xưng", "Calls itself"), show: (s) => s.name },
            { name: tr("Loại", "Kind"), show: (s) => s.role + (s.network ? ", " + tr("qua mạng", "network") : "") },
            { name: tr("Từ lúc", "Since"), show: (s) => time_of(s.since_us) },
            { name: tr("Bản ghi", "Records"), number: true, show: (s) => number(s.records), sort: (s) => s.records },
            { name: tr("Im lặng", "Silent for"), number: true, show: (s) => span(s.silent_ms), sort: (s) => s.silent_ms },
        ],
        rows: answer.sessions,
        none: [tr("Không có ai đang kết nối", "Nobody is connected")],
    });
}

async function silent_panel(page) {
    const campaign = await campaign_now();
    const daily = campaign.forms.find((form) => form.period === "day") || campaign.forms[0];
    if (!may("missing") || daily === undefined) {
        return null;
    }
    const period = step(period_now(daily.period), -1);
    const box = h("div");
    fill_from(box, async () => get("/api/missing", { unit: await home_unit(), form: daily.code, period }, page.signal), (answer) => table({
        caption: period_name(period) + ": " + number(answer.received) + " / " + number(answer.expected) + tr(" báo cáo", " reports"),
        columns: [
            { name: word("the", "unit"), head: true, show: (r) => h("a", { href: href("units", [r.unit, "reports"]) }, r.name) },
            { name: tr("Thuộc", "Belongs to"), show: (r) => r.parent_name },
            { name: word("the", "contact"), show: (r) => r.contact || "–" },
        ],
        rows: answer.missing.slice(0, SILENT_SHOWN),
        none: [tr("Không đơn vị nào im lặng", "No unit is silent")],
    }));
    return panel(tr("Đơn vị im lặng", "Silent units"), box);
}

/* The parts that move, drawn anew with every answer. */
function live_parts() {
    const dot = h("span", { class: "live-dot" }, tr("đang nối…", "connecting…"));
    const said = h("div");
    const figures = h("div");
    const shards = h("div");
    const broker = h("div");
    const codes = h("div");
    const line = chart({ name: tr("Bản ghi nhận mỗi giây", "Records accepted a second"), labels: [], series: [{ name: tr("mỗi giây", "a second"), values: [] }], decimals: 1, short: true });
    const seen = { labels: [], values: [] };
    let told = "";
    return {
        dot, said, figures, shards, broker, codes, line,
        draw(status, rate, states) {
            dot.textContent = tr("trực tiếp, ", "live, ") + clock_of(status.time_us);
            dot.removeAttribute("data-stale");
            if (told !== status.problems.join()) {
                told = status.problems.join();
                replace(said, troubles(status)); // a status that is read out only when it has changed
            } else if (said.childElementCount === 0) {
                replace(said, troubles(status));
            }
            replace(figures, tiles(status, rate));
            replace(shards, shards_table(status, states));
            replace(broker, broker_facts(status));
            const by_code = rejected_by_code(status);
            if (by_code !== null) {
                replace(codes, codes_table(by_code));
            }
            seen.labels = [...seen.labels, clock_of(status.time_us)].slice(-POINTS);
            seen.values = [...seen.values, rate].slice(-POINTS);
            line.update(seen.labels, [{ name: tr("mỗi giây", "a second"), values: seen.values }]);
            return by_code !== null;
        },
        lost(error) {
            dot.textContent = error.message;
            dot.setAttribute("data-stale", "");
        },
    };
}

function keep_asking(live, codes, page) {
    let before = null;
    let codes_asked = false;
    const round = async () => {
        if (page.signal.aborted) {
            live.line.end();
            return;
        }
        if (!document.hidden) {
            try {
                const [status, states] = await Promise.all([
                    get("/api/status", {}, page.signal),
                    may("state") ? get("/api/state", {}, page.signal).catch(() => null) : null,
                ]);
                const told = live.draw(status, accepted_a_second(status, before), states && states.shards);
                codes.hidden &&= !told;
                if (!told && !codes_asked && may("rejected")) {
                    codes_asked = true;
                    fill_from(live.codes, () => get_all("/api/rejected", {}, "rejected", page.signal), rejected_table);
                }
                before = status;
            } catch (error) {
                if (error.name !== "AbortError") {
                    live.lost(error);
                }
            }
        }
        setTimeout(round, EVERY_MS);
    };
    return round();
}

function asked_panel(heading, right, path, show, page) {
    if (!may(right)) {
        return null;
    }
    const box = h("div");
    fill_from(box, () => get(path, {}, page.signal), show);
    return panel(heading, box);
}

export async function show(page) {
    const live = live_parts();
    const codes = panel(tr("Bị từ chối, theo mã lỗi", "Rejected, by code"), live.codes);
    codes.hidden = !may("rejected"); // until the broker tells it by itself
    replace(page.main,
        page_head({ heading: word("page", "operations"), lead: tr("Hệ thống đang nhận và xử lý báo cáo thế nào.", "How the system takes and applies reports."), tools: [live.dot] }),
        live.said, live.figures,
        panel(tr("Bản ghi nhận mỗi giây", "Records accepted a second"), live.line),
        h("div", { class: "two two-late" },
            h("div", panel(tr("Các phân mảnh", "Shards"), live.shards), asked_panel(tr("Ai đang kết nối", "Who is connected"), "broker.sessions", "/api/broker/sessions", sessions_table, page)),
            h("div", panel("Broker", live.broker), codes,
                asked_panel(tr("Bị cách ly", "Quarantined"), "broker.quarantined", "/api/broker/quarantined", quarantined_table, page))));
    const silent = await silent_panel(page).catch(() => null);
    if (silent !== null) {
        page.main.append(silent);
    }
    await keep_asking(live, codes, page);
}
