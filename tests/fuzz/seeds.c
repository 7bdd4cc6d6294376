/* The first inputs of every target, made from the tables, the tests' campaigns and the small files of
 * tests/data:
 *     build/tests/fuzz-seeds FOLDER      writes FOLDER/<target>/seed-NNN
 * A struct of a .def table is written with only what it must have, with all fields as large as they may
 * be, and once for each field with that one a step beyond. */
#include "tests/fuzz/seeds.h"

#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "proto/figures.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/apply_rig.h"
#include "tests/lib/access_words.h"
#include "tests/lib/broker_rig.h"
#include "tests/lib/query_sample.h"
#include "workers/state/rows.h"

#include <limits.h>
#include <stdlib.h>

#define FILE_MAX (1u << 20)
#define FILL_MAX 2048u /* bytes of a text or of bytes: a seed stays small */
#define TARGETS_MAX 64

static struct {
    const char *folder;
    const struct fuzz_target *target;
    unsigned counts[TARGETS_MAX]; /* seeds of each, in the order of FUZZ_TARGETS */
} out;

static void
target_begin(const char *name)
{
    char path[4096];
    out.target = fuzz_target_find(name);
    CHECK(out.target != NULL && FUZZ_TARGET_COUNT <= TARGETS_MAX);
    snprintf(path, sizeof path, "%s/%s", out.folder, name);
    enum err err = file_make_folder(path);
    CHECK(err == ERR_OK || err == ERR_EXISTS);
}

static void
seed(struct slice bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/seed-%03u", out.folder, out.target->name,
             out.counts[out.target - FUZZ_TARGETS]++);
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    CHECK(fclose(file) == 0);
}

/* Gives the buf's memory back. */
static void
seed_buf(struct buf *bytes)
{
    seed(buf_slice_of(bytes));
    buf_fini(bytes);
}

static void
seed_with(uint8_t first, struct slice rest)
{
    struct buf bytes = BUF_EMPTY;
    buf_byte(&bytes, first);
    buf_slice(&bytes, rest);
    seed_buf(&bytes);
}

static void
seed_file(const char *path)
{
    struct buf text = BUF_EMPTY;
    CHECK(file_read(path, FILE_MAX, &text) == ERR_OK);
    seed_buf(&text);
}

/* ---- structs of the .def tables ---- */

enum filling { FILL_LEAST, FILL_MOST, FILL_BEYOND };

#define NO_FIELD UINT_MAX

static uint64_t
fill_length(const struct field *f, enum filling filling)
{
    uint64_t limit = f->kind == FIELD_CODE ? CODE_MAX : f->limit;
    if (filling == FILL_LEAST) {
        return 1;
    }
    limit += filling == FILL_BEYOND;
    return limit > FILL_MAX ? FILL_MAX : limit;
}

static void
field_fill(const struct field *f, enum filling filling, struct buf *to)
{
    static uint8_t letters[FILL_MAX];
    memset(letters, 'a', sizeof letters);
    struct slice text = slice_of(letters, (size_t)fill_length(f, filling));
    pack_uint(to, f->key);
    switch (f->kind) {
    case FIELD_UINT:
        pack_uint(to, filling == FILL_LEAST ? 1 : f->limit + (filling == FILL_BEYOND));
        break;
    case FIELD_BOOL:
        pack_bool(to, true);
        break;
    case FIELD_TEXT:
    case FIELD_CODE:
        pack_text(to, text);
        break;
    case FIELD_BYTES:
        pack_bytes(to, text);
        break;
    default:
        pack_array(to, filling == FILL_LEAST ? 0 : 1);
        if (filling != FILL_LEAST) {
            pack_array(to, 2);
            pack_cstr(to, "w1");
            pack_bytes(to, text);
        }
    }
}

/* `beyond` is the place of the field that goes too far. */
static void
struct_fill(const struct layout *layout, enum filling filling, unsigned beyond, struct buf *to)
{
    uint32_t count = 1 + (layout->version != 0);
    struct buf fields = BUF_EMPTY;
    for (unsigned i = 0; i < layout->count; i++) {
        if (filling != FILL_LEAST || layout->fields[i].required || i == beyond) {
            field_fill(&layout->fields[i], i == beyond ? FILL_BEYOND : filling, &fields);
            count++;
        }
    }
    pack_map(to, count);
    pack_uint(to, 0);
    pack_uint(to, layout->type);
    if (layout->version != 0) {
        pack_uint(to, 1);
        pack_uint(to, layout->version);
    }
    buf_slice(to, buf_slice_of(&fields));
    buf_fini(&fields);
}

static void
struct_seed(const struct layout *layout, enum filling filling, unsigned beyond)
{
    struct buf bytes = BUF_EMPTY;
    struct_fill(layout, filling, beyond, &bytes);
    seed_buf(&bytes);
}

static void
layouts_seed(const struct layout *(*layout_of)(uint64_t type))
{
    for (uint64_t type = 0; type <= UINT8_MAX; type++) {
        const struct layout *layout = layout_of(type);
        if (layout == NULL) {
            continue;
        }
        struct_seed(layout, FILL_LEAST, NO_FIELD);
        struct_seed(layout, FILL_MOST, NO_FIELD);
        for (unsigned i = 0; i < layout->count; i++) {
            struct_seed(layout, FILL_LEAST, i);
        }
    }
}

/* ---- blocks and records of the rig ---- */

static void
rig_write(struct rig *rig)
{
    struct unit_row rows[] = {rig_unit("city//city"), rig_unit("d1/city/district"),
                              rig_unit("w1/d1/commune//2021-11-30"),
                              rig_unit("w1/city/commune/2021-12-01"), rig_unit("w2/d1/commune")};
    rig_report(rig, "daily", "w1", "20211104", NULL, 1,
               "doses=10 first=6 second=4 beds=2 peak=9 low=1 temp=36.5 rate=12.25 open=true");
    rig_report(rig, "daily", "w1", "20211104", "health", 1, "doses=12");
    rig_report(rig, "daily", "w2", "20211001", NULL, 1, "doses=3 here=1 there=2");
    rig_report(rig, "weekly", "w1", "2021W44", NULL, 2, "doses=5 beds=nil peak=3");
    rig_report(rig, "yearly", "city", "2021", NULL, 3, "doses=-9223372036854775808");
    rig_merge(rig, "daily", "w1", "20211104", 7, "doses=11 first=7 beds=nil");
    rig_withdraw(rig, "daily", "w1", "20211104", "health", 2);
    rig_units(rig, 8, rows, sizeof rows / sizeof rows[0]);
    rig_campaign(rig, 9, rig_campaign_new(rig));
    rig_quarantine(rig, 10, (struct receipt){1, 1});
    rig_commit(rig, "2021-11-05");
}

static const uint8_t CONTROLS[] = {0, 4, 0x0c, 0x24};

static void
rig_seed(const struct rig *rig)
{
    struct buf all = BUF_EMPTY;
    struct block block;
    struct block_record record;
    target_begin("block");
    for (uint32_t i = 0; i < rig->block_count; i++) {
        seed(buf_slice_of(&rig->blocks[i]));
    }
    target_begin("apply");
    CHECK(block_open(buf_slice_of(&rig->blocks[rig->block_count - 1]), &block) == ERR_OK);
    for (struct block_records it = block_records(&block); block_next(&it, &record);) {
        struct buf one = BUF_EMPTY;
        uint8_t control = CONTROLS[record.index % sizeof CONTROLS];
        /* Twice: sending anything twice changes nothing. */
        fuzz_part_put(&one, control, record.body);
        fuzz_part_put(&one, 4, record.body);
        seed_buf(&one);
        fuzz_part_put(&all, control, record.body);
    }
    seed_buf(&all);
    target_begin("records");
    for (struct block_records it = block_records(&block); block_next(&it, &record);) {
        seed(record.body);
    }
    layouts_seed(record_layout);
}

static void
wire_seed(struct rig *rig)
{
    struct buf wire = BUF_EMPTY;
    struct unit_row rows[] = {rig_unit("city//city"), rig_unit("d1/city/district/2021-01-01"),
                              rig_unit("d1/d1/district"), rig_unit("w1/d2/commune")};
    rows[0].contact = slice_text("Bà Hoa, 024");
    rows[1].population = 1200;
    rows[1].successor = slice_text("city");
    struct units units = {rows, sizeof rows / sizeof rows[0]};
    target_begin("units");
    units_encode(&units, &wire);
    seed_buf(&wire);
    target_begin("campaign");
    campaign_encode(rig_campaign_new(rig), &wire);
    seed_buf(&wire);
    campaign_encode(sample_campaign(3), &wire);
    seed_buf(&wire);
    campaign_encode(sample_scored(3), &wire);
    seed_buf(&wire);
}

static void
access_seed(void)
{
    static const char *const words[] = {
        "ward roles=submitter units=w1,d1+ keys=1,2",
        "other roles=ingest+auditor units=d1+,d1 keys=9",
        "gate roles=gateway for=*,ward keys=4,5",
        "ward",
        "thief roles=operator keys=3",
    };
    static const uint8_t id[16] = {7};
    target_begin("access");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct buf body = BUF_EMPTY;
        access_words(words[i], id, &body);
        seed_buf(&body);
    }
}

/* ---- messages in a row ---- */

/* A good request of libzmq's, and the same with each of its frames away, empty or another. */
static void
zap_seed(void)
{
    static const uint8_t key[32] = {2, 1};
    const struct slice good[] = {slice_text("1.0"),       slice_text("1"), slice_text("thidua"),
                                 slice_text("192.0.2.7"), slice_text(""),  slice_text("CURVE"),
                                 slice_of(key, 32)};
    target_begin("zap");
    for (unsigned broken = 0; broken <= 7; broken++) {
        for (unsigned how = 0; how < (broken == 7 ? 1u : 3u); how++) {
            struct buf all = BUF_EMPTY;
            for (unsigned i = 0; i < 7; i++) {
                struct slice other = how == 1 ? slice_text("") : slice_text("another");
                if (i != broken || how > 0) {
                    fuzz_part_put(&all, 0, i == broken ? other : good[i]);
                }
            }
            seed_buf(&all);
        }
    }
}

static void
broker_seed(void)
{
    target_begin("broker");
    for (uint8_t who = 0; who < 4; who++) {
        struct buf all = BUF_EMPTY;
        for (uint64_t type = 1; type <= MESSAGE_TYPE_MAX; type++) {
            struct buf one = BUF_EMPTY;
            if (message_layout(type) == NULL) {
                continue;
            }
            struct_fill(message_layout(type), FILL_LEAST, NO_FIELD, &one);
            fuzz_part_put(&all, who | 4, buf_slice_of(&one));
            buf_fini(&one);
        }
        seed_buf(&all);
    }
    static const char *const questions[] = {"broker.status", "broker.head",    "broker.block",
                                            "broker.record", "broker.records", "tally"};
    for (unsigned i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        struct buf all = BUF_EMPTY, args = BUF_EMPTY, one = BUF_EMPTY;
        pack_map(&args, 3);
        pack_key_uint(&args, "block", 1);
        pack_key_uint(&args, "index", 0);
        pack_cstr(&args, "receipts");
        pack_array(&args, 1);
        pack_cstr(&args, "1.0");
        struct message_query query = {
            .request = 1, .name = slice_text(questions[i]), .args = buf_slice_of(&args)};
        struct_fill(message_layout(MESSAGE_submit), FILL_MOST, NO_FIELD, &one);
        fuzz_part_put(&all, 4, buf_slice_of(&one));
        buf_clear(&one);
        message_encode_query(&query, &one);
        fuzz_part_put(&all, 4, buf_slice_of(&one));
        seed_buf(&all);
        buf_fini(&args);
        buf_fini(&one);
    }
}

/* What a broker says to a client and to a worker, each with the answer that is due and with others. */
static void
hostile_seed(const char *target)
{
    target_begin(target);
    for (uint8_t control = 0; control < 8; control++) {
        struct buf all = BUF_EMPTY;
        for (uint64_t type = 1; type <= MESSAGE_TYPE_MAX; type++) {
            struct buf one = BUF_EMPTY;
            if (message_layout(type) == NULL) {
                continue;
            }
            struct_fill(message_layout(type), FILL_LEAST, NO_FIELD, &one);
            fuzz_part_put(&all, control, buf_slice_of(&one));
            buf_fini(&one);
        }
        seed_buf(&all);
    }
}

static void
segment_seed(void)
{
    static const uint8_t ones[32] = {1, 0, 0, 0, 0, 0, 0, 0, 1};
    target_begin("segment");
    for (uint16_t page = 0; page < 12; page++) {
        struct buf patch = BUF_EMPTY;
        for (uint16_t at = 0; at < 160; at += 40) {
            buf_byte(&patch, (uint8_t)((page * 4096 + at) & 0xff));
            buf_byte(&patch, (uint8_t)((page * 4096 + at) >> 8));
            buf_byte(&patch, (uint8_t)(at % 3 * 4));
            buf_put(&patch, ones, at % 3 * 4);
        }
        seed_buf(&patch);
    }
}

/* ---- questions, rows, text ---- */

/* The questions of fuzz_query's last bytes. */
static void
rank_seed(void)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 2);
    pack_key_text(&args, "bloc", slice_text("b"));
    pack_key_text(&args, "period", slice_text("202111"));
    seed_with(254, buf_slice_of(&args));
    seed_with(253, buf_slice_of(&args));
    buf_clear(&args);
    pack_map(&args, 2);
    pack_key_text(&args, "unit", slice_text("w2"));
    pack_key_text(&args, "period", slice_text("20211102"));
    seed_with(254, buf_slice_of(&args));
    buf_clear(&args);
    pack_map(&args, 1);
    pack_key_text(&args, "period", slice_text("2021"));
    seed_with(255, buf_slice_of(&args));
    buf_fini(&args);
}

/* A whole broker.status, of a broker whose worker has told its figures. */
static void
status_seed(void)
{
    struct broker_rig *rig = rig_new();
    struct figures told = {.verdicts = {[FIGURES_REJECTED] = 3},
                           .codes = {[CODE_UNIT_UNKNOWN] = 3}};
    struct message_answer answer;
    struct buf body = BUF_EMPTY, figures = BUF_EMPTY;
    rig_start(rig);
    rig_client(rig, "a");
    rig_worker(rig, "t", ROLE_TALLY, 101);
    rig_worker(rig, "q", ROLE_QUERY, 102);
    histogram_add(&told.transactions, 700, 3);
    figures_pack(&told, &figures);
    message_encode_progress(&(struct message_progress){.figures = buf_slice_of(&figures)}, &body);
    rig_say(rig, "t", &body);
    buf_clear(&body);
    rig_submit(rig, "a", 1, 2, 8);
    rig_query(rig, "a", 2, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_answer, &answer);
    buf_slice(&body, answer.body);
    seed_buf(&body);
    buf_fini(&figures);
    rig_free(&rig);
}

static void
query_seed(void)
{
    struct buf args = BUF_EMPTY;
    static const char *const texts[][2] = {
        {"unit", "hn"},       {"form", "daily"},  {"period", "202111"}, {"campaign", "c"},
        {"from", "20211101"}, {"to", "20211130"}, {"on", "2021-11-20"}, {"start", "20211102:w1"}};
    target_begin("query");
    pack_map(&args, 3);
    for (int i = 0; i < 3; i++) {
        pack_key_text(&args, texts[i][0], slice_text(texts[i][1]));
    }
    for (uint8_t i = 0; i < 12; i++) {
        seed_with(i, buf_slice_of(&args));
    }
    buf_clear(&args);
    pack_map(&args, 10);
    for (int i = 0; i < 8; i++) {
        pack_key_text(&args, texts[i][0], slice_text(texts[i][1]));
    }
    pack_key_bool(&args, "children", true);
    pack_cstr(&args, "indicators");
    pack_array(&args, 1);
    pack_cstr(&args, "doses");
    for (uint8_t i = 0; i < 12; i++) {
        seed_with(i, buf_slice_of(&args));
    }
    buf_clear(&args);
    pack_map(&args, 2);
    pack_key_bool(&args, "all", true);
    pack_cstr(&args, "ranges");
    pack_array(&args, 1);
    pack_array(&args, 3);
    pack_uint(&args, 2);
    pack_uint(&args, 0);
    pack_uint(&args, 5);
    seed_with(5, buf_slice_of(&args));
    rank_seed();
    target_begin("answers");
    seed_buf(&args);
    status_seed();
}

static void
rows_seed(void)
{
    struct buf row = BUF_EMPTY;
    struct cell cells[] = {{1, -5}, {7, INT64_MAX}};
    struct tally_cell tally_cells[] = {{1, 3, -5, 18936}, {9, 1, 4, 0}};
    const struct report_row report = {.revision = 3, .receipt = {9, 1}, .cells = cells, .count = 2};
    const struct tally_row tally = {.received = 3, .cells = tally_cells, .count = 2};
    const struct verdict_row verdict = {
        .verdict = VERDICT_REJECTED, .unit = slice_text("w1"), .code = slice_text("value-type")};
    const struct position position = {.block = 9, .accepted = 400};
    const struct registry_version unit = {
        .to = DAY_MAX, .parent = 1, .level = slice_text("ward"), .name = slice_text("Phường")};
    target_begin("rows");
    position_encode(&position, &row);
    seed_with(0, buf_slice_of(&row));
    buf_clear(&row);
    unit_row_encode(&unit, &row);
    seed_with(3, buf_slice_of(&row));
    buf_clear(&row);
    report_encode(&report, &row);
    seed_with(4, buf_slice_of(&row));
    buf_clear(&row);
    tally_encode(&tally, &row);
    seed_with(5, buf_slice_of(&row));
    buf_clear(&row);
    verdict_encode(&verdict, &row);
    seed_with(6, buf_slice_of(&row));
    for (uint8_t i = 0; i < 14; i++) {
        seed_with(i, slice_of("\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1", 14));
    }
    buf_fini(&row);
}

static void
text_seed(void)
{
    static const char *const small[] = {"20211105",
                                        "2021-11-05",
                                        "2021W45",
                                        "202111",
                                        "2021Q4",
                                        "2021",
                                        "-12.50",
                                        "18231.7",
                                        "+07:00",
                                        "Tiêm e\xcc\x81",
                                        "w1.a_b-c",
                                        "quarter",
                                        "2021-11-05T08:00:00.125+07:00"};
    target_begin("parsers");
    for (unsigned i = 0; i < sizeof small / sizeof small[0]; i++) {
        seed_with(2, slice_text(small[i]));
    }
    target_begin("conf");
    seed(slice_text("# a comment\nlisten = ipc:///x\nshards=4\nheartbeat_ms = 500\nany = 1\n"));
    target_begin("curve");
    seed(slice_text("# a remark\nprincipal: ward-00001\n"
                    "public: b74b478ece6eb7c89de5d3a141696e27399a32090fe3d0381a8ffa19c835b11b\n"
                    "secret: 77076d0a7318a57d3c16c17251b26f45a2b1c3d4e5f60718293a4b5c6d7e8f90\n"));
    seed(slice_text("tcp://127.0.0.1:5571#"
                    "b74b478ece6eb7c89de5d3a141696e27399a32090fe3d0381a8ffa19c835b11b"));
    seed(slice_text(" ipc:///run/a#b\n"));
    target_begin("access_yaml");
    seed(slice_text(
        "principals:\n  - principal: ward-1\n    title: UBND\n    roles: [submitter]\n"
        "    units: [\"00001\", d1/]\n    keys: [b74b478ece6eb7c89de5d3a141696e27399a32090"
        "fe3d0381a8ffa19c835b11b]\n  - principal: gone\n  - principal: web\n"
        "    roles: [gateway]\n    acts_for: [ward-1, \"*\"]\n"));
    target_begin("report_json");
    seed(slice_text(
        "[{\"unit\":\"w1\",\"form\":\"daily\",\"period\":\"20211105\",\"source\":\"office\","
        "\"revision\":7,\"values\":{\"a\":1,\"b\":12.5,\"c\":null,\"d\":true,\"e\":\"1.50\"}},\n"
        "{\"unit\":\"w2\",\"form\":\"daily\",\"period\":\"2021W44\",\"merge\":true,\"values\":{}}"
        "]"));
    target_begin("import_map");
    seed(slice_text("kind,from,to\nunit,Phường Một,w1\nindicator,Số liều,doses\n"));
    seed(slice_text("kind,from,to\nunit,a,w1\nunit,a,w2\nward,b,w1\nunit,c,W 1\nunit,d\n"));
    target_begin("import");
    seed_with(
        0, slice_text("unit,period,doses,first,x\nw1,20211104,5,\"3\",\nw2,2021-11-05,1.5,,y\n"));
    seed_with(1, slice_text("unit,period,indicator,value\nw1,20211104,doses,5\nw1,20211104,first,\n"
                            "w2,20211104,doses,1\nw1,20211104,open,true\n"));
    seed_with(
        2, slice_text("dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby,"
                      "lastupdated,comment,followup,deleted\n"
                      "doses,20211104,w1,c1,a1,5,me,,,,\nfirst,20211104,w1,c1,a1,,me,,,,true\n"));
}

/* Bodies of data values, as DHIS2's clients send them. */
static void
cells_seed(void)
{
    target_begin("cells_json");
    seed_with(3, slice_text("{\"dataSet\":\"s\",\"completeDate\":\"x\",\"period\":\"2021\","
                            "\"orgUnit\":\"u\",\"dataValues\":[{\"dataElement\":\"a\",\"value\":1},"
                            "{\"dataElement\":\"b\",\"value\":true,\"deleted\":true}]}"));
    target_begin("cells_csv");
    seed_with(131, slice_text("dataelement,period,orgunit,catoptcombo,attroptcombo,value\n"
                              "a,2021,u,,,1\n\"b\",2021,u,,,\"2\"\r\n"));
    target_begin("cells_lines");
    seed_with(3, slice_text("{\"unit\":\"w1\",\"values\":{\"a\":1}}\r\n\n  {\"unit\":\"w2\"}\nx"));
    target_begin("cells_adx");
    seed_with(3,
              slice_text("<adx xmlns=\"urn:ihe:qrph:adx:2015\"><group dataSet=\"s\" orgUnit=\"u\" "
                         "period=\"2021-11-05/P1D\"><dataValue dataElement=\"a\" value=\"1\"/>"
                         "</group></adx>"));
}

void
seeds_begin(const char *target)
{
    target_begin(target);
}

void
seeds_put(struct slice bytes)
{
    seed(bytes);
}

int
main(int argc, char **argv)
{
    struct rig rig;
    if (argc != 2) {
        fprintf(stderr, "usage: fuzz-seeds FOLDER (from the checkout's root)\n");
        return 64;
    }
    out.folder = argv[1];
    log_open("fuzz-seeds", LOG_ERROR);
    rig_open_ready(&rig, 1);
    rig_write(&rig);
    rig_seed(&rig);
    wire_seed(&rig);
    rig_close(&rig);
    seeds_council();
    target_begin("messages");
    layouts_seed(message_layout);
    target_begin("cursor");
    layouts_seed(message_layout);
    access_seed();
    broker_seed();
    zap_seed();
    hostile_seed("client");
    hostile_seed("link");
    segment_seed();
    query_seed();
    rows_seed();
    text_seed();
    cells_seed();
    target_begin("campaign_yaml");
    seed_file("tests/data/small/campaign.yaml");
    seed_file("tests/data/bad/campaign.yaml");
    seed_file("tests/data/scores/campaign.yaml");
    seed_file("deploy/hanoi/campaign.yaml");
    target_begin("units_csv");
    seed_file("tests/data/small/units.csv");
    seed_file("tests/data/bad/units.csv");
    return 0;
}
