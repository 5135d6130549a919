package standalone_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// withoutIPv6 is the variable that makes the test program run its arguments in
// a network that has a loopback and no IPv6.
const withoutIPv6 = "STANDALONE_TEST_WITHOUT_IPV6"

// runWithoutIPv6 becomes the command of its arguments. The network is already
// a new one, with everything switched off.
func runWithoutIPv6() {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err == nil {
		var lo *unix.Ifreq
		if lo, err = unix.NewIfreq("lo"); err == nil {
			lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
			err = unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo)
		}
	}
	if err == nil {
		err = os.WriteFile("/proc/sys/net/ipv6/conf/lo/disable_ipv6", []byte("1"), 0)
	}
	if err == nil || errors.Is(err, os.ErrNotExist) { // a kernel without IPv6 is as good
		err = unix.Exec(os.Args[1], os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "no such network:", err)
	os.Exit(99)
}

func TestWithoutIPv6(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, programs+"/monitor-standalone", d.software, "--directory", d.dir, "--once")
	c.Env = append(os.Environ(), withoutIPv6+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if errors.Is(err, unix.EPERM) || c.ProcessState != nil && c.ProcessState.ExitCode() == 99 {
		t.Skipf("this machine lets nobody make networks: %v\n%s", err, out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	base := "https://127.0.0.1:" + fmt.Sprint(d.port)
	if !regexp.MustCompile(`base URL +`+base+"\n").Match(out) || !strings.Contains(string(out), "this machine has no IPv6: listening on 127.0.0.1") {
		t.Errorf("printed:\n%s", out)
	}
}

// Where there is IPv6, it is what the monitor listens on by itself.
func TestIPv6ByDefault(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	_ = l.Close()
	d := example(t, "")
	out, err := exec.Command(programs+"/monitor-standalone", d.software, "--directory", d.dir, "--once").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), fmt.Sprintf("base URL   https://[::1]:%d\n", d.port)) {
		t.Errorf("printed:\n%s", out)
	}
}
