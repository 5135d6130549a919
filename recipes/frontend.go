package recipes

import (
	"log/slog"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "frontend",
		Summary: "asks for a frontend of a URL; sets connection-secure_access and connection-domain. Without one, the URL itself serves",
		Options: append([]Option{
			{Name: "name", Meaning: "the frontend's title", Required: true},
			{Name: "config-url", Meaning: "the URL behind it", Required: true},
			{Name: "config-NAME", Meaning: "other parameters of the frontend"},
			{Name: "software-url", Meaning: "the frontend's software release"},
			{Name: "software-type", Meaning: "its software type", Default: "default"},
			{Name: "shared", Meaning: "true: a shared instance (old profiles: slave)", Default: "false"},
			{Name: "return", Meaning: "the connection parameters to read", Default: "domain secure_access"},
			{Name: "sla-NAME", Meaning: "where it may run"},
		}, masterOptions...),
		Plan:    planFrontend,
		Secrets: requestSecrets,
	})
}

func planFrontend(p *Part) ([]Artifact, error) {
	direct, err := p.Get("config-url")
	if err != nil {
		return nil, err
	}
	w, returns, err := p.wanted(false)
	if err != nil {
		return nil, err
	}
	connection, err := p.connection()
	if err != nil {
		return nil, err
	}
	client, err := p.master(connection)
	if err != nil {
		return nil, err
	}
	if p.Phase != Init {
		if p.Default(outcomeOption, "") == answered {
			return p.answerFile()
		}
		return nil, nil
	}
	if len(returns) == 0 {
		returns = []string{"domain", "secure_access"}
	}
	outcome := "no frontend"
	if client != nil && w.Software != "" {
		if err := p.request(client, w, returns, nil); err != nil {
			slog.Warn("no frontend: the direct address serves", "section", p.Name, "address", direct, "reason", err)
		} else if url := strings.TrimRight(p.Default("connection-secure_access", ""), "/"); url != "" {
			outcome = answered
			p.Set("connection-secure_access", url) // paths are put behind it
		}
	}
	p.Set(outcomeOption, outcome)
	if outcome == answered {
		return p.answerFile()
	}
	p.Set("connection-secure_access", direct)
	p.Set("connection-domain", hostOf(direct))
	return nil, nil
}

// hostOf is the host and port of a URL, whatever else is in it.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
