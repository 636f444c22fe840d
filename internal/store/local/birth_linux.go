package local

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sys/unix"
)

// birthOf tells one file from every other, its copies included, and stays with it when
// it is moved: the moment of its making or, where the file system does not keep that, its
// number. Empty where neither is known.
func birthOf(f vfs.File) string {
	if f.Fd() == vfs.InvalidFd {
		return ""
	}
	var s unix.Statx_t
	if err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_BTIME|unix.STATX_INO, &s); err != nil {
		return ""
	}
	if s.Mask&unix.STATX_BTIME != 0 {
		return fmt.Sprintf("made %d.%09d", s.Btime.Sec, s.Btime.Nsec)
	}
	return fmt.Sprintf("inode %d", s.Ino)
}
