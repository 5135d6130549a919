package httpd

import (
	"log/slog"

	"slapmonitor/pkg/httpd/certificate"
	"slapmonitor/pkg/monitorconf"
)

// MakeCertificate makes or renews the certificate of a monitor that another
// server serves, as this one would at its start.
func MakeCertificate(c *monitorconf.Config) error {
	_, err := certificate.Open(c.HTTPD.CertFile, c.HTTPD.KeyFile, names(c), slog.Default())
	return err
}
