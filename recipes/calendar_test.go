package recipes

import "testing"

// The answers are those of the cron.d recipe of slapos.cookbook, but for lists
// with steps and for ranges round Sunday, which it gets wrong.
func TestCalendar(t *testing.T) {
	for spec, want := range map[string]string{ // "" is refused
		"weekly":               "0 0 * * 0",
		"yearly":               "0 0 1 1 *",
		"03:30":                "30 03 * * *",
		"3:30:00":              "30 3 * * *",
		"*:0/15":               "0-45/15 * * * *",
		"*:5/20":               "5-45/20 * * * *",
		"0/6:0":                "0 0-18/6 * * *",
		"1,13:7":               "7 1,13 * * *",
		"*:0/30,20":            "0-30/30,20 * * * *",
		"*-1":                  "0 0 1 * *",
		"*-*-1 4:0":            "0 4 1 * *",
		"1/3-1 4:0":            "0 4 1 1-10/3 *",
		"12-24":                "0 0 24 12 *",
		"Mon":                  "0 0 * * 1",
		"monday 6:00":          "00 6 * * 1",
		"mon,wed-fri 12:0":     "0 12 * * 1,3-5",
		"Sat..Mon 1:0":         "0 1 * * 0,1,6",
		"sun 1-*":              "0 0 * 1 0",
		"":                     "",
		"sometimes":            "",
		"2026-1-1":             "",
		"mon *-1":              "",
		"mon,x":                "",
		"mon-x":                "",
		"3:30:15":              "",
		"24:0":                 "",
		"1:60":                 "",
		"*:0/60":               "",
		"*:0/0":                "",
		"0-1":                  "",
		"*-*-1 4:0 5:0":        "",
		"daily extra":          "",
		"1:2:3:4":              "",
		"1-1-1-1":              "",
		"; rm -rf / ;-1":       "",
		"mon 1-* 2:0 surplus:": "",
	} {
		got, err := crontabFields(spec)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", spec, got, err, want)
		}
	}
}
