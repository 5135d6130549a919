package buildout

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenName tokenKind = iota
	tokenInt
	tokenString
	tokenSign
	tokenEnd
)

type token struct {
	kind   tokenKind
	text   string // of a name or sign, or a string's contents
	number int
}

func (t token) String() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenInt:
		return fmt.Sprint(t.number)
	}
	return repr(t.text)
}

func (t token) is(text string) bool {
	return (t.kind == tokenSign || t.kind == tokenName) && t.text == text
}

// signs, longest first.
var signs = []string{"===", "==", "!=", "<=", ">=", "~=", "//", "**", "<", ">", "(", ")", "[", "]", ",", ".", "+", "-", "*", "%", ":"}

// scanCondition cuts a condition into tokens, with an end token last.
func scanCondition(text string) ([]token, error) {
	var tokens []token
	for {
		text = strings.TrimLeftFunc(text, isSpace)
		if text == "" {
			return append(tokens, token{kind: tokenEnd}), nil
		}
		t, size, err := scanToken(text)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		text = text[size:]
	}
}

func scanToken(text string) (token, int, error) {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first == '"' || first == '\'':
		return scanString(text)
	case first >= '0' && first <= '9':
		return scanInt(text)
	case isNameRune(first):
		end := strings.IndexFunc(text, func(r rune) bool { return !isNameRune(r) })
		if end < 0 {
			end = len(text)
		}
		return token{kind: tokenName, text: text[:end]}, end, nil
	}
	for _, sign := range signs {
		if strings.HasPrefix(text, sign) {
			return token{kind: tokenSign, text: sign}, len(sign), nil
		}
	}
	return token{}, 0, fmt.Errorf("%s is not part of the subset", repr(string(first)))
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func scanInt(text string) (token, int, error) {
	end := strings.IndexFunc(text, func(r rune) bool { return !isNameRune(r) && r != '.' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.Atoi(text[:end])
	if err != nil || end > 1 && text[0] == '0' {
		return token{}, 0, fmt.Errorf("%s is not a plain whole number", text[:end])
	}
	return token{kind: tokenInt, number: n}, end, nil
}

// scanString reads a quoted string with Python's commonest escapes.
func scanString(text string) (token, int, error) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; c {
		case quote:
			if b.Len() == 0 && i+1 < len(text) && text[i+1] == quote {
				return token{}, 0, fmt.Errorf("strings in three quotes are not part of the subset")
			}
			return token{kind: tokenString, text: b.String()}, i + 1, nil
		case '\\':
			if i+1 == len(text) || !strings.ContainsRune(`\'"`, rune(text[i+1])) {
				return token{}, 0, fmt.Errorf("only \\\\, \\' and \\\" are escapes of the subset")
			}
			i++
			b.WriteByte(text[i])
		case '\n':
			return token{}, 0, fmt.Errorf("a string is not closed")
		default:
			b.WriteByte(c)
		}
	}
	return token{}, 0, fmt.Errorf("a string is not closed")
}
