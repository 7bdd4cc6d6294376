#include "clients/review.h"

#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/words.h"
#include "proto/review.h"

#include <string.h>
#include <sysexits.h>

#define ID_SHOWN 10 /* digits: a millisecond's worth of time, enough to type and to tell apart */

static const struct {
    const char *word, *vi, *en;
} WORDS[] = {
    {"verify", "thẩm định", "verify"},
    {"return", "trả lại", "return"},
    {"consult", "xin hiệp y", "consult"},
    {"opinion", "cho ý kiến", "opinion"},
    {"conclude", "kết thúc hiệp y", "conclude"},
    {"approve", "thông qua", "approve"},
    {"forward", "trình lên", "forward"},
    {"refuse", "không thông qua", "refuse"},
    {"submit", "đề nghị", "submit"},
    {"table", "đưa ra họp", "table"},
    {"carry", "biểu quyết thông qua", "carried"},
    {"fail", "biểu quyết không thông qua", "not carried"},
    {"untable", "rút khỏi chương trình họp", "taken off the table"},
    {"decide", "quyết định", "decide"},
    {"revoke", "thu hồi", "revoke"},
    {"comment", "ghi chú", "comment"},
    {"collective", "tập thể", "collective"},
    {"individual", "cá nhân", "individual"},
    {"household", "hộ gia đình", "household"},
    {"commune", "cấp xã", "commune"},
    {"district", "cấp huyện, sở, ngành", "district, department"},
    {"city", "thành phố", "city"},
    {"prime-minister", "Thủ tướng Chính phủ", "Prime Minister"},
    {"president", "Chủ tịch nước", "President"},
};

const char *
review_word(const char *word)
{
    enum review_state state;
    const char *vi, *en;
    if (review_state_parse(slice_text(word), &state)) {
        review_state_words(state, &vi, &en);
        return words_language() == LANGUAGE_VI ? vi : en;
    }
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(WORDS[i].word, word) == 0) {
            return words_language() == LANGUAGE_VI ? WORDS[i].vi : WORDS[i].en;
        }
    }
    return word;
}

int
nomination_find(struct contact *contact, const char *text, uint8_t id[ULID_SIZE], json_t **item)
{
    struct question question = {0};
    uint8_t last[ULID_SIZE];
    json_t *answer;
    if (!ulid_range(slice_text(text), id, last)) {
        return say_code(
            EX_USAGE,
            tr("“%s” không phải là mã đề nghị, hay phần đầu của một mã (từ %d ký tự).",
               "“%s” is not a nomination, nor the beginning of one (%d digits or more)."),
            text, ULID_PREFIX_MIN);
    }
    question_text(&question, "nomination", text);
    int code = contact_read(contact, "review.show", &question, 0, &answer);
    question_fini(&question);
    if (code != 0) {
        return code;
    }
    bool found = ulid_range(slice_text(json_text(answer, "nomination")), id, last);
    if (item != NULL && found) {
        *item = answer;
    } else {
        json_decref(answer);
    }
    return found ? 0
                 : say_code(EX_PROTOCOL,
                            tr("câu trả lời không đọc được.", "the answer cannot be read."));
}

/* What the asker, or whoever else may, does with it next. */
static void
next_text(const json_t *item, char *text, unsigned size)
{
    size_t i, len = 0;
    json_t *move;
    text[0] = '\0';
    json_array_foreach(json_object_get(item, "moves"), i, move)
    {
        const char *word = review_word(json_text(move, "act"));
        if (json_true_at(move, "may") && len < size && strstr(text, word) == NULL) {
            len += (size_t)snprintf(text + len, size - len, "%s%s", len > 0 ? ", " : "", word);
        }
    }
}

void
nominations_show(const json_t *items)
{
    struct table_column columns[] = {
        {tr("Mã", "Nomination"), false},       {tr("Đối tượng", "Subject"), false},
        {tr("Hình thức", "Award"), false},     {tr("Nơi giữ", "In hand"), false},
        {tr("Trạng thái", "State"), false},    {tr("Hạn", "Deadline"), false},
        {tr("Việc tiếp theo", "Next"), false},
    };
    struct table *table = table_new(columns, 7);
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        char deadline[40], next[400], id[ID_SHOWN + 1];
        snprintf(id, sizeof id, "%s", json_text(item, "nomination"));
        snprintf(deadline, sizeof deadline, "%s%s", json_text(item, "deadline"),
                 json_true_at(item, "late") ? tr(" (quá hạn)", " (late)") : "");
        next_text(item, next, sizeof next);
        table_text(table, id);
        table_text(table, json_text(item, "subject"));
        table_text(table, title_of(item));
        table_text(table, json_text(item, "holder_name"));
        table_text(table, review_word(json_text(item, "state")));
        table_text(table, deadline);
        table_text(table, next);
    }
    table_print(table, stdout);
    table_free(&table);
}
