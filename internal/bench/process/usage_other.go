//go:build !linux

package process

import (
	"syscall"
	"time"
)

func ownGroup() *syscall.SysProcAttr { return nil }

// CPU fails with [ErrUnknown].
func CPU(int) (time.Duration, error) { return 0, ErrUnknown }

// Resident fails with [ErrUnknown].
func Resident(int) (int64, error) { return 0, ErrUnknown }

// PeakResident fails with [ErrUnknown].
func PeakResident(int) (int64, error) { return 0, ErrUnknown }

// ResetPeak fails with [ErrUnknown].
func ResetPeak(int) error { return ErrUnknown }

// ThreadTime fails with [ErrUnknown].
func ThreadTime(func()) (time.Duration, error) { return 0, ErrUnknown }
