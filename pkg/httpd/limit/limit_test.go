package limit

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen starts a server on loopback for the time of the test.
func listen(t *testing.T, conns *Conns, h http.Handler, grace time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ConnState: conns.State, ReadTimeout: grace, WriteTimeout: grace, IdleTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(conns.Listener(l))
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return l.Addr().String()
}

func dial(t *testing.T, address, text string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// status is the status of the next answer on a connection, or why there is none.
func status(c net.Conn) string {
	line := make([]byte, 12)
	if _, err := io.ReadFull(c, line); err != nil {
		return "closed"
	}
	return string(line[9:])
}

// wait until the server has seen so many connections.
func wait(t *testing.T, conns *Conns, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); conns.Count() != n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections, want %d", conns.Count(), n)
		}
	}
}

// When all connections are taken by clients that say nothing, the one that has
// said nothing for the longest time makes room.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	conns := &Conns{Most: 4}
	held := make(chan struct{})
	address := listen(t, conns, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-held
		}
	}), time.Minute)
	defer close(held)
	working := dial(t, address, strings.Replace(get, "/ ", "/slow ", 1))
	var idle []net.Conn
	for n := range 3 {
		idle = append(idle, dial(t, address, "GET / HT"))
		wait(t, conns, n+2)
	}
	if got := status(dial(t, address, get)); got != "200" {
		t.Fatalf("a GET among idle connections: %s", got)
	}
	wait(t, conns, 4)
	if got := status(idle[0]); got != "closed" {
		t.Errorf("the oldest idle connection: %s", got)
	}
	for range 10 {
		if got := status(dial(t, address, get)); got != "200" {
			t.Fatalf("a further GET: %s", got)
		}
	}
	held <- struct{}{}
	if got := status(working); got != "200" {
		t.Errorf("the request that was under way: %s", got)
	}
}

// When all of them work, a new one is refused, not queued.
func TestAllAtWork(t *testing.T) {
	conns := &Conns{Most: 2}
	held := make(chan struct{})
	started := make(chan struct{})
	address := listen(t, conns, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		started <- struct{}{}
		<-held
	}), time.Minute)
	for range 2 {
		dial(t, address, get)
		<-started
	}
	if got := status(dial(t, address, get)); got != "closed" {
		t.Errorf("a third connection: %s", got)
	}
	close(held)
}

// The time-out of a body starts again with every stride: who sends steadily may
// take as long as he needs, who stops is cut.
func TestBodyPace(t *testing.T) {
	pace := Pace{Grace: 3 * time.Second, Stride: 1000}
	failed := make(chan error, 1)
	address := listen(t, &Conns{Most: 10}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, pace.Body(w, r))
		failed <- err
	}), pace.Grace)
	head := "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"
	steady := dial(t, address, head)
	for range 10 { // longer than the grace in all
		time.Sleep(400 * time.Millisecond)
		if _, err := steady.Write(make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-failed; err != nil {
		t.Errorf("a steady client: %v", err)
	}
	dial(t, address, head+"only this")
	if err := <-failed; err == nil {
		t.Error("a client that stops is not cut")
	}
}

// The same for who reads.
func TestResponsePace(t *testing.T) {
	pace := Pace{Grace: 3 * time.Second, Stride: 1000}
	result := make(chan error, 1)
	const size = 64 << 20 // more than the kernel's buffers hold
	address := listen(t, &Conns{Most: 10}, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := &Response{ResponseWriter: rw, Pace: pace}
		var err error
		for n := 0; n < size && err == nil; n += 1 << 20 {
			_, err = w.Write(make([]byte, 1<<20))
		}
		if err == nil && (w.Status != 200 || w.Bytes != size) {
			t.Errorf("counted %d %d", w.Status, w.Bytes)
		}
		result <- err
	}), pace.Grace)
	steady := dial(t, address, strings.Replace(get, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	for range 10 { // longer than the grace in all
		time.Sleep(400 * time.Millisecond)
		if _, err := io.CopyN(io.Discard, steady, 6<<20); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.Copy(io.Discard, steady); err != nil {
		t.Error(err)
	}
	if err := <-result; err != nil {
		t.Errorf("a steady reader: %v", err)
	}
	dial(t, address, get)
	if err := <-result; err == nil {
		t.Error("a client that reads nothing is not cut")
	}
}

func TestResponseCounts(t *testing.T) {
	address := listen(t, &Conns{Most: 10}, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := &Response{ResponseWriter: rw, Pace: Normal}
		w.WriteHeader(http.StatusContinue)
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "tea")
		if w.Status != http.StatusTeapot || w.Bytes != 3 {
			t.Errorf("%d %d", w.Status, w.Bytes)
		}
	}), time.Minute)
	c := dial(t, address, strings.Replace(get, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	all, _ := io.ReadAll(c)
	if !strings.Contains(string(all), "418") || !strings.HasSuffix(string(all), "tea") {
		t.Errorf("%q", all)
	}
}
