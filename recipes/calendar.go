package recipes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var calendarWords = map[string]string{
	"minutely": "* * * * *", "hourly": "0 * * * *", "daily": "0 0 * * *",
	"weekly": "0 0 * * 0", "monthly": "0 0 1 * *", "yearly": "0 0 1 1 *", "annually": "0 0 1 1 *",
}

// crontabFields turns the option "time" into crontab fields. It is a word, or
// what is left of systemd's calendar when years, seconds and a day of the week
// together with one of the month are not allowed: [WEEKDAYS] [MONTH-DAY]
// [HOUR:MINUTE], each number also a list and with a step (contract/buildout.md
// 4.5). Numbers are handed on as they are written.
func crontabFields(spec string) (string, error) {
	if fields, ok := calendarWords[spec]; ok {
		return fields, nil
	}
	words := strings.Fields(spec)
	if len(words) == 0 {
		return "", errors.New("it is empty")
	}
	weekdays, err := crontabWeekdays(words[0])
	if err != nil {
		return "", err
	}
	if weekdays != "*" {
		words = words[1:]
	}
	date, clock := "*-*", "0:0"
	if len(words) > 0 && strings.Contains(words[len(words)-1], ":") {
		clock, words = words[len(words)-1], words[:len(words)-1]
	}
	if len(words) > 0 {
		date, words = words[0], words[1:]
	}
	if len(words) > 0 {
		return "", fmt.Errorf("%q is one too many", words[0])
	}
	days, times := strings.Split(date, "-"), strings.Split(clock, ":")
	if len(days) == 3 && days[0] == "*" { // the year
		days = days[1:]
	}
	if len(times) == 3 && (times[2] == "0" || times[2] == "00") { // the second
		times = times[:2]
	}
	if len(days) != 2 || len(times) != 2 {
		return "", errors.New("a date is MONTH-DAY and a time HOUR:MINUTE")
	}
	month, day, hour, minute := days[0], days[1], times[0], times[1]
	if weekdays != "*" && day != "*" {
		return "", errors.New("it has a day of the week and one of the month")
	}
	fields := []string{minute, hour, day, month}
	for i, bounds := range [][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}} {
		if fields[i], err = crontabField(fields[i], bounds[0], bounds[1]); err != nil {
			return "", err
		}
	}
	return strings.Join(append(fields, weekdays), " "), nil
}

// crontabField is a list of numbers, each with or without a step: "0/15" is
// every 15 from 0 on.
func crontabField(text string, low, high int) (string, error) {
	if text == "*" {
		return text, nil
	}
	items := strings.Split(text, ",")
	for i, item := range items {
		start, step, stepped := strings.Cut(item, "/")
		n, err := strconv.Atoi(start)
		if err != nil || n < low || n > high {
			return "", fmt.Errorf("%q is not a number from %d to %d", start, low, high)
		}
		if !stepped {
			continue
		}
		by, err := strconv.Atoi(step)
		if err != nil || by < 1 || n+by > high {
			return "", fmt.Errorf("%q is not a step that fits", step)
		}
		items[i] = fmt.Sprintf("%s-%d/%d", start, n+(high-n)/by*by, by)
	}
	return strings.Join(items, ","), nil
}

var weekdayNames = strings.Fields("sunday monday tuesday wednesday thursday friday saturday")

// crontabWeekdays is "mon,wed-fri" in numbers, or "*" where word has no
// weekday in it. A range that goes round the week's end becomes a list.
func crontabWeekdays(word string) (string, error) {
	var days []string
	for item := range strings.SplitSeq(strings.ToLower(word), ",") {
		first, last, ranged := strings.Cut(strings.Replace(item, "..", "-", 1), "-")
		from, to := weekday(first), weekday(last)
		switch {
		case item == "":
		case from < 0 && days == nil:
			return "*", nil
		case from < 0 || ranged && to < 0:
			return "", fmt.Errorf("%q is not a day of the week", item)
		case !ranged:
			days = append(days, strconv.Itoa(from))
		case from <= to:
			days = append(days, fmt.Sprintf("%d-%d", from, to))
		default:
			for d := from; d != to+1; d = (d + 1) % 7 {
				days = append(days, strconv.Itoa(d))
			}
		}
	}
	slices.Sort(days)
	return strings.Join(days, ","), nil
}

// weekday is the number of a day's name or its first three letters, or -1.
func weekday(name string) int {
	return slices.IndexFunc(weekdayNames, func(full string) bool { return name == full || name == full[:3] })
}
