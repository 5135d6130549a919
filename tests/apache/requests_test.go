package apache_test

import "strings"

const (
	app       = "https://monitor.app.officejs.com"
	private   = "/share/private/"
	parameter = "/share/private/config/.jio_documents/"
)

// both is a request with and without credentials.
func both(method, target string, headers ...string) []request {
	return []request{{method: method, target: target, headers: headers}, {method: method, target: target, headers: headers, anonymous: true}}
}

// reading are requests that change nothing.
func reading() (list []request) {
	long := strings.Repeat("n", 256)
	for _, target := range []string{
		"/", "/public", "/public/", "/private", "/private/", "/share", "/share/", "/share/private", "/share/private/", "/share/public", "/share/public/",
		"/share/jio_private/", "/share/jio_public/", "/share/jio_public/.jio_documents/", "/share/jio_private/.jio_documents/_document_list",
		"/public/feed", "/public/feeds", "/public/_document_list", "/public/monitor.global.json", "/public/p.history.json", "/public/promise/", "/public/promise/p.status.json",
		"/public/.hidden", "/public/page.html", "/public/drawing.svg", "/public/htmlnoext", "/public/folder", "/public/folder/", "/public/folder/index.html", "/public/a%20b%25%C3%A9.txt",
		"/public/empty.json", "/public/nothing", "/public/nothing/", "/public/feed/", "/public/feed/x", "/public/" + long, "/public?x=1", "/public/?x=1", "/public/feed?" + strings.Repeat("x", 8200), "/public/.json", "/public/semi;colon",
		"//public//feed", "/%70ublic/feed", "/public/./feed", "/public/x/../feed", "/public/../private/data.cfg", "/public/%2e%2e/private/data.cfg",
		"/public/..%2fprivate/data.cfg", "/public%2ffeed", "/public/feed%00", "/..", "/../etc/passwd", "/public/../../etc/passwd",
		"/private/monitor.global.json", "/monitor.global.json", "/favicon.ico", "/private/_document_list", "/private/data.cfg", "/private/documents/", "/private/documents/monitor_state.data.json",
		"/private/.a", "/private/.htpasswd", "/private/.htpasswd/", "/private/.htpasswd/x", "/private/.nothing", "/private/config", "/private/config/", "/private/config/.jio_documents", "/private/config/.jio_documents/",
		"/private/config/.jio_documents/config.json", "/private/.DAV/x", "/private/log", "/private/log/app.log", "/private/log/app.log.1", "/private/log/app.log-20260101",
		"/private/loop", "/private/broken", "/private/" + long,
		"/share/public/feed", "/share/public/p.history.json", "/share//public//feed", "/share/public/../private/data.cfg", "/share/publicity/secret.json", "/share/publicity/",
		"/share/private/_document_list", "/share/private/monitor.global.json", "/share/private/.htpasswd", "/share/private/.a", "/share/private/loop", "/share/private/broken",
		"/share/private/config//.jio_documents/config.json", "/share/private//config/.jio_documents/config.json", "/share/private/config/", "/share/private/config/.jio_documents",
		"/share/private/log/app.log.1", "/share/private/nothing", "/private/share/public/feed", "/share/private/share/public/feed", "/share/private/.DAV/x",
	} {
		list = append(list, both("GET", target)...)
	}
	for _, target := range []string{"/", "/public/", "/public/feed", "/public/nothing", "/private/data.cfg", "/share/private/", "/share/public/feed"} {
		list = append(list, both("HEAD", target)...)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "MKCOL", "PROPFIND", "TRACE", "PATCH"} {
		for _, target := range []string{"/public/numbers.txt", "/private/data.cfg", "/favicon.ico"} {
			list = append(list, both(method, target)...)
		}
	}
	for _, target := range []string{"/public/feed", "/private/", "/share/private/", "/share/public/nothing"} {
		list = append(list, both("OPTIONS", target)...)
	}
	return append(append(append(list, origins()...), conditions()...), finding()...)
}

// origins are requests of web pages.
func origins() (list []request) {
	for _, origin := range []string{app, "https://panel.example:8443", "http://monitor.app.officejs.com", "https://x.monitor.app.officejs.com", "https://panel.example", "https://monitor.app.officejs.com:444", "https://evil.example", "https://evil.example#.monitor.app.officejs.com", "null"} {
		for _, target := range []string{"/public/feed", "/private/data.cfg", "/nothing", "/share/private/_document_list"} {
			list = append(list, both("GET", target, "Origin", origin)...)
		}
		for _, target := range []string{"/public/feed", "/private/", "/favicon.ico", "/share/private/", parameter + "nothing.json"} {
			list = append(list, request{method: "OPTIONS", target: target, anonymous: true, headers: []string{"Origin", origin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization"}})
		}
	}
	return list
}

// conditions are requests with preconditions and ranges. All files have one time.
func conditions() (list []request) {
	const etag, modified = `"a-60a2418202240"`, "Tue, 14 Nov 2023 22:13:20 GMT"
	for _, headers := range [][]string{
		{"If-None-Match", etag}, {"If-None-Match", "W/" + etag}, {"If-None-Match", "*"}, {"If-None-Match", `"x"`}, {"If-None-Match", `"x", ` + etag},
		{"If-Match", etag}, {"If-Match", `"x"`}, {"If-Match", "*"}, {"If-Modified-Since", modified}, {"If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"},
		{"If-Unmodified-Since", modified}, {"If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"},
		{"Range", "bytes=2-4"}, {"Range", "bytes=-3"}, {"Range", "bytes=8-"}, {"Range", "bytes=8-99"}, {"Range", "bytes=99-"}, {"Range", "bytes=a-b"}, {"Range", "lines=1-2"}, {"Range", "bytes=0-1,5-6"},
		{"Range", "bytes=5-2"}, {"Range", "bytes=-0"}, {"Range", "bytes=0-99999999999999999999"}, {"Range", "bytes=1-2,x"},
		{"Range", "bytes=2-4", "If-Range", etag}, {"Range", "bytes=2-4", "If-Range", `"x"`},
	} {
		list = append(list, request{method: "GET", target: "/public/numbers.txt", anonymous: true, headers: headers}, request{method: "GET", target: "/share/public/numbers.txt", anonymous: true, headers: headers})
	}
	for _, authorization := range []string{"Basic YWRtaW46d3Jvbmc=", "Basic bm9ib2R5OnNlY3JldA==", "Basic x", "Bearer x", "basic YWRtaW46c2VjcmV0", "Basic   YWRtaW46c2VjcmV0", "Basic YWRtaW46c2VjcmV0="} {
		for _, target := range []string{"/private/data.cfg", "/share/private/data.cfg", "/share/public/feed", "/public/feed"} {
			list = append(list, request{method: "GET", target: target, headers: []string{"Authorization", authorization}, anonymous: true})
		}
	}
	return list
}

func propfind(inner string) string {
	return `<?xml version="1.0"?><D:propfind xmlns:D="DAV:">` + inner + `</D:propfind>`
}

// finding are PROPFINDs.
func finding() (list []request) {
	for _, target := range []string{"/share/", "/share/private/", "/share/public/", "/share/public/feed", "/share/private/documents/", "/share/private/config/", parameter, "/share/private/data.cfg", "/share/private/nothing", "/share/private/loop", "/share/public/a%20b%25%C3%A9.txt", "/share/private/config//.jio_documents/", "/share/jio_private/.jio_documents/documents/"} {
		for _, depth := range []string{"0", "1", "infinity"} {
			list = append(list, both("PROPFIND", target, "Depth", depth)...)
		}
	}
	for _, body := range []string{
		propfind("<D:allprop/>"), propfind("<D:propname/>"), propfind("<D:prop><D:getetag/><D:displayname/><x:y xmlns:x='u:x'/></D:prop>"), propfind("<D:prop><D:getcontenttype/></D:prop>"),
		"<", "<a/>", propfind("<x"), propfind(""), propfind("<D:prop xmlns:e=''><e:x/></D:prop>"), `<!DOCTYPE x [<!ENTITY a "b">]>` + propfind("<D:prop>&a;</D:prop>"),
		propfind("<D:allprop/>" + strings.Repeat(" ", 1_000_000)),
	} {
		for _, target := range []string{"/share/public/feed", "/share/public/folder/"} {
			list = append(list, request{method: "PROPFIND", target: target, body: body, headers: []string{"Depth", "0"}, anonymous: true})
		}
	}
	return append(list, both("PROPFIND", "/share/private/", "Depth", "x")...)
}

// parameters are changes as the servers allow them when nothing is said. What
// config.tmp.json does is pkg/parameter's to test.
func parameters() (list []request) {
	put := func(target string, headers ...string) request {
		return request{method: "PUT", target: target, body: "[]", headers: headers}
	}
	for _, target := range []string{"/share/x", "/share/public/feed", private + "x", private + "data.cfg", private + "config/x", parameter, private + "log/app.log", "/share/jio_private/x", "/share/publicity/secret.json"} {
		for _, method := range []string{"PUT", "DELETE", "MKCOL", "PROPPATCH", "LOCK"} {
			list = append(list, request{method: method, target: target, body: "x"}, request{method: method, target: target, body: "x", anonymous: true})
		}
		list = append(list, request{method: "COPY", target: target, headers: []string{"Destination", "https://HOST" + parameter + "stolen"}}, request{method: "MOVE", target: target, headers: []string{"Destination", "https://HOST" + parameter + "stolen"}})
	}
	return append(list,
		put(parameter+"a.json"), put(parameter+"a.json"), put(parameter+"a.json", "If-None-Match", "*"), put(parameter+"b.json", "If-Match", "*"),
		put("/share/private/config//.jio_documents/c.json"), put("/share/private//config/.jio_documents/c.json"), put(parameter+"a.json", "Origin", app),
		put("/share/jio_private/.jio_documents/config/.jio_documents/d.json"), put(parameter+"none/e.json"), put(parameter+"a.json/f.json"), put(parameter+".DAV/x"),
		request{method: "GET", target: parameter + "a.json"}, request{method: "GET", target: "/private/config/.jio_documents/d.json"},
		request{method: "MKCOL", target: parameter}, request{method: "MKCOL", target: parameter + "new/"}, request{method: "MKCOL", target: parameter + "new/"},
		request{method: "COPY", target: parameter + "a.json", headers: []string{"Destination", "https://HOST" + private + "stolen"}},
		request{method: "COPY", target: parameter + "a.json", headers: []string{"Destination", "https://HOST/private/stolen"}},
		request{method: "COPY", target: parameter + "a.json", headers: []string{"Destination", "https://HOST" + parameter + "g.json"}},
		request{method: "MOVE", target: parameter + "g.json", headers: []string{"Destination", "https://HOST/share/public/feed"}},
		request{method: "MOVE", target: parameter + "g.json", headers: []string{"Destination", "https://HOST" + parameter + "h.json"}},
		request{method: "DELETE", target: parameter + "h.json"}, request{method: "DELETE", target: parameter + "h.json"}, request{method: "DELETE", target: parameter + "new/"},
		request{method: "DELETE", target: parameter},
	)
}
