package recipes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/connection"
	"slapmonitor/pkg/slapos"
)

func init() {
	registerRequest("request", "requests another instance; sets connection-NAME for what it publishes. The part fails until the master has the instance", false)
	registerRequest("requestoptional", "requests another instance, whose absence is no error; sets connection-NAME", true)
}

func registerRequest(name, summary string, optional bool) {
	for _, serialised := range []bool{false, true} {
		r := &Recipe{Name: name, Summary: summary, Options: append([]Option{
			{Name: "name", Meaning: "the instance's title, unique in the instance tree", Required: true},
			{Name: "software-url", Meaning: "its software release", Required: true},
			{Name: "software-type", Meaning: "its software type", Default: "default"},
			{Name: "shared", Meaning: "true: a shared instance (old profiles: slave)", Default: "false"},
			{Name: "state", Meaning: "started, stopped or destroyed", Default: "that of this instance, requested-state of [slap-connection]"},
			{Name: "return", Meaning: "the connection parameters to read"},
			{Name: "config-NAME", Meaning: "its parameters"},
			{Name: "sla-NAME", Meaning: "where it may run"},
		}, masterOptions...)}
		if serialised {
			r.Name, r.Summary = name+".serialised", summary+"; parameters go both ways as JSON"
		}
		r.Aliases = []string{"slapos.cookbook:" + r.Name}
		r.Plan = func(p *Part) ([]Artifact, error) { return planRequest(p, optional, serialised) }
		r.Secrets = requestSecrets
		register(r)
	}
}

// requestSecrets hides what goes to and comes from other instances: passwords
// are handed down and setup URLs come back.
func requestSecrets(p *Part) []string {
	out := []string{}
	for _, o := range p.options {
		if strings.HasPrefix(o.Option, "config-") || strings.HasPrefix(o.Option, "connection-") {
			out = append(out, o.Option)
		}
	}
	return out
}

// outcomeOption is how init tells install what became of the request.
const (
	outcomeOption = "_request"
	answered      = "answered"
)

func planRequest(p *Part, optional, serialised bool) ([]Artifact, error) {
	w, returns, err := p.wanted(serialised)
	if err != nil {
		return nil, err
	}
	if _, err := p.Get("software-url"); err != nil {
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
	if p.Phase == Init {
		if client == nil {
			err = errors.New("there is no master to ask")
		}
		err = p.request(client, w, returns, err)
	} else if failure := p.Default(outcomeOption, ""); failure != answered {
		err = errors.New(failure)
	}
	return p.concludeRequest(err, optional)
}

// concludeRequest says what the part comes to after its request.
func (p *Part) concludeRequest(failure error, optional bool) ([]Artifact, error) {
	if failure == nil {
		p.Set(outcomeOption, answered)
		return p.answerFile()
	}
	if p.Phase == Init {
		p.Set(outcomeOption, failure.Error())
		if optional {
			slog.Warn("an optional request came to nothing", "section", p.Name, "reason", failure)
		}
		return nil, nil // a plain request fails in install, so that parts before it are made
	}
	if optional {
		return nil, nil
	}
	return nil, fmt.Errorf("section [%s] requests an instance that is not there: %w", p.Name, failure)
}

// wanted is the request that the options describe, and the names of the
// connection parameters to read.
func (p *Part) wanted(serialised bool) (slapos.Wanted, []string, error) {
	name, err := p.Get("name")
	if err != nil {
		return slapos.Wanted{}, nil, err
	}
	if strings.Contains(name, "\n") {
		return slapos.Wanted{}, nil, fmt.Errorf("section [%s]: the name of an instance is one line, not %q", p.Name, name)
	}
	w := slapos.Wanted{
		Name: name, Software: p.Default("software-url", ""), SoftwareType: p.Default("software-type", ""),
		Shared: p.truth("shared", p.truth("slave", false)), State: p.Default("state", ""),
		Parameters: map[string]string{}, Filter: map[string]string{},
	}
	if w.State == "" && !w.Shared { // what this instance is asked to be, its own instances are
		w.State = p.Default("requested-state", "")
	}
	switch w.State {
	case "", "started", "stopped", "destroyed":
	default:
		return w, nil, fmt.Errorf("section [%s]: a state is started, stopped or destroyed, not %q", p.Name, w.State)
	}
	for _, o := range p.options {
		if key, ok := strings.CutPrefix(o.Option, "config-"); ok {
			w.Parameters[key] = o.Value
		} else if key, ok := strings.CutPrefix(o.Option, "sla-"); ok {
			w.Filter[key] = o.Value
		}
	}
	if serialised {
		if w.Parameters, err = connection.Serialise(w.Parameters); err != nil {
			return w, nil, err
		}
	}
	returns := strings.FieldsFunc(p.Default("return", ""), func(r rune) bool { return r <= ' ' || r == ',' })
	return w, returns, nil
}

// request asks the master and sets connection-NAME. A master that cannot be
// asked now gives the answer that it gave last: a short outage changes no
// address in the partition.
func (p *Part) request(client *slapos.Client, w slapos.Wanted, returns []string, failure error) error {
	got := map[string]string{}
	if failure == nil {
		var i *slapos.Instance
		if i, failure = client.Request(context.Background(), w); failure == nil {
			got = deserialise(i.Connection)
			p.Set("requested-state", i.State)
			if !w.Shared {
				p.Set("instance-guid", i.GUID)
				p.Set("instance-state", i.State)
			}
		} else if last, err := p.lastAnswer(); errors.Is(failure, slapos.ErrUnavailable) && err == nil {
			slog.Warn("the master cannot be asked: taking its last answer", "section", p.Name, "reason", failure)
			got, failure = last, nil
		}
	}
	for _, name := range returns {
		p.Set("connection-"+name, got[name])
	}
	return failure
}

// answerPath is where the master's last answer to the part is kept.
func (p *Part) answerPath() string {
	return filepath.Join(p.Directory, ".request-"+url.PathEscape(p.Name)+".json")
}

func (p *Part) answerFile() ([]Artifact, error) {
	answer := map[string]string{}
	for _, o := range p.options {
		if name, ok := strings.CutPrefix(o.Option, "connection-"); ok {
			answer[name] = o.Value
		}
	}
	data, err := encode(answer)
	return []Artifact{{Path: p.answerPath(), Content: append(data, '\n'), Mode: secretMode}}, err
}

func (p *Part) lastAnswer() (answer map[string]string, err error) {
	data, err := os.ReadFile(p.answerPath())
	if err != nil {
		return nil, err
	}
	return answer, json.Unmarshal(data, &answer)
}

// deserialise adds what "_" holds to the parameters.
func deserialise(parameters map[string]string) map[string]string {
	var packed map[string]any
	if json.Unmarshal([]byte(parameters["_"]), &packed) != nil {
		return parameters
	}
	out := map[string]string{}
	for k, v := range parameters {
		out[k] = v
	}
	for k, v := range packed {
		if s, ok := v.(string); ok {
			out[k] = s
		} else if data, err := encode(v); err == nil {
			out[k] = string(data)
		}
	}
	return out
}
