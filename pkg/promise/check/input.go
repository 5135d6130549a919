package check

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"slapmonitor/pkg/python"
)

// Input is a check's configuration and surroundings.
type Input struct {
	Place
	name   string
	check  *Check
	values map[string]any
}

// configError ends a check whose configuration cannot be used. It travels as a
// panic from the accessors to Check.Run, so that checks read options as values.
type configError string

func (in *Input) fail(format string, args ...any) {
	panic(configError(fmt.Sprintf(format, args...)))
}

// normal spells the option names of config with hyphens.
func normal(config map[string]any) map[string]any {
	values := make(map[string]any, len(config))
	for k, v := range config {
		values[spell(k)] = v
	}
	return values
}

func spell(option string) string { return strings.ReplaceAll(option, "_", "-") }

// Text is an option as text, its default if it is absent or None.
func (in *Input) Text(option string) string {
	switch v := in.values[option].(type) {
	case nil:
		return in.standard(option)
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return "0"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any: // as profiles write lists
		return strings.Trim(fmt.Sprint(v), "[]")
	case map[string]any:
		return pyJSON(v)
	default:
		return fmt.Sprint(v)
	}
}

// standard is the default of an option.
func (in *Input) standard(option string) string {
	for _, o := range in.check.Options {
		if o.Name == option {
			return o.Default
		}
	}
	return ""
}

// number is the text of an option that holds a number; an empty one, as of a
// parameter that nobody set, is the default.
func (in *Input) number(option string) string {
	return cmp.Or(strings.TrimSpace(in.Text(option)), in.standard(option))
}

// Int is an option that holds a whole number, as text or typed.
func (in *Input) Int(option string) int {
	text := in.number(option)
	n, err := strconv.Atoi(text)
	if err != nil {
		in.fail("%s is not a whole number: %s", option, python.Repr(text))
	}
	return n
}

// Float is an option that holds a number.
func (in *Input) Float(option string) float64 {
	text := in.number(option)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f-f != 0 { // Inf and NaN are no thresholds
		in.fail("%s is not a number: %s", option, python.Repr(text))
	}
	return f
}

// Bool is an option that holds 0, 1, true, false, yes or no; absent and empty
// are false.
func (in *Input) Bool(option string) bool {
	text := strings.TrimSpace(in.Text(option))
	b, ok := ParseBool(text)
	if !ok {
		in.fail("%s is neither true nor false: %s", option, python.Repr(text))
	}
	return b
}

// ParseBool reads the ways in which options say yes and no.
func ParseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, true
	case "0", "false", "no", "off", "", "none":
		return false, true
	}
	n, err := strconv.Atoi(text)
	return n != 0, err == nil
}

// Has tells whether an option is given and not empty.
func (in *Input) Has(option string) bool { return in.Text(option) != "" }

// Path is an option that names a file; a relative one starts at the partition.
func (in *Input) Path(option string) string {
	path := in.Text(option)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(in.Partition, path)
}
