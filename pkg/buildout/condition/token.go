package condition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

type tokenKind int

const (
	tokenName tokenKind = iota
	tokenNumber
	tokenString
	tokenSign
	tokenEnd
)

type token struct {
	kind tokenKind
	text string // of a string, what is between the quotes
}

func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return fmt.Sprintf("%#q", t.text)
}

func (t token) is(text string) bool {
	return (t.kind == tokenSign || t.kind == tokenName) && t.text == text
}

// oneToken has a group per kind, in the order of the kinds. Numbers have six
// digits at most, so that no sum in a condition overflows, and strings have
// no escapes.
var oneToken = regexp.MustCompile(`^(?:` +
	`([\pL_][\pL\pN_]*)|` +
	`((?:0|[1-9][0-9]{0,5})\b)|` +
	`("[^"\\]*"|'[^'\\]*')|` +
	`(===|==|!=|<=|>=|~=|[<>()\[\],.:+]))`)

// scan cuts a condition into tokens, with an end token last.
func scan(text string) ([]token, error) {
	// buildout undoes these two in the whole text, not in strings only.
	text = strings.NewReplacer(`\x23`, "#", `\x3b`, ";").Replace(text)
	var tokens []token
	for {
		text = strings.TrimLeft(text, " \t\f")
		if text == "" {
			return append(tokens, token{kind: tokenEnd}), nil
		}
		groups := oneToken.FindStringSubmatch(text)
		if groups == nil {
			return nil, fmt.Errorf("what starts at %#.20q is not part of the subset", text)
		}
		text = text[len(groups[0]):]
		kind := slices.IndexFunc(groups[1:], func(group string) bool { return group != "" })
		t := token{tokenKind(kind), groups[0]}
		if t.kind == tokenString {
			t.text = t.text[1 : len(t.text)-1]
		}
		tokens = append(tokens, t)
	}
}
