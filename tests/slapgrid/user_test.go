package slapgrid

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
	"testing"

	"slapmonitor/tests/peers"
)

// slapgrid refuses to deploy as root. A test that runs as root is another user
// of the machine in a user namespace of its own; where those are not allowed
// it becomes that user for good.
const otherUser = "daemon"

// unprivileged is how to start programs that must not run as root, and the
// name of their user. Files of the test are given to it where needed.
func unprivileged(t *testing.T, dir string) (*syscall.SysProcAttr, string) {
	t.Helper()
	if os.Getuid() != 0 {
		me, err := user.Current()
		if err != nil {
			t.Fatal(err)
		}
		return &syscall.SysProcAttr{}, me.Username
	}
	other, err := user.Lookup(otherUser)
	if err != nil {
		peers.Missing(t, "there is no user to run slapgrid as: %v", err)
	}
	uid, err := strconv.Atoi(other.Uid)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(other.Gid)
	if err != nil {
		t.Fatal(err)
	}
	namespace := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: 0, Size: 1}},
	}
	python := peers.Python(t)
	if works(namespace, python) {
		return namespace, otherUser
	}
	changed := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}}
	if !works(changed, python) {
		peers.Missing(t, "slapgrid cannot run here: no user namespaces, and %s cannot run %s", otherUser, python)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return changed, otherUser
}

func works(attributes *syscall.SysProcAttr, python string) bool {
	c := exec.Command(python, "-c", "pass")
	c.SysProcAttr = attributes
	return c.Run() == nil
}
