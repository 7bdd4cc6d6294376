/* One table of words, so that a verdict is called the same on every screen. */
#include "clients/terms.h"

#include "clients/words.h"

#include <stddef.h>
#include <string.h>

static const struct term {
    const char *word, *vi, *en;
} TERMS[] = {
    /* verdicts */
    {"accepted", "đã nhận", "accepted"},
    {"corrected", "thay bản trước", "corrected"},
    {"unchanged", "không đổi", "unchanged"},
    {"superseded", "đã có bản mới hơn", "superseded"},
    {"rejected", "bị từ chối", "rejected"},
    {"quarantined", "bị cách ly", "quarantined"},
    /* flags */
    {"late", "trễ hạn", "late"},
    {"outlier", "khác thường", "outlier"},
    {"incomplete", "thiếu chỉ tiêu", "incomplete"},
    {"warned", "cần xem lại", "warned"},
    /* rules of highlights */
    {"target-exceeded", "vượt xa mục tiêu", "target exceeded"},
    {"rank-gained", "tăng hạng", "rank gained"},
    {"recovered", "vươn lên từ cuối khối", "recovered from last"},
    {"complete-series", "báo cáo đủ, đúng hạn liên tục", "longest complete series"},
    /* a shard's worker */
    {"up", "đang chạy", "up"},
    {"none", "không có", "none"},
    {"silent", "im lặng", "silent"},
    /* why the network's endpoint is not open: broker/README.md */
    {"off", "không dùng", "off"},
    {"access-unknown", "chưa biết ai được vào", "who may come in is not known"},
    {"shard-behind", "phân mảnh 0 còn đọc", "shard 0 still reads"},
    {"address-unusable", "không mở được", "cannot be opened"},
};

const char *
term(const char *word)
{
    for (size_t i = 0; i < sizeof TERMS / sizeof TERMS[0]; i++) {
        if (strcmp(TERMS[i].word, word) == 0) {
            return tr(TERMS[i].vi, TERMS[i].en);
        }
    }
    return word;
}
