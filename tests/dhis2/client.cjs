// A DHIS2 client library, unmodified, against the gateway: sends values, sends them as a job, reads them back, takes one
// away. BASE and TOKEN from the environment; ends with 1 where something is not as DHIS2 would have it.
const assert = require("node:assert");
const { D2Api } = require("@eyeseetea/d2-api/2.40");

const api = new D2Api({
    baseUrl: process.env.BASE,
    apiVersion: 40,
    auth: { type: "personalToken", token: process.env.TOKEN },
    backend: "xhr",
});
const day = value => ({
    dataSet: "daily",
    period: "20211105",
    orgUnit: "w1",
    dataValues: [{ dataElement: "doses", value }, { dataElement: "open", value: "2" }],
});
const read = async () => {
    const set = await api.dataValues.getSet({ dataSet: ["daily"], orgUnit: ["w1"], period: ["20211105"] }).getData();
    return set.dataValues.map(v => `${v.dataElement}=${v.value}`).sort().join(" ");
};

async function main() {
    const sent = await api.dataValues.postSet({}, day("5")).response();
    console.log("ok - postSet", JSON.stringify(sent.data).slice(0, 300));
    assert.strictEqual((sent.data.response ?? sent.data).importCount.imported, 2);
    assert.strictEqual(await read(), "doses=5 open=2");
    console.log("ok - getSet gives what was sent");

    const job = await api.dataValues.postSetAsync({}, day("6")).getData();
    const { id, jobType } = job.response;
    const summary = await api.system.waitFor(jobType, id, { interval: 100 }).getData();
    console.log("ok - postSetAsync and waitFor", JSON.stringify(summary).slice(0, 200));
    assert.strictEqual(summary.status, "SUCCESS");
    assert.strictEqual(await read(), "doses=6 open=2");

    const gone = await api.dataValues.postSet({ importStrategy: "DELETE" }, day("6")).getData();
    assert.strictEqual((gone.response ?? gone).importCount.deleted, 2);
    assert.strictEqual(await read(), "");
    console.log("ok - DELETE takes away");

    const refused = await api.dataValues.postSet({}, day("many")).response().catch(error => error.response);
    assert.strictEqual(refused.status, 409);
    console.log("ok - what is refused is told with 409");
}

main().catch(error => {
    console.error("not ok -", error);
    process.exit(1);
});
