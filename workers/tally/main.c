/* thidua-tally: takes its own options out of the command line, loads the settings, runs. */
#include "common/lang.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/tally/accuse.h"
#include "workers/tally/backup.h"
#include "workers/tally/care.h"
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
    const char *backup; /* NULL: none is made */
    struct care_options care;
    const char *quarantine; /* RECEIPT:REASON; NULL: be a worker */
    int argc;               /* what is left, for the settings */
    char **argv;
};

static void
print_help(void)
{
    fputs(LANG_PICK(
              "Cách dùng: thidua-tally --data THƯ_MỤC [--tên GIÁ_TRỊ]…\n"
              "Kiểm tra và tổng hợp báo cáo của một phân mảnh vào THƯ_MỤC/state/NN. Phân mảnh nào "
              "là do\n"
              "broker giao. `thidua up` tự chạy chương trình này.\n"
              "\n"
              "  --data THƯ_MỤC          thư mục dữ liệu do `thidua init` tạo\n"
              "  --broker ĐỊA_CHỈ        broker ở máy khác: tcp://MÁY:CỔNG#KHÓA\n"
              "  --key TỆP               khóa riêng để nối tới broker đó\n"
              "  --clock-offset-us N     cộng vào đồng hồ (diễn tập)\n"
              "  --tên GIÁ_TRỊ           mọi khóa khác của thidua.conf\n"
              "  --verify                đọc lại toàn bộ nhật ký vào trạng thái tạm rồi so từng "
              "hàng với\n"
              "                          trạng thái đang dùng; mỗi phân mảnh một dòng:\n"
              "                          `shard 0 block 1234 equal` (hoặc different, absent)\n"
              "  --note TỆP              ghi vào TỆP bản ghi đang được xử lý\n"
              "  --careful               mỗi khối một giao dịch, đến khi hết phần tồn đọng\n"
              "  --quarantine BIÊN_NHẬN:LÝ_DO\n"
              "                          chỉ báo broker cách ly bản ghi đó, rồi kết thúc\n"
              "  --from BẢN_SAO          với --verify: bắt đầu từ trạng thái trong bản sao lưu\n"
              "  --backup BẢN_SAO        chép trạng thái mọi phân mảnh; `thidua backup` dùng\n"
              "  --json                  với --verify: in một đối tượng JSON\n"
              "  --quiet                 với --verify: không hiện tiến độ\n"
              "  --help                  trang này\n"
              "\n"
              "SIGTERM kết thúc chương trình đúng trật tự.\n"
              "Mã thoát: 0 xong, bằng nhau; 1 khác nhau; 64 sai cách dùng; 65 nhật ký không khớp;\n"
              "69 không liên lạc được với broker; 74 lỗi đọc ghi; 75 chưa có phân mảnh, hãy thử "
              "lại;\n"
              "76 broker trả lời sai; 78 trạng thái thuộc phiên bản hoặc phân mảnh khác.\n",
              "Usage: thidua-tally --data DIR [--name VALUE]...\n"
              "Validates and tallies the reports of one shard into DIR/state/NN. The broker says "
              "which\n"
              "shard. `thidua up` runs this program by itself.\n"
              "\n"
              "  --data DIR              the data directory that `thidua init` made\n"
              "  --broker ENDPOINT       a broker on another machine: tcp://HOST:PORT#KEY\n"
              "  --key FILE              the private key for that broker\n"
              "  --clock-offset-us N     added to the clock (drills)\n"
              "  --name VALUE            every other key of thidua.conf\n"
              "  --verify                replay the whole journal into temporary states and "
              "compare every\n"
              "                          row with the state in use; one line a shard:\n"
              "                          `shard 0 block 1234 equal` (or different, absent)\n"
              "  --note FILE             keep in FILE which record is in hand\n"
              "  --careful               one block a transaction, until the backlog is gone\n"
              "  --quarantine RECEIPT:REASON\n"
              "                          only tell the broker to quarantine that record, and end\n"
              "  --from BACKUP           with --verify: begin with the states in that backup\n"
              "  --backup BACKUP         copy every shard's state; used by `thidua backup`\n"
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
    if (strcmp(arg, "--careful") == 0) {
        return &c->care.careful;
    }
    if (strcmp(arg, "--json") == 0) {
        return &c->options.json;
    }
    return strcmp(arg, "--quiet") == 0 ? &c->options.quiet : NULL;
}

static const char **
text_of(struct command *c, const char *arg)
{
    if (strcmp(arg, "--note") == 0) {
        return &c->care.note;
    }
    if (strcmp(arg, "--backup") == 0) {
        return &c->backup;
    }
    if (strcmp(arg, "--from") == 0) {
        return &c->options.from;
    }
    return strcmp(arg, "--quarantine") == 0 ? &c->quarantine : NULL;
}

/* Our own options are taken out; the rest goes to the settings as it stands. */
static void
command_read(struct command *c, int argc, char **argv)
{
    c->argv = mem_alloc(((size_t)argc + 1) * sizeof(*c->argv));
    for (int i = 0; i < argc; i++) {
        bool *flag = i > 0 ? flag_of(c, argv[i]) : NULL;
        const char **text = i > 0 && i + 1 < argc ? text_of(c, argv[i]) : NULL;
        if (flag != NULL) {
            *flag = true;
        } else if (text != NULL) {
            *text = argv[++i];
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
    if (!c->verify && (c->options.json || c->options.quiet || c->options.from != NULL)) {
        log_fatal(EX_USAGE, "%s",
                  LANG_PICK("--json, --quiet và --from chỉ dùng với --verify.",
                            "--json, --quiet and --from go with --verify."));
    }
    if (!settings_load(&settings, c->argc, c->argv, why)) {
        log_fatal(EX_USAGE, "%s", why);
    }
    if (c->backup != NULL) {
        return backup_run(settings.data, (uint32_t)settings.shards, c->backup);
    }
    if (c->quarantine != NULL) {
        return accuse_run(&settings, c->quarantine);
    }
    return c->verify ? verify_run(&settings, &c->options) : worker_run(&settings, &c->care);
}

int
main(int argc, char **argv)
{
    struct command command = {.care = {.hook = hook_of_environment()}};
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
