/* thidua-query: reads its options and settings, then the worker's loop. */
#include "common/lang.h"
#include "common/log.h"
#include "workers/query/worker.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
print_help(void)
{
    (void)fputs(
        LANG_PICK(
            "Cách dùng: thidua-query --data THƯ_MỤC [--tên GIÁ_TRỊ]…\n"
            "Trả lời mọi câu hỏi đọc (tổng hợp, đơn vị còn thiếu, kết quả kiểm tra, xuất số liệu)\n"
            "từ trạng thái trong THƯ_MỤC/state. Không bao giờ ghi. `thidua up` tự chạy chương "
            "trình này.\n"
            "\n"
            "  --data THƯ_MỤC          thư mục dữ liệu do `thidua init` tạo\n"
            "  --broker ĐỊA_CHỈ        broker ở máy khác: tcp://MÁY:CỔNG#KHÓA\n"
            "  --key TỆP               khóa riêng để nối tới broker đó\n"
            "  --clock-offset-us N     cộng vào đồng hồ (diễn tập)\n"
            "  --tên GIÁ_TRỊ           mọi khóa khác của thidua.conf\n"
            "  --help                  trang này\n"
            "\n"
            "SIGTERM kết thúc chương trình đúng trật tự. Mã thoát theo sysexits.h.\n",
            "Usage: thidua-query --data DIR [--name VALUE]...\n"
            "Answers every read (tallies, who is missing, verdicts, exports) from the state in "
            "DIR/state.\n"
            "Never writes. `thidua up` runs this program by itself.\n"
            "\n"
            "  --data DIR              the data directory that `thidua init` made\n"
            "  --broker ENDPOINT       a broker on another machine: tcp://HOST:PORT#KEY\n"
            "  --key FILE              the private key for that broker\n"
            "  --clock-offset-us N     added to the clock (drills)\n"
            "  --name VALUE            every other key of thidua.conf\n"
            "  --help                  this page\n"
            "\n"
            "SIGTERM ends it in order. Exit codes as in sysexits.h.\n"),
        stdout);
}

int
main(int argc, char **argv)
{
    static struct settings settings;
    char why[512];
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help();
            return EX_OK;
        }
    }
    log_open("query", LOG_INFO);
    if (!settings_load(&settings, argc, argv, why)) {
        log_fatal(EX_USAGE, "%s", why);
    }
    return query_worker_run(&settings);
}
