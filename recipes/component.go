package recipes

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

func init() {
	register(&Recipe{
		Name:    "component",
		Summary: "stands in for a component of SlapOS that releases reach through the stack: apache, dash, dcron or logrotate, as the section is called. Sets location, a folder with the machine's own programs where the component has its own",
		Options: []Option{
			{Name: "location", Meaning: "another folder that has them: nothing is made"},
		},
		Plan: planComponent,
	})
}

// dcron takes dcron's options. What it keeps besides the entries, stamps and
// crontabs of users, has no counterpart.
const dcron = `#!/bin/sh
entries=/etc/cron.d
log=
while [ $# -gt 0 ]; do
  case $1 in
    -s) entries=$2; shift ;;
    -L) log=$2; shift ;;
    -c|-t|-M|-l) shift ;;
  esac
  shift
done
exec %s cron --directory "$entries" ${log:+--log "$log"}
`

// planComponent makes nothing in a section that a release has made its own.
func planComponent(p *Part) ([]Artifact, error) {
	for _, o := range p.Options() {
		if o.Option != "location" || o.Value != p.componentFolder() {
			return nil, nil
		}
	}
	p.Set("location", p.componentFolder())
	switch p.Name {
	case "apache":
		return p.planApache()
	case "dash":
		return p.linkPrograms("dash", "bin/dash")
	case "logrotate":
		return p.linkPrograms("logrotate", "sbin/logrotate", "usr/sbin/logrotate")
	case "dcron":
		scheduler, err := p.program("scheduler", "monitor-standalone")
		script := fmt.Appendf(nil, dcron, quote(scheduler))
		return []Artifact{{Path: p.inComponent("sbin/crond"), Content: script, Mode: executableMode}}, err
	}
	return nil, fmt.Errorf("section [%s] is not the monitor stack's: extend the component of SlapOS that defines it", p.Name)
}

func (p *Part) componentFolder() string { return filepath.Join(p.Directory, "parts", p.Name) }

func (p *Part) inComponent(name string) string { return filepath.Join(p.componentFolder(), name) }

func (p *Part) planApache() ([]Artifact, error) {
	program, modules, err := apacheOf("/usr")
	if err != nil {
		return nil, p.noProgram("Apache httpd")
	}
	plan := []Artifact{{Path: p.inComponent("bin/httpd"), Target: program}, {Path: p.inComponent("modules"), Target: modules}}
	for _, name := range []string{"htpasswd", "rotatelogs"} {
		if found, err := exec.LookPath(name); err == nil {
			plan = append(plan, Artifact{Path: p.inComponent("bin/" + name), Target: found})
		}
	}
	return plan, nil
}

// linkPrograms gives a program of the machine the names it has in a component.
func (p *Part) linkPrograms(program string, names ...string) ([]Artifact, error) {
	for _, candidate := range []string{program, "/usr/sbin/" + program, "/sbin/" + program} {
		found, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		var plan []Artifact
		for _, name := range names {
			plan = append(plan, Artifact{Path: p.inComponent(name), Target: found})
		}
		return plan, nil
	}
	return nil, p.noProgram(program)
}

func (p *Part) noProgram(program string) error {
	return fmt.Errorf("section [%s]: there is no %s on this machine: install it, or extend component/%s/buildout.cfg of SlapOS", p.Name, program, p.Name)
}
