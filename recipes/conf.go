package recipes

import (
	"fmt"
	"strings"

	"slapmonitor/templates"
)

func init() {
	register(&Recipe{
		Name:    "monitor-conf",
		Summary: "etc/monitor.conf: what every program of the partition reads",
		Options: []Option{
			{Name: "output", Meaning: "the file", Required: true},
			{Name: "monitor", Meaning: "the section whose options become [monitor], all of them", Default: "monitor-conf-parameters"},
			{Name: "promises", Meaning: "the section that becomes [promises]", Default: "monitor-promise-conf"},
			{Name: "httpd", Meaning: "the section that becomes [httpd]", Default: "monitor-httpd-conf-parameter"},
			{Name: "cors-domains", Meaning: "hosts whose pages may read the monitor, for [httpd]"},
			{Name: "base-urls", Meaning: "the section whose values are the base URLs of sub-instances, unless monitor-url-list gives them", Default: "monitor-base-url-dict"},
		},
		Plan: planMonitorConf,
	})
}

func planMonitorConf(p *Part) ([]Artifact, error) {
	path, err := p.Path("output")
	if err != nil {
		return nil, err
	}
	monitor, err := p.Section(p.Default("monitor", "monitor-conf-parameters"))
	if err != nil {
		return nil, err
	}
	promises, err := p.Section(p.Default("promises", "monitor-promise-conf"))
	if err != nil {
		return nil, err
	}
	httpd, err := p.Section(p.Default("httpd", "monitor-httpd-conf-parameter"))
	if err != nil {
		return nil, err
	}
	urls, err := p.baseURLs(monitor)
	if err != nil {
		return nil, err
	}
	content, err := templates.Render("monitor.conf", templates.Context{
		"monitor":          confOptions(monitor, "monitor-url-list"),
		"monitor_url_list": urls,
		"promises":         confOptions(promises),
		"httpd":            confOptions(append(httpd, Pair{"cors-domains", p.Default("cors-domains", "")})),
	})
	return []Artifact{{Path: path, Content: content}}, err
}

// baseURLs are the sub-instances: the list wins over the dictionary, the two
// are never merged (contract/stack.md 1.8).
func (p *Part) baseURLs(monitor Pairs) ([]string, error) {
	list, _ := monitor.Lookup("monitor-url-list")
	urls := strings.Fields(list)
	if len(urls) > 0 {
		return urls, nil
	}
	dictionary, err := p.Section(p.Default("base-urls", "monitor-base-url-dict"))
	if err != nil {
		return nil, err
	}
	urls = []string{}
	for _, o := range dictionary {
		if v := strings.TrimSpace(o.Value); v != "" && !strings.HasPrefix(o.Option, "_") && o.Option != "recipe" {
			if strings.ContainsAny(v, " \n") {
				return nil, fmt.Errorf("option %q of the sub-instances' section holds one base URL, not %q", o.Option, v)
			}
			urls = append(urls, v)
		}
	}
	return urls, nil
}

// confOptions prepares options for a ConfigParser file: continuation lines are
// indented by two blanks, and no line can be taken for a new option.
func confOptions(options Pairs, without ...string) []map[string]string {
	out := []map[string]string{}
next:
	for _, o := range options {
		for _, w := range append(without, "recipe") {
			if o.Option == w || strings.HasPrefix(o.Option, "_") {
				continue next
			}
		}
		value := strings.Join(lines(o.Value), "\n  ")
		out = append(out, map[string]string{"key": o.Option, "value": value})
	}
	return out
}
