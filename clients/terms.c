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
    /* problems: broker/README.md explains them */
    {"shard-without-worker", "có phân mảnh không có tiến trình xử lý",
     "a shard has no live worker"},
    {"worker-silent", "có tiến trình xử lý còn đó nhưng không lên tiếng",
     "a worker's process is there, but says nothing"},
    {"no-query-worker", "không có tiến trình trả lời truy vấn", "nobody answers queries"},
    {"query-worker-silent", "tiến trình trả lời truy vấn không lên tiếng",
     "the query worker says nothing"},
    {"network-closed", "cửa mạng (listen_tcp) chưa mở", "the network's endpoint is not open"},
    {"lag-large", "có phân mảnh xử lý chậm quá mức", "a shard is too far behind"},
    {"disk-low", "đĩa sắp đầy", "the disk is nearly full"},
    {"journal-damaged", "có khối không đọc được; xem log, khôi phục đoạn đó từ bản sao",
     "a block cannot be read; see the log, restore that segment from a copy"},
    {"shard-behind", "có phân mảnh chưa xử lý xong những gì đã nhận",
     "a shard has not applied yet what has been taken"},
    {"first-not-published", "danh sách đơn vị và phong trào chưa công bố xong",
     "the first units and campaign are not published yet"},
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
