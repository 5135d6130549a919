package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slapmonitor/tests/peers"
)

// cost is what one run takes.
type cost struct{ wall, cpu time.Duration }

// BenchmarkBuildout is the partition of tests/profiles/standalone, monitor-base
// and all, installed by real zc.buildout with the egg and by the embedded front
// end, first and again with nothing changed. What a buildout run with no parts
// takes is the measure: the ratios hold on any machine.
func BenchmarkBuildout(b *testing.B) {
	s := newBuildoutSite(b)
	empty := s.median(b, s.empty)
	for _, c := range []struct {
		name string
		run  func(*testing.B) cost
	}{
		{"egg/first", s.first(s.withEgg)}, {"egg/unchanged", s.again(b, s.withEgg)},
		{"embedded/first", s.first(s.embedded)}, {"embedded/unchanged", s.again(b, s.embedded)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var runs []cost
			for b.Loop() {
				runs = append(runs, c.run(b))
			}
			m := medianOf(runs)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(m.cpu)/float64(time.Millisecond), "cpu-ms")
			b.ReportMetric(float64(m.wall)/float64(time.Millisecond), "wall-ms")
			b.ReportMetric(float64(m.cpu)/float64(empty.cpu), "cpu-of-empty-buildout")
			b.ReportMetric(float64(m.wall)/float64(empty.wall), "wall-of-empty-buildout")
		})
	}
}

type buildoutSite struct {
	dir, programs string
	buildout      string // the program
	partitions    int
}

func newBuildoutSite(b *testing.B) *buildoutSite {
	b.Helper()
	s := &buildoutSite{dir: b.TempDir(), buildout: peers.Program(b, "buildout")}
	s.programs = filepath.Join(s.dir, "programs")
	s.mkdir(b, "programs", "software", "software/develop-eggs", "empty")
	if err := peers.BuildPrograms(s.programs); err != nil {
		b.Fatal(err)
	}
	profiles := filepath.Join(peers.Checkout(), "tests", "profiles", "standalone")
	s.write(b, "software/develop-eggs/slapos.recipe.monitor.egg-link", filepath.Join(peers.Checkout(), "recipes", "python")+"\n.\n")
	s.write(b, "software/buildout.cfg", "[buildout]\nextends = "+profiles+"/software.cfg\noffline = true\n[monitor-egg]\nlocation =\n"+
		"[monitor-toolkit]\nbinary-directory = "+s.programs+"\n[instance-profile]\n_profile_base_location_ = "+profiles+"\n")
	s.run(b, filepath.Join(s.dir, "software"), s.buildout, "-U")
	s.write(b, "empty/buildout.cfg", "[buildout]\nparts =\noffline = true\n")
	return s
}

func (s *buildoutSite) mkdir(b *testing.B, names ...string) {
	b.Helper()
	for _, n := range names {
		if err := os.Mkdir(filepath.Join(s.dir, n), 0o750); err != nil {
			b.Fatal(err)
		}
	}
}

func (s *buildoutSite) write(b *testing.B, name, text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o640); err != nil {
		b.Fatal(err)
	}
}

func (s *buildoutSite) run(b *testing.B, dir string, command ...string) cost {
	b.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Dir = dir
	start := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return cost{time.Since(start), c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
}

func (s *buildoutSite) empty(b *testing.B) cost {
	return s.run(b, filepath.Join(s.dir, "empty"), s.buildout, "-U")
}

func (s *buildoutSite) withEgg(b *testing.B, dir string) cost {
	return s.run(b, dir, s.buildout, "-U")
}

func (s *buildoutSite) embedded(b *testing.B, dir string) cost {
	return s.run(b, dir, filepath.Join(s.programs, "monitor-generate"), "install", "-q", "--dialect", "upstream", "buildout.cfg")
}

// partition is a new one, with the profile that slapgrid would give it.
func (s *buildoutSite) partition(b *testing.B) string {
	b.Helper()
	s.partitions++
	name := fmt.Sprintf("partition%d", s.partitions)
	s.mkdir(b, name)
	dir := filepath.Join(s.dir, name)
	template, err := os.ReadFile(filepath.Join(s.dir, "software", "instance.cfg"))
	if err != nil {
		b.Fatal(err)
	}
	s.write(b, name+"/buildout.cfg", string(template)+`
[buildout]
offline = true
bin-directory = ${buildout:directory}/sbin
[slap-connection]
computer-id = c
partition-id = p
server-url =
cert-file =
key-file =
software-release-url = u
[slap-configuration]
ipv4-random = 127.0.0.1
ipv6-random = ::1
`)
	if err := os.Symlink(filepath.Join(s.dir, "software"), filepath.Join(dir, "software_release")); err != nil {
		b.Fatal(err)
	}
	return dir
}

func (s *buildoutSite) first(install func(*testing.B, string) cost) func(*testing.B) cost {
	return func(b *testing.B) cost { return install(b, s.partition(b)) }
}

func (s *buildoutSite) again(b *testing.B, install func(*testing.B, string) cost) func(*testing.B) cost {
	dir := s.partition(b)
	install(b, dir)
	return func(b *testing.B) cost { return install(b, dir) }
}

func (s *buildoutSite) median(b *testing.B, run func(*testing.B) cost) cost {
	var runs []cost
	for range 5 {
		runs = append(runs, run(b))
	}
	return medianOf(runs)
}

// medianOf takes wall and CPU time apart: other programs disturb one more
// than the other.
func medianOf(runs []cost) cost {
	var wall, cpu []time.Duration
	for _, r := range runs {
		wall, cpu = append(wall, r.wall), append(cpu, r.cpu)
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	return cost{wall[len(wall)/2], cpu[len(cpu)/2]}
}
