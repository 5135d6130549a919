package limit

import (
	"io"
	"net/http"
	"time"
)

// Pace is how long a request's body, or its answer, may take for every Stride
// bytes. The server's ReadTimeout and WriteTimeout give it for the first ones.
type Pace struct {
	Grace  time.Duration
	Stride int
}

// Normal is slower than any link that people use, and ends a client that only
// pretends to be slow within half a minute.
var Normal = Pace{30 * time.Second, 64 << 10}

// Body gives a request's body more time whenever a stride has come in.
func (pace Pace) Body(w http.ResponseWriter, r *http.Request) io.ReadCloser {
	if r.Body == nil || r.Body == http.NoBody {
		return http.NoBody
	}
	return &body{ReadCloser: r.Body, control: http.NewResponseController(w), pace: pace}
}

type body struct {
	io.ReadCloser
	control *http.ResponseController
	pace    Pace
	since   int
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.since += n; b.since >= b.pace.Stride {
		b.since = 0
		deadline := time.Now().Add(b.pace.Grace)
		b.control.SetReadDeadline(deadline)
		b.control.SetWriteDeadline(deadline) // the answer only starts when the body is there
	}
	return n, err
}

// Response is an answer under way: it gives the client more time whenever a
// stride has gone out, and counts.
type Response struct {
	http.ResponseWriter
	Pace   Pace
	Status int   // 0 until the header is sent
	Bytes  int64 // of the body
	since  int
}

// WriteHeader implements http.ResponseWriter.
func (w *Response) WriteHeader(status int) {
	if w.Status == 0 && status >= 200 {
		w.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *Response) Write(p []byte) (int, error) {
	if w.Status == 0 {
		w.Status = http.StatusOK
	}
	written := 0
	for first := true; first || len(p) > 0; first = false {
		piece := p[:min(len(p), w.Pace.Stride)]
		n, err := w.ResponseWriter.Write(piece)
		written += n
		w.Bytes += int64(n)
		if w.since += n; w.since >= w.Pace.Stride {
			w.since = 0
			http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.Pace.Grace))
		}
		if err != nil {
			return written, err
		}
		p = p[len(piece):]
	}
	return written, nil
}

// Unwrap lets http.ResponseController find the server's own writer.
func (w *Response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

const (
	drainedAnyway = 256 << 10 // by net/http, before it closes the connection
	drainMost     = 64 << 20
)

// Drain reads what the answer did not wait for of a large body, r's as it came.
// Many clients send all of it before they look for an answer: they would find
// the connection reset instead of why their request was refused. They have the
// time of one stride. Who asked before sending (Expect) and HTTP/2 need none.
func (pace Pace) Drain(w http.ResponseWriter, r *http.Request, body io.Reader) {
	small := r.ContentLength >= 0 && r.ContentLength <= drainedAnyway
	if small || r.ProtoMajor != 1 || r.Header.Get("Expect") != "" {
		return
	}
	control := http.NewResponseController(w)
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(pace.Grace)) != nil {
		return // the client is gone
	}
	io.CopyN(io.Discard, body, drainMost)
}
