/* The council's papers: words as Vietnamese clerical work writes them, lists in Vietnamese order,
 * everything escaped, and lists for spreadsheets. tests/data/papers/README.md says what is in the
 * session that they are made of; where $PAPERS_OUT is set they are left there to be looked at. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "clients/answers.h"
#include "clients/html.h"
#include "clients/paper.h"
#include "clients/paper_words.h"

#include <zip.h>

static json_t *site;

struct maker {
    const char *name;
    void (*make)(const struct paper *paper, struct buf *out);
};

static const struct maker MAKERS[] = {
    {"decision", paper_decision},        {"list", paper_list},
    {"certificate", paper_certificates}, {"submission", paper_submission},
    {"minutes", paper_minutes},          {"honours", paper_honours},
};
#define MAKER_COUNT (sizeof MAKERS / sizeof *MAKERS)

static struct paper
site_paper(const json_t *honours)
{
    return (struct paper){.unit = json_object_get(site, "unit"),
                          .campaign = json_object_get(site, "campaign"),
                          .meeting = json_object_get(site, "meeting"),
                          .honours = honours,
                          .number = "5188/QĐ-UBND",
                          .date = "2021-12-02",
                          .signer = "Nguyễn Văn Mẫu",
                          .place = "Hà Nội",
                          .head = "",
                          .to = ""};
}

static bool
has(const struct buf *paper, const char *text)
{
    return memmem(paper->data, paper->len, text, strlen(text)) != NULL;
}

#define assert_has(paper, text)                                                                    \
    do {                                                                                           \
        if (!has(paper, text)) {                                                                   \
            fail_msg("not there: %s", text);                                                       \
        }                                                                                          \
    } while (0)

/* What one of the word functions made, compared and released. */
static void
words_are(struct buf *made, const char *wanted)
{
    assert_string_equal(words_text(made), wanted);
    buf_fini(made);
}

static void
dates(void **state)
{
    (void)state;
    static const struct {
        const char *date, *words, *brief;
    } CASES[] = {
        {"2021-11-05", "ngày 05 tháng 11 năm 2021", "05/11/2021"},
        {"2021-02-28", "ngày 28 tháng 02 năm 2021", "28/02/2021"},
        {"2022-03-01", "ngày 01 tháng 3 năm 2022", "01/03/2022"},
        {"", "ngày …… tháng …… năm 20……", ""},
        {"2021-13-01", "ngày …… tháng …… năm 20……", ""},
        {"2021-00-10", "ngày …… tháng …… năm 20……", ""},
        {"2021--5-01", "ngày …… tháng …… năm 20……", ""},
        {"-021-11-05", "ngày …… tháng …… năm 20……", ""},
        {"2021-11-5x", "ngày …… tháng …… năm 20……", ""},
        {"2021-11-055", "ngày …… tháng …… năm 20……", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf words = {0}, brief = {0};
        date_words(CASES[i].date, &words);
        words_are(&words, CASES[i].words);
        date_short(CASES[i].date, &brief);
        words_are(&brief, CASES[i].brief);
    }
}

static void
numbers(void **state)
{
    (void)state;
    static const struct {
        int64_t part, whole;
        const char *count, *percent;
    } CASES[] = {
        {9, 10, "09", "90%"},
        {179, 199, "179", "89,94%"}, /* never shown as 90 */
        {7, 8, "07", "87,5%"},
        {1, 3, "01", "33,33%"},
        {1, 2000, "01", "0,05%"},
        {1234, 1234, "1.234", "100%"},
        {1234567, 0, "1.234.567", "0%"},
        {0, 30, "00", "0%"},
        {89999, 100000, "89.999", "89,99%"},
        {-1234, 10, "-1.234", "0%"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf count = {0}, percent = {0};
        count_words(CASES[i].part, &count);
        words_are(&count, CASES[i].count);
        percent_words(CASES[i].part, CASES[i].whole, &percent);
        words_are(&percent, CASES[i].percent);
    }
}

static void
names(void **state)
{
    (void)state;
    static const struct {
        const char *level, *agency;
    } AGENCIES[] = {
        {"city", "Ủy ban nhân dân Thành phố Hà Nội"},
        {"commune", "Ủy ban nhân dân Thành phố Hà Nội"},
        {"department", "Thành phố Hà Nội"},
    };
    static const struct {
        const char *title, *above, *kind;
    } AWARDS[] = {
        {"Bằng khen của Chủ tịch UBND Thành phố", "TẶNG", "Bằng khen"},
        {"Giấy khen của Chủ tịch UBND cấp xã", "TẶNG", "Giấy khen"},
        {"Cờ thi đua của UBND Thành phố", "TẶNG", "Cờ thi đua"},
        {"Huân chương các loại", "TẶNG", "Huân chương các loại"},
        {"Chiến sĩ thi đua Thành phố", "TẶNG DANH HIỆU", "Chiến sĩ thi đua Thành phố"},
    };
    for (size_t i = 0; i < sizeof AGENCIES / sizeof *AGENCIES; i++) {
        json_t *unit =
            json_pack("{s:s, s:s}", "name", "Thành phố Hà Nội", "level", AGENCIES[i].level);
        struct buf agency = {0};
        agency_words(unit, &agency);
        words_are(&agency, AGENCIES[i].agency);
        json_decref(unit);
    }
    for (size_t i = 0; i < sizeof AWARDS / sizeof *AWARDS; i++) {
        struct buf kind = {0};
        assert_string_equal(award_words(AWARDS[i].title, &kind), AWARDS[i].above);
        words_are(&kind, AWARDS[i].kind);
    }
    struct buf upper = {0};
    upper_words("Ủy ban nhân dân quận Đống Đa", &upper);
    words_are(&upper, "ỦY BAN NHÂN DÂN QUẬN ĐỐNG ĐA");
}

static void
escaping(void **state)
{
    (void)state;
    struct buf out = {0};
    html(&out, "<b title=\"%s\">%d%%</b>", "\"'<&>\x01\x1B[ \xEF\xBF\xBF.\n\t", 7);
    words_are(&out, "<b title=\"&quot;&#39;&lt;&amp;&gt;  [  .\n\t\">7%</b>");
}

/* With a name that is a tag in every field there is, no paper has a tag that is not ours. */
static void
no_tag_from_outside(void **state)
{
    (void)state;
    const char *tag = "<script>alert(1)</script>";
    char *text = json_dumps(site, 0);
    json_error_t error;
    json_t *own = json_loads(text, 0, &error), *honour, *vote, *member;
    size_t i, key = 0;
    static const char *const FIELDS[] = {
        "subject", "subject_unit_name", "name", "title_vi", "summary", "number", "signer", "date"};
    free(text);
    for (; key < sizeof FIELDS / sizeof *FIELDS; key++) {
        json_array_foreach(json_object_get(own, "honours"), i, honour)
        {
            json_object_set_new(honour, FIELDS[key], json_string(tag));
        }
        json_array_foreach(json_object_get(json_object_get(own, "meeting"), "votes"), i, vote)
        {
            json_object_set_new(vote, FIELDS[key], json_string(tag));
            json_object_set_new(vote, "written", json_pack("[s]", tag));
        }
    }
    json_array_foreach(json_object_get(json_object_get(own, "meeting"), "members"), i, member)
    {
        json_object_set_new(member, "name", json_string(tag));
    }
    json_object_set_new(json_object_get(own, "meeting"), "title", json_string(tag));
    json_object_set_new(json_object_get(own, "meeting"), "teller", json_string(tag));
    json_t *grounds = json_pack("[s]", tag);
    json_t *unit = json_pack("{s:s, s:s, s:s, s:s}", "name", tag, "level", "district",
                             "parent_name", tag, "parent_level", "city");
    json_t *campaign = json_pack("{s:s, s:s}", "title_vi", tag, "decision", tag);
    struct paper paper = {unit,
                          campaign,
                          json_object_get(own, "honours"),
                          json_object_get(own, "meeting"),
                          grounds,
                          tag,
                          tag,
                          tag,
                          tag,
                          tag,
                          tag};
    for (i = 0; i < MAKER_COUNT; i++) {
        struct buf out = {0};
        MAKERS[i].make(&paper, &out);
        assert_false(has(&out, "<script"));
        assert_false(has(&out, "<SCRIPT"));
        assert_has(&out, "&lt;script&gt;alert(1)");
        buf_fini(&out);
    }
    json_decref(unit);
    json_decref(campaign);
    json_decref(grounds);
    json_decref(own);
}

/* Awards from the highest; collectives, persons, households; persons by given name: An, Ánh, Ân. */
static void
order(void **state)
{
    (void)state;
    static const char *const SUBJECTS[] = {
        "Đội phản ứng nhanh <script>alert(1)</script>",
        "Tổ COVID cộng đồng số 7",
        "Trạm Y tế phường Phúc Xá",
        "Trần Bá An, tổ trưởng",
        "Nguyễn Thị Ánh",
        "Đỗ Văn Ân",
        "=HYPERLINK(\"http://x\",\"y\")",
        "Hộ ông Lê Văn Đức",
        "Phạm Thị Dung",
    };
    json_t *sorted = paper_sorted(json_object_get(site, "honours"));
    assert_int_equal(json_array_size(sorted), sizeof SUBJECTS / sizeof *SUBJECTS);
    for (size_t i = 0; i < json_array_size(sorted); i++) {
        assert_string_equal(json_text(json_array_get(sorted, i), "subject"), SUBJECTS[i]);
    }
    json_object_set_new(json_array_get(sorted, 8), "level", json_string("president"));
    json_t *again = paper_sorted(sorted);
    assert_string_equal(json_text(json_array_get(again, 0), "subject"), "Phạm Thị Dung");
    json_object_set_new(json_array_get(sorted, 8), "level", json_string("city"));
    json_decref(again);
    json_decref(sorted);
}

static void
decision(void **state)
{
    (void)state;
    json_t *sorted = paper_sorted(json_object_get(site, "honours"));
    struct paper paper = site_paper(sorted);
    struct buf out = {0};
    paper_decision(&paper, &out);
    assert_has(&out, "<div>Số: 5188/QĐ-UBND</div>");
    assert_has(&out, "Hà Nội, ngày 02 tháng 12 năm 2021");
    assert_has(&out, "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI");
    assert_has(&out, "Căn cứ Nghị định số 91/2017/NĐ-CP");
    assert_has(&out,
               "1. Tặng Bằng khen của Chủ tịch UBND Thành phố cho 03 tập thể, 04 cá nhân và 01 "
               "hộ gia đình;");
    assert_has(&out, "2. Tặng danh hiệu Chiến sĩ thi đua Thành phố cho 01 cá nhân.");
    buf_clear(&out);

    /* One award alone, a district's, by grounds of its own, without number and date yet. */
    json_array_remove(sorted, 8);
    json_t *unit = json_pack("{s:s, s:s, s:s, s:s}", "name", "Quận Ba Đình", "level", "district",
                             "parent_name", "Thành phố Hà Nội", "parent_level", "city");
    json_t *grounds = json_pack("[s]", "Căn cứ Luật Thi đua, khen thưởng năm 2022;");
    paper.unit = unit;
    paper.grounds = grounds;
    paper.number = paper.date = "";
    paper_decision(&paper, &out);
    assert_has(&out, "<b>Điều 1.</b> Tặng Bằng khen của Chủ tịch UBND Thành phố cho 03 tập thể");
    assert_has(&out, "Số: …………/QĐ-UBND");
    assert_has(&out, "ngày …… tháng …… năm 20……");
    assert_has(&out, "Căn cứ Luật Thi đua, khen thưởng năm 2022;");
    assert_false(has(&out, "91/2017"));
    assert_has(&out, "THÀNH PHỐ HÀ NỘI");
    json_decref(unit);
    json_decref(grounds);
    json_decref(sorted);
    buf_fini(&out);
}

static void
certificates(void **state)
{
    (void)state;
    struct paper paper = site_paper(json_object_get(site, "honours"));
    struct buf out = {0};
    size_t count = 0;
    paper_certificates(&paper, &out);
    const char *mark = "<div class=\"certificate\">";
    for (uint8_t *at = out.data;
         (at = memmem(at, out.len - (size_t)(at - out.data), mark, strlen(mark))) != NULL; at++) {
        count++;
    }
    assert_int_equal(count, json_array_size(paper.honours));
    assert_has(&out, "BẰNG KHEN");
    assert_has(&out, "CHIẾN SĨ THI ĐUA THÀNH PHỐ");
    assert_has(&out, "Ông (bà) Nguyễn Thị Ánh");
    buf_fini(&out);
}

static void
minutes(void **state)
{
    (void)state;
    struct paper paper = site_paper(NULL);
    struct buf out = {0};
    paper_minutes(&paper, &out);
    assert_has(
        &out,
        "1. Có mặt 04/06 thành viên: Nguyễn Văn Chủ; Trần Thị Phó; Lê Văn Ba; Hoàng Văn Năm.");
    assert_has(&out, "2. Vắng mặt 02 thành viên: Phạm Thị Bốn; Đỗ Thị Sáu.");
    assert_has(&out, "Bỏ phiếu kín; cần từ 90% tổng số thành viên");
    assert_has(&out, "Biểu quyết công khai; cần từ 75% số thành viên tham gia");
    assert_has(&out, "28/30 = 93,33%</td><td>Thông qua<");
    assert_has(&out, "179/199 = 89,94%</td><td>Không thông qua<");
    assert_has(&out, "Ý kiến bằng văn bản về Phạm Thị Dung: Phạm Thị Bốn; Đỗ Thị Sáu.");
    assert_has(&out, "Hội đồng thông qua 02/03 hồ sơ.");
    assert_false(has(&out, "Bản nháp"));
    buf_clear(&out);
    json_t *open = json_copy(json_object_get(site, "meeting"));
    json_object_set_new(open, "closed", json_false());
    paper.meeting = open;
    paper_minutes(&paper, &out);
    assert_has(&out, "Bản nháp: cuộc họp chưa kết thúc");
    json_decref(open);
    buf_fini(&out);
}

/* Nothing is known at all: dots, no crash. */
static void
empty(void **state)
{
    (void)state;
    json_t *nothing = json_object(), *none = json_array();
    struct paper paper = {nothing, nothing, none, nothing, NULL, "", "", "", "", "", ""};
    for (size_t i = 0; i < MAKER_COUNT; i++) {
        struct buf out = {0};
        MAKERS[i].make(&paper, &out);
        assert_has(&out, "</body>\n</html>\n");
        buf_fini(&out);
    }
    json_decref(nothing);
    json_decref(none);
}

static struct sheet *
sheet_of(const char *text)
{
    static const char *const COLUMNS[] = {"Số", "Tên"};
    struct sheet *sheet = sheet_new("Danh sách", COLUMNS, 2);
    sheet_number(sheet, -5);
    sheet_text(sheet, text);
    return sheet;
}

static void
csv(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } CASES[] = {
        {"=1+1", "'=1+1"},  {"+84", "'+84"},    {"-1", "'-1"},        {"@x", "'@x"},
        {"\t=1", "'\t=1"},  {"\r=1", "'\r=1"},  {"\n=1", "'\n=1"},    {"a=1", "a=1"},
        {"a\"b", "a\"\"b"}, {"\"=1", "\"\"=1"}, {"a,b\nc", "a,b\nc"}, {"", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sheet *sheet = sheet_of(CASES[i].text);
        struct buf out = {0}, wanted = {0};
        sheet_csv(sheet, &out);
        buf_printf(&wanted, "\xEF\xBB\xBF\"Số\",\"Tên\"\r\n\"-5\",\"%s\"\r\n", CASES[i].cell);
        words_are(&out, words_text(&wanted));
        buf_fini(&wanted);
        sheet_free(&sheet);
    }
}

/* One file of the package, whole, as libzip finds it by name. */
static void
package_read(zip_t *zip, const char *name, struct buf *out)
{
    zip_stat_t stat;
    assert_int_equal(zip_stat(zip, name, 0, &stat), 0);
    zip_file_t *file = zip_fopen(zip, name, 0);
    assert_non_null(file);
    buf_clear(out);
    assert_int_equal(zip_fread(file, buf_reserve(out, stat.size), stat.size), stat.size);
    zip_fclose(file);
}

static void
ods(void **state)
{
    (void)state;
    struct sheet *sheet = sheet_of("=1 <b> & \"x\"  y\tz\nw");
    struct buf out = {0}, again = {0}, part = {0};
    zip_error_t error;
    assert_int_equal(sheet_ods(sheet, &out), ERR_OK);
    assert_int_equal(sheet_ods(sheet, &again), ERR_OK);
    assert_true(slice_equal(buf_slice_of(&out), buf_slice_of(&again)));
    assert_memory_equal(out.data + 10, "\0\0\x21\0", 4); /* 1980-01-01 00:00: not the clock's */
    /* The kind stands at its fixed place: the name at 30, the text behind it, not deflated. */
    assert_memory_equal(out.data + 30, "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                        54);
    zip_source_t *source = zip_source_buffer_create(out.data, out.len, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    assert_non_null(zip);
    package_read(zip, "META-INF/manifest.xml", &part);
    assert_has(&part, "manifest:full-path=\"content.xml\"");
    package_read(zip, "content.xml", &part);
    assert_has(&part, "office:value-type=\"float\" office:value=\"-5\"><text:p>-5</text:p>");
    assert_has(&part,
               "office:value-type=\"string\"><text:p>=1 &lt;b&gt; &amp; &quot;x&quot; <text:s/>y"
               "<text:tab/>z<text:line-break/>w</text:p>");
    zip_discard(zip);
    sheet_free(&sheet);
    buf_fini(&out);
    buf_fini(&again);
    buf_fini(&part);
}

static void
leave(const char *folder, const char *name, const char *suffix, struct slice bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, out), bytes.len);
    assert_int_equal(fclose(out), 0);
}

/* The whole session as a secretary gets it: every paper is one document, the lists have a row each. */
static void
session(void **state)
{
    (void)state;
    const char *folder = getenv("PAPERS_OUT");
    json_t *sorted = paper_sorted(json_object_get(site, "honours"));
    struct paper paper = site_paper(sorted);
    struct sheet *sheet = paper_sheet(sorted);
    struct buf out = {0};
    for (size_t i = 0; i < MAKER_COUNT; i++) {
        buf_clear(&out);
        MAKERS[i].make(&paper, &out);
        assert_has(&out, "<!DOCTYPE html>");
        assert_has(&out, "</body>\n</html>\n");
        if (folder != NULL) {
            leave(folder, MAKERS[i].name, "html", buf_slice_of(&out));
        }
    }
    assert_int_equal(sheet_cells(sheet), sheet_columns(sheet) * (1 + json_array_size(sorted)));
    buf_clear(&out);
    assert_int_equal(sheet_ods(sheet, &out), ERR_OK);
    if (folder != NULL) {
        leave(folder, "list", "ods", buf_slice_of(&out));
    }
    sheet_free(&sheet);
    buf_fini(&out);
    json_decref(sorted);
}

static int
site_load(void **state)
{
    (void)state;
    site = json_load_file("tests/data/papers/site.json", 0, NULL);
    return site == NULL;
}

static int
site_free(void **state)
{
    (void)state;
    json_decref(site);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),
        cmocka_unit_test(numbers),
        cmocka_unit_test(names),
        cmocka_unit_test(escaping),
        cmocka_unit_test(no_tag_from_outside),
        cmocka_unit_test(order),
        cmocka_unit_test(decision),
        cmocka_unit_test(certificates),
        cmocka_unit_test(minutes),
        cmocka_unit_test(empty),
        cmocka_unit_test(csv),
        cmocka_unit_test(ods),
        cmocka_unit_test(session),
    };
    return cmocka_run_group_tests(tests, site_load, site_free);
}
