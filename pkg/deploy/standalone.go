package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"slapmonitor/pkg/connection"
	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// folderMode is the mode that slapgrid requires of a partition.
const folderMode fs.FileMode = 0o750

// Standalone is one software release with one partition on a machine that has
// no slapgrid and no master.
type Standalone struct {
	Software   string      // path of the software profile
	Directory  string      // gets software/ and partition/
	Parameters [][2]string // the instance's parameters, as configuration.KEY in [slap-configuration]
	Address    string      // what the instance listens on; "" is this machine's loopback
	Log        func(format string, a ...any)
}

// Partition is what a deployment made.
type Partition struct {
	Directory                string
	Title, BaseURL, FeedURL  string // empty when the profile deploys no monitor
	SetupURL                 string // holds the password
	User, PasswordFile       string
	MonitorConf              string // etc/monitor.conf
	RunFolder, ServiceFolder string
}

// Deploy builds the software release and the partition, as slapgrid does
// (contract/buildout.md 5): again and again with the same outcome.
func (s *Standalone) Deploy(ctx context.Context) (*Partition, error) {
	directory, err := filepath.Abs(s.Directory)
	if err != nil {
		return nil, fmt.Errorf("find the directory to deploy to: %w", err)
	}
	profile, err := filepath.Abs(s.Software)
	if err != nil {
		return nil, fmt.Errorf("find the software profile: %w", err)
	}
	for _, path := range []string{directory, profile} {
		if strings.ContainsFunc(path, unicode.IsSpace) {
			return nil, fmt.Errorf("%q has a blank in it, and profiles cannot name such a path: use one without", path)
		}
	}
	software, partition := filepath.Join(directory, "software"), filepath.Join(directory, "partition")
	if err := s.deploySoftware(ctx, profile, software); err != nil {
		return nil, err
	}
	b, err := s.deployPartition(ctx, software, partition)
	if err != nil {
		return nil, err
	}
	return describe(b, partition)
}

func (s *Standalone) deploySoftware(ctx context.Context, profile, directory string) error {
	if _, err := os.Stat(profile); err != nil {
		return fmt.Errorf("the software profile cannot be read: %w", err)
	}
	if err := os.MkdirAll(directory, folderMode); err != nil {
		return fmt.Errorf("make the software release's folder: %w", err)
	}
	// Services are named after this file, so that an upgrade restarts them.
	main := filepath.Join(directory, "buildout.cfg")
	if _, err := document.Write(main, []byte("[buildout]\nextends = "+profile+"\n"), document.PublicMode); err != nil {
		return err
	}
	s.Log("Building the software release %s in %s", s.Software, directory)
	b := Buildout{Profile: main, Directory: directory, Log: s.Log}
	return b.Install(ctx)
}

func (s *Standalone) deployPartition(ctx context.Context, software, directory string) (*Buildout, error) {
	template, err := instanceProfile(software)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(template)
	if err != nil {
		return nil, fmt.Errorf("read the instance profile: %w", err)
	}
	tail, err := s.tail(software, directory)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(directory, folderMode); err != nil {
		return nil, fmt.Errorf("make the partition: %w", err)
	}
	link := filepath.Join(directory, "software_release")
	if old, err := os.Readlink(link); err != nil || old != software {
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("link the partition to its software release: %w", err)
		}
		if err := os.Symlink(software, link); err != nil {
			return nil, fmt.Errorf("link the partition to its software release: %w", err)
		}
	}
	main := filepath.Join(directory, "buildout.cfg")
	if _, err := document.Write(main, []byte(strings.TrimRight(string(text), "\n")+"\n\n"+tail), document.PublicMode); err != nil {
		return nil, err
	}
	s.Log("Deploying the partition %s", directory)
	b := &Buildout{Profile: main, Directory: directory, Log: s.Log}
	return b, b.Install(ctx)
}

// instanceProfile is the file that slapgrid takes as a partition's profile.
func instanceProfile(software string) (string, error) {
	for _, name := range []string{"instance.cfg", "template.cfg"} {
		path := filepath.Join(software, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the software release made no %s: one of its parts must write the instance profile there", filepath.Join(software, "instance.cfg"))
}

// describe collects what a person wants to know of the partition.
func describe(b *Buildout, directory string) (*Partition, error) {
	p := &Partition{
		Directory:     directory,
		RunFolder:     filepath.Join(directory, "etc", "run"),
		ServiceFolder: filepath.Join(directory, "etc", "service"),
	}
	for _, o := range []struct {
		section, option string
		value           *string
	}{
		{"directory", "scripts", &p.RunFolder}, {"directory", "services", &p.ServiceFolder},
		{"monitor-conf", "output", &p.MonitorConf}, {"httpd-monitor-htpasswd", "password-file", &p.PasswordFile},
	} {
		if v := b.option(o.section, o.option); v != "" {
			*o.value = v
		}
	}
	if p.MonitorConf == "" {
		return p, nil
	}
	conf, err := monitorconf.Load(p.MonitorConf)
	if err != nil {
		return nil, err
	}
	p.Title, p.BaseURL, p.FeedURL, p.User = conf.Title, conf.BaseURL, conf.BaseURL+"/public/feed", conf.Username
	published, err := connection.Read(directory)
	if published != nil {
		p.SetupURL = published.Parameters["monitor-setup-url"]
	}
	return p, err
}

// option is an option of a part that this profile installs, or "".
func (b *Buildout) option(section, option string) string {
	if _, ok := b.requests[section]; !ok {
		return ""
	}
	s, err := b.profile.Section(section)
	if err != nil {
		return ""
	}
	v, _ := s.Lookup(option)
	return v
}

// loopback is the address that an instance listens on unless told otherwise:
// whoever opens a monitor to the network says so.
func loopback() (address, remark string) {
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		l.Close()
		return "::1", ""
	}
	return "127.0.0.1", "this machine has no IPv6: listening on 127.0.0.1 instead of ::1"
}
