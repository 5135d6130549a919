package condition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A marker compares versions when its right side is one. Only release numbers
// ("3.8", "3.11.2") are understood, which is all that python's own versions
// need; anything else is compared as text.
var releaseNumber = regexp.MustCompile(`^\d{1,9}(\.\d{1,9})*$`)

// compareVersions decides "a OPERATOR b" for versions; ok is false if b is
// none. Where only b is one, different buildouts say different things, so it
// is an error.
func compareVersions(a, operator, b string) (answer, ok bool, err error) {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	prefix, wild := strings.CutSuffix(b, ".*")
	if !releaseNumber.MatchString(prefix) {
		return false, false, nil
	}
	if !releaseNumber.MatchString(a) {
		return false, false, fmt.Errorf("%#q is not a version to compare with %s", a, b)
	}
	last := strings.LastIndexByte(b, '.')
	switch {
	case wild && (operator == "==" || operator == "!="):
		return isBelow(a, prefix) == (operator == "=="), true, nil
	case wild, operator == "~=" && last < 0:
		return false, false, nil
	case operator == "===":
		return a == b, true, nil
	case operator == "~=":
		return compareReleases(a, b) >= 0 && isBelow(a, b[:last]), true, nil
	}
	return ordered(compareReleases(a, b), operator), true, nil
}

// isBelow tells whether a version is prefix, or begins with it.
func isBelow(version, prefix string) bool {
	a, b := release(version), release(prefix)
	a = append(a, make([]int, len(b))...)
	return slices.Equal(a[:len(b)], b)
}

// compareReleases takes 3 and 3.0 for the same.
func compareReleases(a, b string) int {
	x, y := release(a), release(b)
	length := max(len(x), len(y))
	return slices.Compare(append(x, make([]int, length-len(x))...), append(y, make([]int, length-len(y))...))
}

func release(version string) []int {
	var numbers []int
	for word := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(word) // nine digits at most
		numbers = append(numbers, n)
	}
	return numbers
}
