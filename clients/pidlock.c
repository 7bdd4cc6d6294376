/* Locks of whole files, by F_OFD_SETLK. */
#include "clients/pidlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum err
pidlock_take(const char *path, int *fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
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
pidlock_held(const char *path)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}
