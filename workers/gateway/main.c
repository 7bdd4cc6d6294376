/* thidua-gateway: reads its options and settings, then the gateway's loop. */
#include "common/lang.h"
#include "common/log.h"
#include "workers/gateway/gateway.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
print_help(void)
{
    (void)fputs(
        LANG_PICK(
            "Cách dùng: thidua-gateway --data THƯ_MỤC [--tên GIÁ_TRỊ]…\n"
            "Cổng HTTP cho các hệ thống khác của thành phố (docs/HTTP.md). `thidua up` tự chạy\n"
            "chương trình này khi thidua.conf có gateway_listen.\n"
            "\n"
            "  --data THƯ_MỤC            thư mục có thidua.conf\n"
            "  --gateway-listen MÁY:CỔNG nơi lắng nghe; mặc định 127.0.0.1:8080\n"
            "  --broker ĐỊA_CHỈ          broker ở máy khác: tcp://MÁY:CỔNG#KHÓA\n"
            "  --key TỆP                 khóa riêng, vai trò gateway, để nối tới broker đó\n"
            "  --tên GIÁ_TRỊ             mọi khóa khác của thidua.conf\n"
            "  --help                    trang này\n",
            "Usage: thidua-gateway --data DIR [--name VALUE]...\n"
            "HTTP for the city's other systems (docs/HTTP.md). `thidua up` runs this program by\n"
            "itself where thidua.conf has gateway_listen.\n"
            "\n"
            "  --data DIR                a folder with thidua.conf\n"
            "  --gateway-listen HOST:PORT where to listen; default 127.0.0.1:8080\n"
            "  --broker ENDPOINT         a broker on another machine: tcp://HOST:PORT#KEY\n"
            "  --key FILE                the private key, of role gateway, for that broker\n"
            "  --name VALUE              every other key of thidua.conf\n"
            "  --help                    this page\n"),
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
    log_open("gateway", LOG_INFO);
    if (sodium_init() < 0 || !settings_load(&settings, argc, argv, why)) {
        log_fatal(EX_USAGE, "%s", why);
    }
    return gateway_run(&settings);
}
