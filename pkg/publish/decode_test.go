package publish

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/pkg/document"
)

// statusSamples are documents whose reading could go wrong.
var statusSamples = []string{
	`{"status":"OK","start-date":"2026-03-19 09:59:00","change-time":1773910740.25,"message":"m","result":{"failed":false,"date":"d","message":"r"}}`,
	` { "status" : "OK" , "result" : { "failed" : true } , "_links" : {"monitor":{"href":"https://x/"}} , "none" : null }` + "\n",
	`{"message":"line\nline \"quoted\" \u00e9 \ud83d\ude00 \ud800"}`, "{\"message\":\"\xff\xfe é\"}", "{\"message\":\"a\tb\"}",
	`{"message":"bad \x escape"}`, `{"path":"bad \x escape"}`, `{"path":"good \n escape"}`, "{\"path\":\"\xff\"}",
	`{"Status":"OK"}`, `{"STATUS":"OK","status":"ERROR"}`, "{\"\u017ftatus\":\"OK\"}", `{"\u0073tatus":"OK"}`,
	`{"status":"OK","status":"ERROR"}`, `{"result":{"failed":true},"result":{"date":"d"}}`, `{"result":null}`, `{"result":[]}`,
	`{"status":null,"change-time":null,"result":{"failed":null,"date":null,"message":null}}`, `{"result":{"failed":"true"}}`,
	`{"change-time":1e9}`, `{"change-time":-0.5}`, `{"change-time":01}`, `{"change-time":1.}`, `{"change-time":.5}`, `{"change-time":-}`,
	`{"change-time":"1"}`, `{"change-time":1` + strings.Repeat("0", 400) + `}`, `{"x":1` + strings.Repeat("0", 400) + `}`,
	`{"x":[1,{"y":[]}]}`, `{"x":{"y":{"z":{"a":{"b":{"c":1}}}}}}`, strings.Repeat(`{"x":`, 20_000), `{"x":tru}`, `{"x":nulll}`, `{"x":}`,
	`{}`, `[]`, `null`, `1`, ``, ` `, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":1 "b":2}`,
	`{} x`, `{"status":"OK"}{}`, "{}\x00", "\xef\xbb\xbf{}", `{"message":"\`, `{"message":"\"`, `{"result":{"failed":true`, `{"":1}`,
}

func FuzzDecodeStatus(f *testing.F) {
	for _, s := range statusSamples {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want statusDocument
		wantErr := json.Unmarshal(data, &want)
		got, err := decodeStatus(data)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, encoding/json says %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// What the runner writes is read without encoding/json, else a pass takes twice as long.
func TestRunnersDocumentIsPlain(t *testing.T) {
	data, err := document.EncodeJSON(document.PromiseStatus{
		Status: document.OK, Type: "status", Title: "t", Name: "n", Path: "/srv/é", StartDate: "2026-03-19 09:59:00",
		ChangeTime: 1773910740.25, ExecutionTime: 0.05, Message: "two\nlines & é",
		Links:  document.Links{"monitor": {Href: "https://[2001:db8::1]:8196/share/private/"}},
		Result: &document.PromiseResult{Type: "Test Result", Failed: true, Date: "2026-03-19T09:59:00+0000", Message: "two\nlines"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var d statusDocument
	s := scanner{data: data, plain: true}
	if s.status(&d); !s.plain || d.Message != "two\nlines & é" || d.ChangeTime != 1773910740.25 || !*d.Result.Failed {
		t.Errorf("plain %v, read %+v", s.plain, d)
	}
}
