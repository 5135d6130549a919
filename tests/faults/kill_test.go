package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestKilledAtAnyInstant kills passes at 500 random instants. Each pass has a
// new number for every promise to print; the numbers of passes that ended must
// all be in the histories, and no document may ever be damaged.
func TestKilledAtAnyInstant(t *testing.T) {
	const kills = 500
	p := newPartition(t, t.TempDir())
	names := []string{"a", "b", "c", "d"}
	for _, name := range names {
		p.promise(name, "cat number; test -e ok || { (sleep 300 &); exit 1; }")
	}
	whole, killed, damaged, lost, left := []string{}, 0, 0, 0, 0
	var took []time.Duration // by passes that were let end
	for n := 0; killed < kills; n++ {
		number := fmt.Sprint(n)
		p.write("number", number, 0o640)
		c := p.command()
		begin := time.Now()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if n%10 == 0 { // one that may end, to know how long that takes
			c.Wait()
			took = append(took, time.Since(begin))
			whole = append(whole, number)
			left += p.gone()
			continue
		}
		// Up to a bit longer than usual, however long one pass may once have taken.
		usual := slices.Sorted(slices.Values(took))[len(took)/2]
		time.Sleep(rand.N(min(usual, 200*time.Millisecond) * 5 / 4))
		c.Process.Kill()
		c.Wait()
		if c.ProcessState.Exited() { // too late to kill
			whole = append(whole, number)
		} else {
			killed++
		}
		if bad := p.damaged(); bad != nil {
			damaged++
			t.Errorf("pass %d: %s", n, strings.Join(bad, "; "))
		}
	}
	p.write("ok", "", 0o640)
	if code, out := p.pass(); code != 0 {
		t.Errorf("the last pass: exit %d: %s", code, out)
	}
	for _, name := range names {
		found := p.messages(name)
		for _, number := range whole {
			if !found[number] {
				lost++
			}
		}
	}
	report(t, "kill -9 at a random instant: damaged documents", killed, damaged, "")
	report(t, "  results of passes that ended", len(whole)*len(names), lost, "")
	report(t, "  processes left over", killed, left+p.gone(), "")
	if leftovers, _ := os.ReadDir(p.at("srv/monitor/public")); len(leftovers) > len(names)+1 {
		t.Errorf("half written files are left: %v", leftovers)
	}
}

func TestTwoRunnersAtOnce(t *testing.T) {
	p := newPartition(t, t.TempDir())
	p.promise("slow", "echo x >> ran; sleep 1")
	first := p.command()
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(p.at("ran")); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	code, out := p.pass()
	if code != 0 || !strings.Contains(out, "another run is in progress") {
		t.Errorf("second runner: exit %d: %s", code, out)
	}
	if err := first.Wait(); err != nil {
		t.Error(err)
	}
	raw, _ := os.ReadFile(p.at("ran"))
	_, err := p.status("slow")
	report(t, "two runners at once", 2, strings.Count(string(raw), "x")-1+count(err != nil), "")
}

// TestInterrupted: SIGTERM ends every promise of the pass.
func TestInterrupted(t *testing.T) {
	p := newPartition(t, t.TempDir())
	for i := range 10 {
		p.promise(fmt.Sprint("hang", i), "touch up; trap '' TERM; sleep 300 & sleep 300")
	}
	c := p.command()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(p.at("up")); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	c.Process.Signal(os.Interrupt)
	if err := c.Wait(); err == nil {
		t.Error("exit 0")
	}
	report(t, "SIGINT: processes left over", 10, p.gone(), "")
}

func count(bad bool) int {
	if bad {
		return 1
	}
	return 0
}
