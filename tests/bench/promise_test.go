package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// floorVariable turns the test binary into the bare spawn-and-wait loop that
// passes are measured against: each file of the folder it names, one by one.
const floorVariable = "BENCH_SPAWN_FLOOR"

func TestMain(m *testing.M) {
	if folder := os.Getenv(floorVariable); folder != "" {
		spawnAll(folder)
		return
	}
	os.Exit(m.Run())
}

func spawnAll(folder string) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{
			Env: os.Environ(), Files: []uintptr{null.Fd(), null.Fd(), null.Fd()},
		})
		if err != nil {
			panic(err)
		}
		if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
			panic(err)
		}
	}
}

// promises makes a partition of n executable promises; body is their script.
func promises(b *testing.B, n int, body string) (folder, conf string) {
	b.Helper()
	partition := b.TempDir()
	folder = filepath.Join(partition, "etc", "promise")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		script := "#!/bin/sh\n" + body + "\n"
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("check-%04d", i)), []byte(script), 0o750); err != nil {
			b.Fatal(err)
		}
	}
	conf = filepath.Join(partition, "etc", "monitor.conf")
	if err := os.WriteFile(conf, []byte("[monitor]\ntitle = bench\nbase-url = https://[::1]:8196\n"), 0o640); err != nil {
		b.Fatal(err)
	}
	return folder, conf
}

// used is the CPU time of a command and of all it waited for, and its wall time.
func used(b *testing.B, env []string, command ...string) (cpu, wall time.Duration) {
	b.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Env = append(os.Environ(), env...)
	begin := time.Now()
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		b.Fatalf("%v: %s", err, out)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), time.Since(begin)
}

func median[T ~int64 | ~float64](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

// pause is between two passes, which are a minute apart in production: documents
// written a moment ago are treated with more care (document.Exchange).
const pause = 6 * time.Second

// BenchmarkPass500Executables is the CPU time of a pass over 500 shell scripts,
// documents and state included, as a ratio to spawning and waiting for the same
// 500 in the same run. design.md 9 allows 1.25.
func BenchmarkPass500Executables(b *testing.B) {
	runpromise := program(b, "monitor-runpromise")
	folder, conf := promises(b, 500, "echo fine")
	for range 2 { // make the documents, and their spares
		used(b, nil, runpromise, "-c", conf)
	}
	var ratios []float64
	for b.Loop() {
		time.Sleep(pause)
		pass, _ := used(b, nil, runpromise, "-c", conf)
		floor, _ := used(b, []string{floorVariable + "=" + folder}, os.Args[0])
		ratios = append(ratios, pass.Seconds()/floor.Seconds())
		b.ReportMetric(pass.Seconds()*1000, "pass-cpu-ms")
	}
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}
