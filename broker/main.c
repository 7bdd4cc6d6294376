/* thidua-broker: reads its settings, opens the journal, runs the loop. */
#include "broker/backup.h"
#include "broker/journal.h"
#include "broker/loop.h"
#include "broker/prove.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/proc.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static void
print_help(void)
{
    (void)fputs(
        LANG_PICK(
            "Cách dùng: thidua-broker --data THƯ_MỤC [--khóa GIÁ_TRỊ]…\n"
            "Nhận báo cáo, ghi nhật ký, cấp biên nhận, chuyển khối cho các tiến trình xử lý.\n"
            "`thidua up` tự chạy chương trình này.\n"
            "\n"
            "  --data THƯ_MỤC      thư mục dữ liệu do `thidua init` tạo\n"
            "  --khóa GIÁ_TRỊ      mọi khóa khác của thidua.conf\n"
            "  --backup, --restore dùng bởi `thidua backup` và `thidua restore`\n"
            "  --prove             dùng bởi `thidua journal` và `thidua verify`\n"
            "  --help              trang này\n",
            "Usage: thidua-broker --data DIR [--key VALUE]...\n"
            "Takes reports, journals them, gives receipts, feeds blocks to the workers.\n"
            "`thidua up` runs this program by itself.\n"
            "\n"
            "  --data DIR          the data directory that `thidua init` made\n"
            "  --key VALUE         every other key of thidua.conf\n"
            "  --backup, --restore used by `thidua backup` and `thidua restore`\n"
            "  --prove             used by `thidua journal` and `thidua verify`\n"
            "  --help              this page\n"),
        stdout);
}

static struct journal *
journal_open(const struct settings *settings)
{
    char folder[SETTINGS_PATH_MAX + 16];
    struct journal_options options = {.segment_bytes = settings->segment_mb << 20};
    struct journal *journal;
    snprintf(folder, sizeof(folder), "%s/journal", settings->data);
    switch (journal_lmdb_open(folder, &options, &journal)) {
    case ERR_OK:
        return journal;
    case ERR_EXISTS:
        log_fatal(EX_TEMPFAIL,
                  LANG_PICK("Một broker khác đang dùng %s; hãy dừng nó trước.",
                            "Another broker has %s open; stop that one first."),
                  folder);
    case ERR_CORRUPT:
        log_fatal(
            EX_DATAERR,
            LANG_PICK("Nhật ký %s bị hỏng (xem dòng trên); hãy khôi phục tệp đó từ bản sao.",
                      "The journal %s is damaged (see above); restore that file from a copy."),
            folder);
    default:
        log_fatal(EX_NOINPUT,
                  LANG_PICK("Không mở được nhật ký %s; hãy chạy `thidua init` hoặc kiểm tra quyền.",
                            "Cannot open the journal %s; run `thidua init`, or check permissions."),
                  folder);
    }
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
    log_open("broker", LOG_INFO);
    umask(077); /* over ipc:// the mode of the socket and its folder is what keeps others out */
    int done = backup_command(argc, argv);
    done = done < 0 ? prove_command(argc, argv) : done;
    if (done >= 0) {
        return done;
    }
    if (!settings_load(&settings, argc, argv, why)) {
        log_fatal(EX_USAGE, "%s", why);
    }
    int signals = proc_signals_open();
    if (signals < 0 || sodium_init() < 0) {
        log_fatal(EX_OSERR, LANG_PICK("Hệ thống từ chối: %s.", "The system refuses: %s."),
                  strerror(errno));
    }
    struct clock clock = clock_real(settings.clock_offset_us);
    struct journal *journal = journal_open(&settings);
    int code = loop_run(&settings, journal, &clock, signals);
    journal_free(&journal);
    close(signals);
    return code;
}
