package check

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// ParseConfig reads options as a command line gives them, name=value each.
func ParseConfig(pairs []string) (map[string]any, error) {
	config := map[string]any{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("option %q is not of the form name=value", pair)
		}
		config[name] = value
	}
	return config, nil
}

// ReadConfig reads options from a file, one JSON object. Passwords belong
// there: every user of the computer can read a command line.
func ReadConfig(path string) (map[string]any, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	var config map[string]any
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, fmt.Errorf("options in %s: %w", path, err)
	}
	return config, nil
}
