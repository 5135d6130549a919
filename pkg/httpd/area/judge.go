package area

import "strings"

// Verdict is what a method may do at a path.
type Verdict struct {
	Anonymous bool // no credentials are asked for; sent ones are not looked at
	Allowed   bool // the area knows the method; false is a 405 that lists Allow
}

// Methods that an area answers, as its Allow header says them.
const (
	ReadMethods = "GET,HEAD,POST,OPTIONS"
	DAVMethods  = "OPTIONS,GET,HEAD,PUT,DELETE,MKCOL,COPY,MOVE,LOCK,UNLOCK,PROPFIND,PROPPATCH"
)

// Allow is the list of methods that the area answers.
func (a Area) Allow() string {
	switch a {
	case Share:
		return DAVMethods
	case Metrics, App:
		return "GET,HEAD,OPTIONS"
	}
	return ReadMethods
}

// Judge decides about one method at p (contract/httpd.md 3). What it does not
// know needs credentials and is refused then.
func (p Path) Judge(method string) Verdict {
	v := Verdict{Allowed: contains(p.Area.Allow(), method)}
	switch p.Area {
	case Public, App:
		v.Anonymous = true
	case Share:
		v.Anonymous = method == "OPTIONS" || p.isPublicShare() && readsShare(method)
	}
	return v
}

// isPublicShare is the anchored form of the rule that Apache's configuration
// once applied to any URL that merely contained its text (contract/httpd.md 1.3).
func (p Path) isPublicShare() bool {
	first, _, _ := strings.Cut(p.Name, "/")
	return first == "public" || first == "jio_public"
}

func readsShare(method string) bool {
	switch method {
	case "GET", "HEAD", "PROPFIND", "REPORT":
		return true
	}
	return false
}

// contains reports whether the comma-separated list has the method.
func contains(list, method string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if one == method {
			return true
		}
	}
	return false
}
