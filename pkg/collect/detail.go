package collect

import (
	"math"
	"path/filepath"
	"strings"
	"time"
)

// detail is what only a live process tells.
type detail struct {
	Name    string   `json:"name,omitempty"`
	Command []string `json:"command,omitempty"`
	User    string   `json:"user,omitempty"`
	Date    string   `json:"date,omitempty"` // of its creation, UTC
}

// detailOf describes the process pid, if it is still the one that started then:
// a pid is used again.
func (v *procView) detailOf(pid int, started float64, user string) (d detail) {
	p, err := v.fs.Proc(pid)
	if err != nil {
		return d
	}
	st, err := p.Stat()
	if err != nil {
		return d
	}
	created := v.created(st.Starttime)
	if started > 0 && math.Abs(created-started) > 2 {
		return d
	}
	command, err := p.CmdLine()
	if err != nil {
		return d
	}
	return detail{
		Name: nameOf(st.Comm, command), Command: command, User: user,
		Date: time.UnixMilli(int64(created * 1000)).UTC().Format(time.DateTime),
	}
}

// nameOf is the process's name; the kernel keeps 15 characters of it, the
// command line the rest.
func nameOf(comm string, command []string) string {
	if len(comm) == 15 && len(command) > 0 {
		if full := filepath.Base(command[0]); strings.HasPrefix(full, comm) {
			return full
		}
	}
	return comm
}
