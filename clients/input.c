/* fopencookie over a descriptor that is polled. */
#include "clients/input.h"

#include "clients/words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define INPUT_STEP_MS 20

static ssize_t
input_read(void *cookie, char *buffer, size_t size)
{
    struct input *in = cookie;
    struct pollfd p = {.fd = in->fd, .events = POLLIN};
    bool idle = false;
    if (in->idle != NULL && poll(&p, 1, 0) == 0) {
        in->idle(in->context);
    }
    while (in->client != NULL && poll(&p, 1, 0) == 0) {
        if (!idle) {
            /* Nothing more for now: what was gathered shall not wait for the writer. */
            client_flush(in->client);
            idle = true;
        }
        client_step(in->client, 0);
        poll(&p, 1, INPUT_STEP_MS);
    }
    ssize_t got;
    do {
        got = read(in->fd, buffer, size);
    } while (got < 0 && errno == EINTR);
    in->read += got > 0 ? (uint64_t)got : 0;
    return got;
}

static int
input_end(void *cookie)
{
    struct input *in = cookie;
    return in->fd == STDIN_FILENO ? 0 : close(in->fd);
}

int
input_open(struct input *in, const char *path, struct contact *contact)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat status;
    *in = (struct input){.name = standard ? "stdin" : path,
                         .client = contact == NULL ? NULL : contact->client};
    in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) {
        return say_code(EX_NOINPUT, tr("không mở được %s: %s.", "%s cannot be opened: %s."), path,
                        strerror(errno));
    }
    bool known = fstat(in->fd, &status) == 0;
    if (known && S_ISDIR(status.st_mode)) {
        input_end(in);
        return say_code(EX_NOINPUT, tr("%s là một thư mục.", "%s is a directory."), path);
    }
    in->total = known && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    cookie_io_functions_t functions = {.read = input_read, .close = input_end};
    in->file = fopencookie(in, "r", functions);
    if (in->file == NULL) {
        input_end(in);
        return say_code(EX_OSERR, "%s", strerror(errno));
    }
    return 0;
}

void
input_close(struct input *in)
{
    if (in->file != NULL) {
        fclose(in->file);
    }
    in->file = NULL;
}
