package promise

import (
	"regexp"
	"strconv"
	"time"
)

// periodName is the name of a report script that says how often it runs:
// X_every_2_hour, X_every_5_minute; a plural and a suffix such as .sh do not
// matter (contract/promises.md 2.3).
var periodName = regexp.MustCompile(`^(.+)_every_([1-9][0-9]{0,4})_(hour|minute)s?(\.[A-Za-z0-9]+)?$`)

// periodOf reads the title and the period of a report script from its name;
// without a period in it, the whole name and each minute.
func periodOf(name string) (title string, period time.Duration) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return name, time.Minute
	}
	n, _ := strconv.Atoi(m[2]) // at most five digits
	period = time.Minute
	if m[3] == "hour" {
		period = time.Hour
	}
	return m[1], time.Duration(n) * period
}

// slot numbers the periods since 1970. A report runs once in each: a minute
// that nobody used does not skip the period, as a fixed minute would.
func slot(t time.Time, period time.Duration) int64 {
	return t.Unix() / int64(period/time.Second)
}
