// Package httpd is the monitor's HTTPS server: it puts areas, accounts, files,
// WebDAV and limits together, as one server per partition (contract/httpd.md 3,
// design.md 8). It must not know how the documents that it serves are made.
package httpd

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/httpd/account"
	"slapmonitor/pkg/httpd/certificate"
	"slapmonitor/pkg/httpd/dav"
	"slapmonitor/pkg/httpd/instance"
	"slapmonitor/pkg/httpd/limit"
	"slapmonitor/pkg/httpd/logfile"
	"slapmonitor/pkg/httpd/tree"
	"slapmonitor/pkg/metrics"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/webapp"
)

// ErrRunning means that the partition has a live server already.
var ErrRunning = instance.ErrRunning

// Sizes that bound what one connection can take.
const (
	maxHeader    = 32 << 10
	maxStreams   = 64 // of one HTTP/2 connection
	streamBuffer = 64 << 10
	connBuffer   = 256 << 10
)

// stopTimeout is how long requests may go on when the server is to stop.
const stopTimeout = 10 * time.Second

// limits are what clients may take of the server's time.
type limits struct {
	conns  int
	header time.Duration // of a handshake, and of a request's headers
	idle   time.Duration
	pace   limit.Pace
}

// normal keeps idle connections for a page that polls every 65 seconds.
var normal = limits{conns: 512, header: 10 * time.Second, idle: 75 * time.Second, pace: limit.Normal}

// Server is a server that listens.
type Server struct {
	instance  *instance.Instance
	listener  net.Listener
	http      *http.Server
	conns     *limit.Conns
	accessLog *logfile.File
	errorLog  *logfile.File
	log       *slog.Logger
	requests  metrics.Requests

	parameters *parameters
	limits     limits
}

// Start makes a partition's server listen. Every error is one sentence that says
// what is wrong and where; ErrRunning is one of them.
func Start(c *monitorconf.Config) (*Server, error) { return start(c, normal) }

func start(c *monitorconf.Config, l limits) (*Server, error) {
	s := &Server{limits: l}
	if err := s.start(c); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(c *monitorconf.Config) (err error) {
	if s.instance, err = instance.Claim(c.HTTPD.PIDFile); err != nil {
		return err
	}
	if s.accessLog, err = logfile.Open(c.HTTPD.AccessLog); err != nil {
		return err
	}
	if s.errorLog, err = logfile.Open(c.HTTPD.ErrorLog); err != nil {
		return err
	}
	s.log = slog.New(slog.NewTextHandler(s.errorLog, nil))
	keeper, err := certificate.Open(c.HTTPD.CertFile, c.HTTPD.KeyFile, names(c), s.log)
	if err != nil {
		return err
	}
	h, err := s.handler(c)
	if err != nil {
		return err
	}
	if s.listener, err = listen(c); err != nil {
		return err
	}
	s.conns = &limit.Conns{Most: connections(s.limits.conns, openFiles())}
	s.http = &http.Server{
		Handler:           h,
		TLSConfig:         keeper.Config("h2", "http/1.1"),
		ReadHeaderTimeout: s.limits.header,
		ReadTimeout:       s.limits.pace.Grace,
		WriteTimeout:      s.limits.pace.Grace,
		IdleTimeout:       s.limits.idle,
		MaxHeaderBytes:    maxHeader,
		ConnState:         s.conns.State,
		ErrorLog:          log.New(quiet{s.errorLog}, "", log.LstdFlags),
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          maxStreams,
			MaxReceiveBufferPerConnection: connBuffer,
			MaxReceiveBufferPerStream:     streamBuffer,
		},
	}
	return s.instance.Announce()
}

// spareFiles are the descriptors that are kept for other things than connections.
const spareFiles = 32

// connections is how many there may be at once: most, or what the number of files
// that may be open leaves, as each may have a file open beside. Beyond it nobody
// could be accepted, or answered; within it the longest waiting makes room.
func connections(most int, files uint64) int {
	if files >= uint64(2*most+spareFiles) {
		return most
	}
	return max(1, (int(files)-spareFiles)/2)
}

// openFiles is how many files the process may have open.
func openFiles() uint64 {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return math.MaxUint64
	}
	return files.Cur
}

// handler puts together what answers requests.
func (s *Server) handler(c *monitorconf.Config) (*handler, error) {
	t, err := newTree(c)
	if err != nil {
		return nil, err
	}
	t.Sweep()
	s.parameters = &parameters{config: c, log: s.log}
	s.parameters.reload()
	d, err := dav.New(t, dav.Options{StateFolder: c.StateFolder, WriteAll: c.HTTPD.WebDAVWrite == "all", Parameters: s.parameters.apply, Log: s.log})
	if err != nil {
		return nil, err
	}
	return &handler{
		tree: t, origins: &s.parameters.origins, dav: d, pace: s.limits.pace, log: s.log,
		accounts: account.New(c.HTTPD.HtpasswdFile, c.StateFolder, s.log),
		app:      webapp.Handler(),
		metrics:  metrics.New(filepath.Join(c.PublicFolder, "promise"), &s.requests),
		access: func(a *logfile.Access) {
			s.requests.Count(a.Status, a.Bytes)
			s.accessLog.Write(a.Append(make([]byte, 0, 192)))
		},
	}, nil
}

// newTree makes sure that the served folders exist: the server may be started
// before anything else of the partition.
func newTree(c *monitorconf.Config) (*tree.Tree, error) {
	t := &tree.Tree{Public: filepath.Clean(c.PublicFolder), Private: filepath.Clean(c.PrivateFolder), WebDAV: filepath.Clean(c.WebDAVFolder)}
	for _, folder := range []string{
		t.Public, filepath.Join(t.Private, tree.ParameterFolder), c.StateFolder,
		filepath.Join(t.WebDAV, "jio_public"), filepath.Join(t.WebDAV, "jio_private"),
	} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return nil, fmt.Errorf("folder that the server needs: %w", err)
		}
	}
	roots := append([]string{c.Partition, t.Public, t.Private, t.WebDAV, c.LogFolder}, c.PublicPaths...)
	t.Roots = tree.NewRoots(append(roots, c.PrivatePaths...)...)
	for _, folder := range []string{t.Public, t.Private, t.WebDAV} {
		f, err := t.Open(folder)
		if err != nil {
			return nil, fmt.Errorf("folder to serve: %w", err)
		}
		f.Close()
	}
	return t, nil
}

// isHostName keeps out of certificates what cannot be in them.
var isHostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)

// names are what the server's certificate is for.
func names(c *monitorconf.Config) []string {
	list := []string{"localhost"}
	if ip := net.ParseIP(c.HTTPD.IP); ip != nil && !ip.IsUnspecified() {
		list = append(list, ip.String())
	}
	if host, err := os.Hostname(); err == nil && isHostName.MatchString(host) && !slices.Contains(list, host) {
		list = append(list, host)
	}
	return list
}

func listen(c *monitorconf.Config) (net.Listener, error) {
	address := net.JoinHostPort(c.HTTPD.IP, c.HTTPD.Port)
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, unix.EADDRINUSE):
		return nil, fmt.Errorf("port %s of %s is in use by another program; stop that, or choose another monitor-httpd-port", c.HTTPD.Port, c.HTTPD.IP)
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is not an address of this machine; choose another listening-ip (monitor-httpd-ipv6)", c.HTTPD.IP)
	case errors.Is(err, unix.EACCES):
		return nil, fmt.Errorf("not allowed to listen on port %s; choose one above 1023", c.HTTPD.Port)
	}
	return nil, fmt.Errorf("listen on %s: %w", address, err)
}

// Addr is the address the server listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers requests until ctx is done, then lets those under way finish.
func (s *Server) Serve(ctx context.Context) error {
	defer s.close()
	s.log.Info("serving", "address", s.Addr().String(), "pid", os.Getpid())
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limited, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		err := s.http.Shutdown(limited)
		if err != nil {
			err = s.http.Close()
		}
		stopped <- err
	})
	err := s.http.ServeTLS(s.conns.Listener(s.listener), "", "")
	if errors.Is(err, http.ErrServerClosed) {
		err = <-stopped
	} else if !stop() {
		<-stopped
	}
	s.log.Info("stopped")
	return err
}

// Reopen goes on in new log files, and reads again which origins are allowed.
func (s *Server) Reopen() error {
	s.parameters.reload()
	return errors.Join(s.accessLog.Reopen(), s.errorLog.Reopen())
}

func (s *Server) close() {
	if s.listener != nil {
		s.listener.Close()
	}
	for _, l := range []*logfile.File{s.accessLog, s.errorLog} {
		if l != nil {
			l.Close()
		}
	}
	if s.instance != nil {
		s.instance.Release()
	}
}
