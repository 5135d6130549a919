package apache_test

const lockinfo = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>me</D:owner></D:lockinfo>`

const copies = "/share/private/copy/"

// writing are changes, with webdav-write = all. Their order matters.
func writing() []request {
	r := func(method, target, body string, headers ...string) request {
		return request{method: method, target: target, body: body, headers: headers}
	}
	to := func(name string, more ...string) []string {
		return append(more, "Destination", "https://HOST"+copies+name)
	}
	return []request{
		r("PUT", private+"new.txt", "new"), r("PUT", private+"new.txt", "newer"), r("GET", private+"new.txt", ""), r("GET", "/private/new.txt", ""),
		r("PUT", private+"sp%20ce%25.txt", "x"), r("GET", private+"sp%20ce%25.txt", ""),
		r("PUT", private+"copy", "x"), r("PUT", private+"copy/", "x"), r("PUT", private+"none/x", "x"), r("PUT", private+"new.txt/x", "x"),
		r("PUT", private+"new.txt", "x", "If-None-Match", "*"), r("PUT", private+"new.txt", "x", "If-Match", `"x"`), r("PUT", private+"absent", "x", "If-Match", "*"),
		r("PUT", private+"data.cfg", "x", "If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"), r("PUT", private+"new.txt", "x", "Content-Range", "bytes 0-0/3"),
		r("PUT", private+".DAV", "x"), r("PUT", "/share/public/anonymous", "x"), {method: "PUT", target: "/share/public/nobody", body: "x", anonymous: true},
		r("PUT", copies+"d/link-target", "x"),
		r("MKCOL", private+"made", ""), r("MKCOL", private+"made/", ""), r("MKCOL", private+"made/in/", ""), r("MKCOL", private+"none/x/", ""), r("MKCOL", private+"body/", "<x/>"), r("MKCOL", private+"data.cfg", ""), r("MKCOL", private+"data.cfg/x", ""),
		r("DELETE", private+"none", ""), r("DELETE", private+"made/", "", "Depth", "0"), r("DELETE", private+"made/", "", "Depth", "infinity"), r("DELETE", private+"sp%20ce%25.txt", ""), r("DELETE", private+"new.txt", "", "If-Match", `"x"`),
		r("COPY", copies+"f", "", to("f2")...), r("COPY", copies+"f", "", to("f2")...), r("COPY", copies+"f", "", to("f2", "Overwrite", "F")...), r("COPY", copies+"f", "", to("f3", "Overwrite", "F")...),
		r("COPY", copies+"f", ""), r("COPY", copies+"f", "", to("f")...), r("COPY", copies+"none", "", to("f2")...), r("COPY", copies+"f", "", to("none/x")...),
		r("COPY", copies+"f", "", "Destination", copies+"path-only"), r("DELETE", copies+"path-only", ""), r("COPY", copies+"f", "", "Destination", "https://frontend.example"+copies+"frontend"),
		r("COPY", copies+"f", "", "Destination", "ftp://HOST"+copies+"ftp"), r("COPY", copies+"f", "", "Destination", "https://HOST/private/x"), r("COPY", copies+"f", "", "Destination", "https://HOST/../x"),
		r("COPY", copies+"d/", "", to("d2/")...), r("COPY", copies+"d/", "", to("d2/")...), r("COPY", copies+"d/", "", to("d0/", "Depth", "0")...), r("COPY", copies+"d/", "", to("d1/", "Depth", "1")...),
		r("COPY", copies+"d/", "", to("d/into/")...), r("COPY", copies+"f", "", to("e/")...), r("PROPFIND", copies+"d2/", "", "Depth", "1"),
		r("MOVE", copies+"none", "", to("g")...), r("GET", copies+"g", ""), r("MOVE", copies+"f3", "", to("g", "Overwrite", "F")...), r("MOVE", copies+"f3", "", to("g")...), r("GET", copies+"g", ""),
		r("MOVE", copies+"d2/", "", to("moved/")...), r("MOVE", copies+"moved/", "", to("moved/in/")...), r("GET", copies+"moved/x", ""), r("MOVE", copies+"f2", "", to("none/x")...),
		r("PROPFIND", copies, "", "Depth", "1"), r("GET", copies+"l/x", ""), r("GET", "/private/copy/", ""),
		r("LOCK", copies+"f", lockinfo, "Depth", "0", "Timeout", "Second-600"), r("PROPFIND", copies+"f", propfind("<D:prop><D:lockdiscovery/></D:prop>"), "Depth", "0"),
		r("PUT", copies+"f", "x"), r("DELETE", copies+"f", ""), r("MOVE", copies+"f", "", to("f9")...), r("COPY", copies+"g", "", to("f")...), r("COPY", copies+"f", "", to("f10")...),
		r("LOCK", copies+"f", lockinfo), r("LOCK", copies+"f", "<x/>"), r("LOCK", copies+"f", "<"), r("LOCK", copies+"g", lockinfo, "Depth", "1"), r("LOCK", copies+"none/x", lockinfo),
		r("PUT", copies+"f", "x", "If", "(<opaquelocktoken:11111111-1111-1111-1111-111111111111>)"), r("PUT", copies+"f", "x", "If", "rubbish"), r("PUT", copies+"g", "x", "If", `(["none"])`), r("PUT", copies+"g", "y", "If", "(Not <DAV:no-lock>)"),
		r("UNLOCK", copies+"f", ""), r("UNLOCK", copies+"f", "", "Lock-Token", "<opaquelocktoken:11111111-1111-1111-1111-111111111111>"), r("DELETE", copies, ""),
		r("GET", copies+"f", ""), r("GET", copies+"p/child", ""),
		r("PROPPATCH", copies+"g", `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:x">1</x></prop></set></propertyupdate>`), r("PROPFIND", copies+"g", propfind(`<D:prop><x xmlns="u:x"/></D:prop>`), "Depth", "0"),
		r("PROPPATCH", copies+"g", `<propertyupdate xmlns="DAV:"><remove><prop><x xmlns="u:x"/></prop></remove></propertyupdate>`), r("PROPFIND", copies+"g", propfind(`<D:prop><x xmlns="u:x"/></D:prop>`), "Depth", "0"),
		r("PROPPATCH", copies+"none", `<propertyupdate xmlns="DAV:"/>`), r("PROPPATCH", copies+"g", "<"),
		r("COPY", copies+"p/child", "", to("p")...), r("GET", copies+"p/child", ""),
		r("DELETE", copies+"moved/", ""), r("DELETE", copies+"l", ""), r("DELETE", copies+"e/", ""), r("DELETE", private+"new.txt", ""),
	}
}
