package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	entries, bad := Parse("# a comment\n\n" +
		"* * * * * /bin/true\r\n" +
		"  */5\t1-3 *  jan,MAR mon-fri   cd /tmp && echo \"a  b\" # kept\n" +
		"@daily ID=backup run  it\n" +
		"MAILTO=root\n" +
		"@reboot start\n" +
		"* * * * *\n" +
		"0 0 1 1 0 both days\n" +
		"@daily")
	var got []Entry
	for _, e := range entries {
		got = append(got, e.bare())
	}
	want := []Entry{
		{Spec: "* * * * *", Command: "/bin/true"},
		{Spec: "*/5 1-3 * jan,MAR mon-fri", Command: `cd /tmp && echo "a  b" # kept`},
		{Spec: "@daily", Command: "ID=backup run  it"},
		{Spec: "@reboot", Command: "start"},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Entry{})); d != "" {
		t.Error(d)
	}
	var lines []int
	for _, b := range bad {
		lines = append(lines, b.Line)
	}
	if d := cmp.Diff([]int{6, 8, 9, 10}, lines); d != "" {
		t.Errorf("bad lines: %s", d)
	}
}

func TestBadLines(t *testing.T) {
	for line, want := range map[string]string{
		"MAILTO=root":                      "MAILTO= cannot be set for all lines",
		"CRON_TZ=UTC * * * * * x":          "CRON_TZ= cannot be set for all lines",
		"60 * * * * x":                     `schedule "60 * * * *": minute "60": 60 is not between 0 and 59`,
		"* 24 * * * x":                     "24 is not between 0 and 23",
		"* * 0 * * x":                      "0 is not between 1 and 31",
		"* * * 13 * x":                     "13 is not between 1 and 12",
		"* * * * 8 x":                      "8 is not between 0 and 6",
		"* * * foo * x":                    `"foo" is no number`,
		"* * * ebm * x":                    `"ebm" is no number`, // in "febmar"
		"-1 * * * * x":                     `"" is no number`,
		"1- * * * * x":                     `"" is no number`,
		"1,,2 * * * * x":                   `"" is no number`,
		"*/0 * * * * x":                    `"0" is no step`,
		"*/x * * * * x":                    `"x" is no step`,
		"0 0 30 2 * x":                     "there is no such day",
		"0 0 1 * mon x":                    "a day and a weekday together",
		"@fortnightly x":                   "no such word",
		"@every 5m x":                      "no such word",
		"@daily":                           `"@daily" is not a schedule`,
		"* * * * *":                        "is not a schedule",
		"* 2-4 * * * ID=j FREQ=1d/10m x":   "dcron's FREQ= is not supported",
		"* * * * * ID=b AFTER=a/30m run":   "dcron's AFTER= is not supported",
		"* * * * * echo a\x00b":            "a NUL byte",
		"* * * * * echo " + "x\n* * bad x": "is not a schedule",
	} {
		_, bad := Parse(line)
		if len(bad) != 1 || !strings.Contains(bad[0].Error(), want) {
			t.Errorf("%q: %v, want %q", line, bad, want)
		}
	}
}

// nextOf lists when an entry is due after Friday, 30 January 2026, 22:58 UTC.
func nextOf(t *testing.T, spec string, count int) string {
	t.Helper()
	when, err := parseSpec(spec)
	if err != nil {
		t.Fatalf("%s: %v", spec, err)
	}
	at := time.Date(2026, 1, 30, 22, 58, 30, 0, time.UTC)
	var all []string
	for range count {
		at = when.Next(at)
		all = append(all, at.Format("Mon 02 Jan 15:04"))
	}
	return strings.Join(all, ", ")
}

func TestDue(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"* * * * *", "Fri 30 Jan 22:59, Fri 30 Jan 23:00, Fri 30 Jan 23:01"},
		{"*/25 * * * *", "Fri 30 Jan 23:00, Fri 30 Jan 23:25, Fri 30 Jan 23:50"},
		{"7/20 23 * * *", "Fri 30 Jan 23:07, Fri 30 Jan 23:27, Fri 30 Jan 23:47"},
		{"0 23-1 * * *", "Fri 30 Jan 23:00, Sat 31 Jan 00:00, Sat 31 Jan 01:00"},
		{"0 23-7/2,8 * * *", "Fri 30 Jan 23:00, Sat 31 Jan 01:00, Sat 31 Jan 03:00"},
		{"0 0 * * 7", "Sun 01 Feb 00:00, Sun 08 Feb 00:00, Sun 15 Feb 00:00"},
		{"0 0 * * 6-7", "Sat 31 Jan 00:00, Sun 01 Feb 00:00, Sat 07 Feb 00:00"},
		{"0 0 * * sat-Mon", "Sat 31 Jan 00:00, Sun 01 Feb 00:00, Mon 02 Feb 00:00"},
		{"0 0 * * 7-1", "Sun 01 Feb 00:00, Mon 02 Feb 00:00, Sun 08 Feb 00:00"},
		{"0 0 1 nov-jan/2 *", "Sun 01 Nov 00:00, Fri 01 Jan 00:00, Mon 01 Nov 00:00"},
		{"@hourly", "Fri 30 Jan 23:00, Sat 31 Jan 00:00, Sat 31 Jan 01:00"},
		{"@Daily", "Sat 31 Jan 00:00, Sun 01 Feb 00:00, Mon 02 Feb 00:00"},
		{"@weekly", "Sun 01 Feb 00:00, Sun 08 Feb 00:00, Sun 15 Feb 00:00"},
		{"@monthly", "Sun 01 Feb 00:00, Sun 01 Mar 00:00, Wed 01 Apr 00:00"},
		{"@yearly", "Fri 01 Jan 00:00, Sat 01 Jan 00:00, Mon 01 Jan 00:00"},
	} {
		if got := nextOf(t, c.spec, 3); got != c.want {
			t.Errorf("%s: %s, want %s", c.spec, got, c.want)
		}
	}
}

// The lists of numbers that we write mean what the words meant to the library.
func TestFieldsKeepTheirMeaning(t *testing.T) {
	for _, spec := range []string{
		"0 * * * *", "1,2,3 4 * * *", "10-20/3 */4 * * *", "5/7 0-23 * * *", "0 12 1-15/2 * *", "0 0 */10 */2 *",
		"30 6 * jan-jun *", "0 0 * * mon,Wed,5", "*/59 23 31 * *",
	} {
		direct, err := fields.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := parseSpec(spec)
		if err != nil {
			t.Fatal(err)
		}
		a := time.Date(2026, 1, 30, 22, 58, 30, 0, time.UTC)
		b := a
		for range 200 {
			a, b = direct.Next(a), ours.Next(b)
			if !a.Equal(b) {
				t.Errorf("%s: %v, the library says %v", spec, b, a)
				break
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("*/5 1-3 * jan,MAR mon-fri cd /tmp && echo a\n@daily x\n0 23-7/2,8 * * 5-7 x")
	f.Add("CRON_TZ=* * * * * *\n@reboot\n@every x\n1-99999999999999999999 * * * * x\n7/999999999 * * * 0-7/1 y\x00")
	now := time.Date(2026, 1, 30, 22, 58, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		entries, bad := Parse(text)
		if n := strings.Count(text, "\n") + 1; len(entries)+len(bad) > n {
			t.Errorf("%d entries and %d bad lines from %d lines", len(entries), len(bad), n)
		}
		for _, e := range entries {
			if e.when != nil && !e.when.Next(now).After(now) {
				t.Errorf("%q is never due", e.Spec)
			}
			if e.Command == "" || strings.ContainsAny(e.Command, "\n\x00") {
				t.Errorf("%q has the command %q", e.Spec, e.Command)
			}
		}
	})
}
