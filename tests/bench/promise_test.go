package bench

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"slapmonitor/pkg/promise/check"
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

// BenchmarkPassWithOneHanging is the wall time of a pass over 500 promises one
// of which hangs until its deadline, beyond that deadline: design.md 9 allows
// one second. The ratio is to a pass in which none hangs.
func BenchmarkPassWithOneHanging(b *testing.B) {
	const deadline = 5 * time.Second
	runpromise := program(b, "monitor-runpromise")
	folder, conf := promises(b, 500, "echo fine")
	hanging := filepath.Join(folder, "check-0250")
	var over, ratios []float64
	for b.Loop() {
		write(b, hanging, "#!/bin/sh\necho fine\n")
		_, plain := used(b, nil, runpromise, "-c", conf)
		write(b, hanging, "#!/bin/sh\ntrap '' TERM\nsleep 600 & sleep 600\n")
		_, wall := used(b, nil, runpromise, "-c", conf, "--promise-timeout", "5")
		over = append(over, (wall - deadline).Seconds())
		ratios = append(ratios, (wall-deadline).Seconds()/plain.Seconds())
	}
	b.ReportMetric(median(over), "s-over-deadline")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

func write(b *testing.B, path, content string) {
	b.Helper()
	if err := os.WriteFile(path, []byte(content), 0o750); err != nil {
		b.Fatal(err)
	}
}

// own is the CPU time that this process has used.
func own() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// Benchmark1000NativeChecks is the CPU time of 1,000 checks: design.md 9 allows
// 100 ms. The ratio is to the bare system calls, as many times, in the same run.
func Benchmark1000NativeChecks(b *testing.B) {
	dir := b.TempDir()
	file := filepath.Join(dir, "file")
	write(b, file, "content")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	for _, kind := range []struct {
		name   string
		config map[string]any
		bare   func() error
	}{
		{"check_file_state", map[string]any{"filename": file, "state": "not-empty"}, func() error { return bareRead(file) }},
		{"check_socket_listening", map[string]any{"host": "127.0.0.1", "port": port}, func() error { return bareConnect(port) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			one := check.Lookup(kind.name)
			place := check.Place{Partition: dir, Timeout: 20 * time.Second, Now: time.Now}
			var times []time.Duration
			var ratios []float64
			for b.Loop() {
				begin := own()
				for range 1000 {
					if out := one.Run(b.Context(), "bench", place, kind.config); out.Failed {
						b.Fatal(out.Message)
					}
				}
				middle := own()
				for range 1000 {
					if err := kind.bare(); err != nil {
						b.Fatal(err)
					}
				}
				times = append(times, middle-begin)
				ratios = append(ratios, (middle-begin).Seconds()/(own()-middle).Seconds())
			}
			b.ReportMetric(median(times).Seconds()*1000, "cpu-ms/1000")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func bareRead(path string) error {
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		return err
	}
	var buf [1]byte
	if _, err := syscall.Read(fd, buf[:]); err != nil {
		return err
	}
	return syscall.Close(fd)
}

func bareConnect(port int) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	return syscall.Close(fd)
}

// BenchmarkStartRunpromise is a pass with nothing to do, start of the program
// included: design.md 9 allows 15 ms CPU and 20 MiB. The ratio is to starting
// /bin/true.
func BenchmarkStartRunpromise(b *testing.B) {
	runpromise := program(b, "monitor-runpromise")
	_, conf := promises(b, 0, "")
	var times []time.Duration
	var ratios, sizes []float64
	for b.Loop() {
		for range 20 {
			u := measure(b, runpromise, "-c", conf)
			cpu := u.CPU
			floor, _ := used(b, nil, "/bin/true")
			times = append(times, cpu)
			ratios = append(ratios, cpu.Seconds()/max(floor, 100*time.Microsecond).Seconds())
			sizes = append(sizes, float64(u.PeakKiB)/1024)
		}
	}
	b.ReportMetric(median(times).Seconds()*1000, "cpu-ms")
	b.ReportMetric(median(sizes), "rss-MiB")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}
