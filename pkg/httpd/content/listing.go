package content

import (
	"bufio"
	"html"
	"net/http"
	"net/url"
	"sort"
	"strconv"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/tree"
)

// listingLimit is how many children a listing shows at most: a browser cannot
// do more with a page, and the server's memory is bounded.
const listingLimit = 10000

const listingHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>`

const listingStyle = `</title><style>
body{font:1rem/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 .75rem;color:#222;background:#fff}
h1{font-size:1.2rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}
td,th{padding:.4rem .3rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}
td:first-child{overflow-wrap:anywhere}td+td,th+th{white-space:nowrap;text-align:right;font-size:.85rem;color:#555}
a{color:#0645ad;text-decoration:none}a:hover{text-decoration:underline}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}a{color:#8ab4f8}td,th{border-color:#333}td+td,th+th{color:#aaa}}
</style></head><body><h1>`

// ServeListing answers GET and HEAD of a folder: its children that a GET would
// give, in the order of their names, with date and size, readable on a phone.
func ServeListing(w http.ResponseWriter, r *http.Request, t *tree.Tree, f *tree.File, p area.Path) {
	list, left, err := children(t, f, p.Area)
	if err != nil {
		http.Error(w, "The folder cannot be read.", http.StatusForbidden)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", SandboxPolicy)
	h["Cache-Control"] = cacheControl
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	out := bufio.NewWriterSize(w, 16<<10)
	defer out.Flush()
	title := "Index of " + html.EscapeString(p.URL+"/")
	out.WriteString(listingHead + title + listingStyle + title + "</h1><table><tr><th>Name</th><th>Last modified</th><th>Size</th></tr>\n")
	if p.URL != "" {
		out.WriteString("<tr><td><a href=\"../\">Parent folder</a></td><td></td><td></td></tr>\n")
	}
	for _, e := range list {
		writeRow(out, e)
	}
	out.WriteString("</table>")
	if left > 0 {
		out.WriteString("<p>and " + strconv.Itoa(left) + " more</p>")
	}
	out.WriteString("</body></html>\n")
}

func children(t *tree.Tree, f *tree.File, a area.Area) (list []tree.Entry, left int, err error) {
	err = f.Entries(func(e tree.Entry) bool {
		e, ok := t.Readable(f, e)
		switch {
		case !ok || tree.Hidden(a, e.Name) && !e.Mode.IsDir(): // folders are read with a slash, which hides nothing
		case len(list) == listingLimit:
			left++
		default:
			list = append(list, e)
		}
		return true
	})
	sort.Slice(list, func(i, k int) bool { return list[i].Name < list[k].Name })
	return list, left, err
}

func writeRow(out *bufio.Writer, e tree.Entry) {
	name, size := e.Name, humanSize(e.Size)
	if e.Mode.IsDir() {
		name, size = name+"/", "-"
	}
	href := (&url.URL{Path: name}).String() // adds ./ before a name that looks like a scheme
	out.WriteString("<tr><td><a href=\"")
	out.WriteString(html.EscapeString(href))
	out.WriteString("\">")
	out.WriteString(html.EscapeString(name))
	out.WriteString("</a></td><td>")
	out.WriteString(e.MTime.UTC().Format("2006-01-02 15:04"))
	out.WriteString("</td><td>")
	out.WriteString(size)
	out.WriteString("</td></tr>\n")
}

func humanSize(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	value, unit := float64(n)/1024, 0
	for value >= 999.5 && unit < 3 {
		value, unit = value/1024, unit+1
	}
	digits := 0
	if value < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + "KMGT"[unit:unit+1]
}
