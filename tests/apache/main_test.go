// Package apache_test compares monitor-httpd with a real Apache that runs the
// generated configuration, and both with the clients that people use.
package apache_test

import (
	"fmt"
	"os"
	"testing"

	"slapmonitor/tests/web"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := web.Remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// files are a monitor's, and what else may be in its folders.
var files = map[string]string{
	"srv/monitor/public/feed":                               `<?xml version="1.0"?><rss version="2.0"/>`,
	"srv/monitor/public/feeds":                              `<?xml version="1.0"?><opml version="1.1"/>`,
	"srv/monitor/public/monitor.global.json":                `{"title":"T"}`,
	"srv/monitor/public/_document_list":                     "monitor.global\n",
	"srv/monitor/public/p.history.json":                     `{"data":[]}`,
	"srv/monitor/public/promise/p.status.json":              `{"status":"OK"}`,
	"srv/monitor/public/.json":                              "all of it is the name",
	"srv/monitor/public/semi;colon":                         "odd name, too",
	"srv/monitor/public/.hidden":                            "dot",
	"srv/monitor/public/page.html":                          "<script>alert(1)</script>",
	"srv/monitor/public/drawing.svg":                        "<svg/>",
	"srv/monitor/public/htmlnoext":                          "<html>",
	"srv/monitor/public/folder/index.html":                  "index of folder",
	"srv/monitor/public/a b%é.txt":                          "odd name",
	"srv/monitor/public/numbers.txt":                        "0123456789",
	"srv/monitor/public/empty.json":                         "",
	"srv/monitor/private/monitor.global.json":               `{"title":"T"}`,
	"srv/monitor/private/_document_list":                    "monitor.global\n",
	"srv/monitor/private/data.cfg":                          "[x]\n",
	"srv/monitor/private/.a":                                "one letter",
	"srv/monitor/private/.htpasswd":                         "admin:hash",
	"srv/monitor/private/documents/monitor_state.data.json": `{"data":[]}`,
	"srv/monitor/private/config/.jio_documents/config.json": `[]`,
	"srv/monitor/private/loop":                              "-> loop",
	"srv/monitor/private/broken":                            "-> nothing",
	"srv/monitor/private/copy/f":                            "f",
	"srv/monitor/private/copy/g":                            "g",
	"srv/monitor/private/copy/d/x":                          "x",
	"srv/monitor/private/copy/d/sub/y":                      "y",
	"srv/monitor/private/copy/e/z":                          "z",
	"srv/monitor/private/copy/p/child":                      "c",
	"srv/monitor/private/copy/l":                            "-> d",
	"srv/monitor/webdav/publicity/secret.json":              `{"secret":1}`,
	"var/log/app.log":                                       "a line\n",
	"var/log/app.log.1":                                     "an older line\n",
	"var/log/app.log-20260101":                              "the oldest line\n",
}
