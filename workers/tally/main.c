/* thidua-tally: takes its own options out of the command line, loads the settings, runs. */
#include "common/lang.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/tally/verify.h"
#include "workers/tally/worker.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct command {
    bool help;
    bool verify;
    struct verify_options options;
    int argc; /* what is left, for the settings */
    char **argv;
};

static void
print_help(void)
{
    fputs(LANG_PICK(
              "Cách dùng: thidua-tally --data THƯ_MỤC [--khóa GIÁ_TRỊ]…\n"
              "Kiểm tra và tổng hợp báo cáo của một phân mảnh vào THƯ_MỤC/state/NN. Phân mảnh nào "
              "là do\n"
              "broker giao. `thidua up` tự chạy chương trình này.\n"
              "\n"
              "  --data THƯ_MỤC          thư mục dữ liệu do `thidua init` tạo\n"
              "  --listen ĐỊA_CHỈ        địa chỉ của broker\n"
              "  --clock-offset-us N     cộng vào đồng hồ (diễn tập)\n"
              "  --khóa GIÁ_TRỊ          mọi khóa khác của thidua.conf\n"
              "  --verify                đọc lại toàn bộ nhật ký vào trạng thái tạm rồi so từng "
              "hàng với\n"
              "                          trạng thái đang dùng; mỗi phân mảnh một dòng:\n"
              "                          `shard 0 block 1234 equal` (hoặc different, absent)\n"
              "  --json                  với --verify: in một đối tượng JSON\n"
              "  --quiet                 với --verify: không hiện tiến độ\n"
              "  --help                  trang này\n"
              "\n"
              "SIGTERM kết thúc chương trình đúng trật tự.\n"
              "Mã thoát: 0 xong, bằng nhau; 1 khác nhau; 64 sai cách dùng; 65 nhật ký không khớp;\n"
              "69 không liên lạc được với broker; 74 lỗi đọc ghi; 75 chưa có phân mảnh, hãy thử "
              "lại;\n"
              "76 broker trả lời sai; 78 trạng thái thuộc phiên bản hoặc phân mảnh khác.\n",
              "Usage: thidua-tally --data DIR [--key VALUE]...\n"
              "Validates and tallies the reports of one shard into DIR/state/NN. The broker says "
              "which\n"
              "shard. `thidua up` runs this program by itself.\n"
              "\n"
              "  --data DIR              the data directory that `thidua init` made\n"
              "  --listen ENDPOINT       the broker's endpoint\n"
              "  --clock-offset-us N     added to the clock (drills)\n"
              "  --key VALUE             every other key of thidua.conf\n"
              "  --verify                replay the whole journal into temporary states and "
              "compare every\n"
              "                          row with the state in use; one line a shard:\n"
              "                          `shard 0 block 1234 equal` (or different, absent)\n"
              "  --json                  with --verify: print one JSON object\n"
              "  --quiet                 with --verify: show no progress\n"
              "  --help                  this page\n"
              "\n"
              "SIGTERM ends it in order.\n"
              "Exit codes: 0 done, equal; 1 different; 64 usage; 65 the journal does not fit;\n"
              "69 the broker cannot be reached; 74 reading or writing failed; 75 no shard yet, try "
              "again;\n"
              "76 the broker answers wrongly; 78 the state is another version's or another "
              "shard's.\n"),
          stdout);
}

static bool *
flag_of(struct command *c, const char *arg)
{
    if (strcmp(arg, "--help") == 0) {
        return &c->help;
    }
    if (strcmp(arg, "--verify") == 0) {
        return &c->verify;
    }
    if (strcmp(arg, "--json") == 0) {
        return &c->options.json;
    }
    return strcmp(arg, "--quiet") == 0 ? &c->options.quiet : NULL;
}

/* Our own flags have no value; the rest goes to the settings as it stands. */
static void
command_read(struct command *c, int argc, char **argv)
{
    c->argv = mem_alloc(((size_t)argc + 1) * sizeof(*c->argv));
    for (int i = 0; i < argc; i++) {
        bool *flag = i > 0 ? flag_of(c, argv[i]) : NULL;
        if (flag != NULL) {
            *flag = true;
        } else {
            c->argv[c->argc++] = argv[i];
        }
    }
}

static int
run(struct command *c)
{
    static struct settings settings;
    char why[512];
    if (!c->verify && (c->options.json || c->options.quiet)) {
        log_fatal(EX_USAGE, "%s",
                  LANG_PICK("--json và --quiet chỉ dùng với --verify.",
                            "--json and --quiet go with --verify."));
    }
    if (!settings_load(&settings, c->argc, c->argv, why)) {
        log_fatal(EX_USAGE, "%s", why);
    }
    return c->verify ? verify_run(&settings, &c->options) : worker_run(&settings);
}

int
main(int argc, char **argv)
{
    struct command command = {0};
    int code = EX_OK;
    command_read(&command, argc, argv);
    log_open(command.verify ? "verify" : "tally", command.verify ? LOG_WARN : LOG_INFO);
    if (sodium_init() < 0) {
        log_fatal(EX_OSERR, "%s", "libsodium could not start: the system gives no random numbers.");
    }
    if (command.help) {
        print_help();
    } else {
        code = run(&command);
    }
    free(command.argv);
    return code;
}
