// Package metrics shows a partition's promises and its server to Prometheus,
// as constant metrics made from the published documents at each scrape. It must
// not know who writes the documents or serves the page.
package metrics

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"slapmonitor/pkg/document"
)

// Requests counts what a server answered. Its methods may be called at once.
type Requests struct {
	byClass [6]atomic.Uint64 // 1xx to 5xx; anything else is the first one
	bytes   atomic.Uint64
}

// Count adds one answer of so many bytes.
func (r *Requests) Count(status int, bytes int64) {
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	r.byClass[class].Add(1)
	r.bytes.Add(uint64(bytes))
}

// Handler answers GET and HEAD of /metrics.
type Handler struct{ registry *prometheus.Registry }

// New shows the promises whose status documents are in a folder, and what a
// server answered.
func New(promiseFolder string, requests *Requests) *Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(&promises{promiseFolder}, &answers{requests}) // fails on equal names only
	return &Handler{r}
}

// ServeHTTP implements http.Handler. The format is text 0.0.4, which every
// version of Prometheus reads.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	families, err := h.registry.Gather()
	if err != nil {
		http.Error(w, fmt.Sprintf("metrics: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", string(expfmt.NewFormat(expfmt.TypeTextPlain)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(w, f); err != nil {
			return // the client is gone
		}
	}
}

// promises collects the status documents of a folder.
type promises struct{ folder string }

var (
	promiseUp       = prometheus.NewDesc("monitor_promise_up", "1 if the promise is kept, 0 if it is broken.", []string{"promise"}, nil)
	promiseDuration = prometheus.NewDesc("monitor_promise_duration_seconds", "How long the latest check took.", []string{"promise"}, nil)
	promiseChange   = prometheus.NewDesc("monitor_promise_change_timestamp_seconds", "When the promise was last kept or broken anew.", []string{"promise"}, nil)
	promiseWritten  = prometheus.NewDesc("monitor_promise_document_timestamp_seconds", "When the promise's status document was last written.", []string{"promise"}, nil)
)

// Describe implements prometheus.Collector.
func (p *promises) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{promiseUp, promiseDuration, promiseChange, promiseWritten} {
		to <- d
	}
}

// maxStatus is the largest status document that is read.
const maxStatus = 1 << 20

// Collect implements prometheus.Collector. Documents that are damaged or vanish
// meanwhile are left out.
func (p *promises) Collect(to chan<- prometheus.Metric) {
	entries, _ := os.ReadDir(p.folder) // a folder that is not there has no promises
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".status.json")
		st, err := e.Info()
		if !ok || err != nil || !st.Mode().IsRegular() || st.Size() > maxStatus {
			continue
		}
		data, err := os.ReadFile(filepath.Join(p.folder, e.Name()))
		var status document.PromiseStatus
		if err != nil || json.Unmarshal(data, &status) != nil {
			continue
		}
		up := 0.0
		if status.Status == document.OK {
			up = 1
		}
		name = strings.ToValidUTF8(name, "\uFFFD")
		for desc, value := range map[*prometheus.Desc]float64{
			promiseUp: up, promiseDuration: status.ExecutionTime, promiseChange: status.ChangeTime, promiseWritten: document.Epoch(st.ModTime()),
		} {
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, name)
		}
	}
}

// answers collects what the server counted.
type answers struct{ requests *Requests }

var (
	answerCount = prometheus.NewDesc("monitor_http_requests_total", "Answered requests by class of status.", []string{"code"}, nil)
	answerBytes = prometheus.NewDesc("monitor_http_response_bytes_total", "Bytes of answers, without headers.", nil, nil)
)

// Describe implements prometheus.Collector.
func (a *answers) Describe(to chan<- *prometheus.Desc) {
	to <- answerCount
	to <- answerBytes
}

// Collect implements prometheus.Collector.
func (a *answers) Collect(to chan<- prometheus.Metric) {
	for class := 1; class < len(a.requests.byClass); class++ {
		to <- prometheus.MustNewConstMetric(answerCount, prometheus.CounterValue, float64(a.requests.byClass[class].Load()), strconv.Itoa(class)+"xx")
	}
	to <- prometheus.MustNewConstMetric(answerBytes, prometheus.CounterValue, float64(a.requests.bytes.Load()))
}
