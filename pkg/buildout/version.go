package buildout

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A marker compares versions when its right side is one. Only release numbers
// ("3.8", "3.11.2") are understood, which is all that python's own versions
// need; anything else is compared as text.
var releaseNumber = regexp.MustCompile(`^\d{1,9}(\.\d{1,9})*$`)

// matchSpecifier decides "a OPERATOR b" for versions; ok is false if b is none.
// Where only b is one, different buildouts say different things, so it is an
// error.
func matchSpecifier(a, operator, b string) (answer, ok bool, err error) {
	a, b = strip(a), strip(b)
	prefix, wild := strings.CutSuffix(b, ".*")
	if !releaseNumber.MatchString(prefix) {
		return false, false, nil
	}
	if !releaseNumber.MatchString(a) {
		return false, false, fmt.Errorf("%s is not a version to compare with %s", repr(a), b)
	}
	answer, ok = compareVersions(a, operator, b, prefix, wild)
	return answer, ok, nil
}

// compareVersions compares release numbers; prefix is b without a final ".*".
func compareVersions(a, operator, b, prefix string, wild bool) (answer, ok bool) {
	switch {
	case wild && (operator == "==" || operator == "!="):
		return hasRelease(a, prefix) == (operator == "=="), true
	case wild:
		return false, false
	case operator == "===":
		return a == b, true
	case operator == "~=":
		last := strings.LastIndexByte(b, '.')
		if last < 0 {
			return false, false
		}
		return compareReleases(a, b) >= 0 && hasRelease(a, b[:last]), true
	}
	return ordered(compareReleases(a, b), operator), true
}

// hasRelease tells whether a version is, or is below, prefix.
func hasRelease(version, prefix string) bool {
	a, b := release(version), release(prefix)
	for i, n := range b {
		if i < len(a) && a[i] != n || i >= len(a) && n != 0 {
			return false
		}
	}
	return true
}

func compareReleases(a, b string) int {
	x, y := release(a), release(b)
	for i := range max(len(x), len(y)) {
		m, n := 0, 0
		if i < len(x) {
			m = x[i]
		}
		if i < len(y) {
			n = y[i]
		}
		if m != n {
			return m - n
		}
	}
	return 0
}

func release(version string) []int {
	var numbers []int
	for word := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(word)
		numbers = append(numbers, n)
	}
	return numbers
}
