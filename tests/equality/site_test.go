package equality

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
)

// site is a software release and one partition of it, deployed as slapgrid
// does by one of the front ends.
type site struct {
	front               frontEnd
	profile             string // software.cfg
	software, partition string
}

const password = "seededSecret9"

func newSite(t *testing.T, place, profile string, front frontEnd) *site {
	t.Helper()
	s := &site{front: front, profile: profile, software: filepath.Join(place, "software"), partition: filepath.Join(place, "partition")}
	for _, dir := range []string{place, s.software, s.partition, filepath.Join(s.partition, "etc")} {
		mkdir(t, dir)
	}
	// The one thing that is drawn by lot.
	write(t, filepath.Join(s.partition, "etc", ".monitor_pwd"), `{"":"`+password+`"}`)
	if err := os.Symlink(s.software, filepath.Join(s.partition, "software_release")); err != nil {
		t.Fatal(err)
	}
	return s
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	header   = regexp.MustCompile(`(?m)^\[([^\]:]+)\]`)
	partList = regexp.MustCompile(`(?m)^parts\s*\+?=((?:[^\n]*\n)(?:[ \t]+[^\n]*\n)*)`)
)

// partsOf are the parts that the instance profile beside profile lists.
func partsOf(t *testing.T, profile string) string {
	t.Helper()
	m := partList.FindStringSubmatch(read(t, filepath.Join(filepath.Dir(profile), "instance.cfg.in")))
	if m == nil {
		t.Fatalf("%s: its instance lists no parts", profile)
	}
	return m[1]
}

// buildSoftware is what slapgrid does for a software release: a file that
// extends its URL. zc.buildout without SlapOS' changes is told where the
// profile is; the egg is found through a static link.
func (s *site) buildSoftware(t *testing.T) outcome {
	t.Helper()
	text := "[buildout]\nextends = " + s.profile + "\n" +
		"[monitor-egg]\nlocation =\n" +
		"[monitor-toolkit]\nbinary-directory = " + programs + "\n"
	section := ""
	for line := range strings.Lines(read(t, s.profile)) {
		if m := header.FindStringSubmatch(line); m != nil {
			section = m[1]
		}
		if strings.Contains(line, "${:_profile_base_location_}") {
			text += fmt.Sprintf("[%s]\n_profile_base_location_ = %s\n", section, filepath.Dir(s.profile))
		}
	}
	write(t, filepath.Join(s.software, "buildout.cfg"), text)
	links := filepath.Join(s.software, "develop-eggs")
	mkdir(t, links)
	write(t, filepath.Join(links, "slapos.recipe.monitor.egg-link"), filepath.Join(peers.Checkout(), "recipes", "python")+"\n.\n")
	return s.run(t, s.software)
}

// installInstance is what slapgrid does for a partition: the profile that the
// software release made, with a tail.
func (s *site) installInstance(t *testing.T, step step) outcome {
	t.Helper()
	write(t, filepath.Join(s.partition, "buildout.cfg"), read(t, filepath.Join(s.software, "instance.cfg"))+"\n"+s.tail(t)+step.extra)
	return s.run(t, s.partition)
}

func (s *site) tail(t *testing.T) string {
	t.Helper()
	tail := `
[buildout]
bin-directory = ${buildout:directory}/sbin
offline = true
[slap-connection]
computer-id = computer
partition-id = slappart0
server-url =
software-release-url = ` + s.profile + `
key-file =
cert-file =
requested-state = started
# Where the eggs of promises are is asked of Python, which only one of the
# front ends has.
[monitor-promise-base]
eggs-path = /eggs/slapos.core
[macro.cron-with-promise]
eggs-path = /eggs/slapos.core
`
	if strings.Contains(read(t, filepath.Join(filepath.Dir(s.profile), "instance.cfg.in")), "no [slap-configuration]") {
		return tail
	}
	return tail + `
[slap-configuration]
instance-title = Equal
root-instance-title = Equal root
slap-software-type = default
ipv4-random = 127.0.0.1
ipv6-random = ::1
`
}
