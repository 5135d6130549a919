package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// program builds one of the stack's programs for a benchmark.
func program(b *testing.B, name string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	build := exec.Command("go", "build", "-trimpath", "-o", path, "slapmonitor/cmd/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}

// cpu runs a command and returns the CPU time that it and its children took.
func cpu(b *testing.B, command ...string) time.Duration {
	b.Helper()
	c := exec.Command(command[0], command[1:]...)
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// report gives the median of times, in milliseconds and against what
// design.md 9 allows.
func report(b *testing.B, times []time.Duration, allowed time.Duration) {
	slices.Sort(times)
	median := times[len(times)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(median)/float64(time.Millisecond), "cpu-ms")
	b.ReportMetric(float64(median)/float64(allowed), "of-allowed")
}

// BenchmarkInstallMonitorBase is the example partition, monitor-base and all,
// evaluated and rendered by the embedded front end: 250 ms CPU the first time,
// 50 ms when nothing changed.
func BenchmarkInstallMonitorBase(b *testing.B) {
	generate := program(b, "monitor-generate")
	dir := b.TempDir()
	software, err := filepath.Abs("../profiles/standalone/software.cfg")
	if err != nil {
		b.Fatal(err)
	}
	cpu(b, generate, "install", "-q", "--directory", dir, software)
	profile := filepath.Join(dir, "partition.cfg")
	text := "[buildout]\nextends = " + dir + "/instance.cfg\n[slap-connection]\nserver-url =\ncert-file =\nkey-file =\npartition-id = p\ncomputer-id = c\nsoftware-release-url = u\n" +
		"[slap-configuration]\nipv4-random = 127.0.0.1\nipv6-random = ::1\n"
	for _, name := range []string{profile, filepath.Join(dir, "buildout.cfg")} {
		if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
			b.Fatal(err)
		}
	}
	partition := func(n string) string {
		p := filepath.Join(dir, n)
		if err := os.MkdirAll(p, 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.Symlink(dir, filepath.Join(p, "software_release")); err != nil && !os.IsExist(err) {
			b.Fatal(err)
		}
		return p
	}
	b.Run("first", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			p := partition("first")
			times = append(times, cpu(b, generate, "install", "-q", "--directory", p, profile))
			if err := os.RemoveAll(p); err != nil {
				b.Fatal(err)
			}
		}
		report(b, times, 250*time.Millisecond)
	})
	b.Run("unchanged", func(b *testing.B) {
		var times []time.Duration
		p := partition("unchanged")
		cpu(b, generate, "install", "-q", "--directory", p, profile)
		for b.Loop() {
			times = append(times, cpu(b, generate, "install", "-q", "--directory", p, profile))
		}
		report(b, times, 50*time.Millisecond)
	})
}
