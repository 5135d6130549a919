// Package metrics shows a partition's promises and its server to Prometheus, in
// the text format 0.0.4. It reads the published documents; it must not know who
// writes them. The format is a dozen lines, and the client library would take
// more memory than the rest of the server (design.md 9).
package metrics

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"slapmonitor/pkg/document"
)

// Requests counts what a server answered. Its methods may be called at once.
type Requests struct {
	byClass [6]atomic.Uint64 // 1xx to 5xx, and none
	bytes   atomic.Uint64
}

// Count adds one answer.
func (r *Requests) Count(status int, bytes int64) {
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	r.byClass[class].Add(1)
	r.bytes.Add(uint64(bytes))
}

// Handler answers GET /metrics.
type Handler struct {
	promises string
	requests *Requests
}

// New shows the promises whose status documents are in a folder.
func New(promiseFolder string, requests *Requests) *Handler {
	return &Handler{promiseFolder, requests}
}

// maxStatus is the largest status document that is read.
const maxStatus = 1 << 20

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(h.page())
	}
}

func (h *Handler) page() []byte {
	list := h.load()
	var b []byte
	b = head(b, "monitor_promise_up", "gauge", "1 if the promise is kept, 0 if it is broken.")
	for _, p := range list {
		up := 0.0
		if p.Status == document.OK {
			up = 1
		}
		b = sample(b, "monitor_promise_up", "promise", p.Title, up)
	}
	b = head(b, "monitor_promise_duration_seconds", "gauge", "How long the latest check took.")
	for _, p := range list {
		b = sample(b, "monitor_promise_duration_seconds", "promise", p.Title, p.ExecutionTime)
	}
	b = head(b, "monitor_promise_change_timestamp_seconds", "gauge", "When the promise's status last changed.")
	for _, p := range list {
		b = sample(b, "monitor_promise_change_timestamp_seconds", "promise", p.Title, p.ChangeTime)
	}
	return h.serverMetrics(b)
}

func (h *Handler) serverMetrics(b []byte) []byte {
	b = head(b, "monitor_http_requests_total", "counter", "Answered requests by class of status.")
	for class := 1; class < len(h.requests.byClass); class++ {
		b = sample(b, "monitor_http_requests_total", "code", strconv.Itoa(class)+"xx", float64(h.requests.byClass[class].Load()))
	}
	b = head(b, "monitor_http_response_bytes_total", "counter", "Bytes of answers, without headers.")
	return sample(b, "monitor_http_response_bytes_total", "", "", float64(h.requests.bytes.Load()))
}

// load reads the status documents in the order of their names; damaged ones and
// those that vanish meanwhile are left out.
func (h *Handler) load() (list []document.PromiseStatus) {
	entries, _ := os.ReadDir(h.promises) // a folder that is not there has no promises
	for _, e := range entries {
		title, ok := strings.CutSuffix(e.Name(), ".status.json")
		if st, err := e.Info(); !ok || err != nil || !st.Mode().IsRegular() || st.Size() > maxStatus {
			continue
		}
		data, err := os.ReadFile(filepath.Join(h.promises, e.Name()))
		var p document.PromiseStatus
		if err != nil || json.Unmarshal(data, &p) != nil {
			continue
		}
		p.Title = title
		list = append(list, p)
	}
	return list
}

func head(b []byte, name, kind, help string) []byte {
	b = append(b, "# HELP "+name+" "+help+"\n"...)
	return append(b, "# TYPE "+name+" "+kind+"\n"...)
}

func sample(b []byte, name, label, value string, v float64) []byte {
	b = append(b, name...)
	if label != "" {
		b = append(b, "{"+label+`="`...)
		b = append(b, labelEscapes.Replace(value)...)
		b = append(b, `"}`...)
	}
	b = append(b, ' ')
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	return append(b, '\n')
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
