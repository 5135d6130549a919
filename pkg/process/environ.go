package process

import (
	"os"
	"os/user"
	"slices"
	"strings"
)

// adminPath is where Debian keeps logrotate and the like; a user's own PATH
// often lacks it.
const adminPath = "/usr/local/sbin:/usr/sbin:/sbin"

// Environ is the environment of programs whose home is the partition. Nothing
// else is inherited but PATH and TZ: a partition behaves the same whoever's
// shell it is started from.
func Environ(home string) []string {
	name := "nobody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	env := []string{"HOME=" + home, "LANG=C.UTF-8", "LOGNAME=" + name, "PATH=" + Path(), "SHELL=/bin/sh", "USER=" + name}
	if zone, ok := os.LookupEnv("TZ"); ok {
		env = append(env, "TZ="+zone)
	}
	return env
}

// Path is the PATH of such programs: this process's own, then the
// administrator's folders that it lacks.
func Path() string {
	path := os.Getenv("PATH")
	if path == "" {
		path = "/usr/local/bin:/usr/bin:/bin"
	}
	have := strings.Split(path, ":")
	for dir := range strings.SplitSeq(adminPath, ":") {
		if !slices.Contains(have, dir) {
			path += ":" + dir
		}
	}
	return path
}
