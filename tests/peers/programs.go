package peers

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// BuildPrograms puts the programs of this checkout into dir. Test packages
// share what is built, because linking takes longer than many tests do; each
// has its own copies, which nobody replaces while they run.
func BuildPrograms(dir string) error {
	shared := filepath.Join(Checkout(), ".cache", "programs")
	if err := os.MkdirAll(shared, 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(shared, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if out, err := exec.Command("go", "build", "-o", shared+"/", "slapmonitor/cmd/...").CombinedOutput(); err != nil {
		return fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	commands, err := os.ReadDir(filepath.Join(Checkout(), "cmd"))
	if err != nil {
		return err
	}
	for _, c := range commands {
		if err := copyProgram(filepath.Join(shared, c.Name()), filepath.Join(dir, c.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
