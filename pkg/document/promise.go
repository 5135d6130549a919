package document

// Status words of promises, feeds and the global state.
const (
	OK      = "OK"
	Error   = "ERROR"
	Warning = "WARNING"
)

// Links are a document's links, by relation.
type Links map[string]Link

// Link is one hypertext reference.
type Link struct {
	Href string `json:"href"`
}

// PromiseStatus is NAME.status.json: one promise's latest result, as both the
// 2017 and the 2026 clients read it (contract/promises.md 1.8 and 2.2).
type PromiseStatus struct {
	Status        string         `json:"status"`
	Type          string         `json:"type"` // "status", or "report"
	Title         string         `json:"title"`
	Name          string         `json:"name"`
	Path          string         `json:"path"`
	StartDate     string         `json:"start-date"`     // local time, no zone (2017)
	ChangeTime    float64        `json:"change-time"`    // epoch seconds when Status last changed
	ExecutionTime float64        `json:"execution-time"` // seconds
	Message       string         `json:"message"`
	Instance      string         `json:"instance"`
	Hosting       string         `json:"hosting_subscription"`
	Links         Links          `json:"_links"`
	Result        *PromiseResult `json:"result,omitempty"`
}

// PromiseResult is the part of a status document that slapgrid writes since 2018.
type PromiseResult struct {
	Type    string `json:"type"` // "Test Result" or "Anomaly Result"
	Failed  bool   `json:"failed"`
	Date    string `json:"date"` // DateLayout, when the promise was run
	Message string `json:"message"`
}

// History is NAME.history.json, oldest entry first.
type History struct {
	Date float64        `json:"date"` // epoch seconds when this history began
	Data []HistoryEntry `json:"data"`
}

// HistoryEntry is a run of equal results of one promise.
type HistoryEntry struct {
	Status     string  `json:"status"`
	Date       string  `json:"date"`       // DateLayout, of the first result
	StartDate  string  `json:"start-date"` // the same in local time, no zone
	ChangeTime float64 `json:"change-time"`
	ChangeDate string  `json:"change-date"` // ChangeTime in DateLayout
	Message    string  `json:"message"`
	Failed     bool    `json:"failed"`
	Count      int     `json:"count"`     // how many results it stands for
	LastDate   string  `json:"last-date"` // DateLayout, of the last of them
}
