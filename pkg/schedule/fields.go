package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A range of values that a field may have, and the names of some.
type bounds struct {
	what        string
	first, last int
	names       string // of the values from first on, three letters each
	wrap        int    // last+1 may be written for first when it is this value
}

var fieldBounds = [5]bounds{
	{what: "minute", first: 0, last: 59},
	{what: "hour", first: 0, last: 23},
	{what: "day", first: 1, last: 31},
	{what: "month", first: 1, last: 12, names: "janfebmaraprmayjunjulaugsepoctnovdec"},
	{what: "weekday", first: 0, last: 6, names: "sunmontuewedthufrisat", wrap: 7},
}

// plainFields writes what dcron allows beyond our parser (7 for Sunday, ranges
// over midnight like 23-7/2, names in ranges) as lists of numbers.
func plainFields(words []string) ([]string, error) {
	var plain []string
	for i, word := range words {
		b := fieldBounds[i]
		p, err := b.plain(word)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", b.what, word, err)
		}
		plain = append(plain, p)
	}
	if plain[2] != "*" && plain[4] != "*" {
		return nil, errors.New("a day and a weekday together mean something else to each cron; say one of them and test the other in the command")
	}
	return plain, nil
}

func (b bounds) plain(word string) (string, error) {
	if word == "*" || word == "*/1" {
		return "*", nil
	}
	var values []string
	for item := range strings.SplitSeq(word, ",") {
		some, err := b.item(item)
		if err != nil {
			return "", err
		}
		values = append(values, some...)
	}
	return strings.Join(values, ","), nil
}

// item lists the values of "*", "7", "mon-fri" or "22-6", each perhaps with "/2".
func (b bounds) item(item string) ([]string, error) {
	span, by, stepped := strings.Cut(item, "/")
	step := 1
	if stepped {
		n, err := strconv.Atoi(by)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no step", by)
		}
		step = min(n, 60) // more than any field has values
	}
	from, to, ranged := strings.Cut(span, "-")
	if span == "*" {
		return b.count(b.first, b.last, step), nil
	}
	first, err := b.value(from)
	if err != nil {
		return nil, err
	}
	last := first
	switch {
	case ranged:
		if last, err = b.value(to); err != nil {
			return nil, err
		}
	case stepped:
		last = b.last
	}
	return b.count(first, last, step), nil
}

// count counts from first to last, over the end if last comes earlier.
func (b bounds) count(first, last, step int) []string {
	size := b.last - b.first + 1
	if last < first {
		last += size
	}
	var values []string
	for v := first; v <= last; v += step {
		values = append(values, strconv.Itoa(b.first+(v-b.first)%size))
	}
	return values
}

func (b bounds) value(word string) (int, error) {
	if i := strings.Index(b.names, strings.ToLower(word)); len(word) == 3 && i >= 0 && i%3 == 0 {
		return b.first + i/3, nil
	}
	v, err := strconv.Atoi(word)
	if err != nil || v < 0 {
		return 0, fmt.Errorf("%q is no number", word)
	}
	if b.wrap != 0 && v == b.wrap {
		return v, nil
	}
	if v < b.first || v > b.last {
		return 0, fmt.Errorf("%d is not between %d and %d", v, b.first, b.last)
	}
	return v, nil
}
