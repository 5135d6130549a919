package supervise

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"slapmonitor/pkg/process"
)

// logLimit bounds each program's log, and its predecessor.
const logLimit = 1 << 20

// A program is one file of a folder, and the goroutine that keeps it running.
type program struct {
	s        *Supervisor
	folder   string
	path     string
	name     string
	kind     Kind
	identity identity

	leave chan struct{}         // closed by remove
	ended chan struct{}         // the goroutine is over
	child *process.Child        // of the latest life; to be read after ended
	down  atomic.Pointer[Event] // why a service does not run, nil while it does
}

func (s *Supervisor) launch(f folder, path string, id identity) *program {
	p := &program{
		s: s, folder: f.path, path: path, name: filepath.Base(path), kind: f.kind, identity: id,
		leave: make(chan struct{}), ended: make(chan struct{}),
	}
	go p.run()
	return p
}

// run gives the program one life, or as many as it takes.
func (p *program) run() {
	defer close(p.ended)
	pause := p.s.pace.first
	for {
		event := p.live()
		if p.halted() {
			return
		}
		if p.kind == Once {
			p.s.config.Report(event)
			return
		}
		if event.After >= p.s.pace.settled {
			pause = p.s.pace.first
		}
		event.Pause = pause
		p.down.Store(&event)
		p.s.config.Report(event)
		if !p.sleep(pause) {
			return
		}
		pause = min(2*pause, p.s.pace.most)
	}
}

// live runs the program until it ends and says how that was.
func (p *program) live() Event {
	event := Event{Program: p.name, Path: p.path, Kind: p.kind, What: NotStarted}
	output, err := openLog(p.log())
	if err != nil {
		event.Err = err
		return event
	}
	child, err := p.s.family.Start(process.Command{
		Path: p.path, Dir: p.s.config.Partition, Env: process.Environ(p.s.config.Partition), Output: output,
	})
	if err != nil {
		output.note(err.Error())
		_ = output.Close()
		event.Err = err
		return event
	}
	p.child = child
	output.note(fmt.Sprintf("started as process %d", child.PID))
	p.watch(child)
	exit := child.Wait()
	output.note(exit.String())
	event.Exit, event.After, event.Output = exit.String(), exit.After, output.last()
	switch {
	case p.kind == Service:
		event.What = Ended
		p.clear(child)
	case exit.OK():
		event.What = Finished
	default:
		event.What = Failed
	}
	return event
}

// watch returns when the program has ended, or was made to.
func (p *program) watch(child *process.Child) {
	steady := time.NewTimer(p.s.pace.steady)
	defer steady.Stop()
	for {
		select {
		case <-child.Done():
			return
		case <-p.leave:
			p.clear(child)
			<-child.Done()
			return
		case <-steady.C:
			if was := p.down.Swap(nil); was != nil {
				p.s.config.Report(Event{Program: p.name, Path: p.path, Kind: p.kind, What: Back})
			}
		}
	}
}

// clear ends all that lives in the program's session: what a service leaves in
// the background would be in the way of its next life. When everything is being
// stopped that is the family's business.
func (p *program) clear(child *process.Child) {
	select {
	case <-p.s.ending:
		return
	default:
	}
	if err := child.Stop(context.Background(), p.s.pace.grace); err != nil {
		p.s.config.Report(Event{Program: p.name, Path: p.path, Kind: p.kind, What: Stuck, Err: err})
	}
}

// remove stops the program for good, and what it left in the background.
func (p *program) remove() {
	close(p.leave)
	<-p.ended
	if p.child != nil {
		p.clear(p.child)
	}
}

func (p *program) halted() bool { return !p.sleep(0) }

// sleep is false when the program is not to run any more.
func (p *program) sleep(d time.Duration) bool {
	select {
	case <-p.leave:
		return false
	case <-p.s.ending:
		return false
	default:
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.leave:
		return false
	case <-p.s.ending:
		return false
	}
}

// log is named as supervisord names the process under slapgrid.
func (p *program) log() string {
	suffix := ".log"
	if p.kind == Service {
		suffix = "-on-watch.log"
	}
	return filepath.Join(p.s.config.Logs, p.name+suffix)
}
