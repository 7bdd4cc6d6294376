/* The lock of `thidua up`. */
#include "clients/uplock.h"

#include "proto/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int
lock_open(const char *data, int flags)
{
    char path[SETTINGS_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/run/up.lock", data);
    return open(path, flags | O_CLOEXEC, 0644);
}

enum err
uplock_take(const char *data, int *fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    *fd = lock_open(data, O_RDWR | O_CREAT);
    if (*fd < 0) {
        return ERR_IO;
    }
    if (fcntl(*fd, F_OFD_SETLK, &lock) != 0) {
        enum err err = errno == EAGAIN || errno == EACCES ? ERR_EXISTS : ERR_IO;
        close(*fd);
        return err;
    }
    /* For the curious only; nothing reads it back. */
    if (ftruncate(*fd, 0) == 0) {
        dprintf(*fd, "%d\n", (int)getpid());
    }
    return ERR_OK;
}

bool
uplock_held(const char *data)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = lock_open(data, O_RDONLY);
    if (fd < 0) {
        return false;
    }
    bool held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}
