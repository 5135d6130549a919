package document

import "time"

// Layouts that every client of the monitor documents can read
// (contract/app-wire.md 3.2): a zone of Z or with a colon breaks them.
const (
	DateLayout  = "2006-01-02T15:04:05+0000"
	FeedLayout  = "Mon, 02 Jan 2006 15:04:05 +0000"
	StartLayout = "2006-01-02 15:04:05"
)

// Date is t in UTC as JSON documents say it.
func Date(t time.Time) string { return t.UTC().Format(DateLayout) }

// FeedDate is t in UTC as RSS and OPML say it (RFC 822).
func FeedDate(t time.Time) string { return t.UTC().Format(FeedLayout) }

// StartDate is t as the 2017 status documents say it: local time, no zone.
func StartDate(t time.Time) string { return t.Local().Format(StartLayout) }

// ParseDate reads what Date writes.
func ParseDate(s string) (time.Time, error) {
	return time.ParseInLocation(DateLayout, s, time.UTC)
}

// Epoch is t in seconds since 1970 with two decimals, as the documents' date
// and change-time fields hold it.
func Epoch(t time.Time) float64 { return float64(t.UnixMilli()/10) / 100 }
