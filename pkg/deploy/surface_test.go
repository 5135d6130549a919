package deploy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What software releases refer to in the instance template
// (contract/stack.md 1.2, 1.4, 1.5, and 1.6 for the names of 2017).
var surface = strings.Fields(`
	monitor-instance-parameter:monitor-title monitor-instance-parameter:root-instance-title
	monitor-instance-parameter:monitor-httpd-ipv6 monitor-instance-parameter:monitor-httpd-port
	monitor-instance-parameter:monitor-base-url monitor-instance-parameter:monitor-url-list
	monitor-instance-parameter:cors-domains monitor-instance-parameter:interface-url
	monitor-instance-parameter:collector-db monitor-instance-parameter:username monitor-instance-parameter:password
	monitor-instance-parameter:instance-configuration monitor-instance-parameter:configuration-file-path
	monitor-conf-parameters:private-path-list monitor-conf-parameters:public-path-list
	monitor-conf-parameters:monitor-url-list monitor-conf-parameters:base-url monitor-conf-parameters:parameter-list
	monitor-publish-parameters:monitor-base-url monitor-publish-parameters:monitor-url
	monitor-publish-parameters:monitor-user monitor-publish-parameters:monitor-password
	monitor-publish:monitor-base-url monitor-publish:monitor-setup-url
	publish:monitor-base-url publish:monitor-url publish:monitor-user publish:monitor-password
	monitor-htpasswd:passwd monitor-htpasswd:username
	httpd-monitor-htpasswd:password-file httpd-monitor-htpasswd:htpasswd-path
	monitor-directory:private monitor-directory:public monitor-directory:bin monitor-directory:documents
	monitor-directory:promises monitor-directory:reports monitor-directory:services monitor-directory:run
	monitor-httpd-conf-parameter:url monitor-httpd-conf-parameter:port monitor-httpd-conf-parameter:httpd-include-file
	monitor-base:base-url monitor-frontend:connection-secure_access monitor-frontend:config-url
	monitor-frontend-promise:url check-monitor-password-promise:name
	monitor-parameters-propagation:config-monitor-interface-url
	monitor-promise-timeout-file:file
	directory:etc directory:var directory:log directory:srv directory:run directory:bin
	directory:services directory:scripts directory:plugins directory:promises directory:monitor
	slap-configuration:instance-title slap-configuration:root-instance-title
	ca-directory:certs ca-directory:private ca-directory:requests certificate-authority:wrapper
	certificate-authority-service:wrapper-path
	cron:cron-entries cron-service:recipe cron-entry-logrotate:name logrotate-entry-cron:name
	logrotate:wrapper-path logrotate-directory:logrotate-backup logrotate-directory:backup
	logrotate-directory:cron-entries logrotate-directory:logrotate-entries`)

// emptyByDefault are the names whose answer is the empty string.
var emptyByDefault = map[string]bool{
	"monitor-instance-parameter:monitor-url-list": true, "monitor-instance-parameter:instance-configuration": true,
	"monitor-conf-parameters:public-path-list": true, "monitor-conf-parameters:monitor-url-list": true,
	"monitor-httpd-conf-parameter:httpd-include-file": true,
}

// deployed deploys the example and gives a function that says what a text is to
// a part x of its instance, beside other parts and with more behind slapgrid's tail.
func deployed(t *testing.T) (depends func(t *testing.T, parts, text, more string) string) {
	t.Helper()
	dir := t.TempDir()
	s := Standalone{Software: example, Directory: dir, Address: "::1", Log: func(string, ...any) {}}
	if _, err := s.Deploy(context.Background()); err != nil {
		t.Fatal(err)
	}
	tail, err := s.tail(dir+"/software", dir+"/partition")
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, parts, text, more string) string {
		t.Helper()
		profile := filepath.Join(dir, "x.cfg")
		text = "[buildout]\nextends = software/template-monitor.cfg\nparts = " + parts +
			"\n[x]\nrecipe = slapos.recipe.monitor:base\ndepends = " + text + "\n" + tail + more
		if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b := Buildout{Profile: profile, Directory: dir + "/partition", Log: func(string, ...any) {}}
		if err := b.evaluate(); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return b.option("x", "depends")
	}
}

func TestEveryNameThatReleasesUseAnswers(t *testing.T) {
	depends := deployed(t)
	for _, name := range surface {
		t.Run(name, func(t *testing.T) {
			parts := "x"
			if strings.HasPrefix(name, "monitor-frontend:") {
				// It and [monitor-instance-parameter] refer to each other; whoever
				// wants the frontend itself has the monitor among the parts before.
				parts = "monitor-base x"
			}
			if got := depends(t, parts, "${"+name+"}", ""); (got == "") != emptyByDefault[name] {
				t.Errorf("it is %q", got)
			}
		})
	}
}

// How the master is verified is said once, in [slap-connection], also to the
// programs of the partition.
func TestVerificationOfTheMasterReachesTheMonitor(t *testing.T) {
	depends := deployed(t)
	got := depends(t, "x", "${monitor-promise-conf:master-ca-file} ${monitor-promise-conf:master-verify}",
		"[slap-connection]\nmaster-ca-file = /authority.pem\nmaster-verify = false\n")
	if got != "/authority.pem false" {
		t.Errorf("it is %q", got)
	}
}

// What software releases refer to in the software profile (contract/stack.md 1.1).
func TestEveryNameOfTheSoftwareReleaseAnswers(t *testing.T) {
	stack, err := filepath.Abs("../../stack/monitor/buildout.cfg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(`monitor-template:output monitor-template:rendered monitor2-template:output monitor2-template:rendered
		template-logrotate-base:output template-logrotate-base:rendered monitor-eggs:eggs monitor-toolkit:binary-directory
		template-monitor-httpd-wrapper:location template-monitor-httpd-wrapper:filename
		apache:location dash:location dcron:location logrotate:location`) {
		dir := t.TempDir()
		profile := filepath.Join(dir, "buildout.cfg")
		text := "[buildout]\nextends = " + stack + "\nparts = x\n[x]\nrecipe = slapos.recipe.monitor:base\ndepends = ${" + name + "}\n[monitor-eggs]\nrecipe =\n"
		if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b := Buildout{Profile: profile, Directory: dir, Log: func(string, ...any) {}}
		if err := b.evaluate(); err != nil && !strings.Contains(err.Error(), "on this machine: install it") {
			t.Errorf("%s: %v", name, err)
		} else if err == nil && b.option("x", "depends") == "" {
			t.Errorf("%s is empty", name)
		}
	}
}
