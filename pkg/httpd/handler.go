package httpd

import (
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/httpd/account"
	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/content"
	"slapmonitor/pkg/httpd/cors"
	"slapmonitor/pkg/httpd/dav"
	"slapmonitor/pkg/httpd/limit"
	"slapmonitor/pkg/httpd/logfile"
	"slapmonitor/pkg/httpd/tree"
	"slapmonitor/pkg/metrics"
)

// handler answers every request.
type handler struct {
	tree     *tree.Tree
	origins  *atomic.Pointer[cors.Rules]
	accounts *account.Accounts
	dav      *dav.Handler // of /share, but for GET and HEAD
	metrics  *metrics.Handler
	app      http.Handler // the interface
	access   func(*logfile.Access)
	pace     limit.Pace
	log      *slog.Logger
}

var nosniff, closing = []string{"nosniff"}, []string{"close"}

// ServeHTTP decides who may do what before it touches a file, and logs.
func (s *handler) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	start := time.Now()
	w := &limit.Response{ResponseWriter: rw, Pace: s.pace}
	user, body := "", r.Body
	defer func() {
		s.logAccess(w, r, user, start)
		s.pace.Drain(w, r, body)
	}()
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	if len(r.TransferEncoding) > 0 {
		// It may have had a Content-Length, too, which a proxy may have believed.
		h["Connection"] = closing
	}
	if s.origins.Load().Apply(h, r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p, status := area.Parse(r.URL)
	switch {
	case len(r.RequestURI) > area.MaxPath:
		status = http.StatusRequestURITooLong // with what is asked, too
	case status == 0 && strings.Contains(r.RequestURI, "#"):
		status = http.StatusBadRequest // a fragment has no place in a request (RFC 9112 3.2)
	}
	if status != 0 {
		fail(w, status)
		return
	}
	verdict := p.Judge(r.Method)
	if !verdict.Anonymous {
		var ok bool
		if user, ok = s.authenticate(w, r, p.Area); !ok {
			return
		}
	}
	if !verdict.Allowed {
		h.Set("Allow", p.Area.Allow())
		fail(w, http.StatusMethodNotAllowed)
		return
	}
	s.dispatch(w, r, p, user)
}

func (s *handler) dispatch(w http.ResponseWriter, r *http.Request, p area.Path, user string) {
	switch {
	case p.Area == area.Share && r.Method != http.MethodGet && r.Method != http.MethodHead:
		paced := *r // net/http has to find its own body in r: it tells from it whether "Expect: 100-continue" was answered
		paced.Body = s.pace.Body(w, r)
		s.dav.Serve(w, &paced, p, user)
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", p.Area.Allow())
		w.WriteHeader(http.StatusOK)
	case p.Area == area.Metrics:
		s.metrics.ServeHTTP(w, r)
	case p.Area == area.App:
		s.app.ServeHTTP(w, cleaned(r, p))
	default:
		s.read(w, r, p)
	}
}

// cleaned is r with the path that was decided about.
func cleaned(r *http.Request, p area.Path) *http.Request {
	c, u := *r, *r.URL
	u.Path, u.RawPath = p.URL, ""
	if p.Folder {
		u.Path += "/"
	}
	c.URL = &u
	return &c
}

// authenticate asks for the area's credentials and tells whose they are.
func (s *handler) authenticate(w http.ResponseWriter, r *http.Request, a area.Area) (user string, ok bool) {
	user, password, sent := credentials(r.Header.Get("Authorization"))
	if sent {
		good, err := s.accounts.Check(r.Context(), user, password, remote(r))
		switch {
		case errors.Is(err, account.ErrBusy):
			w.Header().Set("Retry-After", "5")
			fail(w, http.StatusServiceUnavailable)
			return "", false
		case good:
			return user, true
		}
	}
	h := w.Header()
	h.Set("WWW-Authenticate", `Basic realm="`+a.Realm()+`"`)
	h.Set("Cache-Control", "no-store")
	fail(w, http.StatusUnauthorized)
	return "", false
}

// read answers GET, HEAD and, where it means the same, POST.
func (s *handler) read(w http.ResponseWriter, r *http.Request, p area.Path) {
	hidden := tree.Hidden(p.Area, p.Base())
	if hidden && !p.Folder || tree.HasReserved(p.Name) {
		fail(w, http.StatusForbidden)
		return
	}
	f, err := s.open(p)
	if err == nil {
		defer f.Close()
	}
	switch {
	case hidden && (err != nil || !f.IsDir()), errors.Is(err, unix.ENOTDIR) && tree.HasHidden(p):
		fail(w, http.StatusForbidden)
	case err != nil:
		s.failOpen(w, r, err)
	case f.IsDir() && !p.Folder:
		redirect(w, r, p)
	case f.IsDir():
		s.folder(w, r, p, f)
	case p.Folder:
		fail(w, http.StatusNotFound)
	default:
		content.ServeFile(w, r, f, p.Base())
	}
}

// open opens what p names, or the document that a URL of the seed stands for.
func (s *handler) open(p area.Path) (*tree.File, error) {
	f, err := s.tree.Open(s.tree.Locate(p))
	if err == nil || !errors.Is(err, fs.ErrNotExist) || p.Area == area.Share || strings.Contains(p.Name, "/") {
		return f, err
	}
	switch {
	case strings.HasSuffix(p.Name, ".status.json"):
		return s.tree.Open(s.tree.Public + "/promise/" + p.Name)
	case strings.HasSuffix(p.Name, ".history.json") && p.Area == area.Private:
		return s.tree.Open(s.tree.Public + "/" + p.Name)
	}
	return f, err
}

// folder answers with the folder's index.html, where folders have one, or with
// its listing.
func (s *handler) folder(w http.ResponseWriter, r *http.Request, p area.Path, f *tree.File) {
	if p.Area != area.Share {
		index, err := s.tree.Open(s.tree.Locate(p) + "/index.html")
		if err == nil {
			defer index.Close()
			if !index.IsDir() {
				content.ServeFile(w, r, index, "index.html")
				return
			}
		}
	}
	content.ServeListing(w, r, s.tree, f, p)
}

// failOpen answers for a file that could not be opened.
func (s *handler) failOpen(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case tree.IsMissing(err):
		fail(w, http.StatusNotFound)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, unix.ELOOP):
		fail(w, http.StatusForbidden)
	default:
		s.log.Error("cannot open what was asked for", "path", r.URL.Path, "error", err)
		fail(w, http.StatusInternalServerError)
	}
}

// redirect sends a client to a folder's own name. The Location has no host: it
// is right behind every frontend.
func redirect(w http.ResponseWriter, r *http.Request, p area.Path) {
	to := url.URL{Path: p.URL + "/", RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", to.String())
	fail(w, http.StatusMovedPermanently)
}

// fail answers with a status and its name.
func fail(w http.ResponseWriter, status int) {
	w.Header()["Content-Type"] = plainText
	w.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.Write([]byte(http.StatusText(status) + "\n"))
	}
}

var plainText = []string{"text/plain; charset=utf-8"}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// logAccess logs the request, without what an absolute URL may say about users.
func (s *handler) logAccess(w *limit.Response, r *http.Request, user string, start time.Time) {
	uri := r.RequestURI
	if !strings.HasPrefix(uri, "/") {
		uri = r.URL.RequestURI()
	}
	s.access(&logfile.Access{
		Remote: remote(r), User: user, Time: start, Method: r.Method, URI: uri,
		Proto: r.Proto, Status: w.Status, Bytes: w.Bytes,
	})
}
