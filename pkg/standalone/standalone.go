// Package standalone owns the life of a monitor on a machine without slapgrid:
// deploy a software profile, run what it made, tell the person at the terminal
// how things are, and stop everything at the end.
//
// It must not know how a profile becomes files (pkg/deploy), how programs are
// kept running (pkg/supervise) or what a promise checks.
package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"slapmonitor/pkg/deploy"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/process"
	"slapmonitor/pkg/supervise"
)

// A Deployer makes the partition's files: *deploy.Standalone does.
type Deployer interface {
	Deploy(ctx context.Context) (*deploy.Partition, error)
}

// Standalone is one deployment and the wish what to do with it.
type Standalone struct {
	Deployer  Deployer
	Directory string    // that Deployer writes to; nobody else may use it meanwhile
	Once      bool      // end after the first pass
	Out       io.Writer // the terminal

	terminal   terminal
	partition  *deploy.Partition
	conf       *monitorconf.Config // nil when the profile deploys no monitor
	supervisor *supervise.Supervisor
	down       chan supervise.Event // the server ended, 1 deep
	up         atomic.Bool          // the server is past its start, or there is none
	passed     atomic.Bool          // the first pass is over
	pause      func(now time.Time) time.Duration
}

const (
	// bootstrap is the program of etc/run that makes the first pass.
	bootstrap = "bootstrap-monitor"
	// firstPassLimit bounds it; a promise that hangs takes 20 seconds.
	firstPassLimit = 5 * time.Minute
)

// Run deploys, starts and watches until ctx ends, or until the first pass is
// done when Once is set. Then it stops every program; those that are slow to
// end are killed when hurry ends. It tells whether all was well when last
// looked at; errors are sentences for the person at the terminal.
func (s *Standalone) Run(ctx, hurry context.Context) (well bool, err error) {
	s.terminal = terminal{out: s.Out}
	s.down = make(chan supervise.Event, 1)
	if s.pause == nil {
		s.pause = untilLine
	}
	release, err := s.own()
	if err != nil {
		return false, err
	}
	defer release()
	if s.partition, err = s.Deployer.Deploy(ctx); err != nil {
		return false, err
	}
	if s.partition.MonitorConf != "" {
		if s.conf, err = monitorconf.Load(s.partition.MonitorConf); err != nil {
			return false, err
		}
	}
	s.supervisor, err = supervise.New(supervise.Config{
		Partition: s.partition.Directory, Logs: s.logs(), Report: s.report, Hold: s.hold,
	})
	if err != nil {
		return false, alone(err)
	}
	well, err = s.live(ctx)
	s.terminal.print("Stopping every program …")
	if e := s.supervisor.Stop(hurry); e != nil {
		return well, errors.Join(err, e)
	}
	s.terminal.print("Stopped; no process is left.")
	return well, err
}

// own makes sure that nobody else deploys to or runs the directory. A directory
// that is still empty in the end goes again.
func (s *Standalone) own() (release func(), err error) {
	if err := os.MkdirAll(s.Directory, 0o750); err != nil {
		return nil, fmt.Errorf("make the directory to deploy to: %w", err)
	}
	lock, err := process.Exclusive(s.Directory)
	if err != nil {
		return nil, alone(err)
	}
	return func() {
		_ = os.Remove(s.Directory) // fails unless empty, as intended
		_ = lock.Release()
	}, nil
}

// alone adds the way out to the error that somebody else is there.
func alone(err error) error {
	var held *process.HeldError
	if errors.As(err, &held) {
		return fmt.Errorf("%w: stop it first, or deploy elsewhere with --directory", err)
	}
	return err
}

// logs is the folder of what the programs print, shown to whoever may read the
// partition's other logs.
func (s *Standalone) logs() string {
	return filepath.Join(s.partition.Directory, "var", "log", "standalone")
}

// live runs the programs: services first, so that the first pass finds the
// server there.
func (s *Standalone) live(ctx context.Context) (well bool, err error) {
	services, scripts := s.folders()
	for _, folder := range services {
		if err := s.supervisor.Add(folder, supervise.Service); err != nil {
			return false, err
		}
	}
	early := s.serverIn(services)
	if early {
		if err := s.awaitServer(ctx); err != nil {
			return false, err
		}
	}
	for _, folder := range scripts {
		if err := s.supervisor.Add(folder, supervise.Once); err != nil {
			return false, err
		}
	}
	if !early && s.serverIn(scripts) {
		if err := s.awaitServer(ctx); err != nil {
			return false, err
		}
	}
	if ctx.Err() == nil {
		s.describe()
	}
	return s.watch(ctx, scripts)
}

// hold keeps the schedule back during the first pass: of two passes at a time
// one gives way, and it must not be the one that is waited for.
func (s *Standalone) hold(path string) bool {
	return !s.passed.Load() && strings.HasPrefix(filepath.Base(path), "crond")
}

// folders are those that slapgrid looks at, and where the profile moved them.
// What is in etc/run is started once, even if the profile calls it services.
func (s *Standalone) folders() (services, scripts []string) {
	etc := filepath.Join(s.partition.Directory, "etc")
	scripts = []string{filepath.Join(etc, "run")}
	if !slices.Contains(scripts, s.partition.RunFolder) {
		scripts = append(scripts, s.partition.RunFolder)
	}
	services = []string{filepath.Join(etc, "service")}
	if f := s.partition.ServiceFolder; !slices.Contains(services, f) && !slices.Contains(scripts, f) {
		services = append(services, f)
	}
	return services, scripts
}

// watch says how things are, after the first pass and then each minute.
func (s *Standalone) watch(ctx context.Context, scripts []string) (well bool, err error) {
	s.awaitPass(ctx, scripts)
	if ctx.Err() != nil {
		return false, nil
	}
	if s.conf == nil {
		s.terminal.print("This profile deploys no monitor; its programs run until Ctrl-C.")
	}
	for {
		well = s.look()
		if s.Once {
			return well, nil
		}
		if err := s.supervisor.Rescan(); err != nil {
			s.terminal.print("%v", err)
		}
		timer := time.NewTimer(s.pause(time.Now()))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return well, nil
		}
	}
}

func (s *Standalone) awaitPass(ctx context.Context, scripts []string) {
	ctx, cancel := context.WithTimeout(ctx, firstPassLimit)
	defer cancel()
	for _, folder := range scripts {
		s.supervisor.Await(ctx, filepath.Join(folder, bootstrap))
	}
	s.passed.Store(true)
}

// lineSecond is when in the minute its line comes: partitions start their pass
// in its first third, and a hanging promise takes twenty seconds.
const lineSecond = 50 * time.Second

func untilLine(now time.Time) time.Duration {
	next := now.Truncate(time.Minute).Add(lineSecond)
	if !next.After(now) {
		next = next.Add(time.Minute)
	}
	return next.Sub(now)
}

// look prints one line on how things are.
func (s *Standalone) look() (well bool) {
	now := time.Now()
	state := State{}
	if s.conf != nil {
		state = ReadState(s.conf, now)
	}
	for _, e := range s.supervisor.Down() {
		state.Complaints = append(state.Complaints, e.String())
	}
	if s.conf != nil || len(state.Complaints) > 0 {
		s.terminal.print("%s %s", now.Format("2006-01-02 15:04"), state)
	}
	return state.Well()
}
