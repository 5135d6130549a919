package parameter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/httpd/cors"
	"slapmonitor/pkg/monitorconf"
)

// corsName is a file of the state folder with the edited domains.
const corsName = "cors-domains.json"

// reloadTimeout bounds the program that makes Apache read its configuration.
const reloadTimeout = 20 * time.Second

// editedDomains remembers which domains an edit replaced: when the deployer
// gives others, the edit is over.
type editedDomains struct {
	Deployed string `json:"deployed"`
	Domains  string `json:"domains"`
}

// CORSDomains are the domains whose pages may use the monitor: those of
// monitor.conf, or what an editor put in their place.
func CORSDomains(conf *monitorconf.Config) []string {
	list, _ := parameters(conf)
	for _, p := range list {
		if p.Kind == CORS {
			return corsDomains(conf)
		}
	}
	return conf.HTTPD.CORSDomains
}

func corsDomains(conf *monitorconf.Config) []string {
	var e editedDomains
	data, err := os.ReadFile(filepath.Join(conf.StateFolder, corsName))
	if err != nil || json.Unmarshal(data, &e) != nil || e.Deployed != deployed(conf) || e.Domains == "" {
		return conf.HTTPD.CORSDomains
	}
	return strings.Fields(e.Domains)
}

func deployed(conf *monitorconf.Config) string { return strings.Join(conf.HTTPD.CORSDomains, " ") }

func checkCORS(p Parameter, value string) error {
	domains := strings.Fields(value)
	if len(domains) == 0 {
		return unacceptable(p, "write at least one domain, else no page could reach the monitor any more")
	}
	if _, err := cors.Parse(domains); err != nil {
		return unacceptable(p, "%v", err)
	}
	return nil
}

// changeCORS makes the servers allow other domains: ours reads the state
// folder, Apache its configuration, which the generator wrote.
func changeCORS(conf *monitorconf.Config, p Parameter, value string) error {
	domains := strings.Fields(value)
	_, err := document.WriteJSON(filepath.Join(conf.StateFolder, corsName),
		editedDomains{deployed(conf), strings.Join(domains, " ")}, document.PublicMode)
	if err != nil {
		return err
	}
	old, err := readFile(p.CORSFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no Apache here
	}
	if err != nil {
		return fmt.Errorf("read Apache's CORS configuration: %w", err)
	}
	rules, err := cors.Parse(domains)
	if err != nil {
		return err
	}
	text, err := apacheRules(old, rules)
	if err != nil {
		return fmt.Errorf("%s: %w", p.CORSFile, err)
	}
	if text == old {
		return nil
	}
	if err := writeTarget(p.CORSFile, text, document.PublicMode); err != nil {
		return err
	}
	return reload(p.Reload)
}

// In etc/httpd-cors.cfg, domains stand in two forms: hosts in the first line,
// which consumers' tests know, and whole origins.
var (
	hostsRule   = regexp.MustCompile(`(?m)^(SetEnvIf\w* Origin "\^http\(s\)\?://\(\.\+\\\.\)\?\()[^"]*(\)\$")`)
	originsRule = regexp.MustCompile(`(?m)^(SetEnvIf\w* Origin "\^\()[^"]*(\)\$")`)
)

// apacheRules is text, Apache's CORS configuration, with other domains.
func apacheRules(text string, rules cors.Rules) (string, error) {
	if !hostsRule.MatchString(text) && !originsRule.MatchString(text) {
		return "", errors.New("no rule for domains in it; deploy the instance again")
	}
	put := func(text string, rule *regexp.Regexp, choices []string) string {
		return rule.ReplaceAllStringFunc(text, func(line string) string {
			part := rule.FindStringSubmatch(line)
			return part[1] + strings.Join(choices, "|") + part[2]
		})
	}
	return put(put(text, hostsRule, rules.ApacheHosts()), originsRule, rules.ApacheOrigins()), nil
}

func reload(program string) error {
	ctx, cancel := context.WithTimeout(context.Background(), reloadTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make Apache read its configuration with %s: %w: %s", program, err, lastLine(string(out)))
	}
	return nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
